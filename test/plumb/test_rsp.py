# SPDX-License-Identifier: BSD-2-Clause
"""Packets between gdb and QEMU, and memory as seen by another world."""

import io
import unittest

from plumblib import gdbconsole, rsp


class Framing(unittest.TestCase):
    def test_frame(self):
        self.assertEqual(rsp.frame(b"OK"), b"$OK#9a")

    def test_pieces(self):
        reader = rsp.Reader()
        self.assertEqual(reader.feed(b"+$m0"), [])
        self.assertEqual(reader.feed(b",4#"), [])
        self.assertEqual(reader.feed(b"fd+$?#3f\x03$g"), [b"m0,4", b"?", b"\x03"])
        self.assertEqual(reader.feed(b"#67"), [b"g"])


class Qemu(rsp.Stub):
    """Physical memory from 0x1000 on, with tables for HTTBR 0x1000: two pages at 1 GiB."""

    def __init__(self, physical=True):
        self.memory = bytearray(0x4000)
        self.memory[0x0 + 8:0x0 + 16] = (0x2003).to_bytes(8, "little")
        self.memory[0x1000:0x1008] = (0x3003).to_bytes(8, "little")  # level 2, entry 0
        for n, page in enumerate((0x4703, 0x3703)):  # level 3: the pages are swapped
            self.memory[0x2000 + 8 * n:0x2008 + 8 * n] = page.to_bytes(8, "little")
        self.said, self.sent, self.physical = [], [], physical

    def ask(self, payload):
        self.said.append(payload)
        if payload.startswith(b"Qqemu"):
            return b"OK" if self.physical else b""
        verb, rest = payload[:1], payload[1:].decode()
        at, _, rest = rest.partition(",")
        size, _, data = rest.partition(":")
        start, count = int(at, 16) - 0x1000, int(size, 16)
        if verb == b"M":
            self.memory[start:start + count] = bytes.fromhex(data)
            return b"OK"
        if not 0 <= start < len(self.memory):
            return b"E14"
        return self.memory[start:start + count].hex().encode()

    def send(self, payload):
        self.sent.append(payload)


class Views(unittest.TestCase):
    def setUp(self):
        self.qemu = Qemu()
        self.typed: list[bytes] = []
        self.switch = rsp.Switch(self.qemu, self.typed.append)

    def test_passes(self):
        for packet in (b"m40000000,4", b"g", b"vCont;c:p1.-1", b"qSupported"):
            self.assertIsNone(self.switch.from_gdb(packet))
            self.assertEqual(self.qemu.sent.pop(), packet)
        self.assertEqual(self.qemu.said, [])

    def test_reads_over_a_page_border(self):
        self.assertEqual(self.switch.from_gdb(b"Qplumb.view:monitor:1000"), b"OK")
        self.qemu.memory[0x3FFE:0x4000] = b"\x11\x22"
        self.assertEqual(self.switch.from_gdb(b"m40000ffe,4"), b"1122" + b"0347")
        self.assertEqual(self.qemu.sent, [])

    def test_nothing_there(self):
        self.switch.from_gdb(b"Qplumb.view:monitor:1000")
        self.assertEqual(self.switch.from_gdb(b"m40002000,4"), b"E14")
        self.assertEqual(self.switch.from_gdb(b"m40001ffe,4"), b"E14")

    def test_writes(self):
        self.switch.from_gdb(b"Qplumb.view:monitor:1000")
        self.assertEqual(self.switch.from_gdb(b"M40000010,2:abcd"), b"OK")
        self.assertEqual(self.qemu.memory[0x3010:0x3012], b"\xab\xcd")
        self.assertEqual(self.switch.from_gdb(b"X40000010,0:"), b"")

    def test_resuming_is_the_cpus_view_again(self):
        for packet in (b"vCont;c:p1.-1", b"c", b"s"):
            self.switch.from_gdb(b"Qplumb.view:monitor:1000")
            self.qemu.said.clear()
            self.assertIsNone(self.switch.from_gdb(packet))
            self.assertEqual(self.qemu.said, [b"Qqemu.PhyMemMode:0"])
            self.assertEqual(self.qemu.sent.pop(), packet)
            self.assertIsNone(self.switch.from_gdb(b"m40000000,4"))

    def test_registers_do_not_end_it(self):
        self.switch.from_gdb(b"Qplumb.view:monitor:1000")
        for packet in (b"g", b"Hgp1.2", b"vCont?", b"Z1,40000000,4"):
            self.assertIsNone(self.switch.from_gdb(packet))
        self.assertIsNotNone(self.switch.from_gdb(b"m40000000,4"))

    def test_refusals(self):
        self.assertEqual(self.switch.from_gdb(b"Qplumb.view:moon"), b"E22")
        self.assertEqual(self.switch.from_gdb(b"Qplumb.nothing:1"), b"E22")
        self.qemu.physical = False
        self.assertEqual(self.switch.from_gdb(b"Qplumb.view:monitor:1000"), b"E01")

    def test_typing(self):
        self.assertEqual(self.switch.from_gdb(b"Qplumb.type:766d730d"), b"OK")
        self.assertEqual(self.typed, [b"vms\r"])


class Console(unittest.TestCase):
    def test_whole_lines(self):
        out = io.StringIO()
        lines = gdbconsole.Lines(out)
        lines.write(b"one\r\ntw")
        self.assertEqual(out.getvalue(), "[console] one\n")
        lines.write(b"o\n> ")
        lines.flush()
        lines.flush()
        self.assertEqual(out.getvalue(), "[console] one\n[console] two\n[console] > \n")


if __name__ == "__main__":
    unittest.main()
