# SPDX-License-Identifier: BSD-2-Clause
"""Compares two records of one program, with rules for permitted differences."""

from collections import Counter
from dataclasses import dataclass, field

from .program import Entry, Kind, Op, Program, cpu_name, dist_bank, entries

# Permitted differences, with the paragraph of IHI 0048B.
RULES = {
    "absent-cpus": "4.3.12: bits of CPU interfaces that do not exist are RAZ/WI in GICD_ITARGETSR; "
                   "QEMU's GIC keeps them",
    "priority-bits": "3.3, 4.3.11, 4.4.2: five bits of priority are implemented here, the lowest "
                     "three read as zero; QEMU's GIC has eight",
    "identification": "4.3.3: GICD_IIDR names the implementation",
    "one-cpu-targets": "4.3.12: on a uniprocessor GICD_ITARGETSR is RAZ/WI, as in QEMU; here it "
                       "reads as written, as under KVM, and has no effect",
}

EACH_BYTE = 0x01010101
PRIORITY_BITS = 0xF8 * EACH_BYTE


@dataclass
class Verdict:
    why: str = ""  # empty: no difference except by the rules
    used: Counter = field(default_factory=Counter)
    entries: int = 0

    @property
    def good(self) -> bool:
        return not self.why


class Comparison:
    def __init__(self, program: Program, cpus: int):
        self.program, self.cpus = program, cpus
        self.used: Counter = Counter()

    def _rule(self, name: str) -> bool:
        self.used[name] += 1
        return True

    def _reads_same(self, bare: Entry, here: Entry) -> bool:
        step = self.program.steps[bare.step]
        if step.op == Op.CPU_READ:
            return cpu_name(step.argument) == "GICC_PMR" and bare.value & 0xF8 == here.value \
                and self._rule("priority-bits")
        bank = dist_bank(step.argument)
        if bank == "IPRIORITYR":
            return bare.value & PRIORITY_BITS == here.value and self._rule("priority-bits")
        if bank == "IIDR":
            return here.value & 0xFFF == 0x43B and self._rule("identification")
        if bank == "ITARGETSR":
            return self._targets_same(bare.value, here.value)
        return False

    def _targets_same(self, bare: int, here: int) -> bool:
        there_are = ((1 << self.cpus) - 1) * EACH_BYTE
        if self.cpus == 1:
            return bare == 0 and here & ~there_are == 0 and self._rule("one-cpu-targets")
        return bare & there_are == here and self._rule("absent-cpus")

    def _same(self, bare: Entry, here: Entry) -> bool:
        if (bare.kind, bare.cpu, bare.step) != (here.kind, here.cpu, here.step):
            return False
        if bare.value == here.value:
            return True
        return bare.kind == Kind.READ and self._reads_same(bare, here)

    def run(self, bare: list[Entry], here: list[Entry]) -> Verdict:
        for one, other in zip(bare, here):
            if not self._same(one, other):
                step = self.program.steps[one.step] if one.step < len(self.program.steps) else "?"
                return Verdict(f"step {one.step} ({step}): QEMU's GIC: {one}; here: {other}")
        if len(bare) != len(here):
            return Verdict(f"{len(bare)} entries from QEMU's GIC, {len(here)} here")
        return Verdict("", self.used, len(bare))


def compare(program: Program, cpus: int, bare: bytes, here: bytes) -> Verdict:
    if bare == here:
        return Verdict(entries=len(bare) // 8)
    return Comparison(program, cpus).run(entries(bare), entries(here))
