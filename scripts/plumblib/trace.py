# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's gic_* trace events, counted by register into a table."""

import re
from collections import Counter
from typing import TextIO

EVENT = re.compile(rb"^(?:\d+@[\d.]+:)?(gic\w*) ?(.*)")
OFFSET = re.compile(rb" at (0x[0-9a-f]+)")

# Offsets (IHI 0048B, 4.1 and 4.4; A15 TRM for GICH). Distributor: first register past the range.
CPU_REGISTERS = {
    0x00: "CTLR", 0x04: "PMR", 0x08: "BPR", 0x0C: "IAR", 0x10: "EOIR", 0x14: "RPR",
    0x18: "HPPIR", 0x1C: "ABPR", 0x20: "AIAR", 0x24: "AEOIR", 0x28: "AHPPIR", 0xD0: "APR0",
    0xFC: "IIDR", 0x1000: "DIR",
}
HYP_REGISTERS = {
    0x00: "HCR", 0x04: "VTR", 0x08: "VMCR", 0x10: "MISR", 0x20: "EISR0", 0x24: "EISR1",
    0x30: "ELRSR0", 0x34: "ELRSR1", 0xF0: "APR",
}
DIST_RANGES = [
    (0x004, "CTLR"), (0x008, "TYPER"), (0x00C, "IIDR"), (0x100, "IGROUPR"),
    (0x180, "ISENABLER"), (0x200, "ICENABLER"), (0x280, "ISPENDR"), (0x300, "ICPENDR"),
    (0x380, "ISACTIVER"), (0x400, "ICACTIVER"), (0x800, "IPRIORITYR"), (0xC00, "ITARGETSR"),
    (0xF00, "ICFGR"), (0xF10, "SGIR"), (0xF20, "CPENDSGIR"), (0xF30, "SPENDSGIR"),
    (0x1000, "ID"),
]


def register_name(event: str, offset: int, virtual: bool) -> str:
    if "dist" in event:
        return "GICD_" + next((n for end, n in DIST_RANGES if offset < end), f"{offset:#x}")
    if "hyp" in event:
        if 0x100 <= offset < 0x200:
            return f"GICH_LR{(offset - 0x100) // 4}"
        return "GICH_" + HYP_REGISTERS.get(offset, f"{offset:#x}")
    return ("GICV_" if virtual else "GICC_") + CPU_REGISTERS.get(offset, f"{offset:#x}")


class TraceCounter:
    def __init__(self) -> None:
        self.table: Counter[tuple[str, str]] = Counter()

    def count(self, line: bytes) -> bool:
        """Counts one line of QEMU's log; False if it is not such an event."""
        match = EVENT.match(line)
        if not match:
            return False
        event = match[1].decode()
        access = re.search("_(read|write)$", event)
        if access:
            offset = OFFSET.search(match[2])
            virtual = match[2].startswith(b"vcpu")
            name = register_name(event, int(offset[1], 16), virtual) if offset else event
            self.table[(name, access[1])] += 1
        else:
            self.table[("event", event)] += 1
        return True

    def monitor_accesses(self) -> int:
        """Without GICV, which guests access directly, without an exit."""
        return sum(n for (name, _), n in self.table.items()
                   if name != "event" and not name.startswith("GICV_"))

    def report(self, out: TextIO) -> None:
        print(f"plumb: GIC accesses by the monitor: {self.monitor_accesses()}", file=out)
        for (name, kind), n in sorted(self.table.items()):
            if name != "event":
                print(f"  {name:<18} {kind:<6} {n:>10}", file=out)
