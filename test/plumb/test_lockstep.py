# SPDX-License-Identifier: BSD-2-Clause
"""Programs for test/tools/lockstep.py: format, rules, permitted differences, and shrinking."""

import re
import struct
import unittest
from pathlib import Path

from lib.lockstep import compare, generate, program, shrink
from lib.lockstep.program import Kind, Op, Program, Step

ROOT = Path(__file__).resolve().parents[2]
HEADER = ROOT / "guest" / "test" / "lockstep" / "lockstep.h"
PAGE = ROOT / "docs" / "verification.md"


def record(*entries: tuple[int, int, int, int]) -> bytes:
    return b"".join(struct.pack("<II", kind | cpu << 8 | step << 16, value)
                    for kind, cpu, step, value in entries)


def why(steps: list[Step], bare: int, here: int, cpus: int = 2, kind: int = Kind.READ) -> str:
    """Of one step that saw `bare` on one side and `here` on the other."""
    return compare.compare(Program(0, tuple(steps)), cpus, record((kind, 0, 0, bare)),
                           record((kind, 0, 0, here))).why


class Format(unittest.TestCase):
    def names(self, prefix: str) -> list[str]:
        text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
        return [name for name in re.findall(rf"\b{prefix}_([A-Z_]+)\b", text) if name != "COUNT"]

    def test_the_guest_has_the_same_numbers(self):
        self.assertEqual(self.names("OP"), [op.name for op in Op])
        self.assertEqual(self.names("KIND"), [kind.name for kind in Kind])
        self.assertEqual([*Op], list(range(1, len(Op) + 1)))
        self.assertEqual([*Kind], list(range(1, len(Kind) + 1)))

    def test_a_program_in_words(self):
        one = Program(7, (Step(Op.LINE, 3, 39, 1), Step(Op.SGI, 1, 0, 0x2000005)))
        self.assertEqual(program.pack([one]), struct.pack(
            "<8I", 0x504B434C, 1, 7, 2, 13 | 3 << 8 | 39 << 16, 1, 10 | 1 << 8, 0x2000005))

    def test_a_record_is_read(self):
        words = struct.pack("<9I", 0x524B434C, 2, 9, 5, 1, 2 | 1 << 8 | 4 << 16, 0x22, 6, 0)
        found = program.unpack(words)
        self.assertEqual([ident for ident, _ in found], [5, 6])
        self.assertEqual(program.entries(found[0][1]), [program.Entry(2, 1, 4, 0x22)])
        self.assertEqual(program.unpack(bytes(12)), [])


class Programs(unittest.TestCase):
    def all(self):
        for cpus in (1, 2, 4, 8):
            for ident in range(60):
                yield cpus, generate.generate("test", ident, cpus)

    def test_the_same_each_time(self):
        self.assertEqual(generate.generate("a", 3, 4), generate.generate("a", 3, 4))
        self.assertNotEqual(generate.generate("a", 3, 4), generate.generate("b", 3, 4))

    def test_none_has_a_cpu_too_many_or_priorities_twice(self):
        for cpus, one in self.all():
            self.assertLess(max(step.cpu for step in one.steps), cpus)
            self.assertTrue(shrink.legal(one.steps))

    def test_none_asks_for_what_it_is_to_keep_clear_of(self):
        for cpus, one in self.all():
            for step in one.steps:
                if step.op == Op.SGI:
                    self.assertLess(step.value >> 24, 3)
                if step.op == Op.TARGET:
                    self.assertIn(step.value, [1 << n for n in range(cpus)])
                if step.op == Op.DIST_WRITE and step.argument == 0x180:
                    self.assertEqual(step.value & 0xFFFF, 0)
                if step.op == Op.DIST_WRITE and step.argument in (0x200, 0x280):
                    self.assertEqual(cpus, 1)
                if step.op == Op.DIST_WRITE and step.argument == 0:
                    self.assertIn(step.value, (0, 1, 3))

    def test_together_they_do_everything(self):
        done = {step.op for _, one in self.all() for step in one.steps}
        self.assertEqual(done, set(Op))


class Compare(unittest.TestCase):
    def test_equal_is_good_and_other_is_not(self):
        read = [Step(Op.DIST_READ, 0, 0x204)]
        self.assertEqual(why(read, 5, 5), "")
        self.assertIn("GICD_ISPENDR+0x4", why(read, 5, 4))

    def test_priority_bits(self):
        read = [Step(Op.DIST_READ, 0, 0x420)]
        self.assertEqual(why(read, 0x17FF0F08, 0x10F80808), "")
        self.assertNotEqual(why(read, 0x17FF0F08, 0x10F80800), "")
        mask = [Step(Op.CPU_READ, 0, 0x04)]
        self.assertEqual(why(mask, 0xFF, 0xF8), "")
        self.assertNotEqual(why(mask, 0xFF, 0xF0), "")
        self.assertNotEqual(why([Step(Op.CPU_READ, 0, 0x14)], 0xFF, 0xF8), "")

    def test_targets(self):
        read = [Step(Op.DIST_READ, 0, 0x85C)]
        self.assertEqual(why(read, 0xFF07, 0x0303), "")
        self.assertNotEqual(why(read, 0xFF07, 0x0103), "")
        self.assertEqual(why(read, 0, 0x0101, cpus=1), "")
        self.assertNotEqual(why(read, 0, 0x0301, cpus=1), "")

    def test_identification(self):
        read = [Step(Op.DIST_READ, 0, 0x008)]
        self.assertEqual(why(read, 0x43B, 0x5000043B), "")
        self.assertNotEqual(why(read, 0x43B, 0), "")

    def test_interrupts_have_no_rule(self):
        self.assertNotEqual(why([Step(Op.ACK, 0)], 0x401, 0x801, kind=Kind.IAR), "")

    def test_one_more_or_one_less(self):
        one, two = record((Kind.IAR, 0, 0, 34)), record((Kind.IAR, 0, 0, 34), (Kind.EOI, 0, 0, 34))
        for bare, here in ((one, two), (two, one)):
            self.assertFalse(compare.compare(Program(0, (Step(Op.ACK, 0),)), 1, bare, here).good)


class Shrink(unittest.TestCase):
    def test_what_is_left_is_what_fails(self):
        steps = [Step(Op.ACK, 0) for _ in range(50)]
        steps[11:11] = [Step(Op.LINE, 0, 34, 1)]
        steps[40:40] = [Step(Op.LINE, 0, 34, 0)]
        short = shrink.shrink(Program(1, tuple(steps)), lambda candidates: [
            sum(step.op == Op.LINE for step in one.steps) == 2 for one in candidates])
        self.assertEqual(short.steps, (Step(Op.LINE, 0, 34, 1), Step(Op.LINE, 0, 34, 0)))

    def test_priorities_stay_apart(self):
        first, second = (Step(Op.DIST_WRITE_BYTE, 0, 0x400 + n, 8 * n) for n in (40, 41))
        pend = [Step(Op.DIST_WRITE, 0, 0x204, 1 << n) for n in (8, 9)]
        self.assertTrue(shrink.legal((first, second, *pend)))
        self.assertTrue(shrink.legal((first, *pend)))
        self.assertFalse(shrink.legal(tuple(pend)))


class Page(unittest.TestCase):
    def test_every_difference_is_in_the_docs(self):
        text = PAGE.read_text()
        for name in (*compare.RULES, *generate.DEPARTURES):
            self.assertIn(f"| {name} |", text)
