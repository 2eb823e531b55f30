# SPDX-License-Identifier: BSD-2-Clause
"""Which partition has which memory, devices, interrupts, CPUs and rights: a system as data, and as a
table. mapsvg.py draws it."""

from dataclasses import dataclass, field

from . import boards, fdt, pack, room, sharedmem
from .guestdt import edge_interrupts
from .machine import FIRST_SPI, Window, ppis, spis, windows

CPUS = 8
ANY_CPU = (1 << CPUS) - 1
EMULATED = {"gicd": "GIC distributor", "gicc": "GIC CPU interface", "uart": "console, PL011",
            "rtc": "clock, PL031", "watchdog": "watchdog, SP805", "virtio": "virtio windows, empty"}
LINES = {"timer-virt": "virtual timer", "timer-phys": "physical timer", "pmu": "performance monitors"}


@dataclass
class Piece:
    """Memory: `pa` is None if the monitor chooses it and the board is not known."""

    what: str
    ipa: int
    size: int
    pa: int | None
    fixed: bool = False


@dataclass
class Device:
    name: str
    ipa: int | None  # None: no registers
    size: int
    pa: int | None  # None: no device of the board
    backed: str  # its purpose, if it is not a device of the board
    interrupts: list[int] = field(default_factory=list)
    edges: frozenset[int] = frozenset()


@dataclass
class Partition:
    handle: int
    name: str
    cpus: list[int]  # a mask for each vCPU
    priority: int
    irqs: int  # 0: no GIC
    memory: list[Piece]
    devices: list[Device]
    rights: list[str]
    manages: list[str]
    starts: bool
    budgets: list[tuple[int, int]] = field(default_factory=list)  # each vCPU's, its period: us
    restarts: str = ""  # after a crash: at most so often
    vms: int = 0  # that it may make at run time
    vm_pool: int = 0  # bytes of the monitor's memory for them


@dataclass
class Shared:
    """Memory of several partitions. `pa` as for a piece."""

    what: sharedmem.Shared
    pa: int | None

    @property
    def fixed(self) -> bool:
        return self.what.at != 0


@dataclass
class System:
    name: str
    board: str  # "": not known
    nr_cpus: int  # of the board; 0: not known
    partitions: list[Partition]
    shared: list[Shared] = field(default_factory=list)
    ram: list[tuple[int, int]] = field(default_factory=list)  # start, end
    image: tuple[int, int] | None = None  # place of the packed file


def _masks(node: fdt.Node, vcpus: int) -> list[int]:
    masks = node.cells("cpus") or [ANY_CPU]
    return (masks * vcpus)[:vcpus] if len(masks) == 1 else masks


def _emulated(row: dict[str, str]) -> list[Device]:
    names = [name for name in row.get("windows", "").split(",") if name in EMULATED]
    found = [_window(name, windows()[name]) for name in names]
    if pack.truth(row.get("gic")):
        found += [_private(name) for name in ("timer-virt", "timer-phys")]
    if pack.truth(row.get("pmu")):
        found.append(_private("pmu"))
    if pack.truth(row.get("doorbell")):
        found.append(Device("manager's doorbell", None, 0, None, "emulated",
                            [spis()["manager"] + FIRST_SPI]))
    if pack.number(row.get("vms")):
        found.append(Device("creator's doorbell", None, 0, None, "emulated",
                            [spis()["creator"] + FIRST_SPI]))
    return found


def _window(name: str, window: Window) -> Device:
    backed = "the board's GICV" if name == "gicc" else "emulated"
    return Device(EMULATED[name], window.base, window.size, None, backed,
                  [window.intid] if window.intid else [])


def _private(name: str) -> Device:
    return Device(LINES[name], None, 0, None, "each vCPU's own", [ppis()[name] + 16])


def _passed(node: fdt.Node) -> list[Device]:
    found = []
    for child in node.children:
        high, low = child.cells("pa")
        pa, ipa = high << 32 | low, child.u32("ipa")
        found.append(Device(child.plain_name, pa if ipa is None else ipa, child.u32("size") or 0, pa,
                            "", child.cells("interrupt"), edge_interrupts(child)))
    return found


