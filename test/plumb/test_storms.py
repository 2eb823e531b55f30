# SPDX-License-Identifier: BSD-2-Clause
"""The storms' host side: QEMU's state, accounts, records, the soak's totals."""

import json
import struct
import unittest

from lib import account, snapshot, soak, storms


def stream(active: int = 0, lr: int = 0) -> bytes:
    """A device 'arm_gic' of two interrupts, as QEMU writes it, behind other data."""
    fields = [{"name": "ctlr", "type": "uint32", "size": 4},
              {"name": "irq_state", "array_len": 2, "type": "struct", "size": 2, "struct": {
                  "vmsd_name": "irq", "fields": [{"name": "enabled", "type": "uint8", "size": 1},
                                                 {"name": "active", "type": "uint8", "size": 1}]}}]
    sub = {"vmsd_name": "virt", "version": 1,
           "fields": [{"name": "h_lr", "array_len": 2, "type": "uint32", "size": 4}]}
    text = json.dumps({"devices": [{"name": "arm_gic", "instance_id": 0, "fields": fields,
                                    "subsections": [sub]}]}).encode()
    head = b"\x04" + struct.pack(">I", 9) + b"\x07arm_gic" + struct.pack(">II", 0, 12)
    data = struct.pack(">I", 3) + bytes([1, 0, 1, active])
    data += b"\x05\x04virt" + struct.pack(">I", 1) + struct.pack(">II", 5, lr)
    return (b"\x07arm_gic" + b"\x06\x06" + head + data + b"\x7e\0\0\0\x09\0\x06"
            + struct.pack(">I", len(text)) + text)


class Snapshot(unittest.TestCase):
    def test_a_device(self) -> None:
        gic = snapshot.Stream(stream(active=2, lr=0x10000028)).device("arm_gic")
        self.assertEqual(gic["ctlr"], 3)
        self.assertEqual(gic["irq_state"][1], {"enabled": 1, "active": 2})
        self.assertEqual(gic["virt"]["h_lr"], [5, 0x10000028])

    def test_there_is_none(self) -> None:
        with self.assertRaisesRegex(LookupError, "no device 'pl011'"):
            snapshot.Stream(stream()).device("pl011")

    def test_a_section_is_missing(self) -> None:
        with self.assertRaisesRegex(LookupError, "no subsection 'virt'"):
            snapshot.Stream(stream().replace(b"\x05\x04virt", b"\x05\x04vird")).device("arm_gic")


class Account(unittest.TestCase):
    def test_equal(self) -> None:
        self.assertEqual(account.differences({"a": 1, "b": b"x"}, {"a": 1, "b": b"x"}), [])

    def test_what_differs_is_named(self) -> None:
        self.assertEqual(account.differences({"a": 1, "b": 2}, {"a": 1, "b": 16}),
                         ["b: 0x2 before, 0x10 after"])
        self.assertEqual(len(account.differences({"a": 1}, {"b": 1})), 2)

    def test_active_priorities_without_a_loaded_vcpu(self) -> None:
        virt = {"h_apr": [0x100000, 0x100000], "h_hcr": [0x5, 0x4]}
        self.assertEqual(account.active_priorities(virt, 0), 0x100000)
        self.assertEqual(account.active_priorities(virt, 1), 0)


class Record(unittest.TestCase):
    def test_lives(self) -> None:
        data = bytearray(124 + 2 * 296 + 100)
        struct.pack_into("<I", data, 124, 7)  # guest/test/turmoil/turmoil.h
        struct.pack_into("<I", data, 124 + 296, 5)
        struct.pack_into("<4I", data, 124 + 8, 1, 2, 0x300, 9)
        board = storms.Board(bytes(data))
        self.assertEqual(board.lives, 12)
        struct.pack_into("<7I", data, 124 + 2 * 296, 3, 1, 0, 0, 0, 4, 6)
        struct.pack_into("<2I", data, 124 + 2 * 296 + 28, 10, 20)
        struct.pack_into("<I", data, 124 + 2 * 296 + 36 + 4, 100)
        struct.pack_into("<I", data, 124 + 2 * 296 + 36 + 32 + 4, 200)
        maker = storms.Board(bytes(data)).maker
        self.assertEqual((maker.lives, maker.wrong, maker.made, maker.rings, maker.lines), (3, 0, 4, 6, 30))
        self.assertEqual(maker.runs, [0, 300, 0, 0, 0, 0, 0, 0])
        self.assertEqual((board.rioter(0).wrong, board.rioter(0).first), (1, (2, 0x300, 9)))

    def test_the_seed(self) -> None:
        self.assertIn(b'"seed=9"', storms.manifest(9))
        self.assertIn(b'"sink seed=9"', soak.manifest(9, True))
        self.assertNotIn(b"/include/", soak.manifest(9, True))

    def test_totals(self) -> None:
        one = soak.Totals(lost=1, lives=3)
        one.asserted["edges"] = 2
        both = soak.Totals(lives=1)
        both.add(one)
        both.add(one)
        self.assertEqual((both.lost, both.lives, both.asserted["edges"]), (2, 7, 4))
        self.assertIn("4 asserted, 0 delivered, 2 lost", both.short())


if __name__ == "__main__":
    unittest.main()
