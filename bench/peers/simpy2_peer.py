#!/usr/bin/python3
"""SimPy 2 on the models of bench/sim_models.h: a process for each customer."""

from collections import deque

from SimPy.Simulation import (PriorityQ, Process, Resource, Simulation, hold, passivate, release,
                              request)

from queues import main, priorities, tally_of, tier_line, warm_up


class Source(Process):
    def come(self, desk, customers):
        sim, draw, rate = self.sim, desk.draw, desk.arrival_rate
        for left in range(customers, 0, -1):
            if left == customers - warm_up(customers):
                desk.tally.restart(sim.now())
            yield hold, self, draw(rate)
            customer = Process(sim=sim)
            sim.activate(customer, desk.customer(customer))
        sim.stopSimulation()


class Desk:
    def __init__(self, model, choice):
        self.sim = Simulation()
        self.sim.initialize()
        self.model, self.choice, self.draw = model, choice, choice.expovariate
        self.tally = tally_of(model)
        self.set_up()

    def run(self, customers):
        source = Source(sim=self.sim)
        self.sim.activate(source, source.come(self, customers))
        self.sim.simulate(until=float("inf"))
        return self.tally, self.sim.now()

    def work(self, pool, rate):
        time = self.draw(rate)
        self.tally.busy[pool] += time
        return time


class ManyAgents(Desk):
    def set_up(self):
        self.arrival_rate = self.model["arrival_rate"]
        self.agents = Resource(capacity=self.model["agents"], sim=self.sim)

    def customer(self, me):
        arrived = self.sim.now()
        yield request, me, self.agents
        self.tally.answered(0, self.sim.now() - arrived)
        yield hold, me, self.work(0, self.model["service_rate"])
        yield release, me, self.agents


class TwoPools(Desk):
    """No resource chooses among pools: customers sleep in lines of our own until they are woken."""

    def set_up(self):
        self.arrival_rate = sum(self.model["arrival_rates"])
        self.first_share = self.model["arrival_rates"][0] / self.arrival_rate
        self.idle = list(self.model["agents"])
        self.lines = [deque(), deque()]

    def customer(self, me):
        which = 0 if self.choice.random() < self.first_share else 1
        pool = 0 if which == 0 and self.idle[0] else 1
        arrived = self.sim.now()
        if self.idle[pool]:
            self.idle[pool] -= 1
        else:
            self.lines[which].append(me)
            yield passivate, me
            pool = me.pool
        self.tally.answered(which, self.sim.now() - arrived)
        yield hold, me, self.work(pool, self.model["service_rate"])
        line = self.lines[1] if pool == 1 and not self.lines[0] else self.lines[0]
        if line:
            woken = line.popleft()
            woken.pool = pool
            self.sim.reactivate(woken)
        else:
            self.idle[pool] += 1


class Tiers(Desk):
    def set_up(self):
        self.arrival_rate = self.model["arrival_rate"]
        self.priority = priorities(self.model, self.choice)
        self.agents = [Resource(capacity=count, qType=PriorityQ, sim=self.sim)
                       for count in self.model["agents"]]

    def customer(self, me):
        priority = self.priority()
        for tier, agents in enumerate(self.agents):
            arrived = self.sim.now()
            yield request, me, agents, -priority  # the largest is served first
            self.tally.answered(tier_line(tier, priority, self.model), self.sim.now() - arrived)
            yield hold, me, self.work(tier, self.model["service_rates"][tier])
            yield release, me, agents
            if self.choice.random() >= self.model["onward"][tier]:
                return


DESKS = {"mm100": ManyAgents, "n_model": TwoPools, "tiers": Tiers}


def simulate(name, model, customers, choice, _way):
    return DESKS[name](model, choice).run(customers)


main(simulate)
