# SPDX-License-Identifier: BSD-2-Clause
"""The table of paths through the monitor, from QEMU's trace of guest/bench."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import bench_figures, bench_paths, bench_recorder, bench_systems, bench_table, pack, scratch
from .bench import columns
from .bench_systems import ALIAS_BOARD, BESIDE, System, shared_source
from .common import PlumbError, relative

EPILOG = """\
A path begins with an exception taken to HYP, or where an idle CPU goes on after WFI, and ends with the return
to a guest or a WFI. Its instructions are the monitor's alone. A load or store is one of a word or
less: LDM of four registers is four. Cache lines have 64 bytes, pages 4 KiB; those of data are
without devices'. GICD, GICC and GICH are accesses of the monitor's. QEMU executes one instruction
at a time, and logs registers before each; what an instruction loads and stores is derived from its
encoding. The systems have two partitions.
"""
TRACED = "traced rounds=16"
RIGHTS = 'rights = "bench", "peer";'


@dataclass(frozen=True)
class Named:
    """`mark`: the name in guest/bench; `number`: the path behind it, from 0."""

    label: str
    system: str
    mark: str
    number: int = 0


NAMED = [
    Named("HVC PSCI_VERSION", "beside", "HVC PSCI_VERSION, round trip"),
    Named("GICD_CTLR read", "beside", "GICD_CTLR read"),
    Named("GICD_ISENABLER1 write", "beside", "GICD_ISENABLER1 write"),
    Named("PL011 FR read", "beside", "PL011 FR read"),
    Named("ACTLR read", "beside", "ACTLR read"),
    Named("SGI to self", "beside", "SGI to self"),
    Named("virtual timer fires", "beside", "virtual timer"),
    Named("its EOI, on QEMU's GIC", "beside", "virtual timer", 1),
    Named("KVM_IRQ_LINE raise, line disabled", "beside", "KVM_IRQ_LINE raise, line disabled"),
    Named("KVM_IRQ_LINE no change", "beside", "KVM_IRQ_LINE no change, line disabled"),
    Named("KVM_IRQ_LINE refused", "beside", "KVM_IRQ_LINE refused, bad type"),
    Named("KVM_IRQ_LINE raise, vCPU runs on another CPU", "beside", "raise, another CPU runs"),
    Named("its kick, on that CPU", "beside", "raise, another CPU runs", 1),
    Named(f"KVM_IRQ_LINE raise, vCPU runs on another CPU ({ALIAS_BOARD})", "alias",
          "raise, another CPU runs"),
    Named("KVM_IRQ_LINE raise, vCPU waits", "shared", "raise and WFI"),
    Named("WFI, switch to another partition", "shared", "raise and WFI", 1),
    Named("KVM_IRQ_LINE raise, switch to a higher priority", "above", "raise, vCPU above"),
    Named("WFI, the CPU becomes idle", "shared", "WFI wake-up by timer, all others asleep"),
    Named("timer wakes a vCPU of the idle CPU", "shared",
          "WFI wake-up by timer, all others asleep", 1),
]


def systems() -> dict[str, System]:
    beside = BESIDE.read_text().replace(RIGHTS, f'{RIGHTS} bootargs = "{TRACED}";')
    if TRACED not in beside:
        raise PlumbError(f"{relative(BESIDE)}: bench's rights are not '{RIGHTS}'")
    found = {"beside": System("beside", smp=2, source=beside),
             "shared": System("shared", source=shared_source(2, more=TRACED)),
             "above": System("above", source=shared_source(2, "above", more=TRACED))}
    if bench_systems.has_alias_board():
        found["alias"] = System("alias", smp=2, source=beside, board=ALIAS_BOARD)
    return found


def record(system: System, monitor: Path, timeout: float) -> dict[str, list[bench_paths.Path]]:
    """The paths behind each mark."""
    log = bench_systems.LOGS / f"trace-{system.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    run = bench_systems.qemu_run(system, timeout)
    run.trace, run.events = False, []
    found = {}
    with tempfile.NamedTemporaryFile(suffix=".img", dir=scratch.folder()) as image:
        image.write(bench_systems.packed(system, monitor))
        image.flush()
        recorder = bench_recorder.Recorder(image.name, run, log)
        try:
            for recording in recorder.recordings():
                found[recording.name] = bench_paths.read(recording.lines, monitor.read_bytes())
        finally:
            recorder.stop()
    if not found:
        raise PlumbError(f"nothing was traced: {relative(log)}", 1)
    return found


def paths(timeout: float, monitor: Path | None = None) -> dict[str, bench_paths.Path]:
    """By label."""
    monitor = monitor or pack.MONITOR
    recorded = {name: record(system, monitor, timeout) for name, system in systems().items()}
    found = {}
    for named in NAMED:
        of_mark = recorded.get(named.system, {}).get(named.mark, [])
        if named.number < len(of_mark):
            found[named.label] = of_mark[named.number]
    return found


def measure(timeout: float, monitor: Path | None = None) -> dict[str, dict[str, int]]:
    return {label: path.numbers() for label, path in paths(timeout, monitor).items()}


def text(numbers_of: dict[str, dict[str, int]]) -> str:
    return "\n".join(columns([("path", *bench_paths.COLUMNS)]
                             + [(label, *map(str, numbers.values()))
                                for label, numbers in numbers_of.items()]))


def main(words: list[str]) -> int:
    return bench_table.main(bench_table.Table("trace", __doc__, EPILOG, 120, bench_figures.PATHS,
                                              measure, text), words)
