# SPDX-License-Identifier: BSD-2-Clause
"""`plumb pack`: one file to boot or flash."""

import argparse
from pathlib import Path

from .. import common, pack
from ..common import relative
from ..options import packed_system, subcommand


def add(commands) -> None:
    sub = subcommand(commands, "pack", "join monitor and manifest into one file to boot or flash",
                      "example:\n  plumb pack guest/demo.dts -o build/demo.img\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    sub.add_argument("--board-dtb", type=Path, metavar="FILE",
                     help="the board's device tree, for a boot loader that passes none")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_pack)


def _pack(args: argparse.Namespace) -> int:
    args.kernel = None
    packed = packed_system(args)
    data = packed.data
    if args.board_dtb:
        data = pack.append_tree(data, args.board_dtb.read_bytes(), relative(args.board_dtb))
    args.output.write_bytes(data)
    names = ", ".join(p["name"] for p in packed.partitions)
    print(f"{relative(args.output)}: {len(data)} bytes; partitions: {names}")
    return common.EXIT_OK
