# SPDX-License-Identifier: BSD-2-Clause
"""A system as a picture: partitions as cards, the board's memory beside them, rights as arrows. Text
is placed by estimated widths: no font is measured or included."""

from xml.sax.saxutils import escape

from . import sharedmem
from .systemmap import (CPUS, Device, Partition, Piece, System, budgets_text, irqs_text, numbers_text, size_text)

WIDTH = 960
MARGIN = 24
ARROWS = 84  # left of the cards, if there are rights to show
CARD_WIDTH = 520
MEMORY_AT, MEMORY_WIDTH = 744, 192
TOP = 76
CHIP, CHIP_GAP = 24, 8
CODE_WIDTH = 6.7  # of a character of the monospaced font at 11 px
COLOURS = 8
LIGHT = (("#dbeafe", "#1d4ed8"), ("#dcfce7", "#15803d"), ("#fef3c7", "#b45309"), ("#fce7f3", "#be185d"),
         ("#ede9fe", "#6d28d9"), ("#cffafe", "#0e7490"), ("#ffedd5", "#c2410c"), ("#e5e7eb", "#4b5563"))
DARK = (("#172554", "#93c5fd"), ("#052e16", "#86efac"), ("#451a03", "#fcd34d"), ("#500724", "#f9a8d4"),
        ("#2e1065", "#c4b5fd"), ("#083344", "#67e8f9"), ("#431407", "#fdba74"), ("#1f2937", "#9ca3af"))


def style(more: str = "") -> str:
    """Of pictures with partitions, whose colours are p0, p1 and so on."""
    light = "".join(f".p{n} {{ fill: {fill}; stroke: {line} }} .l{n} {{ stroke: {line} }} "
                    f".t{n} {{ fill: {line} }}\n" for n, (fill, line) in enumerate(LIGHT))
    dark = "".join(f".p{n} {{ fill: {fill}; stroke: {line} }} .l{n} {{ stroke: {line} }} "
                   f".t{n} {{ fill: {line} }}\n" for n, (fill, line) in enumerate(DARK))
    return f"""<style>
text {{ font-family: Helvetica, Arial, sans-serif; font-size: 13px; fill: #1b1f24 }}
.back {{ fill: #ffffff }}
.title {{ font-size: 16px; font-weight: bold }}
.name {{ font-weight: bold; font-size: 14px }}
.small {{ font-size: 12px; fill: #424a53 }}
.code {{ font-family: monospace; font-size: 11px }}
.grey {{ fill: #f6f8fa; stroke: #57606a }}
.none {{ fill: none; stroke: #8c959f; stroke-dasharray: 4 3 }}
.thin {{ fill: none; stroke-width: 1.5 }}
.soft {{ fill-opacity: 0.45 }}
.right {{ fill: none; stroke: #b91c1c; stroke-width: 1.5 }}
.head {{ fill: #b91c1c }}
{light}@media (prefers-color-scheme: dark) {{
text {{ fill: #e6edf3 }}
.back {{ fill: #0d1117 }}
.small {{ fill: #b1bac4 }}
.grey {{ fill: #161b22; stroke: #8b949e }}
.none {{ stroke: #6e7681 }}
.right {{ stroke: #ff7b72 }}
.head {{ fill: #ff7b72 }}
{dark}}}
{more}</style>
"""


def _text(x: float, y: float, words: str, kind: str = "", end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{kind}{anchor}>{escape(words)}</text>\n'


def _box(x: float, y: float, width: float, height: float, kind: str, radius: int = 4) -> str:
    return (f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}" '
            f'class="{kind}"/>\n')


def _colour(partition: Partition) -> int:
    return (partition.handle - 1) % COLOURS


def _chip_text(device: Device) -> str:
    words = device.name
    if device.ipa is not None:
        words += f" {device.ipa:#010x}"
        if device.pa is not None and device.pa != device.ipa:
            words += f" is {device.pa:#010x}"
    if device.interrupts:
        words += f" · {numbers_text(device.interrupts, device.edges)}"
    return words


