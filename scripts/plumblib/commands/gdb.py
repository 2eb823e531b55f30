# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb`: a system under the debugger."""

import argparse
from pathlib import Path

from .. import gdb, gdbconsole, symbols
from ..common import PlumbError
from ..options import (board_options, dry_run, packed_system, run_options, seconds, subcommand,
                       with_image)

EXAMPLES = """\
examples:
  plumb gdb guest/demo.dts
  plumb gdb guest/demo.dts --console here
  plumb gdb guest/demo.dts --batch --ex 'hbreak main_start' --ex continue --ex bt
  plumb gdb guest/demo.dts --batch --ex 'partition gicguest' \\
            --ex 'hbreak irq_dispatch' --ex continue --ex bt --ex 'info lines'

more gdb commands ('help COMMAND' gives details):
  info partitions, info vcpus [NAME], info lines [NAME]
  partition [NAME|HANDLE|monitor]   select the symbols and the memory that gdb uses
  hyp EXPRESSION                    print from the monitor's memory, in a guest, too
  console TEXT                      send TEXT to the board's console

The monitor's symbols are valid from main_start on. Before, it runs at its load address.
"""


def add(commands) -> None:
    sub = subcommand(commands, "gdb", "hold QEMU at its first instruction, with gdb on it",
                     EXAMPLES)
    sub.add_argument("system", type=Path, nargs="?", metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("--guest", action="append", default=[], metavar="[NAME=]ELF",
                     help="symbols of partition NAME (default: X.elf beside its kernel X.bin, "
                          "if there is one)")
    sub.add_argument("--console", default="", metavar="pty|here|tmux|FILE",
                     help="where the board's console goes: to a pty whose name is printed (default "
                          "on a terminal), to gdb's output, a tmux pane, or only to FILE "
                          "(default build/gdb-console.log; the others write it, too)")
    sub.add_argument("--attach", metavar="PTY",
                     help="connect this terminal to the console of a running plumb gdb")
    sub.add_argument("--ex", action="append", default=[], metavar="CMD", help="a gdb command")
    sub.add_argument("--batch", action="store_true", help="end after the commands")
    sub.add_argument("--timeout", type=seconds, metavar="S",
                     help="seconds, 0: no limit (default none)")
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
        run.extra = [*run.extra, "-S", "-gdb", "tcp:127.0.0.1:1234"]  # for a gdb of the user's
        return dry_run(args, packed, run)
    wanted = _wanted(args, packed.data)
    return with_image(packed, lambda image: gdb.debug(image, run, wanted))
