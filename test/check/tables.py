# SPDX-License-Identifier: BSD-2-Clause
"""The monitor's own translation tables, read from a running board: nothing is both writable and
executable, guard pages and the lower 3 GiB are unmapped, no guest's memory is mapped."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.check import Check, run

# hyp/hw/layout.h, typed again.
POOL, MANIFEST, BOARD, WINDOWS = 0xC0000000, 0xD0000000, 0xE0000000, 0xF0000000
DEVICES, IMAGE = 0xFFA00000, 0xFFC00000
CPUS, STACK, BLOCK, PAGE = 8, 0x2000, 0x200000, 0x1000
# HSCTLR (ARM DDI 0406C, B4.1.71)
M, C, I, WXN = 1 << 0, 1 << 2, 1 << 12, 1 << 19
# Descriptors (B3.6)
ADDRESS, READ_ONLY, AF, XN = 0xFFFFFFF000, 1 << 7, 1 << 10, 1 << 54
TABLE_RESTRICTIONS = 0x1F << 59

STOP = ["--ex", "hbreak vector_trap", "--ex", "ignore 1 300", "--ex", "continue"]
SYMBOLS = ("image_start", "image_text_end", "image_rodata_end", "image_end", "image_stacks")


@dataclass
class Leaf:
    va: int
    pa: int
    size: int
    bits: int

    @property
    def writable(self) -> bool:
        return not self.bits & READ_ONLY

    @property
    def executable(self) -> bool:
        return not self.bits & XN

    def __str__(self) -> str:
        return (f"{self.va:#010x} -> {self.pa:#x}, {self.size:#x}: R{'W' if self.writable else '-'}"
                f"{'X' if self.executable else '-'} ({self.bits:#x})")


def gdb(system: str, smp: int, *commands: str) -> str:
    words = [word for command in commands for word in ("--ex", command)]
    _, said = run(["scripts/plumb", "gdb", system, "--smp", str(smp), "--no-make", "--batch",
                   "--timeout", "240", *STOP, *words, "--ex", "kill"])
    return said


def value(said: str, name: str) -> int:
    found = re.search(rf"^{name}=(0x[0-9a-f]+|\d+)", said, re.M)
    return int(found[1], 0) if found else -1


class Tables:
    """Dumps them by physical address, as a table walk reads them."""

    def __init__(self, folder: str):
        self.faults: list[str] = []
        self.leaves: list[Leaf] = []
        files = {name: Path(folder, name) for name in ("l1", "l2", "image", "devices")}
        prints = [f'printf "{name}=%#x\\n", &{name}' for name in SYMBOLS]
        guests = "printf \"guests=%d\\n\", vm_count"
        ranges = [f'printf "guest {n}=%#llx %#x\\n", vms[{n}].memory_pa.pa, '
                  f"vms[{n}].config->memory_size" for n in range(3)]
        l2, entry = "$l2", "*(unsigned long long *)"
        self.said = gdb(
            "test/systems/gic.dts", 1, *prints, guests, *ranges,
            'printf "hsctlr=%#x\\n", $SCTLR_EL2', 'printf "httbr=%#x\\n", (unsigned)$HTTBR',
            "maintenance packet Qqemu.PhyMemMode:1",
            "set $l1 = (unsigned)$HTTBR", f"set $l2 = (unsigned)({entry}($l1 + 24) & ~0xfffULL)",
            f"set $image = (unsigned)({entry}({l2} + 510 * 8) & 0xfffff000)",
            f"set $devices = (unsigned)({entry}({l2} + 509 * 8) & 0xfffff000)",
            f"dump binary memory {files['l1']} $l1 $l1+32",
            *(f"dump binary memory {files[name]} ${name} ${name}+4096"
              for name in ("l2", "image", "devices")))
        self.raw = {name: self.words(path) for name, path in files.items()}
        self.complete = [len(self.raw[name]) for name in files] == [4, 512, 512, 512]
        if self.complete:
            self.walk()

    @staticmethod
    def words(path: Path) -> list[int]:
        data = path.read_bytes() if path.exists() else b""
        return [int.from_bytes(data[at:at + 8], "little") for at in range(0, len(data), 8)]

    def leaf(self, va: int, size: int, bits: int) -> None:
        self.leaves.append(Leaf(va, bits & ADDRESS & ~(size - 1), size, bits))

    def table(self, bits: int, what: str) -> None:
        if bits & 3 != 3 or bits & TABLE_RESTRICTIONS:
            self.faults.append(f"{what}: no plain table descriptor: {bits:#x}")

    def walk(self) -> None:
        self.table(self.raw["l1"][3], "level 1, the top GiB")
        for n, bits in enumerate(self.raw["l2"]):
            va = 0xC0000000 + n * BLOCK
            if bits & 3 == 1:
                self.leaf(va, BLOCK, bits)
            elif bits & 1 and va in (DEVICES, IMAGE):
                self.table(bits, f"level 2, {va:#x}")
                for page, entry in enumerate(self.raw["devices" if va == DEVICES else "image"]):
                    if entry & 3 == 3:
                        self.leaf(va + page * PAGE, PAGE, entry)
                    elif entry & 1:
                        self.faults.append(f"level 3, {va + page * PAGE:#x}: {entry:#x}")
            elif bits & 1:
                self.faults.append(f"level 2, {va:#x}: an unknown table: {bits:#x}")

    def within(self, start: int, end: int) -> list[Leaf]:
        return [leaf for leaf in self.leaves if start <= leaf.va < end]


def guest_ranges(said: str) -> list[tuple[int, int]]:
    return [(int(base, 16), int(size, 16))
            for base, size in re.findall(r"^guest \d=(0x[0-9a-f]+) (0x[0-9a-f]+)", said, re.M)]


def check_image(check: Check, tables: Tables) -> None:
    at = {name: value(tables.said, name) for name in SYMBOLS}
    guards = {at["image_stacks"] + n * STACK for n in range(CPUS)}
    wrong = []
    seen = {leaf.va: leaf for leaf in tables.within(IMAGE, 1 << 32)}
    for va in range(IMAGE, IMAGE + BLOCK, PAGE):
        leaf = seen.get(va)
        if va >= at["image_end"] or va in guards:
            want = None
        elif va < at["image_text_end"]:
            want = (False, True)
        else:
            want = (va >= at["image_rodata_end"], False)
        if (leaf and (leaf.writable, leaf.executable)) != want:
            wrong.append(f"{va:#x}: {leaf or 'unmapped'}")
    check.result(not wrong and at["image_start"] == IMAGE, "text R-X, rodata R--, data RW-, all of "
                 "it and nothing else; guard pages under the stacks unmapped", "\n".join(wrong))


def check_places(check: Check, tables: Tables) -> None:
    rules = ((POOL, MANIFEST, True), (MANIFEST, BOARD, False), (BOARD, WINDOWS, False),
             (DEVICES, IMAGE, True))
    for start, end, writable in rules:
        leaves = tables.within(start, end)
        wrong = [str(leaf) for leaf in leaves if leaf.writable != writable or leaf.executable]
        check.result(bool(leaves) and not wrong,
                     f"{start:#x}: {'RW-' if writable else 'R--'}", "\n".join(wrong))
    devices = tables.within(DEVICES, IMAGE)
    check.result(all(leaf.bits >> 2 & 7 == 0 for leaf in devices), "devices are device memory")
    stray = tables.within(WINDOWS, DEVICES)
    check.result(not stray, "windows to guests' memory are unmapped while a guest runs",
                 "\n".join(map(str, stray)))


def check_guests(check: Check, tables: Tables) -> None:
    guests = guest_ranges(tables.said)
    wrong = [f"guest at {base:#x}: {leaf}" for leaf in tables.leaves for base, size in guests
             if leaf.pa < base + size and base < leaf.pa + leaf.size]
    check.result(len(guests) == 3 == value(tables.said, "guests") and not wrong,
                 "no guest's memory is mapped", "\n".join(wrong))


def check_every_cpu(check: Check) -> None:
    said = gdb("guest/demo.dts", 2, 'thread apply all -q printf "cpu=%#x %#x\\n", '
               "$SCTLR_EL2, (unsigned)$HTTBR")
    cpus = re.findall(r"^cpu=(0x[0-9a-f]+) (0x[0-9a-f]+)", said, re.M)
    good = all(int(control, 16) & (M | C | I | WXN) == M | C | I | WXN for control, _ in cpus)
    check.result(len(cpus) == 2 and good and len({table for _, table in cpus}) == 1,
                 "both CPUs: MMU, caches and WXN on, the same tables", said)


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tables = Tables(folder)
    check.result(tables.complete, "read from the board", tables.said)
    if tables.complete:
        control = value(tables.said, "hsctlr")
        check.result(control & (M | C | I | WXN) == M | C | I | WXN, "HSCTLR: M, C, I, WXN",
                     f"{control:#x}")
        check.result(tables.raw["l1"][:3] == [0, 0, 0], "the lower 3 GiB are not mapped")
        check.result(not tables.faults and all(leaf.bits & AF for leaf in tables.leaves),
                     f"{len(tables.leaves)} blocks and pages, no other table",
                     "\n".join(tables.faults))
        both = [str(leaf) for leaf in tables.leaves if leaf.writable and leaf.executable]
        check.result(not both, "nothing is writable and executable", "\n".join(both))
        check_image(check, tables)
        check_places(check, tables)
        check_guests(check, tables)
    check_every_cpu(check)
