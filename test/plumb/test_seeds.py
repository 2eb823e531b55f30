# SPDX-License-Identifier: BSD-2-Clause
"""test/tool case --seeds: the manifests that it writes."""

import unittest

from lib import cases
from lib.check import ROOT
from tools import case


class Seeds(unittest.TestCase):
    def test_ranges(self):
        self.assertEqual(list(case.seeds("3")), [1, 2, 3])
        self.assertEqual(list(case.seeds("7..8")), [7, 8])

    def test_each_seed_moves(self):
        text = 'a { bootargs = "seed=1 calls=3"; }; b { bootargs = "calls=3 seed=2 poor"; };'
        self.assertEqual(case.seeded(text, 4), 'a { bootargs = "seed=4001 calls=3"; }; '
                                               'b { bootargs = "calls=3 seed=4002 poor"; };')
        with self.assertRaises(SystemExit):
            case.seeded('bootargs = "nurseed=1";', 4)

    def test_cases_of_checkers_have_seeds(self):
        there = {one.name: one for one in cases.read(ROOT)}
        for name in ("calls", "vmcalls"):
            self.assertIn("seed=5001", case.seeded((ROOT / there[name].system).read_text(), 5))


if __name__ == "__main__":
    unittest.main()
