# SPDX-License-Identifier: BSD-2-Clause
"""An emulator that hangs, as opposed to one that works, waits, or is delayed."""

import os
import unittest

from plumblib.hang import Hang, Work, read_stat, work


def looks(*samples: tuple[int, int] | None) -> list[bool]:
    hang = Hang()
    return [hang.look(Work(*sample) if sample else None) for sample in samples]


class Looks(unittest.TestCase):
    def test_the_main_thread_alone_works(self):
        self.assertEqual(looks((10, 90), (210, 90), (400, 90), (600, 90)),
                         [False, False, True, True])

    def test_a_cpu_that_works(self):
        self.assertEqual(looks((10, 90), (510, 91), (1010, 92)), [False] * 3)

    def test_all_sleep(self):
        self.assertEqual(looks((10, 90), (11, 90), (12, 90)), [False] * 3)

    def test_once_is_not_enough(self):
        self.assertEqual(looks((10, 90), (510, 90), (511, 90), (1011, 90)), [False] * 4)

    def test_it_has_gone(self):
        self.assertEqual(looks((10, 90), None, (510, 90), None), [False] * 4)


class Proc(unittest.TestCase):
    def test_a_name_with_spaces(self):
        self.assertEqual(read_stat("12 (a) b) R 1 2 3 4 5 6 7 8 9 10 214 4 0 0 20 0 4"), 218)

    def test_this_process(self):
        here = work(os.getpid())
        self.assertTrue(here is None or here.main >= 0)
        self.assertIsNone(work(0))
