# SPDX-License-Identifier: BSD-2-Clause
"""Every source has a licence line, no file is too long, no stub is left, no line ends in blanks."""

import re
from pathlib import Path

from lib.check import ROOT, Check, files

LICENCE = "SPDX-License-Identifier: BSD-2-Clause"
SUFFIXES = {".c", ".h", ".S", ".lds", ".dts", ".dtsi", ".py", ".mk", ".sh"}
NAMES = {"Makefile"}
TABLES = Path("test/cases")
LONGEST = 560  # lines; the aim is 500
LONGEST_TEST = 1000  # tables of cases
STUB = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def faults(path: Path, text: str) -> list[str]:
    lines = text.split("\n")
    wrong = []
    if not any(LICENCE in line for line in lines[:2]):
        wrong.append(f"{path}: no '{LICENCE}' in its first two lines")
    if len(lines) > (LONGEST_TEST if path.parts[0] == "test" else LONGEST):
        wrong.append(f"{path}: {len(lines)} lines: split it")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            wrong.append(f"{path}:{number}: blanks at the end of the line")
        if STUB.search(line):
            wrong.append(f"{path}:{number}: {line.strip()}")
    return wrong


def main(check: Check) -> None:
    count, wrong = 0, []
    for path in files():
        data = (ROOT / path).read_bytes()
        if path.suffix in SUFFIXES or path.name in NAMES or path.parent == TABLES or data.startswith(b"#!"):
            count += 1
            wrong += faults(path, data.decode(errors="replace"))
    check.result(not wrong and count > 0, f"{count} files", "\n".join(wrong))
