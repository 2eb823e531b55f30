# SPDX-License-Identifier: BSD-2-Clause
"""The command line of scripts/plumb."""

import argparse
import signal
import sys

from . import common
from .commands import board, check, completion, disk, fetch, gdb, new, pack, run
from .commands import map as map_command
from .common import PlumbError
from .options import EXIT_CODES, Parser
from .version import VERSION


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="plumb", description="Packs and runs Plumbline systems.",
        epilog="'plumb COMMAND --help' has examples.\n\n" + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"plumb {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND",
                                     parser_class=Parser)
    for add in (check.add, pack.add, disk.add, run.add, board.add, run.add_console, gdb.add,
                new.add, map_command.add, fetch.add):
        add(commands)
    completion.add(commands, make_parser)
    return parser


def main(argv: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    args = make_parser().parse_args(argv)
    try:
        return args.do(args)
    except PlumbError as error:
        print(f"plumb: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        print(f"plumb: {error}", file=sys.stderr)
        return common.EXIT_USAGE
    except KeyboardInterrupt:
        print("plumb: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
