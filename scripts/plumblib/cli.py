# SPDX-License-Identifier: BSD-2-Clause
"""The command line of scripts/plumb."""

import argparse
import os
import shlex
import signal
import sys
import tempfile
from pathlib import Path

from . import boards, boardtree, common, debian, disk, fdt, gdb, pack, qemu, room, single
from .common import BUILD, ROOT, PlumbError, parse_size, relative

SHELL_SYSTEM = ROOT / "guest" / "shell.dts"
DEFAULT_TIMEOUT = 60.0
EXIT_CODES = """\
exit codes:
  0  every partition powered off
  1  a partition crashed or exited with a failure
  2  the monitor panicked
  3  the time limit was reached
  4  the monitor refused to start (board or manifest)
  5  wrong usage, a missing tool, or a manifest that does not pass the check
  6  QEMU ended without the monitor's end line
"""
KEYS = """\
keys, when standard input is a terminal:
  Ctrl-A x          end QEMU          Ctrl-A Ctrl-A   send a Ctrl-A
  Ctrl-] 0..9 or n  move the input to another partition   Ctrl-] ?  list them
  Ctrl-] s          tell how each partition and vCPU stands
"""


class Parser(argparse.ArgumentParser):
    """Wrong usage is exit code 5, and the message says where help is."""

    def error(self, message: str):
        self.exit(common.EXIT_USAGE, f"plumb: {message} ({self.prog} --help)\n")


def _send(text: str) -> tuple[bytes, bytes]:
    pattern, arrow, keys = text.partition("=>")
    if not arrow or not pattern:
        raise argparse.ArgumentTypeError("write PATTERN=>TEXT")
    return pattern.encode(), keys.encode().decode("unicode_escape").encode("latin-1")


def _board_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the board")
    group.add_argument("--board", default="virt", metavar="NAME",
                       help=f"QEMU board: {', '.join(boards.BOARDS)} (default virt)")
    group.add_argument("--smp", type=int, metavar="N",
                       help="CPUs (default: 2, or all that the board must have)")
    group.add_argument("--memory", metavar="SIZE", help="RAM (default 512M, more if needed)")
    group.add_argument("--icount", action="store_true",
                       help="count instructions: slower, and the same every time")
    group.add_argument("--qemu", action="append", default=[], metavar="ARG",
                       help="one more argument for QEMU (repeat it; --qemu=-d --qemu=int)")
    group.add_argument("--no-make", action="store_true", help="take build/ as it is")
    group.add_argument("--dry-run", action="store_true",
                       help="check and pack, print QEMU's command line, start nothing")


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=float, metavar="S",
                        help="seconds (default: none on a terminal, else 60)")
    parser.add_argument("--trace", action="store_true",
                        help="count GIC accesses by register into a table at the end")
    parser.add_argument("--send", type=_send, action="append", default=[], metavar="'PATTERN=>TEXT'",
                        help="type TEXT (\\r, \\x1d ...) when PATTERN has appeared; repeat it")
    _board_options(parser)


def _subcommand(commands, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=summary[0].upper() + summary[1:] + ".", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter)


