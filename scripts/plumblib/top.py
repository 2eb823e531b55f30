# SPDX-License-Identifier: BSD-2-Clause
"""The tables that `top` prints at control's prompt (guest/control/top.c), found in a console's
output and shown in place."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# A line may have the name of its partition in front, a prompt, and an escape sequence or two.
PREFIX = r"^(?:\S+> )?(?:\[(?P<by>[^\]\s]+)\] )?(?:\S+> )?top "
HEAD = re.compile(PREFIX + r"(?P<number>\d+), (?P<seconds>\d+) s$")
ROW = re.compile(PREFIX + r"(?P<name>\S+) +(?P<vcpu>\d+) (?P<state>[a-z]+) +(?P<values>[\d. ]+)$")
END = re.compile(PREFIX + r"end$")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLUMNS = ["cpu%", "wait%", "exits", "hvc", "mmio", "cp15", "wfi", "irq", "abort", "other",
           "injected", "taken"]
SORTS = ["name", *COLUMNS]
HOME, CLEAR_BELOW, CLEAR_RIGHT = "\x1b[H", "\x1b[J", "\x1b[K"


@dataclass
class Row:
    name: str
    vcpu: int
    state: str
    values: dict[str, float]


@dataclass
class Table:
    by: str  # the partition that printed it; "": unknown
    number: int
    seconds: int
    rows: list[Row] = field(default_factory=list)


def _row(match: re.Match) -> Row | None:
    numbers = match["values"].split()
    if len(numbers) != len(COLUMNS):
        return None
    try:
        values = dict(zip(COLUMNS, map(float, numbers)))
    except ValueError:
        return None
    return Row(match["name"], int(match["vcpu"]), match["state"], values)


def tables(lines: Iterable[str]) -> Iterator[Table]:
    """Each complete table. A line that another partition's has broken is left out."""
    table: Table | None = None
    for line in lines:
        text = ESCAPE.sub("", line).rstrip("\r\n ")
        if head := HEAD.match(text):
            table = Table(head["by"] or "", int(head["number"]), int(head["seconds"]))
        elif table is None:
            continue
        elif (row := ROW.match(text)) and (row["by"] or "") == table.by:
            if values := _row(row):
                table.rows.append(values)
        elif (end := END.match(text)) and (end["by"] or "") == table.by:
            yield table
            table = None


def _sorted(rows: list[Row], by: str) -> list[Row]:
    if by == "name":
        return sorted(rows, key=lambda row: (row.name, row.vcpu))
    return sorted(rows, key=lambda row: (-row.values[by], row.name, row.vcpu))


def _value(column: str, value: float) -> str:
    return f"{value:.1f}" if column.endswith("%") else f"{value:.0f}"


def text(table: Table, sort: str = "cpu%") -> list[str]:
    """The lines to show. Counts are per second."""
    cells = [["partition", "vCPU", "state", *COLUMNS]]
    for row in _sorted(table.rows, sort):
        cells.append([row.name, str(row.vcpu), row.state,
                      *(_value(column, row.values[column]) for column in COLUMNS)])
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    left = {0, 2}
    lines = ["  ".join(cell.ljust(width) if n in left else cell.rjust(width)
                       for n, (cell, width) in enumerate(zip(line, widths))).rstrip()
             for line in cells]
    plural = "" if table.seconds == 1 else "s"
    return [f"table {table.number}, per second over {table.seconds} second{plural}", *lines]


def in_place(lines: list[str]) -> str:
    """On a terminal: over the table before."""
    return HOME + "".join(f"{line}{CLEAR_RIGHT}\n" for line in lines) + CLEAR_BELOW
