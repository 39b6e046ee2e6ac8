#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speaks to pluto over its control socket, as doc/protocol.md says, with nothing but Python.

As a module:

    with Pluto() as pluto:
        for kind, record in pluto.request("connectionstatus"):
            print(kind, record)
        pluto.request("initiate", "berlin").finish()    # raises Refused

As a command, one JSON object for each record, and whack's exit codes:

    cygnet.py add berlin psk left.host=192.0.2.1 right.host=192.0.2.2
    cygnet.py initiate berlin
    cygnet.py status
"""

import json
import socket
import struct
import sys

SOCKET = "/run/pluto/pluto.ctl"
NUMBERS = "/usr/share/cygnet/schemas/protocol.json"
HEADER = struct.Struct(">IBBHII")  # magic, version, type, flags, length, sequence
ATTRIBUTE = struct.Struct(">HHI")  # id, flags, length
SILENCE = 30  # seconds; pluto says that it is alive more often


class Refused(Exception):
    """pluto ended a request with a code that is not 0."""

    def __init__(self, code, lines):
        super().__init__(lines[-1] if lines else "pluto refused it")
        self.code, self.lines = code, lines


class Broken(Exception):
    """What came is no reply, or only a part of one: what pluto did is unknown."""


class Reply:
    """The records of one request, as they come. After the last one `code` is set."""

    def __init__(self, pluto, sequence):
        self.pluto, self.sequence = pluto, sequence
        self.code, self.lines = None, []

    def __iter__(self):
        numbers = self.pluto.numbers
        kinds = {row["number"]: (name, row["fields"]) for name, row in numbers["records"].items()}
        while self.code is None:
            kind, payload = self.pluto.read(self.sequence)
            if kind == numbers["types"]["end"]:
                (self.code,) = struct.unpack_from(">I", payload)
                return
            name, fields = kinds.get(struct.unpack_from(">H", payload)[0], (None, {}))
            record = self.record(fields, payload[2:])
            if name == "log":
                self.lines.append(record.get("text", ""))
            if name not in (None, "alive"):
                yield name, record

    @staticmethod
    def record(fields, data):
        by_id = {row["id"]: (name, row["type"]) for name, row in fields.items()}
        record = {}
        while data:
            ident, _, length = ATTRIBUTE.unpack_from(data)
            value, data = data[8 : 8 + length], data[8 + length :]
            name, kind = by_id.get(ident, (None, None))
            if kind == "u64":
                record[name] = int.from_bytes(value, "big")
            elif kind == "bool":
                record[name] = value == b"\1"
            elif kind == "text":
                record[name] = value.decode(errors="replace")
        return record

    def finish(self):
        """Waits for the end; gives the log lines. Raises Refused when the code is not 0."""
        for _ in self:
            pass
        if self.code:
            raise Refused(self.code, self.lines)
        return self.lines


class Pluto:
    def __init__(self, path=SOCKET, numbers=NUMBERS):
        with open(numbers, encoding="utf-8") as f:
            self.numbers = json.load(f)
        self.sequence, self.buffer = 0, b""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(SILENCE)
        self.socket.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def attribute_of(self, word):
        """`host`, `left.host` or `right.host` of a connection, or an option of a request."""
        side, _, option = word.rpartition(".")
        if side not in ("", "left", "right"):
            raise Refused(33, [f'"{word}": an end is left or right'])
        row = self.numbers["options"].get(option)
        if row and row["per_end"] != (side == ""):
            return row["id"] | (self.numbers["right"] if side == "right" else 0)
        if side == "" and option in self.numbers["attributes"]:
            return self.numbers["attributes"][option]["id"]
        raise Refused(33, [f'there is no option "{word}"'])

    def request(self, verb, name=None, **options):
        """Sends one request. Options: word=text, True for one without a value, bytes for a content."""
        row = self.numbers["verbs"].get(verb)
        if not row:
            raise Refused(33, [f'there is no verb "{verb}"'])
        values = {"name": name, **options}
        payload = struct.pack(">H", row["number"])
        for word, value in values.items():
            if value is None:
                continue
            ident = self.attribute_of(word)
            value = ("" if ident >= 0x8000 else "yes") if value is True else value
            value = value.encode() if isinstance(value, str) else value
            payload += ATTRIBUTE.pack(ident, 0, len(value)) + value
        if HEADER.size + len(payload) > self.numbers["frame_max"]:
            raise Refused(33, ["the request is longer than a frame may be"])
        self.sequence += 1
        self.socket.sendall(
            HEADER.pack(self.numbers["magic"], self.numbers["version"], self.numbers["types"]["request"],
                        0, HEADER.size + len(payload), self.sequence) + payload)
        return Reply(self, self.sequence)

    def take(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise Broken("pluto closed the connection without an end")
            self.buffer += more
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read(self, wanted):
        magic, version, kind, _, length, sequence = HEADER.unpack(self.take(HEADER.size))
        if magic != self.numbers["magic"] or version != self.numbers["version"]:
            raise Broken("this is not pluto, or one of another version")
        if not HEADER.size <= length <= self.numbers["frame_max"] or sequence not in (0, wanted):
            raise Broken("a frame that belongs to no request")
        return kind, self.take(length - HEADER.size)


def main(words):
    paths = {"--ctlsocket": SOCKET, "--protocol": NUMBERS}
    while len(words) > 1 and words[0] in paths:
        paths[words[0]], words = words[1], words[2:]
    if not words or words[0].startswith("-"):
        print("usage: cygnet.py [--ctlsocket PATH] [--protocol FILE] VERB [NAME] [OPTION[=VALUE]]...")
        return 33
    try:
        with Pluto(paths["--ctlsocket"], paths["--protocol"]) as pluto:
            takes = pluto.numbers["verbs"].get(words[0], {}).get("name", "no")
            rest = words[1:]
            name = rest.pop(0) if takes != "no" and rest and "=" not in rest[0] else None
            pairs = (word.partition("=") for word in rest)
            reply = pluto.request(words[0], name, **{k: v if eq else True for k, eq, v in pairs})
            for kind, record in reply:
                print(json.dumps({"record": kind, **record}), flush=True)
            return reply.code
    except Refused as e:
        print(e, file=sys.stderr)
        return e.code
    except (ConnectionRefusedError, FileNotFoundError) as e:
        print(f"Pluto is not running: {e}", file=sys.stderr)
        return 1
    except (Broken, OSError) as e:
        print(e, file=sys.stderr)
        return 33


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
