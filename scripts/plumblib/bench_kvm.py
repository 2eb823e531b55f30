# SPDX-License-Identifier: BSD-2-Clause
"""What the ioctls of /dev/kvm cost, beside KVM/ARM."""

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import beside, pack, qemu
from .common import BUILD, ROOT, PlumbError, make, relative

# One CPU; the kernel has all of Debian's security modules, or only those that cannot be left out.
SYSTEM = """\
/include/ "test/systems/kvm.dts"
/ {{ linux {{
	vcpus = <1>;
	no-counter-offset;
	bootargs = "console=ttyAMA0 quiet test=kvm groups=speed {}";
}}; }};
"""
LOGS = BUILD / "bench-kvm"
FAILED = re.compile(r"FAIL: (.+)$")
FIGURE = re.compile(r"# (.+): (\d+)$")
EPILOG = """\
Instructions: one takes 1 ns (-icount shift=0), so a figure is that of program, kernel, module and
monitor together. The first column is Debian's armmp kernel as it is, the second the same with
lsm=capability: its other security modules look at each ioctl. KVM/ARM is that of Linux 5.6, without
them, on the same emulated CPU. '!' marks a target that is missed.
"""


@dataclass(frozen=True)
class Row:
    name: str  # as kvmtest prints it
    kvm: int | None
    target: int | None
    bare: int | None = None  # target with lsm=capability


# "inside": a partition's own figures, and KVM/ARM's.
ROWS = (
    Row("null system call", 106, None),
    Row("null VM ioctl", 227, None),
    Row("KVM_IRQ_LINE, raise and lower, mean", 471, 750, 520),
    Row("KVM_IRQ_LINE, no change", 391, 620, 520),
    Row("KVM_RUN from MMIO store to MMIO store", 2250, 1800),
    Row("raise, KVM_RUN, handler, same thread", 2134, 1900),
    Row("raise, KVM_RUN, handler, its MMIO store, same thread", None, None),
    Row("KVM_IRQ_LINE to handler, its thread asleep on the same CPU", 3616, 3600),
    Row("eventfd (KVM_IRQFD) to handler, the same", 6816, 5500),
    Row("a timer ends a WFI of 50 us: how late", 1588, 1588),
    Row("a timer ends a WFI of 3 ms: how late", 5563, 5000),
    Row("first touch of a page, of 900 in a row", 2398, 100),
    Row("inside: HVC", 914, 36),
    Row("inside: GICD_CTLR read", 1382, 64),
    Row("inside: GICD_ISENABLER written", 1535, 104),
    Row("inside: SGI to itself, taken and ended", 2119, 144),
    Row("inside: virtual timer, CVAL to handler entry", 1876, 130),
)


def measure(words: str, limit: float) -> dict[str, int]:
    name = words.replace("=", "-") or "debian"
    log = LOGS / f"{name}.log"
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "plumbline.img"
        image.write_bytes(pack.pack_source(SYSTEM.format(words).encode(), [ROOT], "the system").data)
        lines = beside.run(qemu.command(str(image), qemu.Run(smp=1, memory="512M", icount=True)), log,
                           limit)
    failed = [match[1] for line in lines if (match := FAILED.search(line.text))]
    if failed:
        raise PlumbError(f"failed: {', '.join(failed)}: {relative(log)}", 1)
    matches = [FIGURE.search(line.text) for line in lines]
    found = {match[1]: int(match[2]) for match in matches if match}
    missing = [row.name for row in ROWS if row.name not in found]
    if missing:
        raise PlumbError(f"no figure of '{missing[0]}': {relative(log)}", 1)
    return found


def text(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def table(here: dict[str, int], bare: dict[str, int]) -> str:
    lines = [f"{'instructions':58} {'Debian':>8} {'target':>7}  {'lsm=capability':>14} {'target':>7}  "
             f"{'KVM/ARM 5.6':>11}"]
    for row in ROWS:
        lines.append(f"{row.name:58} {text(here[row.name]):>8} {aim(row.target, here[row.name])} "
                     f"{text(bare[row.name]):>14} {aim(row.bare or row.target, bare[row.name])} "
                     f"{text(row.kvm):>11}")
    return "\n".join(lines)


def aim(target: int | None, found: int) -> str:
    return f"{text(target):>7}{'!' if target is not None and found > target else ' '}"


def is_missed(row: Row, here: dict[str, int]) -> bool:
    return row.target is not None and here[row.name] > row.target


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench kvm", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strict", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--timeout", type=float, default=120, metavar="S",
                        help="for each run (default 120)")
    args = parser.parse_args(words)
    try:
        make("monitor", "host-tools", "guests")
        here = measure("", args.timeout)
        bare = measure("lsm=capability", args.timeout)
    except (PlumbError, OSError) as error:
        print(f"bench kvm: {error}", file=sys.stderr)
        return getattr(error, "code", 5)
    print(table(here, bare))
    return 1 if args.strict and any(is_missed(row, here) for row in ROWS) else 0
