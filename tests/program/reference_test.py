"""The reference pages hold what the code holds: commands, events, key figures, limits, error codes.
Whoever adds to the one and forgets the other is told here what is missing."""

import json
import re
import unittest

from program import SOURCE, ProgramTest, run

DOCUMENTS = SOURCE / "tools/docs"


def source(path):
    return (SOURCE / path).read_text()


def page(name):
    return (DOCUMENTS / name).read_text()


def number_of(text):
    """67108864 of "64 * 1'048'576", as C++ or a page writes it."""
    product = 1
    for factor in re.sub(r"ULL|[',U ]", "", text).split("*"):
        product *= int(factor)
    return product


def enumerators(path, name):
    """{name: number} of an enumeration."""
    body = re.search(rf"^enum (?:class )?{name}\b[^{{]*\{{(.*?)\}};?$", source(path), re.M | re.S)[1]
    body = re.sub(r"//.*", "", body)
    found, number = {}, 0
    for entry in filter(None, (each.strip() for each in body.split(","))):
        word, _, value = entry.partition("=")
        number = int(value) if value else number
        found[word.strip()] = number
        number += 1
    return found


def rows_of(text, columns):
    """Cells of the lines of tables with so many columns, headings left out."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and not re.fullmatch(r"[-|]*", line):
            rows.append(cells)
    return rows


class Commands(unittest.TestCase):
    def test_the_page_is_the_command_table(self):
        shown = run("man", "--markdown").out
        self.assertEqual(page("COMMANDS.md"), shown,
                         "make it anew: paceline man --markdown > tools/docs/COMMANDS.md")


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kinds = enumerators("wire/paceline.fbs", "EventKind")
        spoken = re.findall(r"case EventKind::(\w+):\s+return \"([a-z_.]+)\";",
                            source("engine/desk/names.cpp"))
        cls.names = dict(spoken)
        cls.rows = {row[1].strip("`"): row for row in rows_of(page("EVENTS.md"), 4)
                    if row[0].isdigit()}

    def test_every_kind_is_there_with_its_number_and_no_other(self):
        self.assertEqual(self.kinds, enumerators("engine/desk/event.h", "EventKind"))
        self.assertEqual(set(self.kinds), set(self.names))
        self.assertEqual({name: int(row[0]) for name, row in self.rows.items()},
                         {self.names[kind]: number for kind, number in self.kinds.items()})

    def test_what_a_kind_adds_to_its_json_is_there_and_nothing_else(self):
        added = self.keys_by_kind()
        self.assertGreater(sum(map(len, added.values())), 40)
        for kind in self.kinds:
            name = self.names[kind]
            told = set(re.findall(r"`([a-z_]+)`", self.rows[name][3])) - {
                "value_us", "fields", "flags", "reason", "threshold_bp"}
            self.assertEqual(told, added.get(kind, set()), name)

    def keys_by_kind(self):
        """{kind: keys} as tools/event_json.cpp adds them."""
        text = source("tools/event_json.cpp")
        helper = re.search(r"void add_agent_state.*?\n}\n", text, re.S)[0]
        helpers = {"add_agent_state(": set(re.findall(r'json\["(\w+)"\]', helper)),
                   "add_policy_before(": {"policy_before"}}
        added = {}
        for labels, body in re.findall(
                r"((?:\s*case EventKind::\w+:)+)\n(.*?)\n      break;", text, re.S):
            keys = set(re.findall(r'json\["(\w+)"\] =', body)) - {"reason"}
            for call, more in helpers.items():
                keys |= more if call in body else set()
            if "if (event.kind == EventKind::csat_answered)" in body:
                added["csat_low"] = keys - {"replaces"}
                added["csat_answered"] = keys
                continue
            for kind in re.findall(r"EventKind::(\w+)", labels):
                added[kind] = keys
        return added

    def test_what_every_event_has_is_there(self):
        text = source("tools/event_json.cpp")
        common = text[text.index("ordered_json event_json("):]
        keys = set(re.findall(r'json\["(\w+)"\]|\{"(\w+)", ', common))
        envelope = page("EVENTS.md").partition("## Tickets")[0]
        for key in {one or other for one, other in keys}:
            self.assertIn(f"`{key}`", envelope)


class Figures(ProgramTest):
    def test_every_figure_is_there_with_its_formula_and_no_other(self):
        server = self.serve()
        at = ("--connect", server.address, "--desk", "main")
        self.assert_done(run("desk", "create", "main", *at[:2]))
        report = json.loads(self.assert_done(run("report", "kpi", "--json", *at)))
        figures = {figure["id"] for figure in report["figures"]}
        self.assertGreater(len(figures), 40)
        table = page("KPI.md").partition("## The figures")[2].partition("\n## ")[0]
        told = [name for line in table.splitlines() if line.startswith("| `")
                for name in re.findall(r"`(\w+)`", line.split(" | ")[0])]
        self.assertEqual(sorted(told), sorted(figures))


class Limits(unittest.TestCase):
    def of_page(self, columns):
        return {row[0].strip("`"): row for row in rows_of(page("LIMITS.md"), columns)
                if row[0].startswith("`")}

    def test_every_capacity_of_a_desk_with_its_default_and_range(self):
        struct = re.search(r"struct Limits \{(.*?)\n\s*bool", source("engine/desk/limits.h"), re.S)[1]
        defaults = {name: number_of(value) for name, value in
                    re.findall(r"uint32_t (\w+) = ([\d']+);", struct)}
        ranges = {name: (number_of(low), number_of(high)) for name, low, high in
                  re.findall(r'\{"(\w+)", limits\.\w+, ([\d\']+), ([\d\' *]+)\}',
                             source("engine/runtime/desk_created.cpp"))}
        self.assertEqual(set(defaults), set(ranges))
        told = {name: (number_of(row[1]), tuple(map(number_of, row[2].split(" … "))))
                for name, row in self.of_page(5).items()}
        self.assertEqual(told, {name: (value, ranges[name]) for name, value in defaults.items()})

    def test_what_is_fixed_has_the_value_of_the_code(self):
        headers = ["engine/desk/limits.h", "engine/desk/survey_book.h",
                   "engine/desk/expression_lexer.h", "sched/dispatch.h", "sched/workloads.h"]
        constants = {name: number_of(value) for path in headers for name, value in
                     re.findall(r"constexpr \w+ (\w+) =\s+([\d']+);", source(path))}
        constants["work_kinds_max"] = constants["kinds_max"]
        told = {name: number_of(row[1]) for name, row in self.of_page(4).items()
                if row[2] != "fixed" and not row[2].startswith(("`serve", "fixed;"))}
        self.assertEqual(told, {name: constants[name] for name in told})
        of_limits_h = re.findall(r"^inline constexpr uint\d+_t (\w+)", source(headers[0]), re.M)
        self.assertLessEqual(set(of_limits_h), set(told))

    def test_what_bounds_a_server_has_the_value_of_the_code(self):
        headers = ["wire/server.h", "wire/frame.h", "wire/schema.h", "wire/command_writer.h",
                   "wire/server.cpp", "wire/server_session.cpp"]
        constants = {name: number_of(value) for path in headers for name, value in
                     re.findall(r"(?:uint\w+|size_t|uoffset_t|int64_t) (\w+) = ([\d' *]+);",
                                source(path))}
        constants["frame_size_max"] = constants["frame_size_max_default"]
        told = {name: number_of(row[1]) for name, row in self.of_page(4).items()
                if row[2].startswith(("fixed", "`serve"))}
        self.assertGreater(len(told), 10)
        self.assertEqual(told, {name: constants[name] for name in told})
        options = re.search(r"struct ServerOptions \{(.*?)\n\};", source("wire/server.h"), re.S)[1]
        self.assertLessEqual(set(re.findall(r"(\w+_max|events_kept) =", options)), set(told))

    def test_what_is_said_when_it_is_full_is_what_the_program_says(self):
        spoken = " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', source("tools/failure.cpp")))
        spoken = re.sub(r"\s+", " ", spoken)
        for quoted in re.findall(r"`E5\d{3} … ([^`]*)`", page("LIMITS.md")):
            self.assertIn(quoted, spoken)


class ErrorCodes(unittest.TestCase):
    EXITS = enumerators("tools/failure.h", "Exit")

    def told(self):
        """{code: exit} of the page's tables, whose rows may hold two codes."""
        found = {}
        for line in page("ERRORS.md").splitlines():
            if not line.startswith("| E"):
                continue
            for part in re.findall(r"\| (E\d{4}) ((?:(?!\| E\d{4} ).)*)", line):
                numbers = re.findall(r"\| (\d) (?=\|)", part[1] + "|")
                if numbers:
                    found[part[0]] = int(numbers[-1])
        return found

    def cases(self, function, label):
        """{enumerator: exit code} of a switch in tools/failure.cpp; under None what is left."""
        text = source("tools/failure.cpp")
        body = text[text.index(function):]
        body = body[:body.index("\n}\n")]
        found, waiting = {}, []
        for line in body.splitlines():
            if case := re.search(rf"case {label}::(\w+):", line):
                waiting.append(case[1])
            if "default:" in line:
                waiting.append(None)
            if (exit_code := re.search(r"Exit::(\w+)", line)) and waiting:
                found |= dict.fromkeys(waiting, self.EXITS[exit_code[1]])
                waiting = []
        return found

    def test_what_the_desk_refuses(self):
        rejects = enumerators("engine/desk/reject.h", "Reject")
        exits = self.cases("Explanation explanation(Reject", "Reject")
        self.assertEqual(set(rejects), set(exits))
        wanted = {f"E5{number:03}": exits[name] for name, number in rejects.items() if number}
        self.assertEqual({code: exit_code for code, exit_code in self.told().items()
                          if code.startswith("E5")}, wanted)
        protocol = page("PROTOCOL.md")
        for name, number in rejects.items():
            self.assertRegex(protocol, rf"(?m)^\| {number} \| {name} \|")
            if number:
                self.assertRegex(page("ERRORS.md"), rf"\| E5{number:03} \| {name} \|")

    def test_what_the_server_refuses(self):
        codes = enumerators("wire/messages.h", "ErrorCode")
        exits = self.cases("Exit exit_of(wire::ErrorCode", "wire::ErrorCode")
        self.assertEqual({code: exit_code for code, exit_code in self.told().items()
                          if code.startswith("E3")},
                         {f"E3{number:03}": exits.get(name, exits[None])
                          for name, number in codes.items()})
        for name, number in codes.items():
            self.assertRegex(page("PROTOCOL.md"), rf"\| {number} \| {name}\b")
            self.assertRegex(page("ERRORS.md"), rf"\| E3{number:03} \| {name} \|")

    def test_what_the_client_library_says(self):
        kinds = enumerators("wire/client.h", "ClientErrorKind")
        exits = self.cases("Exit exit_of(wire::ClientErrorKind", "wire::ClientErrorKind")
        wanted = {f"E4{number + 1:03}": exits.get(name, exits[None])
                  for name, number in kinds.items() if name not in ("refused", "rejected")}
        self.assertEqual({code: exit_code for code, exit_code in self.told().items()
                          if code.startswith("E4")}, wanted)
        for name, number in kinds.items():
            if name not in ("refused", "rejected"):
                self.assertRegex(page("ERRORS.md"), rf"\| E4{number + 1:03} \| {name} \|")

    def test_what_the_program_says_itself(self):
        said = {code: self.EXITS[name] for name, code in
                re.findall(r'\{Exit::(\w+), "(E1\d{3})"', source("tools/failure.cpp"))}
        ends = enumerators("wire/server.h", "ServerExit")
        said |= {f"E600{number}": number for name, number in ends.items() if name != "clean"}
        self.assertEqual({code: exit_code for code, exit_code in self.told().items()
                          if code[:2] in ("E1", "E6")}, said)

    def test_every_code_of_files_is_told(self):
        for folder, document, pattern in (
                ("engine/config", "CONFIGURATION.md", r"\"([EW]2[0-39]\d\d)\""),
                ("sim", "SCENARIOS.md", r"\"([EW]25\d\d)\"")):
            codes = set()
            for path in (SOURCE / folder).rglob("*.[hc]*"):
                codes |= set(re.findall(pattern, path.read_text()))
            told = set(re.findall(r"\| ([EW]2\d{3}) \|", page(document)))
            self.assertGreater(len(codes), 5)
            self.assertEqual(codes, told, document)


class Map(unittest.TestCase):
    def test_every_page_is_on_the_readmes_map_and_every_link_leads_somewhere(self):
        listed = set(re.findall(r"\]\(tools/docs/([A-Z_]+\.md)\)", source("README.md")))
        self.assertEqual({document.name for document in DOCUMENTS.glob("*.md")} - listed, set())
        for path in [SOURCE / "README.md", SOURCE / "ARCHITECTURE.md", *DOCUMENTS.glob("*.md")]:
            for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
                if "://" in target:
                    continue
                name, _, section = target.partition("#")
                file = path.parent / name if name else path
                self.assertTrue(file.exists(), f"{path.name}: {target}")
                if section:
                    headings = [self.anchor(each) for each in
                                re.findall(r"^#+ (.*)$", file.read_text(), re.M)]
                    self.assertIn(section, headings, f"{path.name}: {target}")

    @staticmethod
    def anchor(heading):
        return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    unittest.main()
