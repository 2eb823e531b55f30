# SPDX-License-Identifier: BSD-2-Clause
"""Tables of encodings that were typed from the manuals: test/encodings (the file describes the
format) and the rows of the unit tests test_cp15_regs and test_encodings. And the ARM ARM's 32-bit
encoding of coprocessor accesses."""

import re
from dataclasses import dataclass, field

MASK64 = (1 << 64) - 1
FIELD = re.compile(r"^(\d+):(\d+)=(0x[0-9a-f]+|\d+)$")
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\(?)[ \t]*(.*)$", re.M)
ARRAY = re.compile(r"static const struct named (\w+)\[\] = \{(.*?)\};", re.S)
ROW = re.compile(r"\bREG(?:64)?\((\w+(?:\(\w+\))?), (0x[0-9a-f]+|\d+)\)")
UNIT_ROW = re.compile(r"\b(?:BITS|BIT|IS)\((\w+)")


@dataclass(frozen=True)
class Register:
    """The operands of MCR (or MCRR: `wide`) for it."""

    coproc: int
    opc1: int
    crn: int
    crm: int
    opc2: int
    wide: bool = False

    def word(self, read: bool) -> int:
        """Without condition, Rt and Rt2: A8.8.98 MCR, A8.8.99 MCRR, A8.8.107 MRC, A8.8.108 MRRC."""
        if self.wide:
            return (0x0C500000 if read else 0x0C400000) | self.coproc << 8 | self.opc1 << 4 | self.crm
        return (0x0E000010 | self.opc1 << 21 | read << 20 | self.crn << 16 | self.coproc << 8
                | self.opc2 << 5 | self.crm)


def bare(word: int) -> int | None:
    """An access without condition, Rt and Rt2; None for another instruction."""
    if word & 0x0F000010 == 0x0E000010:
        return word & 0x0FFF0FFF
    return word & 0x0FF00FFF if word & 0x0FE00000 == 0x0C400000 else None


@dataclass
class FileRows:
    values: dict[str, tuple[int, str]] = field(default_factory=dict)  # and its place in the manual
    ours: set[str] = field(default_factory=set)
    accesses: list[tuple[bool, str]] = field(default_factory=list)  # read?, register


def _value(words: list[str], where: str) -> int:
    if words == ["zero"]:
        return 0
    value = 0
    for word in words:
        match = FIELD.match(word)
        if match:
            high, low, content = int(match[1]), int(match[2]), int(match[3], 0)
            if not low <= high < 64 or content >> (high - low + 1):
                raise ValueError(f"{where}: {word}: no such field")
            value |= content << low
        elif word.startswith(("0x", "-")) and len(words) == 1:
            value = int(word, 0) & MASK64
        elif word.isdigit() and int(word) < 64:
            value |= 1 << int(word)
        else:
            raise ValueError(f"{where}: '{word}' is not one of BIT, HIGH:LOW=VALUE, 0xNUMBER, zero")
    return value


def parse(text: str, source: str = "test/encodings") -> dict[str, FileRows]:
    table: dict[str, FileRows] = {}
    rows = None
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{source}:{number}"
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "file":
            rows = table.setdefault(words[1], FileRows())
        elif rows is None:
            raise ValueError(f"{where}: a row before the first file")
        elif words[0] == "ours":
            rows.ours.update(words[1:])
        elif words[0] == "access":
            rows.accesses += [(way == "R", name) for way, name in zip(words[1::2], words[2::2])]
        else:
            what, dashes, section = line.partition(" -- ")
            if not dashes or not section.strip():
                raise ValueError(f"{where}: {words[0]}: no place in the manual: NAME WHAT -- WHERE")
            rows.values[words[0]] = (_value(what.split()[1:], where), section)
    return table


def registers(text: str) -> dict[str, Register]:
    """The rows of test_cp15_regs.c, with the meaning of numbers in its arrays."""
    found = {}
    for array, body in ARRAY.findall(text):
        for name, number in ((name, int(number, 0)) for name, number in ROW.findall(body)):
            if array == "cp15_regs":
                found[name] = Register(15, number >> 8 & 7, number >> 12, number >> 4 & 15,
                                       number & 7)
            elif array == "cp15_regs64":
                found[name] = Register(15, number & 15, 0, number >> 4, 0, True)
            elif array == "cp14_debug":
                found[name] = Register(14, 0, number >> 7, number & 15, number >> 4 & 7)
            elif array == "wide":
                found[name] = Register(14, 0, 0, number, 0, True)
            elif array == "others":
                found[name] = Register(number >> 8, number >> 4 & 15, number & 15, 0, 0)
    return found


def macros(text: str) -> list[tuple[str, bool]]:
    """Names that a file defines, and whether they take arguments; not its include guard."""
    return [(name, bool(bracket)) for name, bracket, body in MACRO.findall(text)
            if bracket or body.strip()]


def unit_rows(text: str) -> set[str]:
    """Names that have a row in test_encodings.c."""
    return set(UNIT_ROW.findall(text))
