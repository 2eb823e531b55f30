# SPDX-License-Identifier: BSD-2-Clause
"""A manifest for a board: a summary of its device tree, one partition that runs, and the board's
devices as candidates, commented out."""

import re
from dataclasses import dataclass
from pathlib import Path

from . import boarddevices, fdt, kernel
from .boarddevices import Taken, Window
from .common import PAGE, PlumbError, align_up
from .guestdt import quote
from .machine import memory, windows

HELLO = "build/guest/hello.bin"
MIB = 1 << 20
BLOCK = 2 * MIB
HELLO_MEMORY, RAW_MEMORY, LINUX_MEMORY = 4 * MIB, 16 * MIB, 128 * MIB
FOUR_GIB = 1 << 32
SPARE_IPA = 0x20000000  # guest addresses for devices whose board address is not free: from here on
MOST_IRQS, IRQS_STEP, FEWEST_IRQS = 1020, 32, 128
GIC_PIECE = 0x2000  # size of the board's GICC and GICV; GICD and GICH are smaller
HAS = ("gicd", "gicc", "gicv2m", "uart")  # of machine.windows(): with the properties' defaults


@dataclass
class Board:
    """The output of board-read."""

    facts: list[tuple[str, str]]
    nodes: list[boarddevices.Node]

    def texts(self, name: str) -> list[str]:
        return [text for key, text in self.facts if key == name]

    def text(self, name: str) -> str:
        return (self.texts(name) or [""])[0]

    def ranges(self, name: str) -> list[tuple[int, int]]:
        """Start and end."""
        found = []
        for text in self.texts(name):
            start, size = (int(word, 0) for word in text.split())
            found.append((start, start + size))
        return found

    @property
    def taken(self) -> Taken:
        gic = [int(at, 16) for at in re.findall(r"GIC[DCHV] 0x([0-9a-f]+)", self.text("gic"))]
        console = re.search(r" 0x([0-9a-f]+), interrupt", self.text("uart"))
        return Taken(self.ranges("memory"), [(at, at + GIC_PIECE) for at in gic],
                     int(console[1], 16) if console else None)


def read(said: str, tree: bytes) -> Board:
    facts = []
    for line in said.splitlines():
        key, _, text = line.partition(": ")
        facts.append((key, text))
    return Board(facts, boarddevices.parse(said, fdt.parse(tree)))


@dataclass
class Program:
    """The partition's program: lines of its node."""

    name: str
    size: int  # of its memory
    lines: list[str]


def _remarked(line: str, remark: str) -> str:
    return f"{line:<36} /* {remark} */"


def hello() -> Program:
    return Program("hello", HELLO_MEMORY,
                   [f"kernel = /incbin/({quote(HELLO)});",
                    _remarked('rights = "hello";', "it raises its own lines")])


def given_kernel(path: Path, named: str) -> Program:
    """`named`: the file's name in the manifest."""
    name = f"--kernel {path}"
    data = kernel.read(path, "kernel")
    if data.startswith(b"\x7fELF"):
        raise PlumbError(f"{name}: an ELF file: make a raw image of it with 'arm-none-eabi-objcopy "
                         "-O binary', or run it without a manifest: plumb run --kernel")
    lines = [f"kernel = /incbin/({quote(named)});"]
    if not kernel.is_zimage(data):
        kernel.check(data[:kernel.HEAD], name)
        return Program("guest", max(RAW_MEMORY, align_up(4 * len(data), BLOCK)), lines)
    place = memory()["kernel"] - memory()["ipa"]
    space = kernel.zimage_space(data, name, place)
    if space:
        lines.append(_remarked(f"kernel-space = <{space:#x}>;", "size when unpacked"))
    lines += ['bootargs = "console=ttyAMA0";', '// initrd = /incbin/("initrd.gz");']
    return Program("linux", max(LINUX_MEMORY, align_up(4 * space, BLOCK)), lines)


