# SPDX-License-Identifier: BSD-2-Clause
"""`plumb check`: all errors of a system manifest."""

import argparse
import json
import sys
from pathlib import Path

from .. import common, pack
from ..common import relative
from ..judge import Refused
from ..options import board_tree, subcommand


def add(commands) -> None:
    sub = subcommand(
        commands, "check", "report all errors of a system manifest",
        "examples:\n  plumb check guest/demo.dts\n"
        "  plumb check guest/demo.dts --board-dtb exynos5250-arndale.dtb\n\n"
        "The monitor's own code checks it, as in 'plumb pack' and 'plumb run'. Each error has a\n"
        "line on standard error: FILE:LINE:COLUMN: NODE: PROPERTY: VALUE: what is wrong.\n"
        "Exit code 0: the manifest is sound; 5: it is refused.\n")
    sub.add_argument("system", type=Path, metavar="SYSTEM.dts", help="system manifest")
    sub.add_argument("--board-dtb", type=Path, metavar="FILE",
                     help="check it against the board of this device tree, too")
    sub.add_argument("--json", action="store_true",
                     help="print errors on standard output, a JSON object each")
    sub.add_argument("--no-make", action="store_true", help="take build/ as it is")
    sub.set_defaults(do=_check)


def _check(args: argparse.Namespace) -> int:
    args.system = pack.find(args.system)
    if not args.no_make:
        pack.build(args.system)
    try:
        partitions = pack.check_file(args.system, board_tree(args))
    except Refused as refused:
        if not args.json:
            raise
        for row in refused.rows:
            print(json.dumps(row))
        return refused.code
    plural = "" if len(partitions) == 1 else "s"
    print(f"{relative(args.system)}: {len(partitions)} partition{plural}, sound",
          file=sys.stderr if args.json else sys.stdout)
    return common.EXIT_OK
