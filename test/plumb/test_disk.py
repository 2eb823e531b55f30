# SPDX-License-Identifier: BSD-2-Clause
"""Disks for U-Boot, read back by a separate reader: MBR, FAT32, and the stages before the
partition. The boards' stages are dummies here; test/check/uboot.py boots the real ones."""

import hashlib
import mmap
import os
import struct
import tempfile
import unittest
import zlib
from pathlib import Path
from unittest import mock

from plumblib import debian, disk
from plumblib.common import PlumbError

PACKED = bytes(range(256)) * 1700  # several clusters, and each byte's place shows
TREE = bytes.fromhex("d00dfeed 00000048 00000038 00000048 00000028 00000011 00000010 00000000"
                     "00000000 00000010 00000000 00000000 00000000 00000000"
                     "00000001 00000000 00000002 00000009")


def u16(data: bytes, at: int) -> int:
    return struct.unpack_from("<H", data, at)[0]


def u32(data: bytes, at: int) -> int:
    return struct.unpack_from("<I", data, at)[0]


class Fat32:
    """The root directory of a FAT32 file system, by Microsoft's description (fatgen103)."""

    def __init__(self, volume: memoryview):
        self.volume = volume
        self.cluster = volume[13] * 512
        self.fat = u16(volume, 14) * 512
        self.data = self.fat + volume[16] * u32(volume, 36) * 512
        self.sectors = u32(volume, 32)
        self.files: dict[str, bytes] = {}
        self.label = ""
        self._read_root(self.chain(u32(volume, 44)))

    def chain(self, number: int) -> bytes:
        pieces = []
        while 2 <= number < 0x0ffffff8:
            at = self.data + (number - 2) * self.cluster
            pieces.append(bytes(self.volume[at:at + self.cluster]))
            number = u32(self.volume, self.fat + 4 * number) & 0x0fffffff
        return b"".join(pieces)

    def _read_root(self, entries: bytes) -> None:
        for at in range(0, len(entries), 32):
            entry = entries[at:at + 32]
            if entry[0] in (0, 0xe5) or entry[11] == 0x0f:
                continue
            name, more = entry[:8].decode().rstrip(), entry[8:11].decode().rstrip()
            if entry[11] & 8:
                self.label = entry[:11].decode().rstrip()
                continue
            # Two bits of byte 12, or a long name in front, encode lower case.
            long = name.startswith("PLUMBL~")
            name = "plumbline" if long else name.lower()
            first = u16(entry, 20) << 16 | u16(entry, 26)
            self.files[f"{name}.{more.lower()}"] = self.chain(first)[:u32(entry, 28)]


def script_of(data: bytes) -> str:
    """The text in a U-Boot script: a legacy image header, two sizes, the text."""
    header, body = data[:64], data[64:]
    assert struct.unpack(">I", header[:4])[0] == 0x27051956
    assert struct.unpack(">I", header[12:16])[0] == len(body)
    assert struct.unpack(">I", header[24:28])[0] == zlib.crc32(body)
    assert header[30] == 6  # a script
    size, end = struct.unpack(">II", body[:8])
    assert end == 0
    return body[8:8 + size].decode()


