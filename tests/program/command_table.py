"""Every command the program has, asked of the program itself, with arguments it can be called with:
what is added to the command table is tried by the tests that use this, or they fail."""

import re

from program import ProgramTest, run

#: What there is on the desk of with_desk().
SUBJECTS = {"TICKET": "INC1", "AGENT": "ana", "QUEUE": "service-desk"}
#: What commands need to be understood; {folder} is the test's own. What is not listed gets a subject
#: or a word for each argument it must have.
ARGUMENTS = {
    "agent reconcile": ["ana", "--tickets", "1"],
    "agent state": ["ana", "available"],
    "backup create": ["{folder}/backup"],
    "backup restore": ["{folder}/nowhere", "--data", "{folder}/restored"],
    "backup verify": ["{folder}/nowhere"],
    "calendar add": ["--calendar", "24x7"],
    "calendar between": ["--calendar", "24x7"],
    "calendar diff": ["{folder}/small.toml", "{folder}/small.toml", "--calendar", "office"],
    "calendar import-ics": ["{folder}/holidays.ics"],
    "calendar next": ["--config", "{folder}/small.toml", "--calendar", "office"],
    "calendar show": ["--config", "{folder}/small.toml", "--calendar", "office"],
    "completion": ["bash"],
    "config check": ["{folder}/small.toml"],
    "config diff": ["{folder}/small.toml", "{folder}/small.toml"],
    "config explain": ["{folder}/small.toml"],
    "config put": ["{folder}/small.toml"],
    "ctl advance": ["2026-03-08T09:00Z"],
    "doctor": ["--data", "{folder}/nowhere"],
    "events tail": ["--from-seq", "1", "--count", "1"],
    "hand-off report": ["--queue", "service-desk"],
    "import csv": ["{folder}/tickets.csv", "--map", "{folder}/map.toml", "--tz", "UTC", "--dates",
                   "day-first", "--rejects", "{folder}/rejected.csv"],
    "import jira": ["{folder}/jira.csv", "--tz", "UTC", "--dates", "day-first"],
    "import servicenow": ["{folder}/log.csv", "--tz", "UTC", "--dates", "day-first"],
    "init": ["-", "--preset", "small"],
    "lint": ["{folder}/small.toml"],
    "offer accept": ["1"],
    "offer decline": ["1", "--reason", "x"],
    "plan erlang": ["--calls", "200", "--aht", "3m", "--agents", "14"],
    "plan requirement": ["{folder}/volumes.csv", "--service-level", "80%", "--within", "20s"],
    "plan validate": ["tests/sim/cases/reference.json", "--only", "R-EC"],
    "policy check": ["--config", "{folder}/small.toml"],
    "policy migrate": ["--mode", "carry", "--yes"],
    "queue define": ["q", "--group", "g"],
    "repair": ["INC1", "--yes"],
    "report agents": ["--agents-allowed"],
    "route switch": ["everything", "on"],
    "script": ["tests/scripts/lifecycle.desk"],
    "sim check": ["{folder}/day/small.toml"],
    "sim compare": ["{folder}/day/small.toml", "{folder}/day/small.toml", "--replications", "2"],
    "sim init": ["--preset", "mid", "--to", "{folder}/mid"],
    "sim record": ["--data", "{folder}/nowhere", "--desk", "main"],
    "sim replay": ["{folder}/nowhere.jsonl"],
    "sim run": ["{folder}/day/small.toml", "--replications", "2"],
    "ticket import": ["INC1", "--recorded-at", "2026-01-05T09:00Z",
                      "--history", "queued@2026-01-05T09:00Z"],
    "ticket pend": ["INC1", "awaiting_requester"],
    "ticket rate": ["INC1", "--score", "4"],
    "ticket reassign": ["--where", "vip", "--reason", "x", "--queue", "service-desk", "--yes"],
    "ticket score": ["INC1", "--agent", "ana", "--points", "1"],
    "ticket update": ["INC1", "--category", "network"],
    "top": ["--once"],
}
#: They begin servers or desks of their own, and go on until they are stopped or for long.
OF_THEIR_OWN = {"serve", "demo", "bench cycle", "bench load"}


def help_of(*words, known={}):
    if words not in known:
        known[words] = run(*words, "--help").out
    return known[words]


def subcommands(*words):
    listed = help_of(*words).partition("Subcommands:\n")[2].splitlines()
    return [line.split()[0] for line in listed if line.startswith("  ")]


def all_commands():
    for noun in subcommands():
        for verb in subcommands(noun) or [None]:
            yield [word for word in (noun, verb) if word]


def takes(words, option):
    return re.search(rf"^\s+{option} TEXT", help_of(*words), re.M) is not None


def commands_that_connect():
    """Those that bring a server of their own are not among them."""
    for words in all_commands():
        if takes(words, "--connect") and " ".join(words) not in OF_THEIR_OWN:
            yield words


def options_about(words, about):
    """Options that take a text and whose summary has a match."""
    found = []
    for option in re.finditer(r"^  (--[a-z-]+) TEXT(.*(?:\n {20,}.*)*)", help_of(*words), re.M):
        if re.search(about, option[2]):
            found.append(option[1])
    return found


def arguments_of(words, folder):
    name = " ".join(words)
    if name in ARGUMENTS:
        return [word.format(folder=folder) for word in ARGUMENTS[name]]
    arguments = []
    for line in help_of(*words).splitlines():
        if " REQUIRED" in line and "--connect" not in line and "--desk" not in line:
            option = re.match(r"\s+(--[a-z-]+)", line)
            word = SUBJECTS.get(line.split()[0], "x")
            arguments += [option[1], "x"] if option else [word]
    return arguments


class DeskTest(ProgramTest):
    """With the files that ARGUMENTS name."""

    def setUp(self):
        super().setUp()
        self.assert_done(run("init", self.folder / "small.toml", "--preset", "small"))
        self.assert_done(run("sim", "init", "--preset", "small", "--to", self.folder / "day"))
        self.file("log.csv", "number,incident_state,sys_updated_at\nINC1,New,1/3/2016 09:00\n")
        self.file("tickets.csv", "ticket,opened\nT1,2016-03-01 09:00\n")
        self.file("map.toml", "[columns]\nexternal_id = 'ticket'\nrecorded_at = 'opened'\n")
        self.file("jira.csv", "Issue key,Created\nHELP-1,1/Mar/16 9:00 AM\n")
        self.file("wrong.toml", "[[quue]]\nname = 'q'\n")
        self.file("volumes.csv", "start,volume,aht\n2026-03-02T08:00,16,5m\n")
        self.file("holidays.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Closed\r\n"
                  "DTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")

    def with_desk(self):
        server = self.serve("--config", self.folder / "small.toml")
        server.wait_for("created desk main")
        at = ("--connect", server.address, "--desk", "main")
        self.assert_done(run("ticket", "create", "INC1", *at))
        return at
