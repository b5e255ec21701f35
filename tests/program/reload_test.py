"""`ctl reload` and SIGHUP: the configuration file read again, all of it or nothing."""

import json
import signal
import unittest

from program import ProgramTest, clean_environment, run

FILE = """
[desk.main]
[[queue]]
name = "desk"
group = "desk"
[[route]]
queue = "desk"
[[policy]]
name = "resolution"
clock = "resolution"
target = "4h"
[[agent]]
name = "ana"
groups = ["desk"]
"""
SECOND = FILE.replace("[desk.main]", "[desk.main]\n[desk.other]")


class Reload(ProgramTest):
    def setUp(self):
        super().setUp()
        self.path = self.file("paceline.toml", FILE)
        self.server = self.serve("--config", self.path)
        self.server.wait_for("created desk main")

    def write(self, text):
        self.path.write_text(text)

    def ctl(self, *words):
        return run("ctl", "reload", "--connect", self.server.address, *words)

    def on(self, *words, desk="main"):
        return self.assert_done(run(*words, "--connect", self.server.address, "--desk", desk))

    def versions(self):
        listed = map(json.loads, self.on("policy", "list", "--json").splitlines())
        return {policy["version"]: (policy["in_force"], policy["running"]) for policy in listed}

    def figures(self):
        return json.loads(self.assert_done(
            run("ctl", "status", "--json", "--connect", self.server.address)))["figures"]

    def test_what_has_changed_is_in_force_for_what_comes(self):
        self.on("ticket", "create", "INC1")
        self.write(FILE.replace('target = "4h"', 'target = "8h"'))
        ran = self.ctl()
        self.assert_done(ran)
        self.assertIn("policy resolution: changed", ran.out)
        self.assertIn("target: 4h → 8h", ran.out)
        self.on("ticket", "create", "INC2")
        self.assertEqual(self.versions(), {0: (False, 1), 1: (True, 1)},
                         "a running clock stays with the version it was promised")
        self.assertEqual(self.figures()["reloads"], 1)

    def test_a_dry_run_says_it_and_changes_nothing(self):
        self.write(FILE.replace('target = "4h"', 'target = "8h"'))
        before = self.on("ctl", "status", "--digest", "--json")
        said = json.loads(self.assert_done(self.ctl("--dry-run", "--json")))
        self.assertTrue(said["dry_run"])
        self.assertIn("policy resolution: changed", said["changes"])
        self.assertEqual(self.versions(), {0: (True, 0)})
        digest = json.loads(before)["digest"]
        self.assertEqual(json.loads(self.on("ctl", "status", "--digest", "--json"))["digest"],
                         digest)
        self.assertEqual(self.figures()["reloads"], 0)

    def test_the_same_file_again_changes_nothing(self):
        self.assertEqual(self.assert_done(self.ctl()), "nothing has changed\n")
        self.assertEqual(self.versions(), {0: (True, 0)})

    def test_a_file_with_errors_leaves_all_as_it_was_and_tells_them_all(self):
        self.write(FILE.replace('target = "4h"', 'target = "8"').replace('groups = ["desk"]', ""))
        for words in ((), ("--dry-run",)):
            ran = self.ctl(*words)
            self.assertEqual((ran.exit, ran.out), (7, ""))
            self.assertIn("E3019", ran.err)
            self.assertIn("E2006", ran.err)
            self.assertIn("E2004", ran.err)
            self.assertIn("everything stays as it was", ran.err)
        self.assertEqual(self.versions(), {0: (True, 0)})
        self.path.unlink()
        self.assertEqual(self.ctl().exit, 7)
        self.write(FILE)
        self.assert_done(self.ctl())
        self.assertEqual(self.figures()["reloads_failed"], 2, "dry runs are not counted")

    def test_a_desk_that_refuses_gives_the_others_back_what_they_had(self):
        self.write(SECOND.replace('target = "4h"', 'target = "6h"'))
        self.assert_done(self.ctl())
        # Right by itself; but other has a clock already, and no ticket has more than sixteen.
        many = "".join(f'[[policy]]\ndesk = "other"\nname = "l{i}"\nlabel = "l{i}"\n'
                       f'clock = "resolution"\ntarget = "1h"\n' for i in range(16))
        self.write(SECOND.replace('target = "4h"', 'target = "9h"\ndesk = "main"') + many)
        ran = self.ctl()
        self.assertEqual(ran.exit, 7)
        self.assertIn("desk other", ran.err)
        self.on("ticket", "create", "INC1")
        clock = json.loads(self.on("clock", "list", "--json"))
        self.assertEqual(clock["target_us"], 6 * 3600 * 1_000_000)

    def test_a_new_desk_is_made_and_one_left_out_stays(self):
        self.write(SECOND)
        self.assertIn("desk other: added", self.assert_done(self.ctl()))
        self.on("ticket", "create", "INC1", desk="other")
        self.write(FILE)
        ran = self.ctl()
        self.assertIn("desk other is no longer in the file: it stays as it is", ran.err)
        self.on("ticket", "get", "INC1", desk="other")

    def test_server_settings_wait_for_the_next_start(self):
        self.write("[server]\nshards = 2\n" + FILE)
        ran = self.ctl()
        self.assertEqual(ran.out, "nothing has changed\n")
        self.assertIn("from the next start on", ran.err)

    def test_sighup_does_the_same(self):
        self.write(FILE.replace('target = "4h"', 'target = "8h"'))
        self.server.signal(signal.SIGHUP)
        self.server.wait_for(f"read {self.path} again: it is in force")
        self.assertEqual(self.versions(), {0: (False, 0), 1: (True, 0)})
        self.write("nonsense")
        self.server.signal(signal.SIGHUP)
        lines = self.server.wait_for(f"{self.path} is not in force: everything stays as it was")
        self.assertIn("E2001", lines[0])
        self.assertEqual(self.figures()["reloads_failed"], 1)

    def test_a_desk_that_kept_its_rules_over_a_restart_gets_the_files(self):
        self.server.stop()
        self.write(FILE.replace('target = "4h"', 'target = "8h"'))
        self.server.start()
        self.server.wait_for("desk main is there already and keeps its rules")
        self.assertEqual(self.versions(), {0: (True, 0)})
        self.assert_done(self.ctl())
        self.assertEqual(self.versions(), {0: (False, 0), 1: (True, 0)})


class WithoutFile(ProgramTest):
    def test_there_is_nothing_to_read_again(self):
        server = self.serve()
        ran = run("ctl", "reload", "--connect", server.address)
        self.assertEqual(ran.exit, 7)
        self.assertIn("started without a configuration file", ran.err)

    def test_a_server_told_to_end_before_its_desks_are_made_ends_in_peace(self):
        desks = "".join(FILE.replace("[desk.main]", f"[desk.d{n}]") if n == 0 else f"[desk.d{n}]\n"
                        for n in range(50))
        server = self.serve("--config", self.file("f.toml", desks))
        server.process.send_signal(signal.SIGTERM)
        _, told = server.process.communicate()
        self.assertEqual(server.process.returncode, 0, told)

    def test_only_administrators_may(self):
        server = self.serve("--listen", "tcp:127.0.0.1:0", "--config", self.file("f.toml", FILE))
        address = next(word for word in server.ready if word.startswith("tcp:"))
        ran = run("ctl", "reload", "--connect", address, env=clean_environment())
        self.assertEqual(ran.exit, 5)


if __name__ == "__main__":
    unittest.main()
