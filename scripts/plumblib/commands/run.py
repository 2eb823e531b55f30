# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run` and `plumb console`: a system in QEMU, with its console here."""

import argparse
import os
import sys
import time
from pathlib import Path

from .. import common, end_report, outlets, pack, qemu
from ..common import ROOT, PlumbError
from ..console import Stamps, View
from ..options import (EXIT_CODES, KEYS, board_options, dry_run, packed_system, run_options,
                       seconds, subcommand, with_image)
from ..qemu_run import Session

SHELL_SYSTEM = ROOT / "guest" / "shell.dts"
DEFAULT_TIMEOUT = 60.0


def _send(text: str) -> tuple[bytes, bytes]:
    pattern, arrow, keys = text.partition("=>")
    if not arrow or not pattern:
        raise argparse.ArgumentTypeError("write PATTERN=>TEXT")
    try:
        return pattern.encode(), keys.encode().decode("unicode_escape").encode("latin-1")
    except UnicodeError as error:
        raise argparse.ArgumentTypeError(
            f"TEXT has \\r, \\n, \\t, \\xHH, \\\\ and characters: {keys}") from error


def _outlet(text: str) -> tuple[str, str]:
    name, _, place = text.partition("=")
    if not name or not place:
        raise argparse.ArgumentTypeError("write NAME=pty or NAME=FILE")
    return name, place


def _output_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true",
                          help="print only the guests' output, and errors")
    loudness.add_argument("-v", "--verbose", action="store_true",
                          help="print the commands, too: make, dtc, QEMU")
    group.add_argument("--prefix", action="store_true",
                       help="print '[NAME] ' in front of each line of a single partition, too")
    group.add_argument("--stamps", action="store_true",
                       help="print the seconds since the start, on this host, before each line")
    group.add_argument("--console", type=_outlet, action="append", default=[], dest="consoles",
                       metavar="NAME=pty|FILE",
                       help="send a partition's console to its own pty, whose name is printed, "
                            "or to a file; repeat it")
    group.add_argument("--json", metavar="FILE",
                       help="write the end report as a JSON object, also of a run that could not "
                            "start; -: to standard output, and the console to standard error")


def _console_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=seconds, metavar="S",
                        help="seconds, 0: no limit (default: none on a terminal, else 60)")
    parser.add_argument("--trace", action="store_true",
                        help="count GIC accesses by register into a table at the end")
    parser.add_argument("--send", type=_send, action="append", default=[], metavar="'PATTERN=>TEXT'",
                        help="type TEXT (\\r, \\x1d ...) when PATTERN has appeared; repeat it")
    _output_options(parser)
    board_options(parser)


def add(commands) -> None:
    sub = subcommand(
        commands, "run", "boot a system, or one kernel, in QEMU with the console here",
        "examples:\n  plumb run guest/demo.dts\n"
        "  plumb run guest/demo.dts --icount --trace\n"
        "  plumb run guest/demo.dts -q --console control=pty --console gicguest=gic.log\n"
        "  plumb run guest/demo.dts --json - 2>console.log\n"
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
                       help="give it performance monitors: its own cycle and event counters")
    group.add_argument("--raw", action="store_true",
                       help="print only the guest's output")
    _console_options(sub)
    sub.set_defaults(do=_run)


def add_console(commands) -> None:
    sub = subcommand(
        commands, "console", "boot the demo system and stay at control's prompt",
        "examples:\n  plumb console\n  then, at the prompt:  help\n"
        "  printf 'vms\\nquit\\n' | plumb console -q\n\n"
        "The console reads standard input even when it is a pipe. Its end does not end the run; a\n"
        "last line without an end gets one.\n\n" + KEYS + "\n" + EXIT_CODES)
    sub.add_argument("system", type=Path, nargs="?", default=SHELL_SYSTEM, metavar="SYSTEM.dts",
                     help="default guest/shell.dts")
    _console_options(sub)
    sub.set_defaults(do=_run)


def _check_consoles(args: argparse.Namespace, run: qemu.Run) -> None:
    for name, place in args.consoles:
        if name not in run.consoles:
            there = ", ".join(run.consoles) or "none"
            raise PlumbError(f"--console {name}={place}: no partition '{name}' with a console; "
                             f"there is: {there}")
    if len({name for name, _ in args.consoles}) < len(args.consoles):
        raise PlumbError("--console: each partition once")
    if run.raw and args.stamps:
        raise PlumbError("--stamps: not with a raw console, which passes only the guest's bytes")


def _open_consoles(args: argparse.Namespace, run: qemu.Run) -> None:
    for name, place in args.consoles:
        stamps = Stamps(time.monotonic()) if args.stamps else None
        outlet = run.outlets[name] = outlets.make(name, place, stamps)
        if isinstance(outlet, outlets.Pty):
            common.say(f"plumb: {name}: {outlet.path} (screen {outlet.path})")


def _settle(args: argparse.Namespace, packed: pack.Packed) -> qemu.Run:
    run = run_options(args, packed)
    run.out = 2 if args.json == "-" else 1
    interactive = os.isatty(0) and os.isatty(run.out)
    run.short = run.timeout is None and not interactive
    run.timeout = DEFAULT_TIMEOUT if run.short else run.timeout or None
    run.trace, run.sends = args.trace, args.send
    # A script's standard input is not read, except by `plumb console`.
    run.read_stdin = interactive or (args.command == "console" and not os.isatty(0))
    _check_consoles(args, run)
    common_output = [name for name in run.consoles if name not in dict(args.consoles)]
    run.view = View(args.prefix or len(common_output) > 1, args.stamps, args.quiet)
    return run


def _start(args: argparse.Namespace, report: end_report.Report) -> int:
    packed = packed_system(args)
    run = report.run = _settle(args, packed)
    if args.dry_run:
        return dry_run(args, packed, run)
    _open_consoles(args, run)
    if run.short and not args.quiet:
        common.say(f"plumb: no terminal: the run ends after {run.timeout:g} s "
                   "(--timeout S sets another limit, 0 none)")

    def use(image: str) -> int:
        report.session = Session(image, run)
        report.end = report.session.wait()
        return report.end.code

    return with_image(packed, use)


def _run(args: argparse.Namespace) -> int:
    common.verbose = args.verbose
    report = end_report.Report(args)
    if args.json is None or args.dry_run:
        return _start(args, report)
    with report.writing(sys.stdout if args.json == "-" else Path(args.json)):
        return _start(args, report)
