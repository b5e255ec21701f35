"""A rival's server as a process of ours: started in a temporary folder, stopped by its own pid."""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile
import time

from . import machine

START_TIMEOUT_S = 60
RECOVERY_TIMEOUT_S = 120
SYNCED_SOON_S = 1.5  # longer than any server's interval
DRIVER_TIMEOUT_S = 900


class Trouble(Exception):
    """What went wrong, in a sentence."""


def temporary_folder():
    for place in (tempfile.gettempdir(), "/var/tmp"):
        if not machine.on_memory_disk(place):
            folder = tempfile.mkdtemp(prefix="paceline-bench-", dir=place)
            os.chmod(folder, 0o755)  # PostgreSQL runs as somebody else
            return pathlib.Path(folder)
    raise Trouble("the temporary folders lie in memory, where durability means nothing: "
                  "set TMPDIR to a folder on a disk")


def run_pinned(command, timeout_s, env=None, stdin=None):
    """On both cores; nothing of it is left when this returns, however it does. Its stdout."""
    pinned = ["taskset", "-c", ",".join(str(core) for core in machine.cores())]
    process = subprocess.Popen(pinned + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, text=True,
                               env=env)
    try:
        out, err = process.communicate(stdin, timeout=timeout_s)
    except BaseException:
        pids = machine.family(process.pid)
        process.terminate()
        process.communicate()
        wait_for_end(pids)
        raise
    if process.returncode != 0:
        raise Trouble(f"{' '.join(command)}: {err.strip() or 'it failed'}")
    return out


def client_cpu_seconds():
    """Of drivers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_end(pids):
    end = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < end:
        time.sleep(0.005)


class Server:
    """Subclasses say how one is started, spoken to and counted."""

    name = ""
    package = None  # of apt
    program = ""
    driver = ""
    # Ways to drive it, as words for the driver; the fastest counts.
    ways = (["--in-flight", "100"], ["--in-flight", "500"])
    # What an answer means: nothing; on the disk soon; on the disk.
    modes = ("memory", "interval", "sync")
    user = None  # to run as, if we are root
    note = ""

    def __init__(self, mode):
        self.mode = mode
        self.process = None
        self.folder = None

    # To be overridden.
    def command(self):
        raise NotImplementedError

    def address(self):
        return f"unix:{self.folder}/socket"

    def set_up(self):
        """Before the first start in a fresh folder."""

    def prepare(self, count):
        """Once it runs for the first time."""

    def load_words(self):
        return self.ways[-1]

    # Life and death.
    def __enter__(self):
        self.folder = temporary_folder()
        try:
            if self.user and os.getuid() == 0:
                shutil.chown(self.folder, self.user)
            self.set_up()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_user(self, command):
        """The words that run a command, which ends when we do whatever happens to us."""
        words = ["setpriv", "--pdeathsig", "KILL"]
        if self.user and os.getuid() == 0:
            words += ["--reuid", self.user, "--regid", self.user, "--clear-groups"]
        return words + ["--"] + command

    def start(self):
        cores = ",".join(str(core) for core in machine.cores())
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores] + self.as_user(self.command()),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True)
        self.wait_until(self.answers, START_TIMEOUT_S)

    def answers(self):
        return self.ask("waiting") is not None

    def wait_until(self, done, timeout_s):
        end = time.monotonic() + timeout_s
        while not done():
            if self.process.poll() is not None:
                raise Trouble(f"{self.name} has ended: {self.last_words()}")
            if time.monotonic() > end:
                raise Trouble(f"{self.name} is not ready after {timeout_s} s: {self.last_words()}")
            time.sleep(0.005)

    def last_words(self):
        lines = (self.folder / "server.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def stop(self, how):
        if self.process is None:
            return
        pids = machine.family(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(how)
            if how == signal.SIGKILL:
                for pid in pids[1:]:
                    try:
                        os.kill(pid, how)
                    except ProcessLookupError:
                        pass
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        wait_for_end(pids)  # a child of it may still be ending, with its memory and sockets

    def recover(self, expected):
        """Killed with no warning and started again: seconds until it says all is there."""
        if self.mode == "interval":
            time.sleep(SYNCED_SOON_S)
        self.stop(signal.SIGKILL)
        begun = time.monotonic()
        self.start()
        counted = {}

        def complete():
            answer = self.ask("waiting")
            counted.update(answer or {})
            return answer is not None and answer["waiting"] >= expected

        self.wait_until(complete, RECOVERY_TIMEOUT_S)
        seconds = time.monotonic() - begun
        if counted["waiting"] != expected:
            raise Trouble(f"{self.name} has {counted['waiting']} tickets after its recovery, "
                          f"not {expected}")
        return seconds

    # The driver.
    def driver_command(self, action, words):
        return [str(machine.TUNED / "bench" / "peers" / self.driver), action,
                "--connect", self.address(), *words]

    def ask(self, action, words=()):
        """One short question; None if it cannot be answered."""
        done = subprocess.run(self.driver_command(action, words), capture_output=True, text=True,
                              timeout=DRIVER_TIMEOUT_S)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def drive(self, action, words=(), cores=None):
        pinned = ",".join(str(core) for core in (cores or machine.cores()))
        done = subprocess.run(
            ["taskset", "-c", pinned] + self.driver_command(action, [str(w) for w in words]),
            capture_output=True, text=True, timeout=DRIVER_TIMEOUT_S)
        if done.returncode != 0:
            raise Trouble(f"{self.name}, {action}: {done.stderr.strip() or 'the driver failed'}")
        return json.loads(done.stdout)

    # What is measured.
    def cycle(self, way, seconds, _backlog):
        server_before = machine.cpu_seconds(self.process.pid)
        client_before = client_cpu_seconds()
        answer = self.drive("cycle", [*way, "--seconds", seconds])
        cycles = max(1, answer["cycles"])
        server_used = machine.cpu_seconds(self.process.pid) - server_before
        answer["server_cpu_us_per_cycle"] = server_used / cycles * 1e6
        answer["client_cpu_us_per_cycle"] = (client_cpu_seconds() - client_before) / cycles * 1e6
        return answer

    def stored_bytes(self):
        """Beside the memory of its processes."""
        return 0

    def counts_resident(self):
        return True
