# SPDX-License-Identifier: BSD-2-Clause
"""A hypercall is a row of hyp/core/hypercall.c: an incomplete row does not build, or is reported by
the check of docs/control-abi.md."""

import subprocess
import unittest

from plumblib.common import ROOT, PlumbError
from lib import tables
from lib.check import make_variable

ABI = (ROOT / "abi/plumbline.h").read_text()
SOURCE = (ROOT / "hyp/core/hypercall.c").read_text()
PAGE = (ROOT / "docs/control-abi.md").read_text()
HANDLER = """\
static int32_t hypercall_dummy(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	return (int32_t)(vm->index + caller->vm->index + regs->r[2]);
}

"""
ROW = '\tCALL(0x86000fdd, hypercall_dummy, right_on_vm, "PLUMB_DUMMY") \\\n'
LINE = "| PLUMB_DUMMY | `0x86000fdd` | handle, what | 0, −errno |\n"
HEAD, LAST = "#define HYPERCALLS(CALL) \\\n", "| SMCCC call count"


class Build(unittest.TestCase):
    flags: list[str]

    @classmethod
    def setUpClass(cls):
        cls.flags = [flag for flag in make_variable("ARM_CFLAGS") if not flag.startswith("-flto")]

    def build(self, handler: str = "", row: str = "") -> str:
        self.assertIn(HEAD, SOURCE)
        before, after = SOURCE.split("static int32_t hypercall_api_version", 1)
        text = (before + handler + "static int32_t hypercall_api_version" + after).replace(
            HEAD, HEAD + row)
        done = subprocess.run(["arm-none-eabi-gcc", *self.flags, "-S", "-o", "-", "-x", "c", "-"],
                              cwd=ROOT, input=text, capture_output=True, text=True, check=False)
        self.assertEqual(bool(done.returncode), bool(done.stderr))
        return done.stderr

    def test_handler_and_row_are_a_call(self):
        self.assertEqual(self.build(), "")
        self.assertEqual(self.build(HANDLER, ROW), "")

    def test_a_row_without_a_handler(self):
        self.assertRegex(self.build("", ROW), "hypercall_dummy.* undeclared|implicit declaration")

    def test_a_handler_without_a_row(self):
        self.assertRegex(self.build(HANDLER, ""), "hypercall_dummy.* defined but not used")

    def test_a_row_without_a_right(self):
        self.assertRegex(self.build(HANDLER, ROW.replace("right_on_vm, ", "")), "requires 4 arguments")

    def test_a_number_that_another_row_has(self):
        self.assertRegex(self.build(HANDLER, ROW.replace("0x86000fdd", "PLUMB_GET_STATS")),
                         "duplicate case value")


class Page(unittest.TestCase):
    def rows(self, more: str = "", abi: str = ABI) -> list[tables.Call]:
        return tables.calls(SOURCE.replace(HEAD, HEAD + more), abi)

    def test_as_it_is(self):
        self.assertEqual([faults for _, faults in tables.findings(ROOT)], [[], [], [], []])

    def test_a_call_that_is_not_told(self):
        abi = ABI + "#define PLUMB_DUMMY 0x86000fdd /* r1 handle */\n"
        row = ROW.replace("0x86000fdd", "PLUMB_DUMMY")
        self.assertEqual(tables.call_faults(PAGE, self.rows(row, abi)),
                         ["not in the page: PLUMB_DUMMY, 0x86000fdd, of a handle"])
        page = PAGE.replace(LAST, LINE + LAST)
        self.assertEqual(tables.call_faults(page, self.rows(row, abi)), [])
        self.assertEqual(tables.call_faults(page, self.rows()),
                         ["only in the page: PLUMB_DUMMY, 0x86000fdd, of a handle"])
        self.assertEqual(len(tables.call_faults(page, self.rows(row.replace("_vm", "_self"), abi))), 2)

    def test_a_number_without_a_row(self):
        with self.assertRaisesRegex(PlumbError, "none of PLUMB_DUMMY"):
            self.rows(abi=ABI + "#define PLUMB_DUMMY 0x86000fdd\n")

    def test_a_row_of_another_form(self):
        with self.assertRaisesRegex(PlumbError, "the form of one differs"):
            self.rows("\tCALL(PLUMB_DUMMY, hypercall_dummy, right_on_vm) \\\n")

    def test_names_and_numbers_on_the_page(self):
        for old, new in (("`0x860000ce`", "`0x860000cf`"), ("| PLUMB_GET_STATS |", "| GET_STATS |")):
            self.assertEqual(len(tables.call_faults(PAGE.replace(old, new), self.rows())), 2)


if __name__ == "__main__":
    unittest.main()

    def test_mutants_are_counted(self):
        page = ("| checker | shows | of what | mutants |\n|---|---|---|---|\n| `life` | a | b | 11 |\n"
                "| `rig` | a | b | 5 |\n")
        self.assertEqual(tables.mutant_faults(page, {"life": 11, "rig": 5}), [])
        self.assertEqual(tables.mutant_faults(page, {"life": 12, "fuzz": 3}),
                         ["fuzz: nothing in the page, 3 patches", "life: 11 in the page, 12 patches",
                          "rig: 5 in the page, no patches"])
