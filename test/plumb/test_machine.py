# SPDX-License-Identifier: BSD-2-Clause
"""The guests' machine by `manifest-check --list`, compared with the documentation and with numbers
typed from QEMU's virt board."""

import re
import subprocess
import unittest

from plumblib import machine
from plumblib.common import ROOT

# name: property, IPA, size, INTID
WINDOWS = {
    "gicd": ("gic", 0x08000000, 0x10000, 0),
    "gicc": ("gic", 0x08010000, 0x10000, 0),
    "gicv2m": ("gic", 0x08020000, 0x10000, 0),
    "uart": ("console", 0x09000000, 0x1000, 33),
    "rtc": ("rtc", 0x09010000, 0x1000, 34),
    "watchdog": ("watchdog", 0x09050000, 0x1000, 36),
    "virtio": ("virtio-windows", 0x0A000000, 0x4000, 0),
    "shared": ("", 0x0B000000, 0x4000, 0),  # by nodes of shared memory
}
LINES = {"timer-virt": ("gic", 27), "timer-phys": ("gic", 30), "pmu": ("pmu", 23),
         "manager": ("manages", 35), "backend": ("", 37),  # the latter: by virtio nodes
         "creator": ("vms", 38)}


def ask(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([machine.CHECKER, *arguments], capture_output=True, text=True,
                          check=False)


class Listed(unittest.TestCase):
    def test_every_row(self):
        done = ask("--list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        windows = {row["name"]: (row["property"], int(row["ipa"], 16), int(row["size"], 16),
                                 int(row["intid"]))
                   for row in machine.parse_list(done.stdout, "window")}
        lines = {row["name"]: (row["property"], int(row["intid"]))
                 for row in machine.parse_list(done.stdout, "line")}
        self.assertLessEqual(WINDOWS.items(), windows.items())
        self.assertEqual(lines, LINES)
        self.assertEqual(machine.parse_list(done.stdout, "memory"),
                         [{"ipa": "0x40000000", "kernel": "0x40010000"}])
        self.assertEqual(len(done.stdout.splitlines()), 1 + len(windows) + len(lines))

    def test_as_device_trees_number_them(self):
        self.assertEqual(machine.windows()["uart"], machine.Window(0x09000000, 0x1000, 33))
        self.assertEqual(machine.windows()["rtc"].spi, 2)
        self.assertEqual(machine.ppis(), {"timer-virt": 11, "timer-phys": 14, "pmu": 7})
        self.assertEqual(machine.spis(), {"manager": 3, "backend": 5, "creator": 6})

    def test_a_board_needs_a_system(self):
        for arguments in (("--list", "--board", "x.dtb"), ()):
            self.assertEqual(ask(*arguments).returncode, 2)

    def test_the_guides_tell_of_every_window(self):
        """Windows of the GIC, and those without a property, are in architecture.md, the others with
        the property that adds them."""
        text = (ROOT / "docs" / "architecture.md").read_text()
        chapter = text[text.index("## The machine that guests see"):]
        chapter = chapter[:chapter.index("\n## ")]
        rows = dict(re.findall(r"^\| `([a-z-]+)` \|(.*)$",
                               (ROOT / "docs" / "manifest.md").read_text(), re.M))
        for row in machine.parse_list(ask("--list").stdout, "window"):
            told = chapter if row["property"] in ("gic", "") else rows[row["property"]]
            self.assertIn(f"`{row['ipa']}`", told, row["name"])
            if row["intid"] != "0":
                self.assertIn(f"interrupt {row['intid']}", told, row["name"])
        for row in machine.parse_list(ask("--list").stdout, "line"):
            if int(row["intid"]) >= machine.FIRST_SPI:
                told = rows.get(row["property"], chapter)
                self.assertRegex(told, rf"\b(interrupt|SPI) {row['intid']}\b", row["name"])
