# SPDX-License-Identifier: BSD-2-Clause
"""ELF files become raw images; what cannot run is refused by name."""

import struct
import unittest

from plumblib import elf
from plumblib.common import PlumbError

RAM = range(0x40000000, 0x44000000)


def make(segments, entry=0x40010000, ident=b"\x7fELF\x01\x01\x01", kind=2, machine=40):
    """An ELF file with these (type, physical address, bytes, memory size[, virtual address])."""
    head = ident + bytes(16 - len(ident)) + struct.pack(
        "<HHIIIIIHHHHHH", kind, machine, 1, entry, 52, 0, 0, 52, 32, len(segments), 0, 0, 0)
    offset, table, body = 52 + 32 * len(segments), b"", b""
    for segment_type, paddr, data, memory, *vaddr in segments:
        table += struct.pack("<8I", segment_type, offset + len(body), *(vaddr or [0xc0000000]), paddr,
                             len(data), memory, 5, 4)
        body += data
    return head + table + body


ONE = [(1, 0x40010000, b"text", 4)]


class Elf(unittest.TestCase):
    def refused(self, words, data):
        with self.assertRaises(PlumbError) as refusal:
            elf.program(data, "the-file", RAM)
        self.assertRegex(str(refusal.exception), "the-file: .*" + words)

    def test_segments_go_where_they_say(self):
        got = elf.program(make([(1, 0x40010010, b"text", 4), (1, 0x40010000, b"head", 4),
                                (6, 0x41000000, b"not loaded", 10), (1, 0x40020000, b"", 64)]),
                          "x", RAM)
        self.assertEqual((got.address, got.entry), (0x40010000, 0x40010000))
        self.assertEqual(got.image, b"head" + bytes(12) + b"text")
        self.assertEqual(got.space, 0x10040)

    def test_zeros_behind_the_bytes_of_each_segment(self):
        got = elf.program(make([(1, 0x40010000, b"head", 8), (1, 0x40010008, b"text", 100)]),
                          "x", RAM)
        self.assertEqual((got.image, got.space), (b"head\0\0\0\0text", 108))
        got = elf.program(make([(1, 0x4000f000, b"", 0x10), (1, 0x40010000, b"text", 4)]), "x", RAM)
        self.assertEqual((got.address, got.image[-4:], got.space), (0x4000f000, b"text", 0x1004))

    def test_the_entry_is_virtual_or_physical_arm_or_thumb(self):
        moved = [(1, 0x40010000, bytes(64), 64, 0x80008000), (1, 0x40020000, b"data", 4, 0x80020000)]
        for entry, want in ((0x80008000, 0x40010000), (0x80008020, 0x40010020),
                            (0x80008023, 0x40010023), (0x40010008, 0x40010008),
                            (0x80020000, 0x40020000)):
            self.assertEqual(elf.program(make(moved, entry), "x", RAM).entry, want)
        for entry in (0x80008040, 0x8000803e, 0, 0x40010002, 0x40020004):
            self.refused(f"its entry {entry:#x}", make(moved, entry))

    def test_the_whole_of_memory(self):
        ends = [(1, RAM.start, b"low", 4), (1, RAM.stop - 4, b"high", 4)]
        got = elf.program(make(ends, RAM.start), "x", RAM)
        self.assertEqual((got.address, got.space), (RAM.start, len(RAM)))
        for paddr in (RAM.start - 4, RAM.stop - 3, RAM.stop, 0, 0xfffffffc):
            self.refused(rf"segment 1 \(0x4 bytes at {paddr:#x}\) does not lie in the guest's "
                         "memory, 0x40000000 to 0x43ffffff", make(ONE + [(1, paddr, b"data", 4)]))
        self.refused("segment 0 .* does not lie", make([(1, 0x40010000, b"a", 0xffffffff)]))

    def test_overlaps(self):
        self.refused(r"segment 0 .* overlaps segment 1",
                     make([(1, 0x40010000, bytes(0x101), 0x101), (1, 0x40010100, b"data", 4)]))
        self.refused(r"segment 1 .* overlaps segment 0",
                     make([(1, 0x40010100, b"text", 4), (1, 0x40010000, bytes(0x101), 0x101)]))

    def test_zeros_that_would_reach_into_another_segment_are_the_programs_own(self):
        # .text, .data behind it in flash, .noinit and .bss without bytes at one load address
        embedded = [(1, 0x40010000, b"text", 4, 0x40010000), (1, 0x40010004, b"data", 4, 0x40080000),
                    (1, 0x40010008, b"", 0x100, 0x40080004), (1, 0x40010008, b"", 0x400, 0x40080104)]
        got = elf.program(make(embedded), "x", RAM)
        self.assertEqual((got.address, got.image), (0x40010000, b"textdata"))
        self.assertEqual(got.space, 0x80504 - 0x10000)  # nothing else is put at its run address
        # In any order, and with run addresses outside the guest's memory.
        elsewhere = [(*segment[:4], 0x20000000) for segment in embedded[1:]]
        got = elf.program(make(elsewhere[::-1] + embedded[:1]), "x", RAM)
        self.assertEqual((got.image, got.space), (b"textdata", 8))

    def test_data_with_zeros_in_front_of_the_next_segments_bytes(self):
        got = elf.program(make([(1, 0x40010000, b"text", 4, 0x40010000),
                                (1, 0x40010004, b"data", 0x1000, 0x20000000),
                                (1, 0x40010008, b"more", 4, 0x20002000)]), "x", RAM)
        self.assertEqual((got.image, got.space), (b"textdatamore", 12))

    def test_zeros_that_reach_nothing_are_made(self):
        got = elf.program(make([(1, 0x40010000, b"text", 4, 0x40010000),
                                (1, 0x40010004, b"", 0x40, 0x20000000)]), "x", RAM)
        self.assertEqual((got.image, got.space), (b"text", 0x44))

    def test_an_empty_segment_within_zeros_counts_and_elsewhere_does_not(self):
        for at, space in ((0x40010020, 4), (0x40010004, 0x44), (0x40010044, 0x44), (0x9000, 0x44)):
            got = elf.program(make([(1, 0x40010000, b"text", 0x44, 0x21000000),
                                    (1, at, b"", 0, 0x20000000)]), "x", RAM)
            self.assertEqual(got.space, space, hex(at))

    def test_zeros_below_memory_are_lost_and_bytes_are_not(self):
        got = elf.program(make(ONE + [(1, 0x20000000, b"", 64)]), "x", RAM)
        self.assertEqual((got.address, got.space), (0x40010000, 4))
        self.refused("segment 1 .* does not lie", make(ONE + [(1, 0x20000000, b"data", 64)]))
        self.refused("segment 1 .* does not lie", make(ONE + [(1, RAM.stop, b"", 64)]))

    def test_bytes_that_overlap_are_refused_whatever_their_zeros(self):
        self.refused(r"segment 0 \(0x4 bytes at 0x40010000\) overlaps segment 1",
                     make([(1, 0x40010000, b"text", 0x100), (1, 0x40010002, b"data", 4)]))

    def test_the_entry_is_in_what_has_code(self):
        # .bss runs where .text lies, as far as virtual addresses go
        got = elf.program(make([(1, 0x40010000, b"text", 4, 0x40010000),
                                (1, 0x40020000, b"", 0x40, 0x40010000)]), "x", RAM)
        self.assertEqual(got.entry, 0x40010000)

    def test_other_machines(self):
        self.refused("64-bit", make(ONE, ident=b"\x7fELF\x02\x01\x01"))
        self.refused("big-endian", make(ONE, ident=b"\x7fELF\x01\x02\x01"))
        self.refused("another machine .e_machine 62", make(ONE, machine=62))
        self.refused("not an executable", make(ONE, kind=3))
        self.refused("not an executable", make(ONE, kind=1))

    def test_nothing_to_load(self):
        for segments in ([], [(6, 0x40010000, b"text", 4)], [(1, 0x40010000, b"", 64)]):
            self.refused("nothing to load", make(segments))
        self.refused("has 0x4 bytes in the file", make([(1, 0x40010000, b"text", 3)]))

    def test_every_cut_is_refused(self):
        whole = make(ONE + [(1, 0x40020000, b"data", 8)])
        for size in range(4, len(whole)):
            self.refused("truncated", whole[:size])

    def test_too_far_apart(self):
        with self.assertRaisesRegex(PlumbError, "256 MiB apart"):
            elf.program(make(ONE + [(1, 0x50020000, b"data", 8)]), "x", range(1 << 30, 1 << 31))

    def test_an_image_wrapped_is_that_program(self):
        whole = elf.wrap(b"image" * 999, 0x42000000)
        one = elf.program(whole, "x", RAM)
        self.assertEqual((one.address, one.entry, one.image), (0x42000000,) * 2 + (b"image" * 999,))
        self.assertEqual(struct.unpack_from("<I", whole, 52 + 4)[0] % 4096, 0)


if __name__ == "__main__":
    unittest.main()
