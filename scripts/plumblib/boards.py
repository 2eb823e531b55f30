# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's boards: the arguments, and the state in which each starts."""

from dataclasses import dataclass
from pathlib import Path

from . import debian, disk, elf
from .common import PlumbError, did_you_mean

VIRT = "virt,dtb-randomness=off"
# vexpress has a sound chip (PL041): not one of the host's sound systems is tried for it.
NO_SOUND = ("-audiodev", "none,id=sound", "-global", "pl041.audiodev=sound")

UBOOT = ("-M", f"{VIRT},virtualization=on", "-cpu", "cortex-a15", "-bios",
         "/usr/lib/u-boot/qemu_arm/u-boot.bin")
DRIVES = {
    "qemu": ("-drive", "if=none,id=boot,format=raw,snapshot=on,file={}",
             "-device", "virtio-blk-device,drive=boot,bus=virtio-mmio-bus.31"),
    "orangepi-pc": ("-drive", "if=sd,format=raw,snapshot=on,file={}"),
}


@dataclass(frozen=True)
class Board:
    """`elf_at`: the image is given to QEMU as an ELF file for this address, which leaves the CPUs
    in their reset state. With a raw image, QEMU's own small boot loader enters HYP if it can."""

    machine: tuple[str, ...]
    enters: str
    elf_at: int | None = None
    dtb: str = ""  # one of debian.BOARDS; none: QEMU makes the tree
    smp: int = 2
    most: int = 8
    memory: str = ""  # "": what the system needs
    goes_off: bool = True  # can switch itself off: QEMU ends
    startable: int = 0  # CPUs that can be started, if not all
    refused: bool = False  # lacks what Plumbline needs
    disk: tuple[str, str] | None = None  # U-Boot boots it: disk.TARGETS, disk.FORMATS

    @property
    def comes_up(self) -> int:
        """The number of CPUs unless the user gives another."""
        return self.startable or self.smp


BOARDS = {
    "virt": Board(("-M", f"{VIRT},virtualization=on", "-cpu", "cortex-a15"), "HYP, PSCI"),
    "virt-a7": Board(("-M", f"{VIRT},virtualization=on", "-cpu", "cortex-a7"), "HYP, PSCI"),
    "virt-secure": Board(("-M", f"{VIRT},virtualization=on,secure=on", "-cpu", "cortex-a15"),
                         "Secure SVC, all CPUs at the entry", elf_at=0x42000000, goes_off=False),
    "virt-a7-secure": Board(("-M", f"{VIRT},virtualization=on,secure=on", "-cpu", "cortex-a7"),
                            "Secure SVC, all CPUs at the entry", elf_at=0x42000000, goes_off=False),
    "vexpress-a15": Board(("-M", "vexpress-a15", *NO_SOUND), "Secure SVC, SYS_FLAGS",
                          dtb="vexpress-v2p-ca15-tc1", most=2, memory="1G"),
    "vexpress-a15-elf": Board(("-M", "vexpress-a15", *NO_SOUND),
                              "Secure SVC, all CPUs at the entry", elf_at=0x82000000,
                              dtb="vexpress-v2p-ca15-tc1", most=2, memory="1G"),
    "vexpress-a15-hyp": Board(("-M", "vexpress-a15,secure=off,virtualization=on", *NO_SOUND),
                              "HYP, SYS_FLAGS", dtb="vexpress-v2p-ca15-tc1", most=2, memory="1G"),
    "vexpress-a15-hyp-elf": Board(("-M", "vexpress-a15,secure=off,virtualization=on", *NO_SOUND),
                                  "HYP, all CPUs at the entry", elf_at=0x82000000,
                                  dtb="vexpress-v2p-ca15-tc1", most=2, memory="1G"),
    "orangepi-pc": Board(("-M", "orangepi-pc"), "HYP, PSCI", dtb="sun8i-h3-orangepi-pc", smp=4,
                         most=4, memory="1G"),
    "orangepi-pc-elf": Board(("-M", "orangepi-pc"), "Secure SVC, CPUCFG", elf_at=0x42000000,
                             dtb="sun8i-h3-orangepi-pc", smp=4, most=4, memory="1G", goes_off=False),
    "mcimx7d-sabre": Board(("-M", "mcimx7d-sabre"), "HYP, PSCI", dtb="imx7d-sdb", most=2,
                           memory="1G"),
    "mcimx7d-sabre-elf": Board(("-M", "mcimx7d-sabre"), "Secure SVC, one CPU", elf_at=0x82000000,
                               dtb="imx7d-sdb", most=2, memory="1G", startable=1, goes_off=False),
    "midway": Board(("-M", "midway"), "HYP, PSCI", dtb="ecx-2000", smp=4, most=4, memory="1G"),
    "virt-uboot": Board((*UBOOT,), "HYP, PSCI; U-Boot, bootz", disk=("qemu", "zimage")),
    "virt-uboot-uimage": Board((*UBOOT,), "HYP, PSCI; U-Boot, bootm", disk=("qemu", "uimage")),
    "virt-uboot-fit": Board((*UBOOT,), "HYP, PSCI; U-Boot, bootm of a FIT", disk=("qemu", "fit")),
    "orangepi-pc-sd": Board(("-M", "orangepi-pc"), "HYP, PSCI 0.1; SPL and U-Boot from the card",
                            disk=("orangepi-pc", "zimage"), smp=4, most=4, memory="1G",
                            goes_off=False),
    "virt-plain": Board(("-M", VIRT, "-cpu", "cortex-a15"), "Non-secure SVC", refused=True,
                        goes_off=False),
    "raspi2b": Board(("-M", "raspi2b"), "Non-secure SVC, and no GIC", dtb="bcm2836-rpi-2-b", smp=4,
                     most=4, memory="1G", refused=True, goes_off=False),
}


def find(name: str) -> Board:
    if name not in BOARDS:
        raise PlumbError(f"no board '{name}': one of {', '.join(BOARDS)}"
                         + did_you_mean(name, BOARDS))
    return BOARDS[name]


def checked_smp(name: str, smp: int) -> int:
    """CPUs that the board can have."""
    most = find(name).most
    if not 1 <= smp <= most:
        raise PlumbError(f"--smp {smp}: {name} has 1 to {most} CPUs")
    return smp


def arguments(board: Board, image: str) -> list[str]:
    """The arguments that make this board start this image. An ELF file or a disk is written beside
    it if one is needed."""
    kernel = image
    argv = [*board.machine]
    if board.disk:
        target, form = board.disk
        out = Path(f"{image}.disk")
        disk.make(Path(image).read_bytes(), disk.TARGETS[target], form, None, out)
        return argv + [word.format(out) for word in DRIVES[target]]
    if board.elf_at is not None:
        kernel = f"{image}.elf"
        Path(kernel).write_bytes(elf.wrap(Path(image).read_bytes(), board.elf_at))
    if board.dtb:
        argv += ["-dtb", str(debian.boards()[board.dtb])]
    return [*argv, "-kernel", kernel]
