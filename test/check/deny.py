# SPDX-License-Identifier: BSD-2-Clause
"""What a partition that does one thing as often as it can takes from its neighbours: how late their
ticks are, and how much of the CPU they have, on the same CPU and on another.

The system is test/systems/deny.dts. Instructions are counted (-icount), so each run gives the same
figures. On one CPU, an RTOS above
the partition tells how late its latest tick is, and a partition of the same priority its share of the
CPU. With a witness on another CPU, a plugin of QEMU counts what the monitor executes there.
"""

import argparse
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.check import ROOT, Check
from plumblib import qemu

SYSTEM = ROOT / "test" / "systems" / "deny.dts"
PLUGIN = f"{ROOT}/build/stretch/stretch.so,elf={ROOT}/build/plumbline.elf,list=0,shares=1"
# guest/test/deny.c, in this order
KINDS = ("SGIs to all", "edges", "a level that is never ended", "console", "set/way", "WFI", "WFE",
         "timers that are always due", "RTC", "restarts", "many lines", "GSI routes",
         "start, stop, pause, resume, reset of another", "doorbells", "CPU_ON, CPU_OFF",
         "writes to the distributor", "aborts and undefined instructions", "a device's level")
SHORT = (3, 4, 9, 12)  # of each class one: a flood, a long operation, restarts, calls; the others: --all
LATEST_NS = 20_000  # of the RTOS
LEAST_SHARE = 25  # percent, beside two vCPUs: a third is fair
LONGEST_AWAY_US = 3_500  # beside two vCPUs with slices of 1 ms
LONGEST_STRETCH = 10_000  # instructions with interrupts masked, on the other CPU
MOST_TAKEN = 5.0  # percent of the other CPU that the monitor takes
ARGS = {"beside": "share until-us=60000", "apart": "until-us=15000 ticks=5"}
TIMEOUT = 60
HELP = """\
examples:
  test/tool check/deny
  test/tool check/deny --all
  test/tool check/deny --kind 3 --log
"""

WORST = re.compile(r"RTOS: tick .* worst (\d+) ns")
SHARE = re.compile(r"share: (\d+) % of the CPU, away for (\d+) us")
CPU = re.compile(r"stretch: CPU 1: guests (\d+), monitor (\d+), waiting (\d+), longest (\d+)")
SUMMARY = re.compile(r"\[neighbour\] SUMMARY: (\d+) passed, 0 failed")
# QEMU 10.0, unlike 7.2, gives plugins the index of the CPU for which it has translated the code, if CPUs
# take turns (-icount): not of the one that executes it.
ONE_INDEX = qemu.version() >= (10, 0)


@dataclass
class Row:
    latest_ns: int = -1
    share: int = -1
    away_us: int = -1
    stretch: int = -1
    taken: float = -1.0
    failed: str = ""

    def good(self) -> bool:
        return (not self.failed and 0 < self.latest_ns <= LATEST_NS and self.share >= LEAST_SHARE
                and 0 <= self.away_us <= LONGEST_AWAY_US and (ONE_INDEX or self.good_apart()))

    def good_apart(self) -> bool:
        return 0 < self.stretch <= LONGEST_STRETCH and 0 <= self.taken <= MOST_TAKEN

    def __str__(self) -> str:
        apart = ("not measured by this QEMU" if ONE_INDEX else
                 f"monitor {self.taken:.1f} %, stretch {self.stretch}")
        return (f"RTOS above it at most {self.latest_ns} ns late; beside it: {self.share} % of "
                f"the CPU, away for {self.away_us} us; on another CPU: {apart}")


def system(kind: int, neighbour: str) -> str:
    text = SYSTEM.read_text().replace('"kind=0"', f'"kind={kind}"')
    if neighbour == "rtos":
        return text
    text = text.replace("priority = <7>;", "")
    program = {"beside": "test-deny", "apart": "test-witness"}[neighbour]
    text = text.replace("build/guest/rtos.bin", f"build/guest/{program}.bin")
    text = re.sub(r'bootargs = "strict[^"]*"', f'bootargs = "{ARGS[neighbour]}"', text)
    return text if neighbour == "beside" else text.replace("cpus = <1>", "cpus = <2>", 1)


def run(kind: int, neighbour: str) -> str:
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        path = Path(folder) / "deny.dts"
        path.write_text(system(kind, neighbour))
        extra = ["--smp", "2", "--qemu=-plugin", f"--qemu={PLUGIN}"] if neighbour == "apart" else [
            "--smp", "1"]
        done = subprocess.run([ROOT / "scripts" / "plumb", "run", path, "--icount", "--prefix",
                               "--no-make", "--timeout", str(TIMEOUT), *extra], cwd=ROOT,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.stdout


def measure(kind: int, log: bool) -> Row:
    row = Row()
    for neighbour in ("rtos", "beside", "apart"):
        said = run(kind, neighbour)
        if log:
            print(said)
        if not SUMMARY.search(said):
            row.failed += f"{neighbour}: no summary, or a failure:\n{said[-2000:]}\n"
        if (match := WORST.search(said)) and neighbour == "rtos":
            row.latest_ns = int(match[1])
        if (match := SHARE.search(said)) and neighbour == "beside":
            row.share, row.away_us = int(match[1]), int(match[2])
        if match := CPU.search(said):
            guests, monitor, waiting, row.stretch = map(int, match.groups())
            row.taken = 100 * (monitor + waiting) / max(1, guests + monitor + waiting)
    return row


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", type=int, choices=range(len(KINDS)), metavar="N",
                        help="one of them: " + ", ".join(f"{n} {name}" for n, name in
                                                         enumerate(KINDS)))
    parser.add_argument("--all", action="store_true", help="all of them, not only some")
    parser.add_argument("--log", action="store_true", help="print the consoles")


def main(check: Check, args: argparse.Namespace) -> None:
    kinds = range(len(KINDS)) if args.all else SHORT
    for kind in kinds if args.kind is None else [args.kind]:
        row = measure(kind, args.log)
        check.result(row.good(), f"{KINDS[kind]}: {row}", row.failed or
                     f"limits: {LATEST_NS} ns late, {LEAST_SHARE} % of the CPU, {LONGEST_AWAY_US} us "
                     f"away, {MOST_TAKEN} % taken, stretch {LONGEST_STRETCH}")
