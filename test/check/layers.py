# SPDX-License-Identifier: BSD-2-Clause
"""The include edges of the design, and what pure code must not use. test/plumb/test_layers.py
plants violations to see that this finds them."""

from lib.check import ROOT, Check
from lib.layers import Tree


def main(check: Check) -> None:
    tree = Tree(ROOT)
    wrong = tree.check()
    check.result(not wrong and tree.edges > 0, f"{tree.edges} include edges", "\n".join(wrong))
