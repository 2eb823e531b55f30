# SPDX-License-Identifier: BSD-2-Clause
"""One image runs from any 4 KiB-aligned physical address: QEMU puts the packed system at several,
far apart and across 2 MiB borders, and a stub jumps there like a boot loader."""

from pathlib import Path

from lib.check import ROOT, Check, run

# RAM is 0x40000000..0x5fffffff; the device tree is at its start, as QEMU puts it for an ELF.
ADDRESSES = (0x40200000, 0x47E01000, 0x4FFFF000, 0x5F600000)
STUB = """
	.arm
	.globl _start
_start:
	ldr r2, =0x40000000
	ldr pc, =%s
	.ltorg
"""


def boot(folder: Path, image: Path, address: int) -> str:
    stub, elf = folder / f"stub-{address:x}.S", folder / f"stub-{address:x}.elf"
    stub.write_text(STUB % hex(address))
    good, said = run(["arm-none-eabi-gcc", "-mcpu=cortex-a15", "-nostdlib", "-Wl,--build-id=none",
                      "-Wl,-Ttext=0x5ff00000", "-o", str(elf), str(stub)])
    if good:
        _, said = run(["timeout", "240", "qemu-system-arm", "-M", "virt,virtualization=on",
                       "-cpu", "cortex-a15", "-smp", "2", "-m", "512M", "-nic", "none",
                       "-display", "none", "-monitor", "none", "-serial", "stdio",
                       "-kernel", str(elf),
                       "-device", f"loader,file={image},addr={address:#x},force-raw=on"])
    return said


def main(check: Check) -> None:
    folder = ROOT / "build" / "test" / "position"
    folder.mkdir(parents=True, exist_ok=True)
    image = folder / "system.img"
    good, said = run(["scripts/plumb", "pack", "--no-make", "guest/demo.dts", "-o", str(image)])
    check.result(good, "the demo packs", said)
    for address in ADDRESSES:
        said = boot(folder, image, address)
        good = f"image at {address:#x}" in said and "plumbline: end: status 0" in said
        check.result(good, f"the demo runs from {address:#x}", said)
