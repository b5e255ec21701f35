"""Frames: eight bytes of header, then one FlatBuffers table.

Owner: whoever holds the bytes; nothing here waits. Errors: ServerError for a frame that no server
of this version sends.
"""

import importlib
import re
import struct
from types import SimpleNamespace

import flatbuffers

PROTOCOL_VERSION = 3
HEADER = struct.Struct("<IHH")
PAYLOAD_MAX = 128 * 1_048_576  # "an answer may have up to 128 MiB"

#: Message kinds by the name of their table.
KINDS = {"Hello": 1, "Commands": 2, "Advance": 3, "OpenDesk": 4, "Query": 5, "Subscribe": 6,
         "Credit": 7, "Unsubscribe": 8, "Control": 9, "Welcome": 65, "DeskOpened": 66,
         "Replies": 67, "Busy": 68, "Answer": 69, "Events": 70, "TooOld": 71, "Error": 72,
         "Advanced": 73, "Done": 74, "ServerStatus": 75, "SnapshotTaken": 76, "LogHeld": 77,
         "Reloaded": 78}
NAMES = {kind: name for name, kind in KINDS.items()}


class Disconnected(Exception):
    """The connection has ended. What was not answered may be sent again: Client.reconnect."""


class ServerError(Exception):
    """What the server said is wrong. `code` is an ErrorCode, or 0 where the client says it."""

    def __init__(self, code, text, fatal):
        super().__init__(f"{text} (error {int(code)})")
        self.code, self.text, self.fatal = code, text, fatal


def snake(name):
    return re.sub("([A-Z])", lambda letter: "_" + letter[1].lower(), name)


def camel(name):
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def schema(name):
    """The generated module of a table, struct or enum."""
    return importlib.import_module("paceline.schema." + name)


def frame(name, payload):
    return HEADER.pack(len(payload), KINDS[name], PROTOCOL_VERSION) + payload


def message(name, /, **fields):
    """A frame with one table; fields in snake_case, absent ones 0 or empty."""
    table = getattr(schema(name), name + "T")()
    for field, value in fields.items():
        if not hasattr(table, camel(field)):
            raise TypeError(f"{name} has no field {field}")
        setattr(table, camel(field), value)
    builder = flatbuffers.Builder(256)
    builder.Finish(table.Pack(builder))
    return frame(name, bytes(builder.Output()))


def plain(value):
    """A generated object as names in snake_case, texts and lists; an absent list is empty, an
    absent text or table None."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if hasattr(value, "__dict__"):
        return SimpleNamespace(**{snake(name): [] if each is None and is_list(value, name)
                                  else plain(each) for name, each in vars(value).items()})
    return value


def is_list(table, field):
    name = type(table).__name__[:-1]  # without the T of flatc's object interface
    return hasattr(getattr(schema(name), name), field[0].upper() + field[1:] + "Length")


class Reader:
    """Cuts what arrives into frames."""

    def __init__(self):
        self._bytes = bytearray()

    def feed(self, chunk):
        self._bytes += chunk

    def next(self):
        """(name, table) of the oldest whole frame, None if there is none yet."""
        if len(self._bytes) < HEADER.size:
            return None
        size, kind, version = HEADER.unpack_from(self._bytes)
        if size > PAYLOAD_MAX:
            raise ServerError(0, f"a frame of {size} bytes", True)
        if len(self._bytes) < HEADER.size + size:
            return None
        payload = bytes(self._bytes[HEADER.size:HEADER.size + size])
        del self._bytes[:HEADER.size + size]
        if version != PROTOCOL_VERSION or kind not in NAMES:
            raise ServerError(0, f"a frame of kind {kind} of protocol version {version}", True)
        name = NAMES[kind]
        root = getattr(schema(name), name).GetRootAs(payload, 0)
        return name, plain(getattr(schema(name), name + "T").InitFromObj(root))
