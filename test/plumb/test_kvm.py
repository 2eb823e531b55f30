# SPDX-License-Identifier: BSD-2-Clause
"""The module plumbline_kvm builds without this tree: it has the numbers of the ABI again."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFINE = re.compile(r"^#define (PLUMB_\w+)\s+((?:\\\n\s*)?)(0x[0-9a-f]+|\d+)", re.M)


def numbers(path: str) -> dict[str, int]:
    return {name: int(value, 0) for name, _, value in DEFINE.findall((ROOT / path).read_text())}


class Numbers(unittest.TestCase):
    def test_those_of_the_module_are_those_of_the_abi(self):
        module, abi = numbers("guest/linux/kvm/hvc.h"), numbers("abi/plumbline.h")
        self.assertGreater(len(module), 40)
        self.assertEqual({name: abi.get(name) for name in module}, module)

    def test_the_module_asks_for_the_revision_that_has_the_calls(self):
        text = (ROOT / "guest/linux/kvm/monitor.c").read_text()
        minors = [int(minor) for minor in re.findall(r"#define MONITOR_MINOR (\d+)", text)]
        self.assertEqual(len(minors), 1)
        self.assertLessEqual(minors[0], numbers("abi/plumbline.h")["PLUMB_REVISION_MINOR"])


if __name__ == "__main__":
    unittest.main()
