# SPDX-License-Identifier: BSD-2-Clause
"""The ELF files from which kernels were made are found."""

import shutil
import struct
import tempfile
import unittest
from pathlib import Path

from plumblib import elf_names, symbols
from plumblib.common import PlumbError

TEXT = bytes(range(64))


def program(text=TEXT, functions=(), address=0x40010000):
    """An ELF file: one segment, and a symbol table with these (name, value, size, type)."""
    strings, table = b"\0", bytes(16)
    for name, value, size, kind in functions:
        table += struct.pack("<IIIBBH", len(strings), value, size, 0x10 | kind, 0, 1)
        strings += name.encode() + b"\0"
    at = 52 + 32
    tables = at + len(text)
    sections = tables + len(table) + len(strings)
    head = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, 40, 1, address, 52, sections, 0, 52, 32, 1, 40, 3, 0)
    segment = struct.pack("<8I", 1, at, address, address, len(text), len(text), 5, 4)
    rows = bytes(40)
    rows += struct.pack("<10I", 0, 2, 0, 0, tables, len(table), 2, 0, 4, 16)
    rows += struct.pack("<10I", 0, 3, 0, 0, tables + len(table), len(strings), 0, 0, 1, 0)
    return head + segment + text + table + strings + rows


class Names(unittest.TestCase):
    def test_functions(self):
        found = elf_names.names(program(functions=[
            ("main", 0x40010010, 16, 2), ("thumb", 0x40010031, 8, 2), ("data", 0x40010000, 64, 1)]))
        self.assertEqual([found.at(a) for a in (0x40010010, 0x4001001C, 0x40010020, 0x40010030,
                                                0x40010034, 0x40010000)],
                         ["main", "main+0xc", "", "thumb", "thumb+0x4", ""])

    def test_none(self):
        self.assertEqual(elf_names.names(program()).at(0x40010000), "")

    def test_spans(self):
        self.assertEqual(elf_names.spans(program()), [(0x40010000, 0x40010040)])


class Find(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.system = self.write("system.dts", b'/incbin/("a.bin") /incbin/("z/zImage") '
                                 b'/include/ "more.dtsi"')
        self.write("more.dtsi", b'/incbin/("b.bin")')

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.resolve()

    def test_beside(self):
        self.write("a.bin", TEXT)
        beside = self.write("a.elf", program())
        self.assertEqual(symbols.find(self.system, {"one": TEXT, "two": TEXT, "none": b""}),
                         {"one": beside, "two": beside})

    def test_stale(self):
        """Of another build: its names would be wrong."""
        self.write("a.bin", TEXT)
        self.write("a.elf", program(b"other"))
        self.assertEqual(symbols.find(self.system, {"one": TEXT}), {})

    def test_included(self):
        self.write("b.bin", TEXT)
        beside = self.write("b.elf", program())
        self.assertEqual(symbols.find(self.system, {"one": TEXT}), {"one": beside})

    def test_linux(self):
        self.write("z/zImage", b"packed")
        beside = self.write("z/vmlinux", program())
        self.assertEqual(symbols.find(self.system, {"linux": b"packed"}), {"linux": beside})

    def test_given(self):
        path = self.write("x.elf", program())
        other = self.write("y.elf", program(b"other"))
        images = {"one": TEXT, "two": b"else"}
        self.assertEqual(symbols.given([str(path)], images), {"one": path})
        self.assertEqual(symbols.given([f"two={other}"], images), {"two": other})
        self.assertEqual(symbols.given([str(other)], {"one": TEXT}), {"one": other})
        self.write("text", b"no ELF")
        for text, words in ((str(other), "name its partition"), (f"six={other}", "no partition 'six'"),
                            (f"one={self.folder}/none", "No such file"),
                            (f"one={self.folder}/text", "not an ELF file")):
            with self.assertRaisesRegex(PlumbError, words):
                symbols.given([text], images)


if __name__ == "__main__":
    unittest.main()
