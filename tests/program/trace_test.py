"""`trace`: all that happened to a ticket, of a running server and of its data folder."""

import json
import shutil
import unittest

from program import ProgramTest, run


class Trace(ProgramTest):
    def begin(self, *options):
        self.assert_done(run("init", self.folder / "small.toml", "--preset", "small"))
        server = self.serve("--config", self.folder / "small.toml", "--clock", "commands", *options)
        server.wait_for("created desk main")
        self.at = ("--connect", server.address, "--desk", "main")
        self.advance("2026-03-02T09:00Z")
        self.do("agent", "login", "ana")
        return server

    def do(self, *words):
        return self.assert_done(run(*words, *self.at))

    def advance(self, to):
        self.assert_done(run("ctl", "advance", to, *self.at))

    def of_folder(self, ticket, folder=None, *more):
        return run("trace", "--ticket", ticket, "--desk", "main", "--data",
                   folder or self.folder / "data", *more)

    def a_day(self):
        self.do("ticket", "create", "INC1", "--impact", "high", "--urgency", "high")
        self.do("ticket", "update", "INC1", "--category", "network", "--impact", "low")
        self.advance("2026-03-02T12:00Z")
        self.do("ticket", "resolve", "INC1")

    def events(self, text):
        return [line.split()[:2] for line in text.splitlines()[1:]]

    def test_a_time_line_in_order_with_who_and_what(self):
        self.begin()
        self.a_day()
        shown = self.do("trace", "--ticket", "INC1")
        self.assertEqual(self.events(shown), [
            ["2026-03-02T09:00:00Z", "ticket.recorded"],
            ["2026-03-02T09:00:00Z", "ticket.queued"],
            ["2026-03-02T09:00:00Z", "clock.started"],
            ["2026-03-02T09:00:00Z", "clock.started"],
            ["2026-03-02T09:00:00Z", "ticket.assigned"],
            ["2026-03-02T09:00:00Z", "ticket.updated"],
            ["2026-03-02T09:00:00Z", "clock.retargeted"],
            ["2026-03-02T12:00:00Z", "clock.threshold"],
            ["2026-03-02T12:00:00Z", "ticket.resolved"],
            ["2026-03-02T12:00:00Z", "clock.completed"],
            ["2026-03-02T12:00:00Z", "clock.completed"]])
        self.assertRegex(shown, r"ticket.assigned +match +P1  assigned  service-desk  ana\n")
        self.assertRegex(shown, r"ticket.updated +command, user \d+ +P3 .*"
                                r"changed category, impact, priority\n")
        self.assertRegex(shown, r"clock.threshold +timer +response, 75 %")

    def test_a_stopped_servers_folder_says_the_same(self):
        server = self.begin()
        self.a_day()
        live = self.do("trace", "--ticket", "INC1"), self.do("trace", "--ticket", "INC1", "--json")
        backup = self.folder / "backup"
        self.assert_done(run("backup", "create", backup, "--connect", server.address))
        server.stop()
        for folder in (self.folder / "data", backup):
            self.assertEqual(self.assert_done(self.of_folder("INC1", folder)), live[0])
            self.assertEqual(self.assert_done(self.of_folder("INC1", folder, "--json")), live[1])
        by_number = self.of_folder(json.loads(live[1])["ticket"])
        self.assertEqual(self.assert_done(by_number), live[0])

    def test_json(self):
        self.begin()
        self.a_day()
        trace = json.loads(self.do("trace", "--ticket", "INC1", "--json"))
        self.assertEqual((trace["external_id"], trace["complete"], trace["events_read_from"]),
                         ("INC1", True, 1))
        update = next(each for each in trace["events"] if each["event"] == "ticket.updated")
        self.assertEqual(update["changed"], ["category", "impact", "priority"])
        self.assertRegex(update["actor"], r"^user \d+$")
        match = next(each for each in trace["events"] if each["event"] == "ticket.assigned")
        self.assertEqual((match["actor"], match["cause"], match["late_us"]), (None, "match", 0))

    def test_a_period(self):
        self.begin()
        self.a_day()
        later = ("trace", "--ticket", "INC1", "--from", "2026-03-02T10:00Z")
        self.assertEqual(len(self.events(self.do(*later))), 4)
        self.assertEqual(len(json.loads(self.do(*later, "--json"))["events"]), 4)
        self.assertEqual(self.do(*later, "--to", "2026-03-02T12:00Z").count("\n"), 1)
        for words, says in ((("--from", "noon"), "write 2026-03-08T09:00Z"),
                            (("--from", "2026-03-02", "--to", "2026-03-01"), "is not after")):
            ran = run("trace", "--ticket", "INC1", *words, *self.at)
            self.assertEqual(ran.exit, 2)
            self.assertIn(says, ran.err)

    def test_a_merge_is_told_on_both_sides(self):
        self.begin()
        self.do("ticket", "create", "INC1")
        self.do("ticket", "create", "INC2")
        self.do("ticket", "merge", "INC2", "INC1")
        self.assertRegex(self.do("trace", "--ticket", "INC1"), r"ticket.merged .* ticket \d+: .*into")
        self.assertRegex(self.do("trace", "--ticket", "INC2"), r"ticket.merged .* into \d+")

    def test_an_archived_ticket_and_one_whose_beginning_is_no_longer_held(self):
        server = self.begin("--events-kept", "1024")
        self.a_day()
        self.advance("2026-04-02T12:00Z")  # closed, and gone to the history
        whole = self.do("trace", "--ticket", "INC1")
        self.assertEqual(self.events(whole)[-1][1], "ticket.archived")
        for number in range(100, 400):
            self.do("ticket", "create", f"INC{number}")
        ran = run("trace", "--ticket", "INC1", *self.at)
        self.assertEqual(ran.exit, 0)
        self.assertRegex(ran.err, r"the beginning is missing: the server holds .* from number \d+ on "
                                  r"only; .*paceline trace --ticket INC1 --desk main --data DIR")
        lost = json.loads(self.do("trace", "--ticket", "INC1", "--json"))
        self.assertFalse(lost["complete"])
        self.assertGreater(lost["events_read_from"], 1)
        server.stop()
        self.assertEqual(self.assert_done(self.of_folder("INC1")), whole)

    def test_a_log_that_was_trimmed(self):
        server = self.begin("--log-segment-mib", "1")
        self.a_day()
        whole = self.do("trace", "--ticket", "INC1")
        body = "x" * 60_000
        for number in range(100, 180):  # segments enough to lie behind two snapshots
            self.do("ticket", "create", f"INC{number}", "--body", body)
            if number % 25 == 0:
                self.assert_done(run("ctl", "snapshot", "--connect", server.address))
        server.stop()
        first = min((self.folder / "data" / "log").glob("*.log")).name
        ran = self.of_folder("INC1")
        self.assertEqual(ran.out, whole, "the snapshot holds the events that were kept then")
        self.assertEqual(ran.err, "")
        self.assertNotEqual(int("".join(filter(str.isdigit, first))), 1, "the log was trimmed")
        shutil.rmtree(self.folder / "data" / "snapshots")
        ran = self.of_folder("INC1")
        self.assertEqual(ran.exit, 7)
        self.assertRegex(ran.err, "E1004 .*records 1 to .* gone, .*restore the folder from a backup")

    def test_what_is_not_there(self):
        server = self.begin()
        for words, code, says in (
                (("trace", "--ticket", "INC9", *self.at), 3, "no such ticket"),
                (("trace", "--ticket", "INC9", "--desk", "main"), 2, "--connect, or a data"),
                (("trace", "--desk", "main", *self.at[:2]), 2, "--ticket")):
            ran = run(*words)
            self.assertEqual(ran.exit, code, ran.err)
            self.assertIn(says, ran.err)
        server.stop()
        for folder, desk, says in ((self.folder / "data", "other", "desk other is not in"),
                                   (self.folder / "data", "main", "no such ticket"),
                                   (self.folder, "main", "is no data folder")):
            ran = run("trace", "--ticket", "INC9", "--desk", desk, "--data", folder)
            self.assertEqual(ran.exit, 3, ran.err)
            self.assertIn(says, ran.err)


if __name__ == "__main__":
    unittest.main()
