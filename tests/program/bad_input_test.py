"""Commands that cannot work: what they say, and their exit codes, one row each. What holds for every
command is in every_command_test.py."""

import collections
import unittest

from command_table import DeskTest
from program import Server, run

Row = collections.namedtuple("Row", "command exit says")

USAGE = [
    Row("", 2, "E1002"),
    Row("ticket", 2, "E1002"),
    Row("tikcet get", 2, r"E1002 `tikcet` is no sub-command: see paceline --help"),
    Row("ticket list --limt 3 --connect unix:{folder}/s --desk d", 2, "limt"),
    Row("ticket list --limit 0", 2, "limit"),
    Row("ticket list --limit many", 2, "limit"),
    Row("ticket get --connect unix:{folder}/s --desk d", 2, "TICKET"),
    Row("serve", 2, r"no data folder: give --data DIR"),
    Row("serve --data {folder}/d", 2, r"nowhere to listen: give --listen unix:PATH"),
    Row("serve --data {folder}/d --listen unix:{folder}/s --durability often", 2, "durability"),
    Row("serve --data {folder}/d --listen unix:{folder}/s --snapshot-every 15", 2, "15"),
    Row("serve --data {folder}/d --listen carrier-pigeon:1", 1, "carrier-pigeon"),
    Row("serve --data {folder}/d --listen unix:{folder}/s --config {folder}/nowhere.toml", 7,
        "E2010 .*there is no such file: check the path"),
    Row("config check {folder}", 7, "this is a folder: name a TOML file in it"),
    Row("config check {folder}/log.csv", 7, "E2001"),
    Row("completion tcsh", 2, "tcsh"),
    Row("init --preset huge", 2, "huge"),
    Row("doctor --data {folder}/nowhere", 3, r"E1006"),
    Row("backup verify {folder}/nowhere", 3, r"E1006 .*is no backup"),
    Row("backup restore {folder}/nowhere --data {folder}/restored", 3, r"E1006"),
    Row("import servicenow {folder}/nowhere.csv --tz UTC --connect unix:{folder}/s --desk d", 1,
        r"E1003"),
    Row("import servicenow {folder}/log.csv --tz Europe/Lodnon --connect unix:{folder}/s --desk d",
        2, r"Lodnon"),
]

DATES = [
    Row("report kpi --at yesterday", 2, r"`yesterday` is no instant: write 2026-03-08T09:00Z"),
    Row("report kpi --at 2026-02-30", 2, r"2026-02-30"),
    Row("ctl advance tomorrow", 2, r"`tomorrow` is no instant: write 2026-03-08T09:00Z"),
    Row("ctl advance 2026-03-08T09:00Z", 4, r"E3010"),
    Row("ticket create INC9 --occurred-at noon", 2, r"noon"),
    Row("ticket create INC9 --promised-at 2026-13-01T00:00Z", 2, r"2026-13-01"),
    Row("ticket pend INC1 awaiting_requester --until soon", 2, r"soon"),
    Row("calendar show --config {folder}/small.toml --calendar office --from 2026-02-30", 2,
        r"2026-02-30"),
    Row("calendar show --config {folder}/small.toml --calendar offce", 3,
        r"did you mean .office"),
    Row("calendar next --config {folder}/small.toml --calendar office --at never", 2, "never"),
    Row("ticket import INC9 --recorded-at once --history queued@2026-01-05T09:00Z", 2, "once"),
    Row("ticket import INC9 --recorded-at 2026-01-05T09:00Z --history floating@2026-01-05T09:00Z",
        7, "--history floating.*has a state that is none"),
    Row("ticket import INC9 --recorded-at 2026-01-05T09:00Z --history queued", 2,
        "write STATE\\[:REASON\\]@INSTANT"),
]

