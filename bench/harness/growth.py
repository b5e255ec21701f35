"""tools/bench growth: cycles per second and latency from 10 k to 10 M waiting tickets."""

import statistics

from . import chart, machine, rivals
from .server import temporary_folder
from .store import Store, say
from .table import count, spread, table, thousands

import shutil

PRESET = "tuned"
SIZES = (10_000, 100_000, 1_000_000, 3_000_000, 10_000_000)
WAY = ["--in-flight", "500"]
MODES = {"memory": "in memory", "sync": "synced before the answer"}


def options(parser):
    parser.add_argument("--largest", type=int,
                        help="tickets waiting at most: 10,000,000, or 1,000,000 with --quick")


def run(words):
    largest = words.largest or (1_000_000 if words.quick else SIZES[-1])
    plan = {"rounds": words.rounds or (1 if words.quick else 3), "seconds": 3.0 if words.quick else 8.0,
            "sizes": [size for size in SIZES if size <= largest], "shards": shards()}
    store = Store("growth", plan, words.resume, machine.TUNED)
    results = {}
    for number in range(1, plan["rounds"] + 1):
        for shard_count in plan["shards"]:
            for mode in MODES:
                for size in plan["sizes"]:
                    say(f"round {number} of {plan['rounds']}: {size:,} waiting, {MODES[mode]}, "
                        f"shards: {shard_count}")
                    key = f"{mode}-{shard_count}-{size}-{number}"
                    found = store.get(key, lambda: measure(mode, shard_count, size, plan["seconds"]))
                    results.setdefault(f"{mode}-{shard_count}", {}).setdefault(
                        str(size), []).append(found)
    return {"facts": store.facts, "plan": plan, "results": results}


def shards():
    """What this build can be asked for."""
    return [1, 2] if rivals.bench_cycle_knows("--shards") else [1]


def measure(mode, shard_count, size, seconds):
    words = WAY + (["--shards", str(shard_count)] if shard_count > 1 else [])
    folder = temporary_folder()
    try:
        return rivals.bench_cycle(mode, size, seconds, words, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def curves(answer):
    """(words, [(size, measurements)])"""
    for shard_count in answer["plan"]["shards"]:
        for mode, mode_words in MODES.items():
            found = answer["results"].get(f"{mode}-{shard_count}")
            if not found:
                continue
            words = mode_words + (f", {shard_count} shards" if shard_count > 1 else "")
            yield words, [(int(size), found[size]) for size in sorted(found, key=int)]


def markdown(answer):
    rows = []
    for words, points in curves(answer):
        first = statistics.median(one["cycles_per_s"] for one in points[0][1])
        for size, found in points:
            cycles = [one["cycles_per_s"] for one in found]
            rows.append([
                words, count(size), spread(cycles, thousands),
                f"{statistics.median(cycles) / first:.2f}",
                spread([one["batch_us"]["p50"] / 1000 for one in found], "{:.1f}".format) + " / "
                + spread([one["batch_us"]["p99"] / 1000 for one in found], "{:.1f}".format),
                spread([one["server_cpu_us_per_cycle"] for one in found], "{:.1f}".format),
                spread([one["resident_bytes_per_ticket"] for one in found], "{:.0f}".format),
            ])
    head = ["an answer means", "waiting", "cycles/s", "kept of the first",
            "p50 / p99 of a frame, ms", "server CPU, µs a cycle", "bytes a ticket besides its body"]
    plan = answer["plan"]
    return table(head, rows) + [
        "", f"`tools/bench growth`: `paceline bench cycle --connections 4 {' '.join(WAY)}`, "
        f"{plan['rounds']} rounds, every size once in each, medians (smallest–largest), "
        f"{plan['seconds']:g} s a measurement, server and client on the same two cores. "
        f"{machine.described(answer['facts'])}."]


def plot(answer, file):
    chart.lines(file, "ticket cycles per second over tickets waiting", "tickets waiting", "cycles/s",
                {words: [(size, statistics.median(one["cycles_per_s"] for one in found))
                         for size, found in points] for words, points in curves(answer)},
                chart.THOUSANDS)
