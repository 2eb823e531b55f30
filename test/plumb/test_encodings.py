# SPDX-License-Identifier: BSD-2-Clause
"""The table of encodings, and coprocessor accesses as words; known ones from the ARM ARM."""

import unittest

from lib import encodings
from lib.encodings import Register


class Words(unittest.TestCase):
    def test_known_instructions(self):
        # mrc p15, 0, r1, c0, c0, 5 (MPIDR); mcr p15, 4, r12, c1, c0, 0; mcrr p15, 6, r2, r3, c2
        for word, register, read in ((0xEE101FB0, Register(15, 0, 0, 0, 5), True),
                                     (0xEE81CF10, Register(15, 4, 1, 0, 0), False),
                                     (0xEC432F62, Register(15, 6, 0, 2, 0, True), False)):
            self.assertEqual(encodings.bare(word), register.word(read))
            self.assertNotEqual(encodings.bare(word), register.word(not read))

    def test_others_are_none(self):
        # mov r0, r0; bx lr; cdp p10, ...; svc; blx; ldc
        for word in (0xE1A00000, 0xE12FFF1E, 0xEE300A00, 0xEF000000, 0xE12FFF33, 0xED900A00):
            self.assertIsNone(encodings.bare(word))


class Table(unittest.TestCase):
    def test_values(self):
        rows = encodings.parse("file a.h\nA 31 1:0=3 -- B1\nB 0x84 -- B1\nC -2 -- B2\nD zero -- B1\n"
                               "ours X Y\naccess R MIDR W SCR\n")["a.h"]
        self.assertEqual({name: value for name, (value, _) in rows.values.items()},
                         {"A": 0x80000003, "B": 0x84, "C": 0xFFFFFFFFFFFFFFFE, "D": 0})
        self.assertEqual(rows.ours, {"X", "Y"})
        self.assertEqual(rows.accesses, [(True, "MIDR"), (False, "SCR")])

    def test_wrong_rows_are_named(self):
        for text in ("A 1 -- B1", "file a\nA 1", "file a\nA 64 -- B1", "file a\nA 1:0=4 -- B1",
                     "file a\nA 0:1=0 -- B1", "file a\nA x -- B1", "file a\nA 1 0x3 -- B1"):
            with self.assertRaisesRegex(ValueError, r"encodings:\d"):
                encodings.parse(text)

    def test_registers_of_each_array(self):
        text = """static const struct named cp15_regs[] = { REG(HCR, 0x1410) };
            static const struct named cp15_regs64[] = {\n REG64(VTTBR, 0x26),\n};
            static const struct named cp14_debug[] = { REG(DBGBCR(c15), 95) };"""
        self.assertEqual(encodings.registers(text), {
            "HCR": Register(15, 4, 1, 1, 0), "VTTBR": Register(15, 6, 0, 2, 0, True),
            "DBGBCR(c15)": Register(14, 0, 0, 15, 5)})

    def test_macros_but_not_the_guard(self):
        self.assertEqual(encodings.macros("#define A_H\n#define A 1\n # define B(n) n\n"),
                         [("A", False), ("B", True)])
