# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new system` on a small board that is typed here: the devices that are candidates, with
their numbers and remarks. test/check/newsystem.py tries it on the boards' trees."""

import contextlib
import io
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import boarddevices, boardtree, cli, fdt, newsystem
from plumblib.boarddevices import Interrupt
from plumblib.common import ROOT
from plumblib.source import compile_source

BOARD = b"""/dts-v1/;
/memreserve/ 0x80000000 0x100000;
/ {
	model = "A small board";
	compatible = "test,small";
	#address-cells = <2>;
	#size-cells = <2>;
	interrupt-parent = <&gic>;
	chosen { stdout-path = "/soc/serial@1000000"; };
	memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x20000000>; };
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a15"; reg = <0>; };
		cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a15"; reg = <1>; };
	};
	psci { compatible = "arm,psci-1.0"; method = "smc"; };
	timer { compatible = "arm,armv7-timer"; interrupts = <1 13 8>, <1 14 8>, <1 11 8>, <1 10 8>; };
	gic: interrupt-controller@2c001000 {
		compatible = "arm,cortex-a15-gic";
		#interrupt-cells = <3>;
		#address-cells = <0>;
		interrupt-controller;
		reg = <0 0x2c001000 0 0x1000>, <0 0x2c002000 0 0x2000>, <0 0x2c004000 0 0x2000>,
		      <0 0x2c006000 0 0x2000>;
		interrupts = <1 9 0xf04>;
	};
	far@100000000 { compatible = "test,far"; reg = <1 0 0 0x3000>; interrupts = <0 200 4>; };
	flash@30000000 { compatible = "cfi-flash"; reg = <0 0x30000000 0 0x4000000>; };
	soc {
		compatible = "simple-bus";
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0 0 0 0x40000000>;
		serial@1000000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x1000000 0x1000>;
			interrupts = <0 5 4>; };
		serial@1001000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x1001000 0x1000>;
			interrupts = <0 6 4>; clocks = <&clk>; };
		clk: clock@1002000 { compatible = "test,clk"; reg = <0x1002000 0x100>; };
		rtc@1002800 { compatible = "test,rtc"; reg = <0x1002800 0x100>; };
		power@1006000 { compatible = "test,power", "syscon"; reg = <0x1006000 0x1000>; };
		system-controller@1007000 { compatible = "test,sys"; reg = <0x1007000 0x1000>; };
		gpio@1003000 { compatible = "test,gpio"; reg = <0x1003000 0x100>; interrupts = <0 7 1>; };
		pwm@1003100 { compatible = "test,pwm"; reg = <0x1003100 0x100>; interrupts = <0 8 4>; };
		ethernet@1004000 { compatible = "test,eth"; reg = <0x1004000 0x1800>;
			interrupts = <0 10 4>, <0 11 1>; };
		sai@1008000 { compatible = "test,sai"; reg = <0x1008000 0x1000>; dmas = <&dma 1>; };
		dma: engine@1009000 { compatible = "test,dma"; reg = <0x1009000 0x1000>; #dma-cells = <1>; };
		thing@100a000 { compatible = "test,thing"; reg = <0x100a000 0x1000>, <0x1010000 0x10>; };
		off@100b000 { compatible = "test,off"; reg = <0x100b000 0x1000>; status = "disabled"; };
		row@9000000 { compatible = "virtio,mmio"; reg = <0x9000000 0x200>; interrupts = <0 20 1>; };
		row@9000200 { compatible = "virtio,mmio"; reg = <0x9000200 0x200>; interrupts = <0 21 1>; };
		row@9000400 { compatible = "virtio,mmio"; reg = <0x9000400 0x200>; interrupts = <0 22 1>; };
		clash@100d000 { compatible = "test,clash"; reg = <0x100d000 0x1000>; interrupts = <0 1 4>; };
	};
};
"""
CANDIDATE = re.compile(r"\t\t/\* ([^\n]*?(?:\n\t\t \* [^\n]*)*) \*/\n((?:\t\t// .*\n)+)")


def blob() -> bytes:
    return compile_source(BOARD, [], "a board")


