# SPDX-License-Identifier: BSD-2-Clause
"""Planted calls that no include shows: the check of the objects must find them. Each file is
compiled, from a correct tree and from one that differs."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lib import links
from lib.layers import Tree

SOUND = {
    "vgic/vgic.h": "int vgic_known(void);\n",
    "vgic/irq_line.h": "\n",
    "vgic/vgic.c": "int vgic_inner(void) { return 1; }\nint vgic_known(void) { return vgic_inner(); }\n",
    "vgic/vgic_hw.c": "int gic_read(void);\nint vgic_known(void);\n"
                      "int vgic_hw_load(void) { return gic_read() + vgic_known(); }\n",
    "hyp/fdt/fdt.c": "int fdt_open(void) { return 0; }\n",
    "hyp/text/text.c": "int vgic_known(void);\nint text_say(void) { return vgic_known(); }\n",
    "hyp/hw/gic.c": "int gic_read(void) { return 2; }\n",
    "hyp/hw/enter.S": "\t.globl enter\nenter:\n\tbl exit_undef\n",
    "hyp/core/facts.c": "int facts_count;\n",
    "hyp/core/run.c": "int fdt_open(void);\nint gic_read(void);\nextern int facts_count;\n"
                      "void enter(void);\nvoid *memcpy(void *to, const void *from, unsigned size);\n"
                      "int run(void) { enter(); return fdt_open() + gic_read() + facts_count; }\n",
    "hyp/core/exit.c": "int run(void);\nvoid exit_undef(void) { run(); }\n",
}
PAGE = "| 0 | `facts` | a |\n| 1 | `run` | b |\n| 2 | `exit` | c |\n"


def put(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        if not path.endswith(".h"):
            subprocess.run(["arm-none-eabi-gcc", "-c", "-O1", "-o", f"{path}.o", path], cwd=folder,
                           check=True)


class Links(unittest.TestCase):
    sound: Path

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.sound = Path(folder.name)
        put(cls.sound, SOUND)

    def links(self, **planted: str) -> links.Links:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(self.sound, folder, dirs_exist_ok=True)
            put(folder, planted)
            files = [path for path in SOUND | planted if not path.endswith(".h")]
            found = links.read(Tree(folder), folder, files)
            self.rooms, self.cycles = found.room_faults(), found.cycles()
            return found

    def finds(self, path: str, more: str, fault: str, where: str) -> None:
        self.links(**{path: SOUND[path] + more})
        found = getattr(self, where)
        self.assertEqual(len(found), 1, found)
        self.assertIn(fault, found[0])

    def test_a_sound_tree(self):
        found = self.links()
        self.assertEqual(self.rooms + self.cycles + found.level_faults(PAGE), [])
        self.assertEqual(found.want["hyp/core/run.c"],
                         {"hyp/fdt/fdt.c": {"fdt_open"}, "hyp/hw/gic.c": {"gic_read"},
                          "hyp/core/facts.c": {"facts_count"}, "hyp/hw/enter.S": {"enter"}})

    def test_pure_to_hardware_by_a_declaration_of_its_own(self):
        self.finds("hyp/fdt/fdt.c", "int gic_read(void);\nint fdt_x(void) { return gic_read(); }\n",
                   "hyp/fdt/fdt.c: fdt may not use gic_read of hyp/hw/gic.c (hw)", "rooms")

    def test_pure_to_the_glue_s_data(self):
        self.finds("vgic/vgic.c", "extern int facts_count;\nint vgic_x(void) { return facts_count; }\n",
                   "vgic/vgic.c: vgic may not use facts_count of hyp/core/facts.c (core)", "rooms")

    def test_pure_room_to_one_above(self):
        self.finds("hyp/fdt/fdt.c", "int text_say(void);\nint fdt_x(void) { return text_say(); }\n",
                   "fdt may not use text_say", "rooms")

    def test_inside_of_the_vgic(self):
        for path in ("hyp/text/text.c", "vgic/vgic_hw.c"):
            self.finds(path, "int vgic_inner(void);\nint more_x(void) { return vgic_inner(); }\n",
                       "may not use vgic_inner of vgic/vgic.c", "rooms")

    def test_hardware_to_decisions(self):
        self.finds("hyp/hw/gic.c", "int fdt_open(void);\nint gic_x(void) { return fdt_open(); }\n",
                   "hw may not use fdt_open", "rooms")

    def test_assembly_past_the_entries(self):
        self.finds("hyp/hw/enter.S", "\tbl run\n", "hw may not use run of hyp/core/run.c", "rooms")

    def test_a_second_file_with_the_window(self):
        window = "void *mmu_window(void) { return 0; }\n"
        use = "void *mmu_window(void);\nvoid *{}_x(void) {{ return mmu_window(); }}\n"
        found = self.links(**{"hyp/hw/mmu.c": window, "hyp/core/mem.c": use.format("mem")})
        self.assertEqual(found.window_faults(), [])
        found = self.links(**{"hyp/hw/mmu.c": window, "hyp/core/mem.c": use.format("mem"),
                              "hyp/core/load.c": use.format("load")})
        self.assertEqual(found.window_faults(),
                         ["hyp/core/load.c: only hyp/core/mem.c may use mmu_window"])

    def test_a_cycle_of_the_glue(self):
        more = "int facts_x(void);\nint run_x(void) { return facts_x(); }\n"
        back = "int run(void);\nint facts_x(void) { return run(); }\n"
        found = self.links(**{"hyp/core/run.c": SOUND["hyp/core/run.c"] + more,
                              "hyp/core/facts.c": SOUND["hyp/core/facts.c"] + back})
        self.assertEqual(self.cycles, ["2 files on cycles; the shortest: hyp/core/facts.c -> "
                                       "hyp/core/run.c (run) -> hyp/core/facts.c (facts_count, facts_x)"])
        self.assertEqual(found.level_faults(PAGE), ["not above: hyp/core/facts.c -> hyp/core/run.c (run)"])

    def test_a_cycle_over_three_files(self):
        self.links(**{"hyp/core/exit.c": SOUND["hyp/core/exit.c"] + "void exit_x(void) { run(); }\n",
                      "hyp/core/facts.c": "int facts_count;\nvoid exit_x(void);\n"
                                          "void facts_x(void) { exit_x(); }\n"})
        self.assertEqual(self.cycles, ["3 files on cycles; the shortest: hyp/core/exit.c -> "
                                       "hyp/core/run.c (run) -> hyp/core/facts.c (facts_count) -> "
                                       "hyp/core/exit.c (exit_x)"])

    def test_a_cycle_in_a_pure_room(self):
        self.links(**{"hyp/fdt/a.c": "int b(void);\nint a(void) { return b(); }\n",
                      "hyp/fdt/b.c": "int a(void);\nint b(void) { return a(); }\n"})
        self.assertEqual(self.cycles, ["2 files on cycles; the shortest: hyp/fdt/a.c -> "
                                       "hyp/fdt/b.c (b) -> hyp/fdt/a.c (a)"])

    def test_the_page_s_table(self):
        found = self.links()
        self.assertEqual(found.level_faults(PAGE.replace("`run`", "`facts_too`")),
                         ["hyp/core/run.c: not in the table",
                          "hyp/core/facts_too.c: in the table, not in the tree"])
        self.assertEqual(found.level_faults(PAGE.replace("| 2 | `exit`", "| 1 | `exit`")),
                         ["not above: hyp/core/exit.c -> hyp/core/run.c (run)"])


if __name__ == "__main__":
    unittest.main()
