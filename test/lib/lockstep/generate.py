# SPDX-License-Identifier: BSD-2-Clause
"""Random programs, legal for a GICv2 without the Security Extensions.

The guest itself skips a step that is not legal at that point, so a program remains valid if a step
is removed. Programs avoid the cases in which QEMU's GIC (7.2) deviates from the specification in a
way that changes all later steps: DEPARTURES lists them.
"""

from random import Random

from .program import Op, Program, Step

# Cases that programs avoid, with the reason: QEMU's GIC differs from IHI 0048B, or IHI 0048B leaves
# the behaviour to the implementation, so that two correct GICs may differ from then on.
DEPARTURES = {
    "equal priorities": "3.3: which of two pending interrupts of one priority comes first is the "
                        "GIC's choice: each interrupt of a program has its own priority",
    "several targets": "1.4.3, 3.2.3: which CPU gets an SPI that targets several is the "
                       "implementation's choice: an SPI that may pend targets one CPU",
    "priority 0xf8": "3.3: with five priority bits the lowest level is always masked, with eight not: "
                     "it is not used, nor are the three lowest bits",
    "only one group enabled": "4.3.1, 4.4.1: QEMU lets a pending interrupt of a disabled group hide others: "
                    "both groups are on, or both off",
    "aliased registers": "4.4.9 to 4.4.11: QEMU has no GICC_AIAR, AEOIR, AHPPIR: group 1 is "
                         "acknowledged with AckCtl",
    "SGIR filter 0b11": "4.3.15: reserved; QEMU sends to all",
    "PPIs pended by register writes": "4.3.7, 4.3.8: GICD_ISPENDR0 and ICPENDR0 are banked; QEMU's act on all CPUs "
                           "at once: PPIs pend by lines, or on one CPU",
    "a PPI's trigger": "4.3.13: GICD_ICFGR1 is banked; QEMU has one for all CPUs: they agree",
    "targets of an active SPI": "3.2.4, 4.3.12: an SPI is active for all CPUs; in QEMU for the one that "
                                 "acknowledged it: its targets stay until it is ended",
    "targets of a pending SPI": "4.3.12: a pending interrupt moves to the new target, in QEMU only a level: "
                             "the guest moves the others itself there",
    "no target": "4.3.12: an SPI may target no CPU; in QEMU it then does not pend either",
    "SGIs disabled": "4.3.5: whether SGIs can be disabled is the implementation's choice: all are "
                     "always enabled",
}

SGIS = range(16)
PPIS = (16, 17, 18, 20, 21, 22, 24, 28, 31)  # no source but the guest
PPI_LINE = 23
SPI_LINES = (34, 39)
SPIS = (*range(35, 39), *range(40, 92), *range(256, 288))
# Never pend, nor are they enabled: their priorities and targets may be anything.
IDLE_SPIS = range(92, 96)
PRIORITIES = range(0, 0xF8, 8)
ALL_CPUS = -1
# Registers that may be read at any time, and the words of each that programs use.
WORDS = (0, 1, 2, 8)
STATE = (0x200, 0x280, 0x300, 0x380)
SETUP = (0x080, 0x100, 0x180)


