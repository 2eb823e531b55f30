# SPDX-License-Identifier: BSD-2-Clause
"""A kind of UART is a row of hyp/base/uart_kinds.h: in a scratch copy of it, a row without its
driver does not link, and with it all users have the kind; in this tree, every driver has a row."""

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import uarts
from plumblib.common import ROOT, PlumbError
from lib import tables

ROW = 'KIND(BOARD_UART_DUMMY, uart_dummy, "Dummy", false, { "acme,dummy-uart", 0 })'
DRIVER = '#include "hyp/hw/uart_driver.h"\nconst struct uart_driver uart_dummy = { 0 };\n'
# A board with such a UART; the fake registers that all drivers want.
PROGRAM = """\
#include "hyp/board/board.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart.h"
uint32_t io_read32(uintptr_t address) { return (uint32_t)address; }
void io_write32(uintptr_t address, uint32_t value) { (void)address; (void)value; }
uint8_t io_read8(uintptr_t address) { return (uint8_t)address; }
void io_write8(uintptr_t address, uint8_t value) { (void)address; (void)value; }
int main(void)
{
	return BOARD_UART_DUMMY == 8 && uart_driver_of(8) == &uart_dummy && !uart_driver_of(9) &&
	       !uart_driver_of(0) ? 0 : 1;
}
"""
DEFINITION = re.compile(r"^const struct uart_driver (\w+) = \{", re.M)


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.table = self.root / "hyp/base/uart_kinds.h"
        self.table.parent.mkdir(parents=True)
        text = uarts.TABLE.read_text()
        last = text.rstrip().rindex(")\n/* clang-format on */") + 1
        self.table.write_text(f"{text[:last]} \\\n\t{ROW}{text[last:]}")
        (self.root / "main.c").write_text(PROGRAM)

    def build(self, *more: str) -> tuple[bool, str]:
        sources = [str(self.root / "main.c"), *map(str, sorted(ROOT.glob("hyp/hw/uart*.c"))), *more]
        done = subprocess.run(["gcc", "-std=c11", f"-I{self.root}", f"-I{ROOT}/test/fakes", f"-I{ROOT}",
                               "-o", str(self.root / "a.out"), *sources],
                              capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr

    def test_a_row_without_its_driver_does_not_link(self):
        good, said = self.build()
        self.assertFalse(good)
        self.assertRegex(said, "undefined reference to .uart_dummy")

    def test_a_row_and_its_driver_are_a_kind(self):
        (self.root / "uart_dummy.c").write_text(DRIVER)
        good, said = self.build(str(self.root / "uart_dummy.c"))
        self.assertTrue(good, said)
        self.assertEqual(subprocess.run([self.root / "a.out"], check=False).returncode, 0)
        self.assertEqual(uarts.rows(self.table)[-1],
                         uarts.Row("dummy", "uart_dummy", "Dummy", ["acme,dummy-uart"]))

    def test_a_kind_without_a_row_does_not_compile(self):
        self.table.unlink()
        good, said = self.build()
        self.assertFalse(good)
        self.assertRegex(said, "BOARD_UART_DUMMY.* undeclared")

    def test_the_page_has_to_have_it(self):
        page = (ROOT / "docs/porting.md").read_text()
        self.assertEqual(tables.uart_faults(page, uarts.rows()), [])
        self.assertRegex("\n".join(tables.uart_faults(page, uarts.rows(self.table))),
                         "^dummy: nothing in the page, acme,dummy-uart in uart_kinds.h$")
        self.assertRegex("\n".join(tables.uart_faults(page.replace("`ns8250`", ""), uarts.rows())),
                         "^8250: ")

    def test_a_row_of_another_form(self):
        self.table.write_text(self.table.read_text().replace("Dummy", "", 1))
        with self.assertRaisesRegex(PlumbError, "differs from the others"):
            uarts.rows(self.table)


class Drivers(unittest.TestCase):
    def test_each_has_its_row(self):
        defined = {name for path in ROOT.glob("hyp/hw/uart_*.c")
                   for name in DEFINITION.findall(path.read_text())}
        self.assertEqual(defined, {row.driver for row in uarts.rows()})


if __name__ == "__main__":
    unittest.main()
