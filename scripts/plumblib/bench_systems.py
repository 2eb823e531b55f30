# SPDX-License-Identifier: BSD-2-Clause
"""The systems that the benchmark boots, and one run of each."""

import contextlib
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import bench, debian, pack, qemu, scratch
from .bench import Figure
from .common import BUILD, ROOT, PlumbError, relative
from .qemu_run import Session
from .trace import TraceCounter

BESIDE = ROOT / "guest" / "bench.dts"
RTOS_SYSTEMS = {
    "alone on its CPU": ROOT / "guest" / "rtos-alone.dts",
    "before a busy partition": ROOT / "guest" / "rtos.dts",
}
WORST_SYSTEMS = [ROOT / "test" / "systems" / name for name in ("worst.dts", "worst-eight.dts")]
ALIAS_BOARD = "vexpress-a15"  # has each CPU's list registers at an address of their own
FIRST = re.compile(r"first guest instruction (\d+) us after reset, (\d+) us of them to scrub")
WORST = re.compile(r"WORST: (\d+) instructions")
LOGS = BUILD / "bench"
LIMITS = ROOT / "hyp" / "manifest" / "manifest.h"
PARTITION = """
	{name} {{
		compatible = "plumbline,partition";
		vcpus = <1>;
		cpus = <{cpus:#x}>;
		memory-size = <{memory:#x}>;
		kernel = /incbin/("build/guest/bench.bin");
		bootargs = "{bootargs}";
		{more}
		no-counter-offset;
	}};
"""
MEMORY = 0x200000  # of a partition in a generated system


@dataclass
class System:
    """`source`: a manifest's text, or None for guest/bench.dts."""

    name: str
    smp: int = 1
    source: str | None = None
    board: str = "virt"
    rename: str = ""  # its rows are '... (rename)'
    only: tuple[str, ...] = ()  # rows that begin so; (): all
    recent: bool = False  # another revision's monitor may refuse it


def most_partitions() -> int:
    """The monitor's limit."""
    found = re.search(r"#define MANIFEST_MAX_PARTITIONS\s+(\d+)", LIMITS.read_text())
    if not found:
        raise PlumbError(f"{relative(LIMITS)}: no MANIFEST_MAX_PARTITIONS")
    return int(found[1])


def _partition(name: str, bootargs: str, more: str, cpus: int) -> str:
    return PARTITION.format(name=name, cpus=cpus, memory=MEMORY, bootargs=bootargs, more=more)


def shared_source(nr: int, kind: str = "shared", more: str = "", nr_cpus: int = 1) -> str:
    """bench, its peer and sleepers: `nr` partitions. The sleepers are spread over the CPUs; bench
    and its peer share the first. `more`: bootargs."""
    names = [f"sleeper{n}" for n in range(nr - 2)]
    rights = ", ".join(f'"{name}"' for name in ["bench", "peer", *names])
    priority = " priority = <4>;" if kind == "above" else ""
    text = _partition("bench", f"{kind} {more}".strip(), f"rights = {rights};", 1)
    text += _partition("peer", "peer shared", f'rights = "bench";{priority}', 1)
    for n, name in enumerate(names):
        text += _partition(name, "sleeper", "", 1 << n % nr_cpus)
    return '/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + text + "};\n"


LINK = """
	link {
		compatible = "plumbline,shared-memory";
		peers = "bench", "peer";
		output-size = <0x2000>;
		ipa = <0x10000000>;
		interrupt = <0 49>;
		interrupt-edge;
	};
"""


def link_source() -> str:
    """bench and its peer, on a CPU each, with shared memory."""
    text = _partition("bench", "link", 'rights = "bench", "peer";', 1)
    text += _partition("peer", "peer", 'rights = "bench";', 2)
    return '/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + text + LINK + "};\n"


SERVED = """
	window {
		compatible = "plumbline,virtio";
		client = "bench";
		backend = "peer";
		windows = <0>;
		ipa = <0x80000000>;
	};
"""


def served_source(nr_cpus: int) -> str:
    """bench with a virtio window, and its peer, which serves it, on another CPU or on the same."""
    text = _partition("bench", "served", 'rights = "bench", "peer";', 1)
    text += _partition("peer", "backend", "", nr_cpus)
    return '/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + text + SERVED + "};\n"


def vms_source() -> str:
    """bench, which makes VMs and runs them."""
    text = _partition("bench", "vms", 'rights = "bench"; vms = <2>; vm-pool = <0x40000>;', 1)
    return '/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + text + "};\n"


def has_alias_board() -> bool:
    try:
        return "vexpress-v2p-ca15-tc1" in debian.boards()
    except PlumbError:
        return False


