# SPDX-License-Identifier: BSD-2-Clause
"""Tables of the docs that repeat rows of the sources: both must agree."""

import re
from dataclasses import dataclass
from pathlib import Path

from plumblib import exits, uarts
from plumblib.common import PlumbError

CODE = re.compile(r"`([^`]+)`")
NUMBER = re.compile(r"^#define (PLUMB_\w+)\s+0x(8600[0-9a-f]{4})\b", re.M)
CALL = re.compile(r'\bCALL\((\w+), (\w+), right_on_(\w+), "([^"]+)"\)')
RANGE, ABOUT = "PLUMB_HVC_BASE", 0x8600FF00  # not a call; SMCCC's queries about the range
SHAPE = {"reg-shift", "reg-io-width", "reg-offset"}  # properties, among compatible strings


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the rows of a page's table, found by its head line."""
    found = []
    for line in page[page.index(head):].splitlines()[2:]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found


def uart_faults(page: str, kinds: list[uarts.Row]) -> list[str]:
    """docs/porting.md against the rows of kinds."""
    told = {CODE.findall(kind)[0]: set(CODE.findall(compatible)) - SHAPE
            for _, compatible, kind in rows(page, "| UART | `compatible` | KIND |")}
    known = {kind.name: set(kind.compatible) for kind in kinds}
    return [f"{name}: {' '.join(sorted(told.get(name, set()))) or 'nothing'} in the page, "
            f"{' '.join(sorted(known.get(name, set()))) or 'nothing'} in {uarts.TABLE.name}"
            for name in sorted(told.keys() | known.keys()) if told.get(name) != known.get(name)]


@dataclass(frozen=True)
class Call:
    name: str
    number: int
    on_vm: bool  # r1 is a handle, and the right on that VM is required


def calls(source: str, abi: str) -> list[Call]:
    """The rows of hyp/core/hypercall.c with the numbers of abi/plumbline.h, each of which has one."""
    numbers = {name: int(number, 16) for name, number in NUMBER.findall(abi)
               if name != RANGE and int(number, 16) < ABOUT}
    found = CALL.findall(source)
    rowless = numbers.keys() - {number for number, *_ in found}
    if not found or len(found) != source.count("CALL(PLUMB_") or rowless:
        raise PlumbError("rows of hypercalls: " + (f"none of {', '.join(sorted(rowless))}" if rowless
                                                   else "the form of one differs"))
    on_vm = ("vm", "lines", "known", "managed", "managed_or_self", "managed_vcpu", "child",
             "child_vcpu")
    return [Call(name, numbers[number], right in on_vm) for number, _, right, name in found]


def call_faults(page: str, known: list[Call]) -> list[str]:
    """docs/control-abi.md against the rows of calls."""
    told = {Call(name, int(CODE.findall(number)[0], 16), arguments.startswith("handle"))
            for name, number, arguments, _ in rows(page, "| call | r0 | r1, r2, r3 | returns |")
            if not name.startswith("SMCCC ")}
    return [f"{place}: {call.name}, {call.number:#x}, {'of a handle' if call.on_vm else 'of the caller'}"
            for place, only in (("only in the page", told - set(known)),
                                ("not in the page", set(known) - told))
            for call in sorted(only, key=lambda call: call.number)]


def mutant_faults(page: str, patches: dict[str, int]) -> list[str]:
    """docs/verification.md against the patches of each checker."""
    told = {CODE.findall(checker)[0]: int(count)
            for checker, _, _, count in rows(page, "| checker | shows | of what | mutants |")}
    return [f"{name}: {told.get(name, 'nothing')} in the page, {patches.get(name, 'no')} patches"
            for name in sorted(told.keys() | patches.keys()) if told.get(name) != patches.get(name)]


def exit_faults(page: str, known: list[exits.Exit]) -> list[str]:
    """docs/quick-start.md against the exit codes of plumb."""
    told = {(int(code), re.sub(r"[^\w\s]", "", meaning))
            for code, meaning in rows(page, "| exit code | meaning |")}
    has = {(each.code, re.sub(r"[^\w\s]", "", each.meaning)) for each in known}
    return [f"{code}: '{meaning}' is only in {'the page' if (code, meaning) in told else 'exits.py'}"
            for code, meaning in sorted(told ^ has)]


def findings(root: Path) -> list[tuple[str, list[str]]]:
    """The names of the comparisons, each with the faults found."""
    porting, abi, verification = "docs/porting.md", "docs/control-abi.md", "docs/verification.md"
    start = "docs/quick-start.md"
    patches = {folder.name: len(list(folder.glob("*.patch")))
               for folder in (root / "test/verify/mutants").iterdir()}
    try:
        known = calls((root / "hyp/core/hypercall.c").read_text(), (root / "abi/plumbline.h").read_text())
        return [(f"{porting}: kinds of UART", uart_faults((root / porting).read_text(), uarts.rows())),
                (f"{start}: exit codes", exit_faults((root / start).read_text(), exits.EXITS)),
                (f"{abi}: calls", call_faults((root / abi).read_text(), known)),
                (f"{verification}: mutants",
                 mutant_faults((root / verification).read_text(), patches))]
    except PlumbError as error:
        return [("tables of the sources", [str(error)])]
