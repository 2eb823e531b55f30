# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new`: a first version of the user's own guest or system."""

import argparse
import shlex
import sys
from pathlib import Path

from .. import boards, boardtree, common, guestfolder, newsystem, pack, qemutree, source
from ..common import ROOT, PlumbError, relative
from ..judge import Judged
from ..options import Parser, subcommand

GUEST_EXAMPLES = """\
examples:
  plumb new guest blinker
  plumb new guest blinker --freestanding -o ~/work/blinker

NAME becomes a partition's name: 1 to 15 characters of a to z, 0 to 9 and '-'. The folder holds a
Makefile, the guest in C, the system NAME.dts, a test and a README; 'make', 'make run' and 'make
test' work there at once, wherever the folder is. The files are the user's, under any licence.
"""


def add(commands) -> None:
    new = subcommand(commands, "new", "make a folder for a guest, or a manifest for a board",
                     "examples:\n  plumb new guest blinker\n"
                     "  plumb new system --board orangepi-pc -o mine.dts\n\n"
                     "'plumb new guest --help' and 'plumb new system --help' give details.\n")
    kinds = new.add_subparsers(dest="kind", required=True, metavar="guest|system",
                               parser_class=Parser)
    _add_guest(kinds)
    _add_system(kinds)


def _add_guest(kinds) -> None:
    sub = subcommand(kinds, "guest", "make a folder with a guest that builds and runs",
                     GUEST_EXAMPLES)
    sub.add_argument("name", metavar="NAME", help="name of the guest and of its partition")
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--newlib", dest="template", action="store_const", const="newlib",
                       default="newlib",
                       help="C library, start-up, console, interrupts and hypercalls by "
                            "Plumbline's guest library (default)")
    which.add_argument("--freestanding", dest="template", action="store_const",
                       const="freestanding",
                       help="no library: own start-up code, and the constants of abi/")
    sub.add_argument("-o", "--output", type=Path, metavar="DIR",
                     help="the folder to make (default: NAME, here)")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_guest)


HINT = """
  ('plumb board' shows what the monitor reads; --memory and --psci do a boot loader's additions)"""
SYSTEM_EXAMPLES = """\
examples:
  plumb new system --board orangepi-pc -o mine.dts
  plumb new system --board-dtb exynos5250-arndale.dtb -o arndale.dts
  plumb new system --board-dtb my.dtb --memory 1G@0x40000000 --psci 0.1 --kernel zImage -o my.dts

The manifest has one partition, which runs the hello guest or the given kernel, and the board's
devices as candidates, commented out, with remarks on each. It has passed the check against that
board.
"""


def _add_system(kinds) -> None:
    sub = subcommand(kinds, "system", "write a system's manifest from a board's device tree",
                     SYSTEM_EXAMPLES)
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--board", default="virt", metavar="NAME",
                       help=f"QEMU board: {', '.join(boards.BOARDS)} (default virt)")
    which.add_argument("--board-dtb", type=Path, metavar="FILE",
                       help="device tree blob of another board")
    sub.add_argument("--memory", metavar="SIZE@BASE",
                     help="--board-dtb: with this memory, as boot loaders add it to trees that "
                          "have none")
    sub.add_argument("--psci", choices=boardtree.PSCI,
                     help="--board-dtb: with the PSCI that the boot loader offers")
    sub.add_argument("--kernel", type=Path, metavar="FILE",
                     help="zImage or raw image that the partition runs (default: the hello guest)")
    sub.add_argument("-o", "--output", type=Path, metavar="FILE",
                     help="the manifest (default: standard output)")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_system)


def _tree(args: argparse.Namespace) -> bytes:
    additions = boardtree.Additions(args.memory, args.psci)
    if args.board_dtb:
        data = boardtree.read_file(args.board_dtb)
        return data if additions == boardtree.Additions() else boardtree.completed(args.board_dtb,
                                                                                   additions)
    if additions != boardtree.Additions():
        raise PlumbError("--memory and --psci go with --board-dtb: QEMU's boards have theirs")
    return qemutree.of_board(boards.find(args.board))


def _incbin_name(path: Path, output: Path | None) -> str:
    """A file's name in the manifest: relative to its folder if the file is below that."""
    if output and output.resolve().parent in path.resolve().parents:
        return str(path.resolve().relative_to(output.resolve().parent))
    return str(path.resolve())


def _system(args: argparse.Namespace) -> int:
    out = args.output
    if out and (out.exists() or out.is_symlink()):
        raise PlumbError(f"{relative(out)} exists and is not overwritten: name another file "
                         "with -o")
    if not args.no_make:
        common.make("monitor", "host-tools", *([] if args.kernel else [newsystem.HELLO]))
    program = (newsystem.given_kernel(args.kernel, _incbin_name(args.kernel, out)) if args.kernel
               else newsystem.hello())
    tree = _tree(args)
    origin = (f"plumb new system --board-dtb {args.board_dtb.name}" if args.board_dtb
              else f"plumb new system --board {args.board}")
    said = boardtree.devices(tree, str(args.board_dtb or args.board), HINT if args.board_dtb else "")
    manifest = newsystem.text(newsystem.read(said, tree), program, origin)
    _check(manifest, out.resolve().parent if out else Path.cwd(), tree)
    if out is None:
        print(manifest, end="")
    else:
        common.write_file(out, manifest.encode())
    run = (f"plumb run {shlex.quote(relative(out)) if out else 'FILE.dts'} --board {args.board}"
           if not args.board_dtb else f"plumb pack {shlex.quote(relative(out)) if out else 'FILE.dts'}"
           " -o system.img    # to boot on the board: docs/porting.md")
    print(f"{relative(out) if out else 'The manifest'}: partition {program.name}, checked against "
          f"the board\nNext:\n  {run}", file=sys.stderr)
    return common.EXIT_OK


def _check(manifest: str, folder: Path, board: bytes) -> None:
    """Runs the monitor's own check, as the board will."""
    what = "the manifest"
    pack.complete(source.compile_source(manifest.encode(), [ROOT, folder], what), Judged(what),
                  board=board)


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
          "The guest is main.c. 'make' builds every *.c and *.S of the folder.")
    return common.EXIT_OK
