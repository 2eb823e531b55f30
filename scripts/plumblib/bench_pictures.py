# SPDX-License-Identifier: BSD-2-Clause
"""The stored figures as pictures: bars beside the peers', and lines of growth."""

from typing import Any
from xml.sax.saxutils import escape

from .bench import Peers

WIDTH = 960
LABELS = 300  # the width of the names
TOP, BAR, GAP = 76, 13, 16
LONGEST = 2600  # instructions; a longer bar is cut, and marked
LIGHT = ("#1d4ed8", "#b45309", "#be185d", "#15803d")
DARK = ("#93c5fd", "#fcd34d", "#f9a8d4", "#86efac")
PLOT = (90, 70, 700, 300)  # x, y, width, height


def _style() -> str:
    def colours(which: tuple[str, ...]) -> str:
        return "".join(f".b{n} {{ fill: {one} }} .l{n} {{ stroke: {one} }}\n"
                       for n, one in enumerate(which))
    return f"""<style>
text {{ font-family: Helvetica, Arial, sans-serif; font-size: 13px; fill: #1b1f24 }}
.back {{ fill: #ffffff }}
.title {{ font-size: 16px; font-weight: bold }}
.small {{ font-size: 12px; fill: #424a53 }}
.grid {{ stroke: #d0d7de; stroke-width: 1 }}
.curve {{ fill: none; stroke-width: 2 }}
{colours(LIGHT)}@media (prefers-color-scheme: dark) {{
text {{ fill: #e6edf3 }}
.back {{ fill: #0d1117 }}
.small {{ fill: #b1bac4 }}
.grid {{ stroke: #30363d }}
{colours(DARK)}}}
</style>
"""


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "") -> str:
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{kind}{anchor}>{escape(words)}</text>\n'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"/>\n'


def _page(height: float, title: str, body: str) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}">\n'
            f"<title>{escape(title)}</title>\n<!-- SPDX-License-Identifier: BSD-2-Clause -->\n"
            f'{_style()}<rect width="{WIDTH}" height="{height:g}" class="back"/>\n'
            f"{_text(20, 28, title, 'title')}{body}</svg>\n")


def _legend(names: list[str], y: float) -> str:
    out, x = "", 20.0
    for n, name in enumerate(names):
        out += f'<rect x="{x:g}" y="{y - 11:g}" width="12" height="12" class="b{n}"/>\n'
        out += _text(x + 18, y, name, "small")
        x += 36 + 7 * len(name)
    return out


def _bar(y: float, n: int, value: int) -> str:
    scale = (WIDTH - LABELS - 90) / LONGEST
    width = max(1.0, min(value, LONGEST) * scale)
    cut = " (cut)" if value > LONGEST else ""
    return (f'<rect x="{LABELS}" y="{y:g}" width="{width:.1f}" height="{BAR - 2}" class="b{n}"/>\n'
            + _text(LABELS + width + 6, y + BAR - 3, f"{value}{cut}", "small"))


def bars(figures: dict[str, int], peers: Peers, labels: dict[str, str]) -> str:
    """`labels`: the rows to show, and their names there. Peers without a figure have no bar."""
    body = _legend(["Plumbline", *peers.columns[1:]], 54)
    y = float(TOP)
    for name, label in labels.items():
        if name not in figures:
            continue
        values = [(0, figures[name])]
        values += [(n, int(text)) for n, text in enumerate(peers.of(name)[1:], 1) if text.isdigit()]
        body += _text(LABELS - 10, y + BAR * len(values) / 2 + 4, label, "", "end")
        for n, value in values:
            body += _bar(y, n, value)
            y += BAR
        y += GAP
    return _page(y + 8, "Instructions per operation, guest and hypervisor together", body)


def _ceiling(value: int) -> int:
    """A round number at least that large."""
    step = 10 ** max(len(str(value)) - 1, 0)
    return next(n * step for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * step >= value)


def growth(found: list[dict[str, Any]], words: list[str]) -> str:
    """Partitions on one CPU, evenly spaced; `words`: the curves."""
    shapes = [shape for shape in found if shape["CPUs"] == 1]
    left, top, width, height = PLOT
    most = _ceiling(max([shape[word] for shape in shapes for word in words if word in shape],
                        default=1))
    body = _legend(words, 54)
    for n in range(5):
        y = top + height - height * n / 4
        body += _line(left, y, left + width, y, "grid")
        body += _text(left - 8, y + 4, f"{most * n // 4}", "small", "end")
    at = [left + width * (n + 0.5) / max(len(shapes), 1) for n in range(len(shapes))]
    for x, shape in zip(at, shapes):
        body += _text(x, top + height + 20, f"{shape['partitions']}", "", "middle")
    body += _text(left + width / 2, top + height + 42, "partitions on one CPU, all but one asleep",
                  "small", "middle")
    for n, word in enumerate(words):
        points = [(x, top + height - height * shape[word] / most, shape[word])
                  for x, shape in zip(at, shapes) if word in shape]
        body += ('<polyline points="' + " ".join(f"{x:g},{y:.1f}" for x, y, _ in points)
                 + f'" class="curve l{n}"/>\n')
        for x, y, value in points:
            body += f'<circle cx="{x:g}" cy="{y:.1f}" r="4" class="b{n}"/>\n'
        if points:
            x, y, value = points[-1]
            body += _text(x + 10, y + 4, f"{word}: {value}", "small")
    return _page(top + height + 60, "Growth: instructions by the number of partitions", body)
