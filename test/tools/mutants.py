# SPDX-License-Identifier: BSD-2-Clause
"""Mutants: planted faults that each checker of `make verify` must find."""

import argparse
import sys

from lib import verify
from lib.check import ROOT, Check
from lib.mutants import Laboratory

HELP = """\
Each test/verify/mutants/NAME/*.patch plants one fault; its first lines describe
it. The patch is applied to a copy of the tree under build/mutants/NAME, which
is built, and the checker must then fail. The run fails if a patch no longer
applies or does not compile, if there are fewer than five patches, or if the
checker fails on the unchanged code.

A new patch: change the code, `git diff > test/verify/mutants/NAME/WHAT.patch`,
write the description on top, `git checkout` the file. A line 'run: COMMAND'
above it names the part of the checker that finds the fault; the whole checker
must nevertheless pass on the unchanged code.

examples:
  test/tool mutants irq-line
  test/tool mutants irq-line --only ppi-from-15
  test/tool mutants --list
"""


def try_checker(checker: verify.Checker, only: str | None) -> Check:
    check = Check(f"{checker.name}-mutants")
    patches = checker.patches(ROOT)
    check.result(len(patches) >= verify.LEAST_MUTANTS,
                 f"{len(patches)} patches, at least {verify.LEAST_MUTANTS} required")
    laboratory = Laboratory(checker, ROOT, ROOT / "build" / "mutants" / checker.name)
    baseline = laboratory.baseline()
    check.result(baseline.good, baseline.what, baseline.log)
    for patch in patches if baseline.good else ():
        if only in (None, patch.stem):
            verdict = laboratory.mutant(patch)
            check.result(verdict.good, verdict.what, verdict.log)
    return check


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="checkers of test/verify/checkers")
    parser.add_argument("--only", metavar="PATCH", help="one mutant, without '.patch'")
    parser.add_argument("--list", action="store_true", help="list checkers and patches")


def main(args: argparse.Namespace) -> None:
    checkers = verify.parse((ROOT / verify.TABLE).read_text())
    unknown = set(args.names) - {checker.name for checker in checkers}
    if unknown or not (args.names or args.list):
        sys.exit(f"test/tool mutants: no checker {', '.join(sorted(unknown))}: --list" if unknown
                 else "test/tool mutants: name a checker: --list")
    wrong = 0
    for checker in checkers:
        if args.list:
            print(checker.name, *(patch.stem for patch in checker.patches(ROOT)))
        elif checker.name in args.names:
            wrong += try_checker(checker, args.only).failed
    sys.exit(1 if wrong else 0)
