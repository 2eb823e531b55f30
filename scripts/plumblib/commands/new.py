# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new`: the start of a guest, or of a system, of the user's own."""

import argparse
import shlex
from pathlib import Path

from .. import common, guestfolder
from ..common import relative
from ..options import Parser, subcommand

GUEST_EXAMPLES = """\
examples:
  plumb new guest blinker
  plumb new guest blinker --freestanding -o ~/work/blinker

NAME becomes a partition's name: 1 to 15 characters of a to z, 0 to 9 and '-'. The folder holds a
Makefile, the guest in C, the system NAME.dts, a test and a README; 'make', 'make run' and 'make
test' work there at once, wherever it lies. The files are the user's, under any licence.
"""


def add(commands) -> None:
    new = subcommand(commands, "new", "make a folder for a guest, or a manifest for a board",
                     "examples:\n  plumb new guest blinker\n"
                     "'plumb new guest --help' says more.\n")
    kinds = new.add_subparsers(dest="kind", required=True, metavar="guest", parser_class=Parser)
    _add_guest(kinds)


def _add_guest(kinds) -> None:
    sub = subcommand(kinds, "guest", "make a folder with a guest that builds and runs",
                     GUEST_EXAMPLES)
    sub.add_argument("name", metavar="NAME", help="of the guest, and of its partition")
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--newlib", dest="template", action="store_const", const="newlib",
                       default="newlib",
                       help="C library, start-up, console, interrupts and hypercalls by "
                            "Plumbline's guest library (default)")
    which.add_argument("--freestanding", dest="template", action="store_const",
                       const="freestanding",
                       help="no library: start-up code of its own, and the numbers of abi/")
    sub.add_argument("-o", "--output", type=Path, metavar="DIR",
                     help="the folder to make (default: NAME, here)")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_guest)


def _guest(args: argparse.Namespace) -> int:
    folder = args.output or Path(args.name)
    guestfolder.check(folder, args.name)
    if not args.no_make:
        guestfolder.build_library()
    files = guestfolder.create(folder, args.template, args.name)
    print(f"{relative(folder)}: {', '.join(files)}\n"
          "Next:\n"
          f"  cd {shlex.quote(relative(folder))}\n"
          "  make run     # builds the guest and boots its system in QEMU\n"
          "  make test    # boots it and checks what it prints\n"
          "The guest is main.c. 'make' takes every *.c and *.S of the folder.")
    return common.EXIT_OK
