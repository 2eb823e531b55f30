# SPDX-License-Identifier: BSD-2-Clause
"""The parts of the image, from what nm and size print."""

import unittest

from plumblib import bench_size

SYMBOLS = """\
ffc00100 00000040 T exit_hvc\t/some where/hyp/core/hypercall.c:20
ffc00140 00000020 t vgic_flush\t/tree/vgic/vgic_flush.c:3
ffc00160 00000010 t of_none
ffc00170 00000010 T main_start\thyp/core/main.c:231
ffc20000 00000100 R a_table\t/tree/hyp/core/main.c:1
ffc00000 T boot_start
"""
SECTIONS = """\
section              size         addr
.text                 512   4290772992
.rodata               300   4290912256
.data                 100   4290932736
.bss               364544   4290936832
"""


class Size(unittest.TestCase):
    def test_parts(self):
        self.assertEqual(bench_size.parts(SYMBOLS, SECTIONS, 1000), {
            "assembly, libgcc": 0x200 - 0x40 - 0x20 - 0x10, "constants: texts and tables": 300,
            "variables with a value": 100, "padding": 88, "hyp/core": 0x50, "vgic": 0x20, "image": 1000})

    def test_the_largest_first(self):
        sizes = list(bench_size.parts(SYMBOLS, SECTIONS, 1000).values())[:-1]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_differences(self):
        stored = {"hyp/core": 80000, "vgic": 1000, "image": 100000}
        self.assertEqual(bench_size.differences(stored, {"hyp/core": 83900, "vgic": 1250, "image": 95100}), [])
        self.assertEqual(bench_size.differences(stored, {"hyp/core": 84100, "vgic": 1000, "image": 100000}),
                         ["hyp/core: 80000 stored, 84100 now"])
        self.assertEqual(bench_size.differences(stored, {"hyp/core": 80000, "vgic": 700, "image": 100000}),
                         ["vgic: 1000 stored, 700 now"])
        self.assertEqual(bench_size.differences(stored, {"hyp/core": 80000, "image": 100000, "new": 300}),
                         ["vgic: 1000 stored, 0 now", "new: 0 stored, 300 now"])
