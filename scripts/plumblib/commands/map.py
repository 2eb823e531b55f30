# SPDX-License-Identifier: BSD-2-Clause
"""`plumb map`: a system's parts, as a table and as a picture."""

import argparse
import sys
from pathlib import Path

from .. import boards, boardtree, common, fdt, mapsvg, options, pack, qemutree, room, systemmap
from ..common import PlumbError, relative
from ..options import subcommand


def add(commands) -> None:
    sub = subcommand(
        commands, "map", "show which partition has which memory, devices, interrupts and CPUs",
        "examples:\n  plumb map guest/demo.dts\n"
        "  plumb map guest/demo.dts --board virt --svg demo.svg\n"
        "  plumb map mine.dts --board-dtb exynos5250-arndale.dtb\n\n"
        "With one of QEMU's boards it also shows where the monitor will put each partition's\n"
        "memory there; elsewhere that depends on where the boot loader puts the image.\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("--svg", type=Path, metavar="FILE", help="also draw it into this file")
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--board", metavar="NAME", help=f"QEMU board: {', '.join(boards.BOARDS)}")
    which.add_argument("--board-dtb", type=Path, metavar="FILE",
                       help="device tree blob of another board")
    sub.add_argument("--smp", type=int, metavar="N", help="--board: CPUs (default as plumb run)")
    sub.add_argument("--memory", metavar="SIZE", help="--board: RAM (default as plumb run)")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_map, kernel=None)


def _board_tree(args: argparse.Namespace, packed: pack.Packed) -> tuple[bytes, str] | None:
    """The board's tree, and the name of the board in the map."""
    if args.board_dtb:
        return boardtree.read_file(args.board_dtb), args.board_dtb.name
    if not args.board:
        if args.smp is not None or args.memory:
            raise PlumbError("--smp and --memory go with --board")
        return None
    memory = options.memory_of(args, packed)
    return qemutree.of_board(boards.find(args.board), options.smp_of(args), memory), args.board


def _system(args: argparse.Namespace, packed: pack.Packed) -> tuple[systemmap.System, str]:
    """Also the reason why the board would refuse it; "" if it would not, or is not known."""
    name, manifest = relative(args.system), fdt.parse(packed.manifest)
    known = _board_tree(args, packed)
    if known is None:
        return systemmap.read(name, packed.partitions, manifest, None), ""
    tree, board_name = known
    ram, nr_cpus = systemmap.board_facts(boardtree.devices(tree, board_name))
    refusal = _refusal(packed, tree)
    board = boards.find(args.board) if args.board else None
    found = image = None
    if board and not board.disk and not refusal:
        size = len(packed.data)
        found = room.places(board, size, room.partitions_of(packed.partitions, packed.shared),
                            ram)
        image = systemmap.image_place(board, size, ram)
    system = systemmap.read(name, packed.partitions, manifest, found)
    system.board, system.nr_cpus, system.ram, system.image = board_name, nr_cpus, ram, image
    return system, refusal


def _refusal(packed: pack.Packed, tree: bytes) -> str:
    try:
        packed.check(tree)
    except PlumbError as error:
        return str(error)
    return ""


def _map(args: argparse.Namespace) -> int:
    args.system = pack.find(args.system)
    if not args.no_make:
        pack.build(args.system)
    packed = pack.pack_file(args.system)
    system, refusal = _system(args, packed)
    print(systemmap.table(system), end="", flush=True)
    if args.svg:
        common.write_file(args.svg, mapsvg.draw(system).encode())
        print(f"{relative(args.svg)}: the same as a picture", file=sys.stderr)
    if refusal:
        print(f"plumb: {system.board} would refuse this system\n{refusal}", file=sys.stderr)
        return common.EXIT_REFUSED
    return common.EXIT_OK
