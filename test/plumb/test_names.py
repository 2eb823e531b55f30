# SPDX-License-Identifier: BSD-2-Clause
"""Planted names: the check must find each wrong one, and none in a correct tree."""

import tempfile
import unittest
from pathlib import Path

from lib.names import Names

SOUND = {
    "hyp/core/cpu.h": "#ifndef HYP_CORE_CPU_H\n#define HYP_CORE_CPU_H\n#define CPU_MAX 8\nstruct vm;\n"
                      "struct cpu {\n\tstruct vm *loaded;\n\tuint32_t index;\n};\n"
                      "enum cpu_state { CPU_OFF, CPU_ON = 2 };\ntypedef uint32_t cpu_mask_t;\n"
                      "extern struct cpu cpus[CPU_MAX];\nvoid cpu_start(const struct cpu *cpu,\n"
                      "\t       uint32_t other);\n"
                      "static inline int cpu_zero(void)\n{\n\tint zero = 0;\n\treturn zero;\n}\n"
                      "#define ROW(x) x\n#undef ROW\n#endif\n",
    "hyp/core/cpu.c": "struct cpu cpus[CPU_MAX];\nstatic int hidden;\nextern const char image_end[];\n"
                      "void elsewhere(void) __attribute__((noreturn));\n"
                      "static const struct x *local(int a,\n\t\t\t     int b)\n{\n\treturn 0;\n}\n"
                      "void cpu_start(const struct cpu *cpu, uint32_t other)\n{\n\tint here = other;\n}\n",
    "hyp/core/locks.h": "enum lock_rank { LOCK_RANK_A };\n",
    "hyp/core/cpu_more.c": "int cpu_other(void)\n{\n\treturn 0;\n}\n",
    "hyp/regs/sctlr.h": "#define TTBCR 1\n",
    "hyp/hw/sys.h": "static inline void hw_dsb(void)\n{\n}\n",
    "hyp/hw/enter.S": "\t.globl enter_guest, hw_enter\n",
    "vgic/flush.c": "void vgic_flush(pa_t pa, ipa_t last_ipa, const pa_t *more_pa)\n{\n\tuse((uint64_t)pa.pa);\n}\n",
    "guest/lib/any.c": "int whatever;\nuint64_t pa;\n",
}


class PlantedNames(unittest.TestCase):
    def check(self, planted: dict[str, str], exceptions: dict[str, tuple[str, str]] | None = None,
              numbers: dict[str, tuple[str, str]] | None = None) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**SOUND, **planted}.items():
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return Names(Path(folder), exceptions or {}, numbers or {}).check()

    def found(self, path: str, text: str, name: str) -> None:
        wrong = self.check({path: SOUND.get(path, "") + text})
        self.assertEqual([w.split("'")[:2] for w in wrong], [[f"{path}: ", name]], text)

    def test_sound_tree(self):
        self.assertEqual(self.check({}), [])

    def test_sources(self):
        for text in ("int start(void)\n{\n\treturn 0;\n}\n",
                     "const struct x *start(int a,\n\t\t      int (*b)(int))\n{\n\treturn 0;\n}\n",
                     "__attribute__((noinline)) void start(void)\n{\n}\n",
                     "uint32_t start;\n", "const char *const start[] = {\n\t\"a\",\n};\n",
                     "struct cpu start = { 0 };\n", "uint64_t start[4] TABLE;\n",
                     "uint64_t start[4] __attribute__((section(\".t\")));\n"):
            with self.subTest(text):
                self.found("hyp/core/cpu.c", text, "start")

    def test_headers(self):
        for text in ("#define start 1\n", "struct start {\n\tint x;\n};\n", "typedef int start;\n",
                     "enum start { CPU_A };\n", "enum cpu_b { CPU_C, start };\n",
                     "enum {\n\tCPU_D = 1, /* one */\n\tstart,\n};\n", "void start(int cpu_x);\n",
                     "extern volatile int start;\n", "static inline int *start(void)\n{\n}\n"):
            with self.subTest(text):
                self.found("hyp/core/cpu.h", text, "start")

    def test_a_part_of_a_word_is_no_prefix(self):
        self.found("hyp/core/cpu.c", "int cpustart;\n", "cpustart")
        self.found("hyp/core/cpu_more.c", "int more_cpu;\n", "more_cpu")
        self.found("hyp/core/cpu.c", "int core_start;\n", "core_start")

    def test_assembly(self):
        self.found("hyp/hw/enter.S", "\t.globl leave\n", "leave")

    def test_addresses(self):
        for text in ("void cpu_a(uint64_t pa);\n", "void cpu_a(int x, const uint32_t *boot_ipa);\n",
                     "struct cpu_s {\n\tuint32_t size, pa;\n};\n", "uint64_t cpu_pa(void);\n",
                     "struct cpu_s {\n\tuintptr_t x, y[4], pool_pa[4];\n};\n"):
            with self.subTest(text):
                wrong = self.check({"hyp/core/cpu.h": SOUND["hyp/core/cpu.h"] + text})
                self.assertEqual(len(wrong), 1, wrong)
                self.assertIn("does not have the type pa_t or ipa_t", wrong[0])

    def test_exceptions(self):
        planted = {"hyp/core/cpu.c": "int start, stop;\nint end;\nuint64_t cpu_pa;\n"}
        wrong = self.check(planted, exceptions={"hyp/core/cpu.c": ("end", "why")},
                           numbers={"hyp/core/cpu.c": ("cpu_pa", "why")})
        self.assertEqual(wrong, [])
        self.assertIn("'end'", self.check(planted)[0])

    def test_an_exception_that_nothing_needs(self):
        self.assertIn("is a stale exception",
                      self.check({}, exceptions={"hyp/core/cpu.c": ("end", "why")})[0])
        self.assertIn("does not exist", self.check({}, numbers={"hyp/core/x.c": ("pa", "why")})[0])
