# SPDX-License-Identifier: BSD-2-Clause
"""The board's console, split by partition (the monitor's multiplexer, hyp/dev/console.h, puts
'[NAME] ' in front of each line), and joined again for display."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

MONITOR = "plumbline"
LAST_WORDS = b"plumbline: "  # the monitor's at its end, and all of its lines on a raw console
BELOW = b"\x1b[999B\r\n"  # the multiplexer's, where a partition has moved the cursor
ENDS = re.compile(rb"\r*\n|\r+")


def head(name: str) -> bytes:
    """As the multiplexer writes it in front of a line."""
    return f"[{name}] ".encode()


class Place(Enum):
    """The position at which a piece begins."""

    START = 1  # in a new line
    AGAIN = 2  # in the same line, behind a lone \r
    ON = 3  # behind the piece before


@dataclass(frozen=True)
class Piece:
    """Bytes of one partition, or of MONITOR, without the name in front. None: of neither, such as
    the output of the board's firmware, or the monitor's last lines."""

    source: str | None
    data: bytes
    place: Place = Place.ON


class Demux:
    """Bytes as they come -> pieces. No partition can print as another: the multiplexer writes the
    name again behind every \\n and \\r."""

    def __init__(self, names: list[str]) -> None:
        self.names = {head(name): name for name in [MONITOR, *names]}
        self.held = b""  # bytes that may become a name
        self.source: str | None = None
        self.at = Place.START  # the next byte; ON: no name is expected there
        self.place = Place.START  # the next piece

    def feed(self, data: bytes) -> list[Piece]:
        pieces: list[Piece] = []
        data, self.held = self.held + data, b""
        while data:
            if self.at is Place.START and data.startswith(BELOW):
                pieces.append(Piece(self.source, BELOW))
                data = data[len(BELOW):]
            elif self.at is Place.ON:
                data = self._take_text(data, pieces)
            elif (length := self._name_length(data)) is None:
                self.held = data
                break
            else:
                data, self.at = data[length:], Place.ON
        return pieces

    def flush(self) -> list[Piece]:
        """The end of the input."""
        data, self.held = self.held, b""
        return [Piece(None, data, self.at)] if data else []

    def _name_length(self, data: bytes) -> int | None:
        """The name at this position. None: it may be incomplete."""
        if self.at is Place.AGAIN and data[:1] in (b"\r", b"\n"):
            return 0
        found = data[:data.find(b" ") + 1]
        if found not in self.names:
            marks = [*self.names, BELOW] if self.at is Place.START else self.names
            if any(mark.startswith(data) for mark in marks):
                return None
            found = b""
        if self.at is Place.START:
            self.source = self.names.get(found)
        self.place = self.at
        return len(found)

    def _take_text(self, data: bytes, pieces: list[Piece]) -> bytes:
        """Up to the end of the line, or a \\r; what is left."""
        end = ENDS.search(data)
        text = data[:end.end()] if end else data
        pieces.append(Piece(self.source, text, self.place))
        self.place = Place.ON
        if end:
            self.at = Place.START if text.endswith(b"\n") else Place.AGAIN
        return data[len(text):]


class RawFilter:
    """Takes the monitor's lines, which come at the end, out of a guest's raw console."""

    def __init__(self) -> None:
        self.held = b""  # the start of a line, which may become one of the monitor's
        self.line_start = True
        self.taking = False

    def feed(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            char = bytes((byte,))
            if self.taking:
                self.taking = char != b"\n"
                continue
            if self.line_start:
                self.held += char
                if LAST_WORDS.startswith(self.held):
                    if self.held == LAST_WORDS:
                        self.held, self.taking = b"", True
                    continue
                out += self.held
                self.held = b""
            else:
                out += char
            self.line_start = char == b"\n"
        return bytes(out)


class Stamps:
    """The time in front of each line: seconds since `start`, when its first byte came."""

    def __init__(self, start: float) -> None:
        self.start = start
        self.last = b""

    def before(self, place: Place, now: float) -> bytes:
        if place is Place.START:
            self.last = f"{now - self.start:10.3f} ".encode()
        return b"" if place is Place.ON else self.last


@dataclass
class View:
    """The parts of the output to display."""

    names: bool = True  # in front of the partitions' lines
    stamps: bool = False
    quiet: bool = False  # nothing of the monitor


class Screen:
    """The common output: pieces -> bytes. Without names, a partition could print what looks like a
    line of the monitor's: such a line keeps its name."""

    MARKS = (head(MONITOR), LAST_WORDS)

    def __init__(self, view: View, start: float, hides: Callable[[bytes], bool]) -> None:
        """`hides`: is a line of the monitor's, given without its name, left out?"""
        self.view = view
        self.stamps = Stamps(start)
        self.hides = hides
        self.line = b""  # the monitor's, until it is complete
        self.line_stamp = b""
        self.held = b""  # a partition's line, which may become like one of the monitor's
        self.before = {False: b"", True: b""}  # in front of it; True: with its name
        self.mid_line = False

    def show(self, piece: Piece, now: float) -> bytes:
        stamp = self.stamps.before(piece.place, now) if self.view.stamps else b""
        if piece.source == MONITOR:
            out = self._monitor(piece, stamp)
        elif piece.source is None:
            out = b"" if self.view.quiet else stamp + piece.data
        else:
            out = self._partition(piece, stamp, head(piece.source))
        return self._shown(out)

    def idle(self) -> bytes:
        """No input for a while: the pending bytes are shown, with their name in case of doubt."""
        return self._shown(self._release(True)) if self.held else b""

    def end(self) -> bytes:
        return self._shown(self._end_line()) + self.idle()

    def _shown(self, data: bytes) -> bytes:
        if data:
            self.mid_line = not data.endswith(b"\n")
        return data

    def _monitor(self, piece: Piece, stamp: bytes) -> bytes:
        out = b""
        if piece.place is Place.START:
            out, self.line_stamp = self._end_line(), stamp
        self.line += piece.data
        return out + (self._end_line() if self.line.endswith(b"\n") else b"")

    def _end_line(self) -> bytes:
        line, self.line = self.line, b""
        if not line or self.view.quiet or self.hides(line):
            return b""
        return self.line_stamp + head(MONITOR) + line

    def _partition(self, piece: Piece, stamp: bytes, name: bytes) -> bytes:
        if self.view.names:
            return (b"" if piece.place is Place.ON else stamp + name) + piece.data
        if piece.place is not Place.ON:
            self.before = {False: stamp, True: stamp + name}
        elif not self.held:
            return piece.data
        self.held += piece.data
        if any(len(self.held) < len(mark) and mark.startswith(self.held) for mark in self.MARKS):
            return b""
        return self._release(self.held.startswith(self.MARKS))

    def _release(self, named: bool) -> bytes:
        data, self.held = self.held, b""
        return self.before[named] + data
