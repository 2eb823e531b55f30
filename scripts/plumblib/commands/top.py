# SPDX-License-Identifier: BSD-2-Clause
"""`plumb top`: the tables of control's `top`, in place."""

import argparse
import sys
from pathlib import Path
from typing import TextIO

from .. import common, top
from ..common import PlumbError
from ..options import subcommand

EXAMPLES = """\
examples:
  plumb run guest/shell.dts | plumb top     # then type 'top' at control's prompt
  plumb top console.log                     # the last table of a saved console
  plumb top --all --sort exits console.log

The control partition's prompt prints the tables: 'top [SECONDS [TIMES]]'. On a terminal each table
replaces the one before; elsewhere the last one is printed at the end, or all of them with --all.
Columns: the share of its time that a vCPU ran, and waited for a CPU; per second: its exits, all and
by class, and the interrupts that it was given and has taken.
"""


def add(commands) -> None:
    sub = subcommand(commands, "top", "show what each vCPU does, from the console's output",
                     EXAMPLES)
    sub.add_argument("console", type=Path, nargs="?", metavar="FILE",
                     help="a saved console (default: standard input)")
    sub.add_argument("--sort", choices=top.SORTS, default="cpu%",
                     help="the column to sort by (default cpu%%)")
    sub.add_argument("--all", action="store_true", help="print every table, one below the other")
    sub.set_defaults(do=_top)


def _show(source: TextIO, args: argparse.Namespace) -> bool:
    place = sys.stdout.isatty() and not args.all
    last: list[str] = []
    for table in top.tables(source):
        last = top.text(table, args.sort)
        if place:
            sys.stdout.write(top.in_place(last))
        elif args.all:
            print(*last, "", sep="\n")
        sys.stdout.flush()
    if last and not place and not args.all:
        print(*last, sep="\n")
    return bool(last)


def _top(args: argparse.Namespace) -> int:
    if args.console is None:
        found = _show(sys.stdin, args)
    else:
        with args.console.open(errors="replace") as file:
            found = _show(file, args)
    if not found:
        where = args.console or "standard input"
        raise PlumbError(f"{where}: no table of 'top': type 'top' at the control partition's "
                         "prompt (plumb top --help)")
    return common.EXIT_OK
