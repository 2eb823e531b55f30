# SPDX-License-Identifier: BSD-2-Clause
"""Memory that partitions share: its reading from a manifest, the peers' device-tree nodes, and its
rows in maps. Numbers are typed again from docs/shared-memory.md."""

import struct
import unittest
import xml.etree.ElementTree as ET

from plumblib import fdt, judge, mapsvg, pack, room, sharedmem, systemmap

SVG = "{http://www.w3.org/2000/svg}"
PART = 'compatible = "plumbline,partition"; memory-size = <0x400000>; kernel = [00 00 00 ea];'
SHARED = 'compatible = "plumbline,shared-memory";'
SOURCE = f"""/dts-v1/;
/ {{
	compatible = "plumbline,system-1";
	a {{ {PART} }};
	one {{ {SHARED} peers = "a", "b"; output-size = <0x2000>; ipa = <0x10000000>; interrupt = <40>; }};
	b {{ {PART} }};
	two {{ {SHARED} peers = "c", "b"; read-only = "c"; common-size = <0x3000>; output-size = <0x1000>;
		ipa = <0x20000000 0x30000000>; interrupt = <0 41>; interrupt-edge;
		memory-at = <0 0x50000000>; }};
	c {{ {PART} gic = "none"; }};
}};
"""


def packed() -> pack.Packed:
    return pack.pack_source(SOURCE.encode(), [], "a test")


def node_of(partition: str, registers: int) -> fdt.Node:
    """Of the partition's device tree."""
    manifest = fdt.parse(packed().manifest)
    tree = fdt.parse(pack.partition_node(manifest, partition).props["dtb"])
    (node,) = [n for n in tree.root.children if n.name == f"shared-memory@{registers:x}"]
    return node


class Read(unittest.TestCase):
    def test_sizes_and_peers(self):
        one, two = packed().shared
        self.assertEqual((one.name, one.size, one.at, one.edge), ("one", 0x5000, 0, False))
        self.assertEqual((two.name, two.size, two.at, two.edge), ("two", 0x6000, 0x50000000, True))
        self.assertEqual([(p.partition, p.ipa, p.intid, p.reads, p.registers) for p in one.peers],
                         [("a", 0x10000000, 40, False, 0x0b000000),
                          ("b", 0x10000000, 40, False, 0x0b000000)])
        self.assertEqual([(p.partition, p.ipa, p.intid, p.reads, p.registers) for p in two.peers],
                         [("c", 0x20000000, 0, True, 0x0b000000),
                          ("b", 0x30000000, 41, False, 0x0b001000)])

    def test_shares_of_a_partition(self):
        found = packed().shared
        self.assertEqual([(s.name, n) for s, n in sharedmem.shares(found, "b")],
                         [("one", 1), ("two", 1)])
        self.assertEqual(sharedmem.shares(found, "d"), [])

    def test_partitions_are_only_partitions(self):
        self.assertEqual([row["name"] for row in packed().partitions], ["a", "b", "c"])


class Nodes(unittest.TestCase):
    def test_levels(self):
        node = node_of("b", 0x0b000000)
        self.assertEqual(node.text("compatible"), "plumbline,shared-memory")
        self.assertEqual(node.text("label"), "one")
        self.assertEqual(node.props["reg"],
                         struct.pack(">8I", 0, 0x0b000000, 0, 0x1000, 0, 0x10000000, 0, 0x5000))
        self.assertEqual(node.texts("reg-names"), ["registers", "memory"])
        self.assertEqual(node.cells("interrupts"), [0, 8, 4])
        self.assertEqual([node.u32(f"plumbline,{name}") for name in
                          ("peer", "peers", "common-size", "output-size")], [1, 2, 0, 0x2000])
        self.assertNotIn("plumbline,read-only", node.props)

    def test_edges_and_readers(self):
        self.assertEqual(node_of("b", 0x0b001000).cells("interrupts"), [0, 9, 1])
        node = node_of("c", 0x0b000000)
        self.assertEqual((node.text("label"), node.u32("plumbline,peer")), ("two", 0))
        self.assertNotIn("interrupts", node.props)
        self.assertIn("plumbline,read-only", node.props)


class Refusals(unittest.TestCase):
    def refused(self, old: str, new: str) -> str:
        with self.assertRaises(judge.Refused) as caught:
            pack.pack_source(SOURCE.replace(old, new).encode(), [], "a test")
        return str(caught.exception)

    def test_names_of_properties_and_partitions(self):
        self.assertIn("/one: output-sizes: <0x2000>: unknown property: did you mean 'output-size'?",
                      self.refused("output-size = <0x2000>", "output-sizes = <0x2000>"))
        self.assertIn("/two: peers: \"d\": names no partition of this manifest",
                      self.refused('"c", "b"', '"c", "d"'))
        self.assertIn("/one: rights: \"a\": unknown property: a partition has it",
                      self.refused('peers = "a", "b"', 'peers = "a", "b"; rights = "a"'))
        self.assertIn("/a: peers: \"a\": unknown property: shared memory has it",
                      self.refused("a { ", 'a { peers = "a"; '))
        self.assertIn("/one: dtb-extra", self.refused('peers = "a"', 'dtb-extra = "x"; peers = "a"'))

    def test_interrupts_are_decimal(self):
        self.assertIn("/one: interrupt: <33>: is an emulated device's",
                      self.refused("interrupt = <40>", "interrupt = <33>"))


class Maps(unittest.TestCase):
    def system(self, found=None) -> systemmap.System:
        done = packed()
        return systemmap.read("a.dts", done.partitions, fdt.parse(done.manifest), found)

    def row(self, name: str, peer: str) -> str:
        (line,) = [line for line in systemmap.table(self.system()).splitlines()
                   if line.split()[:3] == [name, "peer", peer]]
        return line

    def test_table(self):
        self.assertIn("0x10000000 to 0x10004fff  its own 8 KiB", self.row("one", "0"))
        self.assertIn("the monitor chooses", self.row("one", "1"))
        self.assertIn("0x0b000000  0x20000000 to 0x20005fff  nothing", self.row("two", "0"))
        self.assertIn("its own 4 KiB and common 12 KiB  41 (edge)   0x50000000 to 0x50005fff",
                      self.row("two", "1"))

    def test_places(self):
        found = [[0x40200000], [0x40600000], [0x40a00000], [0x40100000], [0x50000000]]
        self.assertEqual([shared.pa for shared in self.system(found).shared],
                         [0x40100000, 0x50000000])

    def test_picture(self):
        shown = self.system([[0x40200000], [0x40600000], [0x40a00000], [0x40100000], [0x50000000]])
        shown.ram, shown.image = [(0x40000000, 0x60000000)], (0x40010000, 0x40050000)
        root = ET.fromstring(mapsvg.draw(shown))
        words = [text.text for text in root.iter(SVG + "text")]
        for each in ("one, shared", "0x40100000, 20 KiB", "two, shared", "0x50000000, 24 KiB",
                     "shared: two, peer 1, 24 KiB at 0x30000000, registers 0x0b001000 · 41",
                     "shared: two, peer 0, reads only, 24 KiB at 0x20000000, registers 0x0b000000"):
            self.assertIn(each, words)

    def test_room(self):
        done = packed()
        found = room.partitions_of(done.partitions, done.shared)
        self.assertEqual([(p.size, p.at, p.mapped) for p in found[3:]],
                         [(0x5000, 0, 2), (0x6000, 0x50000000, 2)])
