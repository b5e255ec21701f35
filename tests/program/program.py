"""The program as a user runs it, for the tests beside this file.

PACELINE_PROGRAM names it; a server of a test has a temporary folder and is stopped by its own
process id.
"""

import collections
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("PACELINE_PROGRAM", str(SOURCE / "build/release/paceline"))
Ran = collections.namedtuple("Ran", "exit out err")


def run(*words, program=PROGRAM, **options):
    """Runs the program, or another one, to its end."""
    options.setdefault("env", clean_environment())
    options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False,
                          timeout=120, **options)
    return Ran(done.returncode, done.stdout, done.stderr)


def clean_environment(**more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("PACELINE_") and name != "NO_COLOR"}
    return {**kept, **more}


class Server:
    """`paceline serve` with the options given; `data` and `listen` are added."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.address = f"unix:{self.folder}/socket"
        self._options = options
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", self.folder / "data", "--listen", self.address,
             *self._options], stderr=subprocess.PIPE, text=True, env=clean_environment())
        self.ready = self.wait_for("ready:")[-1].split()

    def wait_for(self, beginning):
        """Reads what the server says until a line begins so; answers the lines."""
        lines = []
        for line in self.process.stderr:
            lines.append(line)
            if line.startswith(beginning):
                return lines
        raise AssertionError(f"the server ended without saying {beginning}: {''.join(lines)}")

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.stderr.close()
        self.process.wait()


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="paceline-program-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def serve(self, *options):
        server = Server(self.folder, *options)
        self.addCleanup(server.stop)
        return server

    def assert_done(self, ran):
        self.assertEqual(ran.exit, 0, ran.err + ran.out)
        return ran.out
