# SPDX-License-Identifier: BSD-2-Clause
"""Shortens a failing run of the fuzzer: to one life, to a range of its steps, to single steps."""

import time
from collections.abc import Callable
from dataclasses import replace

from .hostile import Outcome, Plan

SECONDS = 240.0  # for all attempts
LISTED = 400  # steps: more are not tried one by one

Run = Callable[[Plan], Outcome]


class Shrink:
    def __init__(self, run: Run, seconds: float = SECONDS):
        self.run = run
        self.end = time.monotonic() + seconds
        self.why: list[str] = []

    def _fails(self, plan: Plan) -> bool:
        if time.monotonic() > self.end:
            return False
        outcome = self.run(plan)
        self.why = outcome.failures or self.why
        return bool(outcome.failures)

    def _range(self, plan: Plan) -> Plan:
        """The first end at which it fails, then the last begin."""
        low, high = plan.first, plan.last
        while low + 1 < high:
            middle = (low + high) // 2
            if self._fails(replace(plan, last=middle)):
                high = middle
            else:
                low = middle
        plan = replace(plan, last=high)
        low, high = plan.first, plan.last
        while low + 1 < high:
            middle = (low + high) // 2
            if self._fails(replace(plan, first=middle)):
                low = middle
            else:
                high = middle
        return replace(plan, first=low)

    def _single(self, plan: Plan) -> Plan:
        steps = list(range(plan.first, plan.last))
        size = len(steps) // 2
        while size:
            for at in reversed(range(0, len(steps), size)):
                fewer = steps[:at] + steps[at + size:]
                if fewer and self._fails(replace(plan, listed=fewer)):
                    steps = fewer
            size //= 2
        return replace(plan, listed=steps)

    def shrink(self, plan: Plan, outcome: Outcome) -> Plan | None:
        """None: no life fails by itself, only the whole run does."""
        lives = [] if plan.exact else list(outcome.lives.values())[-2:]
        candidates = [replace(plan, exact=True, seed=life.seed, last=max(life.step) + 4)
                      for life in reversed(lives)] or [plan]
        found = next((one for one in candidates if self._fails(one)), None)
        if not found:
            return None
        found = self._range(found)
        if found.last - found.first > LISTED:
            return found
        single = self._single(found)
        return single if len(single.listed) < found.last - found.first else found
