# SPDX-License-Identifier: BSD-2-Clause
"""`plumb fetch`: the files of Debian's packages that boards and Linux guests need."""

import argparse
from collections.abc import Callable

from .. import common, debian
from ..common import PlumbError, relative
from ..options import subcommand

FIRMWARE = "firmware"
NAMES = (*debian.FLAVOURS, FIRMWARE)


def add(commands) -> None:
    sub = subcommand(
        commands, "fetch", "get Debian's armhf kernels, boards' device trees and U-Boot",
        "examples:\n  plumb fetch\n  plumb fetch armmp\n\n"
        "armmp, with boards' device trees and busybox, is fetched with any kernel; firmware is\n"
        "boards' U-Boot. No root is needed, and the system's apt and dpkg stay as they are.\n"
        "A broken download is resumed.\n")
    add_names(sub)
    sub.set_defaults(do=_fetch)


def add_names(parser: argparse.ArgumentParser, *more: str) -> None:
    """`more`: names that `fetch` below does not know."""
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"only these: {', '.join((*NAMES, *more))} (all)")
    parser.add_argument("--again", action="store_true", help="look for newer kernels")


def fetch(names: list[str], again: bool, say: Callable[[str], None]) -> None:
    wanted = names or list(NAMES)
    for name in wanted:
        if name not in NAMES:
            raise PlumbError(f"fetch {name}: not one of {', '.join(NAMES)}")
    kernels = [name for name in wanted if name != FIRMWARE]
    came = False
    if kernels:
        came = debian.fetch(say, again, kernels)
        debian.boards()
    if FIRMWARE in wanted:
        came |= debian.fetch_firmware(say)
    if not came:
        say(f"present: {', '.join(wanted)}")


def _fetch(args: argparse.Namespace) -> int:
    common.work_folder("guests")
    fetch(args.names, args.again, lambda text: print(f"plumb: {text}", flush=True))
    print(f"plumb: they are in {relative(debian.GUESTS)}")
    return common.EXIT_OK