def _shown(partition: Partition) -> list[Device]:
    """Omits the GIC and timers, which are the same for each partition with a GIC: its text has
    them."""
    return [d for d in partition.devices if d.pa is not None or d.interrupts and d.ipa is not None
            or d.name.startswith("virtio")]


def _chips(partition: Partition, x: float, y: float, width: float) -> tuple[str, float]:
    """The devices, in rows; the picture and its height."""
    out, at, row = "", x, y
    for device in _shown(partition):
        words = _chip_text(device)
        wide = len(words) * CODE_WIDTH + 16
        if at > x and at + wide > x + width:
            at, row = x, row + CHIP + CHIP_GAP
        kind = f"p{_colour(partition)}" if device.pa is not None else "none"
        out += _box(at, row, min(wide, width), CHIP, kind)
        out += _text(at + 8, row + 16, words, "code")
        at += wide + CHIP_GAP
    return out, (row + CHIP - y) if out else 0


def _cpu_squares(partition: Partition, nr_cpus: int, x: float, y: float) -> str:
    out = _text(x, y + 14, "CPUs", "small")
    mask = 0
    for each in partition.cpus:
        mask |= each
    for n in range(nr_cpus):
        at = x + 40 + n * 24
        inside = mask >> n & 1
        out += _box(at, y, 20, 20, f"p{_colour(partition)}" if inside else "none", 3)
        if inside:
            out += f'<text x="{at + 10:g}" y="{y + 14:g}" class="code" text-anchor="middle">{n}</text>\n'
    vcpus = len(partition.cpus)
    more = f", {budgets_text(partition)}" if partition.budgets else ""
    more += "" if partition.starts else ", does not start by itself"
    return out + _text(x + 52 + nr_cpus * 24, y + 14, f"{vcpus} vCPU{'s' if vcpus > 1 else ''}, "
                       f"priority {partition.priority}{more}", "small")


def _memory_text(piece: Piece) -> str:
    seen = f"{piece.ipa:#010x}"
    known = "" if piece.pa is None else f", on the board {piece.pa:#010x}"
    return f"{piece.what} {size_text(piece.size)} at {seen}{known}"


def _share_text(shared: sharedmem.Shared, number: int) -> str:
    peer = shared.peers[number]
    intid = f" · {peer.intid}" if peer.intid else ""
    reads = ", reads only" if peer.reads else ""
    return (f"shared: {shared.name}, peer {number}{reads}, {size_text(shared.size)} at "
            f"{peer.ipa:#010x}, registers {peer.registers:#010x}{intid}")


def _card(system: System, partition: Partition, x: float, y: float) -> tuple[str, float]:
    """One partition; the picture and its height."""
    inner, width = x + 16, CARD_WIDTH - 32
    body = _text(inner, y + 24, f"{partition.handle}  {partition.name}", "name")
    body += _text(x + CARD_WIDTH - 16, y + 24, irqs_text(partition), "small", end=True)
    body += _cpu_squares(partition, _nr_cpus(system), inner, y + 38)
    at = y + 80
    for piece in partition.memory:
        body += _text(inner, at, _memory_text(piece), "code")
        at += 18
    for shared, number in sharedmem.shares([s.what for s in system.shared], partition.name):
        body += _text(inner, at, _share_text(shared, number), "code")
        at += 18
    chips, tall = _chips(partition, inner, at - 4, width)
    height = at - 4 + tall + (12 if tall else 0) - y
    frame = _box(x, y, CARD_WIDTH, height, f"p{_colour(partition)} soft", 8)
    return frame + body + chips, height


def _nr_cpus(system: System) -> int:
    """The board's CPUs, or as many as the manifest names."""
    named = [mask.bit_length() for p in system.partitions for mask in p.cpus
             if mask != (1 << CPUS) - 1]
    return system.nr_cpus or max([1, *named])


