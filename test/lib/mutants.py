# SPDX-License-Identifier: BSD-2-Clause
"""Mutants: patches of the code, applied to a copy of the tree, that a checker must find."""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from plumblib.common import clean_environment

from .check import files
from .result import host_result
from .verify import Checker

BUILD_LIMIT = 900  # seconds


def mirror(root: Path, copy: Path) -> None:
    """Makes the copy equal to the tree, except build/. Files that are equal keep their dates, so
    that make rebuilds little."""
    wanted = set(files(root))
    for path in set(files(copy)) - wanted if copy.exists() else ():
        (copy / path).unlink()
    for path in wanted:
        source, target = root / path, copy / path
        if target.is_dir():  # a folder that is a file now
            shutil.rmtree(target)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        if os.access(source, os.X_OK) != os.access(target, os.X_OK):
            shutil.copymode(source, target)


def link_fetched(root: Path, copy: Path) -> None:
    """What was fetched from Debian (boards' device trees) is in the copy, too."""
    fetched, link = root / "build" / "guests", copy / "build" / "guests"
    if fetched.is_dir() and not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(fetched)


RUN = "run: "


def head(patch: Path) -> list[str]:
    """The lines before the first file."""
    text = patch.read_text().split("\n--- ")[0].split("\ndiff ")[0]
    return [] if text.startswith(("---", "diff ")) else text.splitlines()


def description(patch: Path) -> str:
    """The description of the fault."""
    return " ".join(" ".join(line for line in head(patch) if not line.startswith(RUN)).split())


def commands(patch: Path, checker: Checker) -> list[list[str]]:
    """The commands that must fail: the one that a line of the head names, or all."""
    named = [shlex.split(line.removeprefix(RUN)) for line in head(patch) if line.startswith(RUN)]
    return named or checker.mutant_runs


def run(argv: list[str], where: Path, limit: float) -> tuple[int | None, str]:
    """Exit code (None: out of time) and output."""
    process = subprocess.Popen(argv, cwd=where, env=clean_environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    try:
        out, _ = process.communicate(timeout=limit)
        return process.returncode, out.decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 15)
        try:
            out, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            out, _ = process.communicate()
        return None, out.decode(errors="replace")
    except BaseException:  # a signal ends this program
        os.killpg(process.pid, 15)
        raise


@dataclass
class Verdict:
    good: bool
    what: str
    log: str = ""


@dataclass
class Laboratory:
    """A copy of the tree, for one checker."""

    checker: Checker
    root: Path
    copy: Path

    def judge(self, runs: list[list[str]]) -> tuple[bool | None, str, str]:
        """For the copy: do these pass (None: it does not build), the reason, the log."""
        made = self.checker.targets(runs)
        if made:
            code, said = run(["make", "-s", "--no-print-directory", *made], self.copy, BUILD_LIMIT)
            if code != 0:
                return None, "does not build", said
        for command in runs:
            code, said = run(command, self.copy, self.checker.limit)
            result = host_result(" ".join(command), code, said)
            if result.failed:
                return False, result.failed[0], said
        return True, "passes", ""

    def baseline(self) -> Verdict:
        """The unchanged tree must pass: otherwise a failure of a mutant shows nothing."""
        mirror(self.root, self.copy)
        link_fetched(self.root, self.copy)
        passes, why, log = self.judge(self.checker.mutant_runs)
        return Verdict(passes is True, f"unchanged: {why}", log)

    def mutant(self, patch: Path) -> Verdict:
        name = patch.stem
        text = description(patch)
        if not text:
            return Verdict(False, f"{name}: its head does not describe the fault")
        mirror(self.root, self.copy)
        code, said = run(["patch", "-p1", "--fuzz=0", "--force", "--no-backup-if-mismatch",
                          "--reject-file=-", "-i", str(patch)], self.copy, 60)
        if code != 0:
            return Verdict(False, f"{name}: no longer applies: the code has changed; make the "
                           "patch anew", said)
        passes, why, log = self.judge(commands(patch, self.checker))
        if passes is None:
            return Verdict(False, f"{name}: {why}: a mutant must compile", log)
        if passes:
            return Verdict(False, f"{name}: survives: {text}")
        return Verdict(True, f"{name}: killed ({why}): {text}")
