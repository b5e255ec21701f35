"""tools/bench --publish: the tables of bench/README.md and their plots."""

import re

from . import growth, machine, peers, simulators, structures
from .server import Trouble
from .store import say

README = machine.ROOT / "bench" / "README.md"
SECTIONS = {"peers": peers, "growth": growth, "structures": structures, "sim": simulators}


def markers(name):
    return f"<!-- {name}: made by tools/bench --publish -->", f"<!-- {name}: end -->"


def publish(name, answer):
    """Puts one section's table between its markers, and its plots beside it."""
    text = README.read_text(encoding="utf-8")
    begin, end = markers(name)
    if begin not in text or end not in text:
        raise Trouble(f"{README} lacks the lines “{begin}” and “{end}”")
    lines = SECTIONS[name].markdown(answer)
    if name == "structures":
        structures.plot(answer, README.parent)
    else:
        SECTIONS[name].plot(answer, README.parent / "plots" / f"{name}.svg")
        lines = [f"![](plots/{name}.svg)", ""] + lines
    pattern = re.escape(begin) + ".*?" + re.escape(end)
    filled = "\n".join([begin, ""] + lines + ["", end])
    README.write_text(re.sub(pattern, lambda _: filled, text, flags=re.S), encoding="utf-8")
    say(f"{name} is in {README.relative_to(machine.ROOT)}")
