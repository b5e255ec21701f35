"""tools/bench structures: the parts alone, beside others a distribution carries."""

import json
import os
import re
import statistics

from . import chart, machine
from .server import Trouble, run_pinned
from .store import Store, say
from .table import count, spread, table

TIMEOUT_S = 3_600
NAME = re.compile(r"^(\w+)<(?:peers::)?(\w+)>/\w+:(\d+)")


class Structure:
    """One bench program and how its figures are told."""

    def __init__(self, program, title, plotted, unit, size_word, read, note):
        self.program = program
        self.title = title
        self.plotted = plotted  # the scenario that is drawn
        self.unit = unit
        self.size_word = size_word
        self.read = read
        self.note = note


def cpu_ns(line):
    return line["cpu_time"] * {"ns": 1, "us": 1e3, "ms": 1e6}[line["time_unit"]]


def ns_per_item(line):
    return 1e9 / line["items_per_second"]


def million_items(line):
    return line["items_per_second"] / 1e6


def timer_figure(line):
    return line["worst_us"] if line["name"].startswith("tick") else cpu_ns(line)


PRESET = "release"
STRUCTURES = (
    Structure("hand_off_bench", "Hand-off between threads, 64 bytes", "hand_off", "ns each",
              "producers", ns_per_item,
              "wall time; `Intake` is the shard's rings with the bell that wakes it"),
    Structure("ready_queue_bench", "A line of tickets, with removal by handle", "mixed",
              "ns an operation", "waiting", cpu_ns,
              "CPU time; `mixed`: 40 % push, 25 % pop, 15 % removal, 20 % change; `first_come`: "
              "the order of arrival, no changes"),
    Structure("hold_bench", "A priority queue for two threads, hold model", "hold",
              "million holds a second", "elements", million_items,
              "wall time; a hold is a pop and a push; `Owners`: a heap per thread and rings, order "
              "exact per owner; the others: exact across threads"),
    Structure("timer_wheel_bench", "Timers", "schedule", "ns a call; `tick`: worst, µs", "timers",
              timer_figure,
              "CPU time; `desk_mix`: most are moved or cancelled, few fire"),
    Structure("slot_bench", "Records that come and go", "churn", "ns a record", "in use", cpu_ns,
              "CPU time; one freed, one taken, in no order, both touched"),
)


def options(parser):
    parser.add_argument("--benches", metavar="NAME,…", help="only these: " + ", ".join(
        structure.program for structure in STRUCTURES))


def run(words):
    wanted = words.benches.split(",") if words.benches else None
    chosen = [one for one in STRUCTURES if wanted is None or one.program in wanted]
    if not chosen:
        raise Trouble("no such bench: --benches names " +
                      ", ".join(one.program for one in STRUCTURES))
    plan = {"rounds": words.rounds or (1 if words.quick else 3), "full": not words.quick,
            "benches": [one.program for one in chosen]}
    store = Store("structures", plan, words.resume, machine.RELEASE)
    results = {}
    for number in range(1, plan["rounds"] + 1):
        for structure in chosen:
            say(f"round {number} of {plan['rounds']}: {structure.program}")
            found = store.get(f"{structure.program}-{number}",
                              lambda: measure(structure, plan["full"]))
            results.setdefault(structure.program, []).append(found)
    return {"facts": store.facts, "plan": plan, "results": results}


def measure(structure, full):
    """{scenario: {contestant: {size: figure}}}"""
    env = dict(os.environ)
    env.pop("PACELINE_BENCH_FULL", None)
    if full:
        env["PACELINE_BENCH_FULL"] = "1"
    out = run_pinned([str(machine.RELEASE / "bench" / structure.program), "--benchmark_format=json",
                      "--benchmark_min_time=0.2"], TIMEOUT_S, env)
    found = {}
    for line in json.loads(out)["benchmarks"]:
        name = NAME.match(line["name"])
        if name:
            scenario, contestant, size = name.groups()
            found.setdefault(scenario, {}).setdefault(contestant, {})[size] = structure.read(line)
    return found


def figure_form(values):
    return "{:.1f}".format if statistics.median(values) < 100 else "{:.0f}".format


def markdown(answer):
    lines = []
    for structure in STRUCTURES:
        rounds = answer["results"].get(structure.program)
        if not rounds:
            continue
        lines += [f"### {structure.title}", "", f"![]({plot_name(structure)})", ""]
        sizes = sorted({int(size) for scenario in rounds[0].values()
                        for found in scenario.values() for size in found})
        head = [structure.unit, ""] + [f"{structure.size_word}: {count(size)}" for size in sizes]
        rows = []
        for scenario, contestants in rounds[0].items():
            for contestant in contestants:
                rows.append([f"`{scenario}`", contestant] +
                            [cell(rounds, scenario, contestant, size) for size in sizes])
        lines += table(head, rows) + ["", structure.note + ".", ""]
    plan = answer["plan"]
    what = "PACELINE_BENCH_FULL=1" if plan["full"] else "small sizes"
    return lines + [
        f"`tools/bench structures`: each program once in each of {plan['rounds']} rounds ({what}), "
        "medians (smallest–largest); every rival's answers are compared with ours before it is "
        f"timed. {machine.described(answer['facts'])}."]


def cell(rounds, scenario, contestant, size):
    values = [one[scenario][contestant].get(str(size)) for one in rounds]
    values = [value for value in values if value is not None]
    return spread(values, figure_form(values)) if values else "–"


def plot_name(structure):
    return f"plots/{structure.program.removesuffix('_bench')}.svg"


def plot(answer, folder):
    for structure in STRUCTURES:
        rounds = answer["results"].get(structure.program)
        if not rounds:
            continue
        file = folder / plot_name(structure)
        points = {
            contestant: [(int(size), statistics.median(
                one[structure.plotted][contestant][size] for one in rounds))
                for size in sorted(found, key=int)]
            for contestant, found in rounds[0][structure.plotted].items()}
        title = f"{structure.title}: {structure.unit.split(';')[0]}"
        sizes = sorted({size for found in points.values() for size, _ in found})
        if len(sizes) < 3:
            chart.bars(file, title, [f"{structure.size_word}: {count(size)}" for size in sizes],
                       [(name, [dict(found).get(size) for size in sizes])
                        for name, found in points.items()])
        else:
            chart.lines(file, title, structure.size_word, structure.unit.split(";")[0], points)
