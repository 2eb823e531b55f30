# SPDX-License-Identifier: BSD-2-Clause
"""The command line of scripts/plumb."""

import argparse
import contextlib
import os
import signal
import sys

from . import common, scratch
from .commands import board, check, completion, disk, fetch, gdb, new, pack, run, top, trace
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
                new.add, map_command.add, fetch.add, top.add, trace.add):
        add(commands)
    completion.add(commands, make_parser)
    return parser


def _end_on_signals() -> None:
    """Ends the command in order, once: temporary files are removed, and QEMU ends."""
    signals: list[signal.Signals] = [signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # else: nohup
        signals.append(signal.SIGHUP)

    def end(number: int, _frame) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for each in signals:
        signal.signal(each, end)


def _silence() -> None:
    """Standard output has no reader any more: the rest of the output is dropped."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for fd in (1, 2):
        os.dup2(nowhere, fd)


def _run(argv: list[str]) -> int:
    try:
        args = make_parser().parse_args(argv)
        with contextlib.suppress(PlumbError):  # a command that needs a folder there reports it
            scratch.use()
        return args.do(args)
    except PlumbError as error:
        common.say(f"plumb: {error}")
        return error.code
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        common.say(f"plumb: {where}{error.strerror or error}")
        return common.EXIT_USAGE
    except KeyboardInterrupt:
        common.say("plumb: interrupted")
        return 128 + signal.SIGINT


def _open_missing() -> None:
    """A standard file that the caller has closed leads nowhere: no other file gets its number."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != fd:
                os.dup2(nowhere, fd)
                os.close(nowhere)
            setattr(sys, name, open(fd, "w" if fd else "r", closefd=False))


def main(argv: list[str]) -> int:
    _open_missing()
    _end_on_signals()
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return 128 + signal.SIGPIPE
