#!/usr/bin/python3
"""Opens a ticket, sees who was given it, resolves it, and says what happened.

    example.py ADDRESS DESK      for example: example.py unix:/tmp/desk.sock enterprise
"""

import os
import sys

from paceline_client import Batch, Client
from paceline_client.frame import schema

address, desk_name = sys.argv[1:]
names_of = {number: name for name, number in vars(schema("EventKind").EventKind).items()
            if isinstance(number, int)}
with Client(address) as client:
    desk = client.open_desk(desk_name)
    events = desk.subscribe()
    name = f"EXAMPLE-{os.getpid()}"
    opened, = desk.run(Batch().add("open", external_id=name, category="network",
                                   impact=schema("Impact").Impact.high,
                                   urgency=schema("Urgency").Urgency.high))
    if opened.code != 0:
        sys.exit(f"not opened: {opened.code!r}")
    ticket = desk.query("ticket", text=name).tickets[0]
    print(f"{name} waits in {ticket.queue}, with {ticket.agent or 'nobody yet'}")
    for clock in ticket.clocks:
        print(f"  {clock.policy}: {clock.remaining_us / 60e6:.0f} min left")
    desk.run(Batch().add("resolve", external_id=name, code="solved"))
    last = desk.query("status").status.events
    while events.next_sequence <= last:
        event = events.take()
        print(f"{event.sequence:6} {names_of[event.kind]}")
