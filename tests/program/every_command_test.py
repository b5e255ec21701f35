"""What holds for every command of the table: no server, no such desk, instants that are none, a data
folder this user may not read, a terminal of 40 columns. Nothing is listed here but what is left out."""

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import termios
import unittest

from command_table import (ARGUMENTS, OF_THEIR_OWN, DeskTest, all_commands, arguments_of,
                           commands_that_connect, options_about, takes)
from program import PROGRAM, SOURCE, clean_environment, run

NOBODY = 65_534


class EveryCommand(DeskTest):
    def test_what_is_listed_is_there(self):
        known = {" ".join(words) for words in all_commands()}
        self.assertGreater(len(known), 100)
        self.assertLessEqual(set(ARGUMENTS) | OF_THEIR_OWN, known)

    def test_an_unknown_option(self):
        for words in all_commands():
            with self.subTest(" ".join(words)):
                given = [part for option, value in (("--connect", "unix:/x"), ("--desk", "d"))
                         if takes(words, option) and words != ["sim", "record"]
                         for part in (option, value)]
                ran = run(*words, *arguments_of(words, self.folder), *given, "--colour", "red")
                self.assertEqual((ran.exit, ran.out), (2, ""))
                self.assertRegex(ran.err, r"^E1002 .*--colour.*: see --help\n$")

    def test_no_server(self):
        nowhere = f"unix:{self.folder}/nobody"
        tried = 0
        for words in commands_that_connect():
            with self.subTest(" ".join(words)):
                desk = ["--desk", "d"] if takes(words, "--desk") else []
                ran = run(*words, *arguments_of(words, self.folder), "--connect", nowhere, *desk)
                self.assertEqual((ran.exit, ran.out), (6, ""), ran.err)
                self.assertIn(f"E4002 cannot connect to {nowhere}", ran.err)
                self.assertIn("is the server running?", ran.err)
                tried += 1
        self.assertGreater(tried, 70)

    def test_what_could_not_be_printed_is_no_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ran = subprocess.run([PROGRAM, "version"], stdout=full, stderr=subprocess.PIPE,
                                 text=True, check=False, env=clean_environment())
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stderr, "^E1003 standard output .*is the disk full")

    def test_what_goes_on_for_ever_ends_with_its_reader(self):
        at = self.with_desk()
        for words in (["events", "tail", "--from-seq", "1"], ["top", "--json", "--every", "100ms"]):
            with self.subTest(words[0]), subprocess.Popen(
                    [PROGRAM, *words, *at], stdout=subprocess.PIPE, env=clean_environment()) as ran:
                self.assertTrue(ran.stdout.readline())
                ran.stdout.close()
                self.assertEqual(ran.wait(60), 0)

    def test_no_such_desk(self):
        server = self.serve()
        for words in commands_that_connect():
            if not takes(words, "--desk") or words[0] == "import" or words in (
                    ["config", "put"], ["ctl", "accept-clock"]):
                continue  # they make it, or take it for another thing
            with self.subTest(" ".join(words)):
                ran = run(*words, *arguments_of(words, self.folder), "--connect", server.address,
                          "--desk", "emea")
                self.assertEqual((ran.exit, ran.out), (3, ""), ran.err)
                self.assertIn("E3006", ran.err)
                self.assertIn("emea", ran.err)

    def test_instants_that_are_none(self):
        at = self.with_desk()
        tried = 0
        for words in all_commands():
            if " ".join(words) in OF_THEIR_OWN:
                continue
            for option in options_about(words, r"RFC 3339|[Ii]nstant|local date"):
                with self.subTest(f"{' '.join(words)} {option}"):
                    given = [] if words[0] in ("calendar", "sim") else at
                    arguments = arguments_of(words, self.folder)
                    if option in arguments:
                        del arguments[(place := arguments.index(option)):place + 2]
                    ran = run(*words, *arguments, *given, option, "someday")
                    self.assertEqual((ran.exit, ran.out), (2, ""), ran.err)
                    self.assertRegex(ran.err, r"^E1002 .*`someday`.*2026-", "with an example")
                    tried += 1
        self.assertGreater(tried, 20)

    def test_a_data_folder_without_rights(self):
        stranger = {"program": PROGRAM}
        if os.getuid() == 0:  # for root may do everything
            self.folder.chmod(0o755)
            stranger = {"program": shutil.copy(PROGRAM, self.folder / "paceline"), "user": NOBODY,
                        "group": NOBODY, "extra_groups": []}
        data = self.folder / "shut"
        (data / "log").mkdir(parents=True)
        data.chmod(0)
        self.addCleanup(data.chmod, 0o700)
        tried = 0
        for words in all_commands():
            if not takes(words, "--data") or words == ["backup", "restore"]:
                continue  # which makes one: rights_test.py
            with self.subTest(" ".join(words)):
                given = [word for word in arguments_of(words, self.folder) if word != "--data" and
                         not word.endswith("nowhere")]
                if words == ["serve"]:
                    given += ["--listen", f"unix:{self.folder}/s"]
                elif takes(words, "--desk") and "--desk" not in given:
                    given += ["--desk", "main"]
                ran = run(*words, *given, "--data", data, cwd=SOURCE, **stranger)
                self.assertEqual(ran.exit, 5, ran.err)
                self.assertRegex(ran.err, r"(?m)^E(1009|6005) .*shut")
                tried += 1
        self.assertGreaterEqual(tried, 5)


class NarrowTerminal(DeskTest):
    def on_terminal(self, columns, *words):
        """(exit code, what a terminal of so many columns was sent)."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 10, columns, 0, 0))
        with subprocess.Popen([PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, cwd=SOURCE,
                              stdout=follower, stderr=follower,
                              env=clean_environment(TERM="xterm", NO_COLOR="1")) as process:
            os.close(follower)
            shown = b""
            while True:
                try:
                    chunk = os.read(leader, 65_536)
                except OSError:  # the program has ended
                    chunk = b""
                if not chunk:
                    break
                shown += chunk
            os.close(leader)
        return process.returncode, shown.decode().replace("\r\n", "\n")

    def test_every_command_on_forty_columns(self):
        at = self.with_desk()
        order = sorted(all_commands(), key=lambda words: words == ["ctl", "drain"])  # it comes last
        for words in order:
            if " ".join(words) in OF_THEIR_OWN:
                continue
            with self.subTest(" ".join(words)):
                given = at if takes(words, "--connect") and words[0] != "calendar" else ()
                given = given if takes(words, "--desk") else given[:2]
                exit_code, shown = self.on_terminal(40, *words,
                                                    *arguments_of(words, self.folder), *given)
                self.assertIn(exit_code, range(9), shown)
                self.assertTrue(shown.strip() or words[0] in ("export", "calendar"), "says nothing")
                if exit_code not in (0, 7):  # 7 with data: what was looked at is not right
                    self.assertRegex(shown, r"(?m)^E\d{4} ")

    def test_one_column_is_enough_to_say_what_is_wrong(self):
        at = self.with_desk()
        for columns in (40, 1):
            exit_code, shown = self.on_terminal(columns, "ticket", "get", "INC404", *at)
            self.assertEqual(exit_code, 3)
            self.assertIn("there is no such ticket on this desk: see `paceline ticket list`", shown)


if __name__ == "__main__":
    unittest.main()