FILTERS = [
    Row("ticket list --state floating", 2, "floating"),
    Row("ticket list --queue nowhere", 3, r"there is no such queue: see `paceline queue list`"),
    Row("ticket list --agent nobody", 3, r"there is no such agent: see `paceline agent list`"),
    Row("clock list --state sideways", 2, "sideways"),
    Row("ticket get INC404", 3, r"there is no such ticket"),
    Row("why ticket INC404", 3, r"there is no such ticket"),
    Row("why clock INC404", 3, r"there is no such ticket"),
    Row("why queue nowhere", 3, r"there is no such queue"),
    Row("why agent nobody", 3, r"there is no such agent"),
    Row("queue peek nowhere", 3, r"there is no such queue"),
    Row("hand-off report --queue nowhere", 3, r"there is no such queue"),
    Row("ticket reassign --where prority==P1 --reason x --queue service-desk --yes", 7,
        r"E5012"),
    Row("ticket reassign --where vip&&(major --reason x --queue service-desk --yes", 7,
        r"E5012"),
    Row("policy migrate --mode sideways --yes", 2, "sideways"),
    Row("policy migrate --mode carry --select prority==P1 --yes", 7, r"prority|E5012"),
    Row("events tail --from-seq -1", 2, "from-seq"),
    Row("events tail --from-seq 999999", 7, r"E3013"),
    Row("route switch nothing off", 3, r"E5025"),
    Row("offer accept 77", 4, r"E5026"),
    Row("ticket assign INC1 nobody", 3, r"there is no such agent"),
    Row("ticket requeue INC1 nowhere", 3, r"there is no such queue"),
    Row("ticket create INC1", 4, r"another ticket has this external id"),
    Row("ticket create INC9 --impact enormous", 2, "enormous"),
    Row("agent state ana floating", 2, "floating"),
    Row("queue define q --group g --need network>=", 7, r"E5012"),
    Row("config put {folder}/wrong.toml", 7, r"E2002 .*did you mean \"queue\""),
]


def words_of(command, folder):
    return [word.format(folder=folder) for word in command.split()]


class BadInputTest(DeskTest):
    def check(self, rows, *more):
        for row in rows:
            with self.subTest(row.command):
                ran = run(*words_of(row.command, self.folder), *more)
                self.assertEqual(ran.exit, row.exit, ran.err)
                self.assertRegex(ran.err, row.says)
                self.assertRegex(ran.err, r"(?m)^[EW]\d{4} ", "with a code to search for")


class BadInput(BadInputTest):
    def test_command_lines(self):
        self.check(USAGE)

    def test_dates(self):
        self.check([row for row in DATES if row.command.startswith("calendar")])
        self.check([row for row in DATES if not row.command.startswith("calendar")],
                   *self.with_desk())

    def test_filters_and_names(self):
        self.check(FILTERS, *self.with_desk())

    def test_addresses_that_are_none(self):
        for address, says in (("nonsense", "write unix:PATH or tcp:HOST:PORT"),
                              ("tcp:localhost", "tcp:HOST:PORT"), ("unix:", "unix:"),
                              ("unix:/" + "x" * 200, "107")):
            with self.subTest(address):
                ran = run("desk", "list", "--connect", address)
                self.assertIn(ran.exit, (2, 6))
                self.assertIn(says, ran.err)


class WithoutRights(BadInputTest):
    """Of a desk; of files and folders: rights_test.py."""

    def test_what_only_administrators_may(self):
        server = Server(self.folder, "--listen", "tcp:127.0.0.1:0", "--config",
                        self.folder / "small.toml")
        self.addCleanup(server.stop)
        server.wait_for("created desk main")
        address = next(word for word in server.ready if word.startswith("tcp:"))
        at = ("--connect", address, "--desk", "main")
        self.assert_done(run("ticket", "create", "INC1", *at))
        for command in ("queue define q --group g", "agent define a --groups g",
                        "ticket reassign --where kind==incident --reason x --queue service-desk "
                        "--yes", "route switch everything off", "queue hold service-desk",
                        "config put {folder}/small.toml"):
            with self.subTest(command):
                ran = run(*words_of(command, self.folder), *at)
                self.assertEqual(ran.exit, 5, ran.err)
                self.assertRegex(ran.err, "administrator")
        for command in ("ctl drain", "ctl snapshot", "ctl reload", "desk create d",
                        "backup create {folder}/backup"):
            with self.subTest(command):
                ran = run(*words_of(command, self.folder), "--connect", address)
                self.assertEqual(ran.exit, 5, ran.err)


if __name__ == "__main__":
    unittest.main()
