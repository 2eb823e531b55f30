# SPDX-License-Identifier: BSD-2-Clause
"""plumb's exit codes, each with its meaning: the help texts, the end report and docs/quick-start.md
have them from here."""

import signal
from dataclasses import dataclass

from . import common


@dataclass(frozen=True)
class Exit:
    """`word`: the end report's status (plumb run --json)."""

    code: int
    word: str
    meaning: str


EXITS = [
    Exit(common.EXIT_OK, "off", "every partition powered off"),
    Exit(common.EXIT_GUEST, "failed",
         "a partition crashed, or ended with a status other than 0"),
    Exit(common.EXIT_PANIC, "panic", "the monitor panicked"),
    Exit(common.EXIT_TIME, "time-limit",
         "the time limit was reached: --timeout, or 60 s without a terminal"),
    Exit(common.EXIT_REFUSED, "refused", "the monitor refused to start: board or manifest"),
    Exit(common.EXIT_USAGE, "usage",
         "wrong usage, a missing tool, or a manifest that does not pass the check"),
    Exit(common.EXIT_NO_END, "no-end", "QEMU ended without the monitor's end line"),
    Exit(common.EXIT_QUIT, "quit", "ended at the keyboard: Ctrl-A x"),
    Exit(128 + signal.SIGHUP, "hangup", "ended by SIGHUP: the terminal is gone"),
    Exit(128 + signal.SIGINT, "interrupted", "ended by SIGINT: Ctrl-C"),
    Exit(128 + signal.SIGPIPE, "no-reader", "the output has no reader any more, as with head"),
    Exit(128 + signal.SIGTERM, "terminated", "ended by SIGTERM"),
]


def text() -> str:
    """For --help."""
    return "exit codes:\n" + "".join(f"  {e.code:>3}  {e.meaning}\n" for e in EXITS)


def word(code: int) -> str:
    return next((e.word for e in EXITS if e.code == code), "unknown")


def meaning(code: int) -> str:
    return next((e.meaning for e in EXITS if e.code == code), "")
