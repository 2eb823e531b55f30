# SPDX-License-Identifier: BSD-2-Clause
"""Disk and network of a Debian kernel on passed-through virtio devices, beside bare QEMU."""

import argparse
import re
import sys

from . import beside
from .common import BUILD, PlumbError, make, relative

KERNEL = BUILD / "guests" / "armmp" / "vmlinuz"
INITRD = BUILD / "linux" / "initrd-root.gz"
DISK = BUILD / "linux" / "disk-a.img"
BOOTARGS = "console=ttyAMA0 quiet rdinit=/tests/root.sh test=throughput"
FIGURE = re.compile(r"FIGURE: (.+) = (\d+) us")
EPILOG = """\
The same kernel, initial RAM disk and devices both times, one CPU, 128 MiB. Each figure is the best
of three in the guest and of all rounds; bare QEMU and Plumbline take turns. The ratio is that of
the times: 1.10 means that Plumbline takes a tenth longer. Under an emulator most of the difference
is the emulator's own work: each page that a guest touches first is translated twice. With --icount
the time is that of the instructions, guest's and monitor's; the figures are then valid for the
network only, as the emulated disk completes at arbitrary times.
"""
MANIFEST = f"""/dts-v1/;
/ {{
	compatible = "plumbline,system-1";
	guest {{
		compatible = "plumbline,partition";
		memory-size = <0x8000000>;
		memory-at = <0 0x60000000>;
		identity;
		kernel = /incbin/("{KERNEL}");
		initrd = /incbin/("{INITRD}");
		bootargs = "{BOOTARGS}";
		virtio {{
			compatible = "plumbline,device";
			pa = <0 0x0a000000>;
			size = <0x1000>;
			interrupt = <48 49 50 51 52 53 54 55>;
			dt-compatible = "virtio,mmio";
			dt-step = <0x200>;
		}};
	}};
}};
"""


def devices() -> list[str]:
    argv = ["-drive", f"if=none,id=disk,format=raw,snapshot=on,file={DISK}",
            "-device", "virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0"]
    for n in (1, 2):
        argv += ["-netdev", f"hubport,id=net{n},hubid=0",
                 "-device", f"virtio-net-device,netdev=net{n},bus=virtio-mmio-bus.{n}"]
    return argv


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench throughput", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="default 2")
    parser.add_argument("--icount", action="store_true", help="instructions, of 1 ns each")
    parser.add_argument("--timeout", type=float, default=240, metavar="S",
                        help="for each run (default 240)")
    args = parser.parse_args(words)
    bare: dict[str, int] = {}
    here: dict[str, int] = {}
    logs = BUILD / "throughput"
    try:
        make("monitor", "host-tools", "guests")
        with beside.Pair(beside.System(MANIFEST, extra=devices()), own_tree=True) as pair:
            for n in range(args.rounds):
                for into, name, argv in ((bare, "bare", pair.bare(args.icount)),
                                         (here, "plumbline", pair.here(args.icount))):
                    lines = beside.run(argv, logs / f"{name}-{n}.log", args.timeout)
                    beside.best(into, beside.figures(lines, FIGURE))
    except (PlumbError, OSError) as error:
        print(f"bench throughput: {error}", file=sys.stderr)
        return 1
    print(f"{'':<38} {'bare, ms':>10} {'here, ms':>10} {'ratio':>7}")
    for name in bare:
        if name in here:
            print(f"{name:<38} {bare[name] / 1000:>10.1f} {here[name] / 1000:>10.1f} "
                  f"{here[name] / bare[name]:>7.2f}")
    missing = set(bare) ^ set(here)
    if missing or not bare:
        print(f"bench throughput: not measured on both: {', '.join(sorted(missing)) or 'anything'} "
              f"(logs in {relative(logs)})", file=sys.stderr)
        return 1
    return 0
