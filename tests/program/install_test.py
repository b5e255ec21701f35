"""`cmake --install`: the program and what belongs beside it, each in its place."""

import os
import subprocess
import unittest

from program import PROGRAM, SOURCE, ProgramTest, run


class Install(ProgramTest):
    def test_what_is_there_is_the_programs_own(self):
        build = os.environ.get("PACELINE_BUILD", os.path.dirname(PROGRAM))
        prefix = self.folder / "prefix"
        done = subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=False,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        installed = prefix / "bin/paceline"
        self.assertEqual(run("version", program=installed), run("version"))
        for place, words in (("share/man/man1/paceline.1", ["man"]),
                             ("share/bash-completion/completions/paceline", ["completion", "bash"]),
                             ("share/zsh/site-functions/_paceline", ["completion", "zsh"]),
                             ("share/fish/vendor_completions.d/paceline.fish",
                              ["completion", "fish"])):
            self.assertEqual((prefix / place).read_text(), run(*words).out, place)
        documents = prefix / "share/doc/paceline"
        for name in ("LICENSE", "README.md", "CHANGELOG.md", "tools/docs/PROTOCOL.md"):
            self.assertEqual((documents / name).read_text(), (SOURCE / name).read_text(), name)


if __name__ == "__main__":
    unittest.main()
