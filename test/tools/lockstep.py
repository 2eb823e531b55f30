# SPDX-License-Identifier: BSD-2-Clause
"""The VGIC beside QEMU's GICv2, in lock-step."""

import argparse

from lib.check import Check
from lib.lockstep import compare, generate, trial
from plumblib.common import make

WHOLE = 10000
NEEDS = ("build/plumbline.img", "build/guest/test-lockstep.bin", "host-tools")
HELP = """\
Random programs of GIC operations are run by one guest binary, on QEMU's own GICv2
and in a partition. Each value that was read, and each interrupt that was taken,
must be the same, except for the differences of --rules. A program that fails is
shortened as far as possible, and printed with the records of both sides.

Programs depend only on the seed, the world and their number.

examples:
  test/tool lockstep
  test/tool lockstep --world four --programs 20000 --seed 7
  test/tool lockstep --world two --show 17
  test/tool lockstep --rules
"""


def show_rules() -> None:
    print("Differences that are allowed (sections of IHI 0048B):")
    for name, text in compare.RULES.items():
        print(f"  {name}\n      {text}")
    print("Cases that programs avoid:")
    for name, text in generate.DEPARTURES.items():
        print(f"  {name}\n      {text}")


def show(world: trial.World, seed: int, number: int) -> None:
    for n, step in enumerate(trial.programs(world, seed, 1, number)[0].steps):
        print(f"{n:3} {step}")


def explain(world: trial.World, failures: list[trial.Failure], quick: bool) -> str:
    text = [f"program {failure.program.ident}: {failure.why}" for failure in failures[:5]]
    if failures and not quick:
        short = trial.shrunk(world, failures[0])
        text += [f"program {short.program.ident}, shrunk: {short.why}", *short.log]
    return "\n".join(text)


def try_world(check: Check, world: trial.World, programs: int, seed: int = 1,
              quick: bool = False) -> None:
    """The world's share of so many programs."""
    count = -(-world.share * programs // WHOLE)
    outcome = trial.Outcome()
    trial.run(world, seed, count, outcome, quick)
    bad = len(outcome.failures)
    rules = ", ".join(f"{name} {times}" for name, times in sorted(outcome.rules.items())) or "none"
    check.result(not bad and outcome.programs == count,
                 f"{world.name}: {outcome.programs} programs of seed {seed}, "
                 f"{outcome.entries} entries, {bad} differ; rules used: {rules}",
                 explain(world, outcome.failures, quick))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--programs", type=int, default=WHOLE, metavar="N",
                        help=f"number of programs in all worlds ({WHOLE})")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the generator (1)")
    parser.add_argument("--world", choices=[world.name for world in trial.WORLDS],
                        help="only this world, with its share")
    parser.add_argument("--quick", action="store_true",
                        help="stop at the first world that fails, without shrinking")
    parser.add_argument("--show", type=int, metavar="N", help="print program N of --world")
    parser.add_argument("--rules", action="store_true", help="print the permitted differences")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")


def main(args: argparse.Namespace) -> None:
    chosen = [world for world in trial.WORLDS if args.world in (None, world.name)]
    if args.rules:
        show_rules()
        return
    if args.show is not None:
        show(chosen[0], args.seed, args.show)
        return
    if not args.no_make:
        make(*NEEDS)
    check = Check("lockstep")
    for world in chosen:
        try_world(check, world, args.programs, args.seed, args.quick)
        if check.failed and args.quick:
            break
    check.finish()
