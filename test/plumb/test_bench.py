# SPDX-License-Identifier: BSD-2-Clause
"""The benchmark's scripts: stored figures, differences, tables and pictures, paths from a trace."""

import struct
import tempfile
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from plumblib import (bench, bench_compare, bench_docs, bench_figures, bench_growth,
                      bench_operations, bench_paths, bench_pictures, bench_systems, bench_trace)
from plumblib.bench import Figure
from plumblib.common import PlumbError

HVC, READ = "HVC PSCI_VERSION, round trip", "GICD_CTLR read"
NUMBERS = dict.fromkeys(bench_paths.COLUMNS, 3)
STORED: dict[str, dict[str, Any]] = {
    "GCC 12.2.1": {"operations": {HVC: 40, READ: 70, bench.IMAGE: 150000},
                   "paths": {"a path": NUMBERS},
                   "growth": [{"partitions": 2, "CPUs": 1, "switch": 600, "wake": 500},
                              {"partitions": 8, "CPUs": 1, "switch": 610, "wake": 500},
                              {"partitions": 16, "CPUs": 8, "switch": 620}]},
    "GCC 14.2.0": {"operations": {HVC: 41}},
    "GCC 99.1": {"operations": {HVC: 1}},
}


class Stored(unittest.TestCase):
    def verdict(self, **now: int) -> bench_figures.Verdict:
        return bench_figures.compare({"a": 100, "none": 0},
                                     [Figure(name, value) for name, value in now.items()])

    def test_five_percent(self):
        self.assertTrue(self.verdict(a=105, none=0).good)
        self.assertTrue(self.verdict(a=95, none=0).good)
        worse, better = self.verdict(a=106, none=0), self.verdict(a=94, none=0)
        self.assertEqual((worse.worse, worse.better), (["a: 100 stored, 106 now"], []))
        self.assertEqual((better.worse, better.better), ([], ["a: 100 stored, 94 now"]))
        self.assertIn("scripts/bench --store", worse.text())
        self.assertIn("scripts/bench --store", better.text())
        self.assertEqual(self.verdict(a=100, none=1).worse, ["none: 0 stored, 1 now"])

    def test_rows_that_come_and_go(self):
        verdict = self.verdict(a=100, b=1)
        self.assertEqual((verdict.absent, verdict.new), (["none"], ["b"]))
        self.assertFalse(verdict.good)

    def test_rows_that_not_every_run_has(self):
        stored = {f"{READ} (vexpress-a15)": 5, bench.MASKED: 9000}
        self.assertTrue(bench_figures.compare(stored, []).good)

    def test_a_path_has_no_barrier_more(self):
        stored = {"a": {**NUMBERS, "instructions": 100, "DSB": 20}}

        def compare(**now: int) -> bench_figures.Verdict:
            return bench_figures.compare_paths(stored, {"a": {**stored["a"], **now}},
                                               bench_paths.EXACT)

        self.assertTrue(compare(instructions=105, loads=99).good)
        self.assertEqual(compare(instructions=106).worse, ["a: instructions: 100 stored, 106 now"])
        self.assertEqual(compare(DSB=21).worse, ["a: DSB: 20 stored, 21 now"])
        self.assertEqual(compare(GICH=2).better, ["a: GICH: 3 stored, 2 now"])
        self.assertEqual(bench_figures.compare_paths(stored, {}, ()).absent, ["a"])

    def test_a_compiler_s_figures_are_replaced_by_kind(self):
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "figures.json"
            self.assertEqual(bench_figures.load(path), {})
            bench_figures.save("operations", {"a": 1}, path, "GCC 14.2.0")
            bench_figures.save("paths", {"b": 2}, path, "GCC 14.2.0")
            bench_figures.save("operations", {"a": 3}, path, "GCC 12.2.1")
            bench_figures.save("operations", {"a": 4}, path, "GCC 14.2.0")
            self.assertEqual(bench_figures.load(path), {
                "GCC 12.2.1": {"operations": {"a": 3}},
                "GCC 14.2.0": {"operations": {"a": 4}, "paths": {"b": 2}}})
            path.write_text("{")
            with self.assertRaisesRegex(PlumbError, "scripts/bench --store"):
                bench_figures.load(path)


