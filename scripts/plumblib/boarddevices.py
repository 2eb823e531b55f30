# SPDX-License-Identifier: BSD-2-Clause
"""The devices of a board that a partition could be given: what build/host/board-read finds in its
device tree, page by page, with the properties of each there (docs/devices.md)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import fdt
from .common import PAGE, align_up

LARGEST = 16 << 20  # a window; flash and the like are left out
MOST_INTERRUPTS = 8  # of a device of a manifest
FIRST_SPI = 32
# Generic names of nodes (Devicetree Specification 0.4, 2.2.2) and those that SoCs use for the same.
SHARED = {"clock", "clock-controller", "dram-controller", "efuse", "eeprom", "gpc",
          "interrupt-controller", "iomuxc-gpr", "memory-controller", "pinctrl", "psram",
          "reset-controller", "sram", "sram-section", "sysctl", "sysreg", "system-control",
          "power-controller", "power-domain", "prm", "system-controller", "anatop", "snvs", "src",
          "sregs"}
TRACE = {"etm", "etb", "etf", "etr", "funnel", "ptm", "replicator", "tpiu"}
DMA_YES = {"aaci", "ahci", "crypto", "deinterlace", "display-controller", "dma", "dma-controller",
           "ethernet", "gpu", "hdlcd", "hdmi", "ipu", "jr", "lcd-controller", "lcdif", "mixer", "mmc",
           "sata", "sdhci", "sdma", "usb", "video-codec", "vpu", "clcd", "fw-cfg", "virtio_mmio"}
DMA_NO = {"adc", "gpio", "i2c", "ir", "keypad", "kmi", "mailbox", "pl011", "pl031", "pl061", "pwm",
          "rtc", "serial", "spi", "thermal-sensor", "timer", "uart", "watchdog", "wdt"}
NEEDED = (("clocks", "clocks"), ("resets", "resets"), ("pinctrl-0", "pins"),
          ("power-domains", "power domains"), ("phys", "phys"))


@dataclass(frozen=True)
class Interrupt:
    intid: int
    edge: bool


@dataclass
class Node:
    """A node of the board's tree. `pieces`: of its `reg`, address and size."""

    path: str
    pieces: list[tuple[int, int]]
    interrupts: list[Interrupt]
    tree: fdt.Node

    @property
    def kind(self) -> str:
        return self.tree.plain_name


@dataclass
class Window:
    """Whole pages, and the nodes with registers there, which all go to one partition."""

    start: int
    end: int
    nodes: list[Node]
    first: list[Node] = field(default_factory=list)  # those with their first piece here

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def interrupts(self) -> list[Interrupt]:
        """Of the nodes that begin here; a shared one is listed once."""
        found = {each.intid: each for node in self.first for each in node.interrupts
                 if each.intid >= FIRST_SPI}
        return list(found.values())


DEVICE = re.compile(r"device: (\S+); reg ([^;\n]+)(?:; interrupts (.*))?")


def _find(root: fdt.Node, path: str) -> fdt.Node:
    node = root
    for name in path.strip("/").split("/"):
        node = next(child for child in node.children if child.name == name)
    return node


def parse(said: str, tree: fdt.Tree) -> list[Node]:
    """The 'device:' lines of board-read --devices."""
    found = []
    for path, reg, interrupts in DEVICE.findall(said):
        pieces = [(int(base, 0), int(size, 0)) for base, size in
                  (piece.split() for piece in reg.split(","))]
        lines = [Interrupt(int(intid), kind == "edge") for intid, kind in
                 (each.split() for each in interrupts.split(",") if each.strip())]
        found.append(Node(path, [piece for piece in pieces if piece[1]], lines,
                          _find(tree.root, path)))
    return found


def _overlaps(one: tuple[int, int], ranges: Iterable[tuple[int, int]]) -> bool:
    """Pairs of start and end."""
    return any(one[0] < end and start < one[1] for start, end in ranges)


def _is_bus(node: Node) -> bool:
    """A bus to other nodes; its own registers, if any, need no driver (2.3.11 `simple-bus`)."""
    return bool(node.tree.children) and "simple-bus" in node.tree.texts("compatible")


def windows(nodes: list[Node]) -> list[Window]:
    """Devices that share a page are joined."""
    pieces = sorted(((base // PAGE * PAGE, align_up(base + size, PAGE), node, n == 0)
                     for node in nodes if not _is_bus(node)
                     for n, (base, size) in enumerate(node.pieces)), key=lambda piece: piece[:2])
    found: list[Window] = []
    for start, end, node, first in pieces:
        if not found or start >= found[-1].end:
            found.append(Window(start, end, []))
        window = found[-1]
        window.end = max(window.end, end)
        if node not in window.nodes:
            window.nodes.append(node)
        if first:
            window.first.append(node)
    return found


@dataclass(frozen=True)
class Taken:
    """Ranges that no partition may have: memory, the GIC; and the console's address, if any."""

    memory: list[tuple[int, int]]
    gic: list[tuple[int, int]]
    console: int | None


def _shared(node: Node) -> bool:
    """"syscon": registers of several devices (its binding, 'System Controller Registers R/W')."""
    return node.kind in SHARED or "syscon" in node.tree.texts("compatible")


def left_out(window: Window, taken: Taken) -> str:
    """The reason why no partition may have it, "" if one may."""
    place = (window.start, window.end)
    kinds = [node.kind for node in window.nodes]
    if _overlaps(place, taken.gic) or any("gic" in text for node in window.nodes
                                          for text in node.tree.texts("compatible")):
        return "the GIC"
    if taken.console is not None and window.start <= taken.console < window.end:
        return "the monitor's console"
    if _overlaps(place, taken.memory) or window.nodes[0].path.startswith("/reserved-memory/"):
        return "memory"
    if any(node.tree.text("device_type") == "pci" for node in window.nodes):
        return "a PCI host: more than a window"
    if window.size > LARGEST:
        return f"{window.size >> 20} MiB"
    if any(kind in TRACE for kind in kinds):
        return "trace"
    if _shared(window.nodes[0]):
        return "for the whole board"
    if any(map(_shared, window.nodes)):
        return "in one page with something for the whole board"
    return "" if window.first else "more registers of a device"


def dma(node: Node) -> str:
    """DMA, by the properties of the node and by the kind of device."""
    compatible = node.tree.texts("compatible")
    if "virtio,mmio" in compatible or "#dma-cells" in node.tree.props:
        return "does DMA"
    if any(prop in node.tree.props for prop in ("dma-coherent", "iommus")):
        return "does DMA"
    if node.kind in DMA_YES:
        return "most likely does DMA"
    if "dmas" in node.tree.props:
        return "no DMA of its own, except with the DMA engine passed through, too"
    if node.kind in DMA_NO:
        return "most likely no DMA"
    return "DMA: not stated in the device tree, see its manual"


def needs(node: Node) -> list[str]:
    return [word for prop, word in NEEDED if prop in node.tree.props]


def step(window: Window) -> int:
    """For a row of equal devices, with an interrupt each: the distance between two. Otherwise 0."""
    nodes = sorted(window.first, key=lambda node: node.pieces[0])
    size = nodes[0].pieces[0][1] if nodes else 0
    alike = all(node.pieces == [(window.start + n * size, size)] and len(node.interrupts) == 1
                and node.tree.texts("compatible") == nodes[0].tree.texts("compatible")
                for n, node in enumerate(nodes))
    return size if len(nodes) > 1 and alike and window.nodes == window.first else 0