class Generator:
    def __init__(self, seed: str, ident: int, cpus: int):
        self.random = Random(f"{seed}/{ident}")  # the same on any machine
        self.ident, self.cpus = ident, cpus
        self.steps: list[Step] = []

    def add(self, op: Op, cpu: int, argument: int = 0, value: int = 0) -> None:
        self.steps.append(Step(op, cpu, argument, value))

    def cpu(self) -> int:
        return self.random.randrange(self.cpus)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    # ---- the interrupts of a program ----

    def choose(self) -> None:
        pick = self.random.sample
        self.sgis = pick(SGIS, self.random.randint(1, 4))
        self.ppis = pick(PPIS, self.random.randint(0, 2)) + [PPI_LINE]
        self.spis = [*SPI_LINES, *pick(SPIS, self.random.randint(1, 14))]
        self.private = self.sgis + self.ppis
        self.edge_ppis = [intid for intid in self.ppis if self.chance(40)]
        self.groups = self.chance(35)
        self.splits = self.chance(35)
        self.binary_points = self.chance(40)
        self.priority: dict[tuple[int, int], int] = {}
        self.where: dict[int, int] = {}  # the CPU that an SPI targets, after the guest's writes

    def any_irq(self) -> int:
        return self.random.choice(self.private + self.spis * 2)

    def set_priority(self, cpu: int, intid: int) -> None:
        """Another priority, which no other interrupt of the same CPU has."""
        taken = {priority for (owner, _), priority in self.priority.items()
                 if intid >= 32 or owner in (cpu, ALL_CPUS)}
        free = sorted(set(PRIORITIES) - taken)
        if free:
            new = self.random.choice(free)
            self.priority[cpu if intid < 32 else ALL_CPUS, intid] = new
            self.add(Op.DIST_WRITE_BYTE, cpu, 0x400 + intid, new)

    def control(self, cpu: int) -> None:
        value = 3 if self.groups else 1
        if self.groups:
            value |= 4 | self.random.choice((0, 0, 8)) | self.random.choice((0, 0, 0, 16))
        self.add(Op.CPU_WRITE, cpu, 0x00, value)

    # ---- the start ----

    def begin(self) -> None:
        for intid in self.spis:
            self.set_priority(0, intid)
            self.target(0, intid)
            self.begin_irq(self.cpu(), intid)
        for cpu in range(self.cpus):
            self.add(Op.DIST_WRITE, cpu, 0x100, 0xFFFF)
            for intid in self.private:
                self.set_priority(cpu, intid)
                self.begin_irq(cpu, intid)
            self.control(cpu)
            self.add(Op.CPU_WRITE, cpu, 0x04, self.mask())
            if self.splits and self.chance(60):
                self.add(Op.SPLIT, cpu, 0, 1)
        if self.chance(95):
            self.add(Op.DIST_WRITE, self.cpu(), 0x000, 3 if self.groups else 1)

    def begin_irq(self, cpu: int, intid: int) -> None:
        if self.groups and self.chance(50):
            self.add(Op.GROUP, cpu, intid, 1)
        if intid >= 16:
            if intid in self.edge_ppis or (intid >= 32 and self.chance(50)):
                self.add(Op.CONFIG, cpu, intid, 1)
            if self.chance(85):
                self.enable(cpu, intid, 0x100)

    def mask(self) -> int:
        return self.random.choice((0xF8, 0xFF, 0xF0, 0xF0, 0x80, 8 * self.random.randrange(32)))

    def target(self, cpu: int, intid: int) -> None:
        self.where[intid] = self.cpu()
        self.add(Op.TARGET, cpu, intid, 1 << self.where[intid])

    def enable(self, cpu: int, intid: int, base: int) -> None:
        if intid >= 16:
            self.add(Op.DIST_WRITE, cpu, base + intid // 32 * 4, 1 << intid % 32)

    # ---- the steps ----

    def by_hand(self) -> int:
        return self.random.choice((self.ppis if self.cpus == 1 else []) + self.spis * 3)

    def pend(self, cpu: int) -> None:
        intid = self.by_hand()
        self.add(Op.DIST_WRITE, cpu, 0x200 + intid // 32 * 4, 1 << intid % 32)

    def unpend(self, cpu: int) -> None:
        intid = self.by_hand()
        self.add(Op.DIST_WRITE, cpu, 0x280 + intid // 32 * 4, 1 << intid % 32)

    def line(self, cpu: int) -> None:
        self.add(Op.LINE, cpu, self.random.choice((*SPI_LINES, PPI_LINE)), self.random.randrange(2))

    def sgi(self, cpu: int) -> None:
        number = self.random.choice(self.sgis)
        if self.chance(75):
            self.add(Op.SGI, cpu, 0, self.random.randrange(3) << 24
                     | self.random.randrange(1 << self.cpus) << 16 | number)
        elif self.chance(60):
            self.add(Op.SGI_SET, cpu, number, 1 << self.cpu())
        else:
            self.add(Op.SGI_CLEAR, cpu, number, self.random.randrange(1, 1 << self.cpus))

    def take(self, cpu: int) -> None:
        kind = self.random.randrange(10)
        if kind < 4:
            self.add(Op.ACK, cpu)
        elif kind < 8:
            self.add(Op.EOI, cpu)
            if self.splits and self.chance(50):
                self.add(Op.DIR, cpu, 0, self.random.randrange(32))
        else:
            self.add(Op.WINDOW, cpu, 0, self.random.randrange(4))

    def nest(self, cpu: int) -> None:
        """One interrupt within another: more are active at once than there are list registers."""
        mine = [intid for intid in self.spis if self.where[intid] == cpu]
        mine.sort(key=lambda intid: -self.priority[ALL_CPUS, intid])
        for intid in mine if self.chance(70) else self.random.sample(mine, len(mine)):
            self.add(Op.DIST_WRITE, cpu, 0x200 + intid // 32 * 4, 1 << intid % 32)
            self.add(Op.ACK, cpu)
            if self.chance(10):
                self.prioritise(cpu)

    def unnest(self, cpu: int) -> None:
        for _ in range(self.random.randint(1, 6)):
            self.add(Op.EOI, cpu)
            if self.chance(20):
                self.add(Op.DIST_READ, cpu, 0x300 + 4 * self.random.choice(WORDS))

    def switch(self, cpu: int) -> None:
        self.enable(cpu, self.any_irq(), self.random.choice((0x100, 0x180)))

    def prioritise(self, cpu: int) -> None:
        self.set_priority(cpu, self.any_irq())

    def configure(self, cpu: int) -> None:
        intid = self.any_irq()
        kind = self.random.randrange(4)
        if kind == 0 and intid >= 32:
            self.target(cpu, intid)
        elif kind == 1 and (intid >= 32 or (intid >= 16 and self.cpus == 1)):
            self.add(Op.CONFIG, cpu, intid, self.random.randrange(2))
        elif kind == 2 and self.groups:
            self.add(Op.GROUP, cpu, intid, self.random.randrange(2))
        else:
            self.add(self.random.choice((Op.ACTIVATE, Op.DEACTIVATE, Op.DEACTIVATE)), cpu, intid)

    def interface(self, cpu: int) -> None:
        kind = self.random.randrange(8)
        if kind < 3:
            self.add(Op.CPU_WRITE, cpu, 0x04, self.mask())
        elif kind < 5 and self.binary_points:
            self.add(Op.CPU_WRITE, cpu, 0x08, self.random.randint(2, 7))
            self.add(Op.CPU_WRITE, cpu, 0x1C, self.random.randint(3, 7))
        elif kind < 6 and self.splits:
            self.add(Op.SPLIT, cpu, 0, self.random.randrange(2))
        elif kind < 7:
            self.add(Op.DIST_WRITE, cpu, 0x000, self.random.choice((0, 3 if self.groups else 1)))
        else:
            self.add(Op.FINISH, cpu)

    def read(self, cpu: int) -> None:
        kind = self.random.randrange(10)
        intid = self.any_irq()
        if kind < 4:
            self.add(Op.CPU_READ, cpu, self.random.choice((0x00, 0x04, 0x08, 0x14, 0x14, 0x18, 0x18,
                                                           0x1C)))
        elif kind < 7:
            self.add(Op.DIST_READ, cpu, self.random.choice(STATE + SETUP) + 4 * (intid // 32))
        elif kind == 7:
            bank = self.random.choice((0x400, 0x800))
            if self.chance(50):
                self.add(Op.DIST_READ, cpu, bank + intid // 4 * 4)
            else:
                self.add(Op.DIST_READ_BYTE, cpu, bank + intid)
        elif kind == 8:
            self.add(Op.DIST_READ, cpu, 0xC00 + intid // 16 * 4)
        else:
            self.add(Op.DIST_READ, cpu, self.random.choice(
                (0x000, 0x004, 0x008, 0xF20 + self.random.randrange(4) * 4,
                 0xF10 + self.random.randrange(4) * 4)))

    def idle(self, cpu: int) -> None:
        """Registers of interrupts that do nothing: any value, by words and bytes."""
        bank = self.random.choice((0x400, 0x800))
        intid = self.random.choice(IDLE_SPIS)
        if self.chance(50):
            self.add(Op.DIST_WRITE, cpu, bank + IDLE_SPIS[0], self.random.getrandbits(32))
        else:
            self.add(Op.DIST_WRITE_BYTE, cpu, bank + intid, self.random.getrandbits(8))
        if self.chance(50):
            self.add(Op.DIST_READ, self.cpu(), bank + IDLE_SPIS[0])
        else:
            self.add(Op.DIST_READ_BYTE, self.cpu(), bank + intid)

    # ---- the end ----

    def look(self, cpu: int) -> None:
        for offset in (0x14, 0x18):
            self.add(Op.CPU_READ, cpu, offset)
        for bank in (0x200, 0x300):
            self.add(Op.DIST_READ, cpu, bank)
        for sgi in range(0, 16, 4):
            self.add(Op.DIST_READ, cpu, 0xF20 + sgi)

    def end(self) -> None:
        """Reads the state, takes all pending interrupts, and reads the state again."""
        for drained in (False, True):
            for cpu in range(self.cpus):
                self.look(cpu)
            for word in WORDS[1:]:
                for bank in (0x200, 0x300):
                    self.add(Op.DIST_READ, 0, bank + 4 * word)
            for cpu in range(self.cpus) if not drained else ():
                self.add(Op.FINISH, cpu)
                self.add(Op.CPU_WRITE, cpu, 0x04, 0xFF)
                self.add(Op.WINDOW, cpu, 0, self.random.randrange(2))

    def program(self) -> Program:
        self.choose()
        self.begin()
        actions = ((self.pend, 16), (self.unpend, 4), (self.line, 10), (self.sgi, 12),
                   (self.take, 26), (self.nest, 2), (self.unnest, 2), (self.switch, 6), (self.prioritise, 4), (self.configure, 7),
                   (self.interface, 6), (self.read, 12), (self.idle, 2))
        chosen = self.random.choices([action for action, _ in actions],
                                     [weight for _, weight in actions],
                                     k=self.random.randint(15, 80))
        for action in chosen:
            action(self.cpu())
        self.end()
        return Program(self.ident, tuple(self.steps))


def generate(seed: str, ident: int, cpus: int) -> Program:
    return Generator(seed, ident, cpus).program()
