"""What the documents show is what happens.

- README.md: its `sh` blocks are typed line by line, in order, as a reader would on the first day.
- tools/docs/*.md: `console` blocks are typed too: a line that begins with "$ " is a
  command, what follows is what it prints. In that, a line `…` is any lines, and … within a line
  anything; `[exit 7]` is the exit code where it is not 0. The blocks of a document are one session.
  What an example builds on and a reader need not see is in comments of the document:
  `<!-- console` holds commands, `<!-- file NAME` a file. The `toml` blocks are files too:
  block-1.toml, block-2.toml …
- No other block holds a command: what nothing types is listed here, with the reason.
- Their `toml` blocks are read: a fragment may leave out what it builds on, but no key, type or value
  may be wrong.
"""

import lzma
import re
import unittest

from program import SOURCE, ProgramTest, run
from shell_session import ShellSession, blocks_of, lines_of, steps_of

DOCUMENTS = sorted((SOURCE / "tools/docs").glob("*.md"))
#: Not typed, and why.
NOT_TYPED = {
    "tools/demo": "builds; the same day is played by `paceline demo`, in a test of its own",
    "tools/test": "would run this test",
}
#: Documents with commands that are not typed here.
TYPED_ELSEWHERE = {
    "INSTALLING.md": "install_test.py types its blocks, with another prefix",
    "README.md": "of bench/ and the Python client: minutes to hours; needs a server of one's own, "
                 "whose use *_test.py beside it play",
}
LOG = ("number,incident_state,opened_at,sys_updated_at,impact,urgency,priority,assignment_group,"
       "assigned_to\n"
       "INC1,New,1/3/2016 09:00,1/3/2016 09:00,2 - Medium,2 - Medium,3 - Moderate,Group 1,?\n"
       "INC1,Active,1/3/2016 09:00,1/3/2016 10:00,2 - Medium,2 - Medium,3 - Moderate,Group 1,Ann\n"
       "INC1,Resolved,1/3/2016 09:00,2/3/2016 10:00,2 - Medium,2 - Medium,3 - Moderate,Group 1,Ann"
       "\n")


class QuickStart(unittest.TestCase):
    def test_the_readme_typed_literally(self):
        session = ShellSession()
        self.addCleanup(session.close)
        with lzma.open(session.folder / "incidents.csv.xz", "wt") as log:
            log.write(LOG)
        blocks = blocks_of((SOURCE / "README.md").read_text(), "sh")
        self.assertGreaterEqual(len(blocks), 3)
        typed = []
        for number, block in blocks:
            for line in lines_of(block):
                if line in NOT_TYPED:
                    continue
                exit_code, said = session.type(line)
                self.assertEqual(exit_code, 0, f"README.md:{number}: {line}\n{said}")
                typed.append((line, said))
        shown = {line.split(maxsplit=1)[1]: said for line, said in typed if " " in line}
        self.assertIn("assigned", shown["ticket get INC1"])
        self.assertIn("ana", shown["ticket get INC1"])
        self.assertIn("resolution under", shown["why clock INC1"])


