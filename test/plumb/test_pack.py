# SPDX-License-Identifier: BSD-2-Clause
"""Device trees and the packed file, against dtc and numbers typed from the specifications."""

import argparse
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

from plumblib import fdt, machine, options, pack
from plumblib.common import PlumbError, parse_size
from plumblib.guestdt import GuestShape, guest_dts, passed_devices
from plumblib.single import Single, manifest_dts

SOURCE = b"""/dts-v1/;
/memreserve/ 0x1000 0x2000;
/ { a = <1 2>; s = "x", "y"; empty; n@1 { reg = <1>; deep { b = [01 02 03]; }; }; m { a = <3>; }; };
"""


def dtc(source: bytes, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run(["dtc", *more, "-"], input=source, capture_output=True, check=False)


def as_source(blob: bytes) -> bytes:
    done = dtc(blob, "-I", "dtb", "-O", "dts", "-q")
    assert done.returncode == 0, done.stderr
    return done.stdout


def guest_tree(**changes) -> tuple[fdt.Node, bytes]:
    shape: dict[str, Any] = dict(name="demo", vcpus=2, memory_base=0x40000000,
                                 memory_size=0x4000000, gic=True, console=True)
    shape.update(changes)
    done = dtc(guest_dts(GuestShape(**shape)).encode(), "-I", "dts", "-O", "dtb")
    assert done.returncode == 0, done.stderr
    return fdt.parse(done.stdout).root, done.stderr


class Blob(unittest.TestCase):
    def test_round_trip_means_the_same_to_dtc(self):
        blob = dtc(SOURCE, "-I", "dts", "-O", "dtb", "-q").stdout
        self.assertEqual(as_source(fdt.serialise(fdt.parse(blob))), as_source(blob))

    def test_added_property_is_there_for_dtc(self):
        tree = fdt.parse(dtc(SOURCE, "-I", "dts", "-O", "dtb", "-q").stdout)
        tree.root.child("n").props["dtb"] = b"\xd0\x0d\xfe\xed\x01"
        self.assertIn(b"dtb = [d0 0d fe ed 01];", as_source(fdt.serialise(tree)))

    def test_every_cut_is_refused_and_none_crashes(self):
        blob = dtc(SOURCE, "-I", "dts", "-O", "dtb", "-q").stdout
        for size in range(len(blob)):
            with self.assertRaises(PlumbError):
                fdt.parse(blob[:size])


class GuestTree(unittest.TestCase):
    def test_no_warning_of_dtc_in_any_shape(self):
        for gic in (True, False):
            for console in (True, False):
                _, said = guest_tree(gic=gic, console=console, vcpus=8, bootargs='a="b\\c"',
                                     initrd=(0x44000000, 0x44100000))
                self.assertEqual(said, b"")

    def test_memory_and_cpus(self):
        root, _ = guest_tree(vcpus=3)
        self.assertEqual(root.child("memory").props["reg"],
                         struct.pack(">4I", 0, 0x40000000, 0, 0x4000000))
        self.assertEqual([c.u32("reg") for c in root.child("cpus").children], [0, 1, 2])
        self.assertEqual(root.child("psci").text("method"), "hvc")

    def test_gic_windows_reach_the_second_page(self):
        root, _ = guest_tree()
        gic = root.child("interrupt-controller")
        self.assertEqual(gic.text("compatible"), "arm,cortex-a15-gic")
        self.assertEqual(gic.props["reg"], struct.pack(">8I", 0, 0x8000000, 0, 0x10000,
                                                       0, 0x8010000, 0, 0x10000))
        self.assertEqual(root.u32("interrupt-parent"), gic.u32("phandle"))

    def test_timer_ppis_in_the_order_of_the_binding(self):
        root, _ = guest_tree(vcpus=2)
        cells = struct.unpack(">12I", root.child("timer").props["interrupts"])
        self.assertEqual(cells[0::3], (1, 1, 1, 1))
        self.assertEqual(cells[1::3], (13, 14, 11, 10))
        self.assertEqual(cells[2::3], (0x304,) * 4)

    def test_uart_is_spi_1_with_a_24_mhz_clock(self):
        root, _ = guest_tree()
        uart = root.child("pl011")
        self.assertEqual(uart.name, "pl011@9000000")
        self.assertEqual(uart.props["interrupts"], struct.pack(">3I", 0, 1, 4))
        self.assertEqual(root.child("apb-pclk").u32("clock-frequency"), 24000000)
        self.assertEqual(root.child("chosen").text("stdout-path"), "/pl011@9000000")

    def test_without_gic_nothing_refers_to_one(self):
        root, _ = guest_tree(gic=False)
        self.assertNotIn("interrupt-parent", root.props)
        self.assertIsNone(root.child("timer"))
        self.assertNotIn("interrupts", root.child("pl011").props)

    def test_bootargs_keep_their_quotes_and_initrd_its_place(self):
        root, _ = guest_tree(bootargs='x="a b" y=\\z', initrd=(0x44000000, 0x44100000))
        chosen = root.child("chosen")
        self.assertEqual(chosen.text("bootargs"), 'x="a b" y=\\z')
        self.assertEqual(chosen.u32("linux,initrd-start"), 0x44000000)
        self.assertEqual(chosen.u32("linux,initrd-end"), 0x44100000)


def monitor(size: int = 0x180, memory: int = 0x3000, magic: int = 0x424D4C50) -> bytes:
    image = bytearray(range(256)) * 2
    struct.pack_into("<7I", image, 0x24, 0x016F2818, 0, size, 0x04030201, magic, memory, 2)
    return bytes(image[:size])


class Joined(unittest.TestCase):
    def test_layout(self):
        packed = pack.join(monitor(), b"M" * 10)
        self.assertEqual(packed[0x3000:0x300A], b"M" * 10)
        self.assertEqual(packed[0x180:0x3000], bytes(0x3000 - 0x180))
        self.assertEqual(len(packed), 0x3010)
        self.assertEqual(struct.unpack_from("<I", packed, 0x2C)[0], 0x3010)
        self.assertEqual(packed[:0x2C], monitor()[:0x2C])

    def test_sealed(self):
        one, other = pack.join(monitor(), b"M" * 10), pack.join(monitor(), b"N" * 10)
        self.assertEqual(one[0x40:0x44], one[-4:])
        self.assertNotEqual(one[-4:], bytes(4))
        self.assertNotEqual(one[-4:], other[-4:])

    def test_with_the_tree_of_the_board(self):
        tree = dtc(b"/dts-v1/; / { };", "-I", "dts", "-O", "dtb", "-q").stdout
        self.assertEqual(pack.append_tree(b"123456789", tree, "x"), b"123456789" + bytes(7) + tree)
        with self.assertRaisesRegex(PlumbError, "x: not a device tree"):
            pack.append_tree(b"123456789", b"not a tree", "x")

    def test_foreign_images_are_refused(self):
        for image in (b"", bytes(64), monitor(magic=0), monitor(memory=0x3001),
                      monitor(size=0x200, memory=0)):
            with self.assertRaises(PlumbError):
                pack.join(image, b"")

    def test_list_lines(self):
        listed = machine.parse_list("window name=b\npartition name=a vcpus=2 gic=v2\n",
                                    "partition")
        self.assertEqual(listed, [{"name": "a", "vcpus": "2", "gic": "v2"}])


EXTRAS = b"""/dts-v1/;
/ { one { dtb-extra = "/ { keys { }; };"; bootargs = "x"; }; two { bootargs = "y"; }; };
"""


class Extras(unittest.TestCase):
    def test_taken_out_of_the_manifest(self):
        blob = dtc(EXTRAS, "-I", "dts", "-O", "dtb", "-q").stdout
        manifest, extras, refused = pack.take_extras(blob)
        self.assertEqual(refused, [])
        self.assertEqual(extras, {"one": "/ { keys { }; };"})
        self.assertNotIn(b"dtb-extra", manifest)
        self.assertEqual(fdt.parse(manifest).root.child("one").text("bootargs"), "x")

    def test_a_manifest_without_stays_as_it_is(self):
        blob = dtc(EXTRAS.replace(b"dtb-extra", b"other"), "-I", "dts", "-O", "dtb", "-q").stdout
        self.assertEqual(pack.take_extras(blob), (blob, {}, []))

    def test_refused_beside_a_tree_of_its_own(self):
        for own in (b"no-dtb;", b'dtb = "x";'):
            source = EXTRAS.replace(b'bootargs = "x";', own)
            blob = dtc(source, "-I", "dts", "-O", "dtb", "-q").stdout
            self.assertEqual([(row["node"], row["property"])
                              for row in pack.take_extras(blob)[2]], [("/one", "dtb-extra")])


class Words(unittest.TestCase):
    def test_sizes(self):
        self.assertEqual([parse_size(s) for s in ("64M", "0x1000", "1g", "512KiB", "7")],
                         [67108864, 4096, 1073741824, 524288, 7])
        for bad in ("", "M", "-1", "1.5G", "64X"):
            with self.assertRaises(PlumbError):
                parse_size(bad)

    def test_single_guest_refuses_elf_and_absent_files(self):
        elf = Path(__file__).with_suffix(".absent")
        for kernel in (elf, Path("/bin/sh")):
            with self.assertRaises(PlumbError):
                manifest_dts(Single(kernel, None, None, "", 1, 1 << 20, 2))

class PassedDevices(unittest.TestCase):
    MANIFEST = b"""/dts-v1/; / { p {
        page { pa = <0 0xa001000>; size = <0x1000>; interrupt = <56 57 58>; dt-compatible = "virtio,mmio"; dt-step = <0x200>; };
        dma { pa = <8 0>; ipa = <0xb000000>; size = <0x2000>; interrupt = <90 34>; dt-compatible = "a,b", "c"; };
        quiet { pa = <0 0xc000000>; size = <0x1000>; dt-compatible = "d"; };
        unnamed { pa = <0 0xd000000>; size = <0x1000>; interrupt = <99>; };
        edges { pa = <0 0xe000000>; size = <0x1000>; interrupt = <70 71>; interrupt-edge; dt-compatible = "e"; dt-step = <0x800>; dt-coherent; };
        mixed { pa = <0 0xf000000>; size = <0x1000>; interrupt = <72 73 74>; interrupt-edge = <74 72>; dt-compatible = "f"; };
    }; };"""

    def tree(self) -> fdt.Node:
        manifest = fdt.parse(dtc(self.MANIFEST, "-I", "dts", "-O", "dtb", "-q").stdout)
        root, said = guest_tree(passed=passed_devices(manifest.root.child("p")))
        self.assertEqual(said, b"")
        return root

    def test_a_step_makes_a_node_for_every_interrupt(self):
        pages = [n for n in self.tree().children if n.plain_name == "page"]
        self.assertEqual([n.name for n in pages],
                         ["page@a001000", "page@a001200", "page@a001400"])
        self.assertEqual([n.props["reg"] for n in pages],
                         [struct.pack(">4I", 0, 0xA001000 + 0x200 * n, 0, 0x200) for n in range(3)])
        self.assertEqual([n.props["interrupts"] for n in pages],
                         [struct.pack(">3I", 0, 24 + n, 4) for n in range(3)])
        self.assertEqual([n.text("compatible") for n in pages], ["virtio,mmio"] * 3)

    def test_without_one_node_has_them_all(self):
        dma = self.tree().child("dma")
        self.assertEqual(dma.name, "dma@b000000")
        self.assertEqual(dma.props["compatible"], b"a,b\0c\0")
        self.assertEqual(dma.props["reg"], struct.pack(">4I", 0, 0xB000000, 0, 0x2000))
        self.assertEqual(dma.props["interrupts"], struct.pack(">6I", 0, 58, 4, 0, 2, 4))

    def test_edges_and_levels(self):
        root = self.tree()
        pair = [n for n in root.children if n.plain_name == "edges"]
        self.assertEqual([n.props["interrupts"] for n in pair],
                         [struct.pack(">3I", 0, 38, 1), struct.pack(">3I", 0, 39, 1)])
        self.assertEqual(root.child("mixed").props["interrupts"],
                         struct.pack(">9I", 0, 40, 1, 0, 41, 4, 0, 42, 1))

    def test_coherent_where_the_manifest_says_so(self):
        root = self.tree()
        self.assertEqual([n.props.get("dma-coherent") for n in root.children
                          if n.plain_name == "edges"], [b"", b""])
        self.assertNotIn("dma-coherent", root.child("mixed").props)

    def test_no_interrupt_no_property_and_no_name_no_node(self):
        root = self.tree()
        self.assertNotIn("interrupts", root.child("quiet").props)
        self.assertIsNone(root.child("unnamed"))


class Clock(unittest.TestCase):
    def test_clock_is_there_when_asked_for(self):
        root, _ = guest_tree(rtc=True, console=False)
        self.assertIn("arm,pl031", root.child("pl031").text("compatible") or "")
        self.assertIsNotNone(root.child("apb-pclk"))
        root, _ = guest_tree(console=False)
        self.assertIsNone(root.child("pl031"))
        self.assertIsNone(root.child("apb-pclk"))


class Watchdog(unittest.TestCase):
    def test_as_its_binding_has_it(self):
        root, said = guest_tree(watchdog=True, console=False)
        self.assertEqual(said, b"")
        node = root.child("watchdog")
        self.assertEqual(node.texts("compatible"), ["arm,sp805", "arm,primecell"])
        self.assertEqual(node.props["reg"], struct.pack(">4I", 0, 0x09050000, 0, 0x1000))
        self.assertEqual(node.props["interrupts"], struct.pack(">3I", 0, 4, 4))
        self.assertEqual(node.texts("clock-names"), ["wdog_clk", "apb_pclk"])
        self.assertEqual(len(node.cells("clocks")), 2)
        self.assertEqual(root.child("apb-pclk").cells("clock-frequency"), [24000000])
        root, _ = guest_tree()
        self.assertIsNone(root.child("watchdog"))


class Frequencies(unittest.TestCase):
    BOARD = b"""/dts-v1/; / { cpus { cpu@0 { device_type = "cpu"; %s }; cpu@1 {
        device_type = "cpu"; clock-frequency = <7>; }; cpu-map { }; };
        soc { timer { compatible = "arm,cortex-a15-timer", "arm,armv7-timer"; %s }; };
        other-timer { compatible = "arm,sp804"; clock-frequency = <9>; }; };"""

    def clocks(self, cpu: bytes, timer: bytes):
        return pack.clocks_of(dtc(self.BOARD % (cpu, timer), "-I", "dts", "-O", "dtb", "-q").stdout)

    def test_those_of_the_board(self):
        clocks = self.clocks(b"clock-frequency = <1700000000>;", b"clock-frequency = <24000000>;")
        root, said = guest_tree(clocks=clocks)
        self.assertEqual(said, b"")
        self.assertEqual([cpu.cells("clock-frequency") for cpu in root.child("cpus").children],
                         [[1700000000]] * 2)
        self.assertEqual(root.child("timer").cells("clock-frequency"), [24000000])

    def test_of_two_cells(self):
        clocks = self.clocks(b"clock-frequency = <1 2>;", b"")
        root, _ = guest_tree(clocks=clocks)
        self.assertEqual(root.child("cpus").child("cpu").cells("clock-frequency"), [1, 2])

    def test_none_where_the_board_has_none(self):
        for clocks in (self.clocks(b"", b""), pack.clocks_of(None),
                       pack.clocks_of(dtc(b"/dts-v1/; / { };", "-I", "dts", "-O", "dtb").stdout)):
            root, _ = guest_tree(clocks=clocks)
            self.assertNotIn("clock-frequency", root.child("cpus").child("cpu").props)
            self.assertNotIn("clock-frequency", root.child("timer").props)

    def test_the_tree_that_is_asked_for(self):
        with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
            file.write(b"a tree")
            file.flush()
            args = argparse.Namespace(board_dtb=Path(file.name), target="qemu")
            with self.assertRaisesRegex(PlumbError, "not a sound device tree blob"):
                options.board_tree(args)
        self.assertIsNone(options.board_tree(argparse.Namespace(board="virt")))
        self.assertIsNone(options.board_tree(argparse.Namespace(board_dtb=None, target="qemu")))
        self.assertIsNone(options.board_tree(argparse.Namespace(board_dtb=None)))
        tree = options.board_tree(argparse.Namespace(board="mcimx7d-sabre"))
        self.assertEqual(pack.clocks_of(tree).cpu, (996000000,))


class Monitors(unittest.TestCase):
    def test_the_node_is_there_when_asked_for(self):
        root, said = guest_tree(pmu=True)
        self.assertEqual(root.child("pmu").text("compatible"), "arm,cortex-a15-pmu")
        # PPI 7, two CPUs, level high
        self.assertEqual(root.child("pmu").props["interrupts"], struct.pack(">3I", 1, 7, 0x304))
        self.assertEqual(said, b"")
        root, _ = guest_tree(pmu=True, gic=False)
        self.assertNotIn("interrupts", root.child("pmu").props)
        root, _ = guest_tree()
        self.assertIsNone(root.child("pmu"))

    def test_a_manager_has_a_doorbell(self):
        root, said = guest_tree(doorbell=True)
        self.assertEqual(root.child("manager").text("compatible"), "plumbline,manager")
        # SPI 3, level high
        self.assertEqual(root.child("manager").props["interrupts"], struct.pack(">3I", 0, 3, 4))
        self.assertEqual(said, b"")
        root, _ = guest_tree()
        self.assertIsNone(root.child("manager"))

    def test_a_creator_has_a_doorbell(self):
        root, said = guest_tree(creator=True)
        self.assertEqual(root.child("creator").text("compatible"), "plumbline,creator")
        # SPI 6, level high
        self.assertEqual(root.child("creator").props["interrupts"], struct.pack(">3I", 0, 6, 4))
        self.assertIsNone(root.child("manager"))
        self.assertEqual(said, b"")
        root, _ = guest_tree(doorbell=True)
        self.assertIsNone(root.child("creator"))

    def test_the_option_is_the_property(self):
        kernel = Path(__file__)
        for pmu in (False, True):
            dts = manifest_dts(Single(kernel, None, None, "", 1, 1 << 20, 2, pmu=pmu))
            self.assertEqual("\t\tpmu;\n" in dts, pmu)
