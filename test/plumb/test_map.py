# SPDX-License-Identifier: BSD-2-Clause
"""`plumb map`: its reading of a manifest, its table, and the picture's geometry. test/check/map.py
compares places with those of a boot."""

import unittest
import xml.etree.ElementTree as ET
from typing import Any

from plumblib import boards, fdt, mapsvg, pack, room, systemmap
from plumblib.systemmap import System

SVG = "{http://www.w3.org/2000/svg}"
SOURCE = b"""/dts-v1/;
/ {
	compatible = "plumbline,system-1";
	control {
		compatible = "plumbline,partition";
		memory-size = <0x400000>;
		cpus = <0x1>;
		kernel = [00 00 00 ea 00 00 00 00];
		rights = "dev", "bare";
		manages = "dev";
		vms = <12>;
		vm-pool = <0x180000>;
	};
	dev {
		compatible = "plumbline,partition";
		vcpus = <2>;
		cpus = <0x2 0x4>;
		priority = <5>;
		memory-size = <0x8000000>;
		memory-at = <0x0 0x60000000>;
		identity;
		irqs = <256>;
		rtc = "pl031";
		on-crash = "restart";
		crash-limit = <2 30>;
		pmu;
		no-autostart;
		virtio {
			compatible = "plumbline,device";
			pa = <0 0x0a000000>;
			size = <0x1000>;
			interrupt = <48 49 50 55>;
			interrupt-edge = <48 49 50>;
		};
		far {
			compatible = "plumbline,device";
			pa = <0x1 0x10000000>;
			ipa = <0x20000000>;
			size = <0x2000>;
		};
	};
	bare {
		compatible = "plumbline,partition";
		memory-size = <0x200000>;
		gic = "none";
		console = "none";
		kernel = [00 00 00 ea 00 00 00 00];
	};
};
"""
FACTS = """memory: 0x40000000 0x20000000
memory: 0x880000000 0x10000000
reserved: 0x48000000 0x1000000
cpu: 0x0, boots
cpu: 0x1, PSCI 0x84000003
"""


def system(found=None) -> System:
    packed = pack.pack_source(SOURCE, [], "a test")
    return systemmap.read("a.dts", packed.partitions, fdt.parse(packed.manifest), found)


def row(table: str, *words: str) -> str:
    """The line with all of these words."""
    (line,) = [line for line in table.splitlines() if all(word in line.split() for word in words)]
    return line


