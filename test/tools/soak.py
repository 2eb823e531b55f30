# SPDX-License-Identifier: BSD-2-Clause
"""Counts interrupts of every kind for hours, while partitions beside them end, start and pause: none
is lost, none is delivered twice."""

import argparse
import time

from lib import soak
from lib.check import ROOT, Check
from plumblib.common import make

NEEDS = ("build/plumbline.img", "build/guest/test-turmoil.bin", "build/guest/test-witness.bin",
         "build/guest/test-soak.bin", "host-tools")
RUN = 300.0  # seconds of one run
PROGRESS = 10.0
HELP = """\
Edges and levels by KVM_IRQ_LINE (one line, many lines, a GSI), PPIs, doorbells of
shared memory, SGIs between two vCPUs, and both timers: each is asserted again
when it was delivered. The sink changes targets, priorities, GICD_CTLR; it is
paused, and restarts when nothing is under way. Beside it is the storm of
'test/tool storms', with its witnesses.

Runs of five minutes follow each other, each with the next seed. The two CPUs take
turns, and time is counted in instructions. With --parallel they run at once, which
needs a host that is otherwise idle.

examples:
  make soak                            # two hours
  test/tool soak --seconds 600 --seed 0x100
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=lambda text: int(text, 0), default=1, metavar="N",
                        help="of the first run (1)")
    parser.add_argument("--seconds", type=float, default=7200, metavar="N",
                        help="in all (7200: two hours)")
    parser.add_argument("--parallel", action="store_true", help="both CPUs run at once")
    parser.add_argument("--log", action="store_true", help="print the console of each run")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")


class Progress:
    def __init__(self) -> None:
        self.at = time.monotonic() + PROGRESS

    def __call__(self, totals: soak.Totals) -> None:
        if time.monotonic() >= self.at:
            self.at = time.monotonic() + PROGRESS
            print(f"  {totals.short()}", flush=True)


def main(args: argparse.Namespace) -> None:
    if args.seconds <= 0:
        raise SystemExit("soak: --seconds: more than 0")
    if not args.no_make:
        make(*NEEDS)
    check, totals, seed = Check("soak"), soak.Totals(), args.seed
    begin = time.monotonic()
    while time.monotonic() - begin < args.seconds and not check.failed:
        left = args.seconds - (time.monotonic() - begin)
        print(f"seed {seed:#x}:", flush=True)
        outcome = soak.run(seed, min(RUN, left), not args.parallel, Progress())
        totals.add(outcome.totals)
        print(f"  {outcome.totals.short()}", flush=True)
        if args.log:
            print("\n".join(outcome.lines))
        if outcome.failures:
            log = soak.WORK / f"seed-{seed:#x}.log"
            log.write_text("".join(f"{line}\n" for line in outcome.lines))
            check.result(False, f"seed {seed:#x}: {outcome.failures[0]}", "\n".join(
                [*outcome.failures[:20], f"the console: {log.relative_to(ROOT)}",
                 f"again: test/tool soak --seed {seed:#x} --seconds {min(RUN, left):.0f}"
                 f"{' --parallel' if args.parallel else ''}"]))
        seed += 1
    print("\n".join(totals.table()))
    check.result(not check.failed and sum(totals.asserted.values()) > 0,
                 f"{time.monotonic() - begin:.0f} s from seed {args.seed:#x}: {totals.short()}")
    check.finish()
