# SPDX-License-Identifier: BSD-2-Clause
"""Some programs of test/tools/lockstep.py in all its worlds; `make verify` runs all."""

from lib.check import Check
from lib.lockstep import trial
from tools import lockstep

PROGRAMS = 600


def main(check: Check) -> None:
    for world in trial.WORLDS:
        lockstep.try_world(check, world, PROGRAMS)
