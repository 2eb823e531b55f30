# SPDX-License-Identifier: BSD-2-Clause
"""Drives a million edges, and levels, of vCPUs that run on other CPUs: the guest of
test/systems/remote.dts counts that none is lost and none comes twice, and that edges cost no exit."""

import argparse
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from lib.check import ROOT
from lib.result import GUEST_LINE

HELP = """\
Half of the CPUs drive, the others take. QEMU executes them in turn, in one thread, so that a
busy host changes nothing. With --parallel each has a thread of its own: CPUs then meet at any
instruction, but a host with fewer free cores than CPUs takes ten times as long, or longer.

A level is lowered while the guest has it active. This is a kick (docs/architecture.md), so each
level costs its taker an exit.
"""

WORK = ROOT / "build" / "injections"
LEVELS = 4  # guest/test/remote.c drives a quarter of its count as levels
DONE = re.compile(r"remote: (edges|levels): (\d+) edges, (\d+) levels; takers: (\d+) exits, (\d+) kicks")
STEP = re.compile(r"remote: \d+ of \d+")
SUMMARY = re.compile(r"SUMMARY: [1-9]\d* passed, 0 failed")


@dataclass
class World:
    """A board with its system; half of its CPUs drive lines."""

    cpus: int
    board: str
    system: str


WORLDS = {2: World(2, "vexpress-a15", "remote.dts"), 4: World(4, "midway", "remote-four.dts")}
PHASES = {"edges": 0, "levels": 4}  # enum remote_phase


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cpus", type=int, choices=WORLDS, help="only on so many CPUs (default: all)")
    parser.add_argument("--only", choices=PHASES, help="only these (default: both)")
    parser.add_argument("--count", type=int, default=1000000,
                        help="edges, and as many levels (default: 1000000)")
    parser.add_argument("--parallel", action="store_true", help="a host thread for each CPU")
    parser.add_argument("--timeout", type=int, default=400, help="seconds, for each run (default: 400)")


def counted(text: str, world: World, phase: str, count: int) -> str:
    """The manifest with this number of edges, shared by the senders."""
    each = count // (world.cpus // 2)
    argument = each * (LEVELS if phase == "levels" else 1)
    words = f"count={argument} only={PHASES[phase]} progress={max(each // 10, 1)}"
    text, changes = re.subn(r'bootargs = "count=\d+"', f'bootargs = "{words}"', text)
    if changes != 1:
        raise SystemExit(f"test/systems/{world.system}: has no single 'bootargs = \"count=N\"'")
    return text


def wrong(lines: list[str], code: int, phase: str, count: int) -> str:
    """What is wrong with a run; '' if nothing is."""
    failed = [found[2] for found in map(GUEST_LINE.match, lines) if found and found[1] == "FAIL"]
    if failed:
        return f"the guest found: {'; '.join(failed)}"
    done = next(filter(None, map(DONE.search, lines)), None)
    if code != 0 or not done or not any(map(SUMMARY.search, lines)):
        return f"the run ended with {code}, without the guest's summary"
    wanted = (count, 0) if phase == "edges" else (0, count)
    if (int(done[2]), int(done[3])) != wanted:
        return f"{done[2]} edges and {done[3]} levels, not {wanted[0]} and {wanted[1]}"
    if phase == "edges" and (done[4], done[5]) != ("0", "0"):
        return f"the takers have {done[4]} exits and {done[5]} kicks, not 0"
    return ""


def read(output: Iterable[str]) -> list[str]:
    """All lines; prints those that tell how far the guest is, as they come."""
    lines = []
    for line in output:
        lines.append(line.rstrip())
        if STEP.search(line) or DONE.search(line):
            print(f"  {lines[-1]}", flush=True)
    return lines


def run(world: World, phase: str, args: argparse.Namespace) -> bool:
    """One run of a guest, and its PASS or FAIL line."""
    count = args.count - args.count % world.cpus
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{phase}-{world.cpus}.dts"
    path.write_text(counted((ROOT / "test" / "systems" / world.system).read_text(), world, phase, count))
    argv: list[str | Path] = [ROOT / "scripts" / "plumb", "run", path, "--board", world.board, "--smp",
                              str(world.cpus), "--no-make", "--timeout", str(args.timeout)]
    if not args.parallel:
        argv += ["--qemu=-accel", "--qemu=tcg,thread=single"]
    where = f"{phase}, {world.cpus} CPUs of {world.board}{', in parallel' if args.parallel else ''}"
    print(f"{where}:", flush=True)
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        assert process.stdout
        lines = read(process.stdout)
    fault = wrong(lines, process.returncode, phase, count)
    if fault:
        print("\n".join(lines[-40:]))
        print(f"FAIL {where}: {fault}", flush=True)
    else:
        print(f"PASS {where}: {count}, none lost, none twice", flush=True)
    return not fault


def main(args: argparse.Namespace) -> None:
    worlds = [WORLDS[args.cpus]] if args.cpus else list(WORLDS.values())
    phases = [args.only] if args.only else list(PHASES)
    good = [run(world, phase, args) for world in worlds for phase in phases]
    raise SystemExit(0 if all(good) else 1)
