# SPDX-License-Identifier: BSD-2-Clause
"""The base of test/check: the list of files, and PASS/FAIL lines."""

import os
import subprocess
import sys
from pathlib import Path

from plumblib.common import ROOT, how_to_install, make_variable

__all__ = ["ROOT", "Check", "files", "is_python", "make_variable", "run", "with_suffix"]
SKIPPED_FOLDERS = {".git", "build"}


def files(root: Path = ROOT) -> list[Path]:
    """Every file of the source tree, relative to its root."""
    found = []
    for folder, subfolders, names in os.walk(root, followlinks=True):
        subfolders[:] = sorted(s for s in subfolders
                               if s not in SKIPPED_FOLDERS and s != "__pycache__")
        found += [(Path(folder) / name).relative_to(root) for name in sorted(names)]
    return found


def with_suffix(*suffixes: str, root: Path = ROOT) -> list[Path]:
    return [path for path in files(root) if path.suffix in suffixes]


def is_python(path: Path) -> bool:
    """The tree's Python files: by name, or by first line."""
    with open(ROOT / path, "rb") as file:
        head = file.readline()
    return path.suffix == ".py" or (head.startswith(b"#!") and b"python" in head)


def run(argv: list[str], stdin: str = "") -> tuple[bool, str]:
    """Success, and the output, both streams together."""
    try:
        done = subprocess.run(argv, cwd=ROOT, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    except FileNotFoundError:
        return False, f"'{argv[0]}' is not installed: {how_to_install(argv[0])}"
    return done.returncode == 0, done.stdout


class Check:
    """Prints one line for each thing checked; finish() gives the exit code."""

    def __init__(self, name: str):
        self.name, self.passed, self.failed = name, 0, 0

    def result(self, good: bool, what: str, why: str = "") -> None:
        if good:
            self.passed += 1
        else:
            self.failed += 1
            if why.strip():
                print(why.rstrip())
        print(f"{'PASS' if good else 'FAIL'} {self.name}: {what}", flush=True)

    def finish(self) -> None:
        sys.exit(0 if self.passed and not self.failed else 1)
