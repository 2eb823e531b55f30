# SPDX-License-Identifier: BSD-2-Clause
"""Options of several commands, and the system that results from them."""

import argparse
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import (boards, common, debian, disk, exits, fdt, onboard, pack, qemu, room, scratch,
               single)
from .common import ROOT, PlumbError, parse_size, relative

EXIT_CODES = exits.text()
KEYS = """\
keys, when standard input is a terminal:
  Ctrl-A x          end QEMU          Ctrl-A Ctrl-A   send a Ctrl-A
  Ctrl-] 0..9 or n  move the input to another partition   Ctrl-] ?  list them
  Ctrl-] s          print the state of each partition and vCPU
"""


class Parser(argparse.ArgumentParser):
    """Wrong usage: exit code 5, and the message names the help command."""

    def error(self, message: str):
        wrong = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        if wrong:  # Python 3.11 quotes the choices, 3.13 does not
            message += common.did_you_mean(wrong[1], re.split("[', ]+", wrong[2].strip("'")))
        self.exit(common.EXIT_USAGE, f"plumb: {message} ({self.prog} --help)\n")

    def parse_known_args(self, args=None, namespace=None):
        """The command that does not know an option tells it, with the options that it has."""
        namespace, extra = super().parse_known_args(args, namespace)
        options = [word for word in extra if word.startswith("-")]
        if options:
            name = options[0].partition("=")[0]
            self.error(f"no option {name}" + common.did_you_mean(name, self._option_string_actions))
        if extra:
            self.error(f"one argument too many: {extra[0]}")
        return namespace, extra


def seconds(text: str) -> float:
    """--timeout."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds (0: no limit)")
    return value


def board_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the board")
    group.add_argument("--board", default="virt", metavar="NAME",
                       help=f"QEMU board: {', '.join(boards.BOARDS)} (default virt)")
    group.add_argument("--smp", type=int, metavar="N",
                       help="CPUs (default: 2, or all that the board must have)")
    group.add_argument("--memory", metavar="SIZE", help="RAM (default 512M, or more if needed)")
    group.add_argument("--icount", action="store_true",
                       help="count instructions: slower, and the same every time")
    group.add_argument("--qemu", action="append", default=[], metavar="ARG",
                       help="one more argument for QEMU (repeat it; --qemu=-d --qemu=int)")
    group.add_argument("--unchecked", action="store_true",
                       help="do not check the system against the board; the monitor does at boot")
    group.add_argument("--no-make", action="store_true", help="take build/ as it is")
    group.add_argument("--dry-run", action="store_true",
                       help="check and pack, keep the image in build/run, and print QEMU's command "
                            "line; start nothing")


def subcommand(commands, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=summary[0].upper() + summary[1:] + ".", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter)


def board_tree(args: argparse.Namespace) -> bytes | None:
    """The board's device tree, if it is known here; otherwise the boot loader passes it."""
    given = getattr(args, "board_dtb", None)
    if given:
        data = given.read_bytes()
        try:
            fdt.parse(data)
        except PlumbError as error:
            raise PlumbError(f"{relative(given)}: {error}") from error
        return data
    board = boards.find(args.board) if hasattr(args, "board") else None
    target = args.target if hasattr(args, "target") else board and board.disk and board.disk[0]
    name = disk.TARGETS[target].dtb if target else board.dtb if board else ""
    return debian.boards()[name].read_bytes() if name else None


# Options of one guest without a manifest, and their defaults.
SINGLE = {"initrd": None, "dtb": None, "append": "", "vcpus": 1, "guest_memory": "128M",
          "pmu": False, "raw": False}


def _nothing_of_a_single_guest(args: argparse.Namespace) -> None:
    """A manifest has its own, which an option does not change."""
    for name, default in SINGLE.items():
        if getattr(args, name, default) != default:
            raise PlumbError(f"--{name.replace('_', '-')}: goes with --kernel or --bios; "
                             f"{args.system} has a property for it (docs/manifest.md)")


def packed_system(args: argparse.Namespace) -> pack.Packed:
    kernel, bios = getattr(args, "kernel", None), getattr(args, "bios", None)
    if [args.system, kernel, bios].count(None) != 2:
        raise PlumbError("give one of SYSTEM.dts, --kernel FILE, --bios FILE (plumb run --help)")
    if args.system:
        _nothing_of_a_single_guest(args)
        args.system = pack.find(args.system)
    if not args.no_make:
        pack.build(args.system)
    if args.system:
        return pack.pack_file(args.system, board_tree(args))
    memory = parse_size(args.guest_memory, "--guest-memory ")
    one = single.Single(kernel, args.initrd, args.dtb, args.append, args.vcpus, memory,
                        smp_of(args), args.raw, bios, args.pmu,
                        not qemu.freezes_on_offset(qemu.version()))
    return pack.pack_source(single.manifest_dts(one).encode(), [ROOT], "the --kernel system",
                            board_tree(args))


def smp_of(args: argparse.Namespace) -> int:
    return boards.checked_smp(args.board, boards.find(args.board).smp if args.smp is None
                              else args.smp)


def memory_of(args: argparse.Namespace, packed: pack.Packed) -> str:
    """The requested size, or 512M, or as much as all partitions need."""
    fixed = args.memory or boards.find(args.board).memory
    if fixed:
        parse_size(fixed, "--memory ")
        return fixed
    size = room.board_memory(boards.find(args.board), len(packed.data),
                             room.partitions_of(packed.partitions, packed.shared))
    return f"{size >> 20}M"


def run_options(args: argparse.Namespace, packed: pack.Packed) -> qemu.Run:
    """The run on the requested board, against which the system is checked."""
    run = qemu.Run(board=args.board, smp=smp_of(args), memory=memory_of(args, packed),
                    icount=args.icount, timeout=args.timeout, extra=args.qemu,
                    raw=packed.raw, partitions=[p["name"] for p in packed.partitions],
                    consoles=[p["name"] for p in packed.partitions
                              if pack.truth(p.get("console"))])
    if not args.unchecked:
        onboard.check(run, packed)
    return run


def with_image(packed: pack.Packed, use: Callable[[str], int]) -> int:
    """Writes a separate file for each run: there may be several at once."""
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        image = Path(folder) / "system.img"
        common.write_file(image, packed.data)
        return use(str(image))


def system_name(args: argparse.Namespace) -> str:
    """The name of this system in file names."""
    path = args.system or args.kernel or args.bios
    return path.stem


def dry_run(args: argparse.Namespace, packed: pack.Packed, run: qemu.Run) -> int:
    """Keeps the image, so that the command can be run."""
    image = scratch.place() / f"dry-run-{system_name(args)}-{run.board}.img"
    common.write_file(image, packed.data)
    print(qemu.shell_line(str(image), run))
    common.say(f"plumb: image kept: {relative(image)}")
    return common.EXIT_OK
