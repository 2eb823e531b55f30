# SPDX-License-Identifier: BSD-2-Clause
"""`--console NAME=pty|FILE`: where a partition's console goes instead of the common output, and how
what is typed at a pty finds its partition."""

import array
import fcntl
import os
import select
import termios
import time
import tty
from collections import deque
from pathlib import Path

from .common import PlumbError, say
from .console import MONITOR, Piece, Stamps

KEPT = 1 << 20  # bytes that wait for the reader of a pty
PATIENCE = 0.5  # seconds, at the end, in which its reader has read nothing
MOMENT = 0.1  # seconds that bytes are on their way through a pty, at most
ESCAPE = b"\x1d"  # Ctrl-]: the multiplexer's, twice to send one
DIRECT = 9  # the last port that has a key of its own


def write_all(fd: int, data: bytes) -> None:
    """However long it takes."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            select.select([], [fd], [])


class File:
    """All that the partition prints. With `stamps`, the time in front of each line."""

    def __init__(self, name: str, path: Path, stamps: Stamps | None) -> None:
        self.name, self.path, self.stamps = name, path, stamps
        try:
            self.file = path.open("wb", buffering=0)
        except OSError as error:
            raise PlumbError(f"--console {name}={path}: {error.strerror}") from error

    def show(self, piece: Piece, now: float) -> None:
        stamp = self.stamps.before(piece.place, now) if self.stamps else b""
        try:
            write_all(self.file.fileno(), stamp + piece.data)
        except BrokenPipeError:  # a FIFO
            raise
        except OSError as error:
            raise PlumbError(f"--console {self.name}={self.path}: {error.strerror}") from error

    def end(self) -> None:
        self.file.close()


class Pty:
    """A terminal of its own. This side holds the other end, too: programs may come and go."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.fd, self.other = os.openpty()
        tty.setraw(self.other)
        os.set_blocking(self.fd, False)
        self.path = os.ttyname(self.other)
        self.waiting = bytearray()
        self.lost = 0

    def show(self, piece: Piece, _now: float) -> None:
        self.waiting += piece.data
        self.send()
        if len(self.waiting) > KEPT:
            self.lost += len(self.waiting) - KEPT
            del self.waiting[:-KEPT]

    def send(self) -> None:
        """What is read there, as it is read."""
        try:
            while self.waiting:
                del self.waiting[:os.write(self.fd, self.waiting)]
        except BlockingIOError:
            pass

    def read(self) -> bytes:
        try:
            return os.read(self.fd, 1024)
        except BlockingIOError:
            return b""

    def _unread(self) -> int:
        """Bytes that were sent, and that no program has read yet; or fewer, for a moment: some are on
        their way from this end to the other."""
        count = array.array("i", [0])
        fcntl.ioctl(self.other, termios.FIONREAD, count)
        return len(self.waiting) + count[0]

    def end(self) -> None:
        """Closing takes away what was not read: a reader gets the time that it uses."""
        left, since = self._unread(), time.monotonic()
        while time.monotonic() - since < (PATIENCE if left else MOMENT):
            time.sleep(0.01)
            self.send()
            now = self._unread()
            if now != left:
                left, since = now, time.monotonic()
        os.close(self.other)
        os.close(self.fd)
        if left + self.lost:
            say(f"plumb: {self.name}: {left + self.lost} bytes were not read from {self.path}")


Outlet = File | Pty


def make(name: str, place: str, stamps: Stamps | None) -> Outlet:
    return Pty(name) if place == "pty" else File(name, Path(place), stamps)


class Focus:
    """The input's way: each batch of keys goes to its port, and the keys of the multiplexer move the
    focus there if need be. Ports are the partitions in the manifest's order, from 1 on."""

    def __init__(self, names: list[str]) -> None:
        self.names = [MONITOR, *names]
        self.at = 1  # where the input goes, when all that was typed has arrived
        self.keyboard = 1  # where the keyboard's is to go
        self.escape = b""  # Ctrl-] of the keyboard: its other half is to come
        self.told: deque[tuple[bytes, bool]] = deque()  # names that will be told; ours?

    def _move(self, port: int) -> bytes:
        if port == self.at:
            return b""
        keys = ESCAPE + str(min(port, DIRECT)).encode()
        self._expect(min(port, DIRECT), True)
        for step in range(DIRECT + 1, port + 1):
            keys += ESCAPE + b"n"
            self._expect(step, True)
        self.at = port
        return keys

    def _expect(self, port: int, ours: bool) -> None:
        self.told.append((self.names[port].encode(), ours))

    def partition(self, name: str, data: bytes) -> bytes:
        """Keys from its own terminal, none of which is the multiplexer's."""
        return self._move(self.names.index(name)) + data.replace(ESCAPE, ESCAPE + ESCAPE)

    def typed(self, data: bytes) -> bytes:
        """Keys from the common keyboard."""
        out = b""
        for byte in data:
            key = bytes((byte,))
            if self.escape:
                out += self._move(self.keyboard) + self.escape + key
                self._command(key)
                self.escape = b""
            elif key == ESCAPE:
                self.escape = key  # alone, another terminal's keys could come between
            else:
                out += self._move(self.keyboard) + key
        return out

    def _command(self, key: bytes) -> None:
        port = None
        if key.isdigit():
            port = int(key)
        elif key == b"n":
            port = self.at + 1 if self.at + 1 < len(self.names) else 1
        if port is not None and port < len(self.names):
            self.at = self.keyboard = port
            self._expect(port, False)

    def hides(self, line: bytes) -> bool:
        """Is it the multiplexer's answer to a key that no person has typed?"""
        if not line.startswith(b"input to "):
            return False
        name = line.rstrip().removeprefix(b"input to ")
        while self.told:  # an answer for which there was no room is not told
            known, ours = self.told.popleft()
            if known == name:
                return ours
        return False
