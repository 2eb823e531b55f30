# SPDX-License-Identifier: BSD-2-Clause
"""The check of docs/guests.md: the parts of a page that it finds."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from lib import guests

PAGE = """| guest | version | cases |
|---|---|---|
| kernel | `linux-image-armmp` 6.1.170-1 | `one` `two` |
| RTOS | of this tree | `three` |

| guest | why |
|---|---|
| other | `four` |
"""
CASES = """one - \n\targs --kernel build/guests/armmp/vmlinuz
five system.dts
six other.dts
"""
FETCHED = {"armmp": "linux-image-6.1.0-50-armmp_6.1.176-1_armhf.deb",
           "rt-armmp": "linux-image-6.1.0-50-rt-armmp_6.1.177-1_armhf.deb",
           "armmp-lpae": "linux-image-6.12.117+deb13-armmp-lpae_6.12.117-1_armhf.deb",
           "busybox": "busybox-static_1%3a1.35.0-4_armhf.deb"}

FIRMWARE = ["u-boot-sunxi_2023.01+dfsg-2_armhf.deb"]


class Guests(unittest.TestCase):
    def test_names_of_the_last_column(self):
        self.assertEqual(guests.named(PAGE), {"one", "two", "three"})

    def test_findings(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "test" / "cases").mkdir(parents=True)
            (root / "test" / "cases" / "1-all").write_text(CASES)
            (root / "system.dts").write_text('/incbin/("build/guests/armmp/vmlinuz")')
            (root / "other.dts").write_text('/incbin/("build/guest/hello.bin")')
            with mock.patch.object(guests, "version_here", lambda _: "6.1.176-1"):
                found = guests.findings(PAGE, root, {"one", "two"})
        bad = [what for good, what, _ in found if not good]
        self.assertEqual(bad, ["three is a test", "case five has a row"])

    def versions(self, stated: str, here: str) -> bool:
        page = PAGE.replace("6.1.170-1", stated)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "test" / "cases").mkdir(parents=True)
            with mock.patch.object(guests, "version_here", lambda _: here):
                found = guests.findings(page, Path(folder), {"one", "two", "three"})
        self.assertEqual(len(found), 4)
        return all(good for good, _, _ in found)

    def test_one_version_for_each_release(self):
        self.assertTrue(self.versions("6.1.170-1 / 6.12.117-1", "6.1.176-1"))
        self.assertTrue(self.versions("6.1.170-1 / 6.12.117-1", "6.12.117-1"))
        self.assertFalse(self.versions("6.1.170-1 / 6.12.117-1", "6.12.90-1"))
        self.assertFalse(self.versions("6.1.170-1 / 6.12.117-1", "6.19.1-1"))

    def test_versions(self):
        with mock.patch.object(guests.debian, "versions", lambda: FETCHED), \
                mock.patch.object(guests.debian, "firmware_packages", lambda: FIRMWARE):
            self.assertEqual(guests.version_here("u-boot-sunxi"), "2023.01+dfsg-2")
            self.assertEqual(guests.version_here("linux-image-armmp"), "6.1.176-1")
            self.assertEqual(guests.version_here("linux-image-rt-armmp"), "6.1.177-1")
            self.assertEqual(guests.version_here("linux-image-armmp-lpae"), "6.12.117-1")
            self.assertEqual(guests.version_here("busybox-static"), "1:1.35.0-4")
            self.assertIsNone(guests.version_here("no-such-package-here"))
        self.assertTrue(guests.is_covered("6.1.170-1", "6.1.170-1"))
        self.assertTrue(guests.is_covered("6.1.170-1", "6.1.176-1"))
        self.assertFalse(guests.is_covered("6.1.176-1", "6.1.170-1"))
        self.assertFalse(guests.is_covered("6.1.176-1", "6.12.1-1"))


if __name__ == "__main__":
    unittest.main()
