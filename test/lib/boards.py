# SPDX-License-Identifier: BSD-2-Clause
"""Data of real boards, typed from their manuals and Linux's bindings, not from the reader's output:
the reader must find exactly these in Debian's device trees."""

from dataclasses import dataclass
from typing import Any

# The block of 32 KiB with the GIC of a Cortex-A7, Cortex-A15 or GIC-400: DDI 0471B 3.1.
FRAMES = (0x1000, 0x2000, 0x4000, 0x6000)
PPIS = "maintenance 25, virtual timer 27, physical timer 30, HYP timer 26"
LEFT_OUT = "left out: nothing known starts it"
U_BOOT_PSCI = "PSCI 0x95c1ba60"  # PSCI 0.1 has no fixed numbers; U-Boot chose 'ARM' backwards


@dataclass(frozen=True)
class Board:
    """Addresses physical. `add`: options of plumb board, for the boot loader's additions."""

    gic: int  # base of the block
    memory: tuple[str, ...]
    cpus: tuple[str, ...]
    timer: str = "in CNTFRQ"
    uart: str = "none that is known"
    off: str = "nothing known"
    counter: str | None = None
    gic_note: str = ""
    add: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The reader's answer, without model and reservations."""
        gic = " ".join(f"{name} {self.gic + at:#x}"
                       for name, at in zip(("GICD", "GICC", "GICH", "GICV"), FRAMES))
        console = ", without a console" if self.uart.startswith("none") else ""
        return [*(f"memory: {m}" for m in self.memory), *(f"cpu: {c}" for c in self.cpus),
                f"gic: {gic}{self.gic_note}", "gich-alias: probed at boot", f"interrupts: {PPIS}", f"timer: {self.timer}",
                *([f"counter: {self.counter}"] if self.counter else []), f"uart: {self.uart}",
                f"power-off: {self.off}", f"verdict: supported{console}"]


def _cpus(how: str, *mpidrs: int) -> tuple[str, ...]:
    return tuple(f"{mpidr:#x}, {how}" for mpidr in mpidrs)


def _first_boots(how: str, *mpidrs: int) -> tuple[str, ...]:
    return (f"{mpidrs[0]:#x}, boots", *_cpus(how, *mpidrs[1:]))


EXYNOS: dict[str, Any] = {"timer": "24000000 Hz", "counter": "started by the MCT at 0x101c0000",
                          "uart": "Exynos 0x12c20000, interrupt 85",
                          "off": "0x5200 to 0x1004330c"}
ALLWINNER: dict[str, Any] = {"gic": 0x01c80000, "memory": ("0x40000000 0x40000000",),
                             "add": ("--memory", "1G@0x40000000", "--psci", "0.1")}

SUPPORTED = {
    # ARM DUI 0447: RAM at 0x80000000, motherboard's registers in CS3 at 0x1c000000.
    "vexpress-v2p-ca15-tc1": Board(
        0x2c000000, ("0x80000000 0x40000000",), _first_boots("SYS_FLAGS and an SGI", 0, 1),
        uart="PL011 0x1c090000, interrupt 37", off="SYS_CFG"),
    "exynos5250-arndale": Board(
        0x10480000, ("0x40000000 0x80000000",), _first_boots("SYSRAM, PMU and an SGI", 0, 1),
        **EXYNOS),
    # Cortex-A7 cluster 1 first; its CPUs are started in another way than the 5250's.
    "exynos5422-odroidxu4": Board(
        0x10480000, ("0x40000000 0x7ea00000",),
        _first_boots(LEFT_OUT, 0x100, 0x101, 0x102, 0x103, 0, 1, 2, 3), **EXYNOS),
    "sun7i-a20-bananapi": Board(
        cpus=_cpus(U_BOOT_PSCI, 0, 1),
        uart="8250 (DW) 0x1c28000, interrupt 33", **ALLWINNER),
    "sun7i-a20-cubieboard2": Board(
        cpus=_cpus(U_BOOT_PSCI, 0, 1),
        uart="8250 (DW) 0x1c28000, interrupt 33", **ALLWINNER),
    "sun8i-h3-orangepi-pc": Board(
        cpus=_cpus(U_BOOT_PSCI, 0, 1, 2, 3),
        uart="8250 (DW) 0x1c28000, interrupt 32", **ALLWINNER),
    "imx7d-sdb": Board(
        0x31000000, ("0x80000000 0x80000000",), _cpus("PSCI 0x84000003", 0, 1),
        uart="i.MX 0x30860000, interrupt 58",
        timer="in CNTFRQ, if the boot loader sets it: firmware does not",
        off="PSCI", add=("--psci", "1.0")),
    "ecx-2000": Board(
        0xfff10000, ("0x0 0xff800000", "0x200000000 0x300000000"),
        _cpus("PSCI 0x84000006", 0, 1, 2, 3), uart="PL011 0xfff36000, interrupt 52"),
    "tegra124-jetson-tk1": Board(
        0x50040000, ("0x80000000 0x80000000",), _cpus("PSCI 0x84000003", 0, 1, 2, 3),
        uart="8250 0x70006300, interrupt 122", off="PSCI", add=("--psci", "1.0")),
    "omap5-uevm": Board(
        0x48210000, ("0x80000000 0x7f000000",), _first_boots(LEFT_OUT, 0, 1),
        uart="8250 (OMAP) 0x48020000, interrupt 106"),
    "stm32mp157c-dk2": Board(
        0xa0020000, ("0xc0000000 0x20000000",), _cpus("PSCI 0x84000003", 0, 1),
        uart="STM32 0x40010000, interrupt not known",  # through EXTI: the tree has no map to the GIC
        off="PSCI", gic_note=" (the last two by its manual)"),
}
TIMER_OFF = "/timer: status: the architected timer is disabled"
# Erratum i940 of DRA7 and AM57: the counter loses bits; the i.MX6UL never starts it.
REFUSED = {
    "am57xx-beagle-x15": TIMER_OFF,
    "dra7-evm": TIMER_OFF,
    "imx6ul-14x14-evk": TIMER_OFF,
    "exynos4210-origen": "/soc/interrupt-controller@10490000: compatible: the GIC of a Cortex-A5",
    "highbank": "/soc/interrupt-controller@fff11000: compatible: the GIC of a Cortex-A5",
    "sun8i-h3-orangepi-pc": "/: there is no memory node",
    "sun7i-a20-bananapi": "/: there is no memory node",
}
