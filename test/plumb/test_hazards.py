# SPDX-License-Identifier: BSD-2-Clause
"""docs/hazards.md is checked: numbers, and the tests that it names."""

import tempfile
import unittest
from pathlib import Path

from lib import hazards

ERRATA = "\nErrata:\n\n| number | revisions | here |\n|---|---|---|\n| 766422 | r0p4 | as row 1 |\n"


class Hazards(unittest.TestCase):
    def faults(self, *table: str) -> list[str]:
        """Of a tree with a case, a checker, a fuzzer and a unit test."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in (("cases/1-all", "demo a.dts\nboth b.dts\nalone c.dts\n"),
                               ("../a.dts", '"build/guest/demo.bin"'),
                               ("../b.dts", '/include/ "a.dts" "build/guest/test-witness.bin"'),
                               ("../c.dts", '"build/guest/alone.bin"'),
                               ("check/gdb.py", ""),
                               ("check/deny.py", ""),
                               ("verify/checkers", "storms run=true\nrig run=true\n"),
                               ("verify/fuzz/fuzz_vgic.c", ""),
                               ("unit/test_tty.c", "static void tty_turns(void)\n"),
                               ("../docs/hazards.md", "# Bugs\n\n| # | class | here |\n|---|---|---|\n"
                                + "\n".join(table) + "\n" + ERRATA)):
                path = root / "test" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return [fault for _, faults in hazards.findings(root) for fault in faults]

    def test_what_is_right(self):
        self.assertEqual(self.faults("| 1 | a | unit `test_tty` (`turns`), case `demo`, `check/gdb` |",
                                     "| 2 | b | as in rows 1 and 2; checker `storms`, fuzz `vgic` |"),
                         [])

    def test_numbers_are_unique_and_ascend(self):
        self.assertEqual(self.faults("| 1 | a | case `demo` |", "| 1 | b | case `demo` |"),
                         ["row 1: should be 2"])
        self.assertEqual(self.faults("| 2 | a | case `demo` |"), ["row 2: should be 1"])

    def test_tests_that_do_not_exist(self):
        for text, fault in (("case `other`", "case 'other'"),
                            ("cases `demo`, `other`", "case 'other'"),
                            ("checkers `storms` and `soak`", "checker 'soak'"),
                            ("fuzz `dist`", "fuzz 'dist'"),
                            ("unit `tty`", "unit 'tty'"),
                            ("`check/none`", "'check/none'"),
                            ("`boot/none.S`", "'boot/none.S'")):
            self.assertEqual(self.faults(f"| 1 | a | {text}; no guest can try it |"),
                             [f"row 1: there is no {fault}"])
        self.assertEqual(self.faults("| 1 | a | unit `test_tty` (`turns`, `gone`), case `demo` |"),
                         ["row 1: unit test_tty has no 'gone'"])

    def test_rows_that_do_not_exist(self):
        self.assertEqual(self.faults("| 1 | a | same as row 7, case `demo` |"),
                         ["row 7: named, and not in the table"])

    def test_each_row_is_tried_beside_a_witness(self):
        for text in ("case `both`", "case `demo`", "checker `storms`", "`check/deny`",
                     "no guest can try it: no caches"):
            self.assertEqual(self.faults(f"| 1 | a | {text} |", "| 2 | b | as row 1 |"), [])
        for text in ("case `alone`", "checker `rig`", "unit `test_tty`", "by review"):
            self.assertEqual(len(self.faults(f"| 1 | a | {text} |", "| 2 | b | as row 1 |")), 2, text)
