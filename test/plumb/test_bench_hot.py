# SPDX-License-Identifier: BSD-2-Clause
"""The order of hot functions for the linker."""

import unittest

from plumblib import bench_hot, bench_paths

KNOWN = [(0xFFC00000, "vectors"), (0xFFC00100, "exit_hvc"), (0xFFC00200, "cold"),
         (0xFFC00300, "run_work")]


def path(*code: int) -> bench_paths.Path:
    return bench_paths.Path(0, code=set(code))


class Order(unittest.TestCase):
    def test_first_use_decides(self) -> None:
        paths = [path(0xFFC00308, 0xFFC00004), path(0xFFC00104, 0xFFC00304)]
        self.assertEqual(bench_hot.order(paths, KNOWN), ["vectors", "run_work", "exit_hvc"])

    def test_nothing_below_the_image(self) -> None:
        self.assertEqual(bench_hot.order([path(0x1000)], KNOWN), [])

    def test_no_veneers(self) -> None:
        known = [*KNOWN, (0xFFC00400, "__irq_handle_from_arm"), (0xFFC00410, "__run_from_thumb")]
        paths = [path(0xFFC00404, 0xFFC00104, 0xFFC00414)]
        self.assertEqual(bench_hot.order(paths, known), ["exit_hvc"])

    def test_compiler_suffixes(self) -> None:
        self.assertEqual(bench_hot.ADDED.sub("", "run_schedule.lto_priv.0"), "run_schedule")
        self.assertEqual(bench_hot.ADDED.sub("", "tty.part.0.constprop.3"), "tty")
        self.assertEqual(bench_hot.ADDED.sub("", "exit_hvc"), "exit_hvc")

    def test_script(self) -> None:
        lines = bench_hot.script(["a", "b"]).splitlines()
        self.assertEqual(lines[-2:], ["*(.text.a .text.a.*)", "*(.text.b .text.b.*)"])
        self.assertIn("SPDX", lines[0])


if __name__ == "__main__":
    unittest.main()
