"""tools/bench sim: Paceline's simulator beside others, on models with exact answers."""

import json
import math
import os
import pathlib
import statistics
import subprocess

from . import chart, machine
from .server import Trouble, run_pinned
from .store import Store, say
from .table import per_second, spread, table

PRESET = "tuned"
PROGRAM = machine.TUNED / "bench" / "sim_bench"
PEERS = machine.ROOT / "bench" / "peers"
PYTHON = "/usr/bin/python3"  # whose packages apt installs
TIMEOUT_S = 1_800
CHECK_RUNS, CHECK_CUSTOMERS = 16, 100_000
DAY_CUSTOMERS, DAY_RUNS = 2_000, 20
OURS = "Paceline"

MODELS = {
    "mm100": ("M/M/100", "{arrival_rate:g} arrivals in the time of a service, {agents} agents, "
              "first come, first served"),
    "n_model": ("N-model", "class 1 ({arrival_rates[0]:g} arrivals) goes to pool 1 ({agents[0]} "
                "agents), else to pool 2; class 2 ({arrival_rates[1]:g}) to pool 2 only "
                "({agents[1]}), which takes class 1 first"),
    "tiers": ("three tiers", "{arrival_rate:g} arrivals, five priorities, {agents[0]}, {agents[1]} "
              "and {agents[2]} agents, services of {means[0]:g}, {means[1]:g} and {means[2]:g}; "
              "{onward[0]:g} and {onward[1]:g} go on to the next tier"),
}

DAY = "replication"  # of M/M/100, short: the making of the desk counts

NOT_MEASURED = (
    "Not measured: octave-queueing computes formulas, ns-2 and SystemC are for packets and "
    "circuits, and simmer, Ciw, salabim, DESMO-J, SSJ, JaamSim and OMNeT++ are not in Debian 12.")


class InProgram:
    """One that is part of sim_bench: `contestant` as in the names of its benchmarks."""

    def __init__(self, name, contestant, note):
        self.name, self.contestant, self.note = name, contestant, note

    def there(self):
        return any(line.split("<")[1].startswith(f"{self.contestant}>") for line in listed())

    def check(self, model, known):
        """The program does that before every measurement, and ends if they do not agree."""
        return None

    def measure(self, model, plan, number):
        env = {name: word for name, word in os.environ.items() if name != "PACELINE_BENCH_FULL"}
        if not plan["quick"]:
            env["PACELINE_BENCH_FULL"] = "1"
        out = run_pinned([str(PROGRAM), f"--benchmark_filter=^{model}<{self.contestant}>",
                          "--benchmark_format=json",
                          f"--benchmark_min_time={0.1 if plan['quick'] else 2}"], TIMEOUT_S, env)
        line = json.loads(out)["benchmarks"][0]
        return {"customers_per_s": line["items_per_second"],
                "standard_errors": line.get("standard_errors"),
                "error_of_waits": line.get("error_of_waits")}


class InPython:
    """A script that reads the models and runs one of them."""

    def __init__(self, name, module, script, way, note):
        self.name, self.module, self.script, self.way = name, module, script, way
        self.note = note

    def there(self):
        if not pathlib.Path(PYTHON).exists():
            return False
        done = subprocess.run([PYTHON, "-c", f"import {self.module}"], capture_output=True)
        return done.returncode == 0

    def run(self, model, known, customers, seed, runs):
        words = [PYTHON, "-B", str(PEERS / self.script), model, "--customers", str(customers),
                 "--seed", str(seed), "--runs", str(runs), "--way", self.way]
        return json.loads(run_pinned(words, TIMEOUT_S, stdin=json.dumps(known)))

    def check(self, model, known):
        runs = self.run(model, known, CHECK_CUSTOMERS, 1, CHECK_RUNS)
        found = distance(runs, known[model]["exact"])
        for figure, bound in known["bounds"].items():
            if found[figure] > bound:
                raise Trouble(f"{self.name}, {model}: {figure} {found[figure]:.3g}, above "
                              f"{bound:g}: it does not simulate this model")
        return found

    def measure(self, model, plan, number):
        if model == DAY:
            runs = self.run("mm100", plan["models"], DAY_CUSTOMERS, 100 * number, DAY_RUNS)
        else:
            runs = self.run(model, plan["models"], plan["customers"], 100 + number, 1)
        return {"customers_per_s": sum(run["customers"] for run in runs) /
                sum(run["cpu_seconds"] for run in runs)}


SIMULATORS = (
    InProgram(OURS, "World", "the production desk under a virtual clock"),
    InProgram("C++ loop", "peers::Loop",
              "by hand for each model: agents at work in a binary heap, xoshiro, ziggurat"),
    InProgram("ns-3", "peers::Ns3",
              "3.37: the same desks by hand, events kept by the fastest of its schedulers"),
    InPython("SimPy 3 callbacks", "simpy", "simpy3_peer.py", "callbacks",
             "3.0.11: bare timeouts with callbacks, lines by hand"),
    InPython("SimPy 3 processes", "simpy", "simpy3_peer.py", "processes",
             "3.0.11: a process for each customer and SimPy's resources, as documented"),
    InPython("SimPy 2", "SimPy.Simulation", "simpy2_peer.py", "processes",
             "2.3.1, which Debian calls python3-simpy: a process for each customer"),
)


