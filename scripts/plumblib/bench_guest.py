# SPDX-License-Identifier: BSD-2-Clause
"""How fast a Debian kernel boots and works in a partition, beside bare QEMU."""

import argparse
import sys

from . import beside, speed
from .common import BUILD, PlumbError, make, relative

BOOTARGS = "console=ttyAMA0 quiet test=speed"
SYSTEM = '/include/ "test/systems/linux-speed.dts"\n/ {{ guest {{ bootargs = "{}"; }}; {} }};\n'
ALONE = beside.System(SYSTEM.format(BOOTARGS, "/delete-node/ watch;"))
WATCHED = beside.System(SYSTEM.format(BOOTARGS + " watch=1", ""), smp=2)
LOGS = BUILD / "bench-guest"
EPILOG = """\
One vCPU on a CPU of its own, 128 MiB; the same kernel, initial RAM disk, bootargs and device tree on
both sides. The first table has instructions: one takes 1 ns (-icount shift=0), so the figures are
those of guest and monitor together and repeat to within some ten thousandths; those of the naps
include the sleep. The second table has the exits, counted in a separate run by a partition on
another CPU; instructions/exit is the difference from bare QEMU divided by the number of exits. The
last table has the time on this host, best of the rounds, both sides taking turns: it includes the
emulator's work for a guest, such as walking two stages of tables at each TLB miss, and the load of
other programs on this host. The time that QEMU's threads ran depends less on that load.
"""


def run(argv: list[str], name: str, limit: float) -> list[beside.Line]:
    log = LOGS / f"{name}.log"
    lines = beside.run(argv, log, limit)
    failed = speed.failures(lines)
    if failed:
        raise PlumbError(f"failed: {', '.join(failed)}: {relative(log)}", 1)
    return lines


def count(pair: beside.Pair, limit: float) -> list[speed.Row]:
    """Prints instructions, and exits."""
    bare = speed.read_counts(run(pair.bare(True), "bare-icount", limit))
    here = speed.read_counts(run(pair.here(True), "plumbline-icount", limit))
    found = speed.rows(bare, here)
    print(speed.table("instructions, millions", found) + "\n", flush=True)
    with beside.Pair(WATCHED, False) as watched:
        lines = run(watched.here(True), "watched", limit)
    names = [name for name in beside.figures(lines, speed.FIGURE) if name != speed.BOOT]
    exits = speed.read_exits(lines, names)
    if len(exits) != len(names) + 1 or len(exits) < 2:
        raise PlumbError("not every workload's exits were counted: "
                         f"{relative(LOGS / 'watched.log')}", 1)
    print(speed.exits_table(exits, {row.name: row.here - row.bare for row in found}) + "\n",
          flush=True)
    return found


def clock(pair: beside.Pair, rounds: int, limit: float) -> None:
    """Prints times on this host."""
    wall: tuple[dict[str, int], dict[str, int]] = {}, {}
    cpu: tuple[dict[str, int], dict[str, int]] = {}, {}
    for n in range(rounds):
        for side, name, argv in ((0, "bare", pair.bare(False)), (1, "plumbline", pair.here(False))):
            lines = run(argv, f"{name}-{n}", limit)
            beside.best(wall[side], speed.read_times(lines))
            beside.best(cpu[side], speed.read_cpu(lines))
    if rounds:
        print(speed.table(f"ms on this host, best of {rounds}", speed.rows(*wall)) + "\n")
        print(speed.table(f"ms that QEMU ran, best of {rounds}", speed.rows(*cpu)))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench guest", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N",
                        help="for the time on this host (default 3; 0: instructions alone)")
    parser.add_argument("--strict", action="store_true",
                        help="exit 1 if a target is missed in instructions")
    parser.add_argument("--timeout", type=float, default=150, metavar="S",
                        help="for each run (default 150)")
    args = parser.parse_args(words)
    try:
        make("monitor", "host-tools", "guests")
        with beside.Pair(ALONE, False) as pair:
            found = count(pair, args.timeout)
            clock(pair, args.rounds, args.timeout)
    except (PlumbError, OSError) as error:
        print(f"bench guest: {error}", file=sys.stderr)
        return getattr(error, "code", 5)
    missed = speed.misses(found)
    if missed:
        print(f"bench guest: missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if args.strict and missed else 0
