# SPDX-License-Identifier: BSD-2-Clause
"""gdb's remote serial protocol, between gdb and QEMU: packets go through as they are, except
those that read and write memory of another world than the CPU's (translate.py): they are answered
here, from physical memory."""

import re
import socket

from . import translate

INTERRUPT = b"\x03"
OURS = b"Qplumb."
PIECE = 1024  # bytes in one packet: QEMU takes 4 KiB of text
PAGE = 4096
PHYSICAL = b"Qqemu.PhyMemMode:"
MEMORY = re.compile(rb"([mM])([0-9a-f]+),([0-9a-f]+)(?::([0-9a-f]*))?$")
RESUME = re.compile(rb"vCont;|[cCsSDkR]|vKill")
STOPS = (b"T", b"S", b"W", b"X")


def frame(payload: bytes) -> bytes:
    return b"$" + payload + b"#%02x" % (sum(payload) & 0xFF)


class Reader:
    """Bytes in; packets' payloads and interrupts out. Acknowledgements are left out: TCP loses
    nothing."""

    def __init__(self) -> None:
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        self.rest += data
        found = []
        while self.rest:
            if self.rest[:1] == b"$":
                end = self.rest.find(b"#")
                if end < 0 or len(self.rest) < end + 3:
                    break
                found.append(self.rest[1:end])
                self.rest = self.rest[end + 3:]
                continue
            if self.rest[:1] == INTERRUPT:
                found.append(INTERRUPT)
            self.rest = self.rest[1:]
        return found


class Stub:
    """QEMU's end."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.reader = Reader()
        self.waiting: list[bytes] = []

    def send(self, payload: bytes) -> None:
        self.link.sendall(payload if payload == INTERRUPT else frame(payload))

    def receive(self) -> bool:
        """Reads the available bytes; False: QEMU has ended."""
        data = self.link.recv(65536)
        for payload in self.reader.feed(data):
            self.link.sendall(b"+")
            self.waiting.append(payload)
        return bool(data)

    def ask(self, payload: bytes) -> bytes:
        """Only while the CPUs are stopped: no packet but the answer arrives."""
        self.send(payload)
        while not self.waiting:
            if not self.receive():
                raise EOFError
        return self.waiting.pop(0)


class Memory:
    """Memory through a view. The CPUs are stopped."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.view: translate.View | None = None
        self.known: dict[tuple[int, int], bytes | None] = {}  # of the tables

    def show(self, view: translate.View | None) -> bool:
        """Selects a view. False: this QEMU cannot read physical memory."""
        if (view is None) != (self.view is None) and \
                self.stub.ask(PHYSICAL + (b"0" if view is None else b"1")) != b"OK":
            return False
        self.view = view
        self.known.clear()
        return True

    def _physical(self, pa: int, size: int) -> bytes | None:
        answer = self.stub.ask(b"m%x,%x" % (pa, size))
        try:
            return bytes.fromhex(answer.decode())
        except ValueError:
            return None

    def _table(self, pa: int, size: int) -> bytes | None:
        if (pa, size) not in self.known:
            self.known[pa, size] = self._physical(pa, size)
        return self.known[pa, size]

    def _pieces(self, address: int, size: int) -> list[tuple[int, int, int]] | None:
        """Offset, physical address and size of each."""
        pieces, done = [], 0
        while done < size:
            at = address + done
            count = min(size - done, PAGE - at % PAGE, PIECE)
            pa = self.view(self._table, at & 0xFFFFFFFF) if self.view else None
            if pa is None:
                return None
            pieces.append((done, pa, count))
            done += count
        return pieces

    def read(self, address: int, size: int) -> bytes | None:
        pieces = self._pieces(address, size)
        if pieces is None:
            return None
        found = [self._physical(pa, count) for _, pa, count in pieces]
        return None if None in found else b"".join(part for part in found if part)

    def write(self, address: int, data: bytes) -> bool:
        pieces = self._pieces(address, len(data))
        self.known.clear()
        return pieces is not None and all(
            self.stub.ask(b"M%x,%x:%s" % (pa, count, data[at:at + count].hex().encode())) == b"OK"
            for at, pa, count in pieces)

    def answer(self, payload: bytes) -> bytes | None:
        """The answer to a packet about memory; None: QEMU answers it."""
        if self.view is None or payload[:1] not in (b"m", b"M", b"x", b"X"):
            return None
        asked = MEMORY.match(payload)
        if asked is None:
            return b""  # binary: gdb then uses the other packets
        address, size = int(asked[2], 16), int(asked[3], 16)
        if asked[1] == b"m":
            data = self.read(address, size)
            return b"E14" if data is None else data.hex().encode()
        return b"OK" if self.write(address, bytes.fromhex((asked[4] or b"").decode())) else b"E14"


class Switch:
    """Routes packets to gdb, QEMU and the memory reader."""

    def __init__(self, stub: Stub, typing) -> None:
        self.stub, self.typing = stub, typing
        self.memory = Memory(stub)

    def _own(self, payload: bytes) -> bytes:
        verb, _, rest = payload[len(OURS):].decode(errors="replace").partition(":")
        try:
            if verb == "view":
                return b"OK" if self.memory.show(translate.parse(rest)) else b"E01"
            if verb == "type":
                self.typing(bytes.fromhex(rest))
                return b"OK"
        except ValueError:
            pass
        return b"E22"

    def from_gdb(self, payload: bytes) -> bytes | None:
        """The answer; None: QEMU's will come."""
        if payload.startswith(OURS):
            return self._own(payload)
        answer = self.memory.answer(payload)
        if answer is None:
            if RESUME.match(payload) and self.memory.view is not None:
                self.memory.show(None)
            self.stub.send(payload)
        return answer
