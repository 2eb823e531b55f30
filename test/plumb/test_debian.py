# SPDX-License-Identifier: BSD-2-Clause
"""The package file of each kernel, and the files that may be missing."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from plumblib import debian
from plumblib.common import PlumbError

NAMES = ("linux-image-6.1.0-49-armmp_6.1.170-1_armhf.deb",
         "linux-image-6.1.0-50-armmp_6.1.176-1_armhf.deb",
         "linux-image-6.1.0-50-armmp-lpae_6.1.176-1_armhf.deb",
         "linux-image-6.1.0-50-rt-armmp_6.1.176-1_armhf.deb")


class Debian(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        for name, value in (("GUESTS", self.top), ("DEBS", self.top / "debs"),
                            ("STAMP", self.top / "fetched.json"),
                            ("FIRMWARE", self.top / "firmware")):
            patch = mock.patch.object(debian, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def test_kernels_by_flavour(self):
        debian.DEBS.mkdir()
        for age, name in enumerate(NAMES):
            (debian.DEBS / name).touch()
            os.utime(debian.DEBS / name, (1000 + age, 1000 + age))
        self.assertEqual([debian._kernel_deb(f).name for f in ("armmp", "armmp-lpae", "rt-armmp")],
                         list(NAMES[1:]))

    def unpacked(self, *names: str):
        for name in names:
            path = self.top / name if name == "busybox" else self.top / name / "vmlinuz"
            path.parent.mkdir(exist_ok=True)
            path.touch()
        debian.STAMP.write_text(json.dumps({
            "format": debian.FORMAT, "modules": list(debian.UNPACKED),
            "debs": {name: f"{name}.deb" for name in names}}))

    def test_without_the_kernel_that_came_later(self):
        self.unpacked("armmp", "armmp-lpae", "busybox")
        self.assertFalse(debian._is_complete())
        self.assertEqual(sorted(debian.versions()), ["armmp", "armmp-lpae", "busybox"])

    def test_complete(self):
        self.unpacked("armmp", "armmp-lpae", "rt-armmp", "busybox")
        self.assertTrue(debian._is_complete())
        self.assertEqual(debian.versions()["rt-armmp"], "rt-armmp.deb")

    def test_nothing_and_half(self):
        self.assertRaises(PlumbError, debian.versions)
        self.unpacked("armmp-lpae", "busybox")
        self.assertRaises(PlumbError, debian.versions)
        self.unpacked("armmp", "armmp-lpae", "rt-armmp", "busybox")
        (self.top / "armmp" / "vmlinuz").unlink()
        self.assertRaises(PlumbError, debian.versions)

    def package(self, version: str, said: bytes) -> None:
        """A u-boot-sunxi with the files of one board."""
        tree = self.top / version
        file = tree / "usr/lib/u-boot/orangepi_plus/u-boot-sunxi-with-spl.bin"
        file.parent.mkdir(parents=True)
        file.write_bytes(said)
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN" / "control").write_text(
            f"Package: u-boot-sunxi\nVersion: {version}\nArchitecture: armhf\n"
            "Maintainer: nobody <nobody@localhost>\nDescription: a test\n")
        debian.DEBS.mkdir(exist_ok=True)
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree,
                        debian.DEBS / f"u-boot-sunxi_{version}_armhf.deb"],
                       check=True, capture_output=True)

    def test_firmware_comes_from_the_newest_package(self):
        name = "orangepi_plus/u-boot-sunxi-with-spl.bin"
        with self.assertRaisesRegex(PlumbError, "u-boot-sunxi has not been fetched: run '.* fetch firmware'"):
            debian.firmware(name)
        for version in ("1", "2"):
            self.package(version, b"stage " + version.encode())
            os.utime(next(debian.DEBS.glob(f"*_{version}_*")), (1000 + int(version),) * 2)
            self.assertEqual(debian.firmware(name).read_bytes(), b"stage " + version.encode())
        with self.assertRaisesRegex(PlumbError, "u-boot-exynos has not been fetched"):
            debian.firmware("arndale/u-boot.bin")
