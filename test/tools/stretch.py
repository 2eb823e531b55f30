# SPDX-License-Identifier: BSD-2-Clause
"""Searches for the longest stretch that the monitor works with interrupts masked: the guest of
test/systems/stretch.dts tries states and accesses, seed by seed, and a plugin of QEMU counts
(test/stretch/stretch.c)."""

import argparse
import re
import subprocess
from pathlib import Path

from lib.check import ROOT

HELP = """\
A seed and a number of recipes find the same again: --seed 7 --seeds 1 repeats what a longer
search has found, and --list 20 shows where the time goes.
"""

SYSTEM = ROOT / "test" / "systems" / "stretch.dts"
PLUGIN = ROOT / "build" / "stretch" / "stretch.so"
ELF = ROOT / "build" / "plumbline.elf"
WORK = ROOT / "build" / "stretch"
LONGEST = re.compile(r"stretch: (within|past) the limit: the longest of (\d+) has (\d+) ")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--seeds", type=int, default=4, help="how many seeds (default: 4)")
    parser.add_argument("--tries", type=int, default=400, help="recipes per seed (default: 400)")
    parser.add_argument("--limit", type=int, default=10000, help="instructions (default: 10000)")
    parser.add_argument("--list", type=int, default=3, help="stretches to print (default: 3)")


def system(seed: int, tries: int) -> Path:
    """The manifest with this seed, beside the plugin."""
    text, changes = re.subn(r"seed=\d+ tries=\d+", f"seed={seed} tries={tries}", SYSTEM.read_text())
    if changes != 1:
        raise SystemExit(f"{SYSTEM}: has no 'seed=N tries=N'")
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"seed-{seed}.dts"
    path.write_text(text)
    return path


def search(seed: int, args: argparse.Namespace) -> bool:
    """Prints the longest stretches of one seed, and whether they are within the limit."""
    plugin = f"{PLUGIN},elf={ELF},limit={args.limit},list={args.list}"
    done = subprocess.run(
        [ROOT / "scripts" / "plumb", "run", system(seed, args.tries), "--smp", "1", "--icount",
         "--no-make", "--timeout", "500", "--qemu=-plugin", f"--qemu={plugin}"],
        cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    lines = [line.removeprefix("qemu: ") for line in done.stdout.splitlines() + done.stderr.splitlines()
             if line.startswith("qemu: ")]
    print("\n".join(lines), flush=True)
    found = LONGEST.search("\n".join(lines))
    if done.returncode != 0 or not found:
        print(f"FAIL seed {seed}: the run ended with {done.returncode}:\n{done.stdout[-1000:]}")
        return False
    good = found[1] == "within"
    print(f"{'PASS' if good else 'FAIL'} seed {seed}: {found[3]} instructions, of {found[2]} stretches",
          flush=True)
    return good


def main(args: argparse.Namespace) -> None:
    good = [search(seed, args) for seed in range(args.seed, args.seed + args.seeds)]
    raise SystemExit(0 if all(good) else 1)
