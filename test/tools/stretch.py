# SPDX-License-Identifier: BSD-2-Clause
"""Searches for the longest stretch that the monitor works with interrupts masked: the guest of
test/systems/stretch.dts tries states and accesses, seed by seed, on one or more CPUs, and a plugin
of QEMU counts (test/stretch/stretch.c). Or 63 partitions flood the console."""

import argparse
import re
import subprocess
from pathlib import Path

from lib.check import ROOT

HELP = """\
A seed and a number of recipes find the same again: --seed 7 --seeds 1 repeats what a longer
search has found, and --list 20 shows where the time goes. --flood has no seeds.
"""

SYSTEMS = ROOT / "test" / "systems"
SYSTEM = SYSTEMS / "stretch.dts"
TORRENT = SYSTEMS / "rtos-torrent.dts"
PARTITIONS = 64
TIMEOUT_S = 500
PLUGIN = ROOT / "build" / "stretch" / "stretch.so"
ELF = ROOT / "build" / "plumbline.elf"
WORK = ROOT / "build" / "stretch"
LONGEST = re.compile(r"stretch: (within|past) the limit: the longest of (\d+) has (\d+) ")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--seeds", type=int, default=4, help="how many seeds (default: 4)")
    parser.add_argument("--tries", type=int, default=400, help="recipes per seed (default: 400)")
    parser.add_argument("--cpus", type=int, default=1, choices=range(1, 9), metavar="1..8",
                        help="CPUs that the vCPUs may use (default: 1)")
    parser.add_argument("--flood", action="store_true",
                        help=f"{PARTITIONS} partitions that flood the console, instead of a search")
    parser.add_argument("--limit", type=int, default=10000, help="instructions (default: 10000)")
    parser.add_argument("--list", type=int, default=3, help="stretches to print (default: 3)")


def write(name: str, text: str) -> Path:
    """A manifest beside the plugin."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{name}.dts"
    path.write_text(text)
    return path


def substitute(path: Path, changes: dict[str, str], text: str) -> str:
    """Each pattern must be there once."""
    for pattern, value in changes.items():
        text, count = re.subn(pattern, value, text)
        if count != 1:
            raise SystemExit(f"{path}: has no '{pattern}', or more than one")
    return text


def system(seed: int, tries: int, cpus: int) -> Path:
    """The manifest with this seed, whose vCPUs may use `cpus` CPUs."""
    changes = {r"seed=\d+ tries=\d+": f"seed={seed} tries={tries}",
               r"cpus = <1>": f"cpus = <{(1 << cpus) - 1:#x}>"}
    return write(f"seed-{seed}", substitute(SYSTEM, changes, SYSTEM.read_text()))


def flood() -> Path:
    """rtos-torrent.dts with as many partitions as there may be."""
    text = TORRENT.read_text()
    nodes = re.findall(r"^\ttorrent\d+ \{.*?^\t\};\n", text, re.DOTALL | re.MULTILINE)
    if not nodes:
        raise SystemExit(f"{TORRENT}: has no partition 'torrentN'")
    changes = {r"strict worst-ns=\d+": "worst-ns=1000000"}
    text = substitute(TORRENT, changes, text[:text.index(nodes[0])])
    more = [re.sub(r"torrent\d+", f"torrent{n}", nodes[0], count=1) for n in range(1, PARTITIONS)]
    return write("flood", text + "\n".join(more) + "};\n")


def count(name: str, path: Path, cpus: int, args: argparse.Namespace) -> bool:
    """Prints the longest stretches of one run, and whether they are within the limit."""
    plugin = f"{PLUGIN},elf={ELF},limit={args.limit},list={args.list}"
    done = subprocess.run(
        [ROOT / "scripts" / "plumb", "run", path, "--smp", str(cpus), "--icount", "--memory", "512M",
         "--no-make", "--timeout", str(TIMEOUT_S), "--qemu=-plugin", f"--qemu={plugin}"],
        cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    lines = [line.removeprefix("qemu: ") for line in done.stdout.splitlines() + done.stderr.splitlines()
             if line.startswith("qemu: ")]
    print("\n".join(lines), flush=True)
    found = LONGEST.search("\n".join(lines))
    if done.returncode != 0 or not found:
        print(f"FAIL {name}: the run ended with {done.returncode}:\n{done.stdout[-1000:]}")
        return False
    good = found[1] == "within"
    print(f"{'PASS' if good else 'FAIL'} {name}: {found[3]} instructions, of {found[2]} stretches",
          flush=True)
    return good


def main(args: argparse.Namespace) -> None:
    if args.flood:
        good = [count("flood", flood(), 1, args)]
    else:
        good = [count(f"seed {seed}", system(seed, args.tries, args.cpus), args.cpus, args)
                for seed in range(args.seed, args.seed + args.seeds)]
    raise SystemExit(0 if all(good) else 1)
