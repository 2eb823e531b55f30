# SPDX-License-Identifier: BSD-2-Clause
"""What an ARM instruction (A1 encodings, ARM DDI 0406C A5, A8) does to memory: which bytes it loads
or stores with given registers, and whether it is a barrier."""

from dataclasses import dataclass, field

SP, PC = 13, 15
WFI = 0xE320F003
BARRIERS = {0x4: "DSB", 0x5: "DMB", 0x6: "ISB"}  # F57FF0xf
# MCR p15, 0, Rt, c7, CRm, opc2: the same from before ARMv7
OLD_BARRIERS = {(10, 4): "DSB", (10, 5): "DMB", (5, 4): "ISB"}
# LDREX, STREX and those of other sizes: bits 23 to 20
EXCLUSIVE = {0x8: (4, False), 0x9: (4, True), 0xA: (8, False), 0xB: (8, True), 0xC: (1, False),
             0xD: (1, True), 0xE: (2, False), 0xF: (2, True)}
# Bits 6, 5 and L of the 'extra' ones: size, load
EXTRA = {(1, 0): (2, False), (1, 1): (2, True), (2, 0): (8, True), (2, 1): (1, True),
         (3, 0): (8, False), (3, 1): (2, True)}


@dataclass
class Effect:
    loads: list[int] = field(default_factory=list)  # addresses, one for each word or less
    stores: list[int] = field(default_factory=list)
    barrier: str = ""


def bit(op: int, n: int) -> int:
    return op >> n & 1


def passes(cond: int, psr: int) -> bool:
    """A8.3"""
    n, z, c, v = (bit(psr, at) for at in (31, 30, 29, 28))
    result = (z, c, n, v, c and not z, n == v, n == v and not z, 1)[cond >> 1 & 7]
    return bool(result) != bool(cond & 1 and cond != 15)


def _words(at: int, size: int) -> list[int]:
    return [at + n & 0xFFFFFFFF for n in range(0, max(size, 1), 4)]


def effect_at(at: int, size: int, load: bool) -> Effect:
    words = _words(at, size)
    return Effect(loads=words) if load else Effect(stores=words)


def _register(regs: list[int], n: int) -> int:
    return regs[n] + 8 if n == PC else regs[n]


def _shifted(op: int, regs: list[int], carry: int) -> int:
    """A8.4.1, of a register's offset"""
    value, kind, amount = _register(regs, op & 15), op >> 5 & 3, op >> 7 & 31
    if kind == 0:
        return value << amount & 0xFFFFFFFF
    if kind == 1:
        return value >> (amount or 32)
    if kind == 2:
        signed = value - (1 << 32) if bit(value, 31) else value
        return signed >> (amount or 32) & 0xFFFFFFFF
    if amount == 0:  # RRX
        return carry << 31 | value >> 1
    return (value >> amount | value << 32 - amount) & 0xFFFFFFFF


def _indexed(op: int, regs: list[int], offset: int) -> int:
    base = _register(regs, op >> 16 & 15)
    if not bit(op, 24):  # post-indexed
        return base
    return (base + offset if bit(op, 23) else base - offset) & 0xFFFFFFFF


def _single(op: int, regs: list[int], psr: int) -> Effect:
    offset = _shifted(op, regs, bit(psr, 29)) if bit(op, 25) else op & 0xFFF
    size = 1 if bit(op, 22) else 4
    return effect_at(_indexed(op, regs, offset), size, bool(bit(op, 20)))


def _extra(op: int, regs: list[int]) -> Effect:
    offset = op >> 4 & 0xF0 | op & 0xF if bit(op, 22) else _register(regs, op & 15)
    size, load = EXTRA[(op >> 5 & 3, bit(op, 20))]
    return effect_at(_indexed(op, regs, offset), size, load)


def _multiple(op: int, regs: list[int], count: int) -> Effect:
    """LDM, STM, VLDM, VSTM: `count` words."""
    base, up, before = regs[op >> 16 & 15], bit(op, 23), bit(op, 24)
    start = base if up else base - 4 * count
    if not op >> 25 & 7 == 6:  # a coprocessor's has no IB and no DA
        start += 4 if before == up else 0
    return effect_at(start & 0xFFFFFFFF, 4 * count, bool(bit(op, 20)))


def _coprocessor(op: int, regs: list[int]) -> Effect:
    """VLDR, VSTR, VLDM, VSTM; not MCRR, MRRC, or VMOV of two registers."""
    if op >> 8 & 14 != 10 or op >> 21 & 0x7F == 0x62:
        return Effect()
    if bit(op, 24) and not bit(op, 21):
        size = 8 if bit(op, 8) else 4
        return effect_at(_indexed(op, regs, 4 * (op & 0xFF)), size, bool(bit(op, 20)))
    return _multiple(op, regs, op & 0xFE)


def _barrier(op: int) -> str:
    if op & 0xFFFFFF00 == 0xF57FF000:
        return BARRIERS.get(op >> 4 & 15, "")
    if op & 0x0FFF0F10 == 0x0E070F10:
        return OLD_BARRIERS.get((op & 15, op >> 5 & 7), "")
    return ""


def effect(op: int, regs: list[int], psr: int) -> Effect:
    """`regs`: r0 to r15, which is the instruction's address; PLD and the like do nothing here."""
    found = Effect(barrier=_barrier(op))
    if op >> 28 == 15 or not passes(op >> 28, psr):
        return found if op >> 28 == 15 else Effect()
    kind = op >> 25 & 7
    if kind == 2 or kind == 3 and not bit(op, 4):
        return _single(op, regs, psr)
    if kind == 4:
        return _multiple(op, regs, bin(op & 0xFFFF).count("1"))
    if kind == 6:
        return _coprocessor(op, regs)
    if kind == 0 and op & 0x90 == 0x90:
        if op & 0x60:
            return _extra(op, regs)
        if op >> 24 & 15 == 1 and bit(op, 23):
            size, load = EXCLUSIVE[op >> 20 & 15]
            return effect_at(regs[op >> 16 & 15], size, load)
    return found
