# SPDX-License-Identifier: BSD-2-Clause
"""The probe's file: its header, and the data after it."""

import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from plumblib import probe
from plumblib.common import PlumbError

PLAIN = (b"\0" * 0x2C + struct.pack("<I", 0x80) + b"\0" * 4 + b"PRBE").ljust(0x80, b"\0")


class Probe(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patch = mock.patch.object(probe, "PLAIN", self.folder / "plain.img")
        patch.start()
        self.addCleanup(patch.stop)
        probe.PLAIN.write_bytes(PLAIN)

    def test_kinds_of_uart_have_the_numbers_that_drivers_are_found_by(self):
        self.assertEqual(probe.uart_kinds()[:8], ["none", "pl011", "8250", "8250-dw", "8250-omap",
                                                  "exynos", "imx", "stm32"])

    def test_a_uart_stands_at_0x38(self):
        for text, words in (("pl011,0x09000000", (1, 0x09000000, 2, 4)),
                            ("8250-dw,0x01c28000", (3, 0x01C28000, 2, 4)),
                            ("8250,0x1e784000,2,1", (2, 0x1E784000, 2, 1)),
                            ("8250,0x3f8,0,1", (2, 0x3F8, 0, 1))):
            data = probe.image(text)
            self.assertEqual(struct.unpack_from("<4I", data, 0x38), words)
            self.assertEqual(data[:0x38] + data[0x48:], PLAIN[:0x38] + PLAIN[0x48:])

    def test_without_a_uart_the_tree_decides(self):
        self.assertEqual(probe.image(), PLAIN)

    def test_uarts_that_are_none(self):
        for text in ("", "none,0x1000", "pl011", "uart,0x1000", "pl011,x", "8250,0x100000000",
                     "8250,0x1000,5", "8250,0x1000,2,2", "8250,0x1001,2,4", "8250,1,1,1,1"):
            with self.assertRaises(PlumbError, msg=text):
                probe.parse_uart(text)

    def test_a_tree_follows_the_file_at_once(self):
        tree = self.folder / "board.dtb"
        tree.write_bytes(bytes.fromhex("d00dfeed") + b"tree")
        self.assertEqual(probe.image(tree=tree), PLAIN + tree.read_bytes())
        tree.write_bytes(b"/dts-v1/;")
        with self.assertRaisesRegex(PlumbError, "not a device tree"):
            probe.image(tree=tree)

    def test_a_file_that_is_cut_short(self):
        probe.PLAIN.write_bytes(PLAIN[:-4])
        with self.assertRaisesRegex(PlumbError, "truncated"):
            probe.image()


if __name__ == "__main__":
    unittest.main()
