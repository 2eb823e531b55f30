# SPDX-License-Identifier: BSD-2-Clause
"""The tables of gdb_commands.py, made from plain numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MODES = {0x10: "usr", 0x11: "fiq", 0x12: "irq", 0x13: "svc", 0x16: "mon", 0x17: "abt",
         0x1A: "hyp", 0x1B: "und", 0x1F: "sys"}
HYP, MONITOR = 0x1A, 0x16  # Monitor mode: boot/monitor.S
NOWHERE = 8  # irq.vcpu: VGIC_NOWHERE
LR_STATES = {0: "empty", 1: "pending", 2: "active", 3: "pending and active"}  # GICH_LR 29..28
HCR_VI, HCR_VF = 1 << 7, 1 << 6


def mode(cpsr: int) -> str:
    return MODES.get(cpsr & 0x1F, f"{cpsr & 0x1F:#x}") + (", Thumb" if cpsr & 0x20 else "")


def size(count: int) -> str:
    return f"{count >> 20} MiB" if count % (1 << 20) == 0 else f"{count >> 10} KiB"


def numbers(mask: int) -> str:
    return " ".join(str(n) for n in range(mask.bit_length()) if mask >> n & 1)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Columns as wide as their longest cell; the last one is not padded."""
    widths = [max(len(row[n]) for row in [heads, *rows]) for n in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
                     for row in [heads, *rows])


@dataclass
class Cpu:
    """A vCPU's part of a VGIC (vgic/vgic_state.h)."""

    bank: dict[str, int]
    ready: list[int]
    barred: list[int]
    lr: list[int]  # as they were written
    loaded_on: int | None  # CPU


@dataclass
class Vgic:
    cpus: list[Cpu]
    spi: list[dict[str, int]]  # banks: word 1 first
    irq: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)  # vCPU, INTID


def _banks(vgic: Vgic) -> Iterator[tuple[int, int, dict[str, int]]]:
    """vCPU, word, bank; SPIs belong to no vCPU and are listed with vCPU 0."""
    for vcpu, cpu in enumerate(vgic.cpus):
        yield vcpu, 0, cpu.bank
    for word, bank in enumerate(vgic.spi, 1):
        yield 0, word, bank


def _level(bank: dict[str, int]) -> int:
    return bank["line"] | bank["held_active"] & bank["high"]


def _pending(bank: dict[str, int]) -> int:
    """As GICD_ISPENDR shows it (vgic_state_shown)."""
    return (bank["latch"] | bank["loan"] | bank["line"] & ~bank["edge"]
            | bank["held_active"] & bank["high"] & ~bank["edge"])


def busy(vgic: Vgic) -> list[tuple[int, int]]:
    """vCPU and INTID of each interrupt that is not idle."""
    found = []
    for vcpu, word, bank in _banks(vgic):
        bits = _level(bank) | _pending(bank) | bank["active"] | bank["in_lr"]
        found += [(vcpu, 32 * word + n) for n in range(32) if bits >> n & 1]
    return found


def name(intid: int) -> str:
    return f"{'SGI' if intid < 16 else 'PPI' if intid < 32 else 'SPI'} {intid}"


def _driver(bank: dict[str, int], bit: int, intid: int) -> str:
    if intid < 16:
        return "SGI"
    if not bank["driven"] & bit:
        return "line"
    return "timer" if bank["timer"] & bit else "device" if bank["passed"] & bit else "emulated"


def _where(vgic: Vgic, irq: dict[str, int], bank: dict[str, int], intid: int) -> str:
    word, bit = intid // 32, 1 << intid % 32
    if irq["vcpu"] >= len(vgic.cpus):
        return "no list register" if bank["enabled"] & bit else "not enabled"
    cpu = vgic.cpus[irq["vcpu"]]
    if bank["in_lr"] & bit:
        state = LR_STATES[cpu.lr[irq["lr"]] >> 28 & 3]
        on = f"vCPU {irq['vcpu']}" if cpu.loaded_on is None else f"CPU {cpu.loaded_on}"
        return f"list register {irq['lr']} of {on}, written as {state}"
    if cpu.barred[word] & bit:
        return f"vCPU {irq['vcpu']}: GICD_CTLR does not forward its group"
    if cpu.loaded_on is None:
        return f"vCPU {irq['vcpu']}: ready, the vCPU is on no CPU"
    return f"vCPU {irq['vcpu']}: waits for a list register"


def lines(vgic: Vgic) -> list[list[str]]:
    """A row for each interrupt that is not idle; vgic.irq has those of busy()."""
    rows = []
    for vcpu, intid in busy(vgic):
        bank = vgic.cpus[vcpu].bank if intid < 32 else vgic.spi[intid // 32 - 1]
        bit = 1 << intid % 32
        rows.append([name(intid), str(vcpu) if intid < 32 else "-", _driver(bank, bit, intid),
                     "high" if _level(bank) & bit else "low",
                     *("yes" if bits & bit else "no" for bits in (
                         _pending(bank), bank["active"], bank["enabled"])),
                     _where(vgic, vgic.irq[vcpu, intid], bank, intid)])
    return rows


LINE_HEADS = ["line", "vCPU", "driver", "level", "pending", "active", "enabled", "where"]


def cpu_lines(levels: list[int]) -> list[str]:
    """Of a partition without a GIC: `levels` are its vCPUs' `lines`."""
    return [f"CPU line {kind} of vCPU {vcpu}: high" for vcpu, bits in enumerate(levels)
            for kind, bit in (("IRQ", HCR_VI), ("FIQ", HCR_VF)) if bits & bit]
