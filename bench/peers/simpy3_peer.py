#!/usr/bin/python3
"""SimPy 3 on the models of bench/sim_models.h.

Two ways: a process for each customer and SimPy's resources, as its documentation has it; or bare
timeouts with callbacks and lines of our own, which leaves SimPy its clock and its list of events.
"""

from collections import deque

import simpy

from queues import main, priorities, tally_of, tier_line, warm_up


class Processes:
    def __init__(self, model, choice):
        self.env = simpy.Environment()
        self.model, self.draw = model, choice.expovariate
        self.tally = tally_of(model)

    def run(self, customers):
        self.env.run(until=self.env.process(self.source(customers)))
        return self.tally, self.env.now

    def source(self, customers):
        env, draw, customer = self.env, self.draw, self.customer
        rate = self.arrival_rate
        for left in range(customers, 0, -1):
            if left == customers - warm_up(customers):
                self.tally.restart(env.now)
            yield env.timeout(draw(rate))
            env.process(customer())

    def work(self, pool, rate):
        time = self.draw(rate)
        self.tally.busy[pool] += time
        return self.env.timeout(time)


class ManyAgents(Processes):
    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = model["arrival_rate"]
        self.agents = simpy.Resource(self.env, model["agents"])

    def customer(self):
        arrived = self.env.now
        with self.agents.request() as turn:
            yield turn
            self.tally.answered(0, self.env.now - arrived)
            yield self.work(0, self.model["service_rate"])


class TwoPools(Processes):
    """SimPy has no resource that chooses among pools: customers wait for an event of their own."""

    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = sum(model["arrival_rates"])
        self.first_share = model["arrival_rates"][0] / self.arrival_rate
        self.choice = choice
        self.idle = list(model["agents"])
        self.lines = [deque(), deque()]

    def customer(self):
        which = 0 if self.choice.random() < self.first_share else 1
        pool = 0 if which == 0 and self.idle[0] else 1
        arrived = self.env.now
        if self.idle[pool]:
            self.idle[pool] -= 1
        else:
            turn = self.env.event()
            self.lines[which].append(turn)
            pool = yield turn
        self.tally.answered(which, self.env.now - arrived)
        yield self.work(pool, self.model["service_rate"])
        line = self.lines[1] if pool == 1 and not self.lines[0] else self.lines[0]
        if line:
            line.popleft().succeed(pool)
        else:
            self.idle[pool] += 1


class Tiers(Processes):
    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = model["arrival_rate"]
        self.choice = choice
        self.priority = priorities(model, choice)
        self.agents = [simpy.PriorityResource(self.env, count) for count in model["agents"]]

    def customer(self):
        priority = self.priority()
        for tier, agents in enumerate(self.agents):
            arrived = self.env.now
            with agents.request(priority=priority) as turn:
                yield turn
                self.tally.answered(tier_line(tier, priority, self.model), self.env.now - arrived)
                yield self.work(tier, self.model["service_rates"][tier])
            if self.choice.random() >= self.model["onward"][tier]:
                return


class Callbacks:
    """Subclasses: arrive(), and finish(timeout), whose value says what has ended."""

    def __init__(self, model, choice):
        self.env = simpy.Environment()
        self.model, self.choice, self.draw = model, choice, choice.expovariate
        self.tally = tally_of(model)
        self.idle = list(model["agents"]) if isinstance(model["agents"], list) else [model["agents"]]
        self.end = self.env.event()

    def run(self, customers):
        self.left, self.restart_at = customers, customers - warm_up(customers)
        self.await_next()
        self.env.run(until=self.end)
        return self.tally, self.env.now

    def await_next(self):
        self.env.timeout(self.draw(self.arrival_rate)).callbacks.append(self.next)

    def next(self, _):
        if self.left == self.restart_at:
            self.tally.restart(self.env.now)
        self.left -= 1
        if self.left == 0:
            self.end.succeed()
        self.await_next()
        self.arrive()

    def begin(self, pool, rate, what):
        time = self.draw(rate)
        self.tally.busy[pool] += time
        self.env.timeout(time, what).callbacks.append(self.finish)


class ManyAgentsCallbacks(Callbacks):
    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = model["arrival_rate"]
        self.line = deque()

    def arrive(self):
        if self.idle[0]:
            self.idle[0] -= 1
            self.tally.begun[0] += 1
            self.begin(0, self.model["service_rate"], None)
        else:
            self.line.append(self.env.now)

    def finish(self, _):
        if self.line:
            self.tally.answered(0, self.env.now - self.line.popleft())
            self.begin(0, self.model["service_rate"], None)
        else:
            self.idle[0] += 1


class TwoPoolsCallbacks(Callbacks):
    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = sum(model["arrival_rates"])
        self.first_share = model["arrival_rates"][0] / self.arrival_rate
        self.lines = [deque(), deque()]

    def arrive(self):
        which = 0 if self.choice.random() < self.first_share else 1
        pool = 0 if which == 0 and self.idle[0] else 1
        if self.idle[pool]:
            self.idle[pool] -= 1
            self.tally.begun[which] += 1
            self.begin(pool, self.model["service_rate"], pool)
        else:
            self.lines[which].append(self.env.now)

    def finish(self, ended):
        pool = ended.value
        which = 1 if pool == 1 and not self.lines[0] else 0
        if self.lines[which]:
            self.tally.answered(which, self.env.now - self.lines[which].popleft())
            self.begin(pool, self.model["service_rate"], pool)
        else:
            self.idle[pool] += 1


class TiersCallbacks(Callbacks):
    def __init__(self, model, choice):
        super().__init__(model, choice)
        self.arrival_rate = model["arrival_rate"]
        self.priority = priorities(model, choice)
        self.lines = [[deque() for _ in model["priority_shares"]] for _ in model["agents"]]

    def arrive(self):
        self.enter(0, self.priority())

    def enter(self, tier, priority):
        if self.idle[tier]:
            self.idle[tier] -= 1
            self.tally.begun[tier_line(tier, priority, self.model)] += 1
            self.begin(tier, self.model["service_rates"][tier], (tier, priority))
        else:
            self.lines[tier][priority].append(self.env.now)

    def finish(self, ended):
        tier, priority = ended.value
        for pressing, line in enumerate(self.lines[tier]):
            if line:
                self.tally.answered(tier_line(tier, pressing, self.model),
                                    self.env.now - line.popleft())
                self.begin(tier, self.model["service_rates"][tier], (tier, pressing))
                break
        else:
            self.idle[tier] += 1
        if self.choice.random() < self.model["onward"][tier]:
            self.enter(tier + 1, priority)


DESKS = {"processes": {"mm100": ManyAgents, "n_model": TwoPools, "tiers": Tiers},
         "callbacks": {"mm100": ManyAgentsCallbacks, "n_model": TwoPoolsCallbacks,
                       "tiers": TiersCallbacks}}


def simulate(name, model, customers, choice, way):
    return DESKS[way][name](model, choice).run(customers)


main(simulate, tuple(DESKS))
