"""What the simulators in Python have in common: the models of bench/sim_models.h, sums, a command.

  sim_bench --models | simpy3_peer.py mm100 --customers 100000 --seed 1 --runs 3

Prints a JSON list: answers, customers and CPU seconds of each run.
"""

import argparse
import json
import random
import sys
import time


class Tally:
    """Lines and pools are those of `Answers` in bench/sim_models.h."""

    def __init__(self, lines, pools):
        self.lines, self.pools = lines, pools
        self.restart(0.0)

    def restart(self, now):
        self.since = now
        self.begun = [0] * self.lines
        self.waited = [0] * self.lines
        self.wait = [0.0] * self.lines
        self.busy = [0.0] * self.pools

    def answered(self, line, wait):
        self.begun[line] += 1
        if wait > 0:
            self.waited[line] += 1
            self.wait[line] += wait

    def answers(self, now, agents):
        span = now - self.since
        return {
            "mean_wait": [wait / begun for wait, begun in zip(self.wait, self.begun)],
            "p_wait": [waited / begun for waited, begun in zip(self.waited, self.begun)],
            "occupancy": [busy / (span * count) for busy, count in zip(self.busy, agents)],
        }


def warm_up(customers):
    """As in bench/sim_models.h."""
    return min(customers // 4, 50_000)


def agents_of(model):
    return model["agents"] if isinstance(model["agents"], list) else [model["agents"]]


def tally_of(model):
    return Tally(len(model["exact"]["mean_wait"]), len(agents_of(model)))


def priorities(model, choice):
    """A function that draws a priority."""
    until, total = [], 0.0
    for share in model["priority_shares"][:-1]:
        total += share
        until.append(total)

    def draw():
        at = choice.random()
        for priority, limit in enumerate(until):
            if at < limit:
                return priority
        return len(until)

    return draw


def tier_line(tier, priority, model):
    return priority if tier == 0 else len(model["priority_shares"]) + tier - 1


def main(simulate, ways=("processes",)):
    """`simulate(name, model, customers, choice, way)` gives (tally, the time at the end)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--way", choices=ways, default=ways[0])
    words = parser.parse_args()
    model = json.load(sys.stdin)[words.model]
    runs = []
    for seed in range(words.seed, words.seed + words.runs):
        begun = time.process_time()
        tally, now = simulate(words.model, model, words.customers, random.Random(seed), words.way)
        used = time.process_time() - begun
        runs.append({**tally.answers(now, agents_of(model)), "customers": words.customers,
                     "cpu_seconds": used})
    json.dump(runs, sys.stdout)