def memory_at(board: Board, size: int) -> int | None:
    """A place for memory with `identity`: in the middle of the largest piece that is usable."""
    taken = _own_windows() + board.ranges("reserved")
    best: tuple[int, int] | None = None
    for start, end in board.ranges("memory"):
        end = min(end, FOUR_GIB)
        at = align_up(start + max(end - start, 0) // 2, BLOCK)
        free = not any(at < high and low < at + size for low, high in taken)
        if at + size <= end and free and (best is None or end - start > best[1]):
            best = (at, end - start)
    return best[0] if best else None


def _own_windows() -> list[tuple[int, int]]:
    """The windows of the machine that the partition has."""
    return [(windows()[name].base, windows()[name].base + windows()[name].size) for name in HAS]


class Places:
    """Guest addresses for devices: the board's own if they are free."""

    def __init__(self, ram: list[tuple[int, int]], devices: list[Window]):
        self.kept = ram + _own_windows()
        self.used = self.kept + [(device.start, device.end) for device in devices]

    def place(self, device: Window) -> int | None:
        """The device's `ipa` if it needs one."""
        clear = not any(device.start < end and start < device.end for start, end in self.kept)
        if clear and device.end <= FOUR_GIB:
            return None
        at = SPARE_IPA
        while any(at < end and start < at + device.size for start, end in self.used):
            at += max(PAGE, 1 << (device.size - 1).bit_length())
        self.used.append((at, at + device.size))
        return at


def _wide(value: int) -> str:
    return f"<{value >> 32:#x} {value & 0xffffffff:#x}>"


def _names(devices: list[Window]) -> list[str]:
    """Names of the manifest's nodes: each once."""
    names: list[str] = []
    for device in devices:
        plain = re.sub(r"[^a-z0-9-]", "-", device.first[0].kind.lower())
        number = 1
        while (name := plain if number == 1 else f"{plain}-{number}") in names:
            number += 1
        names.append(name)
    return names


def _last(node: boarddevices.Node) -> str:
    return node.path.rsplit("/", 1)[-1]


def _remarks(device: Window, conflict: list[str]) -> list[str]:
    """Remarks on a device that may be passed through."""
    first = device.first[0]
    others = [node for node in device.nodes if node is not first]
    words = [boarddevices.dma(first)]
    if others and boarddevices.step(device):
        words[0] = f"with {len(others)} more of its kind; {words[0]}"
    elif others:
        words.append("in the same pages: " + ", ".join(
            f"{_last(node)} ({boarddevices.dma(node)})" for node in others))
    more = boarddevices.needs(first)
    if more:
        words.append(f"uses the board's {', '.join(more)}")
    far = [piece for node in device.first for piece in node.pieces
           if not device.start <= piece[0] < device.end]
    if far:
        words.append("has more registers at " + ", ".join(f"{base:#x}" for base, _ in far))
    if len(device.interrupts) > boarddevices.MOST_INTERRUPTS:
        words.append(f"has {len(device.interrupts)} interrupts; the limit is "
                     f"{boarddevices.MOST_INTERRUPTS}")
    return [f"{first.path}: {'; '.join(words)}", *conflict]


def candidate(device: Window, name: str, ipa: int | None) -> list[str]:
    """Its node, in lines."""
    lines = [f"{name} {{", '\tcompatible = "plumbline,device";', f"\tpa = {_wide(device.start)};"]
    if ipa is not None:
        lines.append(f"\tipa = <{ipa:#x}>;")
    lines.append(f"\tsize = <{device.size:#x}>;")
    interrupts = device.interrupts[:boarddevices.MOST_INTERRUPTS]
    if interrupts:
        lines.append(f"\tinterrupt = <{' '.join(str(each.intid) for each in interrupts)}>;")
    edges = [str(each.intid) for each in interrupts if each.edge]
    if edges:
        numbers = "" if len(edges) == len(interrupts) else f" = <{' '.join(edges)}>"
        lines.append(f"\tinterrupt-edge{numbers};")
    step = boarddevices.step(device)
    if step or len(device.nodes) == 1:
        compatible = ", ".join(quote(text) for text in device.nodes[0].tree.texts("compatible"))
        lines.append(f"\tdt-compatible = {compatible};")
        lines += [f"\tdt-step = <{step:#x}>;"] if step else []
        lines += ["\tdt-coherent;"] if "dma-coherent" in device.nodes[0].tree.props else []
    return [*lines, "};"]


def _conflict(device: Window) -> list[str]:
    """Conflicts with the partition's own console: only one of the two is possible."""
    uart = windows()["uart"].intid
    if not any(each.intid == uart for each in device.interrupts):
        return []
    return [f'Interrupt {uart} is also the virtual console\'s: this device needs console = "none".']


def _comment(lines: list[str], indent: str) -> str:
    """Wrapped, as a comment."""
    words, out, row = " ".join(lines).split(), [], ""
    for word in words:
        if row and len(row) + 1 + len(word) > 84:
            out.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    out.append(row)
    return f"{indent}/* " + f"\n{indent} * ".join(out) + " */\n"


def _candidates(board: Board, ram: list[tuple[int, int]]) -> tuple[str, int]:
    """The text, and the highest interrupt in it."""
    all_windows = boarddevices.windows(board.nodes)
    devices = [window for window in all_windows if not boarddevices.left_out(window, board.taken)]
    places, text, highest = Places(ram, devices), "", 0
    for device, name in zip(devices, _names(devices)):
        text += "\n" + _comment(_remarks(device, _conflict(device)), "\t\t")
        text += "".join(f"\t\t// {line}\n"
                        for line in candidate(device, name, places.place(device)))
        highest = max([highest, *(each.intid for each in device.interrupts)])
    return text + _left_out(all_windows, board), highest


def _left_out(all_windows: list[Window], board: Board) -> str:
    reasons: dict[str, list[str]] = {}
    for window in all_windows:
        why, name = boarddevices.left_out(window, board.taken), _last(window.nodes[0])
        if why and name not in reasons.setdefault(why, []):
            reasons[why].append(name)
    rows = [f"{', '.join(names)} ({why})" for why, names in reasons.items()]
    return "\n" + _comment([f"Not to be passed through: {'; '.join(rows)}."], "\t\t") if rows else ""


def _head(board: Board, origin: str) -> str:
    rows = [("memory", f"{start:#x} to {end - 1:#x}, {end - start >> 20} MiB")
            for start, end in board.ranges("memory")]
    rows += [("reserved", f"{start:#x} to {end - 1:#x}") for start, end in board.ranges("reserved")]
    rows += [(f"CPU {n}", f"MPIDR {text}") for n, text in enumerate(board.texts("cpu"))]
    rows.append(("console", f"{board.text('uart')}: the monitor's own"))
    facts = "".join(f" *   {name:<9} {text}\n" for name, text in rows)
    return (f"/*\n * A system for {board.text('model')}, written by '{origin}'.\n *\n"
            " * The board, as the monitor reads its device tree:\n" + facts +
            " *\n * docs/manifest.md describes all properties, docs/devices.md the devices.\n */\n"
            "/dts-v1/;\n\n")


DEVICES = """\

		/*
		 * Devices of the board that this partition may have, 8 at most, each to one partition:
		 * remove the slashes in front. There is no IOMMU: a device that does DMA reaches all of
		 * the board's memory, so give it only to a partition that you trust, with memory-at and
		 * identity above. Clocks, resets and pins stay as the boot loader left them. In the
		 * guest's device tree a device gets reg, interrupts and dt-compatible; put the other
		 * properties of its binding into dtb-extra.
		 */
"""


def text(board: Board, program: Program, origin: str) -> str:
    """The manifest."""
    at = memory_at(board, program.size)
    ram = [(memory()["ipa"], memory()["ipa"] + program.size)]
    ram += [(at, at + program.size)] if at is not None else []
    devices, highest = _candidates(board, ram)
    irqs = min(max(FEWEST_IRQS, align_up(highest + 1, IRQS_STEP)), MOST_IRQS)
    cpus = (1 << len(board.texts("cpu"))) - 1
    lines = ['compatible = "plumbline,partition";', "vcpus = <1>;",
             _remarked(f"cpus = <{cpus:#x}>;", "bit n: may run on CPU n"),
             f"memory-size = <{program.size:#x}>;"]
    if at is not None:
        lines += [_remarked(f"// memory-at = {_wide(at)};", "for a device that does DMA"),
                  _remarked("// identity;", "guest address = board address")]
    lines += [_remarked(f"irqs = <{irqs}>;", f"interrupts 0 to {irqs - 1}"),
              *program.lines]
    body = "".join(f"\t\t{line}\n" for line in lines)
    return (_head(board, origin) + '/ {\n\tcompatible = "plumbline,system-1";\n\n'
            f"\t{program.name} {{\n{body}" + (DEVICES if devices else "") + devices + "\t};\n};\n")

