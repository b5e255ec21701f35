"""What a server answers to bytes no client should send: the error the page names, or the end of
the connection, and never harm to the others."""

import random
import struct
import unittest

from server_under_test import Server, ServerTest

from paceline_client import Batch, Client, Code, Disconnected, ErrorCode, ServerError
from paceline_client.client import connected_socket
from paceline_client.frame import HEADER, KINDS, Reader, message


class Peer:
    """A bare socket."""

    def __init__(self, address):
        self.socket = connected_socket(address)
        self._reader = Reader()

    def send(self, frames):
        try:
            self.socket.sendall(frames)
        except OSError:
            pass  # the server has closed already; what it said can still be read
        return self

    def hello(self, **fields):
        return self.send(message("Hello", **{"protocol_version": 3, "client_name": "x",
                                             "session": 77, **fields}))

    def frames(self):
        """All that comes until the server closes."""
        found = []
        while True:
            try:
                chunk = self.socket.recv(65536)
            except ConnectionError:
                chunk = b""
            if not chunk:
                self.socket.close()
                return found
            self._reader.feed(chunk)
            while (arrived := self._reader.next()) is not None:
                found.append(arrived)


class Hostile(ServerTest):
    def peer(self):
        return Peer(self.server.address)

    def greeted(self):
        """A peer who said hello and opened the desk."""
        peer = self.peer().hello()
        peer.send(message("OpenDesk", tag=1, name="main"))
        return peer

    def assert_refused(self, peer, code):
        """The last frame is this error, fatal, and the connection ends."""
        name, error = peer.frames()[-1]
        self.assertEqual((name, error.code, error.fatal), ("Error", code, True))
        self.assertTrue(error.text, "with a text for people")

    def assert_others_work(self):
        names = [f"AFTER{self.desk.answered}"]
        self.assertEqual(self.desk.run(self.opens(*names))[0].code, Code.none)

    def test_what_is_no_frame(self):
        self.assert_refused(self.peer().send(b"GET / HTTP/1.1\r\nHost: paceline\r\n\r\n"),
                            ErrorCode.version_unsupported)
        self.assert_refused(self.peer().send(bytes(64)), ErrorCode.version_unsupported)
        self.assert_others_work()

    def test_another_version(self):
        self.assert_refused(self.peer().send(HEADER.pack(8, KINDS["Hello"], 2) + bytes(8)),
                            ErrorCode.version_unsupported)
        self.assert_refused(self.peer().hello(protocol_version=9), ErrorCode.version_unsupported)

    def test_hello_comes_first_and_once(self):
        self.assert_refused(self.peer().send(message("Control", tag=1)), ErrorCode.hello_expected)
        self.assert_refused(self.peer().hello().hello(), ErrorCode.hello_expected)

    def test_a_wrong_token(self):
        self.assert_refused(self.peer().hello(token="guessed"), ErrorCode.token_invalid)
        with self.assertRaises(ServerError) as caught:
            Client(self.server.address, token="guessed")
        self.assertEqual(caught.exception.code, ErrorCode.token_invalid)

    def test_frames_of_kinds_that_are_not_for_clients(self):
        for kind in (0, 10, KINDS["Welcome"], KINDS["Replies"], 999):
            self.assert_refused(self.peer().hello().send(HEADER.pack(8, kind, 3) + bytes(8)),
                                ErrorCode.frame_malformed)

    def test_a_frame_too_large_is_refused_before_it_is_read(self):
        size = self.client.welcome.frame_size_max
        for too_large in (size - HEADER.size + 1, 0xffffffff):
            self.assert_refused(self.peer().hello().send(HEADER.pack(too_large, 2, 3)),
                                ErrorCode.frame_malformed)

    def test_payloads_that_are_no_tables(self):
        for payload in (b"", bytes(4), b"\xff" * 32, struct.pack("<I", 1 << 31) + bytes(28)):
            for kind in range(2, 10):
                self.assert_refused(
                    self.greeted().send(HEADER.pack(len(payload), kind, 3) + payload),
                    ErrorCode.frame_malformed)
        self.assert_others_work()

    def test_texts_that_are_not_where_the_commands_say(self):
        number = self.desk.number
        too_long = Batch().add("start", external_id="INC1")
        too_long._structs["Start"][0].externalIdSize = 5
        outside = Batch().add("start", external_id="INC1")
        outside._structs["Start"][0].textAt = 1 << 31
        left_over = Batch().add("start", external_id="INC1")
        left_over._structs["Start"][0].externalIdSize = 3
        disagree = Batch().add("start", external_id="INC1")
        disagree.order.append(disagree.order[0])
        unknown = Batch().add("start", external_id="INC1")
        unknown.order[0] = 200
        for batch in (too_long, outside, left_over, disagree, unknown, Batch()):
            self.assert_refused(self.greeted().send(batch.frame(number, 1)),
                                ErrorCode.frame_malformed)
        self.assert_refused(self.greeted().send(self.opens("INC1").frame(99, 1)),
                            ErrorCode.desk_unknown)
        self.assertEqual(self.tickets(), 0)
        self.assert_others_work()

    def test_values_the_schema_does_not_have_end_the_connection(self):
        for command, fields in (("open", {"impact": 9}), ("open", {"vip": 2}),
                                ("open", {"confidence": 101}), ("update", {"sentiment": 4}),
                                ("set_agent_state", {"step": 5}), ("score", {"points": 16}),
                                ("acknowledge", {"clock": 11})):
            frame = Batch().add(command, **fields).frame(self.desk.number, 1)
            self.assert_refused(self.greeted().send(frame), ErrorCode.frame_malformed)
        self.assertEqual(self.tickets(), 0)

    def test_values_the_desk_does_not_take_have_a_code(self):
        replies = self.desk.run(
            Batch()
            .add("open", external_id="INC2", occurred_at_us=-(1 << 63))
            .add("open", external_id="INC3", category="x" * 256)
            .add("open", external_id="INC4", queue="nowhere")
            .add("define_agent", name="", capacity_milli=1000)
            .add("define_queue", name="q", group="network", need="network >=", weight_milli=1000)
            .add("pend", external_id="INC5"))
        self.assertEqual([reply.code for reply in replies],
                         [Code.field_invalid] * 2 + [Code.queue_unknown, Code.field_required,
                          Code.expression_invalid, Code.ticket_unknown])
        self.assertEqual(self.tickets(), 0)

    def test_bytes_of_good_frames_changed_at_random(self):
        draw = random.Random(11)
        good = [self.opens("INC1", "INC2", body="hello").frame(self.desk.number, 1),
                message("Query", tag=2, desk=self.desk.number, kind=1, limit=5),
                message("Subscribe", tag=3, desk=self.desk.number, credit=10),
                message("OpenDesk", tag=4, name="main"), message("Control", tag=5)]
        for _ in range(400):
            frame = bytearray(draw.choice(good))
            for _ in range(draw.randint(1, 6)):
                frame[draw.randrange(HEADER.size, len(frame))] = draw.randrange(256)
            peer = self.greeted().send(bytes(frame[:draw.choice((len(frame), len(frame) // 2))]))
            peer.socket.shutdown(1)  # whatever it makes of that, it need not wait for more
            for name, table in peer.frames():
                self.assertIn(name, KINDS)
        self.assert_others_work()

    def test_noise(self):
        draw = random.Random(13)
        for _ in range(200):
            peer = self.peer() if draw.random() < 0.5 else self.greeted()
            peer.send(draw.randbytes(draw.randrange(1, 200)))
            peer.socket.shutdown(1)
            peer.frames()
        self.assert_others_work()
        self.assertEqual(self.client.status().draining, False)


class OverTcp(unittest.TestCase):
    def test_who_has_no_token_may_work_but_not_administer(self):
        server = Server(tcp=True)
        self.addCleanup(server.stop)
        with Client(server.address) as client:
            self.assertEqual(client.welcome.roles, 1)
            with self.assertRaises(ServerError) as caught:
                client.open_desk("main", create=True)
            self.assertEqual(caught.exception.code, ErrorCode.permission_denied)

    def test_nobody_listens(self):
        server = Server(tcp=True)
        server.stop()
        with self.assertRaises(Disconnected):
            Client(server.address)


if __name__ == "__main__":
    unittest.main()
