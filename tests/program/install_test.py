"""tools/docs/INSTALLING.md, typed: the program, what belongs beside it, and a project that uses the
library. What differs is the prefix, and where this build is; a block of CMake or C++ is written to the
file that its first line names.
"""

import os
import pathlib
import re
import subprocess
import unittest

from program import PROGRAM, SOURCE, ProgramTest, run
from shell_session import blocks_of, lines_of

PAGE = (SOURCE / "tools/docs/INSTALLING.md").read_text()


class Install(ProgramTest):
    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "prefix"

    def type(self, command):
        command = command.replace("/usr/local", str(self.prefix))
        command = command.replace("build/release", os.path.dirname(PROGRAM))
        done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True,
                              timeout=300, cwd=self.folder)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr}{done.stdout}")
        return done.stdout

    def typed(self, upto=None):
        """Types the page's commands, the first ones or all."""
        commands = [line for _, block in blocks_of(PAGE, "sh") for line in lines_of(block)]
        for command in commands[:upto]:
            self.type(command)
        return len(commands)

    def test_another_project_finds_the_client_library(self):
        cache = pathlib.Path(PROGRAM).parent / "CMakeCache.txt"
        if re.search(r"^PACELINE_SANITIZE:STRING=.+$", cache.read_text(), re.M):
            self.skipTest("the library needs its sanitizer's run time, which the project lacks")
        for _, block in blocks_of(PAGE, "cmake") + blocks_of(PAGE, "cpp"):
            file = self.folder / re.match(r"(?:#|//) (\S+)\n", block)[1]
            file.parent.mkdir(exist_ok=True)
            file.write_text(block)
        self.assertEqual(self.typed(), 3)
        server = self.serve()
        self.assertEqual(self.type(f"portal/build/portal {server.address}"), "desk main\n")

    def test_what_is_there_is_the_programs_own(self):
        self.typed(upto=1)
        prefix = self.prefix
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
