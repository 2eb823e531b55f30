# SPDX-License-Identifier: BSD-2-Clause
"""What a change costs: the operations with the monitor of a revision, and with this tree's."""

import argparse
import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import bench, bench_systems, pack, scratch
from .bench import Figure, columns
from .bench_operations import guarded
from .common import ROOT, PlumbError, clean_environment, run_tool, tool

EPILOG = """\
Only the revision's monitor is built, in a scratch folder that is removed afterwards: both monitors
run this tree's guests, so that the rows are the same. Rows that are equal are left out unless
--all is given.
"""


def git(*words: str) -> str:
    return run_tool([tool("git"), "-C", str(ROOT), *words], f"git {words[0]}").decode().strip()


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A worktree of the revision."""
    place = scratch.folder() / "revision"
    git("worktree", "add", "--detach", "--force", str(place), commit)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        git("worktree", "prune")


def build(place: Path) -> Path:
    """Its monitor."""
    done = subprocess.run([tool("make"), "-s", "--no-print-directory", "-C", str(place), "monitor"],
                          env=clean_environment(), capture_output=True, text=True, errors="replace",
                          check=False)
    if done.returncode != 0:
        raise PlumbError(f"the revision does not build:\n{(done.stderr + done.stdout).strip()}", 1)
    return place / "build" / pack.MONITOR.name


def measure(monitor: Path, timeout: float) -> list[Figure]:
    return [*bench_systems.measure(timeout, monitor),
            Figure(bench.IMAGE, monitor.stat().st_size)]


def rows(before: list[Figure], now: list[Figure], every: bool) -> list[tuple[str, ...]]:
    old = {figure.name: figure.value for figure in before}
    new = {figure.name: figure.value for figure in now}
    found: list[tuple[str, ...]] = []
    for figure in bench.ordered([*now, *(f for f in before if f.name not in new)]):
        name, was, is_now = figure.name, old.get(figure.name), new.get(figure.name)
        if was is None or is_now is None:
            sides = ("none" if value is None else str(value) for value in (was, is_now))
            found.append((name, *sides, "", ""))
        elif every or was != is_now:
            percent = f"{100 * (is_now - was) / was:+.1f} %" if was else ""
            found.append((name, str(was), str(is_now), f"{is_now - was:+d}", percent))
    return found


def report(args: argparse.Namespace) -> int:
    commit = git("rev-parse", "--verify", f"{args.revision}^{{commit}}")
    if not args.no_make:
        bench_systems.build()
    with checked_out(commit) as place:
        before = measure(build(place), args.timeout)
    now = measure(pack.MONITOR, args.timeout)
    found = rows(before, now, args.all)
    if not found:
        print(f"no row differs from {commit[:12]}")
        return 0
    head = ("operation", commit[:12], "this tree", "difference", "")
    print("\n".join(columns([head, *found])))
    return 0


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench compare", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", metavar="REV", help="a commit, as git names it")
    parser.add_argument("--all", action="store_true", help="also the rows that are equal")
    parser.add_argument("--timeout", type=float, default=300, metavar="S",
                        help="for each system (default 300)")
    parser.add_argument("--no-make", action="store_true", help="take build/ as it is")
    return guarded(report, parser.parse_args(words))
