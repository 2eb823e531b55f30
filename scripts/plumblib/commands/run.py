# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run` and `plumb console`: a system in QEMU, with its console here."""

import argparse
import os
from pathlib import Path

from .. import qemu
from ..common import ROOT
from ..options import (EXIT_CODES, KEYS, board_options, dry_run, packed_system, run_options,
                       subcommand, with_image)

SHELL_SYSTEM = ROOT / "guest" / "shell.dts"
DEFAULT_TIMEOUT = 60.0


def _send(text: str) -> tuple[bytes, bytes]:
    pattern, arrow, keys = text.partition("=>")
    if not arrow or not pattern:
        raise argparse.ArgumentTypeError("write PATTERN=>TEXT")
    return pattern.encode(), keys.encode().decode("unicode_escape").encode("latin-1")


def _console_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=float, metavar="S",
                        help="seconds (default: none on a terminal, else 60)")
    parser.add_argument("--trace", action="store_true",
                        help="count GIC accesses by register into a table at the end")
    parser.add_argument("--send", type=_send, action="append", default=[], metavar="'PATTERN=>TEXT'",
                        help="type TEXT (\\r, \\x1d ...) when PATTERN has appeared; repeat it")
    board_options(parser)


def add(commands) -> None:
    sub = subcommand(
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
    _console_options(sub)
    sub.set_defaults(do=_run)


def add_console(commands) -> None:
    sub = subcommand(
        commands, "console", "boot the demo system and stay at control's prompt",
        "example:\n  plumb console\n  then, at the prompt:  help\n\n" + KEYS + "\n" + EXIT_CODES)
    sub.add_argument("system", type=Path, nargs="?", default=SHELL_SYSTEM, metavar="SYSTEM.dts",
                     help="default guest/shell.dts")
    _console_options(sub)
    sub.set_defaults(do=_run)


def _run(args: argparse.Namespace) -> int:
    packed = packed_system(args)
    run = run_options(args, packed)
    interactive = os.isatty(0) and os.isatty(1)
    if run.timeout is None and not interactive:
        run.timeout = DEFAULT_TIMEOUT
    run.trace, run.sends = args.trace, args.send
    # A script's standard input is not ours to eat, unless the console is what was asked for.
    run.read_stdin = interactive or (args.command == "console" and not os.isatty(0))
    if args.dry_run:
        return with_image(packed, lambda image: dry_run(image, run))
    return with_image(packed, lambda image: qemu.Session(image, run).wait())
