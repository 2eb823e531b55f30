# SPDX-License-Identifier: BSD-2-Clause
"""The probe on QEMU's boards, in each mode that they enter an image in: its checklist against
data typed from the boards' manuals; and the properties of its file for any load address."""

import argparse
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lib.check import ROOT, Check, run
from plumblib import debian, elf, probe
from plumblib.common import PlumbError, make

HELP = "test/tool check/probe --show orangepi-pc prints one board's checklist."
LIMIT = 300  # seconds for a board: a busy host may starve it
FOLDER = probe.PLAIN.parent / "check"

A15 = "ok MIDR 0x41[0-9a-f]fc0f[0-9a-f], Cortex-A15 r.*"
A7 = "ok MIDR 0x41[0-9a-f]fc07[0-9a-f], Cortex-A7 r.*"
A9 = "missing MIDR 0x41[0-9a-f]fc09[0-9a-f], Cortex-A9 r.*"
FEATURES = ("ok ID_PFR1 0x000110[01]1: security (no|yes), virtualization yes, generic timer yes",
            "ok ID_MMFR0 0x10[12]01105: LPAE yes", "ok mmu off .*")
TIMER = ("ok CNTFRQ [1-9][0-9]+ Hz", "ok counter moves: [1-9][0-9]* ticks in 100000 turns of a loop",
         "ok timer interrupts: virtual 27, physical 30, HYP's 26")
HYP = ("ok mode HYP, Non-secure",)
SECURE = (r"ok mode SVC, Secure \(SCR 0x(0|100)\): the monitor enters HYP mode itself", "ok HYP reached")
NO_HYP = ("missing mode SVC, Non-secure: .*",)
PSCI = (r"ok PSCI in the tree, by SMC, CPU_ON 0x84000003", r"ok PSCI version 1\.[0-9]")
VERDICT = "ok verdict the monitor accepts this tree"


def gic(base: int, alias: bool, cpus: int) -> tuple[str, ...]:
    """Of a Cortex-A7, A15 or GIC-400: DDI 0438 8.2.1. 4 list registers, 5 bits of priority."""
    found = f"ok GICH alias found: the same VTR at {base + 0x5000:#x}"
    lost = rf"\? GICH alias not found: faults at {base + 0x5000:#x}"
    return (f"ok GIC GICD {base + 0x1000:#x} GICC {base + 0x2000:#x} GICH {base + 0x4000:#x} "
            f"GICV {base + 0x6000:#x}", *gic_lines(cpus), found if alias else lost)


def gic_lines(cpus: int) -> tuple[str, ...]:
    return (f"ok GICD TYPER 0x0000[0-9a-f]*: [0-9]* interrupts, {cpus} CPUs; IIDR 0x0000043b, Arm's",
            "ok GICC IIDR 0x0002043b: GICv2, Arm's", "ok GICC_DIR the second page is there",
            "ok GICH_VTR 0x90000003: 4 list registers, 5 bits of priority, 5 of preemption",
            "ok GICV IIDR 0x0002043b")


# QEMU's own: docs/system/arm/virt.rst, and its device tree.
VIRT = ("ok UART 0x9000000, by the tree", "ok memory 512 MiB at 0x40000000",
        "ok GIC GICD 0x8000000 GICC 0x8010000 GICH 0x8030000 GICV 0x8040000", *gic_lines(2),
        r"\? GICH alias not found: faults at 0x8031000", *TIMER, *FEATURES, VERDICT)
# ARM DUI 0447 (motherboard), DDI 0503 (CoreTile).
VEXPRESS = (A15, *FEATURES, *TIMER, *gic(0x2C000000, True, 2), VERDICT,
            "ok memory 1024 MiB at 0x80000000", "ok SoC Versatile Express",
            "ok CBAR 0x2c000000: where the tree has the GIC", "ok CPU 0x0, this one",
            "ok CPU 0x1, started by registers of the SoC", *SECURE)
# Allwinner H3 datasheet V1.2, 4.1.
H3 = (A7, *FEATURES, *TIMER, *gic(0x01C80000, False, 4), VERDICT, "ok UART 0x1c28000, by the tree",
      "ok memory 1024 MiB at 0x40000000", "ok SoC Allwinner H3")
# IMX7DRM, 2.1.2.
IMX7 = (A7, *FEATURES, *TIMER, *gic(0x31000000, True, 2), VERDICT, "ok UART 0x30860000, by the tree",
        "ok memory 1024 MiB at 0x80000000", "ok CBAR 0x31000000: where the tree has the GIC")


