# SPDX-License-Identifier: BSD-2-Clause
"""The sources have the format of clang-format."""

import re

from lib.check import Check, run, with_suffix


def main(check: Check) -> None:
    sources = [str(path) for path in with_suffix(".c", ".h")]
    good, said = run(["clang-format", "--dry-run", "-Werror", *sources])
    wrong = dict.fromkeys(re.findall(r"^([^\s:]+):\d+:\d+: error: ", said, re.M))
    for path in wrong:
        check.result(False, f"{path} (clang-format -i {path})")
    if not wrong:
        check.result(good and bool(sources), f"{len(sources)} files", said)
