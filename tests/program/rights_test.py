"""Files, folders and sockets this user may not use: exit code 5, what and where.

As root by becoming somebody else, for root may do everything; else as oneself. What is closed has
no rights at all, so both are refused alike.
"""

import os
import shutil
import unittest

from program import PROGRAM, ProgramTest, run

NOBODY = 65_534


class Rights(ProgramTest):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.program = shutil.copy(PROGRAM, self.folder / "paceline")
        self.own = self.folder / "own"  # of whoever is refused elsewhere
        self.own.mkdir()
        self.own.chmod(0o777)
        self.shut = self.folder / "shut"
        self.shut.mkdir()
        self.close(self.shut)
        self.secret = self.file("secret.toml", "")
        self.close(self.secret)

    def close(self, path):
        path.chmod(0)
        self.addCleanup(path.chmod, 0o700)

    def stranger(self, *words):
        if os.getuid() != 0:
            return run(*words, program=self.program, cwd="/")
        return run(*words, program=self.program, user=NOBODY, group=NOBODY, extra_groups=[],
                   cwd="/")

    def refused(self, *words, code="E1009", says="Permission denied"):
        with self.subTest(" ".join(map(str, words))):
            ran = self.stranger(*words)
            self.assertEqual(ran.exit, 5, ran.err + ran.out)
            self.assertRegex(ran.err, rf"(?m)^{code} ")
            self.assertRegex(ran.err + ran.out, says)

    def stopped_server(self):
        """A data folder of a server that ran, one file of its log closed; and a backup of it."""
        server = self.serve()
        self.assert_done(run("desk", "create", "main", "--connect", server.address))
        backup = self.folder / "backup"
        self.assert_done(run("backup", "create", backup, "--connect", server.address))
        server.stop()
        return self.folder / "data", backup

    def test_what_a_server_needs(self):
        address = f"unix:{self.own}/s"
        yours = "give --data a folder this user may write to"
        self.refused("serve", "--data", self.shut / "data", "--listen", address, code="E6005",
                     says=yours)
        self.refused("serve", "--data", self.own / "data", "--listen", f"unix:{self.shut}/s",
                     code="E6005", says="choose a path in a folder this user may write to")
        self.refused("serve", "--data", self.own / "data", "--listen", address, "--token-file",
                     self.secret, code="E6005", says="token file .*secret.toml: cannot be read")
        self.refused("serve", "--data", self.own / "data", "--listen", address, "--config",
                     self.secret, code="E2010", says="check its permissions")

    def test_a_data_folder_and_a_backup(self):
        data, backup = self.stopped_server()
        for folder in (data, backup):
            segment = min((folder / "log").glob("*.log"))
            self.close(segment)
        mine = self.own / "copy"
        for words in (("doctor", "--data", data), ("backup", "verify", backup),
                      ("backup", "restore", backup, "--data", mine),
                      ("backup", "create", mine, "--data", data),
                      ("sim", "record", "--data", data, "--desk", "main")):
            self.refused(*words, says=r"\.log cannot be read by this user: Permission denied")
        self.refused("serve", "--data", data, "--listen", f"unix:{self.own}/s", code="E6005",
                     says="cannot read and write|cannot create")
        for words in (("doctor", "--data", self.shut / "data"),
                      ("backup", "verify", self.shut / "backup"),
                      ("sim", "record", "--data", self.shut / "data", "--desk", "main")):
            self.refused(*words)
        self.assertFalse(mine.exists(), "nothing half made is left")

    def test_where_a_copy_would_go(self):
        data, backup = self.stopped_server()
        if os.getuid() == 0:
            for path in (data, *data.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        self.refused("backup", "create", self.shut / "b", "--data", data, says="cannot create")
        self.refused("backup", "restore", backup, "--data", self.shut / "d", says="cannot create")

    def test_files_read_and_written(self):
        out = self.shut / "out"
        for words in (("config", "check", self.secret), ("config", "check", self.shut / "x.toml")):
            self.refused(*words, code="E2010", says="check its permissions")
        self.refused("init", out, "--preset", "small")
        self.refused("sim", "init", "--preset", "small", "--to", out)
        self.refused("plan", "requirement", self.secret, "--service-level", "80%", "--within",
                     "20s")
        for words in (("sim", "replay", self.secret), ("script", self.secret)):
            self.refused(*words, says="cannot be read")

    def test_a_socket_that_lets_nobody_in(self):
        server = self.serve()
        self.close(self.folder / "socket")
        self.refused("desk", "list", "--connect", server.address, code="E4011",
                     says="must let this user in")
        self.refused("desk", "list", "--connect", server.address, "--token-file", self.secret,
                     says="secret.toml")


if __name__ == "__main__":
    unittest.main()
