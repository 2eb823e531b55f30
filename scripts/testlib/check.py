# SPDX-License-Identifier: BSD-2-Clause
"""The frame of scripts/check-*: which files there are, and PASS/FAIL lines."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {".git", "build"}


def files(root: Path = ROOT) -> list[Path]:
    """Every file of the source tree, relative to its root."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders
                               if s not in SKIPPED_FOLDERS and s != "__pycache__")
        found += [(Path(folder) / name).relative_to(root) for name in sorted(names)]
    return found


def with_suffix(*suffixes: str, root: Path = ROOT) -> list[Path]:
    return [path for path in files(root) if path.suffix in suffixes]


def make_variable(name: str) -> list[str]:
    """A list that stands in the Makefile, and nowhere else."""
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "-s", "--no-print-directory", f"print-{name}"], cwd=ROOT,
                          env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def run(argv: list[str], stdin: str = "") -> tuple[bool, str]:
    """Success, and what was said, both streams together."""
    done = subprocess.run(argv, cwd=ROOT, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
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
