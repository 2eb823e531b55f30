# SPDX-License-Identifier: BSD-2-Clause
"""The machine that guests see, from the monitor's own table (hyp/dev/machine.h), without a copy
here."""

from dataclasses import dataclass
from functools import cache

from .common import PROGRAMS, run_tool

CHECKER = PROGRAMS / "manifest-check"
FIRST_PPI, FIRST_SPI = 16, 32


@dataclass(frozen=True)
class Window:
    """A device's registers."""

    base: int
    size: int
    intid: int  # 0: it has no interrupt

    @property
    def spi(self) -> int:
        """The number in device trees."""
        return self.intid - FIRST_SPI


def parse_list(text: str, kind: str) -> list[dict[str, str]]:
    """manifest-check's 'KIND key=value...' lines."""
    found = []
    for line in text.splitlines():
        first, *pairs = line.split()
        if first == kind:
            found.append(dict(pair.split("=", 1) for pair in pairs))
    return found


@cache
def _listed() -> str:
    return run_tool([str(CHECKER), "--list"], "the list of the guests' machine").decode()


@cache
def windows() -> dict[str, Window]:
    return {row["name"]: Window(*(int(row[key], 0) for key in ("ipa", "size", "intid")))
            for row in parse_list(_listed(), "window")}


@cache
def memory() -> dict[str, int]:
    """`ipa`: the start of RAM; `kernel`: the address of a raw image."""
    (row,) = parse_list(_listed(), "memory")
    return {key: int(value, 0) for key, value in row.items()}


def _lines() -> dict[str, int]:
    return {row["name"]: int(row["intid"]) for row in parse_list(_listed(), "line")}


@cache
def ppis() -> dict[str, int]:
    """A vCPU's private interrupts, as device trees number them."""
    return {name: intid - FIRST_PPI for name, intid in _lines().items() if intid < FIRST_SPI}


@cache
def spis() -> dict[str, int]:
    """Shared interrupts that no window has, likewise."""
    return {name: intid - FIRST_SPI for name, intid in _lines().items() if intid >= FIRST_SPI}
