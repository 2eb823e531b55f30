# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark, once: no operation is more than 5 % worse than its figure in
guest/bench/figures.json for this compiler; a better one only asks to be stored. The same for the
instructions of each path, in which no barrier and no GIC access is more than stored. And an exit that stays on its vCPU and changes no
interrupt touches no GIC register; the delivery of an interrupt must touch one, or the count is
wrong. The tables and pictures in README.md and docs have the stored figures."""

from lib.check import Check
from plumblib import (bench, bench_docs, bench_figures, bench_operations, bench_paths,
                      bench_systems, bench_trace)
from plumblib.common import PlumbError

QUIET = ("HVC PSCI_VERSION, round trip", "GICD_CTLR read", "GICD_ISENABLER1 write",
         "PL011 FR read", "ACTLR read", "GICC_PMR read", "KVM_IRQ_LINE raise, line disabled",
         "KVM_IRQ_LINE lower, line disabled", "KVM_IRQ_LINE no change, line disabled",
         "KVM_IRQ_LINE refused, bad type")
LIMIT = 200  # seconds for each system


def check_accesses(check: Check, figures: list[bench.Figure]) -> None:
    accesses = {figure.name: figure.accesses for figure in figures}
    for name in QUIET:
        check.result(accesses.get(name) == 0, f"{name}: no GIC access",
                     f"GIC accesses per round: {accesses.get(name)}")
    check.result(any(name.startswith("SGI") and (n or 0) >= 1 for name, n in accesses.items()),
                 "an SGI to self: GIC accesses", str(accesses))


def check_figures(check: Check, figures: list[bench.Figure]) -> None:
    verdict = bench_operations.judge(figures)
    if verdict is None:
        print(f"SKIP bench: no figures are stored for {bench_figures.compiler()}: "
              f"{bench_figures.HOW}")
        return
    for name in (figure.name for figure in figures):
        worse = [line for line in verdict.worse if line.startswith(f"{name}: ")]
        check.result(not worse, f"{name}: not worse than stored", "\n".join(worse))
    check.result(not verdict.absent, "every stored row is measured", "\n".join(verdict.absent))
    print(verdict.text())


def check_paths(check: Check) -> None:
    stored = bench_figures.load().get(bench_figures.compiler(), {}).get(bench_figures.PATHS)
    if stored is None:
        return
    verdict = bench_figures.compare_paths(stored, bench_trace.measure(LIMIT), bench_paths.EXACT)
    check.result(not (verdict.worse or verdict.absent), "no path is worse than stored",
                 verdict.text())


def check_pages(check: Check) -> None:
    try:
        old, why = bench_docs.outdated(bench_figures.load()), ""
    except PlumbError as error:
        old, why = [str(error)], str(error)
    check.result(not old, "README.md and docs have the stored figures",
                 why or f"{', '.join(old)}: 'scripts/bench docs' writes them")


def main(check: Check) -> None:
    check_pages(check)
    try:
        figures = bench_systems.measure(LIMIT)
    except PlumbError as error:
        check.result(False, "the benchmark runs to its end", str(error))
        return
    check_accesses(check, figures)
    check_figures(check, figures)
    check_paths(check)