def systems() -> list[System]:
    found = [System("beside", smp=2),
             System("link", smp=2, source=link_source(), recent=True),
             System("served", smp=2, source=served_source(2), recent=True),
             System("served beside", source=served_source(1), rename="same CPU", recent=True),
             System("vms", source=vms_source(), recent=True),
             System("shared", source=shared_source(2)),
             System("above", source=shared_source(2, "above")),
             System("sixteen", source=shared_source(16), rename="16 partitions",
                    only=("WFI", "raise to handler"))]
    if has_alias_board():
        found.append(System("alias", smp=2, board=ALIAS_BOARD, rename=ALIAS_BOARD,
                            only=("KVM_IRQ_LINE raise, vCPU", "the other CPU", "raise to handler")))
    return found


@contextlib.contextmanager
def output_to(path: Path):
    """Sends standard output, also that of child processes, to a file for a while."""
    sys.stdout.flush()
    saved = os.dup(1)
    with open(path, "wb") as file:
        os.dup2(file.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(saved, 1)
            os.close(saved)


def boot(data: bytes, what: str, run: qemu.Run, log: Path,
         trace: TraceCounter | None = None) -> str:
    """Runs to the end; the console's text, which is in `log`, too."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".img", dir=scratch.folder()) as image:
        image.write(data)
        image.flush()
        with output_to(log):
            code = Session(image.name, run, trace).wait().code
    said = log.read_text(errors="replace")
    if code != 0:
        raise PlumbError(f"{what} failed:\n{said}", code)
    return said


def packed(system: System, monitor: Path) -> bytes:
    if system.source is None:
        found = pack.pack_file(BESIDE)
    else:
        found = pack.pack_source(system.source.encode(), [ROOT], f"the system '{system.name}'")
    return pack.join(monitor.read_bytes(), found.manifest)


def qemu_run(system: System, timeout: float) -> qemu.Run:
    memory = "1G" if system.board != "virt" else "512M"
    return qemu.Run(board=system.board, smp=system.smp, memory=memory, icount=True,
                    timeout=timeout, trace=True, events=["pl011_write"])


def run_system(system: System, monitor: Path, timeout: float) -> tuple[list[Figure], str]:
    """Its figures, and the console's text."""
    trace = bench.BenchTrace()
    said = boot(packed(system, monitor), f"the system '{system.name}'",
                qemu_run(system, timeout), LOGS / f"{system.name}.log", trace)
    figures = [figure for figure in trace.figures
               if not system.only or figure.name.startswith(system.only)]
    if system.rename:
        figures = [Figure(f"{figure.name} ({system.rename})", figure.value, figure.accesses)
                   for figure in figures]
    return figures, said


def start_figure(said: str) -> list[Figure]:
    """From the monitor's line about the first guest instruction. 1 us has 1000 instructions."""
    found = FIRST.search(said)
    return [Figure(bench.START, int(found[1]) - int(found[2]))] if found else []


def measure(timeout: float, monitor: Path | None = None) -> list[Figure]:
    """All operations once."""
    monitor = monitor or pack.MONITOR
    figures = []
    for system in systems():
        try:
            found, said = run_system(system, monitor, timeout)
        except PlumbError:
            if system.recent and monitor != pack.MONITOR:
                continue
            raise
        figures += found
        if system.source is None and system.board == "virt":
            figures += start_figure(said)
    return figures


def measure_masked(timeout: float, monitor: Path | None = None) -> list[Figure]:
    """The longest that the monitor works for a guest without taking an interrupt."""
    monitor = monitor or pack.MONITOR
    longest = 0
    for system in WORST_SYSTEMS:
        data = pack.join(monitor.read_bytes(), pack.pack_file(system).manifest)
        said = boot(data, relative(system), qemu.Run(smp=1, icount=True, timeout=timeout),
                    LOGS / f"{system.stem}.log")
        longest = max([longest, *map(int, WORST.findall(said))])
    return [Figure(bench.MASKED, longest)] if longest else []


def measure_jitter(timeout: float) -> list[bench.Jitter]:
    found = []
    for place, system in RTOS_SYSTEMS.items():
        said = boot(pack.pack_file(system).data, relative(system),
                    qemu.Run(smp=1, memory="256M", icount=True, timeout=timeout),
                    LOGS / f"{system.stem}.log")
        told = bench.read_jitter(place, said)
        if not told:
            raise PlumbError(f"{relative(system)} printed no jitter: {relative(LOGS)}")
        found += told
    return found


def build() -> None:
    for system in (BESIDE, *RTOS_SYSTEMS.values(), *WORST_SYSTEMS):
        pack.build(system)
