# SPDX-License-Identifier: BSD-2-Clause
"""Growth: what a switch, a wake, a line, boot and memory cost with more partitions and CPUs."""

import re
from pathlib import Path
from typing import Any

from . import bench_figures, bench_systems, bench_table, pack
from .bench import columns
from .bench_systems import System, shared_source

EPILOG = """\
bench and its peer share the first CPU; the others are partitions of one vCPU that sleep with a timer armed,
spread over the CPUs. 'start' is the time from reset to bench's main(), with scrub and copy of its
own 2 MiB, in thousands of instructions; 'KiB each' is what the monitor takes for a partition, its
translation tables included.
"""
PARTITIONS = (2, 8, 16, 32, 64)
CPUS = (1, 2, 4, 8)
AMONG = 16  # partitions, with more CPUs
COLUMNS = {  # by a row's name in guest/bench
    "switch": "WFI to another partition's vCPU",
    "wake": "WFI wake-up by timer, all others asleep",
    "line": "KVM_IRQ_LINE raise, vCPU waits",
    "line to handler": "raise to handler, vCPU waits on the same CPU",
}
START, EACH = "start", "KiB each"
HEAD = ("partitions", "CPUs", *COLUMNS, START, EACH)
BEGAN = re.compile(r"main\(\) begins (\d+) us after reset")
MEMORY = re.compile(r"(\d+) KiB of the monitor's memory")


def shapes(most: int) -> list[tuple[int, int]]:
    """Partitions and CPUs."""
    return [(nr, 1) for nr in PARTITIONS if nr <= most] + \
        [(min(AMONG, most), nr_cpus) for nr_cpus in CPUS if nr_cpus > 1]


def measure_one(nr: int, nr_cpus: int, monitor: Path, timeout: float) -> dict[str, int]:
    system = System(f"growth-{nr}-{nr_cpus}", smp=nr_cpus,
                    source=shared_source(nr, nr_cpus=nr_cpus))
    figures, said = bench_systems.run_system(system, monitor, timeout)
    values = {figure.name: figure.value for figure in figures}
    found = {"partitions": nr, "CPUs": nr_cpus}
    found |= {word: values[name] for word, name in COLUMNS.items() if name in values}
    began = BEGAN.search(said)
    found |= {START: int(began[1])} if began else {}
    sizes = [int(size) for size in MEMORY.findall(said)]
    return found | ({EACH: max(sizes)} if sizes else {})


def measure(timeout: float, monitor: Path | None = None) -> list[dict[str, int]]:
    monitor = monitor or pack.MONITOR
    return [measure_one(nr, nr_cpus, monitor, timeout)
            for nr, nr_cpus in shapes(bench_systems.most_partitions())]


def rows(found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [tuple(str(shape.get(word, "")) for word in HEAD) for shape in found]


def text(found: list[dict[str, Any]]) -> str:
    return "\n".join(columns([HEAD, *rows(found)]))


def main(words: list[str]) -> int:
    return bench_table.main(bench_table.Table("growth", __doc__, EPILOG, 300, bench_figures.GROWTH,
                                              measure, text), words)
