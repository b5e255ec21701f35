"""Commands of one frame.

Which texts a command has, and in which order they lie in `text`, its struct says: they are its
`…_size` fields in their order, or the fifteen of `sizes`. So there is nothing to list here but
those fifteen.

Owner: one thread. Errors: TypeError for a field the command has not.
"""

import flatbuffers

from .frame import camel, frame, schema, snake

#: The order of the fifteen sizes of open, update and import_ticket.
ATTRIBUTES = ("external_id", "category", "subcategory", "service", "config_item", "channel",
              "requester_type", "organisation", "contract", "stage", "language", "confidentiality",
              "requester", "body", "queue")
#: Bits of Update.fields: of a text its position, without those that cannot be changed.
UPDATE_BITS = {**{name: bit for bit, name in enumerate(ATTRIBUTES)
                  if name not in ("external_id", "queue")},
               "kind": 16, "impact": 17, "urgency": 18, "vip": 19, "sentiment": 20,
               "workaround": 22, "major": 23, "promised_at_us": 24, "confidence": 25}

#: What a number is where it is not stated, and 0 would say something.
NOT_STATED = {"rate": {"score": -1, "recommend": -1}}


class Batch:
    """Commands in the order they are added, for one session and desk."""

    def __init__(self):
        self.order = []  # CommandKind of each
        self._text = bytearray()
        self._structs = {}  # by kind: a list in order
        self._articles = []  # sizes of what each resolve cites

    def __len__(self):
        return len(self.order)

    def add(self, kind, **fields):
        """`kind` as in the schema ("open", "set_agent_state"); texts and numbers by their names
        without `_size`. Of update, what is given is set. Answers self."""
        number = getattr(schema("CommandKind").CommandKind, kind)
        name = camel("_" + kind)
        record = getattr(schema(name), name + "T")()
        if kind == "update":
            record.fields = sum(1 << bit for field, bit in UPDATE_BITS.items()
                                if field in fields)
        for field, value in NOT_STATED.get(kind, {}).items():
            setattr(record, field, value)
        record.textAt = len(self._text)
        for field in list(vars(record)):
            self._fill(record, field, fields)
        if kind == "resolve":  # beside its struct: the text comes last
            self._articles.append(self._take(fields.pop("article", "")))
        if fields:
            raise TypeError(f"{kind} has no {', '.join(fields)}")
        self.order.append(number)
        self._structs.setdefault(name, []).append(record)
        return self

    def _fill(self, record, field, fields):
        if field == "sizes":
            record.sizes = [self._take(fields.pop(each, "")) for each in ATTRIBUTES]
        elif field == "size":  # of config_chunk
            record.size = self._take(fields.pop("text", b""))
        elif field == "reserved":
            record.reserved = [0] * 7  # as many as any struct has; Create… takes what it needs
        elif field.endswith("Size"):
            setattr(record, field, self._take(fields.pop(snake(field[:-len("Size")]), "")))
        elif snake(field) in fields:
            setattr(record, field, fields.pop(snake(field)))

    def _take(self, text):
        encoded = text if isinstance(text, bytes) else text.encode()
        self._text += encoded
        return len(encoded)

    def frame(self, desk, first_number):
        """The frame; the numbers of its commands begin at `first_number`."""
        module = schema("Commands")
        builder = flatbuffers.Builder(1024 + len(self._text))
        order = builder.CreateByteVector(bytes(self.order))
        text = builder.CreateByteVector(bytes(self._text))
        vectors = {}
        for name, records in self._structs.items():
            getattr(module, f"CommandsStart{name}Vector")(builder, len(records))
            for record in reversed(records):
                record.Pack(builder)
            vectors[name] = builder.EndVector()
        if any(self._articles):
            module.CommandsStartResolveArticleVector(builder, len(self._articles))
            for size in reversed(self._articles):
                builder.PrependUint16(size)
            vectors["ResolveArticle"] = builder.EndVector()
        module.CommandsStart(builder)
        module.CommandsAddDesk(builder, desk)
        module.CommandsAddFirstNumber(builder, first_number)
        module.CommandsAddOrder(builder, order)
        module.CommandsAddText(builder, text)
        for name, vector in vectors.items():
            getattr(module, f"CommandsAdd{name}")(builder, vector)
        builder.Finish(module.CommandsEnd(builder))
        return frame("Commands", bytes(builder.Output()))