class Runs(unittest.TestCase):
    def test_runs_that_differ(self):
        one, two = [Figure("a", 1), Figure("b", 2)], [Figure("a", 1), Figure("b", 3)]
        self.assertEqual(bench_operations.differences([one, one, one]), [])
        self.assertEqual(bench_operations.differences([one, one, two]), ["b: 2, 2, 3"])
        self.assertEqual(bench_operations.differences([one, two[:1]]), ["b: 2"])

    def test_other_systems_stand_behind_their_row(self):
        names = [figure.name for figure in bench.ordered(
            [Figure("unheard of", 1), Figure(READ, 1), Figure(f"{HVC} (16 partitions)", 1),
             Figure(HVC, 1)])]
        self.assertEqual(names[2:], [READ, "unheard of"])
        self.assertEqual({*names[:2]}, {HVC, f"{HVC} (16 partitions)"})

    def test_a_target_holds_in_every_system(self):
        figures = [Figure(name, wanted) for name, wanted in bench.ROWS.items()
                   if wanted is not None]
        self.assertEqual(bench.misses(figures), [])
        late = Figure(f"{HVC} (16 partitions)", 41)
        self.assertEqual(bench.misses([*figures, late]), [late.name])
        self.assertEqual(bench.misses(figures[1:]), [HVC])

    def test_peers_name_rows_that_there_are(self):
        known = bench.peers()
        self.assertEqual({*known.rows} - {*bench.ROWS, bench.IMAGE}, set())
        self.assertEqual({len(row) for row in known.rows.values()}, {len(known.columns)})
        self.assertEqual(known.of("unheard of"), [""] * len(known.columns))

    def test_start(self):
        said = "[plumbline] first guest instruction 900 us after reset, 350 us of them to scrub and copy"
        self.assertEqual([f.value for f in bench_systems.start_figure(said)], [550])
        self.assertEqual(bench_systems.start_figure("nothing"), [])


class Systems(unittest.TestCase):
    def test_partitions_and_their_cpus(self):
        source = bench_systems.shared_source(5, more="rounds=2", nr_cpus=2)
        self.assertEqual(source.count('compatible = "plumbline,partition"'), 5)
        self.assertEqual([source.count(f"cpus = <{mask:#x}>") for mask in (1, 2)], [4, 1])
        self.assertIn('bootargs = "shared rounds=2"', source)
        self.assertNotIn("priority", source)
        self.assertIn("priority = <4>", bench_systems.shared_source(2, "above"))

    def test_growth_keeps_to_the_limit(self):
        self.assertEqual(bench_growth.shapes(16),
                         [(2, 1), (8, 1), (16, 1), (16, 2), (16, 4), (16, 8)])
        self.assertIn((64, 1), bench_growth.shapes(64))
        self.assertGreaterEqual(bench_systems.most_partitions(), 16)

    def test_every_path_is_of_a_system_that_is_traced(self):
        known = {"beside", "shared", "above", "alias"}
        self.assertEqual({named.system for named in bench_trace.NAMED} - known, set())
        labels = [named.label for named in bench_trace.NAMED]
        self.assertEqual(len(labels), len({*labels}))


class Compare(unittest.TestCase):
    def test_rows(self):
        before = [Figure(HVC, 100), Figure(READ, 7), Figure("gone", 5), Figure("zero", 0)]
        now = [Figure(HVC, 95), Figure(READ, 7), Figure("new", 6), Figure("zero", 2)]
        self.assertEqual(bench_compare.rows(before, now, False), [
            (HVC, "100", "95", "-5", "-5.0 %"), ("new", "none", "6", "", ""),
            ("zero", "0", "2", "+2", ""), ("gone", "5", "none", "", "")])
        self.assertIn((READ, "7", "7", "+0", "+0.0 %"), bench_compare.rows(before, now, True))


class Pages(unittest.TestCase):
    def test_a_table_between_its_marks(self):
        page = "x\n<!-- bench: a -->\nold\n<!-- bench: end -->\ny\n<!-- bench: b -->\n<!-- bench: end -->\n"
        new = bench_docs.replace(page, "a", "| 1 |")
        self.assertEqual(new, page.replace("old", "| 1 |"))
        self.assertEqual(bench_docs.replace(new, "a", "| 1 |"), new)
        self.assertIn("<!-- bench: b -->\n| 2 |\n<!-- bench: end -->",
                      bench_docs.replace(page, "b", "| 2 |"))
        with self.assertRaisesRegex(PlumbError, "bench: c"):
            bench_docs.replace(page, "c", "")

    def test_a_column_for_each_release(self):
        lines = bench_docs.readme(STORED).splitlines()
        self.assertTrue(lines[0].startswith("| operation | here, Debian 12 | here, Debian 13 | KVM"))
        self.assertEqual(lines[2], f"| {HVC} | 40 | 41 | 914 | 516 | 451 |")
        self.assertEqual(lines[3], f"| {READ} | 70 |  | 1382 | 723 | 753 |")
        self.assertIn("| image | 150 kB |", lines[-1])
        self.assertEqual({line.count("|") for line in lines}, {7})

    def test_targets_paths_growth(self):
        self.assertIn(f"| {HVC} | 40 | 41 | 40 | 914 |", bench_docs.operations(STORED))
        self.assertIn("| a path | 3 | 3 |", bench_docs.paths(STORED))
        self.assertIn("| 16 | 8 | 620 |  |", bench_docs.growth(STORED))
        with self.assertRaisesRegex(PlumbError, "scripts/bench all"):
            bench_docs.growth({"GCC 14.2.0": {}})

    def test_pictures(self):
        bars = bench_pictures.bars({HVC: 40, READ: 9000}, bench.peers(), {HVC: "call", READ: "read",
                                                                          "no": "no"})
        growth = bench_pictures.growth(STORED["GCC 12.2.1"]["growth"], ["switch", "wake", "line"])
        for picture in (bars, growth):
            ET.fromstring(picture)
            self.assertIn("prefers-color-scheme: dark", picture)
        self.assertIn(">9000 (cut)<", bars)
        right = max(float(rect.get("x", 0)) + float(rect.get("width", 0))
                    for rect in ET.fromstring(bars).iter("{http://www.w3.org/2000/svg}rect"))
        self.assertLessEqual(right, bench_pictures.WIDTH)
        self.assertEqual(bars.count("<rect"), 1 + 4 + 8)  # page, legend, bars
        self.assertEqual(growth.count("<circle"), 4)
        self.assertIn("switch: 610", growth)


