# SPDX-License-Identifier: BSD-2-Clause
"""The functions on the monitor's frequent paths, in an order for the linker: those of one path lie
together, so that it needs few pages and cache lines. Writes boot/hot.lds."""

import argparse
import re
import subprocess
from bisect import bisect_right
from collections.abc import Iterable

from . import bench_paths, bench_systems, bench_trace
from .bench_operations import guarded
from .common import BUILD, ROOT, relative

FILE = ROOT / "boot" / "hot.lds"
HEAD = """\
/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions on frequent paths, written by 'scripts/bench hot'. A name that no longer exists does no harm. */
"""
SYMBOL = re.compile(r"([0-9a-f]{8}) (?:[0-9a-f]{8} )?[tT] ([A-Za-z_][\w.]*)$", re.MULTILINE)
ADDED = re.compile(r"\.(lto_priv|constprop|isra|part|cold)\..*")  # by the compiler
VENEER = re.compile(r"__\w+_from_(arm|thumb)")  # the linker's: it has no section of its own
EPILOG = """\
The paths are those of 'scripts/bench trace', in their order: a function stands with the first path
that uses it.
"""


def functions() -> list[tuple[int, str]]:
    out = subprocess.run(["arm-none-eabi-nm", "--numeric-sort", str(BUILD / "plumbline.elf")], check=True,
                         capture_output=True, text=True).stdout
    return [(int(at, 16), ADDED.sub("", name)) for at, name in SYMBOL.findall(out)]


def order(paths: Iterable[bench_paths.Path], known: list[tuple[int, str]]) -> list[str]:
    """The functions of the paths, each once."""
    starts = [at for at, _ in known]
    found: dict[str, None] = {}
    for path in paths:
        for at in sorted(path.code):
            place = bisect_right(starts, at) - 1
            if place >= 0 and not VENEER.fullmatch(known[place][1]):
                found[known[place][1]] = None
    return list(found)


def script(names: list[str]) -> str:
    return HEAD + "".join(f"*(.text.{name} .text.{name}.*)\n" for name in names)


def report(args: argparse.Namespace) -> int:
    if not args.no_make:
        bench_systems.build()
    names = order(bench_trace.paths(args.timeout).values(), functions())
    FILE.write_text(script(names))
    print(f"{relative(FILE)}: {len(names)} functions; build again, and see 'scripts/bench trace'")
    return 0


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench hot", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeout", type=float, default=120, metavar="S",
                        help="for each system (default 120)")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")
    return guarded(report, parser.parse_args(words))
