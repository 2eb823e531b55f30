# SPDX-License-Identifier: BSD-2-Clause
"""Runs fuzz targets, the pure code under libFuzzer, each for some seconds."""

import argparse
import re
import subprocess
from pathlib import Path

from lib import corpus
from lib.check import ROOT, Check

STORED = "build/fuzz/stored"  # the corpus, a file an input
FOUND = "build/fuzz/found"
GRACE = 120  # seconds: to start on a busy host, and to shrink a failing input
LARGEST = 4096  # bytes of an input
HELP = """\
PROGRAM is one of build/fuzz/*, which make builds. It starts from the inputs of
test/verify/fuzz/corpus/NAME and from those of earlier runs (build/fuzz/found/NAME),
and reports executions and coverage: the edges of the pure code that were taken,
of all that the target links. An input that fails is kept, with the command that runs
it again. Add it to the corpus after the fault is fixed (test/tool corpus --help):
`make unit` replays it.

examples:
  make build/fuzz/vgic && test/tool fuzz build/fuzz/vgic --seconds 60
  test/tool fuzz build/fuzz/insn build/fuzz/call --seed 7
"""


def numbers(said: str) -> tuple[int, int, int]:
    """Executions, edges taken, all edges."""
    done = re.findall(r"^Done (\d+) runs", said, re.M)
    taken = re.findall(r"\bcov: (\d+)", said)
    there = re.findall(r"Loaded \d+ modules\s+\((\d+) inline 8-bit counters\)", said)
    runs, edges, whole = (int(found[-1]) if found else 0 for found in (done, taken, there))
    return runs, edges, whole


def command(program: Path, seconds: int, seed: int) -> list[str]:
    """0 seconds: only the stored inputs."""
    found, stored = (f"{folder}/{program.name}" for folder in (FOUND, STORED))
    (ROOT / found).mkdir(parents=True, exist_ok=True)
    corpus.unpack(corpus.read(ROOT, program.name), ROOT / stored)
    bound = f"-max_total_time={seconds}" if seconds else "-runs=0"
    return [str(program), bound, f"-max_len={LARGEST}", f"-seed={seed}",
            "-timeout=30", "-rss_limit_mb=1024", "-print_final_stats=0",
            f"-artifact_prefix={FOUND}/{program.name}-", found, stored]


def explain(program: Path, said: str) -> str:
    """A summary of a failure's log: its first relevant lines, and the command that repeats it."""
    lines = [line for line in said.splitlines()
             if re.search(r"not true|is 0x|ERROR|SUMMARY|runtime error|:\d+:|vCPU \d", line)]
    kept = re.search(r"Test unit written to (\S+)", said)
    again = f"again: {program} {kept[1]}" if kept else said[-2000:]
    return "\n".join(lines[:12] + [again])


def fuzz(check: Check, program: Path, seconds: int, seed: int) -> bool:
    try:
        done = subprocess.run(command(program, seconds, seed), cwd=ROOT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False, timeout=seconds + GRACE)
        code, said = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        code, said = 1, (late.stdout or b"").decode(errors="replace") + "\ndoes not end"
    runs, taken, there = numbers(said)
    good = code == 0 and runs > 0 and taken > 0
    check.result(good, f"{program.name}: {runs} executions, {taken} of {there} edges, seed {seed}"
                 if good else f"{program.name}: an input fails", explain(program, said))
    return good


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", type=Path)
    parser.add_argument("--seconds", type=int, default=20, help="for each (20); 0: stored inputs only")
    parser.add_argument("--seed", type=int, default=1, help="of libFuzzer's random numbers (1)")
    parser.add_argument("--stop", action="store_true",
                        help="run the stored inputs of all first; stop at the first failure")


def main(args: argparse.Namespace) -> None:
    check = Check("fuzz")
    rounds = (0, args.seconds) if args.stop else (args.seconds,)
    for program, seconds in [(program, seconds) for seconds in rounds for program in args.programs]:
        if not fuzz(check, program, seconds, args.seed) and args.stop:
            break
    check.finish()
