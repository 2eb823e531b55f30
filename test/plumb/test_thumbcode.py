# SPDX-License-Identifier: BSD-2-Clause
"""What instructions in Thumb state do to memory; encodings as the assembler makes them."""

import unittest

from plumblib import bench_thumbcode as code

REGS = [0x100 * n for n in range(15)] + [0x8002]
Z = 1 << 30
IT_EQ = 0x08 << 8  # the last instruction of an IT EQ block


def loads(*halves: int, psr: int = 0) -> list[int]:
    return code.effect(halves[0] | (halves[1:] or (0xFFFF,))[0] << 16, REGS, psr).loads


def stores(*halves: int, psr: int = 0) -> list[int]:
    return code.effect(halves[0] | (halves[1:] or (0xFFFF,))[0] << 16, REGS, psr).stores


class Narrow(unittest.TestCase):
    def test_words_and_bytes(self):
        self.assertEqual(loads(0x6848), [0x104])  # ldr r0, [r1, #4]
        self.assertEqual(loads(0x5888), [0x300])  # ldr r0, [r1, r2]
        self.assertEqual(stores(0x70C8), [0x103])  # strb r0, [r1, #3]
        self.assertEqual(loads(0x8848), [0x102])  # ldrh r0, [r1, #2]
        self.assertEqual(stores(0x528B), [0x300])  # strh r3, [r1, r2]
        self.assertEqual(loads(0x5688), [0x300])  # ldrsb r0, [r1, r2]
        self.assertEqual(loads(0x9802), [0xD08])  # ldr r0, [sp, #8]
        self.assertEqual(stores(0x9003), [0xD0C])  # str r0, [sp, #12]
        self.assertEqual(loads(0x4804), [0x8014])  # ldr r0, [pc, #16]

    def test_multiple(self):
        self.assertEqual(stores(0xB510), [0xCF8, 0xCFC])  # push {r4, lr}
        self.assertEqual(loads(0xBD10), [0xD00, 0xD04])  # pop {r4, pc}
        self.assertEqual(loads(0xC90C), [0x100, 0x104])  # ldmia r1!, {r2, r3}
        self.assertEqual(stores(0xC10C), [0x100, 0x104])  # stmia r1!, {r2, r3}

    def test_conditions(self):
        self.assertEqual(loads(0x6848, psr=IT_EQ), [])
        self.assertEqual(loads(0x6848, psr=IT_EQ | Z), [0x104])

    def test_others(self):
        for half in (0x0008, 0xBF30, 0xBF08, 0x4770, 0xB082):  # movs, wfi, it, bx, sub sp
            self.assertEqual((loads(half), stores(half)), ([], []), hex(half))


class Wide(unittest.TestCase):
    def test_one(self):
        self.assertEqual(loads(0xF8D1, 0x0100), [0x200])  # ldr.w r0, [r1, #256]
        self.assertEqual(loads(0xF851, 0x0C04), [0xFC])  # ldr r0, [r1, #-4]
        self.assertEqual(loads(0xF851, 0x0B04), [0x100])  # ldr r0, [r1], #4
        self.assertEqual(stores(0xF841, 0x0F08), [0x108])  # str r0, [r1, #8]!
        self.assertEqual(loads(0xF851, 0x8022), [0x900])  # ldr.w r8, [r1, r2, lsl #2]
        self.assertEqual(stores(0xF881, 0x8003), [0x103])  # strb.w r8, [r1, #3]
        self.assertEqual(loads(0xF83F, 0x8008), [0x7FFC])  # ldrh.w r8, [pc, #-8]

    def test_more(self):
        self.assertEqual(stores(0xE92D, 0x4FF0), list(range(0xCDC, 0xD00, 4)))  # push {r4-r11, lr}
        self.assertEqual(loads(0xE8BD, 0x8110), [0xD00, 0xD04, 0xD08])  # pop.w {r4, r8, pc}
        self.assertEqual(loads(0xE913, 0x0006), [0x2F8, 0x2FC])  # ldmdb r3, {r1, r2}
        self.assertEqual(loads(0xE9D2, 0x2302), [0x208, 0x20C])  # ldrd r2, r3, [r2, #8]
        self.assertEqual(stores(0xE96D, 0x2302), [0xCF8, 0xCFC])  # strd r2, r3, [sp, #-8]!
        self.assertEqual(stores(0xE8E1, 0x2302), [0x100, 0x104])  # strd r2, r3, [r1], #8
        self.assertEqual(stores(0xED81, 0x0B02), [0x108, 0x10C])  # vstr d0, [r1, #8]
        self.assertEqual(len(stores(0xECA1, 0x0B20)), 32)  # vstmia r1!, {d0-d15}

    def test_exclusives_and_tables(self):
        self.assertEqual(loads(0xE851, 0x2F01), [0x104])  # ldrex r2, [r1, #4]
        self.assertEqual(stores(0xE841, 0x2300), [0x100])  # strex r3, r2, [r1]
        self.assertEqual(loads(0xE8D1, 0x237F), [0x100, 0x104])  # ldrexd r2, r3, [r1]
        self.assertEqual(loads(0xE8D1, 0x2F4F), [0x100])  # ldrexb r2, [r1]
        self.assertEqual(loads(0xE8D1, 0xF002), [0x300])  # tbb [r1, r2]
        self.assertEqual(loads(0xE8DF, 0xF012), [0x8406])  # tbh [pc, r2, lsl #1]

    def test_barriers(self):
        for first, second, name in ((0xF3BF, 0x8F4F, "DSB"), (0xF3BF, 0x8F5B, "DMB"),
                                    (0xF3BF, 0x8F6F, "ISB"), (0xEE07, 0x0F9A, "DSB"),
                                    (0xEE9D, 0x0F50, ""), (0xF7FF, 0xFFFE, "")):  # mrc, bl
            self.assertEqual(code.effect(first | second << 16, REGS, 0).barrier, name, hex(first))

    def test_others(self):
        for halves in ((0xF891, 0xF000), (0xEB01, 0x0002), (0xF7FF, 0xFFFE)):  # pld, add.w, bl
            self.assertEqual((loads(*halves), stores(*halves)), ([], []), hex(halves[0]))