class Documents(ProgramTest):
    def test_console_blocks_do_what_they_show(self):
        seen = 0
        for document in DOCUMENTS:
            with self.subTest(document.name):
                seen += self.play(document)
        self.assertGreater(seen, 50)

    def play(self, document):
        """How many of its blocks were typed."""
        session = ShellSession()
        steps = steps_of(document.read_text())
        try:
            for number, file, block in steps:
                if file:
                    (session.folder / file).write_text(block)
                else:
                    self.type(session, f"{document.name}:{number}", block)
        finally:
            session.close()
        return sum(file is None for _, file, _ in steps)

    def test_no_command_is_shown_that_nothing_types(self):
        found = {}
        for document in [SOURCE / "bench/README.md", SOURCE / "tools/clients/python/README.md",
                         *DOCUMENTS]:
            for language in ("", "sh", "text"):
                for number, block in blocks_of(document.read_text(), language):
                    for line in block.splitlines():
                        if re.match(r"\$ |(?:build/release/)?paceline [a-z]|tools/|cmake ", line):
                            found.setdefault(document.name, []).append(line)
        self.assertEqual(set(found), set(TYPED_ELSEWHERE), found)

    def type(self, session, place, block):
        for entry in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = re.sub(r"\\\n\s*", "", entry).partition("\n")
            lines = shown.splitlines()
            wanted_exit = 0
            if lines and (found := re.fullmatch(r"\[exit (\d+)\]", lines[-1])):
                wanted_exit = int(found[1])
                lines.pop()
            exit_code, said = session.type(command.strip())
            about = f"{place}: $ {command}\n{said}"
            self.assertEqual(exit_code, wanted_exit, about)
            self.assertRegex(said.rstrip("\n") + "\n", self.pattern(lines), about)

    @staticmethod
    def pattern(lines):
        pattern = r"\A"
        for line in lines:
            if line.strip() == "…":
                pattern += r"(?:.*\n)*?"
            else:
                pattern += re.escape(line.rstrip()).replace("…", ".*") + r"[ ]*\n"
        return pattern + r"\Z" if lines else r"\A\s*\Z"

    def test_configuration_blocks_have_no_wrong_key_type_or_value(self):
        # What a fragment leaves out: names that lead nowhere, keys that are missing, rules that
        # need more than it shows.
        left_out = {"E2004", "E2009", "E2203", "E2205", "E2206", "E2207", "E2208"}
        contexts = ("", "[[queue]]\nname = 'q'\ngroup = 'g'\n")
        seen = 0
        for document in [SOURCE / "README.md", *DOCUMENTS]:
            if document.name in ("SCENARIOS.md", "IMPORTING.md", "IMPORT_MAPS.md"):
                continue  # of other files: below, and read by the commands beside them
            for number, block in blocks_of(document.read_text(), "toml"):
                found = [self.codes(context + block) - left_out for context in contexts]
                self.assertIn(set(), found, f"{document.name}:{number}\n{block}")
                seen += 1
        self.assertGreater(seen, 15)

    def test_scenario_blocks_have_no_wrong_key_type_or_value(self):
        # Likewise: names that the desk beside them does not have, and what a fragment lacks.
        left_out = {"E2004", "E2503", "E2504", "E2505", "E2508", "E2509", "E2009", "E2502"}
        self.assert_done(run("init", self.folder / "desk.toml", "--preset", "small"))
        begin = "[scenario]\nconfig = 'desk.toml'\nstart = '2026-03-02'\n"
        seen = 0
        for number, block in blocks_of((SOURCE / "tools/docs/SCENARIOS.md").read_text(), "toml"):
            if not block.lstrip().startswith("["):
                continue  # keys of some table
            text = block if "[scenario]" in block else begin + block
            said = run("sim", "check", self.file("scenario.toml", text)).err
            found = set(re.findall(r"\bE2\d{3}\b", said)) - left_out
            self.assertEqual(found, set(), f"SCENARIOS.md:{number}\n{block}\n{said}")
            seen += 1
        self.assertGreater(seen, 0)

    def codes(self, text):
        said = run("config", "check", self.file("block.toml", text)).err
        return set(re.findall(r"\bE2\d{3}\b", said))

    def test_every_command_that_is_named_is_there(self):
        known = {"paceline"}
        for noun in self.subcommands():
            known |= {noun, *(f"{noun} {verb}" for verb in self.subcommands(noun))}
        for document in [SOURCE / "README.md", *DOCUMENTS]:
            for found in re.finditer(r"`(?:build/release/)?paceline ([a-z][a-z-]*)(?: ([a-z-]+))?",
                                     document.read_text()):
                noun, verb = found[1], found[2]
                self.assertIn(noun, known, document.name)
                if verb and self.subcommands(noun):
                    self.assertIn(f"{noun} {verb}", known, document.name)

    def subcommands(self, *words, found={}):
        if words not in found:
            text = run(*words, "--help").out.partition("Subcommands:\n")[2]
            found[words] = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
        return found[words]


if __name__ == "__main__":
    unittest.main()
