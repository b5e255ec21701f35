"""The example of the README does what it says."""

import os
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


if __name__ == "__main__":
    unittest.main()
