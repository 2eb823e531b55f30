# SPDX-License-Identifier: BSD-2-Clause
"""Runs QEMU cases on what is built, and prints a line for each: for checkers, whose mutants a board
must find."""

import argparse
import re
from dataclasses import replace

from lib import cases as case_table
from lib.check import ROOT
from lib.mutants import run

HELP = """\
examples:
  test/tool case witness vfp
  test/tool case --timeout 30 demo@virt-secure
  test/tool case --seeds 8 calls vmcalls     with eight other seeds each

With --seeds, a case's system has other numbers in the words 'seed=N' of its boot arguments. A
failing run is repeated with --seeds N..N.
"""

WORK = ROOT / "build" / "seeds"
SEED = re.compile(r"\bseed=(\d+)")


def seeds(text: str) -> range:
    """'8': 1 to 8; or 'FIRST..LAST'."""
    first, dots, last = text.partition("..")
    return range(int(first), int(last) + 1) if dots else range(1, int(first) + 1)


def seeded(text: str, by: int) -> str:
    """The manifest with each seed moved."""
    text, changes = SEED.subn(lambda found: f"seed={int(found[1]) + 1000 * by}", text)
    if not changes:
        raise SystemExit("its system has no 'seed=N'")
    return text


def with_seed(case: case_table.Case, by: int) -> case_table.Case:
    path = WORK / f"{case.name}-{by}.dts"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(seeded((ROOT / case.system).read_text(), by))
    return replace(case, name=f"{case.name}, seeds {by}..{by}", system=str(path),
                   options=dict(case.options))


def verdict(case: case_table.Case, limit: float) -> bool:
    case.options["timeout"] = limit
    code, said = run(case.command(ROOT / "scripts" / "plumb"), ROOT, limit + 30)
    result = case_table.judge(case, -1 if code is None else code, said)
    for fault in result.failed:
        print(f"FAIL {fault}")
    if result.failed:
        print(said[-4000:])
    else:
        print(f"PASS {case.name}", flush=True)
    return not result.failed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="+", metavar="CASE", help="their names in test/cases")
    parser.add_argument("--timeout", type=float, default=120, metavar="S",
                        help="seconds for each (120)")
    parser.add_argument("--seeds", type=seeds, metavar="N", help="each case with so many other seeds")


def main(args: argparse.Namespace) -> None:
    there = {case.name: case for case in case_table.read(ROOT)}
    unknown = [name for name in args.cases if name not in there]
    if unknown:
        raise SystemExit(f"no such case: {', '.join(unknown)}")
    cases = [there[name] for name in args.cases]
    if args.seeds:
        cases = [with_seed(case, by) for case in cases for by in args.seeds]
    good = [verdict(case, args.timeout) for case in cases]
    raise SystemExit(0 if all(good) else 1)
