# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run --kernel` with the user's own device tree, and with files that it refuses."""

import struct
import subprocess
import tempfile
from pathlib import Path

from lib.check import ROOT, Check, run

KERNEL = "build/guest/test-kernel.bin"
ENTRY = "build/guest/test-entry.bin"
TREE = """/dts-v1/;
/ {
	model = "the user's own tree";
	compatible = "linux,dummy-virt";
	#address-cells = <1>;
	#size-cells = <1>;
	memory@40000000 { device_type = "memory"; reg = <0x40000000 0x2000000>; };
	chosen { bootargs = "from the tree memory=0x2000000"; };
};
"""


def plumb(*more: str) -> tuple[int, str]:
    done = subprocess.run(["scripts/plumb", "run", "--no-make", "--timeout", "120", *more],
                          cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def check_own_tree(check: Check, folder: Path) -> None:
    blob = folder / "own.dtb"
    good, said = run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(blob), "-"], stdin=TREE)
    check.result(good, "dtc", said)
    code, said = plumb("--kernel", KERNEL, "--dtb", str(blob), "--guest-memory", "32M",
                       "--append", "not in the tree")
    check.result(code == 0 and "kernel: model the user's own tree" in said
                 and "kernel: bootargs 'from the tree memory=0x2000000'" in said
                 and "5 passed, 0 failed" in said, "--dtb: the guest gets that tree", said)


def check_segments(check: Check, folder: Path) -> None:
    """An ELF file whose link and load addresses differ: data with bss first, then the program, and
    bss at the usual address of the initial RAM disk."""
    program = (ROOT / ENTRY).read_bytes()
    data = bytes((7 * n + 3) & 0xff for n in range(5000))
    segments = ((0x42000000, data, 0x20000), (0x40010000, program, 0x1800000))
    head = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIIIIIHHHHHH", 2, 40, 1, 0xc0010000, 52, 0, 0, 52, 32, len(segments), 0, 0, 0)
    offset, table, body = 52 + 32 * len(segments), b"", b""
    for paddr, content, memory in segments:
        table += struct.pack("<8I", 1, offset + len(body), paddr + 0x80000000, paddr, len(content),
                             memory, 7, 4)
        body += content
    path = folder / "segments.elf"
    path.write_bytes(head + table + body)
    code, said = plumb("--kernel", str(path), "--guest-memory", "64M", "--vcpus", "3",
                       "--initrd", "LICENSE", "--append",
                       "dtb=0x40000000 segment=0x42000000 size=5000 space=0x20000 "
                       "initrd=0x42020000")
    check.result(code == 0 and "47 passed, 0 failed" in said,
                 "an ELF file's segments, in their places and with zeros behind", said)


def check_bytes(check: Check) -> None:
    """--raw: all 256 bytes in and out, and nothing else on standard output."""
    keys = "".join(f"\\x{byte:02x}" for byte in range(256))
    done = subprocess.run(
        ["scripts/plumb", "run", "--no-make", "--timeout", "240", "--raw", "--kernel",
         "build/guest/test-bytes.bin", "--send", f"ready=>{keys}"],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    wanted = (b"bytes: ready\r\nbytes: 256 taken, 0 wrong\r\n" + bytes(range(256)) + b"\n"
              b"PASS: bytes: all came\r\nPASS: bytes: in their order\r\n"
              b"SUMMARY: 2 passed, 0 failed, 0 skipped\r\n")
    check.result(done.returncode == 0 and done.stdout == wanted,
                 "--raw: all 256 bytes in and out, and nothing else", f"{done.stdout!r}\n{done.stderr!r}")


def check_no_clock(check: Check, folder: Path) -> None:
    """A board whose device tree has no clock in use."""
    blob = folder / "board.dtb"
    machine = f"virt,virtualization=on,dtb-randomness=off,dumpdtb={blob}"
    good, said = run(["qemu-system-arm", "-M", machine, "-cpu", "cortex-a15", "-smp", "2",
                      "-m", "512", "-nic", "none", "-display", "none"])
    for argv in (["fdtput", "-t", "s", str(blob), "/pl031@9010000", "status", "disabled"],
                 ["fdtget", str(blob), "/memory@40000000", "device_type"]):
        done, more = run(argv)
        good, said = good and done, said + more
    check.result(good, "a board's tree without a clock", said)
    code, said = plumb("--kernel", "build/guest/test-clock.bin", "--append", "counter alone",
                       "--qemu=-dtb", f"--qemu={blob}")
    check.result(code == 0 and "the time is the counter's" in said and " 0 failed" in said,
                 "no clock on the board: the time began with the counter", said)


def check_refused(check: Check, folder: Path) -> None:
    junk = folder / "junk"
    junk.write_bytes(b"junk")
    rows = (("--kernel absent", ["--kernel", "absent"], "absent"),
            ("--initrd absent", ["--kernel", KERNEL, "--initrd", "absent"], "absent"),
            ("--dtb without a device tree", ["--kernel", KERNEL, "--dtb", str(junk)], "dtb"),
            ("nine vCPUs", ["--kernel", KERNEL, "--vcpus", "9"], "--vcpus 9"),
            ("too little memory", ["--kernel", KERNEL, "--guest-memory", "64K"], "memory-size"),
            ("a kernel and a system", ["guest/demo.dts", "--kernel", KERNEL], "--kernel FILE"))
    for what, words, text in rows:
        code, said = plumb(*words)
        check.result(code == 5 and text in said and "linux,dummy-virt" not in said,
                     f"{what}: exit code 5", f"exit code {code}\n{said}")


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory() as name:
        check_own_tree(check, Path(name))
        check_segments(check, Path(name))
        check_bytes(check)
        check_no_clock(check, Path(name))
        check_refused(check, Path(name))