class Small(unittest.TestCase):
    board: newsystem.Board
    text: str
    found: dict[str, tuple[str, str]]  # remark and node, by name

    @classmethod
    def setUpClass(cls):
        tree = blob()
        cls.board = newsystem.read(boardtree.devices(tree, "small"), tree)
        cls.text = newsystem.text(cls.board, newsystem.hello(), "a test")
        cls.found = {}
        for remark, body in CANDIDATE.findall(cls.text):
            name = body.split()[1]
            cls.found[name] = (" ".join(remark.replace("\n\t\t * ", " ").split()),
                               re.sub(r"^\t\t// ", "", body, flags=re.M))

    def test_who_is_a_candidate(self):
        self.assertEqual(set(self.found), {"far", "serial", "gpio", "ethernet", "sai", "engine", "thing",
                                           "row", "clash"})

    def test_who_is_none_and_why(self):
        said = " ".join(self.text.split("Not to be passed through: ")[1].replace("*", "").split())
        for part in ("interrupt-controller@2c001000 (the GIC)", "serial@1000000 (the monitor's console)",
                     "flash@30000000 (64 MiB)",
                     "clock@1002000, power@1006000, system-controller@1007000 (for the whole",
                     "thing@100a000 (more registers of a device)"):
            self.assertIn(part, said)

    def test_head(self):
        for line in ("memory    0x80000000 to 0x9fffffff, 512 MiB", "reserved  0x80000000 to 0x800fffff",
                     "CPU 1     MPIDR 0x1, PSCI 0x84000003",
                     "console   PL011 0x1000000, interrupt 37: the monitor's own"):
            self.assertIn(line, self.text)
        self.assertIn("cpus = <0x3>;", self.text)
        self.assertIn("// memory-at = <0x0 0x90000000>;", self.text)
        self.assertIn("irqs = <256>;", self.text)  # 200 + 32 is the highest

    def test_numbers(self):
        """SPI n is n + 32; whole pages; edges by the third cell."""
        for name, lines in (
                ("serial", ("pa = <0x0 0x1001000>;", "size = <0x1000>;", "interrupt = <38>;",
                            'dt-compatible = "arm,pl011", "arm,primecell";')),
                ("ethernet", ("size = <0x2000>;", "interrupt = <42 43>;", "interrupt-edge = <43>;")),
                ("gpio", ("interrupt = <39 40>;", "interrupt-edge = <39>;")),
                ("row", ("size = <0x1000>;", "interrupt = <52 53 54>;", "interrupt-edge;",
                         "dt-step = <0x200>;"))):
            for line in lines:
                self.assertIn(f"\t{line}\n", self.found[name][1], name)

    def test_places_that_are_taken(self):
        """A device above 4 GiB, and one at the virtual console's address."""
        self.assertIn("pa = <0x1 0x0>;\n\tipa = <0x20004000>;", self.found["far"][1])
        self.assertIn("pa = <0x0 0x9000000>;\n\tipa = <0x20000000>;", self.found["row"][1])
        self.assertNotIn("ipa", self.found["serial"][1])

    def test_what_is_said(self):
        for name, words in (
                ("serial", "most likely no DMA; uses the board's clocks"),
                ("ethernet", "most likely does DMA"), ("engine", ": does DMA"),
                ("sai", "no DMA of its own, except with the DMA engine passed through, too"),
                ("far", "DMA: not stated in the device tree, see its manual"),
                ("gpio", "in the same pages: pwm@1003100 (most likely no DMA)"),
                ("row", "with 2 more of its kind; does DMA"),
                ("thing", "has more registers at 0x1010000"),
                ("clash", "Interrupt 33 is also the virtual console's: this device needs "
                          'console = "none".')):
            self.assertIn(words, self.found[name][0], name)
        self.assertNotIn("dt-compatible", self.found["gpio"][1])

    def test_a_node_alone(self):
        (node,) = [node for node in self.board.nodes if node.path == "/soc/ethernet@1004000"]
        self.assertEqual(node.pieces, [(0x1004000, 0x1800)])
        self.assertEqual(node.interrupts, [Interrupt(42, False), Interrupt(43, True)])
        self.assertFalse([node for node in self.board.nodes if "off@" in node.path])

    def test_windows(self):
        windows = {window.start: window for window in boarddevices.windows(self.board.nodes)}
        self.assertEqual((windows[0x1003000].size, len(windows[0x1003000].nodes)), (0x1000, 2))
        self.assertEqual(boarddevices.step(windows[0x9000000]), 0x200)
        self.assertEqual(boarddevices.step(windows[0x1003000]), 0)

    def test_no_warning_of_dtc(self):
        done = subprocess.run(["dtc", "-I", "dts", "-O", "dtb", "-i", str(ROOT)],
                              input=self.text.encode(), capture_output=True, check=False,
                              cwd=ROOT)
        self.assertEqual(done.stderr, b"")
        self.assertEqual([child.name for child in fdt.parse(done.stdout).root.children], ["hello"])


class Command(unittest.TestCase):
    def plumb(self, *words: str) -> tuple[int, str]:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = cli.main(["new", "system", "--no-make", *words])
        return code, said.getvalue()

    def test_kernels(self):
        with tempfile.TemporaryDirectory() as place:
            tree, out = Path(place) / "b.dtb", Path(place) / "s.dts"
            tree.write_bytes(blob())
            kernel = Path(place) / "zImage"
            kernel.write_bytes(bytes(0x24) + bytes.fromhex("18286f01") + bytes(8) + bytes(64))
            code, said = self.plumb("--board-dtb", str(tree), "--kernel", str(kernel), "-o", str(out))
            self.assertEqual(code, 0, said)
            self.assertIn('kernel = /incbin/("zImage");', out.read_text())
            self.assertIn('bootargs = "console=ttyAMA0";', out.read_text())
            self.assertIn("plumb pack", said)
            code, said = self.plumb("--board-dtb", str(tree), "-o", str(out))
            self.assertEqual(code, 5)
            self.assertIn("is not overwritten", said)
            kernel.write_bytes(b"\x7fELF" + bytes(100))
            code, said = self.plumb("--board-dtb", str(tree), "--kernel", str(kernel))
            self.assertEqual(code, 5)
            self.assertIn("objcopy", said)

    def test_a_board_that_is_refused(self):
        with tempfile.TemporaryDirectory() as place:
            tree = Path(place) / "b.dtb"
            text = re.sub(rb"\tmemory@.*\n", b"", BOARD)
            tree.write_bytes(compile_source(text, [], "a board"))
            code, said = self.plumb("--board-dtb", str(tree))
            self.assertEqual(code, 4)
            self.assertIn("memory", said)
            code, said = self.plumb("--board-dtb", str(tree), "--memory", "256M@0x80000000")
            self.assertEqual(code, 0, said)
            self.assertIn("0x80000000 to 0x8fffffff, 256 MiB", said)

    def test_options_that_do_not_go_together(self):
        code, said = self.plumb("--board", "virt", "--memory", "1G@0")
        self.assertEqual(code, 5)
        self.assertIn("--board-dtb", said)