def _disk_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    sub.add_argument("--target", choices=disk.TARGETS, default="qemu", help="default qemu")
    sub.add_argument("--format", choices=disk.FORMATS, default="zimage",
                     help="zimage: bootz; uimage: bootm, with a CRC; fit: bootm, with a SHA-256 "
                          "(default zimage)")
    sub.add_argument("--board-dtb", type=Path, metavar="FILE",
                     help="device tree of the board (default: the target's, or U-Boot's own)")
    sub.add_argument("--bl1", type=Path, metavar="FILE",
                     help="arndale: Samsung's signed first stage, for sector 1")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="plumb", description="Packs and runs Plumbline systems.",
        epilog="'plumb COMMAND --help' has examples.\n\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                     parser_class=Parser)

    sub = _subcommand(commands, "pack", "join monitor and manifest into one file to boot or flash",
                      "example:\n  plumb pack guest/demo.dts -o build/demo.img\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    sub.add_argument("--board-dtb", type=Path, metavar="FILE",
                     help="the board's device tree, for a boot loader that passes none")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")

    _disk_options(_subcommand(
        commands, "disk", "make a disk or SD card that U-Boot boots by itself",
        "examples:\n  plumb disk guest/demo.dts -o build/demo-disk.img\n"
        "  plumb disk guest/demo.dts -o build/card.img --target arndale --bl1 arndale-bl1.bin\n"
        "  plumb disk guest/demo.dts -o build/card.img --target orangepi-pc --format fit\n\n"
        "targets:\n" + "".join(f"  {name:<12} {target.text}\n"
                               for name, target in disk.TARGETS.items())
        + "\nA partition with the packed system and a boot script; the boards' own U-Boot in front\n"
        "of it, from Debian's packages. It says what stands where, and how a card is written.\n"))

    sub = _subcommand(
        commands, "run", "boot a system, or one kernel, in QEMU with the console here",
        "examples:\n  plumb run guest/demo.dts\n"
        "  plumb run guest/demo.dts --icount --trace\n"
        "  plumb run --kernel zImage --initrd initramfs.gz --append console=ttyAMA0 --vcpus 2\n\n"
        + KEYS + "\n" + EXIT_CODES)
    sub.add_argument("system", type=Path, nargs="?", metavar="SYSTEM.dts", help="system manifest")
    group = sub.add_argument_group("one guest without a manifest")
    group.add_argument("--kernel", type=Path, metavar="FILE", help="zImage, raw image or ELF")
    group.add_argument("--bios", type=Path, metavar="FILE",
                       help="firmware linked at 0, instead of a kernel")
    group.add_argument("--initrd", type=Path, metavar="FILE")
    group.add_argument("--dtb", type=Path, metavar="FILE", help="instead of a generated one")
    group.add_argument("--append", default="", metavar="S", help="bootargs")
    group.add_argument("--vcpus", type=int, default=1, metavar="N", help="default 1")
    group.add_argument("--guest-memory", default="128M", metavar="SIZE", help="default 128M")
    group.add_argument("--pmu", action="store_true",
                       help="performance monitors: cycle and event counters of its own")
    group.add_argument("--raw", action="store_true",
                       help="print what the guest prints, and nothing else")
    _run_options(sub)

    sub = _subcommand(
        commands, "board", "tell what the monitor finds in a board's device tree",
        "examples:\n  plumb board exynos5250-arndale.dtb\n"
        "  plumb board sun8i-h3-orangepi-pc.dtb --memory 1G@0x40000000 --psci 0.1\n\n"
        "The monitor's own code reads it. 'scripts/linux boards' names trees to try.\n"
        "Exit code 0: the monitor can run there; 4: it refuses, and says why.\n")
    sub.add_argument("tree", type=Path, metavar="BOARD.dtb", help="device tree blob")
    sub.add_argument("--memory", metavar="SIZE@BASE",
                     help="with this memory, as boot loaders write it into trees that have none")
    sub.add_argument("--psci", choices=boardtree.PSCI, help="with the PSCI that the boot loader offers")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")

    sub = _subcommand(
        commands, "console", "boot the demo system and stay at control's prompt",
        "example:\n  plumb console\n  then, at the prompt:  help\n\n" + KEYS + "\n" + EXIT_CODES)
    sub.add_argument("system", type=Path, nargs="?", default=SHELL_SYSTEM, metavar="SYSTEM.dts",
                     help=f"default {relative(SHELL_SYSTEM)}")
    _run_options(sub)

    sub = _subcommand(
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
    _board_options(sub)
    return parser


def _board_tree(args: argparse.Namespace) -> bytes | None:
    """The board's device tree, where it is known here; else the boot loader has it."""
    given = getattr(args, "board_dtb", None)
    if given:
        data = given.read_bytes()
        try:
            fdt.parse(data)
        except PlumbError as error:
            raise PlumbError(f"{relative(given)}: not a device tree blob: {error}") from error
        return data
    board = boards.find(args.board) if hasattr(args, "board") else None
    target = args.target if hasattr(args, "target") else board and board.disk and board.disk[0]
    name = disk.TARGETS[target].dtb if target else board.dtb if board else ""
    return debian.boards()[name].read_bytes() if name else None


def _packed(args: argparse.Namespace) -> pack.Packed:
    kernel, bios = getattr(args, "kernel", None), getattr(args, "bios", None)
    if [args.system, kernel, bios].count(None) != 2:
        raise PlumbError("give one of SYSTEM.dts, --kernel FILE, --bios FILE (plumb run --help)")
    if not args.no_make:
        pack.build(args.system)
    if args.system:
        return pack.pack_file(args.system, _board_tree(args))
    one = single.Single(kernel, args.initrd, args.dtb, args.append, args.vcpus,
                        parse_size(args.guest_memory), _smp(args), args.raw, bios, args.pmu,
                        not qemu.freezes_on_offset(qemu.version()))
    return pack.pack_source(single.manifest_dts(one).encode(), [ROOT], "the --kernel system",
                            _board_tree(args))


def _smp(args: argparse.Namespace) -> int:
    return args.smp if args.smp is not None else boards.find(args.board).smp


def _memory(args: argparse.Namespace, packed: pack.Packed) -> str:
    """What was asked for, or 512M, or as much as it takes to place all partitions."""
    fixed = args.memory or boards.find(args.board).memory
    if fixed:
        return fixed
    partitions = [room.Partition(pack.number(p.get("memory")), pack.number(p.get("memory-at")),
                                 tuple(int(n) for n in p.get("regions", "").split(",") if n))
                  for p in packed.partitions]
    size = room.board_memory(boards.find(args.board), len(packed.data), partitions)
    return f"{size >> 20}M"


def _options(args: argparse.Namespace, packed: pack.Packed) -> qemu.Run:
    return qemu.Run(board=args.board, smp=_smp(args), memory=_memory(args, packed),
                    icount=args.icount, timeout=args.timeout, extra=args.qemu,
                    raw=getattr(args, "raw", False),
                    consoles=[p["name"] for p in packed.partitions
                              if pack.truth(p.get("console"))])


def _do_pack(args: argparse.Namespace) -> int:
    args.kernel = None
    packed = _packed(args)
    data = packed.data
    if args.board_dtb:
        data = pack.append_tree(data, args.board_dtb.read_bytes(), relative(args.board_dtb))
    args.output.write_bytes(data)
    names = ", ".join(p["name"] for p in packed.partitions)
    print(f"{relative(args.output)}: {len(data)} bytes; partitions: {names}")
    return common.EXIT_OK


def _do_disk(args: argparse.Namespace) -> int:
    packed = _packed(args)
    dtb = args.board_dtb.read_bytes() if args.board_dtb else None
    target = disk.TARGETS[args.target]
    args.output.parent.mkdir(parents=True, exist_ok=True)
    parts = disk.make(packed.data, target, args.format, dtb, args.output, args.bl1,
                      str(args.board_dtb))
    print(disk.describe(args.output, parts, target))
    return common.EXIT_OK


def _with_image(packed: pack.Packed, use) -> int:
    """A file of its own for each run: runs may go side by side."""
    folder = BUILD / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".img") as image:
        image.write(packed.data)
        image.flush()
        return use(image.name)


