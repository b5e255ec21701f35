"""tools/bench peers: Paceline beside the servers a user might take instead."""

import statistics
import time

from . import chart, machine, rivals
from .server import Trouble
from .store import Store, say
from .table import spread, table, thousands

MODE_WORDS = {"memory": "in memory", "interval": "synced soon", "sync": "synced before the answer"}
LATENCY_OPENS = 20_000
TIMER_DELAY_S = (8, 12)
PRESET = "tuned"


def options(parser):
    parser.add_argument("--waiting", type=int, help="1,000,000, or 100,000 with --quick")
    parser.add_argument("--seconds", type=float, help="of one measurement: 4, or 1.5")
    parser.add_argument("--only", metavar="NAME,…", help="Paceline, beanstalkd, Redis, …")


def run(words):
    rounds = words.rounds or (1 if words.quick else 5)
    waiting = words.waiting or (100_000 if words.quick else 1_000_000)
    seconds = words.seconds or (1.5 if words.quick else 4.0)
    chosen = choose(words.only)
    plan = {"rounds": rounds, "waiting": waiting, "seconds": seconds,
            "systems": [rival.name for rival in chosen]}
    store = Store("peers", plan, words.resume, machine.TUNED)
    sessions = [(rival, mode) for rival in chosen for mode in modes_of(rival)]
    results = {}
    for number in range(1, rounds + 1):
        for rival, mode in sessions:
            key = f"{rival.name.replace(' ', '-').lower()}-{mode}-{number}"
            say(f"round {number} of {rounds}: {rival.name}, {MODE_WORDS[mode]}")
            found = store.get(key, lambda: measure(rival, mode, waiting, seconds))
            results.setdefault(rival.name, {}).setdefault(mode, []).append(found)
        for rival in (rivals.Paceline, rivals.Beanstalkd):
            if rival not in chosen:
                continue
            key = f"{rival.name.lower()}-timers-{number}"
            say(f"round {number} of {rounds}: {rival.name}, timers")
            found = store.get(key, lambda: TIMERS[rival](min(waiting, 200_000)))
            results[rival.name].setdefault("timers", []).append(found)
    return {"facts": store.facts, "plan": plan, "results": results}


def choose(only):
    wanted = [name.strip().lower() for name in only.split(",")] if only else None
    chosen = []
    for rival in rivals.ALL:
        if wanted and rival.name.lower().split()[0] not in wanted:
            continue
        if rivals.there(rival):
            chosen.append(rival)
        else:
            say(f"{rival.name} is left out: its server or driver is not there "
                "(tools/setup --bench, then tools/build release)")
    if not chosen:
        raise Trouble("nothing to measure: --only names " +
                      ", ".join(rival.name for rival in rivals.ALL))
    return chosen


def modes_of(rival):
    if rival is rivals.Paceline and not rivals.bench_cycle_knows("interval"):
        return ("memory", "sync")
    return rival.modes


def measure(rival, mode, waiting, seconds):
    """One system in one mode: empty, then loaded, killed if that is to be survived, and full."""
    found = {"empty": {}, "full": {}}
    with rival(mode) as server:
        server.prepare(waiting)
        for way in server.ways:
            found["empty"][" ".join(way)] = server.cycle(way, seconds, 0)
        found["latency"] = on_one_core(server, seconds)
    with loaded(rival, mode, waiting, found) as server:
        if mode != "memory":
            found["recovery_s"] = server.recover(waiting)
        for way in server.ways:
            found["full"][" ".join(way)] = server.cycle(way, seconds, waiting)
    return found


def on_one_core(server, seconds):
    """Unpipelined opens; where the two sides run decides more than anything else."""
    core = machine.cores()[:1]
    machine.pin(server.process.pid, core)
    return server.drive("latency", ["--count", LATENCY_OPENS, "--seconds", seconds], core)


def loaded(rival, mode, waiting, found):
    """A server entered, with tickets in it; notes what that took."""
    server = rival(mode)
    # One sync per job would take minutes: such a binlog is written lazily, and read back when the
    # server is killed and starts again.
    server.lazy = True
    server.__enter__()
    try:
        server.prepare(waiting)
        before = machine.resident_bytes(server.process.pid)
        found["load"] = server.drive("load", [*server.load_words(), "--count", waiting])
        stored = server.stored_bytes()
        if server.counts_resident():
            stored += machine.resident_bytes(server.process.pid) - before
        found["bytes_per_ticket"] = stored / waiting
        server.lazy = False
    except BaseException:
        server.__exit__()
        raise
    return Entered(server)


class Entered:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self.server

    def __exit__(self, *_):
        self.server.__exit__()


def beanstalkd_timers(count):
    """Delayed jobs that become ready: CPU of the server from the last put to the last firing."""
    with rivals.Beanstalkd("memory") as server:
        first, last = TIMER_DELAY_S
        begun = time.monotonic()
        server.drive("load", ["--in-flight", "100", "--count", count, "--delay-min", first,
                              "--delay-max", last])
        if time.monotonic() - begun >= first:
            raise Trouble("beanstalkd's delayed jobs fired while they were put")
        before = machine.cpu_seconds(server.process.pid)
        while server.drive("delayed")["delayed"] > 0:
            time.sleep(0.25)
        used = machine.cpu_seconds(server.process.pid) - before
    return {"fired": count, "cpu_us_per_firing": used / count * 1e6}


