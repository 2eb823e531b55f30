# SPDX-License-Identifier: BSD-2-Clause
"""The kinds of UART that the monitor drives, read from hyp/base/uart_kinds.h."""

import re
from dataclasses import dataclass
from pathlib import Path

from .common import ROOT, PlumbError

TABLE = ROOT / "hyp" / "base" / "uart_kinds.h"
ROW = re.compile(r'\bKIND\(BOARD_UART_(\w+), (\w+), "([^"]+)", (?:true|false),((?:\s*\{[^{}]*\},?)+)\)')


@dataclass
class Row:
    name: str  # as in `scripts/probe image --uart`
    driver: str
    title: str
    compatible: list[str]


def rows(table: Path = TABLE) -> list[Row]:
    """In the order of their numbers, from 1. An unreadable row is an error."""
    text = table.read_text().replace("\\\n", "")
    found = [Row(number.lower().replace("_", "-"), driver, title, re.findall(r'\{ "([^"]+)"', match))
             for number, driver, title, match in ROW.findall(text)]
    if not found or len(found) != text.count("KIND(BOARD_UART_"):
        raise PlumbError(f"{table}: a row whose form differs from the others")
    return found
