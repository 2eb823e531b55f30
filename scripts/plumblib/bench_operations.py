# SPDX-License-Identifier: BSD-2-Clause
"""Boots the benchmark system and prints its table."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import bench, pack, qemu, scratch
from .common import BUILD, ROOT, PlumbError, make_variable, relative
from .qemu_run import Session
from .trace import TraceCounter

SYSTEM = ROOT / "guest" / "bench.dts"
RTOS_SYSTEMS = {
    "alone on its CPU": ROOT / "guest" / "rtos-alone.dts",
    "before a busy partition": ROOT / "guest" / "rtos.dts",
}
EPILOG = """\
One instruction takes 1 ns there (-icount shift=0), so a figure is the number of instructions that
one operation costs, guest's and monitor's, and is the same every time. 'GIC' counts the monitor's
accesses to GICD, GICC and GICH per round; interrupt figures of one loop share them, and the first
carries them. Peers: an empty machine, KVM/ARM (Linux 5.6), Xen 4.17 with its null scheduler,
Xvisor; measured by such a guest in the same emulator. '!' marks a target that is missed.

Tick jitter is measured by guest/rtos itself: from the timer's compare value to the handler, when
the tick ends a sleep or interrupts work, and to the task that waits for the tick.
"""


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


def boot(system: Path, run: qemu.Run, log: Path, trace: TraceCounter | None = None) -> None:
    """Runs to the end, with the console in `log`; shows the log if the run fails."""
    packed = pack.pack_file(system)
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".img", dir=scratch.folder()) as image:
        image.write(packed.data)
        image.flush()
        with output_to(log):
            code = Session(image.name, run, trace).wait().code
    if code != 0:
        raise PlumbError(f"{relative(system)} failed:\n{log.read_text(errors='replace')}", code)


def measure(timeout: float) -> list[bench.Figure]:
    run = qemu.Run(smp=2, memory="256M", icount=True, timeout=timeout, trace=True,
                   events=["pl011_write"])
    trace = bench.BenchTrace()
    boot(SYSTEM, run, BUILD / "test" / "bench-console.log", trace)
    return trace.figures


def measure_jitter(timeout: float) -> list[bench.Jitter]:
    found = []
    for place, system in RTOS_SYSTEMS.items():
        log = BUILD / "test" / f"bench-{system.stem}-console.log"
        boot(system, qemu.Run(smp=1, memory="256M", icount=True, timeout=timeout), log)
        told = bench.read_jitter(place, log.read_text(errors="replace"))
        if not told:
            raise PlumbError(f"{relative(system)} printed no jitter: {relative(log)}")
        found += told
    return found


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/bench", usage="scripts/bench [guest | throughput] [OPTION...]", epilog=EPILOG,
        description="Instructions per operation. 'guest' measures a Debian kernel's speed beside "
        "bare\nQEMU, 'throughput' its disk and network: each has its --help.",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--timeout", type=float, default=300, metavar="S")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")
    args = parser.parse_args(words)
    try:
        if not args.no_make:
            for system in (SYSTEM, *RTOS_SYSTEMS.values()):
                pack.build(system)
        figures = measure(args.timeout)
        jitter = measure_jitter(args.timeout)
    except PlumbError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.code
    except (OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 5
    print(bench.table(figures, pack.MONITOR.stat().st_size,
                      int(make_variable("IMAGE_LIMIT")[0])))
    print()
    print(bench.jitter_table(jitter))
    return 1 if args.strict and bench.misses(figures) else 0
