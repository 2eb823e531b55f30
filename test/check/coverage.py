# SPDX-License-Identifier: BSD-2-Clause
"""Branch coverage of the pure code, and of the glue, by their checkers."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from lib import coverage
from lib.check import ROOT, Check, make_variable
from plumblib.common import clean_environment

WORK = "build/coverage"
LEAST = 95  # per cent of the pure code; more are required
GLUE = "hyp/core"
GLUE_LEAST = 90  # per cent of glue; GLUE_TABLE counts those not taken, by file
GLUE_TABLE = "test/verify/coverage/glue"
LIMIT = 240  # seconds for one command
HELP = """\
Runs the stored inputs of the fuzz targets, the oracle of KVM_IRQ_LINE's word, every
state of a small VGIC and some unit tests (COVERAGE_PROGRAMS) with clang's counters,
and prints for each file of pure code the number of branches taken, true and false
counted separately. Fails if the total is 95 % or less, if a branch is not taken and
test/verify/coverage/unreached does not explain it, and if that table has a branch that
is taken or does not exist.

With --glue: the same for hyp/core, by the scenarios of the world rig and the tests
that link it. Fails below 90 %, and if a file has more branches that are not taken
than test/verify/coverage/glue allows, with a reason.

examples:
  test/tool check/coverage
  test/tool check/coverage --glue
  test/tool check/coverage --untaken     # lists them, in the form of the table
"""


def said(argv: list[str], **environment: str) -> str:
    """The program's output; ends the run if it fails."""
    done = subprocess.run(argv, cwd=ROOT, env=clean_environment() | environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, timeout=LIMIT)
    if done.returncode != 0:
        print(done.stdout + done.stderr)
        print(f"FAIL coverage: {' '.join(argv[:2])}")
        sys.exit(1)
    return done.stdout


def measure(programs: list[str]) -> dict:
    """llvm-cov's export, of all programs together."""
    profiles = []
    for program in programs:
        profiles.append(f"{WORK}/{Path(program).name}.profraw")
        said([program], LLVM_PROFILE_FILE=profiles[-1])
    merged = f"{WORK}/all.profdata"
    said(["llvm-profdata", "merge", "-o", merged, *profiles])
    objects = [word for program in programs[1:] for word in ("-object", program)]
    return json.loads(said(["llvm-cov", "export", programs[0], *objects,
                            f"-instr-profile={merged}"]))


def table(check: Check, branches: list[coverage.Branch], least: int) -> None:
    whole = [0, 0]
    for file, (taken, there) in coverage.totals(branches).items():
        print(f"  {file:<28} {taken:>5} of {there:>5}  {100 * taken / there:5.1f} %")
        whole[0] += taken
        whole[1] += there
    check.result(100 * whole[0] > least * whole[1],
                 f"{whole[0]} of {whole[1]} branches taken, "
                 f"{100 * whole[0] / max(1, whole[1]):.2f} %; more than {least} % required")


def glue(check: Check, branches: list[coverage.Branch], measured: set[str]) -> None:
    missing = set(make_variable("GLUE_SRCS")) - measured
    check.result(not missing, "all glue is measured", "\n".join(sorted(missing)))
    table(check, branches, GLUE_LEAST)
    allowed = coverage.allowances((ROOT / GLUE_TABLE).read_text(), GLUE_TABLE)
    totals = coverage.totals(branches)
    worse = [f"{file}: {there - taken} are not taken, {allowed.get(file, 0)} are explained"
             for file, (taken, there) in totals.items() if there - taken > allowed.get(file, 0)]
    check.result(not worse, f"no file of glue has more than {GLUE_TABLE} explains", "\n".join(worse))
    stale = sorted(set(allowed) - set(totals))
    check.result(not stale, f"all files in {GLUE_TABLE} exist", "\n".join(stale))


def arguments(parser: argparse.ArgumentParser) -> None:
    ring = parser.add_mutually_exclusive_group()
    ring.add_argument("--pure", action="store_true", help="of the pure code alone")
    ring.add_argument("--glue", action="store_true", help="of hyp/core alone")
    parser.add_argument("--untaken", action="store_true", help="only list the branches not taken")


def main(check: Check, args: argparse.Namespace) -> None:
    rings = [args.glue] if args.glue or args.pure else [False, True]
    for args.glue in rings:
        one_ring(check, args)


def one_ring(check: Check, args: argparse.Namespace) -> None:
    programs = make_variable("COVERAGE_GLUE" if args.glue else "COVERAGE_PROGRAMS")
    said(["make", "-s", "--no-print-directory", "-j2", *programs])
    export = measure(programs)
    branches = [b for b in coverage.branches(export, ROOT) if b.file.startswith(GLUE) == args.glue]
    sources = {b.file: (ROOT / b.file).read_text().splitlines() for b in branches}
    found = coverage.untaken(branches, sources)
    if args.untaken:
        print("\n".join(f"{side.file}:{line}: {side}" for side, line in found))
        check.result(True, f"{len(found)} not taken")
        return
    if args.glue:
        glue(check, branches, coverage.files(export, ROOT))
        return
    missing = set(make_variable("PURE_SRCS")) - coverage.files(export, ROOT)
    check.result(not missing, "all pure code is measured", "\n".join(sorted(missing)))
    table(check, branches, LEAST)
    explained = coverage.explanations((ROOT / coverage.TABLE).read_text())
    unexplained, stale = coverage.compare(found, explained)
    check.result(not unexplained, f"{len(found)} not taken, each explained in {coverage.TABLE}",
                 "\n".join(unexplained))
    check.result(not stale, "every explained branch exists and is not taken", "\n".join(stale))
