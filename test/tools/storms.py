# SPDX-License-Identifier: BSD-2-Clause
"""Storms of partitions' lives: two partitions start, end, pause and interrupt each other at random,
beside two witnesses."""

import argparse

from lib import storms
from lib.check import ROOT, Check
from plumblib.common import make

NEEDS = ("build/plumbline.img", "build/guest/test-turmoil.bin", "build/guest/test-witness.bin",
         "build/hostile/layout", "host-tools")
HELP = """\
Before the first storm and after each, the partitions begin a life in which they
do nothing, and are paused. The account is compared with the first one: states
and alarms of all vCPUs, the scheduler's queues, their virtual GICs, their RAM,
stage 2, and the physical GIC's enabled and active interrupts, targets, list
registers and active priorities. The run fails if anything differs, a life does
not begin as the first one, a witness notices something, or nothing restarts.

Two CPUs run at once, so a seed chooses the actions, but not their order.

examples:
  test/tool storms --restarts 2000
  test/tool storms --restarts 100000 --rounds 50 --seed 7
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=lambda text: int(text, 0), default=1, metavar="N",
                        help="what is done (1)")
    parser.add_argument("--restarts", type=int, default=5000, metavar="N",
                        help="lives of both partitions together (5000)")
    parser.add_argument("--rounds", type=int, default=0, metavar="N",
                        help="storms, each with an account after it (one for 2000 lives)")
    parser.add_argument("--log", action="store_true", help="print the console")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")


def main(args: argparse.Namespace) -> None:
    if args.restarts < 1 or args.rounds < 0:
        raise SystemExit("storms: --restarts and --rounds: at least 1")
    if not args.no_make:
        make(*NEEDS)
    check = Check("storms")
    rounds = args.rounds or max(2, args.restarts // 2000)
    print(f"seed {args.seed:#x}, {args.restarts} restarts in {rounds} storms", flush=True)
    outcome = storms.run(args.seed, args.restarts, rounds, lambda text: print(text, flush=True))
    if args.log:
        print("\n".join(outcome.lines))
    if outcome.board:
        print("\n".join(storms.totals(outcome.board)))
    log = storms.WORK / f"seed-{args.seed:#x}.log"
    if outcome.failures:
        log.write_text("".join(f"{line}\n" for line in outcome.lines))
    check.result(not outcome.failures and outcome.lives >= args.restarts,
                 f"{outcome.lives} lives in {outcome.rounds} storms, {outcome.seconds:.0f} s; "
                 f"{outcome.accounts} accounts of {outcome.compared} values; what is there after "
                 "a storm was there before it, and the witnesses notice nothing",
                 "\n".join([*outcome.failures[:20], f"the console: {log.relative_to(ROOT)}",
                            f"again: test/tool storms --seed {args.seed:#x} --restarts "
                            f"{args.restarts} --rounds {rounds}"]))
    check.finish()
