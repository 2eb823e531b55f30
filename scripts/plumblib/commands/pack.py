# SPDX-License-Identifier: BSD-2-Clause
"""`plumb pack`: one file to boot or flash."""

import argparse
import sys
from pathlib import Path

from .. import common, pack
from ..common import relative
from ..options import packed_system, subcommand


def add(commands) -> None:
    sub = subcommand(commands, "pack", "join monitor and manifest into one file to boot or flash",
                      "examples:\n  plumb pack guest/demo.dts -o build/demo.img\n"
                      "  plumb pack guest/demo.dts -o - | gzip > demo.img.gz\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("-o", "--output", type=Path, required=True, metavar="FILE",
                     help="'-': standard output; messages go to standard error")
    sub.add_argument("--board-dtb", type=Path, metavar="FILE",
                     help="the board's device tree, for a boot loader that passes none: the system "
                          "is checked against it and it is put behind the image")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_pack)


def _pack(args: argparse.Namespace) -> int:
    args.kernel = None
    packed = packed_system(args)
    data = packed.data
    if args.board_dtb:
        tree = args.board_dtb.read_bytes()
        packed.check(tree)
        data = pack.append_tree(data, tree, relative(args.board_dtb))
    to_stdout = str(args.output) == "-"
    if to_stdout:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        common.write_file(args.output, data)
    names = ", ".join(p["name"] for p in packed.partitions)
    print(f"{'standard output' if to_stdout else relative(args.output)}: {len(data)} bytes; "
          f"partitions: {names}", file=sys.stderr if to_stdout else sys.stdout)
    return common.EXIT_OK