@dataclass(frozen=True)
class Case:
    board: str
    lines: tuple[str, ...]
    missing: int = 0
    uart: str | None = None
    tree: str = ""  # behind the image, and none in r2
    stub: str = ""  # ARM instructions before the image, which is then at an odd place
    name: str = ""
    extra: tuple[str, ...] = ()


# CPUs take turns, at YIELD at the latest: the other CPUs' start does not depend on the host's load.
TURNS = ("-accel", "tcg,thread=single")
STUB_AT, IMAGE_AT = 0x45000000, 0x47E01000  # RAM is 512 MiB from 0x40000000
QUOTED = "orangepi-pc"
NOWHERE = 0x20000000  # nothing is there on virt

CASES = (
    Case("virt", (A15, *VIRT, *HYP, *PSCI, r"\? ACTLR 0x00000000: firmware must set bit 0; .*",
                  "ok CPU 0x0, this one", "ok CPU 0x1, started by PSCI")),
    Case("virt-secure", (A15, *VIRT, *SECURE, r"\? PSCI not in the tree", "ok CPU 0x0, this one",
                         "ok CPU 0x1, arrived at the entry with this one"), extra=TURNS),
    Case("virt-a7-secure", (A7, *VIRT, *SECURE)),
    Case("virt-uboot", (A15, *VIRT, *HYP, *PSCI)),
    Case("virt-uboot-uimage", (A15, *VIRT, *HYP, *PSCI)),
    Case("virt-plain", (A15, *NO_HYP, *TIMER, "missing GIC /intc@8000000: reg: .*",
                        "missing PSCI /psci: method: .*", "missing verdict /intc@8000000: reg: .*",
                        "missing ID_PFR1 0x00010001: .*"), missing=5),
    Case("vexpress-a15", (*VEXPRESS, "ok UART 0x1c090000, by the tree")),
    Case("vexpress-a15-elf", VEXPRESS),
    Case("vexpress-a15", (*VEXPRESS, "ok UART 0x1c090000, by this file; by the tree it is at 0x1c090000"),
         uart="pl011,0x1c090000", tree="vexpress-v2p-ca15-tc1", name="tree behind the file"),
    Case("orangepi-pc", (*H3, *HYP, *PSCI, "ok CPU 0x3, started by PSCI")),
    Case("orangepi-pc-elf", (*H3, *SECURE, "ok CPU 0x3, started by registers of the SoC")),
    # PSCI 0.1 of U-Boot, which has no numbers of its own: DEN 0022A.
    Case("orangepi-pc-sd", (*H3, *HYP, r"ok PSCI in the tree, by SMC, CPU_ON 0x95c1ba60",
                            "ok CPU 0x3, started by PSCI")),
    Case("mcimx7d-sabre", (*IMX7, *HYP, *PSCI)),
    Case("mcimx7d-sabre-elf", (*IMX7, *SECURE)),
    Case("midway", (A15, *FEATURES, *TIMER, *HYP, *PSCI, *gic(0xFFF10000, True, 4), VERDICT,
                    "ok UART 0xfff36000, by the tree", "ok memory 1024 MiB at 0x0")),
    # BCM2836 ARM-local peripherals: no GIC.
    Case("raspi2b", (A7, *NO_HYP, *TIMER[:2], "ok UART 0x3f201000, by the tree", "ok CPU 0xf00, this one",
                     "missing GIC /: there is no GICv2: .*", "missing timer /timer: interrupts: .*"),
         missing=4),
    Case("smdkc210", (A9, *NO_HYP, "ok UART 0x13820000, by the tree", "ok CPU 0x900, this one",
                      "missing CNTFRQ faults: no generic timer",
                      "missing counter CNTVCT faults: no generic timer",
                      "missing ID_MMFR0 0x00100103: LPAE no",
                      "missing timer /: there is no architected timer: .*"), missing=9),
    Case("smdkc210", (A9, r"\? UART 0x13820000, by this file.*|ok UART 0x13820000, by this file.*"),
         missing=9, uart="exynos,0x13820000", name="its UART by hand"),
    Case("virt-secure", (A15, *VIRT, *SECURE), stub=f"ldr r2, ={NOWHERE}", name="r2 leads nowhere"),
    Case("virt-secure", (A15, r"missing mmu off MMU or caches are on \(0x[0-9a-f]*[4-7c-f]\).*"),
         missing=1, name="a cache is on",
         stub="mov r2, #0\nmrc p15, 0, r0, c1, c0, 0\norr r0, r0, #4\nmcr p15, 0, r0, c1, c0, 0"),
)


