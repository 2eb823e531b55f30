# SPDX-License-Identifier: BSD-2-Clause
"""`--send PATTERN=>TEXT`: what is typed once the console has shown a pattern."""

from collections.abc import Iterator

from .console import Piece

STRAND = 1024  # bytes of one partition that are kept


class Answers:
    """Patterns that are still to come, in order. A line that is unfinished for some time is broken
    by another partition's (hyp/dev/console.h), so that a pattern counts also if it is whole only
    in what one partition has printed, without the line ends."""

    def __init__(self, sends: list[tuple[bytes, bytes]]) -> None:
        self.sends = list(sends)
        self.seen = bytearray()  # since the last match
        self.strands: dict[str | None, bytearray] = {}

    def feed(self, data: bytes, pieces: list[Piece]) -> Iterator[bytes]:
        """The texts to type now."""
        if not self.sends:
            return
        self.seen += data
        for piece in pieces:
            strand = self.strands.setdefault(piece.source, bytearray())
            strand += piece.data.translate(None, b"\r\n")
            del strand[:-STRAND]
        while self.sends and self._is_there(self.sends[0][0], data):
            yield self.sends.pop(0)[1]

    def _is_there(self, pattern: bytes, data: bytes) -> bool:
        at = self.seen.find(pattern)
        if at >= 0:
            del self.seen[:at + len(pattern)]
        elif any(pattern in strand for strand in self.strands.values()):
            self.seen[:] = data  # what came before is not an answer to what is typed now
        else:
            return False
        self.strands.clear()
        return True