class Disk(unittest.TestCase):
    def test_a_device_stays_a_device(self):
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "card"
            os.mkfifo(out)
            with self.assertRaisesRegex(PlumbError, "card: is not a regular file"):
                disk.make(PACKED, disk.TARGETS["qemu"], "zimage", None, out)
            self.assertTrue(out.is_fifo())

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.out = self.top / "disk.img"
        self.stages = {"orangepi_plus/u-boot-sunxi-with-spl.bin": b"S" * 536892,
                       "arndale/arndale-spl.bin": b"A" * 14336,
                       "arndale/u-boot.bin": b"U" * 481040}
        self.patch("firmware", self.stage)
        (self.top / "tree").write_bytes(TREE)
        self.patch("boards", lambda: {"exynos5250-arndale": self.top / "tree"})

    def patch(self, name: str, instead) -> None:
        patch = mock.patch.object(debian, name, instead)
        patch.start()
        self.addCleanup(patch.stop)

    def stage(self, name: str) -> Path:
        path = self.top / Path(name).name
        path.write_bytes(self.stages[name])
        return path

    def make(self, target: str, form: str = "zimage", packed: bytes = PACKED, **more):
        self.parts = disk.make(packed, disk.TARGETS[target], form, more.pop("dtb", None), self.out,
                               **more)
        with self.out.open("rb") as file:
            self.image = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        entry = self.image[446:462]
        self.first, self.count = u32(entry, 8), u32(entry, 12)
        return Fat32(memoryview(self.image)[self.first * 512:])

    def sectors(self, first: int, end: int) -> bytes:
        return self.image[first * 512:end * 512]

    def test_one_bootable_partition_to_the_end(self):
        fat = self.make("qemu")
        self.assertEqual(self.image[510:512], b"\x55\xaa")
        self.assertEqual(self.image[446], 0x80)
        self.assertEqual(self.image[450], 0x0c)  # FAT32, LBA
        self.assertEqual(self.image[462:510], bytes(48))
        self.assertEqual((self.first, self.first + self.count), (2048, len(self.image) // 512))
        self.assertEqual(fat.sectors, self.count)
        self.assertEqual(len(self.image), 64 << 20)
        boot = self.sectors(2048, 2049)
        self.assertEqual((u16(boot, 11), boot[510:], boot[82:90]), (512, b"\x55\xaa", b"FAT32   "))
        # FAT32 by Microsoft's rule: by the number of clusters, and nothing else.
        data = fat.sectors - fat.data // 512
        self.assertGreaterEqual(data // boot[13], 65525)
        self.assertEqual(fat.label, "PLUMBLINE")
        self.assertEqual(self.sectors(1, 2048), bytes(2047 * 512))

    def test_files_of_each_format(self):
        fat = self.make("qemu")
        self.assertEqual(set(fat.files), {"plumbline.img", "boot.scr"})
        self.assertEqual(fat.files["plumbline.img"], PACKED)
        self.assertIn("bootz ${kernel_addr_r} - ${plumb_fdt}\n", script_of(fat.files["boot.scr"]))
        fat = self.make("qemu", "uimage")
        image = fat.files["plumbline.ub"]
        self.assertEqual(struct.unpack(">I", image[:4])[0], 0x27051956)
        self.assertEqual(struct.unpack(">II", image[16:24]), (0x48000000, 0x48000000))
        self.assertEqual(struct.unpack(">I", image[24:28])[0], zlib.crc32(PACKED))
        self.assertEqual(tuple(image[28:32]), (5, 2, 2, 0))  # Linux, ARM, kernel, not compressed
        self.assertEqual(image[64:], PACKED)
        self.assertIn("bootm ${kernel_addr_r} - ", script_of(fat.files["boot.scr"]))
        fat = self.make("qemu", "fit")
        image = fat.files["plumbline.itb"]
        self.assertIn(PACKED, image)
        self.assertIn(hashlib.sha256(PACKED).digest(), image)
        self.assertIn("bootm ${kernel_addr_r}#system - ", script_of(fat.files["boot.scr"]))

    def test_the_script_loads_what_is_there(self):
        for form in ("zimage", "uimage", "fit"):
            for dtb in (None, TREE):
                fat = self.make("qemu", form, dtb=dtb)
                text = script_of(fat.files["boot.scr"])
                loaded = [line.split()[4] for line in text.splitlines() if line.startswith("load ")]
                self.assertEqual(set(loaded) | {"boot.scr"}, set(fat.files), text)
                self.assertEqual("${fdtcontroladdr}" in text, True)
                if dtb:
                    self.assertEqual(fat.files["board.dtb"], TREE)

    def test_orangepi(self):
        fat = self.make("orangepi-pc")
        spl = self.stages["orangepi_plus/u-boot-sunxi-with-spl.bin"]
        self.assertEqual(self.image[8192:8192 + len(spl)], spl)
        self.assertEqual(self.sectors(1, 16), bytes(15 * 512))
        self.assertEqual(self.sectors(1065, 2048), bytes(983 * 512))
        self.assertEqual(set(fat.files), {"plumbline.img", "boot.scr"})

    def test_arndale(self):
        fat = self.make("arndale")
        self.assertEqual(self.sectors(1, 17), bytes(16 * 512))  # BL1: to be added by hand
        self.assertEqual(self.sectors(17, 45), b"A" * 14336)
        self.assertEqual(self.sectors(45, 49), bytes(4 * 512))
        self.assertEqual(self.image[49 * 512:49 * 512 + 481040], b"U" * 481040)
        # Nothing after U-Boot, and no environment at 1073 to 1104: defaults apply.
        self.assertEqual(self.image[49 * 512 + 481040:2048 * 512],
                         bytes(2048 * 512 - 49 * 512 - 481040))
        self.assertGreaterEqual(self.first, 1105)
        self.assertEqual(set(fat.files), {"plumbline.img", "boot.scr", "board.dtb"})
        self.assertEqual(fat.files["board.dtb"], TREE)
        said = disk.describe(self.out, self.parts, disk.TARGETS["arndale"])
        self.assertRegex(said, r"\n +1 +16  MISSING: Samsung")
        self.assertRegex(said, r"\n +17 +28  SPL")
        self.assertRegex(said, r"\n +49 +940  U-Boot: u-boot.bin")
        self.assertRegex(said, r"\n +1073 +32  U-Boot's environment")
        self.assertIn("dd if=", said)

    def test_bl1_goes_to_sector_1(self):
        bl1 = self.top / "bl1"
        bl1.write_bytes(b"B" * 8192)
        self.make("arndale", bl1=bl1)
        self.assertEqual(self.sectors(1, 18), b"B" * 8192 + b"A" * 512)
        self.assertNotIn("MISSING", disk.describe(self.out, self.parts, disk.TARGETS["arndale"]))
        with self.assertRaisesRegex(PlumbError, "--bl1"):
            self.make("orangepi-pc", bl1=bl1)

    def test_a_stage_that_would_run_into_the_next_is_refused(self):
        bl1 = self.top / "bl1"
        for name, most in (("arndale/arndale-spl.bin", 16 << 10), ("arndale/u-boot.bin", 512 << 10)):
            kept = self.stages[name]
            self.stages[name] = b"x" * most
            self.make("arndale")
            for size in (0, most + 1):
                self.stages[name] = b"x" * size
                self.out.unlink(missing_ok=True)
                with self.assertRaisesRegex(PlumbError, Path(name).name):
                    self.make("arndale")
                self.assertFalse(self.out.exists())  # whole or not at all
            self.stages[name] = kept
        bl1.write_bytes(b"x" * 8193)
        with self.assertRaisesRegex(PlumbError, "bl1"):
            self.make("arndale", bl1=bl1)

    def test_what_bootm_would_not_take_is_refused(self):
        big = bytes((8 << 20) + 1)
        for form in ("uimage", "fit"):
            with self.assertRaisesRegex(PlumbError, "takes 8388608 of a"):
                self.make("arndale", form, big)
        self.make("arndale", "zimage", big)

    def test_a_large_system_has_a_larger_disk_and_room_for_the_tree(self):
        packed = PACKED * 160  # 66 MiB
        fat = self.make("arndale", packed=packed)
        self.assertEqual(len(self.image), 128 << 20)
        self.assertEqual(fat.files["plumbline.img"], packed)
        text = script_of(fat.files["boot.scr"])
        tree = next(line for line in text.splitlines() if line.endswith("board.dtb || exit"))
        # U-Boot's kernel_addr_r is 0x42000000 there, and its memory ends at 0xc0000000.
        self.assertGreaterEqual(int(tree.split()[3], 16), 0x42000000 + (96 << 20))

    def test_the_same_twice(self):
        for form in ("zimage", "uimage", "fit"):
            self.make("arndale", form)
            first = hashlib.sha256(self.image).digest()
            self.make("arndale", form)
            self.assertEqual(first, hashlib.sha256(self.image).digest(), form)

    def test_a_tree_that_is_none(self):
        with self.assertRaisesRegex(PlumbError, "there.dtb: not a sound device tree blob"):
            self.make("qemu", dtb=b"no tree", dtb_name="there.dtb")
