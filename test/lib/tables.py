# SPDX-License-Identifier: BSD-2-Clause
"""Tables of the docs that repeat rows of the sources: both have to say the same."""

import re

from plumblib import uarts

CODE = re.compile(r"`([^`]+)`")
SHAPE = {"reg-shift", "reg-io-width", "reg-offset"}  # properties, among compatible strings


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the rows of a page's table, found by the line that heads it."""
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
