# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's boards with a sound chip: nothing of the host's sound is tried, and nothing is said of it."""

import subprocess
import unittest

from plumblib import boards
from plumblib.common import tool


class Sound(unittest.TestCase):
    def test_nothing_is_said(self):
        for name, board in boards.BOARDS.items():
            if "vexpress" in name and board.elf_at is None:
                with self.subTest(name):
                    argv = [tool("qemu-system-arm"), *board.machine, "-m", "128M", "-S", "-nic", "none",
                            "-display", "none", "-serial", "none", "-monitor", "stdio"]
                    done = subprocess.run(argv, input=b"quit\n", capture_output=True, timeout=60,
                                          check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
