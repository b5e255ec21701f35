"""The servers that are measured, and what each promises."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

from . import machine
from .server import DRIVER_TIMEOUT_S, Server, Trouble, run_pinned

PACELINE = machine.TUNED / "paceline"


class Paceline(Server):
    name = "Paceline"
    program = str(PACELINE)
    driver = "paceline_peer"
    note = ("every rule on: two SLA clocks on a business calendar per ticket, routing, an agent's "
            "room, events; a retried command is answered, never applied twice; what an agent had "
            "in hand stays his after a crash")

    def command(self):
        return [str(PACELINE), "serve", "--data", f"{self.folder}/data", "--listen",
                self.address(), "--durability", DURABILITY[self.mode]]

    def answers(self):
        # The socket is there before a desk is.
        return os.path.exists(f"{self.folder}/socket")

    def prepare(self, count):
        self.drive("prepare", ["--count", count])

    def load_words(self):
        return []

    def cycle(self, way, seconds, backlog):
        """`paceline bench cycle` with a server of its own: what a user would run."""
        return bench_cycle(self.mode, backlog, seconds, way, self.folder)


DURABILITY = {"memory": "none", "interval": "interval", "sync": "sync"}


def bench_cycle(mode, backlog, seconds, words, folder):
    """`paceline bench cycle`, its server's folder below `folder`."""
    out = run_pinned(["setpriv", "--pdeathsig", "TERM", "--", str(PACELINE), "bench", "cycle",
                      "--json", "--quiet", "--connections", "4", *words, "--backlog", str(backlog),
                      "--seconds", str(seconds), "--durability", DURABILITY[mode]],
                     DRIVER_TIMEOUT_S, {**os.environ, "TMPDIR": str(folder)})
    answer = json.loads(out)
    answer["batch_us"] = answer.pop("frame_latency_us")
    return answer


def bench_cycle_knows(option):
    """Whether this build's `paceline bench cycle` has an option, or a value of one."""
    done = subprocess.run([str(PACELINE), "bench", "cycle", "--help"], capture_output=True,
                          text=True)
    return option in done.stdout


class Beanstalkd(Server):
    name = "beanstalkd"
    package = "beanstalkd"
    program = "beanstalkd"
    driver = "beanstalkd_peer"
    ways = (["--in-flight", "20"], ["--in-flight", "100"], ["--in-flight", "500"])
    note = ("five priorities, reservations with a time-out; durable means one sync per put and "
            "delete, no group commit; a retried put is a second job")
    lazy = False  # synced now and then, to load a durable one in reasonable time

    def __init__(self, mode):
        super().__init__(mode)
        if mode == "sync":
            self.ways = self.ways[:1]  # one sync after the other, however many are in flight

    def command(self):
        words = ["beanstalkd", "-l", self.address()]
        if self.mode != "memory":
            (self.folder / "binlog").mkdir(exist_ok=True)
            words += ["-b", f"{self.folder}/binlog", "-f", "0" if self.mode == "sync" and not self.lazy else "100"]
        return words

    def load_words(self):
        return ["--in-flight", "100"]


class Redis(Server):
    name = "Redis"
    package = "redis-server"
    program = "redis-server"
    driver = "redis_peer"
    ways = (["--in-flight", "100"], ["--in-flight", "500"],
            ["--in-flight", "100", "--batched"], ["--in-flight", "500", "--batched"])
    note = ("sorted set and hash: five priorities; no reservation: what a worker had in hand when "
            "it died is lost; a retried ZADD does no harm, a retried ZPOPMIN loses a ticket")

    def command(self):
        words = ["redis-server", "--port", "0", "--unixsocket", f"{self.folder}/socket",
                 "--dir", str(self.folder), "--save", "", "--daemonize", "no"]
        if self.mode == "memory":
            return words + ["--appendonly", "no"]
        fsync = {"sync": "always", "interval": "everysec"}[self.mode]
        return words + ["--appendonly", "yes", "--appendfsync", fsync,
                        "--auto-aof-rewrite-percentage", "0"]


class Postgresql(Server):
    name = "PostgreSQL"
    package = "postgresql"
    program = "postgres"
    driver = "postgresql_peer"
    ways = (["--in-flight", "100"], ["--in-flight", "500"], ["--in-flight", "1000"])
    user = "postgres"
    note = ("table, SKIP LOCKED, one transaction per batch: a crash gives back what was in hand; "
            "in memory: an unlogged table, empty after a crash; a batch is one answer")

    @staticmethod
    def folder_of_programs():
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        return found[-1].parent if found else None

    def set_up(self):
        programs = self.folder_of_programs()
        done = subprocess.run(
            self.as_user([str(programs / "initdb"), "-D", f"{self.folder}/data", "-U", "postgres",
                          "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"]),
            capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise Trouble(f"initdb: {done.stderr.strip()}")

    def command(self):
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.folder),
            "shared_buffers": "1GB", "max_wal_size": "16GB", "checkpoint_timeout": "30min",
            "wal_level": "minimal", "max_wal_senders": "0", "wal_buffers": "64MB",
            "autovacuum_naptime": "5s", "recovery_init_sync_method": "syncfs",
            "synchronous_commit": "on" if self.mode == "sync" else "off",
        }
        words = [str(self.folder_of_programs() / "postgres"), "-D", f"{self.folder}/data"]
        return words + [f"--{name}={value}" for name, value in settings.items()]

    def address(self):
        return f"unix:{self.folder}"

    def answers(self):
        done = subprocess.run([str(self.folder_of_programs() / "pg_isready"), "-q", "-U",
                               "postgres", "-h", str(self.folder)], capture_output=True)
        return done.returncode == 0

    def stop(self, how):
        super().stop(signal.SIGINT if how == signal.SIGTERM else how)  # SIGTERM waits for clients

    def prepare(self, _count):
        self.drive("prepare", ["--unlogged"] if self.mode == "memory" else [])

    def stored_bytes(self):
        return self.drive("bytes")["bytes"]

    def counts_resident(self):
        return False  # its memory is a cache of a set size


class Nats(Server):
    name = "NATS JetStream"
    package = "nats-server"
    program = "nats-server"
    driver = "nats_peer"
    modes = ("interval",)
    note = ("no priority: first come, first served; a publication is answered before it is synced "
            "(every two minutes); delivered and not acknowledged comes again")

    port = 0

    def set_up(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (self.folder / "config").write_text(
            f'host: 127.0.0.1\nport: {self.port}\n'
            f'jetstream {{ store_dir: "{self.folder}/store", max_file_store: 64G }}\n')

    def command(self):
        return ["nats-server", "-c", f"{self.folder}/config"]

    def address(self):
        return f"tcp:127.0.0.1:{self.port}"

    def answers(self):
        return "Server is ready" in (self.folder / "server.log").read_text(errors="replace")

    def start(self):
        (self.folder / "server.log").unlink(missing_ok=True)
        super().start()

    def prepare(self, _count):
        self.drive("prepare")

    def stored_bytes(self):
        files = pathlib.Path(f"{self.folder}/store").rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())

    def counts_resident(self):
        return False  # its tickets lie in files


ALL = (Paceline, Beanstalkd, Redis, Postgresql, Nats)


def there(rival):
    """Whether its server and its driver can be run."""
    if rival is Postgresql:
        found = Postgresql.folder_of_programs() is not None
    else:
        found = shutil.which(rival.program) is not None
    return found and (machine.TUNED / "bench" / "peers" / rival.driver).exists()
