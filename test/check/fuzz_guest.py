# SPDX-License-Identifier: BSD-2-Clause
"""Some runs of test/tools/fuzz_guest.py, in each of its worlds; `make verify` runs ten minutes."""

from lib import hostile
from lib.check import Check
from tools.fuzz_guest import plan_of

SEEDS = range(1, 10)
LEAST = 4000  # steps in all
UNTIL_US = 200_000


def main(check: Check) -> None:
    steps = early = 0
    for seed in SEEDS:
        plan = plan_of(seed)
        plan.until_us = UNTIL_US
        outcome = hostile.run(plan)
        steps += outcome.steps
        early += bool(outcome.frozen or outcome.broken)
        check.result(not outcome.failures, f"seed {seed}, {plan.world}",
                     "\n".join([*outcome.failures, f"again: {plan.command()}"]))
    check.result(steps >= LEAST and early <= len(SEEDS) // 2,
                 f"at least {LEAST} steps, and the emulator ends few of the runs",
                 f"{steps} steps; QEMU ended {early} of {len(SEEDS)} runs")
