# SPDX-License-Identifier: BSD-2-Clause
"""Prints the table of operations, compares it with the stored figures, and stores it."""

import argparse
import subprocess
import sys

from . import bench, bench_figures, bench_systems, pack
from .bench import Figure
from .common import PlumbError, make_variable, relative

EPILOG = """\
One instruction takes 1 ns there (-icount shift=0), so a figure is the number of instructions that
one operation costs, guest's and monitor's, and is the same every time: three runs show it. What
the same rounds cost with no operation in them is taken off. Under -icount the CPUs take turns on
one clock: a time across two CPUs is the sum of what both execute. 'GIC' counts the monitor's
accesses to GICD, GICC and GICH per round; figures of one loop share them, and the first carries
them. Peers: an empty machine, KVM/ARM (Linux 5.6), Xen 4.17 with its null scheduler, Xvisor;
measured by such a guest in the same emulator. '!' marks a target that is missed.

Tick jitter is measured by guest/rtos itself: from the timer's compare value to the handler, when
the tick ends a sleep or interrupts work, and to the task that waits for the tick.

scripts/bench all stores everything, and writes it into README.md and docs.
"""
USAGE = "scripts/bench [all | trace | growth | compare REV | docs | guest | kvm | size | throughput] [OPTION...]"


def differences(runs: list[list[Figure]]) -> list[str]:
    """Rows that are not the same in all runs."""
    found = []
    for first in runs[0]:
        values = [figure.value for run in runs for figure in run if figure.name == first.name]
        if len(values) != len(runs) or len(set(values)) != 1:
            found.append(f"{first.name}: {', '.join(map(str, values))}")
    return found


def measure(runs: int, timeout: float) -> tuple[list[Figure], list[str]]:
    """The first run's figures, and the rows in which the others differ."""
    found = [bench_systems.measure(timeout) for _ in range(runs)]
    return found[0], differences(found)


def refuse_differences(different: list[str]) -> None:
    if different:
        raise PlumbError("the runs differ, though the counts are deterministic:\n"
                         + "\n".join(different), 1)


def image_figure() -> Figure:
    return Figure(bench.IMAGE, pack.MONITOR.stat().st_size)


def operations(figures: list[Figure]) -> dict[str, int]:
    return {figure.name: figure.value for figure in bench.ordered(figures)}


def store(figures: list[Figure]) -> None:
    bench_figures.save(bench_figures.OPERATIONS, operations([*figures, image_figure()]))
    print(f"stored for {bench_figures.compiler()}: {relative(bench_figures.FIGURES)}")


def judge(figures: list[Figure]) -> bench_figures.Verdict | None:
    """None: this compiler has no stored figures."""
    stored = bench_figures.load().get(bench_figures.compiler(), {}).get(bench_figures.OPERATIONS)
    return None if stored is None else bench_figures.compare(stored, [*figures, image_figure()])


def report(args: argparse.Namespace) -> int:
    if not args.no_make:
        bench_systems.build()
    figures, different = measure(args.runs, args.timeout)
    if not args.short:
        figures += bench_systems.measure_masked(args.timeout)
    print(bench.table(figures, pack.MONITOR.stat().st_size, int(make_variable("IMAGE_LIMIT")[0])))
    refuse_differences(different)
    if args.runs > 1:
        print(f"{args.runs} runs: equal in every row")
    if not args.short:
        print("\n" + bench.jitter_table(bench_systems.measure_jitter(args.timeout)))
    if args.store:
        store(figures)
    else:
        verdict = judge(figures)
        print("\n" + (f"no figures are stored for {bench_figures.compiler()}" if verdict is None
                      else verdict.text() or "as stored, within 5 %"))
    return 1 if args.strict and bench.misses(figures) else 0


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", usage=USAGE, epilog=EPILOG,
        description="Instructions per operation. Each of the words measures something else, and "
        "has a --help.", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, metavar="N",
                        help="they must agree in every row (default 3)")
    parser.add_argument("--short", action="store_true", help="without the rows that take long")
    parser.add_argument("--timeout", type=float, default=300, metavar="S",
                        help="for each system (default 300)")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--store", action="store_true",
                        help="store the figures for this compiler in "
                        f"{bench_figures.FIGURES.relative_to(bench_systems.ROOT)}")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")
    args = parser.parse_args(words)
    if args.runs < 1:
        parser.error("--runs: at least 1")
    return args


def guarded(act, *args) -> int:
    """Runs a command of scripts/bench; its errors become messages."""
    try:
        return act(*args)
    except PlumbError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.code
    except (OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 5


def main(words: list[str]) -> int:
    return guarded(report, parse(words))
