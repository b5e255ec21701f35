"""A connection to a server, and the desks opened on it.

Nothing is lost or done twice when a connection breaks: commands keep their numbers, and
`reconnect` sends those that were not answered again. `Desk.run` does so by itself.

Owner: one thread; every call waits for the server in `pump`, which goes on reading while it
writes. Errors: Disconnected, ServerError, TimeoutError; refusals of the desk are replies.
"""

import os
import selectors
import socket
import time

from .batch import Batch
from .codes import Code, ErrorCode, named
from .frame import PROTOCOL_VERSION, Disconnected, Reader, ServerError, message, schema
from .subscription import Subscription


def connected_socket(address, timeout=10):
    """A socket to "unix:PATH" or "tcp:HOST:PORT"."""
    scheme, _, rest = address.partition(":")
    if scheme == "unix":
        found = socket.socket(socket.AF_UNIX)
        found.settimeout(timeout)
        found.connect(rest)
        return found
    if scheme == "tcp":
        host, _, port = rest.rpartition(":")
        return socket.create_connection((host, int(port)), timeout)
    raise ValueError(f"{address}: write unix:PATH or tcp:HOST:PORT")


class Client:
    """`session` is kept as long as retries are to be safe: keep it beside your own state to go on
    under it after a crash of your process. `token`: the content of the server's token file."""

    def __init__(self, address, session=None, token="", name="python", lane=0, timeout=30):
        self.address, self.token, self.name, self.lane = address, token, name, lane
        self.session = int.from_bytes(os.urandom(8), "little") if session is None else session
        self.timeout = timeout
        self._desks = {}  # by name
        self._socket = None
        self.connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Lets the connection go; what was not answered stays with the desks."""
        if self._socket is not None:
            self._selector.close()
            self._socket.close()
            self._socket = None

    def connect(self):
        self.close()
        try:
            self._socket = connected_socket(self.address, self.timeout)
        except OSError as error:
            raise Disconnected(f"{self.address}: {error}") from error
        self._socket.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._reader, self._out = Reader(), bytearray()
        self._answers, self._last_tag = {}, 0
        self.welcome = None
        self.send_message("Hello", protocol_version=PROTOCOL_VERSION, client_name=self.name,
                          token=self.token, session=self.session, lane=self.lane)
        self.wait(lambda: self.welcome is not None)

    def reconnect(self, patience=10):
        """A new connection, tried for `patience` seconds; desks are opened again, what was not
        answered is sent again, subscriptions go on after the last event taken."""
        until = time.monotonic() + patience
        pause = 0.01
        while True:
            try:
                self.connect()
                for desk in self._desks.values():
                    desk.resume()
                return
            except Disconnected:
                if time.monotonic() + pause > until:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 1)

    def open_desk(self, name, create=False):
        if name not in self._desks:
            desk = Desk(self, name)
            desk.open(create)
            self._desks[name] = desk
        return self._desks[name]

    def status(self):
        return self.ask("Control", verb=0)[1]

    # What follows is for Desk and Subscription.

    def send_message(self, table, /, **fields):
        self.send_bytes(message(table, **fields))

    def send_bytes(self, frames):
        if self._socket is None:
            raise Disconnected("not connected")
        self._out += frames
        self.pump(lambda: True)

    def ask(self, table, /, tag=None, **fields):
        """Sends a request, under a tag of its own unless stated; answers (name, table) of what
        answers it."""
        if tag is None:
            self._last_tag += 1
            tag = self._last_tag
        self.send_message(table, tag=tag, **fields)
        self.wait(lambda: tag in self._answers)
        name, answer = self._answers.pop(tag)
        if name == "Error":
            raise ServerError(named(ErrorCode, answer.code), answer.text, answer.fatal)
        return name, answer

    def wait(self, done):
        if not self.pump(done, self.timeout):
            raise TimeoutError(f"{self.address} did not answer within {self.timeout} s")

    def pump(self, done, timeout=None):
        """Writes and reads until `done()`, which is asked before anything is waited for; whether
        it is. `timeout` in seconds; None: for ever."""
        until = None if timeout is None else time.monotonic() + timeout
        late = False
        while True:
            self._write()
            if done():
                return True
            if late:
                return False
            if self._socket is None:
                raise Disconnected("not connected")
            interest = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
            self._selector.modify(self._socket, interest)
            for _, ready in self._selector.select(self._wait_at_most(until)):
                if ready & selectors.EVENT_READ:
                    self._read()
            for desk in self._desks.values():
                desk.send_what_may_go()
            late = until is not None and time.monotonic() >= until

    def _wait_at_most(self, until):
        instants = [desk.wakes_at for desk in self._desks.values() if desk.holds_back]
        instants += [] if until is None else [until]
        return max(min(instants) - time.monotonic(), 0) if instants else None

    def _write(self):
        while self._out:
            try:
                del self._out[:self._socket.send(self._out)]
            except BlockingIOError:
                return
            except OSError as error:
                self._read()  # the server may have said why
                self._broken(str(error))

    def _read(self):
        try:
            chunk = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as error:
            self._broken(str(error))
        if not chunk:
            self._broken("the server closed the connection")
        self._reader.feed(chunk)
        while (arrived := self._reader.next()) is not None:
            self._take(*arrived)

    def _broken(self, why):
        self.close()
        raise Disconnected(f"{self.address}: {why}")

    def _take(self, name, table):
        if name == "Welcome":
            self.welcome = table
        elif name in ("Replies", "Busy", "Events") or (name == "TooOld" and table.tag == 0):
            desk = next((each for each in self._desks.values() if each.number == table.desk), None)
            if desk is None:
                raise ServerError(0, f"{name} about a desk that was not opened", False)
            desk.take(name, table)
        elif name == "Error" and (table.fatal or table.tag == 0):
            error = ServerError(named(ErrorCode, table.code), table.text, table.fatal)
            if table.fatal:
                self.close()
            raise error
        else:
            self._answers[table.tag] = name, table


class Sent:
    """A frame of commands on its way."""

    def __init__(self, frame, first_number, count):
        self.frame, self.first_number, self.count = frame, first_number, count
        self.refused = False  # by busy
        self.replies = None


class Desk:
    """One desk of the server. Made by Client.open_desk."""

    def __init__(self, client, name):
        self.client, self.name = client, name
        self.number = None  # of the desk, on this server
        self.answered = 0  # the highest number of ours that was answered
        self.busy_count = 0
        self.wakes_at = None  # when refused frames may go again, on time.monotonic()
        self.subscription = None
        self._next_number = 1
        self._unanswered = {}  # by first number, in order

    def open(self, create=False):
        _, opened = self.client.ask("OpenDesk", name=self.name, create=create)
        self.number, self.opened = opened.desk, opened
        if not self._unanswered:
            self._next_number = max(opened.last_number, self.answered) + 1
        return opened

    def resume(self):
        """On a new connection."""
        opened = self.open()
        if opened.last_number < self.answered:
            raise ServerError(0, f"desk {self.name} has lost commands that were answered: look at "
                              "it, and go on under a new session", True)
        self.wakes_at = None
        for sent in self._unanswered.values():
            sent.refused = False
            self.client.send_bytes(sent.frame)
        if self.subscription is not None:
            self.subscription.begin()

    def send(self, batch):
        """Sends a batch without waiting for its replies; what it answers goes to `replies`."""
        welcome = self.client.welcome
        most = min(welcome.in_flight_commands_max, self.opened.reply_window)
        if not 0 < len(batch) <= most:
            raise ValueError(f"a batch of {len(batch)} commands: at least 1, at most {most}")
        frame = batch.frame(self.number, self._next_number)
        if len(frame) > welcome.frame_size_max:
            raise ValueError(f"a frame of {len(frame)} bytes: at most {welcome.frame_size_max}")
        self.client.wait(lambda: self._count() + len(batch) <= most and
                         (not self._unanswered or
                          self._bytes() + len(frame) <= welcome.in_flight_bytes_max))
        sent = Sent(frame, self._next_number, len(batch))
        self._next_number += len(batch)
        self._unanswered[sent.first_number] = sent
        if any(each.refused for each in self._unanswered.values()):
            sent.refused = True  # its turn is behind them
        else:
            self.client.send_bytes(frame)
        self.client.pump(lambda: False, 0)  # take what has come
        return sent

    def replies(self, sent):
        """The replies to what was sent, in its order."""
        self.client.wait(lambda: sent.replies is not None)
        return sent.replies

    def run(self, batch, patience=10):
        """Sends a batch and answers its replies, over broken connections: as if there had been
        one, and each command was done once."""
        sent = None
        while True:
            number = self._next_number
            try:
                sent = sent or self.send(batch)
                return self.replies(sent)
            except Disconnected:
                sent = sent or self._unanswered.get(number)  # it may have been taken in
                self.client.reconnect(patience)

    def query(self, kind, **fields):
        """The answer to a query; `kind` as in the schema. `limit` is 1,000 unless stated."""
        fields.setdefault("limit", 1000)
        number = getattr(schema("QueryKind").QueryKind, kind)
        answer = self.client.ask("Query", desk=self.number, kind=number, **fields)[1]
        answer.code = named(Code, answer.code)
        return answer

    def advance(self, at_us):
        """Moves a clock that is driven by commands; answers the desk's time."""
        self.client.wait(lambda: not self._unanswered)
        tag = None
        while True:
            name, table = self.client.ask("Advance", tag, desk=self.number, at_us=at_us)
            if name != "Busy":
                return table.now_us
            tag = table.tag  # the very frame that was refused has to come again
            time.sleep(table.retry_after_us / 1e6)

    def subscribe(self, from_sequence=None, window=1000, kinds=0):
        """Events from a sequence on (None: from what happens next), of the kinds whose bits are
        set (0: all)."""
        if from_sequence is None:
            from_sequence = self.opened.last_event + 1
        subscription = Subscription(self.client, self, from_sequence, window, kinds)
        self.subscription = subscription
        subscription.begin()
        return subscription

    # What follows is the client's.

    def take(self, name, table):
        if name == "Events":
            self.subscription.came(table.events)
        elif name == "TooOld":
            self.subscription.ended(table.first_sequence)
        elif name == "Busy" and table.first_number == 0:
            self.client._answers[table.tag] = name, table
        elif name == "Busy":
            self.busy_count += 1
            self._unanswered[table.first_number].refused = True
            self.wakes_at = time.monotonic() + table.retry_after_us / 1e6
        else:
            self._take_replies(table)

    def _take_replies(self, table):
        sent = self._unanswered[table.first_number]
        if table.replies[0].code == Code.number_gap and self._refused_before(sent):
            sent.refused = True  # it used no number
            return
        for reply in table.replies:
            reply.code = named(Code, reply.code)
        sent.replies = table.replies
        del self._unanswered[table.first_number]
        self.answered = max(self.answered, sent.first_number + sent.count - 1)

    def _refused_before(self, sent):
        return any(each.refused for each in self._unanswered.values()
                   if each.first_number < sent.first_number)

    @property
    def holds_back(self):
        """Whether all that was sent has been answered, and something by busy."""
        return self.wakes_at is not None and all(each.refused for each in self._unanswered.values())

    def _count(self):
        return sum(sent.count for sent in self._unanswered.values())

    def _bytes(self):
        return sum(len(sent.frame) for sent in self._unanswered.values())

    def send_what_may_go(self):
        """Refused frames go again, in order, once everything sent behind them was answered and
        their time has come."""
        if not self.holds_back or time.monotonic() < self.wakes_at:
            return
        self.wakes_at = None
        for sent in self._unanswered.values():
            sent.refused = False
            self.client._out += sent.frame
