# SPDX-License-Identifier: BSD-2-Clause
"""Measures and stores everything for this compiler, and writes it into README.md and docs."""

import argparse

from . import (bench_docs, bench_figures, bench_growth, bench_operations, bench_size,
               bench_systems, bench_trace)

EPILOG = """\
Operations (three runs, which must agree), the longest time with interrupts masked, paths, growth, sizes. Run it with the
compiler of each Debian release on the same tree: the tables have a column for each.
"""


def report(args: argparse.Namespace) -> int:
    bench_systems.build()
    figures, different = bench_operations.measure(args.runs, args.timeout)
    bench_operations.refuse_differences(different)
    figures += bench_systems.measure_masked(args.timeout)
    bench_operations.store(figures)
    bench_figures.save(bench_figures.PATHS, bench_trace.measure(args.timeout))
    bench_figures.save(bench_figures.GROWTH, bench_growth.measure(args.timeout))
    bench_figures.save(bench_figures.SIZE, bench_size.measure(args.timeout))
    bench_docs.write(bench_figures.load())
    return 0


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench all", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, metavar="N", choices=range(1, 10),
                        help="of the operations (default 3)")
    parser.add_argument("--timeout", type=float, default=300, metavar="S",
                        help="for each system (default 300)")
    return bench_operations.guarded(report, parser.parse_args(words))
