# SPDX-License-Identifier: BSD-2-Clause
"""Fuzzes the monitor from inside: a partition of four vCPUs executes what a seed chooses, beside two
witnesses."""

import argparse
import re
import subprocess
import time
from collections import Counter
from pathlib import Path

from lib import hostile, reach
from lib.check import Check
from lib.hostile_shrink import Shrink
from plumblib.common import ROOT, make, tool

NEEDS = ("build/plumbline.img", "build/guest/test-fuzz.bin", "build/guest/test-witness.bin",
         "build/guest/vmm.bin",
         "build/hostile/reach.so", "build/hostile/show", "host-tools")
SHOW = ROOT / "build" / "hostile" / "show"
LEAST = 100  # steps of a run, on average: less would be no test
HELP = """\
A run fails if the monitor panics, a witness finds a difference or does not end,
a life of the partition does not begin as new, or the system hangs. A seed
determines the whole run. A failing one is shortened to one life of the
partition, and to the fewest steps that fail; the command that repeats them is
printed. Runs alternate between worlds: two CPUs or one for the four vCPUs,
without rights and with a right on itself, without performance monitors and with
them, and a VM that a partition has made; what fails in that is not shortened.

A life, or single steps of it, with what they are:
  test/tool fuzz-guest --seed 0x1234 --steps 0..400 --show

examples:
  test/tool fuzz-guest --seconds 600
  test/tool fuzz-guest --seed 7 --runs 1
  test/tool fuzz-guest --seed 0x1234 --steps 96..112 --shared
"""


def steps_of(text: str) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    try:
        if dots and int(first) < int(last):
            return int(first), int(last)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"'{text}' is not FIRST..LAST, with FIRST below LAST")


def list_of(text: str) -> list[int]:
    try:
        return sorted(int(word) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of steps, like 8,13,21") from None


def number(text: str) -> int:
    return int(text, 0)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=number, default=1, metavar="N",
                        help="the first seed (1); with --steps the seed of a life")
    parser.add_argument("--seconds", type=float, default=60, metavar="S",
                        help="begin no run after so long (60)")
    parser.add_argument("--runs", type=int, metavar="N", help="so many runs instead")
    parser.add_argument("--steps", type=steps_of, metavar="A..B",
                        help="one life, of these steps alone")
    parser.add_argument("--only", type=list_of, metavar="STEP,...",
                        help="of these, only the ones listed")
    parser.add_argument("--show", action="store_true", help="print the steps; run nothing")
    parser.add_argument("--shared", action="store_true", help="all vCPUs on one CPU")
    parser.add_argument("--rights", action="store_true", help="with a right on itself")
    parser.add_argument("--pmu", action="store_true", help="with performance monitors")
    parser.add_argument("--vm", action="store_true", help="in a VM that a partition has made")
    parser.add_argument("--until-us", type=int, default=400_000, metavar="N",
                        help="emulated time of a run (400000)")
    parser.add_argument("--quick", action="store_true",
                        help="end at the first failure, and do not shorten it")
    parser.add_argument("--log", action="store_true", help="print the console of each run")
    parser.add_argument("--no-reach", action="store_true",
                        help="without the count of the monitor's code that is executed")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")


def plan_of(seed: int) -> hostile.Plan:
    """A run whose world depends on the seed."""
    if seed % 9 == 0:
        return hostile.Plan(seed, shared=bool(seed & 2), vm=True)
    return hostile.Plan(seed, shared=bool(seed & 1), rights=bool(seed & 2), pmu=bool(seed & 4))


