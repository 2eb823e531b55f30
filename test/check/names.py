# SPDX-License-Identifier: BSD-2-Clause
"""External names begin with their file's name; addresses have their types.
test/plumb/test_names.py plants violations that this must find."""

from lib.check import ROOT, Check
from lib.names import Names


def main(check: Check) -> None:
    names = Names(ROOT)
    wrong = names.check()
    check.result(not wrong and names.count > 0, f"{names.count} names", "\n".join(wrong))
