"""`import csv` and `import jira` as a user runs them: previews, packed files, interrupts, maps, and
what is said where a file or a map cannot be used."""

import collections
import json
import lzma
import os
import pty
import signal
import subprocess
import unittest

from program import PROGRAM, ProgramTest, clean_environment, run

HEADER = "Issue key,Created,Resolved,Status,Priority,Assignee,Components,Components,Summary\n"
ROWS = ('HELP-1,13/Jan/16 9:00 AM,14/Jan/16 1:30 PM,Done,Highest,ann,Printers,Network,'
        '"Paper,\nagain"\n'
        "HELP-2,13/Jan/16 10:00 AM,,Waiting for customer,Low,,,,VPN\n"
        "HELP-3,32/Jan/16 10:00 AM,,Open,Low,,,,VPN\n")
MAP = """rows = "tickets"
[columns]
external_id = "Ticket"
recorded_at = "Opened"
resolved_at = "Solved"
state = "Status"
queue = "Team"
[states]
"Wartet" = "pending"
"""
FILE = ("\ufeffTicket;Opened;Solved;Status;Team\r\n"
        "T1;13.1.2016 09:00;14.1.2016 10:00;Resolved;Netz\r\n"
        "T2;13.1.2016 09:30;?;Wartet;\r\n")

Row = collections.namedtuple("Row", "what file map exit says")
BAD = [
    Row("no file", None, MAP, 1, r"E1003 .*nowhere\.csv: cannot be opened"),
    Row("nothing in it", "", MAP, 7, r"E1004 .*the file is empty: a header and rows are wanted"),
    Row("no such column", "Ticket;Openend\n", MAP, 7,
        r'E1004 .*no column "Opened" for recorded_at: did you mean "Openend"\?'),
    Row("two orders of dates",
        "Ticket,Opened,Solved,Status,Team\nA,13/1/2016,,New,\nB,1/13/2016,,New,\n", MAP, 7,
        r"E1004 .*dates contradict each other.*--dates"),
    Row("no order of dates", "Ticket,Opened,Solved,Status,Team\nA,3/1/2016,,New,\n", MAP, 7,
        r"E1004 .*--dates day-first or --dates month-first"),
    Row("no date at all", "Ticket,Opened,Solved,Status,Team\nA,gestern,,New,\n", MAP, 7,
        r'E1004 .*no value of "Opened" is a date and time: "gestern" in line 2.*dates = '),
    Row("a word nobody knows", "Ticket,Opened,Solved,Status,Team\nA,13/1/2016,,Limbo,\n", MAP, 7,
        r'E1004 .*"Limbo" \(line 2\): say in the map what they are, under \[states\]'),
    Row("bytes that are no text", b"\xff\xfeT\0i\0", MAP, 7, r"E1004 .*the header is not UTF-8"),
    Row("a map with an unknown key", FILE, MAP + "[colums]\n", 7,
        r'E2002 .*map\.toml:10: unknown key "colums": did you mean "columns"'),
    Row("a map that is no TOML", FILE, "[columns\n", 7, r"E2001 .*map\.toml:1"),
    Row("a map without an id", FILE, "[columns]\nrecorded_at = 'Opened'\n", 7,
        r"E2004 .*\[columns\] has no external_id"),
    Row("a state that is none", FILE, MAP + '"X" = "pendign"\n', 7,
        r'E2005 .*map\.toml:10: states has no value "pendign": did you mean "pending"'),
    Row("what is known only afterwards", FILE, MAP.replace("tickets", "updates"), 7,
        r"E200[45] .*"),
]


class ImportTest(ProgramTest):
    def with_server(self, clock="commands"):
        server = self.serve("--clock", clock)
        return ("--connect", server.address, "--desk", "d")

    def jira(self, text=HEADER + ROWS):
        return ("import", "jira", self.file("jira.csv", text), "--tz", "UTC", "--rejects",
                self.folder / "rejected.csv")

    def csv(self, text=FILE, mapping=MAP):
        return ("import", "csv", self.file("tickets.csv", text), "--map",
                self.file("map.toml", mapping), "--tz", "UTC", "--rejects",
                self.folder / "rejected.csv")