class Read(unittest.TestCase):
    def test_partitions(self):
        control, dev, bare = system().partitions
        self.assertEqual([p.handle for p in (control, dev, bare)], [1, 2, 3])
        self.assertEqual([p.cpus for p in (control, dev, bare)], [[1], [2, 4], [0xff]])
        self.assertEqual([p.priority for p in (control, dev, bare)], [3, 5, 3])
        self.assertEqual([p.irqs for p in (control, dev, bare)], [128, 256, 0])
        self.assertEqual([p.rights for p in (control, dev, bare)], [["dev", "bare"], [], []])
        self.assertEqual([p.restarts for p in (control, dev, bare)], ["", "at most 2 in 30 s", ""])
        self.assertEqual([p.manages for p in (control, dev, bare)], [["dev"], [], []])
        self.assertEqual([p.starts for p in (control, dev, bare)], [True, False, True])

    def test_memory(self):
        control, dev, _ = system().partitions
        self.assertEqual((control.memory[0].ipa, control.memory[0].size, control.memory[0].pa),
                         (0x40000000, 0x400000, None))
        self.assertEqual((dev.memory[0].ipa, dev.memory[0].pa, dev.memory[0].fixed),
                         (0x60000000, 0x60000000, True))
        placed = system([[0x40200000], [0x60000000], [0x40600000]]).partitions[2]
        self.assertEqual((placed.memory[0].pa, placed.memory[0].fixed), (0x40600000, False))

    def test_devices(self):
        _, dev, bare = system().partitions
        by_name = {d.name: d for d in dev.devices}
        self.assertEqual((by_name["virtio"].ipa, by_name["virtio"].pa), (0x0a000000, 0x0a000000))
        self.assertEqual(by_name["virtio"].interrupts, [48, 49, 50, 55])
        self.assertEqual(by_name["virtio"].edges, {48, 49, 50})
        self.assertEqual((by_name["far"].ipa, by_name["far"].pa, by_name["far"].size),
                         (0x20000000, 0x110000000, 0x2000))
        # QEMU's virt: PL011 33, PL031 34; the timers' PPIs and the PMU's on a Cortex-A15.
        interrupts = {d.name: d.interrupts for d in dev.devices}
        self.assertEqual(interrupts["console, PL011"], [33])
        self.assertEqual(interrupts["clock, PL031"], [34])
        self.assertEqual(interrupts["virtual timer"], [27])
        self.assertEqual(interrupts["physical timer"], [30])
        self.assertEqual(interrupts["performance monitors"], [23])
        self.assertEqual(bare.devices, [])

    def test_creator(self):
        control, dev, _ = system().partitions
        self.assertEqual((control.vms, control.vm_pool, dev.vms, dev.vm_pool), (12, 3 << 19, 0, 0))
        interrupts = {d.name: d.interrupts for d in control.devices}
        self.assertEqual(interrupts["creator's doorbell"], [38])
        self.assertNotIn("creator's doorbell", [d.name for d in dev.devices])
        self.assertEqual(room.partitions_of(pack.pack_source(SOURCE, [], "a test").partitions, [])[0],
                         room.Partition(4 << 20, vm_pool=3 << 19))

    def test_board(self):
        self.assertEqual(systemmap.board_facts(FACTS),
                         ([(0x40000000, 0x48000000), (0x49000000, 0x60000000),
                           (0x880000000, 0x890000000)], 2))


class Words(unittest.TestCase):
    def test_numbers(self):
        self.assertEqual(systemmap.numbers_text([]), "")
        self.assertEqual(systemmap.numbers_text([33]), "33")
        self.assertEqual(systemmap.numbers_text([48, 49, 50, 39]), "48 to 50, 39")
        self.assertEqual(systemmap.numbers_text([48, 49, 50, 51], frozenset({48, 49})),
                         "48 to 49 (edge), 50 to 51")

    def test_cpus(self):
        self.assertEqual(systemmap.cpus_text([0xff], 2), "any")
        self.assertEqual(systemmap.cpus_text([0x3], 2), "any")
        self.assertEqual(systemmap.cpus_text([0x3], 4), "0, 1")
        self.assertEqual(systemmap.cpus_text([0x3], 0), "0, 1")
        self.assertEqual(systemmap.cpus_text([0x2, 0x2], 4), "1")
        self.assertEqual(systemmap.cpus_text([0x1, 0x2], 4), "vCPU 0: 0; vCPU 1: 1")

    def test_sizes(self):
        for size, text in ((4096, "4 KiB"), (0x400000, "4 MiB"), (1 << 30, "1 GiB"), (0x101000, "1028 KiB")):
            self.assertEqual(systemmap.size_text(size), text)

    def test_table(self):
        table = systemmap.table(system())
        self.assertIn("the monitor chooses", row(table, "control", "memory"))
        self.assertIn("0x60000000 to 0x67ffffff  128 MiB  0x60000000 to 0x67ffffff",
                      row(table, "dev", "memory"))
        self.assertIn("dev, bare", row(table, "1", "control"))
        self.assertIn("vCPU 0: 1; vCPU 1: 2", row(table, "2", "dev", "5"))
        self.assertIn("Restarted after a crash: dev (at most 2 in 30 s)", table)
        self.assertIn("no GIC: IRQ and FIQ", row(table, "bare", "GIC:"))
        self.assertIn("48 to 50 (edge), 55", row(table, "virtio"))
        self.assertIn("0x110000000 to 0x110001fff", row(table, "far"))
        self.assertIn("Not started by the monitor: dev", table)
        self.assertIn("  May make VMs: control (12, in 1536 KiB of the monitor's memory)\n", table)


