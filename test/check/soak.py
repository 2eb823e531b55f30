# SPDX-License-Identifier: BSD-2-Clause
"""A few seconds of test/tools/soak.py; `make verify` has ten minutes."""

from lib import soak
from lib.check import Check

SEED, SECONDS = 1, 8.0


def main(check: Check) -> None:
    outcome = soak.run(SEED, SECONDS, True, lambda totals: None)
    check.result(not outcome.failures, f"seed {SEED}: nothing is lost or doubled",
                 "\n".join([*outcome.failures[:20], *outcome.lines[-40:]]))
    missing = [name for name, _, _ in soak.KINDS if outcome.totals.delivered[name] == 0]
    check.result(not missing, "interrupts of each kind are counted", ", ".join(missing))
