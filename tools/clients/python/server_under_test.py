"""A real `paceline serve` in a temporary folder, for the tests beside this file.

The program is named by PACELINE_PROGRAM; generated code is made anew. Stopped by its own process
id. A test without python3-flatbuffers or flatc fails and says so: tools/setup installs both.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

here = pathlib.Path(__file__).resolve().parent
generated = tempfile.TemporaryDirectory(prefix="paceline-schema-")
subprocess.run([here / "generate", generated.name], check=True)
sys.path.insert(0, generated.name)

from paceline_client import Batch, Client  # noqa: E402

PROGRAM = os.environ.get("PACELINE_PROGRAM", str(here / "../../../build/release/paceline"))


class Server:
    def __init__(self, *options, tcp=False):
        self.folder = tempfile.mkdtemp(prefix="paceline-client-")
        self.options = [*options]
        self._listen = "tcp:127.0.0.1:0" if tcp else f"unix:{self.folder}/socket"
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [PROGRAM, "serve", "--data", self.folder + "/data", "--listen", self._listen,
             *self.options], stderr=subprocess.PIPE, text=True)
        said = []
        for line in self._process.stderr:
            said.append(line)
            if line.startswith("ready:"):
                self.address = line.split()[1]
                return
        raise AssertionError("the server did not start: " + "".join(said))

    def pause(self):
        self._process.send_signal(signal.SIGSTOP)

    def kill(self):
        self._process.kill()
        self._end()

    def stop(self):
        self._process.terminate()
        self._end()
        shutil.rmtree(self.folder)

    def _end(self):
        self._process.stderr.close()
        self._process.wait()


class ServerTest(unittest.TestCase):
    """A server with a desk "main", a queue and an agent who is logged in."""

    options = ()
    agent_capacity = 1000

    def setUp(self):
        self.server = Server(*self.options)
        self.addCleanup(self.server.stop)
        self.clients = []
        self.client = self.connect()
        self.desk = self.client.open_desk("main", create=True)
        replies = self.desk.run(
            Batch()
            .add("define_queue", name="network", group="network", weight_milli=1000, tier=1)
            .add("define_agent", name="linus", groups="network",
                 capacity_milli=self.agent_capacity)
            .add("log_in", agent="linus"))
        self.assertEqual([reply.code for reply in replies], [0, 0, 0])

    def connect(self, **options):
        client = Client(self.server.address, **options)
        self.addCleanup(client.close)
        return client

    def opens(self, *names, **attributes):
        batch = Batch()
        for name in names:
            batch.add("open", external_id=name, queue="network", impact=2, urgency=2, **attributes)
        return batch

    def ticket(self, name, desk=None):
        [ticket] = (desk or self.desk).query("ticket", text=name).tickets
        return ticket

    def tickets(self):
        return self.client.open_desk("main").query("status").status.tickets
