# SPDX-License-Identifier: BSD-2-Clause
"""Translation tables by ARM ARM B3.5 and B3.6; the descriptors are typed here."""

import struct
import unittest

from plumblib import translate


class Memory:
    """Physical memory, by word; other addresses are not mapped."""

    def __init__(self, words, size):
        self.words, self.size = words, size

    def __call__(self, pa, size):
        if size != self.size:
            raise AssertionError(f"a descriptor has {self.size} bytes, not {size}")
        return struct.pack("<Q", self.words[pa])[:size] if pa in self.words else None


def both(*memories):
    """Long and short descriptors together."""
    return lambda pa, size: next((m(pa, size) for m in memories
                                  if m.size == size and pa in m.words), None)


class Long(unittest.TestCase):
    # Level 1 at 0x80001020 (four entries), level 2 at 0x80002000, level 3 at 0x80003000.
    TABLES = Memory({0x80001020 + 3 * 8: 0x80002003, 0x80001020 + 1 * 8: 0xC0000701,
                     0x80002000 + 510 * 8: 0x80003003, 0x80002000 + 1 * 8: 0x1_40000701,
                     0x80002000 + 2 * 8: 0x00000000,
                     0x80003000 + 7 * 8: 0x0040_0001_2345_6747, 0x80003000 + 8 * 8: 0x12345745}, 8)

    def walk(self, address, bits=32, root=0x80001020):
        return translate.lpae(self.TABLES, root, address, bits)

    def test_page(self):
        self.assertEqual(self.walk(0xFFC07ABC), 0x123456ABC)

    def test_blocks(self):
        self.assertEqual(self.walk(0xC0212345), 0x140012345)  # 2 MiB
        self.assertEqual(self.walk(0x7ABCDEF0), 0xFABCDEF0)  # 1 GiB

    def test_nothing(self):
        self.assertIsNone(self.walk(0x00000000))
        self.assertIsNone(self.walk(0xC0400000))
        self.assertIsNone(self.walk(0xFFC08000))  # 0b01 is no page at level 3
        self.assertIsNone(self.walk(0xFFC09000))

    def test_30_bits_begin_at_level_2(self):
        self.assertEqual(self.walk(0xC0212345, 30, 0x80002000), 0x140012345)

    def test_asid_is_no_address(self):
        self.assertEqual(self.walk(0xFFC07ABC, root=0x00AB_0000_8000_1020), 0x123456ABC)


class Short(unittest.TestCase):
    # 16 KiB at 0x40004000 for 32 bits; 8 KiB at 0x40002000 for 31.
    TABLES = Memory({0x40004000 + 0xC00 * 4: 0x50011C0E, 0x40004000 + 0x001 * 4: 0x40008001,
                     0x40004000 + 0x800 * 4: 0x60300000 | 1 << 18 | 2 | 5 << 5,
                     0x40008000 + 0x34 * 4: 0x70056002, 0x40008000 + 0x45 * 4: 0x70080001,
                     0x40002000 + 0x001 * 4: 0x90000402}, 4)

    def walk(self, address, bits=32, root=0x4000404A):
        return translate.short(self.TABLES, root, address, bits)

    def test_section(self):
        self.assertEqual(self.walk(0xC0012345), 0x50012345)

    def test_pages(self):
        self.assertEqual(self.walk(0x00134ABC), 0x70056ABC)
        self.assertEqual(self.walk(0x00145ABC), 0x70085ABC)  # large: 64 KiB
        self.assertIsNone(self.walk(0x00135000))

    def test_supersection(self):
        self.assertEqual(self.walk(0x80012345), 0x53_60012345)

    def test_nothing(self):
        self.assertIsNone(self.walk(0x10000000))

    def test_half(self):
        self.assertEqual(self.walk(0x00112345, 31, 0x4000204A), 0x90012345)


class Views(unittest.TestCase):
    # Stage 2 at 0x1000: IPA 0x40000000 .. 0x401fffff at 0xa0000000.
    STAGE2 = Memory({0x1000 + 8: 0x2003, 0x2000: 0xA0000705}, 8)
    STAGE1 = Memory({0xA0004000 + 0xC00 * 4: 0x40000C0E, 0xA0004000 + 0xC01 * 4: 0x80000C0E}, 4)

    def view(self, sctlr, ttbcr=0, ttbr0=0x40004000, ttbr1=0):
        return translate.Guest(0x0003_0000_0000_1000, translate.Stage1(sctlr, ttbcr, ttbr0, ttbr1))

    def read(self):
        return both(self.STAGE2, self.STAGE1)

    def test_mmu_off_is_stage_2_alone(self):
        self.assertEqual(self.view(0xC50078)(self.read(), 0x40012345), 0xA0012345)
        self.assertIsNone(self.view(0xC50078)(self.read(), 0xC0012345))

    def test_tables_are_at_guest_addresses(self):
        self.assertEqual(self.view(0xC50079)(self.read(), 0xC0012345), 0xA0012345)
        self.assertIsNone(self.view(0xC50079)(self.read(), 0xC0112345))  # no stage 2 there

    def test_split(self):
        view = self.view(1, ttbcr=1, ttbr0=0, ttbr1=0x40004000)  # TTBR1 from 0x80000000 on
        self.assertEqual(view(self.read(), 0xC0012345), 0xA0012345)

    def test_long_descriptors(self):
        tables = Memory({**self.STAGE2.words, 0xA0005000 + 3 * 8: 0x40000711}, 8)
        view = self.view(1, ttbcr=0x80000000, ttbr0=0x40005000)
        self.assertEqual(view(tables, 0xC0012345), 0xA0012345)

    def test_long_split(self):
        # T1SZ 1: the upper half is TTBR1's. T0SZ 1: the lower half is TTBR0's.
        tables = Memory({**self.STAGE2.words, 0xA0005000 + 1 * 8: 0x40000711}, 8)
        view = self.view(1, ttbcr=0x80010001, ttbr0=0, ttbr1=0x40005000)
        self.assertEqual(view(tables, 0xC0012345), 0xA0012345)

    def test_parse(self):
        self.assertIsNone(translate.parse("cpu"))
        self.assertEqual(translate.parse("monitor:40057020"), translate.Monitor(0x40057020))
        self.assertEqual(translate.parse("guest:30001000:1:2:3:4"),
                         translate.Guest(0x30001000, translate.Stage1(1, 2, 3, 4)))
        for text in ("", "cpu:1", "monitor", "monitor:x", "guest:1"):
            with self.assertRaises(ValueError):
                translate.parse(text)


if __name__ == "__main__":
    unittest.main()
