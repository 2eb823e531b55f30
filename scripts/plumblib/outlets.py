# SPDX-License-Identifier: BSD-2-Clause
"""`--console NAME=pty|FILE`: sends a partition's console to a pty or file instead of the common
output, and input from a pty to its partition."""

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
PATIENCE = 0.5  # seconds without a read by its reader, at the end
MOMENT = 0.1  # the longest time, in seconds, that bytes need to pass a pty
ESCAPE = b"\x1d"  # Ctrl-]: the multiplexer's, twice to send one
DIRECT = 9  # the last port that has a key of its own


def write_all(fd: int, data: bytes) -> None:
    """Writes all bytes, without a time limit."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            select.select([], [fd], [])


class File:
    """The partition's whole output; with `stamps`, each line has the time in front."""

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
    """A separate terminal. The other end stays open here, too: programs may open and close it."""

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
        """Output to the pty, as fast as its reader reads."""
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
        """Bytes that were sent, and that no program has read yet. For a moment it may be fewer:
        bytes on their way to the other end are not counted."""
        count = array.array("i", [0])
        fcntl.ioctl(self.other, termios.FIONREAD, count)
        return len(self.waiting) + count[0]

    def end(self) -> None:
        """Closing discards unread bytes, so this waits as long as a reader reads."""
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
    """Routes the input: each batch of keys goes to its port; if necessary, the multiplexer's keys
    move the focus there first. Ports are the partitions in the manifest's order, from 1 on."""

    def __init__(self, names: list[str]) -> None:
        self.names = [MONITOR, *names]
        self.at = 1  # the focus after all keys that were sent
        self.keyboard = 1  # the keyboard's port
        self.escape = b""  # Ctrl-] of the keyboard: the second key follows
        self.told: deque[tuple[bytes, bool]] = deque()  # expected answers; True: to own keys

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
        """Keys from the partition's own terminal; none of them is for the multiplexer."""
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
                self.escape = key  # sent with the next key: no other keys come between
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
        """Is it the multiplexer's answer to a key that this program has sent itself?"""
        if not line.startswith(b"input to "):
            return False
        name = line.rstrip().removeprefix(b"input to ")
        while self.told:  # without room, the multiplexer prints no answer
            known, ours = self.told.popleft()
            if known == name:
                return ours
        return False
