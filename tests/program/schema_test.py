"""`config schema` against the reader: every key the reader knows is in the schema, every key of the
schema is known to the reader, and what files hold is what the schema says."""

import json
import re
import tomllib
import unittest

from program import SOURCE, ProgramTest, run

#: A file that reaches each table, "%" where a key is put. Names are tables of the schema.
PLACES = {
    "file": "%",
    "server": "[server]\n%",
    "desk": "[desk.main]\n%",
    "ramp": "[desk.main]\nramp = { items = 3, for = '15m', % }",
    "survey": "[desk.main.survey]\n%",
    "occupancy": "[desk.main]\noccupancy = { % }",
    "calendar": "[calendar.uk]\n%",
    "pending": "[pending.awaiting_parts]\n%",
    "priority": "[priority]\n%",
    "matrix": "[priority.matrix]\n%",
    "criticality": "[criticality]\n%",
    "object": "[service.payroll]\n%",
    "requester": "[requester.ada]\n%",
    "route": "[[route]]\n%",
    "policy": "[[policy]]\n%",
    "rung": "[[policy]]\nname = 'p'\nclock = 'resolution'\ntarget = '1h'\n"
            "escalate = [{ at = 50, notify = ['a'], % }]",
    "queue": "[[queue]]\n%",
    "head_start": "[[queue]]\nname = 'q'\ngroup = 'g'\nhead_start = { % }",
    "step": "[[queue]]\nname = 'q'\ngroup = 'g'\n[[queue.step]]\n%",
    "preferred": "[[queue]]\nname = 'q'\ngroup = 'g'\npreferred = [{ % }]",
    "overflow": "[[queue]]\nname = 'q'\ngroup = 'g'\noverflow = [{ % }]",
    "sticky": "[[queue]]\nname = 'q'\ngroup = 'g'\nsticky = { % }",
    "wrap_up": "[[queue]]\nname = 'q'\ngroup = 'g'\nwrap_up = { % }",
    "sun": "[[queue]]\nname = 'q'\ngroup = 'g'\nfollow_the_sun = { % }",
    "agent": "[[agent]]\n%",
    "work": "[[work]]\n%",
    "away": "[[away]]\n%",
}
ANY_NAME = {"hours", "levels", "attributes", "skills", "targets"}  # their keys are names


class Schema(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(run("config", "schema").out)

    def table(self, name):
        return self.schema if name == "file" else self.schema["$defs"][name]

    def errors_with(self, table, key):
        text = PLACES[table].replace("%", f"{key} = 1")
        return run("config", "check", self.file("probe.toml", text)).err

    def test_every_table_is_held_against_the_reader(self):
        self.assertEqual(set(PLACES) | ANY_NAME, {"file", *self.schema["$defs"]})

    def test_every_key_the_reader_knows_is_in_the_schema_and_no_other(self):
        for name in PLACES:
            with self.subTest(name):
                said = self.errors_with(name, "zzzzzzzzzzzzzzzzzzzz")
                listed = re.search(r'unknown key "z+": use (?:one of )?(.*)', said)
                self.assertIsNotNone(listed, said)
                self.assertEqual(set(listed[1].split(", ")), set(self.table(name)["properties"]))

    def test_what_must_be_stated_is_reported_by_the_reader(self):
        for name, place in PLACES.items():
            for key in self.table(name).get("required", []):
                with self.subTest(f"{name}.{key}"):
                    text = re.sub(rf"\b{key} = [^,\n]*,? ?", "", place.replace("%", ""))
                    text = re.sub(r", *}", " }", text)
                    said = run("config", "check", self.file("probe.toml", text)).err
                    self.assertRegex(said, rf"\b{key}\b")
                    self.assertNotIn("E2001", said)

    def test_files_hold_what_the_schema_says(self):
        files = [SOURCE / "tools/demo.toml",
                 SOURCE / "tests/fuzz/corpus/config_fuzz/everything.toml",
                 *sorted((SOURCE / "tools/presets").glob("*.toml"))]
        for path in files:
            with self.subTest(path.name):
                self.assertEqual(self.wrong(tomllib.loads(path.read_text()), self.schema, ""), [])

    def test_the_schema_refuses_what_the_reader_refuses(self):
        for text in ("[server]\nshards = 65", "[server]\ndurability = 'often'",
                     "[desk.a]\nauto_close = 15", "[desk.a]\nmax_wait = '3bd'", "[desk.a]\nx = 1",
                     "[[agent]]\ngroups = ['a']", "[[agent]]\nname = 'a'\ngroups = 'a'",
                     "[[agent]]\nname = 'a'\ngroups = ['a']\nskills = { vpn = 101 }",
                     "[[policy]]\nname = 'p'\nclock = 'sundial'\ntarget = '1h'",
                     "[targets]\nfcr_nett = '72%..80%'", "[desk.a.targets]\nflr = '80%'",
                     "[pending.x]\npauses = 'some'", "[calendar.uk]\nweek = { mon = ['9-17'] }"):
            with self.subTest(text):
                self.assertNotEqual(run("config", "check", self.file("bad.toml", text)).exit, 0)
                self.assertNotEqual(self.wrong(tomllib.loads(text), self.schema, ""), [])

    def wrong(self, value, schema, where):
        """What JSON Schema says, as far as ours uses it."""
        if "$ref" in schema:
            return self.wrong(value, self.table(schema["$ref"].rsplit("/", 1)[1]), where)
        if "anyOf" in schema:
            found = [self.wrong(value, each, where) for each in schema["anyOf"]]
            return [] if [] in found else found[0]
        if "enum" in schema:
            return [] if value in schema["enum"] else [f"{where}: {value}"]
        if "const" in schema:
            return [] if value == schema["const"] else [f"{where}: {value}"]
        value = value.isoformat() if hasattr(value, "isoformat") else value
        types = {"string": str, "boolean": bool, "integer": int, "number": (int, float),
                 "array": list, "object": dict}
        right = isinstance(value, types[schema["type"]])
        if not right or (isinstance(value, bool) and schema["type"] != "boolean"):
            return [f"{where}: {value!r} is no {schema['type']}"]
        if isinstance(value, str):
            fits = re.search(schema.get("pattern", ""), value) and \
                len(value) >= schema.get("minLength", 0)
            return [] if fits else [f"{where}: {value!r}"]
        if isinstance(value, list):
            return [wrong for i, each in enumerate(value)
                    for wrong in self.wrong(each, schema["items"], f"{where}[{i}]")]
        if isinstance(value, dict):
            return self.wrong_object(value, schema, where)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            inside = schema.get("minimum", value) <= value <= schema["maximum"] and \
                value > schema.get("exclusiveMinimum", value - 1)
            return [] if inside else [f"{where}: {value}"]
        return []

    def wrong_object(self, value, schema, where):
        found = [f"{where}: {key} is missing" for key in schema.get("required", [])
                 if key not in value]
        for key, each in value.items():
            of_key = schema.get("properties", {}).get(key, schema["additionalProperties"])
            found += [f"{where}: {key} is unknown"] if of_key is False else \
                self.wrong(each, of_key, f"{where}.{key}")
        return found


if __name__ == "__main__":
    unittest.main()
