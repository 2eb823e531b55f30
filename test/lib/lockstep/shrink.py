# SPDX-License-Identifier: BSD-2-Clause
"""Shortens a failing program as far as possible: steps are removed as long as it still fails.

Each machine runs many candidates in one run.
"""

from collections.abc import Callable

from .program import Op, Program, Step

Fails = Callable[[list[Program]], list[bool]]
MOST = 400  # candidates in one run


def _names(step: Step) -> set[int]:
    """The interrupts that a step may make pending or active, or that it enables."""
    if step.op in (Op.LINE, Op.SGI_SET, Op.ACTIVATE):
        return {step.argument}
    if step.op == Op.SGI:
        return {step.value & 0xF}
    if step.op == Op.DIST_WRITE and 0x100 <= step.argument < 0x280:
        word = step.argument % 0x80 // 4
        return {32 * word + bit for bit in range(32) if step.value >> bit & 1 and 32 * word + bit >= 16}
    return set()


def legal(steps: tuple[Step, ...]) -> bool:
    """Have all interrupts that matter different priorities, from the first step on?"""
    used = set().union(*map(_names, steps)) if steps else set()
    cpus = {step.cpu for step in steps}
    priority: dict[tuple[int, int], int] = {}
    begun = False
    for step in steps:
        if step.op == Op.DIST_WRITE_BYTE and 0x400 <= step.argument < 0x800:
            intid = step.argument - 0x400
            priority[step.cpu if intid < 32 else -1, intid] = step.value
            if not begun:
                continue
        elif not _names(step) and not begun:
            continue
        elif step.op == Op.DIST_WRITE and step.argument < 0x200 and not begun:
            continue  # enabled before anything pends
        begun = True
        for cpu in cpus:
            seen = [priority.get((cpu if intid < 32 else -1, intid), 0) for intid in used]
            if len(set(seen)) < len(seen):
                return False
    return True


def _without(steps: tuple[Step, ...], size: int) -> list[tuple[Step, ...]]:
    """Begins at the end: later steps depend on earlier ones."""
    starts = range(0, len(steps), size)
    return [steps[:at] + steps[at + size:] for at in reversed(starts)]


def shrink(program: Program, fails: Fails) -> Program:
    steps, size = program.steps, max(1, len(program.steps) // 2)
    while True:
        candidates = [c for c in _without(steps, size) if c and legal(c)][:MOST]
        verdicts = fails([Program(n, c) for n, c in enumerate(candidates)]) if candidates else []
        shorter = next((c for c, bad in zip(candidates, verdicts) if bad), None)
        if shorter is not None:
            steps = shorter
            size = min(size, max(1, len(steps) // 2))
        elif size == 1:
            return Program(program.ident, steps)
        else:
            size = max(1, size // 2)