def paceline_timers(count):
    """Thresholds and breaches of two clocks a ticket, each with its event."""

    class OnCommand(rivals.Paceline):
        def command(self):
            return super().command() + ["--clock", "commands"]

    with OnCommand("memory") as server:
        server.prepare(count)
        server.drive("load-spread", ["--count", count])
        before = machine.cpu_seconds(server.process.pid)
        fired = server.drive("fire")["fired"]
        used = machine.cpu_seconds(server.process.pid) - before
    return {"fired": fired, "cpu_us_per_firing": used / fired * 1e6}


TIMERS = {rivals.Paceline: paceline_timers, rivals.Beanstalkd: beanstalkd_timers}


# Tables.
def fastest(rounds, state):
    """The way that has the best median, and its figures."""
    best = None
    for way in rounds[0][state]:
        values = [one[state][way]["cycles_per_s"] for one in rounds]
        if best is None or statistics.median(values) > statistics.median(best[1]):
            best = (way, values)
    return best


def way_words(way):
    words = way.split()
    return "4 × " + words[1] + (", many per command" if "--batched" in words else "")


def cycles_cell(rounds, state):
    if not rounds:
        return "–"
    way, values = fastest(rounds, state)
    return f"{spread(values, thousands)}<br>{way_words(way)}"


def cpu_cell(rounds, state):
    """What does not depend on who else uses the machine, of the way that is fastest."""
    found = [one[state][fastest(rounds, state)[0]] for one in rounds]
    return " + ".join(spread([one[f"{side}_cpu_us_per_cycle"] for one in found], "{:.1f}".format)
                      for side in ("server", "client"))


def best_median(answer, name, mode, state):
    rounds = answer["results"].get(name, {}).get(mode)
    return statistics.median(fastest(rounds, state)[1]) if rounds else None


def rows(answer):
    for name, modes in answer["results"].items():
        for mode in MODE_WORDS:
            rounds = modes.get(mode)
            if not rounds:
                continue
            yield [
                name, MODE_WORDS[mode], cycles_cell(rounds, "empty"), cycles_cell(rounds, "full"),
                cpu_cell(rounds, "full"),
                spread([one["latency"]["open_us"]["p50"] for one in rounds], "{:.0f}".format)
                + " / "
                + spread([one["latency"]["open_us"]["p99"] for one in rounds], "{:.0f}".format),
                spread([one["bytes_per_ticket"] for one in rounds], "{:.0f}".format),
                spread([one["load"]["seconds"] for one in rounds], "{:.1f}".format),
                spread([one.get("recovery_s") for one in rounds], "{:.2f}".format),
            ]


def markdown(answer):
    waiting = f"{answer['plan']['waiting']:,}"
    head = ["server", "an answer means", "cycles/s, nothing else waits",
            f"cycles/s, {waiting} wait", "… CPU of server + client, µs a cycle", "open alone, p50 / p99 µs", "bytes per ticket with its body",
            f"load of {waiting}, s", "recovery, s"]
    by_name = {rival.name: rival for rival in rivals.ALL}
    lines = table(head, rows(answer)) + [""]
    lines += table(["server", "what differs"],
                   [[name, by_name[name].note] for name in answer["results"]])
    lines += [""] + comparisons(answer) + ["", how(answer)]
    return lines


def comparisons(answer):
    """Paceline over the best of the others, in the same run."""
    lines = []
    others = [name for name in answer["results"] if name != rivals.Paceline.name]
    for mode in ("sync", "memory"):
        for state, words in (("full", "with the tickets waiting"), ("empty", "on an empty queue")):
            ours = best_median(answer, rivals.Paceline.name, mode, state)
            theirs = [(best_median(answer, name, mode, state), name) for name in others]
            theirs = [pair for pair in theirs if pair[0]]
            if ours and theirs:
                best, name = max(theirs)
                lines.append(f"- {MODE_WORDS[mode]}, {words}: {ours / best:.2f} × {name}")
    timers = {name: [one["cpu_us_per_firing"] for one in modes["timers"]]
              for name, modes in answer["results"].items() if "timers" in modes}
    if len(timers) == 2:
        middle = {name: statistics.median(values) for name, values in timers.items()}
        costs = ", ".join(f"{name} {spread(values, '{:.2f}'.format)} µs"
                          for name, values in timers.items())
        lines.append(f"- CPU of the server per timer that fires: {costs}: "
                     f"{middle['beanstalkd'] / middle['Paceline']:.1f} ×")
    return lines


def how(answer):
    plan = answer["plan"]
    return (f"`tools/bench peers`: {plan['rounds']} rounds, each system once in each, medians "
            f"(smallest–largest), {plan['seconds']:g} s a measurement, 4 connections, server and "
            "client on the same two cores (for `open alone` on one); the fastest way of driving "
            "each counts and is named. A cycle: open a ticket with a 200-byte body and one of five "
            "priorities, take the most pressing one, complete it. Memory is resident memory, for "
            f"PostgreSQL table and index, for NATS its files. {machine.described(answer['facts'])}.")



def plot(answer, file):
    """Cycles per second with the tickets waiting, the fastest way of each."""
    bars = []
    for name, modes in answer["results"].items():
        bars.append((name, [best_median(answer, name, mode, "full") for mode in MODE_WORDS]))
    waiting = answer["plan"]["waiting"]
    chart.bars(file, f"ticket cycles per second, {waiting:,} waiting", list(MODE_WORDS.values()),
               bars, chart.THOUSANDS)
