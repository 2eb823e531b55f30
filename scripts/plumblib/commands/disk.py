# SPDX-License-Identifier: BSD-2-Clause
"""`plumb disk`: a disk or SD card that U-Boot boots by itself."""

import argparse
from pathlib import Path

from .. import common, disk, judge
from ..common import PlumbError
from ..options import board_tree, packed_system, subcommand


def add(commands) -> None:
    sub = subcommand(
        commands, "disk", "make a disk or SD card that U-Boot boots by itself",
        "examples:\n  plumb disk guest/demo.dts -o build/demo-disk.img\n"
        "  plumb disk guest/demo.dts -o build/card.img --target arndale --bl1 arndale-bl1.bin\n"
        "  plumb disk guest/demo.dts -o build/card.img --target orangepi-pc --format fit\n\n"
        "targets:\n" + "".join(f"  {name:<12} {target.text}\n"
                               for name, target in disk.TARGETS.items())
        + "\nA partition with the packed system and a boot script; the boards' own U-Boot in front\n"
        "of it, from Debian's packages. The command prints the layout, and how to write a card.\n")
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
    sub.set_defaults(do=_disk)


def _disk(args: argparse.Namespace) -> int:
    packed = packed_system(args)
    tree = board_tree(args)
    if tree:
        try:
            packed.check(tree)
        except judge.BoardRefused:
            pass  # U-Boot adds what it lacks: memory, PSCI
    dtb = args.board_dtb.read_bytes() if args.board_dtb else None
    target = disk.TARGETS[args.target]
    args.output.parent.mkdir(parents=True, exist_ok=True)
    try:
        parts = disk.make(packed.data, target, args.format, dtb, args.output, args.bl1,
                          str(args.board_dtb))
    except OSError as error:  # the files are in a folder beside it
        raise PlumbError(f"{error.filename or args.output}: {error.strerror}") from error
    print(disk.describe(args.output, parts, target))
    return common.EXIT_OK