class Places(unittest.TestCase):
    def test_where_the_monitor_puts_them(self):
        virt, ram = boards.find("virt"), [(0x40000000, 0x60000000)]
        mib = 1 << 20
        some = [room.Partition(4 * mib), room.Partition(8 * mib, at=0x50000000),
                room.Partition(mib), room.Partition(4 * mib, regions=(2 * mib, 256 << 10))]
        self.assertEqual(room.places(virt, 300 << 10, some, ram),
                         [[0x40200000], [0x50000000], [0x4005b000], [0x40600000, 0x40a00000, 0x4015b000]])
        self.assertEqual(room.places(virt, 300 << 10, [room.Partition(4 * mib, at=0x70000000)], ram),
                         [[None]])

    def test_image(self):
        self.assertEqual(systemmap.image_place(boards.find("virt"), 0x1000, [(0x40000000, 0x60000000)]),
                         (0x40010000, 0x40011000))
        self.assertEqual(systemmap.image_place(boards.find("virt-secure"), 0x1000,
                                               [(0x40000000, 0x60000000)]), (0x42000000, 0x42001000))


class Picture(unittest.TestCase):
    def picture(self, **changes):
        shown = system([[0x40200000], [0x60000000], [0x40600000]])
        shown.board, shown.nr_cpus = "virt", 4
        shown.ram, shown.image = [(0x40000000, 0x70000000)], (0x40010000, 0x40050000)
        for key, value in changes.items():
            setattr(shown, key, value)
        text = mapsvg.draw(shown)
        return text, ET.fromstring(text)

    def test_all_is_there(self):
        _, root = self.picture()
        words = " ".join(text.text or "" for text in root.iter(SVG + "text"))
        for each in ("control", "dev", "bare", "virtio 0x0a000000", "far 0x20000000 is 0x110000000",
                     "monitor and system", "0x40600000, 2 MiB", "no GIC: IRQ and FIQ"):
            self.assertIn(each, words)
        arrows = [path for path in root.iter(SVG + "path") if path.get("class") == "right"]
        self.assertEqual(len(arrows), 2)

    def test_nothing_lies_outside_and_no_boxes_of_a_kind_overlap(self):
        nowhere: dict[str, Any] = {"board": "", "nr_cpus": 0, "ram": [], "image": None}
        everywhere: dict[str, Any] = {}
        for changes in (everywhere, nowhere):
            _, root = self.picture(**changes)
            _, _, width, height = (float(word) for word in root.get("viewBox").split())
            boxes = [tuple(float(rect.get(key, 0)) for key in ("x", "y", "width", "height"))
                     for rect in root.iter(SVG + "rect")]
            for x, y, wide, high in boxes:
                self.assertTrue(x >= 0 and y >= 0 and x + wide <= width and y + high <= height)
            small = [box for box in boxes if box[3] in (mapsvg.CHIP, 20)]
            for n, (x, y, wide, high) in enumerate(small):
                for other in small[n + 1:]:
                    self.assertFalse(x < other[0] + other[2] and other[0] < x + wide
                                     and y < other[1] + other[3] and other[1] < y + high)

    def test_stands_alone_in_light_and_dark(self):
        text, _ = self.picture()
        self.assertIn("prefers-color-scheme: dark", text)
        for foreign in ("href", "url(", "@import", "@font-face", "<script", "<image"):
            self.assertNotIn(foreign, text)

    def test_names_are_escaped(self):
        text, root = self.picture(name="a<b>&.dts")
        self.assertIn("a&lt;b&gt;&amp;.dts", text)
        self.assertEqual(root.find(SVG + "title").text, "a<b>&.dts on virt")
