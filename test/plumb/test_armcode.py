# SPDX-License-Identifier: BSD-2-Clause
"""What instructions do to memory; encodings as the assembler makes them."""

import unittest

from plumblib import bench_armcode as code

REGS = [0x100 * n for n in range(15)] + [0x8000]
Z, C = 1 << 30, 1 << 29


def loads(op: int, psr: int = 0) -> list[int]:
    return code.effect(op, REGS, psr).loads


def stores(op: int, psr: int = 0) -> list[int]:
    return code.effect(op, REGS, psr).stores


class Memory(unittest.TestCase):
    def test_words_and_bytes(self):
        self.assertEqual(loads(0xE5910004), [0x104])  # ldr r0, [r1, #4]
        self.assertEqual(loads(0xE5110004), [0xFC])  # ldr r0, [r1, #-4]
        self.assertEqual(loads(0xE4910004), [0x100])  # ldr r0, [r1], #4
        self.assertEqual(stores(0xE5A10008), [0x108])  # str r0, [r1, #8]!
        self.assertEqual(loads(0xE7910102), [0x900])  # ldr r0, [r1, r2, lsl #2]
        self.assertEqual(loads(0xE79100A2), [0x200])  # ldr r0, [r1, r2, lsr #1]
        self.assertEqual(stores(0xE5C10003), [0x103])  # strb r0, [r1, #3]
        self.assertEqual(loads(0xE59F0010), [0x8018])  # ldr r0, [pc, #16]

    def test_extra_ones(self):
        self.assertEqual(loads(0xE1D100B2), [0x102])  # ldrh r0, [r1, #2]
        self.assertEqual(stores(0xE1C100B2), [0x102])  # strh r0, [r1, #2]
        self.assertEqual(loads(0xE1C220D8), [0x208, 0x20C])  # ldrd r2, r3, [r2, #8]
        self.assertEqual(stores(0xE16D20F8), [0xCF8, 0xCFC])  # strd r2, r3, [sp, #-8]!
        self.assertEqual(loads(0xE19100D2), [0x300])  # ldrsb r0, [r1, r2]

    def test_multiple(self):
        self.assertEqual(stores(0xE92D4010), [0xCF8, 0xCFC])  # push {r4, lr}
        self.assertEqual(loads(0xE8BD8010), [0xD00, 0xD04])  # pop {r4, pc}
        self.assertEqual(loads(0xE8910006), [0x100, 0x104])  # ldm r1, {r1, r2}
        self.assertEqual(stores(0xE9810006), [0x104, 0x108])  # stmib r1, {r1, r2}
        self.assertEqual(loads(0xE8110006), [0xFC, 0x100])  # ldmda r1, {r1, r2}
        self.assertEqual(len(stores(0xECA10B20)), 32)  # vstmia r1!, {d0-d15}
        self.assertEqual(stores(0xED810B02), [0x108, 0x10C])  # vstr d0, [r1, #8]

    def test_exclusive(self):
        self.assertEqual(loads(0xE1912F9F), [0x100])  # ldrex r2, [r1]
        self.assertEqual(stores(0xE1813F92), [0x100])  # strex r3, r2, [r1]
        self.assertEqual(loads(0xE1B12F9F), [0x100, 0x104])  # ldrexd r2, r3, [r1]

    def test_conditions(self):
        self.assertEqual(loads(0x05910000), [])  # ldreq, Z clear
        self.assertEqual(loads(0x05910000, Z), [0x100])
        self.assertEqual(loads(0x15910000, Z), [])  # ldrne
        self.assertEqual(loads(0x85910000, C), [0x100])  # ldrhi
        self.assertEqual(loads(0x85910000, C | Z), [])
        self.assertEqual(loads(0xB5910000, 1 << 31), [0x100])  # ldrlt: N is not V
        self.assertEqual(loads(0xD5910000), [])  # ldrle

    def test_others(self):
        for op in (0xE0810002, 0xE0010291, 0xE1A00000, 0xEE100F10, 0xEC510F1E, 0xE1600070,
                   0xE320F003, 0xE6FF0071, 0xF5D1F000):  # add, mul, mov, mrc, mrrc, hvc, ..., pld
            self.assertEqual((loads(op), stores(op)), ([], []), hex(op))

    def test_barriers(self):
        for op, name in ((0xF57FF04F, "DSB"), (0xF57FF05B, "DMB"), (0xF57FF06F, "ISB"),
                         (0xEE070F9A, "DSB"), (0xEE070FBA, "DMB"), (0xEE070F95, "ISB"),
                         (0xEE070F15, ""), (0x1E070F9A, "DSB")):
            self.assertEqual(code.effect(op, REGS, 0).barrier, name, hex(op))
        self.assertEqual(code.effect(0x0E070F9A, REGS, 0).barrier, "")  # Z clear
