"""Every preset: it is right, lint finds nothing, a server starts with it and gives tickets out."""

import json
import tomllib
import unittest

from program import ProgramTest, Server, run

PRESETS = ("small", "mid", "enterprise", "msp", "hr")


class Preset(ProgramTest):
    def write(self, preset):
        path = self.folder / f"{preset}.toml"
        ran = run("init", path, "--preset", preset)
        self.assertEqual((ran.exit, ran.out.startswith(f"wrote {path}: ")), (0, True), ran.err)
        return path, tomllib.loads(path.read_text()), ran

    def test_each_is_right_and_lint_finds_nothing(self):
        for preset in PRESETS:
            with self.subTest(preset):
                path, _, _ = self.write(preset)
                self.assert_done(run("config", "check", path))
                self.assertEqual(run("config", "check", path).err, "", "no warnings")
                self.assertEqual(self.assert_done(run("lint", path)), f"{path}: nothing found\n")

    def test_a_ticket_is_assigned_at_once(self):
        for preset in PRESETS:
            with self.subTest(preset):
                self.assign(preset)

    def assign(self, preset):
        path, described, _ = self.write(preset)
        folder = self.folder / preset
        folder.mkdir()
        server = Server(folder, "--config", path)
        try:
            for desk in described["desk"]:
                server.wait_for(f"created desk {desk}")
                self.assign_on(server, desk, described)
        finally:
            server.stop()

    def assign_on(self, server, desk, described):
        at = ("--connect", server.address, "--desk", desk)
        for agent in described["agent"]:
            self.assert_done(run("agent", "login", agent["name"], *at))
        self.assert_done(run("ticket", "create", "INC1", *at))
        self.assertEqual(self.agent_of("INC1", at)[0], "assigned")
        for queue in described["queue"]:
            if queue.get("mode") == "manual":
                continue
            name = "INC-" + queue["name"]
            self.assert_done(run("ticket", "create", name, "--queue", queue["name"], *at))
            state, agent = self.agent_of(name, at)
            if queue.get("auto_accept", True):
                self.assertEqual(state, "assigned", name)
            else:
                offer = json.loads(run("offer", "list", "--json", *at).out)
                self.assert_done(run("offer", "accept", offer["offer"], *at))
                state, agent = self.agent_of(name, at)
            groups = next(each["groups"] for each in described["agent"] if each["name"] == agent)
            self.assertIn(queue["group"], groups)
            self.assert_done(run("ticket", "resolve", name, "--code", "solved", *at))

    def agent_of(self, ticket, at):
        shown = json.loads(self.assert_done(run("ticket", "get", ticket, "--json", *at)))
        return shown["state"], shown["agent"]

    def test_it_says_what_to_do_next_and_that_works(self):
        path, _, ran = self.write("small")
        steps = ran.err.replace("next: ", "").replace("      ", "")
        self.assertIn(f"paceline serve --config {path} &\n", steps)
        self.assertIn("export PACELINE_CONNECT=unix:paceline.sock PACELINE_DESK=main\n", steps)
        self.assertIn("paceline agent login ana\n", steps)

    def test_a_file_that_is_there_is_not_replaced_unless_asked(self):
        path = self.file("mine.toml", "precious")
        ran = run("init", path, "--preset", "small")
        self.assertEqual((ran.exit, path.read_text()), (4, "precious"))
        self.assertIn("--force", ran.err)
        self.assert_done(run("init", path, "--preset", "small", "--force"))
        self.assertEqual(path.read_text(), run("init", "-", "--preset", "small").out)

    def test_what_cannot_be_written_says_so(self):
        ran = run("init", self.folder / "nowhere" / "x.toml", "--preset", "small")
        self.assertEqual(ran.exit, 1)
        self.assertIn("No such file or directory", ran.err)
        self.assertEqual(run("init", "--preset", "huge").exit, 2)
        self.assertEqual(run("init").exit, 2)


if __name__ == "__main__":
    unittest.main()
