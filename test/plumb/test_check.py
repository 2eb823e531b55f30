# SPDX-License-Identifier: BSD-2-Clause
"""plumb check, and what pack and manifest-check --board have in common with it."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import boards, debian, pack, qemutree
from plumblib.common import ROOT, PlumbError
from plumblib.machine import CHECKER
from plumblib.source import compile_source

PLUMB = ROOT / "scripts" / "plumb"
BAD = """\
/dts-v1/;
/ {
	compatible = "plumbline,system-1";
	time-slice-us = <50>;
	bootargs = "x";
	first {
		compatible = "plumbline,partition";
		memroy-size = <0x200000>;
		vcpus = <9>;
		priority = "high";
		kernel = [00 01];
		rights = "secnd", "third", "frist", "nobody-of-this";
	};
	second {
		compatible = "plumbline,partition";
		memory-size = <0x200000>;
		memory-at = <0 0x48000000>;
		kernel = [00 01];
		cpus = <0x100>;
		irq = <3>;
		frobnicate;
		d { compatible = "plumbline,device"; pa = <0 0x9010000>; size = <0x1000>; interrupt = <40 50 33>; };
		e { compatible = "plumbline,device"; pa = <0 0x9010000>; size = <0x1000>; interrupt = <40>; };
	};
	/include/ "third.dtsi"
};
"""
THIRD = """\
third {
	compatible = "plumbline,partition";
	memory-size = <0x200000>;
	memory-at = <0 0x48100000>;
	kernel = [00 01];
	no-dtb; dtb-extra = "/ { };";
};
"""
SAID = """\
plumb: bad.dts: 17 errors:
bad.dts:4:2: /: time-slice-us: <50>: must be 100 to 1000000 microseconds
bad.dts:5:2: /: bootargs: "x": unknown property: a partition has it
bad.dts:8:3: /first: memroy-size: <0x200000>: unknown property: did you mean 'memory-size'?
bad.dts:9:3: /first: vcpus: <9>: must be 1 to 8 vCPUs
bad.dts:10:3: /first: priority: "high": must be one cell: <number>
bad.dts:12:3: /first: rights: "secnd": names no partition of this manifest: did you mean 'second'?
bad.dts:12:3: /first: rights: "frist": names no partition of this manifest: did you mean 'first'?
bad.dts:12:3: /first: rights: "nobody-of-this": names no partition of this manifest
bad.dts:19:3: /second: cpus: <0x100>: must name at least one of the CPUs 0 to 7 (bits 0 to 7), and no other
bad.dts:20:3: /second: irq: <3>: unknown property: did you mean 'irqs'?
bad.dts:21:3: /second: frobnicate: unknown property
bad.dts:22:77: /second/d: interrupt: <33>: 33 is the virtual console's: give console = "none" or another
bad.dts:23:3: /second/e: ipa: overlaps another device of the partition
bad.dts:22:40: note: it collides with /second/d: pa: <0 0x9010000>
bad.dts:23:40: /second/e: pa: <0 0x9010000>: overlaps another device
bad.dts:22:40: note: it collides with /second/d: pa: <0 0x9010000>
bad.dts:23:77: /second/e: interrupt: <40>: is another device's interrupt, too
bad.dts:22:77: note: it collides with /second/d: interrupt: <40 50 33>
third.dtsi:4:2: /third: memory-at: <0 0x48100000>: overlaps another partition's memory
bad.dts:17:3: note: it collides with /second: memory-at: <0 0x48000000>
third.dtsi:6:10: /third: dtb-extra: must not be given with dtb or no-dtb: it is for a device tree that plumb makes
"""
ONE = """\
/dts-v1/;
/ { compatible = "plumbline,system-1"; p { compatible = "plumbline,partition";
kernel = [00 01 02 03]; memory-size = <0x100000>; %s }; };
"""
DEVICE = 'd { compatible = "plumbline,device"; size = <0x1000>; ipa = <0xb000000>; %s };'


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder.name)

    def plumb(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([PLUMB, *words, "--no-make"], capture_output=True, check=False)


class All(InFolder):
    def setUp(self):
        super().setUp()
        Path("bad.dts").write_text(BAD)
        Path("third.dtsi").write_text(THIRD)

    def test_each_error_with_its_place_value_and_rival(self):
        for command in (("check",), ("pack", "-o", "x.img"), ("run",)):
            done = self.plumb(*command, "bad.dts")
            self.assertEqual((done.returncode, done.stdout), (5, b""))
            self.assertEqual(done.stderr.decode(), SAID)
        self.assertFalse(Path("x.img").exists())

    def test_as_json(self):
        done = self.plumb("check", "bad.dts", "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual((done.returncode, len(rows)), (5, 17))
        self.assertEqual(
            [(row["file"], row["line"], row["column"], row["node"], row["property"], row["value"])
             for row in rows if row["line"] in (4, 9, 12) and row["file"] == "bad.dts"][:3],
            [("bad.dts", 4, 2, "/", "time-slice-us", "<50>"),
             ("bad.dts", 9, 3, "/first", "vcpus", "<9>"),
             ("bad.dts", 12, 3, "/first", "rights", '"secnd"')])
        rival = next(row for row in rows if row["node"] == "/third" and "rival" in row)
        self.assertEqual((rival["rival"], rival["rival-property"], rival["rival-value"]),
                         ("/second", "memory-at", "<0 0x48000000>"))

    def test_a_compiled_manifest_has_the_same_errors_without_places(self):
        Path("bad.dtb").write_bytes(compile_source(BAD.encode(), [Path.cwd()], "bad"))
        done = subprocess.run([CHECKER, "bad.dtb"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        want = [line.split(": ", 1)[1] for line in SAID.splitlines()[1:] if ": note: " not in line]
        said = [line.removeprefix("manifest: ") for line in done.stderr.splitlines()]
        for line in want:
            if "dtb-extra" not in line:
                self.assertTrue(any(one.startswith(line) for one in said), line)
        self.assertEqual(len(said), len(want))  # dtb-extra itself is unknown there
        self.assertIn("/third: memory-at: <0 0x48100000>: overlaps another partition's memory: /second",
                      said)

    def test_a_sound_one(self):
        done = self.plumb("check", str(ROOT / "guest" / "demo.dts"))
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.endswith(b"guest/demo.dts: 3 partitions, sound\n"))


class Packed(InFolder):
    def test_to_standard_output(self):
        Path("p.dts").write_text(ONE % "")
        there = self.plumb("pack", "p.dts", "-o", "p.img")
        self.assertEqual(there.stdout, b"p.img: %d bytes; partitions: p\n"
                         % Path("p.img").stat().st_size)
        done = self.plumb("pack", "p.dts", "-o", "-")
        self.assertEqual((done.returncode, done.stdout), (0, Path("p.img").read_bytes()))
        self.assertEqual(done.stderr, b"standard output: %d bytes; partitions: p\n"
                         % len(done.stdout))
        self.assertFalse(Path("-").exists())


class OnBoards(InFolder):
    ROWS = (
        "", "cpus = <0x80>;", "memory-at = <0 0x48000000>;", "memory-at = <0 0x88000000>;",
        DEVICE % "pa = <0 0x8010000>;", DEVICE % "pa = <0 0x48000000>;",
        'console = "none"; ' + DEVICE % "pa = <0 0x9000000>;",
        'console = "none"; ' + DEVICE % "pa = <0 0xa000000>; interrupt = <33>;",
        DEVICE % "pa = <0 0x1c090000>; interrupt = <37>;")

    def trees(self) -> list[Path]:
        """QEMU's trees of several boards; trees from files, which may lack a boot loader's
        additions."""
        named = {name: qemutree.of_board(boards.find(name))
                 for name in ("virt", "vexpress-a15", "orangepi-pc", "midway", "raspi2b")}
        named |= {name: debian.boards()[name].read_bytes()
                  for name in ("sun8i-h3-orangepi-pc", "imx7d-sdb")}
        for name, tree in named.items():
            Path(f"{name}.dtb").write_bytes(tree)
        return [Path(f"{name}.dtb") for name in named]

    def test_pack_and_check_and_manifest_check_judge_alike(self):
        verdicts = []
        for tree in self.trees():
            for more in self.ROWS:
                Path("p.dts").write_text(ONE % more)
                manifest = compile_source((ONE % more).encode(), [], "p")
                Path("p.dtb").write_bytes(manifest)
                judged = subprocess.run([CHECKER, "--board", tree, "p.dtb"], capture_output=True,
                                        text=True, check=False)
                said = ""
                try:
                    pack.pack_file(Path("p.dts")).check(tree.read_bytes())
                except PlumbError as error:
                    said = str(error)
                self.assertEqual(judged.returncode, 1 if said else 0, (tree, more, said))
                if said:
                    self.assertIn(judged.stderr.splitlines()[0].split(": ", 1)[1], said)
                verdicts.append(judged.returncode)
        self.assertGreater(verdicts.count(0), 8)
        self.assertGreater(verdicts.count(1), 16)

    def test_the_commands_end_with_the_verdict(self):
        tree = str(self.trees()[0])
        for more, code in ((self.ROWS[0], 0), (self.ROWS[4], 5)):
            Path("p.dts").write_text(ONE % more)
            for command in (("pack", "p.dts", "-o", "p.img"), ("check", "p.dts")):
                self.assertEqual(self.plumb(*command, "--board-dtb", tree).returncode, code)

    def test_the_range_and_the_option(self):
        Path("p.dts").write_text(ONE % "memory-at = <0 0x98000000>;")
        done = self.plumb("run", "p.dts", "--memory", "1G")
        self.assertEqual(done.returncode, 5)
        self.assertEqual(done.stderr.decode(), "plumb: p.dts: 1 error:\n"
                         "p.dts:3:51: /p: memory-at: <0 0x98000000>: does not lie in free memory of "
                         "the board: its RAM is 0x40000000 to 0x7fffffff\n"
                         "--memory 2G is enough\n")
        done = self.plumb("run", "p.dts", "--dry-run")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b" -m 2048M ", done.stdout)
        Path("p.dts").write_text(ONE % "memory-at = <0 0x20000000>;")
        done = self.plumb("run", "p.dts", "--dry-run")
        self.assertEqual(done.returncode, 5)
        self.assertNotIn(b"--memory", done.stderr)
