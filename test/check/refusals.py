# SPDX-License-Identifier: BSD-2-Clause
"""Systems that cannot run: plumb (exit code 5) names the node and the property, and so does the
monitor (4) if the board is the reason and plumb does not check against it."""

import re
import subprocess
import tempfile
from pathlib import Path

from lib.check import ROOT, Check, run
from plumblib import qemu
from plumblib.pack import MONITOR, memory_size

SYSTEM = """/dts-v1/;
/ {
	compatible = "plumbline,system-1";

	first {
		compatible = "plumbline,partition";
		memory-size = <0x200000>;
		kernel = /incbin/("build/guest/test-ender.bin");
		vcpus = <2>;
		FIRST
	};

	second {
		compatible = "plumbline,partition";
		memory-size = <0x200000>;
		kernel = /incbin/("build/guest/test-ender.bin");
		vcpus = <2>;
		SECOND
	};
	MORE
};
"""
DEVICE = 'd { compatible = "plumbline,device"; pa = <PA>; size = <0x1000>; ipa = <0x0b000000>; };'
AT = "memory-at = <0 0x48000000>;"

# Replacements of FIRST, SECOND and MORE; more arguments; the exit code if the board is not checked
# before; the message.
ROWS: tuple[tuple[str, dict[str, str], str, int, str], ...] = (
    ("nothing wrong", {}, "", 0, r"plumbline: end: status 0"),
    ("overlapping memory-at", {"FIRST": AT, "SECOND": "memory-at = <0 0x48100000>;"}, "", 5,
     r"/second: memory-at: <0 0x48100000>: overlaps"),
    ("unknown property", {"FIRST": "memroy-at = <0 0x48000000>;"}, "", 5,
     r"/first: memroy-at: <0 0x48000000>: unknown property: did you mean 'memory-at'\?"),
    ("unknown node", {"SECOND": "timer { };"}, "", 5, r"/second/timer: .*unknown node"),
    ("unknown property of the root", {"MORE": "", "/ {": "/ { time-slice = <1>;"}, "", 5,
     r"time-slice: <1>: unknown property"),
    ("missing image", {"SECOND": 'initrd = /incbin/("absent.gz");'}, "", 5, r"absent\.gz"),
    ("too many vCPUs", {"vcpus = <2>": "vcpus = <9>"}, "", 5, r"/first: vcpus: "),
    ("a pool without VMs", {"FIRST": "vm-pool = <0x10000>;"}, "", 5,
     r"/first: vms: missing: vm-pool needs it"),
    ("VMs without a pool", {"SECOND": "vms = <1>;"}, "", 5,
     r"/second: vm-pool: missing: vms needs it"),
    ("too many VMs", {"FIRST": "vms = <65>; vm-pool = <0x10000>;"}, "", 5,
     r"/first: vms: <0x41>: must be 1 to 64 VMs"),
    ("a pool that ends within a page", {"FIRST": "vms = <1>; vm-pool = <0 0x10800>;"}, "", 5,
     r"/first: vm-pool: <0 0x10800>: must be a multiple of 4 KiB \(0x1000\) from 64 KiB to 64 MiB"),
    ("VMs without a GIC", {"FIRST": "vms = <1>; vm-pool = <0x10000>; gic = \"none\";"}, "", 5,
     r"/first: vms: <1>: must not be given without a GIC"),
    ("the interrupt of a creator's doorbell", {"FIRST": "vms = <1>; vm-pool = <0x10000>; " + DEVICE.replace(
        "PA", "0 0x0a000000").replace("size", "interrupt = <38>; size")}, "", 5,
     r"/first/d: interrupt: <38>: 38 is the doorbell of 'vms': give no vms or another"),
    ("rights on an unknown partition", {"FIRST": 'rights = "third";'}, "", 5, r"/first: rights: "),
    ("two partitions of a name", {"second {": "first {"}, "", 5, r"first"),
    ("memory that ends within a page", {"<0x200000>": "<0x200800>"}, "", 5,
     r"/first: memory-size: <0x200800>: must be a multiple of 4 KiB"),
    ("an image that does not fit", {"<0x200000>": "<0x11000>"}, "", 5, r"/first: "),
    ("a device twice", {"FIRST": DEVICE.replace("PA", "0 0x09010000"),
                        "SECOND": DEVICE.replace("PA", "0 0x09010000")}, "", 5, r"/second/d: pa: "),
    ("more memory than the board's", {"<0x200000>": "<0x20000000>"}, "--memory 256M", 4,
     r"/first: memory-size: (<0x20000000>: )?is more than the board has left"),
    ("a pool larger than the board", {"SECOND": "vms = <1>; vm-pool = <0x4000000>;"}, "--memory 64M", 4,
     r"/second: vm-pool: (<0x4000000>: )?is more than the board has left"),
    ("more memory in all", {"<0x200000>": "<0x6000000>"}, "--memory 128M", 4,
     r"first: memory-size: the board has no free range of this size"),
    ("memory-at where no memory is", {"FIRST": AT}, "--memory 128M", 4,
     r"/first: memory-at: (<0 0x48000000>: )?does not lie in free memory of the board"),
    ("memory-at where the monitor is", {"FIRST": "memory-at = <0 0x40000000>;"}, "", 4,
     r"/first: memory-at: "),
    ("CPUs that the board has not", {"SECOND": "cpus = <1 2>;"}, "--smp 1", 4,
     r"/second: cpus: (<1 2>: )?names no CPU that the board has"),
    ("the board's GIC as a device", {"SECOND": DEVICE.replace("PA", "0 0x08010000")}, "", 4,
     r"/second/d: pa: (<0 0x8010000>: )?is the board's GIC"),
    ("an interrupt that the board's GIC has not", {"SECOND": "irqs = <1020>; " + DEVICE.replace(
        "PA", "0 0x0a000000").replace("size", "interrupt = <40 300>; size")}, "", 4,
     r"/second/d: interrupt: .*GIC"),
    ("the UART of the monitor's console as a device", {"SECOND": 'console = "none"; '
     + DEVICE.replace("PA", "0 0x09000000")}, "", 4, r"/second/d: pa: (<0 0x9000000>: )?is the UART"),
    ("its interrupt", {"SECOND": 'console = "none"; ' + DEVICE.replace("PA", "0 0x0a000000").replace(
        "size", "interrupt = <33>; size")}, "", 4, r"/second/d: interrupt: (<33>: )?is the interrupt"),
    ("rights by a label", {"second {": "two: second {", "FIRST": "rights = <&two>;"}, "", 5,
     r"/first: rights: .*label"),
    ("rights by a label of its own", {"first {": "one: first {", "FIRST": "rights = <&one>;"}, "", 5,
     r"/first: rights: .*label"),
    ("a number by a label", {"second {": "two: second {", "FIRST": "priority = <&two>;"}, "", 5,
     r"/second: phandle: .*label"),
    ("reserved memory", {"/ {": "/memreserve/ 0x48000000 0x1000; / {"}, "", 5, r"/memreserve/: "),
    ("the board's memory as a device", {"SECOND": DEVICE.replace("PA", "0 0x47000000")}, "", 4,
     r"/second/d: pa: (<0 0x47000000>: )?is the board's memory"),
)


