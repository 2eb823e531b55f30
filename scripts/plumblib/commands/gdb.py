# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb`: a system under the debugger."""

import argparse
from pathlib import Path

from .. import gdb
from ..options import board_options, dry_run, packed_system, run_options, subcommand, with_image


def add(commands) -> None:
    sub = subcommand(
        commands, "gdb", "hold QEMU at its first instruction, with gdb on it",
        "examples:\n  plumb gdb guest/demo.dts\n"
        "  plumb gdb guest/demo.dts --guest build/guest/control.elf\n"
        "  plumb gdb guest/demo.dts --batch --ex 'hbreak main_start' --ex continue --ex bt\n\n"
        "Use hbreak. Guests share virtual addresses: a breakpoint in one stops whichever\n"
        "comes by. The monitor's symbols hold from main_start on; before, it runs elsewhere.\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("--guest", type=Path, metavar="ELF", help="a guest's symbols, too")
    sub.add_argument("--ex", action="append", default=[], metavar="CMD", help="a gdb command")
    sub.add_argument("--batch", action="store_true", help="end after the commands")
    sub.add_argument("--timeout", type=float, metavar="S", help="seconds (default none)")
    board_options(sub)
    sub.set_defaults(do=_gdb)


def _gdb(args: argparse.Namespace) -> int:
    packed = packed_system(args)
    run = run_options(args, packed)
    if args.dry_run:
        return with_image(packed, lambda image: dry_run(image, run))
    return with_image(packed,
                       lambda image: gdb.debug(image, run, args.guest, args.ex, args.batch))
