# SPDX-License-Identifier: BSD-2-Clause
"""The Arndale's start, as far as QEMU can run it without an Exynos 5250: its card, U-Boot's script
on it, its device tree, and the monitor in HYP on a Cortex-A15. Its devices are plain memory of a
PCI device of virt at the addresses of the Exynos: they keep written values and have no function.
The monitor's output to the UART is read from QEMU's log of the driver's calls."""

import argparse
import mmap
import re
import tempfile
from pathlib import Path

from lib.check import Check
from lib.uboot import FROM_DISK, Boot, drive, make_disk, run
from plumblib import debian, pack
from plumblib.common import BUILD, ROOT, run_tool, tool

HELP = """\
Two boots: with the board's unchanged tree, up to the second CPU, which does not start; and with a
tree of one CPU, up to a partition's end. --show prints both consoles.
"""
# The Exynos 5250's registers: user manual, and public code that runs on the board.
WINDOW, SIZE = 0x10000000, 64 << 20
UART2, GICD, GICC, GICH = 0x12c20000, 0x10481000, 0x10482000, 0x10484000
MCT_G_TCON, MCT_G_WSTAT = 0x101c0240, 0x101c024c
PMU_CORE1_STATUS, PS_HOLD = 0x10042084, 0x1004330c
SYSRAM = 0x02020000  # virt has a flash there, whose writes are logged
# Values that reads must return: the UART has sent all, the counter has its value, CPU 1 has power; a
# GIC-400 of 160 interrupts and 2 CPUs, no interrupt pending, 4 list registers; power is on.
FILLED = {UART2 + 0x10: 6, MCT_G_WSTAT: 1 << 16, PMU_CORE1_STATUS: 3, GICD + 4: 0x24,
          GICC + 0xc: 1023, GICH + 4: 0x90000003, PS_HOLD: 0x5300}
# The PCI device's configuration space: its memory BAR (64 bits), and memory decoding on.
CONFIG = 0x3f000000 + (4 << 15)
MAP = (f"mw.l {CONFIG + 0x18:x} {WINDOW:x}", f"mw.l {CONFIG + 0x1c:x} 0", f"mw.w {CONFIG + 4:x} 6")
VIRT = ("-M", "virt,dtb-randomness=off,virtualization=on,highmem=off", "-cpu", "cortex-a15",
        "-bios", "/usr/lib/u-boot/qemu_arm/u-boot.bin")
# A guest that needs no interrupt.
SYSTEM = """/dts-v1/;
/ {
	compatible = "plumbline,system-1";

	windows {
		compatible = "plumbline,partition";
		memory-size = <0x200000>;
		virtio-windows;
		kernel = /incbin/("build/guest/test-windows.bin");
	};
};
"""
END = re.compile(r"plumbline: end: status \d\r?\n")


class Registers:
    """The memory in place of the SoC."""

    def __init__(self, path: Path):
        self.path = path
        path.write_bytes(b"")
        with path.open("r+b") as file:
            file.truncate(SIZE)
            self.map = mmap.mmap(file.fileno(), SIZE)
        for address, value in FILLED.items():
            at = address - WINDOW
            self.map[at:at + 4] = value.to_bytes(4, "little")

    def __getitem__(self, address: int) -> int:
        at = address - WINDOW
        return int.from_bytes(self.map[at:at + 4], "little")


class Trace:
    """QEMU's log: CPU registers at each call of the UART's send, and writes to the flash."""

    def __init__(self, path: Path):
        self.path = path
        said = run_tool([tool("arm-none-eabi-nm"), str(BUILD / "plumbline.elf")], "nm").decode()
        send = re.search(r"^([0-9a-f]+) \w uart_exynos_send\b", said, re.M)
        assert send
        # From its first instruction on: one entry a call.
        self.arguments = ["-d", "exec,cpu,nochain", "-dfilter", f"0x{send[1]}+4",
                          "-trace", "pflash_io_write", "-D", str(path)]

    def text(self) -> str:
        return self.path.read_text(errors="replace") if self.path.exists() else ""

    def console(self) -> str:
        """Every R1 is a byte."""
        return "".join(chr(int(value, 16) & 0xff)
                       for value in re.findall(r"R01=([0-9a-f]{8})", self.text()))

    def sysram(self) -> list[int]:
        found = re.findall(rf"offset:{SYSRAM:#x} size:4 value:(\w+)", self.text())
        return [int(value, 16) for value in found]


