# SPDX-License-Identifier: BSD-2-Clause
"""A table that a command of scripts/bench measures, prints, and stores if asked to."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import bench_figures, bench_systems
from .bench_operations import guarded


@dataclass(frozen=True)
class Table:
    name: str  # of the command
    about: str | None
    epilog: str
    timeout: float  # seconds for each system, if nothing else is asked for
    part: str  # of the stored figures
    measure: Callable[[float], Any]
    text: Callable[[Any], str]


def _report(table: Table, args: argparse.Namespace) -> int:
    if not args.no_make:
        bench_systems.build()
    measured = table.measure(args.timeout)
    print(table.text(measured))
    if args.store:
        bench_figures.save(table.part, measured)
    return 0


def main(table: Table, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"scripts/bench {table.name}", description=table.about,
                                     epilog=table.epilog,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", action="store_true", help="store the table for this compiler")
    parser.add_argument("--timeout", type=float, default=table.timeout, metavar="S",
                        help=f"for each system (default {table.timeout:g})")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")
    return guarded(lambda args: _report(table, args), parser.parse_args(words))