def _blocks(system: System) -> list[tuple[int, int, str, str, int]]:
    """Of the board's memory, by address: start, end, words, class, handle (0: the monitor's, below:
    several partitions')."""
    found = [(piece.pa, piece.pa + piece.size,
              p.name if piece.what == "memory" else f"{p.name}, {piece.what}", f"p{_colour(p)}",
              p.handle) for p in system.partitions for piece in p.memory if piece.pa is not None]
    found += [(s.pa, s.pa + s.what.size, f"{s.what.name}, shared", "grey", -1)
              for s in system.shared if s.pa is not None]
    if system.image:
        found.append((*system.image, "monitor and system", "grey", 0))
    return sorted(found)


def _memory(system: System, cards: dict[int, float]) -> tuple[str, float]:
    """The column, not to scale, with a line to each block from its partition; and its lower end."""
    out = _text(MEMORY_AT, TOP - 12, "the board's memory", "small")
    y, before = float(TOP), system.ram[0][0] if system.ram else None
    for start, end, words, kind, handle in _blocks(system):
        if before is not None and start > before:
            out += _box(MEMORY_AT, y, MEMORY_WIDTH, 14, "none", 0)
            y += 14
        out += _box(MEMORY_AT, y, MEMORY_WIDTH, 40, kind, 0)
        out += _text(MEMORY_AT + 10, y + 17, words, "small")
        # The image's size differs with each compiler.
        size = f", {size_text(end - start)}" if handle else ""
        out += _text(MEMORY_AT + 10, y + 32, f"{start:#010x}{size}", "code")
        if handle > 0:
            x, high = MARGIN + ARROWS + CARD_WIDTH, cards[handle] + 20
            middle = (x + MEMORY_AT) / 2
            out += (f'<path d="M{x} {high:g}C{middle:g} {high:g} {middle:g} {y + 20:g} {MEMORY_AT} '
                    f'{y + 20:g}" class="thin l{(handle - 1) % COLOURS}"/>\n')
        y, before = y + 40, end
    if system.ram and before is not None and before < system.ram[-1][1]:
        out += _box(MEMORY_AT, y, MEMORY_WIDTH, 14, "none", 0)
        y += 14
    if not _blocks(system):
        out += _text(MEMORY_AT, TOP + 16, "the monitor chooses", "small")
        y += 24
    else:
        out += _text(MEMORY_AT, y + 18, "dashed: free or the monitor's", "small")
        y += 24
    return out, y


def _arrows(system: System, cards: dict[int, float]) -> str:
    """Arrows from each partition to those that it may call on, or manages."""
    handles = {p.name: p.handle for p in system.partitions}
    out, lane = "", 0
    for p in system.partitions:
        for name in dict.fromkeys(p.rights + p.manages):
            high, low = cards[p.handle] + 14, cards[handles[name]] + 26
            x, reach = MARGIN + ARROWS, 24 + 14 * (lane % 4)
            lane += 1
            out += (f'<path d="M{x} {high:g}C{x - reach:g} {high:g} {x - reach:g} {low:g} {x - 7:g} '
                    f'{low:g}" class="right"/>\n<path d="M{x} {low:g}l-9 -4.5v9z" class="head"/>\n')
    if out:
        out += _text(MARGIN, TOP - 12, "arrows: may call on" + (
            ", manages" if any(p.manages for p in system.partitions) else ""), "small")
    return out


def draw(system: System) -> str:
    """The SVG. Without a right to show, the arrows' margin stays free, so that pictures compare."""
    cards: dict[int, float] = {}
    body, y = "", float(TOP)
    for p in system.partitions:
        card, height = _card(system, p, MARGIN + ARROWS, y)
        cards[p.handle] = y
        body += card
        y += height + 16
    memory, end = _memory(system, cards)
    title = f"{system.name} on {system.board}" if system.board else system.name
    high = max(y + 28, end) + 8
    body += _text(MARGIN + ARROWS, y + 10, "devices: dashed, emulated; filled, the board's own; behind "
                  "the dot, interrupts", "small")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high:g}">\n'
            f"<title>{escape(title)}</title>\n" + style()
            + f'<rect width="{WIDTH}" height="{high:g}" class="back"/>\n'
            + _text(MARGIN, 34, title, "title") + memory + _arrows(system, cards) + body + "</svg>\n")