def assemble(number: int, text: str) -> bytes:
    """The stub as a program, which jumps to the image."""
    source, binary = FOLDER / f"{number}.S", FOLDER / f"{number}.o"
    source.write_text(f".syntax unified\n{text}\nldr pc, ={IMAGE_AT:#x}\n.ltorg\n")
    good, said = run(["arm-none-eabi-gcc", "-march=armv7-a", "-c", "-o", str(binary), str(source)])
    raw = binary.with_suffix(".bin")
    if good:
        good, said = run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", str(binary), str(raw)])
    if not good:
        raise PlumbError(f"the stub does not assemble:\n{said}")
    return elf.wrap(raw.read_bytes(), STUB_AT)


def boot(number: int, case: Case, show: bool = False) -> str:
    """The output; or the reason why it does not boot."""
    try:
        return listen(number, case, show)
    except PlumbError as error:
        return str(error)


def listen(number: int, case: Case, show: bool) -> str:
    tree = debian.boards()[case.tree] if case.tree else None
    stub = assemble(number, case.stub) if case.stub else b""
    one = probe.Run(case.board, probe.image(case.uart, tree), FOLDER / f"{number}.img",
                    give_tree=not case.tree, stub=stub, at=IMAGE_AT,
                    extra=case.extra)
    return one.listen(LIMIT, show)


def judge(check: Check, case: Case, said: str) -> None:
    name = case.board + (f", {case.name}" if case.name else "")
    lines = [" ".join(line.split()) for line in said.splitlines()]
    lost = [want for want in case.lines if not any(re.fullmatch(want, line) for line in lines)]
    check.result(not lost, f"{name}: {len(case.lines)} lines are correct",
                 "\n".join([f"expected: {want}" for want in lost] + [said]))
    marks = [line.split(" ")[0] for line in lines if not line.startswith("plumbline")]
    end = (f"plumbline probe: end: {marks.count('ok')} ok, {marks.count('missing')} missing, "
           f"{marks.count('?')} to look at")
    check.result(marks.count("missing") == case.missing and end in lines,
                 f"{name}: to its end, {case.missing} missing", said)


def check_file(check: Check) -> None:
    """The assumptions of start.S, and no instructions that some ARMv7-A CPUs lack."""
    program = str(probe.BUILD / "probe.elf")
    good, said = run(["arm-none-eabi-readelf", "-r", program])
    kinds = set(re.findall(r"R_ARM_\w+", said))
    check.result(good and kinds == {"R_ARM_RELATIVE"}, "every relocation is R_ARM_RELATIVE", said)
    good, said = run(["arm-none-eabi-objdump", "-d", program])
    found = re.findall(r"^.*\t(?:[us]div|vldr|vstr)\w*\t.*$", said, re.M)
    check.result(good and not found, "no division, no VFP", "\n".join(found))
    data = probe.PLAIN.read_bytes()
    check.result(struct.unpack_from("<3I", data, 0x24) == (0x016F2818, 0, len(data)),
                 "a zImage's header, with the file's size")


def judge_page(check: Check, said: str) -> None:
    """The page's checklist is the program's current output, except the counter's ticks."""
    page = re.sub(r"moves: \d+ ", "moves: N ", (ROOT / "docs" / "porting.md").read_text())
    said = re.sub(r"moves: \d+ ", "moves: N ", said[max(0, said.find("plumbline probe:")):])
    check.result(f"```\n{said}```\n" in page, f"docs/porting.md shows {QUOTED}'s checklist", said)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", metavar="BOARD", help="only this board's cases, with the output")


def main(check: Check, args: argparse.Namespace) -> None:
    make(str(probe.PLAIN.relative_to(ROOT)))
    FOLDER.mkdir(parents=True, exist_ok=True)
    check_file(check)
    try:
        debian.boards()
    except PlumbError as error:
        print(f"SKIP probe: {error}")
        return
    cases = [(n, case) for n, case in enumerate(CASES) if args.show in (None, case.board)]
    with ThreadPoolExecutor(1 if args.show else 2) as pool:
        said = pool.map(lambda item: boot(item[0], item[1], bool(args.show)), cases)
        for (_, case), text in zip(cases, said):
            judge(check, case, text)
            if case.board == QUOTED:
                judge_page(check, text)