class Run:
    """One boot of a card with this tree."""

    def __init__(self, folder: Path, name: str, tree: bytes):
        system = pack.pack_source(SYSTEM.encode(), [ROOT], "the Arndale's system")
        card = make_disk(folder, name, system.data, "zimage", "arndale", tree)
        self.registers = Registers(folder / f"{name}.soc")
        self.trace = Trace(folder / f"{name}.log")
        soc = ["-object", f"memory-backend-file,id=soc,share=on,mem-path={self.registers.path},"
               f"size={SIZE}", "-device", "ivshmem-plain,memdev=soc,addr=4"]
        self.boot = run(Boot(
            name, [*drive(card), *soc, *self.trace.arguments], "", typed=(*MAP, *FROM_DISK),
            memory="2G", machine=VIRT, smp=1, over=lambda: END.search(self.trace.console()) is not None))
        self.console = self.trace.console()

    def says(self, check: Check, pattern: str) -> None:
        check.result(re.search(pattern, self.console, re.M) is not None,
                     f"{self.boot.what}: {pattern}", f"{self.boot.said}\n{self.console}")


def check_card(check: Check, one: Run, tree: bytes) -> None:
    """U-Boot's boot from the card, as by Debian's U-Boot for the Arndale, which uses the same
    script names."""
    said = one.boot.said
    for pattern in (r"Found U-Boot script /boot\.scr|Booting bootflow .* with script",
                    r"Plumbline: plumbline\.img from virtio 0", rf"^{len(tree)} bytes read",
                    r"Device Tree blob at 4ff00000", r"Starting kernel"):
        check.result(re.search(pattern, said, re.M) is not None, f"{one.boot.what}: {pattern}", said)


def check_registers(check: Check, one: Run, wanted: dict[str, tuple[int, int]]) -> None:
    for what, (address, value) in wanted.items():
        check.result(one.registers[address] == value, f"{one.boot.what}: {what}",
                     f"{address:#x} is {one.registers[address]:#x}, not {value:#x}")


def check_whole(check: Check, folder: Path, tree: bytes) -> Run:
    one = Run(folder, "the board's tree", tree)
    check_card(check, one, tree)
    one.says(check, r"^\[plumbline\] Insignal Arndale .*, 2 CPUs, image at 0x40400000")
    one.says(check, r"^plumbline: refused: /cpus: CPU 1 does not start")
    check_registers(check, one, {
        "UART2: interrupts and polling, no DMA": (UART2 + 0x04, 0x385),
        "UART2: FIFOs on": (UART2 + 0x08, 1),
        "the MCT's counter runs": (MCT_G_TCON, 0x100),
        "GICD: both groups": (GICD, 3),
        "GICC: group 1 among them, EOImode": (GICC, 0x203),
        "an SGI for CPU 1": (GICD + 0xf00, 1 << 17),
    })
    entry = one.trace.sysram()
    check.result(len(entry) == 1 and 0x40400000 < entry[0] < 0x40500000,
                 f"{one.boot.what}: SYSRAM has an entry in the image", str(entry))
    return one


def check_one_cpu(check: Check, folder: Path, tree: bytes) -> Run:
    path = folder / "one.dtb"
    path.write_bytes(tree)
    run_tool([tool("fdtput"), "-r", str(path), "/cpus/cpu@1"], "fdtput")
    one = Run(folder, "one CPU", path.read_bytes())
    one.says(check, r"^\[plumbline\] windows: off")
    one.says(check, r"^\[windows\] SUMMARY: [1-9]\d* passed, 0 failed")
    one.says(check, r"^plumbline: end: status 0")
    check.result(not one.trace.sysram(), f"{one.boot.what}: nothing in SYSRAM")
    check_registers(check, one, {"the board's power is switched off": (PS_HOLD, 0x5200)})
    return one


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="print the consoles")


def main(check: Check, args: argparse.Namespace) -> None:
    tree = debian.boards()["exynos5250-arndale"].read_bytes()
    with tempfile.TemporaryDirectory(dir=BUILD) as place:
        for one in (check_whole(check, Path(place), tree), check_one_cpu(check, Path(place), tree)):
            if args.show:
                print(one.boot.said, one.console, sep="\n")
