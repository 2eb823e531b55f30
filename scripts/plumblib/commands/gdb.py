# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb`: a system under the debugger."""

import argparse
from pathlib import Path

from .. import gdb, gdbconsole, symbols
from ..common import PlumbError
from ..options import board_options, dry_run, packed_system, run_options, subcommand, with_image

EXAMPLES = """\
examples:
  plumb gdb guest/demo.dts
  plumb gdb guest/demo.dts --console here
  plumb gdb guest/demo.dts --batch --ex 'hbreak main_start' --ex continue --ex bt
  plumb gdb guest/demo.dts --batch --ex 'partition gicguest' \\
            --ex 'hbreak irq_dispatch' --ex continue --ex bt --ex 'info lines'

gdb's commands beside its own, each with 'help COMMAND':
  info partitions, info vcpus [PARTITION], info lines [PARTITION]
  partition [NAME|HANDLE|monitor]   whose symbols and memory
  hyp EXPR                          print from the monitor's memory, while a guest runs, too
  console TEXT                      type at the board's console

The monitor's symbols hold from main_start on; before, it runs elsewhere.
"""


def add(commands) -> None:
    sub = subcommand(commands, "gdb", "hold QEMU at its first instruction, with gdb on it",
                     EXAMPLES)
    sub.add_argument("system", type=Path, nargs="?", metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("--guest", action="append", default=[], metavar="[NAME=]ELF",
                     help="symbols of partition NAME; X.elf beside the kernel X.bin is found "
                          "without it")
    sub.add_argument("--console", default="", metavar="pty|here|tmux|FILE",
                     help="a terminal of its own whose name is printed (the default on a "
                          "terminal), lines among gdb's, a pane of tmux, or a file alone "
                          "(default build/gdb-console.log, which the others write, too)")
    sub.add_argument("--attach", metavar="PTY",
                     help="be the console of a plumb gdb that runs with --console pty")
    sub.add_argument("--ex", action="append", default=[], metavar="CMD", help="a gdb command")
    sub.add_argument("--batch", action="store_true", help="end after the commands")
    sub.add_argument("--timeout", type=float, metavar="S", help="seconds (default none)")
    board_options(sub)
    sub.set_defaults(do=_gdb)


def _wanted(args: argparse.Namespace, packed: bytes) -> gdb.Debug:
    images = symbols.kernels(packed)
    guests: dict[str, Path | None] = dict.fromkeys(images)
    guests.update(symbols.find(args.system, images))
    given = symbols.given(args.guest, images)
    guests.update(given)
    known = given or guests
    selected = next(iter(known)) if len(known) == 1 else ""
    return gdb.Debug(guests, selected, args.ex, args.batch, args.console)


def _gdb(args: argparse.Namespace) -> int:
    if args.attach:
        return gdbconsole.attach(args.attach)
    if args.system is None:
        raise PlumbError("give SYSTEM.dts (plumb gdb --help)")
    packed = packed_system(args)
    run = run_options(args, packed)
    if args.dry_run:
        return with_image(packed, lambda image: dry_run(image, run))
    wanted = _wanted(args, packed.data)
    return with_image(packed, lambda image: gdb.debug(image, run, wanted))