def _numbers(text: str | None) -> list[int]:
    return [int(word) for word in (text or "").split(",") if word]


def _pieces(row: dict[str, str], found: list[int | None]) -> list[Piece]:
    at = pack.number(row.get("memory-at"))
    pieces = [Piece("memory", pack.number(row["ram-ipa"]), pack.number(row["memory"]),
                    at or found[0], bool(at))]
    # docs/manifest.md, `firmware`: at 0, and flash 1.
    for what, ipa, size, pa in zip(("firmware", "flash 1"), (0, 0x04000000),
                                   _numbers(row.get("regions")), found[1:]):
        pieces.append(Piece(what, ipa, size, pa))
    return pieces


def _restarts(row: dict[str, str]) -> str:
    times = pack.number(row.get("crash-restarts"))
    return f"at most {times} in {pack.number(row.get('crash-seconds'))} s" if times else ""


def read(name: str, listed: list[dict[str, str]], tree: fdt.Tree,
         found: list[list[int | None]] | None) -> System:
    """`listed`: manifest-check's rows; `tree`: the manifest; `found`: places of memory, if known:
    partitions', then those of shared memory."""
    partitions = []
    for n, row in enumerate(listed):
        node = pack.partition_node(tree, row["name"])
        nothing: list[int | None] = [None] * (1 + len(_numbers(row.get("regions"))))
        partitions.append(Partition(
            n + 1, row["name"], _masks(node, int(row["vcpus"])), int(row["priority"]),
            int(row["irqs"]), _pieces(row, found[n] if found else nothing),
            _emulated(row) + _passed(node), node.texts("rights"),
            node.texts("manages"), pack.truth(row.get("autostart")),
            list(zip(_numbers(row.get("budget-us")), _numbers(row.get("period-us")))),
            _restarts(row), pack.number(row.get("vms")), pack.number(row.get("vm-pool"))))
    shared = [Shared(one, one.at or (found[len(listed) + n][0] if found else None))
              for n, one in enumerate(sharedmem.read(tree))]
    return System(name, "", 0, partitions, shared)


def board_facts(said: str) -> tuple[list[tuple[int, int]], int]:
    """From board-read's lines: RAM without reserved ranges, and the number of CPUs."""
    lines = [line.partition(": ") for line in said.splitlines()]
    ranges = {key: [tuple(int(word, 0) for word in text.split()) for name, _, text in lines
                    if name == key] for key in ("memory", "reserved")}
    free = room.Free([(base, base + size) for base, size in ranges["memory"]])
    for base, size in ranges["reserved"]:
        free.remove(base, base + size)
    return free.pieces, sum(1 for name, _, _ in lines if name == "cpu")


def image_place(board: boards.Board, image: int, ram: list[tuple[int, int]]) -> tuple[int, int]:
    at = board.elf_at if board.elf_at is not None else ram[0][0] + room.RAW_AT
    return at, at + image


# ---------------------------------------------------------------- the table

def size_text(size: int) -> str:
    for unit, shift in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << shift and size % (1 << shift) == 0:
            return f"{size >> shift} {unit}"
    return f"{size >> 10} KiB"


def range_text(start: int, size: int) -> str:
    return f"{start:#010x} to {start + size - 1:#010x}"