def options(parser):
    parser.add_argument("--simulators", metavar="NAME,…", help="only these, by the beginning of "
                        "their names: " + "; ".join(one.name for one in SIMULATORS))


def run(words):
    chosen = choose(words.simulators)
    known = json.loads(run_pinned([str(PROGRAM), "--models"], TIMEOUT_S))
    plan = {"rounds": words.rounds or (1 if words.quick else 5), "quick": words.quick,
            "customers": 50_000 if words.quick else 200_000, "models": known,
            "simulators": [one.name for one in chosen]}
    store = Store("sim", plan, words.resume, machine.TUNED)
    checks, results = {}, {}
    for one in chosen:
        say(f"{one.name}: answers")
        for model in MODELS:
            checks.setdefault(one.name, {})[model] = store.get(
                f"{slug(one)}-{model}-check", lambda: one.check(model, known))
    for number in range(1, plan["rounds"] + 1):
        for model, title in [*((model, title) for model, (title, _) in MODELS.items()),
                             (DAY, "short runs")]:
            say(f"round {number} of {plan['rounds']}: {title}")
            for one in chosen:
                found = store.get(f"{slug(one)}-{model}-{number}",
                                  lambda: one.measure(model, plan, number))
                results.setdefault(one.name, {}).setdefault(model, []).append(found)
                if model in MODELS and checks[one.name][model] is None:
                    checks[one.name][model] = found
    return {"facts": store.facts, "plan": plan, "checks": checks, "results": results}


def choose(names):
    wanted = [name.strip().lower() for name in names.split(",")] if names else [""]
    chosen = []
    for one in SIMULATORS:
        if not any(one.name.lower().startswith(name) for name in wanted):
            continue
        if one.there():
            chosen.append(one)
        elif one.name != OURS:
            say(f"{one.name} is left out: it is not there (tools/setup --bench, then tools/build "
                "release)")
    if not chosen:
        raise Trouble("nothing to measure: --simulators names " +
                      ", ".join(one.name for one in SIMULATORS))
    return chosen


def listed():
    return run_pinned([str(PROGRAM), "--benchmark_list_tests"], TIMEOUT_S).splitlines()


def slug(one):
    return one.name.lower().replace(" ", "-")


def distance(runs, truth):
    """As bench/sim_models.h: the farthest mean in standard errors, and the largest of these."""
    found = {"standard_errors": 0.0, "error_of_waits": 0.0, "error_of_occupancy": 0.0}
    for figure, values in truth.items():
        which = "error_of_occupancy" if figure == "occupancy" else "error_of_waits"
        for i, value in enumerate(values):
            seen = [one[figure][i] for one in runs]
            error = statistics.stdev(seen) / math.sqrt(len(seen))
            found[which] = max(found[which], error / value)
            off = abs(statistics.mean(seen) - value)
            found["standard_errors"] = max(found["standard_errors"],
                                           off / error if error else math.inf * off)
    return found


def rates(answer, name, model):
    return [one["customers_per_s"] for one in answer["results"][name][model]]


def markdown(answer):
    results = answer["results"]
    ours = {model: statistics.median(rates(answer, OURS, model)) for model in MODELS
            } if OURS in results else None
    rows = []
    for one in SIMULATORS:
        if one.name not in results:
            continue
        cells = []
        for model in MODELS:
            found = rates(answer, one.name, model)
            cell = spread(found, per_second)
            if ours and one.name != OURS:
                cell += f"<br>{ratio(statistics.median(found) / ours[model])} × {OURS}"
            cells.append(cell)
        days = [1_000 * DAY_CUSTOMERS / rate for rate in rates(answer, one.name, DAY)]
        cells.append(spread(days, lambda seconds: f"{seconds:.3g}"))
        checks = answer["checks"][one.name].values()
        cells.append(f"{max(check['standard_errors'] for check in checks):.1f}")
        rows.append([one.name] + cells + [one.note])
    head = ["customers a second and core"] + [title for title, _ in MODELS.values()] + [
        "1,000 days of 2,000 customers, s", "farthest from exact, standard errors", "how"]
    plan = answer["plan"]
    return table(head, rows) + [""] + [
        f"- {title}: {describe(words, plan['models'][model])}"
        for model, (title, words) in MODELS.items()] + [
        "", NOT_MEASURED, "",
        f"`tools/bench sim`: {plan['rounds']} rounds, every simulator once in each on every model, "
        f"medians (smallest–largest) of CPU time; Python runs {plan['customers']:,} customers at a "
        f"time, C++ {100_000 if plan['quick'] else 1_000_000:,}, the filling of the empty desk "
        "included; a day is a short run of M/M/100, the desk made anew. "
        f"{machine.described(answer['facts'])}."]


def ratio(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def describe(words, model):
    means = [1 / rate for rate in model.get("service_rates", [])]
    return words.format(**{**model, "means": means})


def plot(answer, file):
    titles = [title for title, _ in MODELS.values()]
    groups = [(one.name, [statistics.median(rates(answer, one.name, model)) for model in MODELS])
              for one in SIMULATORS if one.name in answer["results"]]
    chart.bars(file, "customers a second and core (logarithmic)", titles, groups, chart.THOUSANDS,
               from_value=10_000)
