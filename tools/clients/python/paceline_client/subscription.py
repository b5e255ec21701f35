"""Events of one desk, in order, each once, over broken connections too.

Owner: the thread of its Client. Errors: TooOld, Disconnected, ServerError.
"""

import collections


class TooOld(Exception):
    """The event wanted next is no longer kept: read the desk's state by queries, then subscribe
    from `first_sequence` or from 0."""

    def __init__(self, first_sequence):
        super().__init__(f"events are kept from {first_sequence} on")
        self.first_sequence = first_sequence


class Subscription:
    """Made by Desk.subscribe. The server may have sent at most `window` events that were not
    taken from here: that is the credit it is given."""

    def __init__(self, client, desk, from_sequence, window, kinds):
        self.next_sequence = from_sequence  # of the event wanted next, or a later one
        self._client, self._desk = client, desk
        self._window, self._kinds = window, kinds
        self._events = collections.deque()
        self._owed = 0  # credit to give for events taken
        self._too_old = None

    def take(self, timeout=None):
        """The next event; waits for it. None after `timeout` seconds."""
        if not self._events:
            self._client.pump(lambda: self._events or self._too_old is not None, timeout)
        if not self._events:
            if self._too_old is not None:
                raise TooOld(self._too_old)
            return None
        event = self._events.popleft()
        self.next_sequence = event.sequence + 1
        self._owed += 1
        if self._owed * 2 >= self._window:
            self._client.send_message("Credit", desk=self._desk.number, events=self._owed)
            self._owed = 0
        return event

    @property
    def arrived(self):
        """Events that have come and were not taken."""
        return len(self._events)

    def give(self, events):
        """Credit beyond the window."""
        self._client.send_message("Credit", desk=self._desk.number, events=events)

    # What follows is the client's.

    def begin(self):
        """On a new connection, from the event after the last one taken."""
        self._events.clear()
        self._owed = 0
        self._too_old = None
        name, answer = self._client.ask(
            "Subscribe", desk=self._desk.number, from_sequence=self.next_sequence,
            credit=self._window, kinds=self._kinds)
        if name == "TooOld":
            raise TooOld(answer.first_sequence)

    def came(self, events):
        self._events.extend(events)

    def ended(self, first_sequence):
        self._too_old = first_sequence