def source(changes: dict[str, str]) -> str:
    text = SYSTEM
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    for word in ("FIRST", "SECOND", "MORE"):
        text = text.replace(word, "")
    return text


# Known only to the monitor: its own memory, and the number of its GIC's interrupts.
ONLY_AT_BOOT = ("memory-at where the monitor is", "an interrupt that the board's GIC has not",
                "more memory in all")


def check_one(check: Check, system: Path, more: list[str], code: int, what: str,
              pattern: str) -> None:
    done = subprocess.run(
        ["scripts/plumb", "run", str(system), "--no-make", "--timeout", "120", *more],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False)
    started = "first guest instruction" in done.stdout
    check.result(done.returncode == code and bool(re.search(pattern, done.stdout))
                 and started == (code == 0), f"{what}: exit code {code}",
                 f"exit code {done.returncode}\n{done.stdout}")


def check_manifests(check: Check, folder: Path) -> None:
    for what, changes, more, code, pattern in ROWS:
        system = folder / "system.dts"
        system.write_text(source(changes))
        if code != 4:
            check_one(check, system, more.split(), code, what, pattern)
            continue
        check_one(check, system, ["--unchecked", *more.split()], 4, what,
                  "plumbline: refused: " + pattern)
        if what in ONLY_AT_BOOT:
            check_one(check, system, more.split(), 4, f"{what}, checked", pattern)
        else:
            check_one(check, system, more.split(), 5, f"{what}, checked",
                      r"system\.dts:\d+:\d+: " + pattern)


def boot(image: Path) -> str:
    """The board's output; a monitor that refuses turns the board off."""
    argv = qemu.command(str(image), qemu.Run()) + ["-serial", "stdio", "-monitor", "none"]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace") + "\n(time limit)"
    return done.stdout.decode(errors="replace")


def check_packed(check: Check, folder: Path) -> None:
    """Files that were damaged after packing: only the monitor's own reader can find it."""
    system, packed = folder / "system.dts", folder / "packed.img"
    system.write_text(source({}))
    good, said = run(["scripts/plumb", "pack", str(system), "--no-make", "-o", str(packed)])
    data = packed.read_bytes() if good else b""
    at = memory_size(MONITOR.read_bytes())
    total = int.from_bytes(data[at + 4:at + 8], "big")
    damaged = {
        "packed and complete": (data, "end: status 0"),
        "no manifest": (MONITOR.read_bytes(), "refused: manifest: none follows the monitor: make "
                        "one file of both with 'plumb pack'"),
        "a manifest cut in half": (data[:at + total // 2], "refused: image: its end is missing"),
        "a manifest of half its size": (
            data[:at + 4] + (total // 2).to_bytes(4, "big") + data[at + 8:], "refused: manifest"),
        "a manifest without its magic": (data[:at] + bytes(4) + data[at + 4:],
                                         "refused: manifest"),
        "a manifest of 3 GiB": (data[:at + 4] + b"\xc0\0\0\0" + data[at + 8:],
                                "refused: manifest"),
        "its last word cut off": (data[:-4], "refused: image: its end is missing"),
        "cut, with the end of another file behind it": (data[:-4] + b"\1\2\3\4",
                                                        "refused: image: its end is missing"),
    }
    check.result(good, "plumb pack", said)
    for what, (image, text) in damaged.items():
        packed.write_bytes(image)
        said = boot(packed)
        check.result(f"plumbline: {text}" in said and "panic" not in said, what, said)


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory() as name:
        check_manifests(check, Path(name))
        check_packed(check, Path(name))
