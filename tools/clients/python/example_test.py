"""The examples of the README do what they say."""

import os
import re
import subprocess
import unittest

from server_under_test import ServerTest, generated, here


class Example(ServerTest):
    def test_the_example_opens_and_resolves_a_ticket(self):
        done = subprocess.run(
            ["/usr/bin/python3", "-B", here / "example.py", self.server.address, "main"],
            env={**os.environ, "PYTHONPATH": generated.name}, capture_output=True, text=True,
            check=False)
        self.assertEqual(done.stderr + done.stdout.splitlines()[0].split(" ", 1)[1],
                         "waits in triage, with nobody yet")
        kinds = [line.split()[1] for line in done.stdout.splitlines()[1:]]
        self.assertEqual(kinds[0], "ticket_recorded")
        self.assertEqual(kinds[-1], "ticket_resolved")

    def test_the_lines_shown_run_as_they_are(self):
        [lines] = re.findall(r"^```python\n(.*?)^```$", (here / "README.md").read_text(), re.M | re.S)
        lines = lines.replace("unix:/tmp/desk.sock", self.server.address).replace("enterprise", "main")
        done = subprocess.run(["/usr/bin/python3", "-B", "-c", lines], cwd=here,
                              env={**os.environ, "PYTHONPATH": generated.name},
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^\S+ \S+\n$")


if __name__ == "__main__":
    unittest.main()
