# SPDX-License-Identifier: BSD-2-Clause
"""One kernel without a manifest: the kind of its file, and its place."""

import re
import struct
import tempfile
import unittest
from pathlib import Path
from typing import Any

from plumblib import kernel
from plumblib.common import PlumbError
from plumblib.single import Single, manifest_dts
from test_elf import make

MIB = 1 << 20


def zimage(size=0x1000, unpacked=0x100000, bss=0x8000, text_offset=0x8000, heap=0x10000,
           table=True):
    """A zImage's header, and the table with its size (Linux 4.15)."""
    data = bytearray(size)
    struct.pack_into("<4I", data, 0x24, 0x016f2818, 0, size, 0x04030201)
    if table:
        struct.pack_into("<2I", data, 0x34, 0x45454545, 0x100)
        struct.pack_into("<9I", data, 0x100, 3, 0x12345678, 0, 6, 0x5a534c4b, 0x200, bss,
                         text_offset, heap)
        struct.pack_into("<I", data, 0x200, unpacked)
    return bytes(data)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, data: bytes) -> Path:
        path = self.folder / "file"
        path.write_bytes(data)
        return path

    def manifest(self, data: bytes, memory=64 * MIB, **more) -> str:
        return manifest_dts(Single(self.file(data), more.pop("initrd", None), more.pop("dtb", None),
                                   "", 1, memory, 2, **more))

    def refused(self, words: str, **fields) -> None:
        one: dict[str, Any] = dict(kernel=None, initrd=None, dtb=None, append="", vcpus=1, memory=64 * MIB, cpus=2)
        with self.assertRaisesRegex(PlumbError, words):
            manifest_dts(Single(**{**one, **fields}))

    def number(self, text: str, name: str) -> int | None:
        found = re.search(rf"\b{name} = <(0x[0-9a-f]+)>;", text)
        return int(found[1], 16) if found else None


class Kinds(Files):
    def test_foreign_files_are_named(self):
        rows = ((0, b"\x27\x05\x19\x56", "uImage.*dumpimage"), (0, b"\x1f\x8b\x08", "zcat FILE"),
                (0, b"\xfd7zXZ\0", "xzcat"), (0, b"\xd0\x0d\xfe\xed", "FIT image"),
                (0x38, b"ARM\x64", "another machine, 64-bit ARM"), (0x202, b"HdrS", "x86"),
                (0x30, b"RISCV", "RISC-V"), (0, b"!<arch>\n", "archive"))
        for at, magic, words in rows:
            path = self.file(bytes(at) + magic + bytes(0x300))
            self.refused(rf"--kernel {path}: .*{words}", kernel=path)
            self.refused(rf"--bios {path}: .*{words}", bios=path)

    def test_files_that_are_none(self):
        for what in ("kernel", "bios", "initrd", "dtb"):
            others = {} if what in ("kernel", "bios") else {"kernel": self.file(b"code")}
            self.refused(f"--{what} .*absent: No such file", **others,
                         **{what: self.folder / "absent"})
            self.refused(f"--{what} {self.folder}: Is a directory", **others, **{what: self.folder})
            empty = self.folder / "empty"
            empty.write_bytes(b"")
            self.refused(f"--{what} .*empty: the file is empty", **others, **{what: empty})

    def test_limits(self):
        code = self.file(b"code")
        for vcpus in (0, 9, -1):
            self.refused(f"--vcpus {vcpus}", kernel=code, vcpus=vcpus)
        self.refused("--guest-memory: 3072 MiB", kernel=code, memory=3072 * MIB + 4096)
        self.assertIn("0xc0000000", manifest_dts(Single(code, None, None, "", 1, 3072 * MIB, 2)))

    def test_firmware_is_no_elf(self):
        self.refused("--bios .*ELF.*objcopy", bios=self.file(make([(1, 0x40010000, b"text", 4)])))

    def test_raw_images_say_nothing_of_their_size(self):
        text = self.manifest(b"\x00\x00\xa0\xe1" * 8)
        self.assertIsNone(self.number(text, "kernel-space"))
        self.assertNotIn("kernel-address", text)


class Zimage(Files):
    def space(self, **shape) -> int | None:
        return self.number(self.manifest(zimage(**shape)), "kernel-space")

    def test_what_it_unpacks_to_and_itself_behind(self):
        # 0x8000 + 1 MiB + (file 0x1000 + heap 0x10000 + 0x10000), from memory + 64 KiB on
        self.assertEqual(self.space(), 0x8000 + 0x100000 + 0x21000 - 0x10000)
        self.assertEqual(self.space(bss=0x80000), 0x8000 + 0x100000 + 0x80000 - 0x10000)
        self.assertEqual(self.space(text_offset=0x208000), 0x208000 + 0x100000 + 0x21000 - 0x10000)

    def test_never_less_than_the_file(self):
        self.assertEqual(self.space(size=0x100000, unpacked=4, heap=0), 0x8004 + 0x110000 - 0x10000)
        self.assertEqual(self.space(size=0x1000, unpacked=4, heap=0, text_offset=0), 0x1004)

    def test_old_ones_do_not_say(self):
        self.assertIsNone(self.space(table=False))

    def test_a_broken_table_ends(self):
        good = bytearray(zimage())
        for at, value in ((0x38, 0xfffffff0), (0x100, 0xffffffff), (0x10c, 0), (0x10c, 0xffffffff),
                          (0x10c, 5)):
            data = bytearray(good)
            struct.pack_into("<I", data, at, value)
            self.assertEqual(kernel.zimage_space(bytes(data), "x", 0x10000), 0, hex(at))

    def test_truncated(self):
        self.refused("truncated zImage: 2048 of 4096", kernel=self.file(zimage()[:2048]))

    def test_memory_that_it_cannot_unpack_in(self):
        self.refused("--kernel .*needs 34 MiB to unpack", memory=33 * MIB,
                     kernel=self.file(zimage(unpacked=33 * MIB)))

    def test_debians_kernel(self):
        path = Path(__file__).parents[2] / "build/guests/armmp/vmlinuz"
        if not path.exists():
            self.skipTest("not fetched: scripts/linux fetch")
        space = kernel.zimage_space(path.read_bytes(), "vmlinuz", 0x10000)
        self.assertTrue(24 * MIB < space < 40 * MIB, space)


class ElfPlaces(Files):
    def test_the_device_tree_lies_at_the_start_of_memory(self):
        text = self.manifest(make([(1, 0x40010000, b"text", 0x234)]))
        self.assertEqual([self.number(text, name) for name in
                          ("kernel-address", "kernel-space", "entry", "dtb-address")],
                         [0x40010000, 0x234, 0x40010000, 0x40000000])

    def test_or_elsewhere_where_the_program_leaves_no_room(self):
        for address, at_start in ((0x40000000, False), (0x40003000, False), (0x40004000, True)):
            text = self.manifest(make([(1, address, b"text", 4)], entry=address))
            self.assertEqual(self.number(text, "dtb-address") == 0x40000000, at_start)
        own = self.folder / "own.dtb"
        own.write_bytes(bytes(0x10001))
        text = self.manifest(make([(1, 0x40010000, b"text", 4)]), dtb=own)
        self.assertIsNone(self.number(text, "dtb-address"))

    def test_outside_memory(self):
        path = self.file(make([(1, 0x43000000, b"text", 4)], entry=0x43000000))
        self.refused("segment 0 .*does not lie in the guest's memory", kernel=path, memory=32 * MIB)


if __name__ == "__main__":
    unittest.main()
