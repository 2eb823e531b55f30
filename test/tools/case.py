# SPDX-License-Identifier: BSD-2-Clause
"""Runs QEMU cases on what is built, and prints a line for each: for checkers, whose mutants a board
must find."""

import argparse

from lib import cases as case_table
from lib.check import ROOT
from lib.mutants import run

HELP = """\
examples:
  test/tool case witness vfp
  test/tool case --timeout 30 demo@virt-secure
"""


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


def main(args: argparse.Namespace) -> None:
    there = {case.name: case for case in case_table.read(ROOT)}
    unknown = [name for name in args.cases if name not in there]
    if unknown:
        raise SystemExit(f"no such case: {', '.join(unknown)}")
    good = [verdict(there[name], args.timeout) for name in args.cases]
    raise SystemExit(0 if all(good) else 1)
