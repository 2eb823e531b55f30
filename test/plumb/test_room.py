# SPDX-License-Identifier: BSD-2-Clause
"""The RAM that `plumb run` gives a board: enough for each size of a guest, up to a limit."""

import unittest

from plumblib import boards, room
from plumblib.room import Partition

MIB = 1 << 20
VIRT = boards.find("virt")
IMAGE = 300 << 10


def memory(*sizes, board=VIRT, image=IMAGE):
    return room.board_memory(board, image, [Partition(size * MIB) for size in sizes]) // MIB


class Room(unittest.TestCase):
    def test_every_size_of_one_guest(self):
        before = 512
        for mib in range(1, 3073):
            got = memory(mib)
            # Behind the board's tree at 128 MiB, which takes a block; the monitor's tables are a
            # page for each block of the guest, and some.
            piece = min(got, 3072) - 130 - (mib // 512 + 2)
            above = got - 3072
            self.assertTrue(mib <= 126 or mib <= piece or mib <= above, (mib, got))
            self.assertIn(got, (before, 2 * before), mib)
            before = got
        self.assertEqual(before, 8192)

    def test_where_it_grows(self):
        for mib, want in ((126, 512), (380, 512), (381, 1024), (382, 1024), (447, 1024), (448, 1024),
                          (880, 1024), (900, 2048), (950, 2048), (2050, 4096), (3072, 8192)):
            self.assertEqual(memory(mib), want, mib)

    def test_several(self):
        self.assertEqual(memory(100, 300), 512)
        self.assertEqual(memory(300, 100), 512)
        self.assertEqual(memory(200, 200), 1024)
        self.assertEqual(memory(128, 128, 128), 1024)
        self.assertEqual(memory(120, 128, 128), 512)
        self.assertEqual(memory(*[3072] * 8), 32768)

    def test_the_image_counts(self):
        self.assertEqual(memory(126, 380), 512)
        self.assertEqual(memory(126, 380, image=3 * MIB), 1024)

    def test_fixed_places(self):
        for at, want in ((0x50000000, 512), (0x5c000000, 512), (0x48000000, 512),
                         (0x60000000, 1024)):
            one = [Partition(64 * MIB, at=at)]
            self.assertEqual(room.board_memory(VIRT, IMAGE, one) // MIB, want, hex(at))
        # The first block that is free holds no second one.
        self.assertFalse(room.fits(VIRT, IMAGE, [Partition(MIB, at=0x50000000)] * 2, 512 * MIB))

    def test_firmware_has_more_pieces(self):
        self.assertTrue(room.fits(VIRT, IMAGE, [Partition(380 * MIB)], 512 * MIB))
        self.assertFalse(room.fits(VIRT, IMAGE, [Partition(380 * MIB, regions=(128 * MIB,))],
                                   512 * MIB))

    def test_a_creator_has_memory_of_the_monitor(self):
        self.assertTrue(room.fits(VIRT, IMAGE, [Partition(316 * MIB)], 512 * MIB))
        self.assertTrue(room.fits(VIRT, IMAGE, [Partition(316 * MIB, vm_pool=64 * MIB)], 512 * MIB))
        self.assertFalse(room.fits(VIRT, IMAGE, [Partition(317 * MIB, vm_pool=64 * MIB)], 512 * MIB))

    def test_other_ways_to_boot(self):
        self.assertEqual(memory(460, board=boards.find("virt-secure")), 512)
        self.assertEqual(memory(480, board=boards.find("virt-secure")), 1024)
        self.assertEqual(memory(300, board=boards.find("virt-uboot")), 512)
        self.assertEqual(memory(400, board=boards.find("virt-uboot")), 1024)


if __name__ == "__main__":
    unittest.main()
