# SPDX-License-Identifier: BSD-2-Clause
"""A short run of test/tools/storms.py; `make verify` has a long one."""

from lib import storms
from lib.check import Check

SEED, RESTARTS, ROUNDS = 2, 300, 3


def main(check: Check) -> None:
    outcome = storms.run(SEED, RESTARTS, ROUNDS)
    check.result(not outcome.failures and outcome.lives >= RESTARTS,
                 f"{RESTARTS} lives of two partitions: {ROUNDS + 1} accounts are equal",
                 "\n".join([*outcome.failures[:20], *outcome.lines[-40:]]))
    assert outcome.board
    done = [sum(outcome.board.rioter(n).done[kind] for n in range(storms.RIOTERS))
            for kind in range(len(storms.KIND_NAMES))]
    check.result(min(done) > 0 and outcome.compared > 4000,
                 "each kind of action was done, and the account is complete",
                 f"{done}, {outcome.compared} values")
    maker = outcome.board.maker
    check.result(min(maker.lives, maker.made, maker.lines, maker.rings, *(
        maker.runs[storms.REASON_NAMES.index(name)] for name in ("INTR", "MMIO", "WFI", "KICK"))) > 10,
                 "a partition whose VM runs on two CPUs lived and ended, too", str(maker))