def disassemble(words: list[str], thumb: bool) -> list[str]:
    path = hostile.WORK / "words"
    path.write_bytes(b"".join(int(word, 16).to_bytes(4, "little") for word in words))
    said = subprocess.run(
        [tool("arm-none-eabi-objdump"), "-D", "-b", "binary", "-m", "arm",
         *(["-M", "force-thumb"] if thumb else []), str(path)],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    return [f"    {line.strip()}" for line in said.splitlines() if re.match(r"\s+[0-9a-f]+:\t", line)]


def explain(seed: int, steps: list[int]) -> list[str]:
    """The steps, with their instructions."""
    said = subprocess.run([SHOW, f"{seed:#x}", *map(str, steps)], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    lines, thumb = [], False
    for line in said.splitlines():
        name, *words = line.split()
        if name == "step":
            thumb = bool(int(words[words.index("psr") + 1], 16) & 0x20)
            kind = hostile.KIND_NAMES[int(words[2])]
            line = line.replace(f"kind {words[2]}", kind)
        lines.append(f"  {line}" if name == "step" else f"    {line}")
        if name == "words":
            lines += disassemble(words, thumb)
    return lines


class Fuzz:
    def __init__(self, args: argparse.Namespace):
        self.args = args
        self.check = Check("fuzz-guest")
        self.code = None if args.no_reach else reach.Code(hostile.ELF)
        self.reached = reach.Reached(self.code) if self.code else None
        self.runs: list[hostile.Outcome] = []

    def plan(self, seed: int) -> hostile.Plan:
        args = self.args
        plan = hostile.Plan(seed) if args.steps else plan_of(seed)
        plan.until_us = args.until_us
        plan.shared = plan.shared or args.shared
        plan.vm = plan.vm or args.vm
        plan.rights = (plan.rights or args.rights) and not plan.vm
        plan.pmu = (plan.pmu or args.pmu) and not plan.vm
        if args.steps:
            plan.exact = True
            plan.first, plan.last = args.steps
            plan.listed = args.only or []
        return plan

    def _run(self, plan: hostile.Plan) -> tuple[hostile.Outcome, str]:
        if not self.code or not self.reached:
            return hostile.run(plan), ""
        out = hostile.WORK / "reached"
        out.unlink(missing_ok=True)
        outcome = hostile.run(plan, reach.arguments(self.code, out))
        new = self.reached.add(out)
        return outcome, f"; {self.reached.count} instructions reached, {new} of them new"

    def run(self, seed: int) -> bool:
        plan = self.plan(seed)
        outcome, reached = self._run(plan)
        self.runs.append(outcome)
        if self.args.log:
            print("\n".join(outcome.lines))
        why = outcome.broken or (outcome.ended if outcome.frozen else "")
        print(f"seed {seed:#x}, {plan.world}: {outcome.steps} steps in {len(outcome.lives)} lives, "
              f"{outcome.seconds:.1f} s{reached}{'; ends early: ' + why if why else ''}", flush=True)
        if outcome.failures:
            self._failed(plan, outcome)
        return not outcome.failures

    def _failed(self, plan: hostile.Plan, outcome: hostile.Outcome) -> None:
        log = hostile.WORK / f"seed-{plan.seed:#x}.log"
        log.write_text("".join(f"{line}\n" for line in outcome.lines))
        text = [*outcome.failures[:10], f"the console: {log.relative_to(ROOT)}",
                f"again: {plan.command()}"]
        if not self.args.quick and not plan.vm:
            print("\n".join(text) + "\nshortening it:", flush=True)
            short = Shrink(hostile.run).shrink(plan, outcome)
            text = [f"again: {short.command()}", *explain(short.seed, short.steps())] if short else \
                ["no life of the partition fails by itself: only the whole run does"]
        self.check.result(False, f"seed {plan.seed:#x}: {outcome.failures[0]}", "\n".join(text))

    def all(self) -> None:
        begin, seed = time.monotonic(), self.args.seed
        while self.run(seed) or not self.args.quick:
            seed += 1
            if self.args.steps or (len(self.runs) >= self.args.runs if self.args.runs else
                                   time.monotonic() - begin >= self.args.seconds):
                break
        self.report()

    def report(self) -> None:
        steps = sum(run.steps for run in self.runs)
        lives = [life for run in self.runs for life in run.lives.values()]
        for names, which in ((hostile.KIND_NAMES, "kinds"), (hostile.WAY_NAMES, "ways")):
            total: Counter = sum((run.total(names, which) for run in self.runs), Counter())
            print(f"{which}: " + ", ".join(f"{name} {total[name]}" for name in names if total[name]))
        print(f"vCPUs started again {sum(life.started for life in lives)}, partition reset for a lost "
              f"vCPU {sum(life.lost for life in lives)}; runs that stopped QEMU's time "
              f"{sum(run.frozen for run in self.runs)}, or hit an assertion of QEMU "
              f"{sum(bool(run.broken) for run in self.runs)}")
        if self.reached:
            print("\n".join(self.reached.report()))
        early = sum(bool(run.frozen or run.broken) for run in self.runs)
        enough = bool(self.args.steps) or (steps >= LEAST * len(self.runs)
                                           and early <= max(1, len(self.runs) // 2))
        self.check.result(enough and not any(run.failures for run in self.runs),
                          f"{len(self.runs)} runs, {len(lives)} lives, {steps} steps: no panic, no "
                          "hang, each life began as new, and the witnesses noticed nothing",
                          "" if enough else "too few steps, or too many runs that QEMU has ended")


def main(args: argparse.Namespace) -> None:
    if not args.no_make:
        make(*NEEDS)
    if args.show:
        if not args.steps:
            raise SystemExit("fuzz-guest: --show needs --steps A..B")
        print("\n".join(explain(args.seed, args.only or list(range(*args.steps)))))
        return
    Path(hostile.WORK).mkdir(parents=True, exist_ok=True)
    fuzz = Fuzz(args)
    fuzz.all()
    fuzz.check.finish()
