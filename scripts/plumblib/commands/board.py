# SPDX-License-Identifier: BSD-2-Clause
"""`plumb board`: what the monitor finds in a board's tree."""

import argparse
from pathlib import Path

from .. import boardtree, common
from ..options import subcommand


def add(commands) -> None:
    sub = subcommand(
        commands, "board", "print what the monitor finds in a board's device tree",
        "examples:\n  plumb board exynos5250-arndale.dtb\n"
        "  plumb board sun8i-h3-orangepi-pc.dtb --memory 1G@0x40000000 --psci 0.1\n"
        "  plumb board exynos5250-arndale.dtb --json | jq .cpus\n\n"
        "The monitor's own code reads it. 'plumb fetch armmp' gets some boards' trees.\n"
        "Exit code 0: the monitor can run there; 4: it refuses, and says why.\n")
    sub.add_argument("tree", type=Path, metavar="BOARD.dtb", help="device tree blob")
    sub.add_argument("--memory", metavar="SIZE@BASE",
                     help="with this memory, as boot loaders add it to trees that have none")
    sub.add_argument("--psci", choices=boardtree.PSCI,
                     help="with the PSCI that the boot loader offers")
    sub.add_argument("--json", action="store_true", help="one JSON object, numbers decimal")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_board)


def _board(args: argparse.Namespace) -> int:
    if not args.no_make:
        common.make("host-tools")
    return boardtree.show(args.tree, boardtree.Additions(args.memory, args.psci),
                          args.json)
