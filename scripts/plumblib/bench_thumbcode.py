# SPDX-License-Identifier: BSD-2-Clause
"""The same as bench_armcode of an instruction in Thumb state (T1 to T4 encodings, ARM DDI 0406C A6, A8)."""

from . import bench_armcode as arm
from .bench_armcode import PC, SP, Effect, bit, passes

ALWAYS = 0xE << 28
WFI = 0xBF30
# Bits 11 to 9 of those with an offset in a register: size, load
BY_REGISTER = ((4, False), (2, False), (1, False), (1, True), (4, True), (2, True), (1, True), (2, True))
# Bits 15 to 11: the unit of the offset, load
BY_NUMBER = {12: (4, False), 13: (4, True), 14: (1, False), 15: (1, True), 16: (2, False), 17: (2, True)}
# Bits 7 to 4 of LDREXB, TBB and the like
EXCLUSIVE = {0: 1, 1: 2, 4: 1, 5: 2, 7: 8}


def is_wide(half: int) -> bool:
    return half >> 11 in (0x1D, 0x1E, 0x1F)


def _skipped(psr: int) -> bool:
    """By the IT instruction before it."""
    state = psr >> 8 & 0xFC | psr >> 25 & 3
    return bool(state & 15) and not passes(state >> 4, psr)


def _counted(half: int) -> int:
    return bin(half).count("1")


def _transfer(at: int, size: int, load: bool) -> Effect:
    return arm.effect_at(at & 0xFFFFFFFF, size, load)


def _narrow(half: int, regs: list[int]) -> Effect:
    kind, number = half >> 11, half & 0xFF
    low = regs[half >> 3 & 7]
    if kind == 9:  # literal
        return _transfer((regs[PC] & ~3) + 4 + 4 * number, 4, True)
    if kind in (10, 11):
        return _transfer(low + regs[half >> 6 & 7], *BY_REGISTER[half >> 9 & 7])
    if kind in BY_NUMBER:
        unit, load = BY_NUMBER[kind]
        return _transfer(low + unit * (half >> 6 & 31), unit, load)
    if kind in (18, 19):
        return _transfer(regs[SP] + 4 * number, 4, kind == 19)
    if kind in (24, 25):
        return _transfer(regs[half >> 8 & 7], 4 * _counted(number), kind == 25)
    if half & 0xF600 == 0xB400:  # PUSH, POP
        count, load = _counted(half & 0x1FF), bool(bit(half, 11))
        return _transfer(regs[SP] - (0 if load else 4 * count), 4 * count, load)
    return Effect()


def _multiple(first: int, second: int, regs: list[int]) -> Effect:
    count = _counted(second)
    base = regs[first & 15] - (4 * count if bit(first, 8) else 0)
    return _transfer(base, 4 * count, bool(bit(first, 4)))


def _double(first: int, second: int, regs: list[int]) -> Effect:
    """LDRD, STRD, exclusives, table branches."""
    base, load = regs[first & 15], bool(bit(first, 4))
    if first & 15 == PC:
        base = (base & ~3) + 4 if bit(first, 8) or bit(first, 5) else base + 4
    offset = 4 * (second & 0xFF)
    if bit(first, 8) or bit(first, 5):
        moved = base + (offset if bit(first, 7) else -offset)
        return _transfer(moved if bit(first, 8) else base, 8, load)
    if not bit(first, 7):
        return _transfer(base + offset, 4, load)
    kind = second >> 4 & 15
    if kind < 2:
        return _transfer(base + (regs[second & 15] << kind), 1 << kind, True)
    return _transfer(base, EXCLUSIVE[kind], load)


def _single(first: int, second: int, regs: list[int]) -> Effect:
    size, load = 1 << (first >> 5 & 3), bool(bit(first, 4))
    base, offset = regs[first & 15], second & 0xFFF
    if load and size < 4 and second >> 12 == PC:
        return Effect()  # PLD
    if first & 15 == PC:
        base = (base & ~3) + 4
        return _transfer(base + (offset if bit(first, 7) else -offset), size, load)
    if bit(first, 7):
        return _transfer(base + offset, size, load)
    if bit(second, 11):
        offset &= 0xFF
        moved = base + (offset if bit(second, 9) else -offset)
        return _transfer(moved if bit(second, 10) else base, size, load)
    return _transfer(base + (regs[second & 15] << (second >> 4 & 3)), size, load)


def _wide(first: int, second: int, regs: list[int]) -> Effect:
    if first == 0xF3BF and second & 0xFF00 == 0x8F00:
        return Effect(barrier=arm.BARRIERS.get(second >> 4 & 15, ""))
    if first & 0xFE40 == 0xE800:
        return _multiple(first, second, regs)
    if first & 0xFE40 == 0xE840:
        return _double(first, second, regs)
    if first & 0xFE00 == 0xF800:
        return _single(first, second, regs)
    if first >> 8 in (0xEC, 0xED, 0xEE):  # coprocessors, as in Arm state
        return arm.effect(first << 16 | second, regs, ALWAYS)
    return Effect()


def effect(op: int, regs: list[int], psr: int) -> Effect:
    """`op`: the halfword at the instruction's address in the lower bits, the next in the upper ones."""
    if _skipped(psr):
        return Effect()
    half = op & 0xFFFF
    return _wide(half, op >> 16, regs) if is_wide(half) else _narrow(half, regs)