def numbers_text(numbers: list[int], edges: frozenset[int] = frozenset()) -> str:
    """'48 to 55 (edges), 39': runs are joined."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1 and (number in edges) == (runs[-1][-1] in edges):
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = []
    for run in runs:
        text = str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"
        texts.append(text + (" (edge)" if run[0] in edges else ""))
    return ", ".join(texts)


def cpus_text(masks: list[int], nr_cpus: int) -> str:
    """'0, 1', or for each vCPU if they differ."""
    def one(mask: int) -> str:
        known = (1 << (nr_cpus or CPUS)) - 1
        if mask & known == known:
            return "any"
        return ", ".join(str(n) for n in range(nr_cpus or CPUS) if mask >> n & 1)
    texts = [one(mask) for mask in masks]
    if len(set(texts)) == 1:
        return texts[0]
    return "; ".join(f"vCPU {n}: {text}" for n, text in enumerate(texts))


def irqs_text(partition: Partition) -> str:
    return f"GICv2, 0 to {partition.irqs - 1}" if partition.irqs else "no GIC: IRQ and FIQ"


def _place_text(pa: int | None, size: int, fixed: bool, placed: bool) -> str:
    if pa is None:
        return "no place left" if placed else "the monitor chooses"
    return range_text(pa, size) + ("" if fixed else ", placed")


def _columns(head: list[str], rows: list[list[str]]) -> list[str]:
    wide = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    return ["  " + "  ".join(text.ljust(wide[n]) for n, text in enumerate(row)).rstrip()
            for row in [head, *rows]]


def _device_row(partition: Partition, device: Device) -> list[str]:
    place = "" if device.ipa is None else range_text(device.ipa, device.size)
    behind = device.backed if device.pa is None else range_text(device.pa, device.size)
    return [partition.name, device.name, place, behind,
            numbers_text(device.interrupts, device.edges)]


def rights_text(shared: sharedmem.Shared, peer: sharedmem.Peer) -> str:
    sections = [f"{name} {size_text(size)}" for name, size in
                (("its own", shared.output), ("common", shared.common)) if size]
    return "nothing" if peer.reads else " and ".join(sections)


def _shared_rows(system: System) -> list[list[str]]:
    rows = []
    for shared in system.shared:
        one = shared.what
        place = _place_text(shared.pa, one.size, shared.fixed, system.image is not None)
        for n, peer in enumerate(one.peers):
            intid = [peer.intid] if peer.intid else []
            rows.append([one.name, f"peer {n}", peer.partition, f"{peer.registers:#010x}",
                         range_text(peer.ipa, one.size), rights_text(one, peer),
                         numbers_text(intid, frozenset(intid if one.edge else [])), place])
    return rows


def budgets_text(partition: Partition) -> str:
    each = [f"{budget} of {period} us" for budget, period in partition.budgets]
    return "at most " + (", ".join(each) if len(set(each)) > 1 else
                         f"{each[0]}{' for each vCPU' if len(each) > 1 else ''}")


def table(system: System) -> str:
    all_of = system.partitions
    plural = "" if system.nr_cpus == 1 else "s"
    where = f" on {system.board}, {system.nr_cpus} CPU{plural}" if system.board else ""
    lines = [f"{system.name}{where}", "", "partitions"]
    lines += _columns(
        ["", "name", "vCPUs", "CPUs", "priority", "interrupts", "may call on", "manages"],
        [[str(p.handle), p.name, str(len(p.cpus)), cpus_text(p.cpus, system.nr_cpus),
          str(p.priority), irqs_text(p), ", ".join(p.rights) or "none",
          ", ".join(p.manages) or "none"] for p in all_of])
    lines += [f"  {p.name}: {budgets_text(p)}" for p in all_of if p.budgets]
    waiting = [p.name for p in all_of if not p.starts]
    if waiting:
        lines.append(f"  Not started by the monitor: {', '.join(waiting)}")
    restarted = [f"{p.name} ({p.restarts})" for p in all_of if p.restarts]
    if restarted:
        lines.append(f"  Restarted after a crash: {', '.join(restarted)}")
    creators = [f"{p.name} ({p.vms}, in {size_text(p.vm_pool)} of the monitor's memory)"
                for p in all_of if p.vms]
    if creators:
        lines.append(f"  May make VMs: {', '.join(creators)}")
    lines += ["", "memory"]
    lines += _columns(["partition", "", "guest addresses", "size", "board addresses"],
                      [[p.name, piece.what, range_text(piece.ipa, piece.size), size_text(piece.size),
                        _place_text(piece.pa, piece.size, piece.fixed, system.image is not None)]
                       for p in all_of for piece in p.memory])
    lines += ["", "devices"]
    lines += _columns(["partition", "device", "guest addresses", "board addresses", "interrupts"],
                      [_device_row(p, device) for p in all_of for device in p.devices])
    if system.shared:
        lines += ["", "shared memory"]
        lines += _columns(["name", "", "partition", "registers", "guest addresses", "may write",
                           "interrupts", "board addresses"], _shared_rows(system))
    return "\n".join(lines) + "\n"