def traced(cpu: int, pc: int, mode: int, r1: int = 0) -> list[str]:
    regs = [0, r1, *[0] * 13, pc]
    words = [f"R{n:02}={value:08x}" for n, value in enumerate(regs)]
    return [f"Trace {cpu}: 0x7f00 [00000600/{pc:08x}/00000120/ff020201] ",
            *(" ".join(words[n:n + 4]) for n in (0, 4, 8, 12)), f"PSR={mode:08x} ---- A x32"]


class Paths(unittest.TestCase):
    GUEST, HYP = 0x13, 0x1A
    # ldr r0, [r1, #4]; dsb; str r0, [r1]; wfi
    IMAGE = struct.pack("<4I", 0xE5910004, 0xF57FF04F, 0xE5810000, 0xE320F003)

    def test_from_an_exception_to_the_return(self):
        at = bench_paths.IMAGE
        lines = [*traced(0, 0x40000000, self.GUEST), *traced(0, at, self.HYP, 0xC0000000),
                 *traced(1, 0x40000000, self.GUEST), "gic_hyp_read hyp read at 0x00000008: 0x0",
                 *traced(0, at + 4, self.HYP), "gic_hyp_write hyp write at 0x00000100: 0x1",
                 "gic_cpu_read cpu 0 iface read at 0x0000000c: 0x1", "gic_update_irq cpu 0",
                 *traced(0, at + 8, self.HYP, 0xFFA00000),
                 "gic_dist_write dist write at 0x00000f00 size 4: 0x00020000",
                 *traced(0, 0x40000004, self.GUEST), *traced(0, at, self.HYP, 0xC000003C)]
        first, second = bench_paths.read(lines, self.IMAGE)
        self.assertEqual(first.data, {0xC0000004})
        self.assertEqual(first.numbers(), {
            "instructions": 3, "loads": 1, "stores": 1, "code lines": 1, "data lines": 1,
            "code pages": 1, "data pages": 1, "DSB": 1, "DMB": 0, "ISB": 0, "GICD": 1, "GICC": 1,
            "GICH": 1})
        self.assertEqual((second.instructions, second.data), (1, {0xC0000040}))

    def test_lines_of_64_bytes_and_pages_of_4_kib(self):
        path = bench_paths.Path(0)
        path.code, path.data = {0, 0x3C, 0x40, 0x1000}, {0x1FFC, 0x2000, 0x2020}
        numbers = path.numbers()
        self.assertEqual([numbers[word] for word in ("code lines", "data lines", "code pages",
                                                     "data pages")], [3, 2, 2, 2])

    def test_an_idle_cpu_s_wfi_ends_a_path(self):
        lines = [*traced(0, bench_paths.IMAGE + 12, self.HYP),
                 *traced(0, bench_paths.IMAGE, self.HYP)]
        self.assertEqual([path.instructions for path in bench_paths.read(lines, self.IMAGE)], [1, 1])

    def test_in_thumb_state(self):
        image = struct.pack("<4H", 0x6848, 0xF3BF, 0x8F4F, 0xBF30)  # ldr r0, [r1, #4]; dsb; wfi
        at, thumb = bench_paths.IMAGE, self.HYP | 0x20
        lines = [*traced(0, at, thumb, 0xC0000000), *traced(0, at + 2, thumb),
                 *traced(0, at + 6, thumb), *traced(0, at, thumb)]
        first, second = bench_paths.read(lines, image + bytes(8))
        self.assertEqual((first.instructions, first.data, first.barriers["DSB"]), (3, {0xC0000004}, 1))
        self.assertEqual(second.instructions, 1)

    def test_gicv_is_the_guest_s(self):
        lines = [*traced(0, bench_paths.IMAGE, self.HYP),
                 "gic_cpu_read vcpu 0 iface read at 0x0000000c: 0x1"]
        path, = bench_paths.read(lines, self.IMAGE)
        self.assertEqual(sum(path.gic.values()), 0)
