# SPDX-License-Identifier: BSD-2-Clause
"""Entry states that no board of QEMU has: a few instructions run before the image, on a board whose
CPUs all start at the entry, in Secure state."""

import subprocess
import tempfile
from pathlib import Path

from lib.check import Check, run
from plumblib import elf
from plumblib.common import ROOT, tool
from plumblib.outcome import END_LINE

BEFORE, IMAGE = 0x42000000, 0x42010000
# The image starts at IMAGE with r2 unchanged. SCTLR: ARM ARM B4.1.130, SCR: B4.1.129, CNTFRQ:
# B8.1.1.
HEAD = """
	.syntax unified
	.arch armv7-a
	.arch_extension sec
	.arm
	mrc	p15, 0, r3, c0, c0, 5
	and	r3, r3, #0xff
"""
GO = f"""
	ldr	r0, ={IMAGE:#x}
	bx	r0
	.ltorg
"""
MONITOR = "	cps	#0x16\n"
VECTORS = """
	mrc	p15, 0, r0, c1, c0, 0
	orr	r0, r0, #0x2000
	orr	r0, r0, #0x40000000
	mcr	p15, 0, r0, c1, c0, 0
"""
NO_FREQUENCY = """
	mov	r0, #0
	mcr	p15, 0, r0, c14, c0, 0
"""
# Through Monitor mode to Non-secure SVC, from which HYP cannot be reached.
NON_SECURE = """
	cps	#0x16
	mov	r0, #0x31
	mcr	p15, 0, r0, c1, c1, 0
	isb
	mov	r0, #0x1d3
	msr	spsr_cxsf, r0
	ldr	lr, =0x42010000
	movs	pc, lr
"""
CLOSED = """
	mov	r0, #0
	mcr	p15, 0, r0, c1, c1, 2
"""
SYSTEM, VFP = "guest/demo.dts", "test/systems/vfp.dts"
ROWS = (
    ("in Monitor mode", MONITOR, (), "end: status 0"),
    ("with high vectors, and exceptions in Thumb state", VECTORS, (), "end: status 0"),
    ("with NSACR 0: guests use VFP", CLOSED, (), "end: status 0"),
    ("with CNTFRQ 0, and the tree's clock-frequency", NO_FREQUENCY,
     ("-t", "i", "/timer", "clock-frequency", "62500000"), "end: status 0"),
    ("with CNTFRQ 0, and no clock-frequency in the tree", NO_FREQUENCY, (),
     "refused: timer: CNTFRQ is 0, and there is no clock-frequency"),
    ("the second CPU in Non-secure SVC", f"	cmp	r3, #1\n	bne	1f\n{NON_SECURE}1:\n", (),
     "refused: /cpus: CPU 1 starts in mode 0x13, not HYP (0x1a)"),
    ("the first CPU in Non-secure SVC", f"	cmp	r3, #0\n	bne	1f\n{NON_SECURE}1:\n", (),
     "refused: entered in mode 0x13, not HYP (0x1a)"),
)


def assemble(folder: Path, text: str) -> bytes:
    (folder / "before.S").write_text(HEAD + text + GO)
    for argv in (["arm-none-eabi-gcc", "-c", "-o", "before.o", "before.S"],
                 ["arm-none-eabi-objcopy", "-O", "binary", "before.o", "before.bin"]):
        subprocess.run([tool(argv[0]), *argv[1:]], cwd=folder, check=True)
    return (folder / "before.bin").read_bytes()


def pack(check: Check, folder: Path, system: str) -> bytes:
    image = folder / "system.img"
    good, why = run(["scripts/plumb", "pack", system, "--no-make", "-o", str(image)])
    check.result(good, f"plumb pack {system}", why)
    return image.read_bytes() if good else b""


def boot(folder: Path, smp: int) -> str:
    """The console's text up to the monitor's last line: such a board stays on."""
    argv = [tool("qemu-system-arm"), "-M", MACHINE, "-cpu", "cortex-a15", "-smp", str(smp), "-m",
            "512M", "-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio",
            "-kernel", "whole.elf", "-dtb", "board.dtb"]
    process = subprocess.Popen(["timeout", "160", *argv], cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace")
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if END_LINE.match(line.encode()):
            break
    process.terminate()
    process.wait()
    return said


MACHINE = "virt,secure=on,virtualization=on,dtb-randomness=off"


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory() as name:
        there = Path(name)
        systems = {path: pack(check, there, path) for path in (SYSTEM, VFP)}
        subprocess.run([tool("qemu-system-arm"), "-M", f"{MACHINE},dumpdtb={there / 'plain.dtb'}",
                        "-cpu", "cortex-a15", "-smp", "2", "-m", "512M", "-nic", "none", "-display",
                        "none"], cwd=ROOT, check=True, capture_output=True)
        # QEMU's file is as large as its room for changes, and QEMU would double that.
        subprocess.run([tool("dtc"), "-q", "-I", "dtb", "-O", "dtb", "-o", "plain.dtb", "plain.dtb"],
                       cwd=there, check=True)
        for what, text, tree, last in ROWS:
            before = assemble(there, text).ljust(IMAGE - BEFORE, b"\0")
            system = VFP if text == CLOSED else SYSTEM
            (there / "whole.elf").write_bytes(elf.wrap(before + systems[system], BEFORE))
            (there / "board.dtb").write_bytes((there / "plain.dtb").read_bytes())
            if tree:
                subprocess.run([tool("fdtput"), *tree[:2], "board.dtb", *tree[2:]], cwd=there,
                               check=True)
            said = boot(there, 2)
            check.result(f"plumbline: {last}" in said and "panic" not in said, what, said)
