# SPDX-License-Identifier: BSD-2-Clause
"""Planted violations: the layers check must find each, and none in a correct tree."""

import tempfile
import unittest
from pathlib import Path

from lib.layers import Tree

SOUND = {
    "abi/a.h": "#include <stdint.h>\n",
    "hyp/base/b.h": "/* asm volatile in a comment */\n",
    "hyp/regs/r.h": '#include "hyp/base/b.h"\n',
    "hyp/base/guest_regs.h": "#ifndef __ASSEMBLER__\n#endif\n",
    "hyp/fdt/fdt.h": "#ifndef HYP_FDT_H\n#define HYP_FDT_H\n#endif\n",
    "hyp/fdt/fdt.c": '#include "hyp/fdt/fdt.h"\n#include "hyp/base/b.h"\n',
    "hyp/manifest/m.h": "\n",
    "hyp/core/c.h": "\n",
    "hyp/core/main.c": '#include "hyp/hw/mmu.h"\n#include "vgic/vgic_hw.h"\n#include "hyp/fdt/fdt.h"\n',
    "hyp/hw/mmu.h": '#include "hyp/base/guest_regs.h"\n',
    "hyp/hw/mmu.c": '#include "mmu.h"\nvoid f(void) { __asm__ volatile(""); }\n',
    "hyp/text/t.c": '#include "vgic/vgic.h"\n',
    "vgic/vgic.h": '#include "hyp/regs/r.h"\n',
    "vgic/dist.h": "\n",
    "vgic/dist.c": '#include "vgic/dist.h"\n#include "vgic/vgic.h"\n#include <string.h>\n',
    "vgic/vgic_hw.h": "\n",
    "boot/probe/p.c": '#include "hyp/fdt/fdt.h"\n#include "hyp/hw/mmu.h"\n',
    "guest/lib/g.h": '#include "abi/a.h"\n',
    "guest/demo.c": '#include "lib/g.h"\n#include <stdio.h>\n',
    "test/unit/test_x.c": '#include "hyp/hw/mmu.h"\n#include "vgic/dist.h"\n',
}


class Layers(unittest.TestCase):
    def check(self, **planted: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**SOUND, **planted}.items():
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return Tree(Path(folder)).check()

    def found(self, path: str, text: str, reason: str) -> None:
        wrong = self.check(**{path: text})
        self.assertTrue(any(w.startswith(path) and reason in w for w in wrong),
                        f"{path} {text!r}: {wrong}")

    def test_sound_tree(self):
        self.assertEqual(self.check(), [])

    def test_pure_to_hardware(self):
        self.found("hyp/fdt/x.c", '#include "hyp/hw/mmu.h"\n', "may not include")
        self.found("hyp/fdt/x.c", '#include "../hw/mmu.h"\n', "may not include")
        self.found("vgic/x.c", '  #  include "vgic/vgic_hw.h"\n', "may not include")
        self.found("vgic/x.c", '#include "hyp/fdt/fdt.h"\n', "may not include")

    def test_pure_to_inner_vgic(self):
        self.found("hyp/text/x.c", '#include "vgic/dist.h"\n', "may not include")

    def test_pure_rooms_have_an_order(self):
        self.found("hyp/fdt/x.c", '#include "hyp/manifest/m.h"\n', "may not include")
        self.found("hyp/dev/x.c", '#include "hyp/core/c.h"\n', "may not include")

    def test_hardware_to_decisions(self):
        self.found("hyp/hw/x.c", '#include "hyp/fdt/fdt.h"\n', "may not include")
        self.found("boot/x.c", '#include "vgic/vgic.h"\n', "may not include")

    def test_probe_to_glue(self):
        self.found("boot/probe/x.c", '#include "vgic/vgic.h"\n', "may not include")
        self.found("boot/x.c", '#include "boot/probe/p.c"\n', "may not include")

    def test_guest_to_monitor(self):
        self.found("guest/x.c", '#include "hyp/base/b.h"\n', "may not include")
        self.found("guest/lib/x.c", '#include "vgic/vgic.h"\n', "may not include")

    def test_pure_text(self):
        self.found("hyp/fdt/x.c", 'void f(void) { __asm__(""); }\n', "__asm__")
        self.found("vgic/x.h", "extern volatile int x;\n", "volatile")
        self.found("vgic/x.c", "#ifdef __arm__\n#endif\n", "#ifdef")
        self.found("vgic/x.c", "#include <stdio.h>\n", "<stdio.h>")

    def test_cycles(self):
        self.found("hyp/regs/r.h", '#include "hyp/base/c.h"\n', "not in the tree")
        wrong = self.check(**{"hyp/base/b.h": '#include "hyp/regs/r.h"\n'})
        self.assertTrue(any("cycle: " in w for w in wrong), wrong)

    def test_a_file_in_no_room(self):
        self.found("hyp/stray.c", "\n", "in no room")
        self.found("hyp/new/stray.c", "\n", "in no room")

    def test_the_line_is_right_behind_comments(self):
        wrong = self.check(**{"vgic/x.c": "/* a\nb */\nint volatile x;\n"})
        self.assertEqual(wrong, ["vgic/x.c:3: pure code uses 'volatile'"])
