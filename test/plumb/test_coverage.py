# SPDX-License-Identifier: BSD-2-Clause
"""Branches from llvm-cov's export, and the table of those that are not taken."""

import unittest
from pathlib import Path

from lib import coverage
from lib.coverage import Side

ROOT = Path("/tree")
SOURCE = ["int f(int a, int b)", "{", "\treturn a > 0 &&", "\t       (b | 1);", "}"]
FIRST, SECOND = [3, 9, 3, 14], [4, 9, 4, 16]


def function(name: str, counts: list[tuple], file: str = "/tree/vgic/f.c") -> dict:
    """Counts: (place, how often true, how often false)."""
    return {"name": name, "filenames": [file],
            "branches": [[*place, true, false, 0, 0, 4] for place, true, false in counts]}


def export(*functions: dict) -> dict:
    return {"data": [{"functions": list(functions)}]}


class Branches(unittest.TestCase):
    def test_counts_of_all_copies_are_added(self):
        once = function("a.c:f", [(FIRST, 1, 0), (SECOND, 0, 0)])
        again = function("b.c:f", [(FIRST, 0, 2), (SECOND, 3, 0)])
        found = coverage.branches(export(once, again), ROOT)
        self.assertEqual([branch.taken for branch in found], [[1, 2], [3, 0]])
        self.assertEqual(coverage.totals(found), {"vgic/f.c": (3, 4)})
        self.assertEqual(coverage.untaken(found, {"vgic/f.c": SOURCE}),
                         [(Side("vgic/f.c", "f", "(b | 1)", "false"), 4)])

    def test_only_the_projects_own_code_counts(self):
        outside = function("g", [(FIRST, 0, 0)], "/usr/include/g.h")
        test = function("h", [(FIRST, 0, 0)], "/tree/test/h.c")
        self.assertEqual(coverage.branches(export(outside, test), ROOT), [])
        self.assertEqual(coverage.files(export(outside, test), ROOT), {"test/h.c"})

    def test_a_condition_over_several_lines_is_one_text(self):
        branch = coverage.Branch("vgic/f.c", "f", (3, 9, 4, 16), [0, 0])
        self.assertEqual(branch.condition(SOURCE), "a > 0 && (b | 1)")


class Table(unittest.TestCase):
    def test_a_line_may_have_bars_in_its_condition(self):
        sides = coverage.explanations("# head\n\nvgic/f.c | f | (b | 1) | false | it is odd\n")
        self.assertEqual(sides, [Side("vgic/f.c", "f", "(b | 1)", "false")])

    def test_a_wrong_line_is_named(self):
        for line in ("vgic/f.c | f | b | false |", "vgic/f.c | f | b | never | why",
                     "vgic/f.c | b | false | why"):
            with self.assertRaisesRegex(ValueError, "unreached:1"):
                coverage.explanations(line)

    def test_each_needs_its_line_and_each_line_its_branch(self):
        side, other = Side("a", "f", "x", "true"), Side("a", "f", "x", "false")
        self.assertEqual(coverage.compare([(side, 3), (side, 9)], [side, side]), ([], []))
        self.assertEqual(coverage.compare([(side, 3), (side, 9)], [side, other]),
                         ([f"a:9: {side}"], [str(other)]))
