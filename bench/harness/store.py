"""Results on the disk, one file per measurement, so that an interrupted run can go on."""

import json
import shutil
import sys

from . import machine


class Store:
    """`plan` is what must be the same for two runs to be one; `build`, the folder of what is measured."""

    def __init__(self, name, plan, resume, build):
        self.folder = machine.RESULTS / name
        plan = {**plan, "commit": machine.commit()}
        noted = self.folder / "plan.json"
        if resume and noted.exists() and json.loads(noted.read_text())["plan"] == plan:
            self.facts = json.loads(noted.read_text())["facts"]
            return
        if resume:
            say(f"nothing to resume in {self.folder}: another plan or commit")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.facts = machine.facts(build)
        noted.write_text(json.dumps({"plan": plan, "facts": self.facts}, indent=1))

    def get(self, key, measure):
        """What was measured under this key before, or is now."""
        file = self.folder / f"{key}.json"
        if file.exists():
            return json.loads(file.read_text())
        result = measure()
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(result, indent=1))
        partial.rename(file)
        return result


def say(line):
    print(f"bench: {line}", file=sys.stderr, flush=True)
