# SPDX-License-Identifier: BSD-2-Clause
"""The steps of docs/contributing.md are complete: in a scratch copy of the tree one dummy of each
kind (test/guide/KIND.patch) is added, built and run; each touches few files, which the page
names."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.check import ROOT, Check, files
from plumblib.common import clean_environment

PAGE = ROOT / "docs" / "contributing.md"
SCRATCH = ROOT / "build" / "guide"
LIMIT = 300  # seconds for one command
# The largest number of files, by the kind of addition.
MOST = {"board": 2, "case": 3, "device": 7, "hypercall": 4, "property": 5, "uart": 4, "unit": 1}
TABLES = ("import sys; sys.path[:0] = ['test', 'scripts']\n"
          "from pathlib import Path\nfrom lib import tables\n"
          "found = [fault for _, faults in tables.findings(Path.cwd()) for fault in faults]\n"
          "print(*found, sep='\\n'); sys.exit(1 if found else 0)")


@dataclass
class Walk:
    """A patch: its kind, the targets and commands, and the files that it touches."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def words(self, key: str) -> Iterator[list[str]]:
        head = self.path.read_text().split("\ndiff ")[0]
        for line in head.splitlines():
            if line.startswith(f"{key}: "):
                yield shlex.split(line.removeprefix(f"{key}: "))

    def touched(self) -> list[str]:
        return re.findall(r"^diff --git a/(\S+) b/", self.path.read_text(), re.M)


def section(walk: Walk) -> str:
    """The section of the page for the patch."""
    link = f"(../test/guide/{walk.path.name})"
    return next((part for part in re.split(r"^#+ ", PAGE.read_text(), flags=re.M) if link in part), "")


def unnamed(walk: Walk) -> list[str]:
    """Files that the page's section does not name; NAME stands for any."""
    patterns = [re.escape(path).replace("NAME", r"[\w-]+")
                for path in re.findall(r"`([\w./-]+)`", section(walk))]
    return [path for path in walk.touched()
            if not any(re.fullmatch(pattern, path) for pattern in patterns)]


def scratch_tree() -> None:
    """Copies with dates, so that make uses the existing objects."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    for path in files(ROOT):
        (SCRATCH / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, SCRATCH / path)
    for folder in ("obj", "host", "guest", "unit"):
        if (ROOT / "build" / folder).is_dir():
            shutil.copytree(ROOT / "build" / folder, SCRATCH / "build" / folder)


def command(argv: list[str]) -> tuple[bool, str]:
    """Runs a command in the scratch tree."""
    try:
        done = subprocess.run(argv, cwd=SCRATCH, env=clean_environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired as late:
        return False, f"not done in {LIMIT} s: {shlex.join(late.cmd)}"
    return done.returncode == 0, done.stdout


def main(check: Check) -> None:
    walks = [Walk(path) for path in sorted((ROOT / "test" / "guide").glob("*.patch"))]
    check.result([walk.name for walk in walks] == sorted(MOST), "a walk for each kind of thing",
                 f"{', '.join(walk.name for walk in walks)}; required: {', '.join(sorted(MOST))}")
    scratch_tree()
    for walk in walks:
        touched = walk.touched()
        check.result(0 < len(touched) <= MOST.get(walk.name, 0),
                     f"{walk.name}: {len(touched)} places, at most {MOST.get(walk.name, 0)}",
                     "\n".join(touched))
        check.result(bool(section(walk)) and not unnamed(walk),
                     f"{walk.name}: {PAGE.name} names them", ", ".join(unnamed(walk)))
        # Outside this repository, to which these files do not belong.
        good, said = command(["patch", "-p1", "--no-backup-if-mismatch", "-i", str(walk.path)])
        check.result(good, f"{walk.name}: applies", said)
    targets = [target for walk in walks for words in walk.words("build") for target in words]
    good, said = command(["make", "-j2", "monitor", "host-tools", *targets])
    check.result(good, "all of them build together", said[-4000:])
    for walk in walks if good else ():
        for argv in walk.words("run"):
            good, said = command(argv)
            check.result(good, f"{walk.name}: {shlex.join(argv)}", said[-4000:])
    good, said = command(["python3", "-B", "-c", TABLES])
    check.result(good, "the docs' tables have the additions", said)
    shutil.rmtree(SCRATCH, ignore_errors=True)
