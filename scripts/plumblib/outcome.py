# SPDX-License-Identifier: BSD-2-Clause
"""The end of a run: found in the console's lines, and reported."""

import re
from dataclasses import dataclass, field

from . import common
from .why import Why

# The monitor's last lines have no name in front; its earlier lines do, as a guest's.
END_LINE = re.compile(rb"plumbline: end: status (\d+)")
PANIC = re.compile(rb"plumbline: panic: ?(.*)")
REFUSED = re.compile(rb"plumbline: refused: ?(.*)")


@dataclass
class End:
    """`lines`: the monitor's lines with the reason, repeated; `advice`: the next step for the
    user."""

    code: int
    reason: str = ""
    lines: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def tell(self) -> None:
        if self.reason:
            common.say(f"plumb: {self.reason}")
        for line in self.lines:
            common.say(f"  {line}")
        for text in self.advice:
            common.say(f"plumb: {text}")


class Outcome:
    """Reads the console line by line, and finds the end of the run."""

    def __init__(self, why: Why | None = None) -> None:
        self.partial = b""
        self.status: int | None = None
        self.panic = False
        self.refused = False
        self.why = why or Why()

    def feed(self, data: bytes) -> None:
        *lines, self.partial = (self.partial + data).split(b"\n")
        self.partial = self.partial[-4096:]
        for line in lines:
            self._line(line.rstrip(b"\r"))

    def _line(self, line: bytes) -> None:
        end = END_LINE.match(line)
        if end:
            self.status = int(end[1])
            return
        self.panic = self.panic or bool(PANIC.match(line))
        self.refused = self.refused or bool(REFUSED.match(line))
        self.why.feed(line)

    @property
    def over(self) -> bool:
        """The monitor has printed its last line."""
        return self.status is not None or self.panic or self.refused

    def exit_code(self) -> int:
        if self.panic:
            return common.EXIT_PANIC
        if self.refused:
            return common.EXIT_REFUSED
        if self.status is None:
            return common.EXIT_NO_END
        if self.status in (common.EXIT_OK, common.EXIT_GUEST, common.EXIT_PANIC):
            return self.status
        return common.EXIT_GUEST
