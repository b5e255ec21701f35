"""Types command lines as a reader of the documents would, in a folder of its own.

A line that ends with & is a server: it is waited for until it is ready and has its desks; one that
is killed is gone when the next line is typed. Variables that are exported stay. `paceline` is the
program under test, and so is build/release/paceline; /tmp is the session's own folder.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from program import PROGRAM, SOURCE, clean_environment


class ShellSession:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="paceline-docs-"))
        self._bin = self.folder / ".bin"
        self._bin.mkdir()
        (self._bin / "paceline").symlink_to(PROGRAM)
        (self.folder / "tools").symlink_to(SOURCE / "tools")
        (self.folder / "tests").symlink_to(SOURCE / "tests")
        self._environment = clean_environment(PATH=f"{self._bin}:{os.environ['PATH']}")
        self._servers = []

    def close(self):
        for server in self._servers:
            if server.poll() is None:
                server.terminate()
            server.stderr.close()
            server.wait()
        shutil.rmtree(self.folder)

    def type(self, line):
        """(exit code, everything the line printed)."""
        line = line.replace("build/release/paceline", "paceline")
        line = re.sub(r"(?<=[\s:=])/tmp/", f"{self.folder}/", line)
        if line.startswith("export "):
            for word in shlex.split(line)[1:]:
                name, _, value = word.partition("=")
                self._environment[name] = value
            return 0, ""
        if line.endswith("&"):
            return 0, self._begin(line[:-1])
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=self._environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        if line.startswith("kill -9 "):
            self._servers[-1].wait(timeout=60)
        return done.returncode, done.stdout.replace(str(self.folder) + "/", "/tmp/")

    def _begin(self, line):
        server = subprocess.Popen(shlex.split(line), cwd=self.folder, env=self._environment,
                                  stderr=subprocess.PIPE, text=True)
        self._servers.append(server)
        wanted = ["ready:"] + (["created desk"] if "--config" in line else [])
        said = []
        for each in server.stderr:
            said.append(each)
            wanted = [word for word in wanted if not each.startswith(word)]
            if not wanted:
                return "".join(said).replace(str(self.folder) + "/", "/tmp/")
        raise AssertionError(f"{line}: ended: {''.join(said)}")


def lines_of(block):
    """Lines of a shell block, those that go on joined, without comments."""
    joined = re.sub(r"\\\n\s*", "", block)
    lines = [re.sub(r"\s+#\s.*$", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def blocks_of(text, language):
    """(line number, text) of the fenced blocks of a language."""
    return [(text[:found.start()].count("\n") + 1, found[2]) for found in
            re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S) if found[1] == language]


def steps_of(text):
    """(line number, file name or None, text): what a document has typed, and the files for it."""
    pattern = (r"^(?:```console\n(?P<shown>.*?)^```|```toml\n(?P<toml>.*?)^```"
               r"|<!-- console\n(?P<hidden>.*?)^-->|<!-- file (?P<name>\S+)\n(?P<file>.*?)^-->)$")
    steps, tomls = [], 0
    for found in re.finditer(pattern, text, re.M | re.S):
        line = text[:found.start()].count("\n") + 1
        if found["toml"]:
            tomls += 1
            steps.append((line, f"block-{tomls}.toml", found["toml"]))
        else:
            steps.append((line, found["name"], found["file"] or found["shown"] or found["hidden"]))
    return steps