class Imports(ImportTest):
    def test_a_jira_export_needs_no_map(self):
        at = self.with_server()
        ran = run(*self.jira(), "--json", *at)
        result = json.loads(self.assert_done(ran))
        self.assertEqual((result["rows"], result["tickets"], result["rejected"]), (3, 2, 1))
        self.assertTrue(result["complete"])
        self.assertIn("Done (1) → closed", ran.err, "a preview before it begins")
        ticket = json.loads(self.assert_done(run("ticket", "get", "HELP-1", "--json", *at)))
        found = [ticket[key] for key in ("state", "priority", "agent", "config_item", "body",
                                         "resolved_at")]
        self.assertEqual(found, ["closed", "P1", "ann", "Printers", "Paper,\nagain",
                                 "2016-01-14T13:30:00Z"])
        rejected = (self.folder / "rejected.csv").read_text()
        self.assertRegex(rejected, r'5,"Created ""32/Jan/16 10:00 AM"" is no date and time')

    def test_run_again_it_sends_nothing(self):
        at = self.with_server()
        self.assert_done(run(*self.csv(), *at))
        again = json.loads(self.assert_done(run(*self.csv(), "--json", *at)))
        self.assertEqual(again["commands"], again["resumed_after"])
        changed = run(*self.csv(mapping=MAP + '"Neu" = "queued"\n'), *at)
        self.assertEqual(changed.exit, 4, "another map makes it another import")
        self.assertRegex(changed.err, r"(?m)^E1008 the desk stands at")

    def test_a_map_says_what_a_file_means(self):
        at = self.with_server()
        self.assert_done(run(*self.csv(), *at))
        ticket = json.loads(self.assert_done(run("ticket", "get", "T2", "--json", *at)))
        self.assertEqual((ticket["state"], ticket["reason"], ticket["queue"]),
                         ("pending", "Wartet", "triage"))

    def test_a_users_map_lies_over_jiras(self):
        mapping = self.file("map.toml", '[columns]\nqueue = "Components"\n'
                                        '[states]\n"Done" = "resolved"\n')
        at = self.with_server()
        self.assert_done(run(*self.jira(), "--map", mapping, *at))
        ticket = json.loads(self.assert_done(run("ticket", "get", "HELP-1", "--json", *at)))
        self.assertEqual((ticket["state"], ticket["queue"], ticket["config_item"]),
                         ("resolved", "Printers", "Printers"))

    def test_packed_files_are_read_as_they_are(self):
        packed = self.folder / "jira.csv.xz"
        packed.write_bytes(lzma.compress((HEADER + ROWS).encode()))
        ran = run("import", "jira", packed, "--tz", "UTC", "--dry-run", "--json", "--rejects",
                  self.folder / "rejected.csv")
        self.assertEqual(json.loads(self.assert_done(ran))["tickets"], 2)
        packed.write_bytes(packed.read_bytes()[:-20])
        ran = run("import", "jira", packed, "--tz", "UTC", "--dry-run")
        self.assertEqual((ran.exit, ran.out), (7, ""))
        self.assertRegex(ran.err, r"(?m)^E1004 .*damaged or was cut short")

    def test_a_dry_run_says_what_would_be_done_and_asks_no_server(self):
        would = json.loads(self.assert_done(run(*self.jira(), "--dry-run", "--json")))
        columns = {column["field"]: column for column in would["columns"]}
        self.assertEqual(columns["recorded_at"]["is"], "2016-01-13T09:00:00Z")
        self.assertEqual({word["word"]: word["is"] for word in columns["state"]["words"]},
                         {"Done": "closed", "Open": "queued",
                          "Waiting for customer": "pending: awaiting_requester"})
        self.assertEqual((would["rows_are"], would["dates"], would["rejected"]),
                         ("tickets", "day-first", 1))
        done = json.loads(self.assert_done(run(*self.jira(), "--json", *self.with_server())))
        self.assertEqual(done["commands"], would["commands"])
        text = self.assert_done(run(*self.jira(), "--dry-run"))
        self.assertRegex(text, r"(?m)^3 rows \(tickets\), separated by commas, dates day-first$")

    def test_a_wall_clock_is_no_place_for_it(self):
        ran = run(*self.csv(), *self.with_server("wall"))
        self.assertEqual((ran.exit, ran.out), (4, ""))
        self.assertRegex(ran.err, r"(?m)^E3010 .*serve --clock commands")

    def test_an_interrupted_import_goes_on_where_it_was(self):
        rows = "".join(f"H-{i},{1 + i // 1440}/Mar/16 {i // 60 % 24}:{i % 60:02},,Open,Low,"
                       f"a{i % 7},,,x\n" for i in range(30_000))
        words = self.jira(HEADER + rows)
        at = self.with_server()
        leader, follower = pty.openpty()
        with subprocess.Popen([PROGRAM, *map(str, words), "--json", *at], stdout=subprocess.PIPE,
                              stderr=follower, stdin=subprocess.DEVNULL,
                              env=clean_environment(TERM="xterm")) as process:
            os.close(follower)
            shown = b""
            while b"importing" not in shown:  # the progress of a terminal
                shown += os.read(leader, 4_096)
            process.send_signal(signal.SIGINT)
            try:
                while True:
                    shown += os.read(leader, 4_096)
            except OSError:  # it has ended
                os.close(leader)
            cut = json.loads(process.stdout.read())
        self.assertIn(process.returncode, (0, 8), shown)
        if process.returncode == 8:  # it was not faster than the signal
            self.assertFalse(cut["complete"])
            self.assertRegex(shown.decode(),
                             r"E1005.* interrupted after change \d+ of \d+: run the same")
        whole = json.loads(self.assert_done(run(*words, "--json", *at)))
        self.assertTrue(whole["complete"])
        self.assertEqual(whole["resumed_after"], cut["commands"])
        self.assertEqual((whole["tickets"], whole["refused_commands"]), (30_000, 0))

    def test_bad_input(self):
        for row in BAD:
            with self.subTest(row.what):
                words = list(self.csv("" if row.file is None else "x", row.map))
                if row.file is None:
                    words[2] = self.folder / "nowhere.csv"
                elif isinstance(row.file, bytes):
                    words[2].write_bytes(row.file)
                else:
                    words[2].write_text(row.file, encoding="utf-8")
                ran = run(*words, "--connect", f"unix:{self.folder}/nobody", "--desk", "d")
                self.assertEqual((ran.exit, ran.out), (row.exit, ""), ran.err)
                self.assertRegex(ran.err, r"(?m)^" + row.says)

    def test_bad_command_lines(self):
        for more, says in ((("--dates", "sometimes"), "sometimes"),
                           ((), r"--connect is required, unless with --dry-run"),
                           (("--connect", "unix:x"), r"--desk is required")):
            ran = run(*self.csv(), *more)
            self.assertEqual((ran.exit, ran.out), (2, ""), ran.err)
            self.assertRegex(ran.err, r"(?m)^E1002 .*" + says)
        ran = run(*self.csv(mapping="dates = '%d.%m.%Y %H:%M'\n" + MAP), "--dates", "day-first",
                  "--dry-run")
        self.assertEqual(ran.exit, 2)
        self.assertRegex(ran.err, r"(?m)^E1002 --dates: the map says how dates are written")

    def test_a_pipe_is_not_waited_for(self):
        os.mkfifo(self.folder / "pipe")
        ran = run("import", "jira", self.folder / "pipe", "--tz", "UTC", "--dry-run")
        self.assertEqual(ran.exit, 1)
        self.assertRegex(ran.err, r"(?m)^E1003 .*is no regular file, and it is read twice")

    def test_a_side_file_that_cannot_be_written(self):
        ran = run("import", "jira", self.file("jira.csv", HEADER + ROWS), "--tz", "UTC",
                  "--dry-run", "--rejects", self.folder / "nowhere" / "rejected.csv")
        self.assertEqual((ran.exit, ran.out), (1, ""))
        self.assertRegex(ran.err, r"(?m)^E1003 .*name another file with --rejects")

    def test_long_texts_travel(self):
        rows = "".join(f"H-{i},13/Jan/16 9:00,,Open,Low,,,,{'x' * 60_000}\n" for i in range(40))
        at = self.with_server()
        result = json.loads(self.assert_done(run(*self.jira(HEADER + rows), "--json", *at)))
        self.assertEqual((result["tickets"], result["refused_commands"]), (40, 0))


if __name__ == "__main__":
    unittest.main()