def _dry_run(image: str, run: qemu.Run) -> int:
    print(shlex.join(qemu.command(image, run)))
    return common.EXIT_OK


def _do_run(args: argparse.Namespace) -> int:
    packed = _packed(args)
    run = _options(args, packed)
    interactive = os.isatty(0) and os.isatty(1)
    if run.timeout is None and not interactive:
        run.timeout = DEFAULT_TIMEOUT
    run.trace, run.sends = args.trace, args.send
    # A script's standard input is not ours to eat, unless the console is what was asked for.
    run.read_stdin = interactive or (args.command == "console" and not os.isatty(0))
    if args.dry_run:
        return _with_image(packed, lambda image: _dry_run(image, run))
    return _with_image(packed, lambda image: qemu.Session(image, run).wait())


def _do_gdb(args: argparse.Namespace) -> int:
    packed = _packed(args)
    run = _options(args, packed)
    if args.dry_run:
        return _with_image(packed, lambda image: _dry_run(image, run))
    return _with_image(packed,
                       lambda image: gdb.debug(image, run, args.guest, args.ex, args.batch))


def _do_board(args: argparse.Namespace) -> int:
    if not args.no_make:
        common.make("host-tools")
    return boardtree.show(args.tree, boardtree.Additions(args.memory, args.psci))


COMMANDS = {"board": _do_board, "pack": _do_pack, "disk": _do_disk, "run": _do_run, "console": _do_run, "gdb": _do_gdb}


def main(argv: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    args = make_parser().parse_args(argv)
    try:
        return COMMANDS[args.command](args)
    except PlumbError as error:
        print(f"plumb: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        print(f"plumb: {error}", file=sys.stderr)
        return common.EXIT_USAGE
    except KeyboardInterrupt:
        print("plumb: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
