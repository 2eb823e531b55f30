# SPDX-License-Identifier: BSD-2-Clause
"""The trace as a picture: a row for each CPU, vCPU and driven line, time from left to right; below it
the marked events in words."""

from xml.sax.saxutils import escape

from . import events, events_slices, events_text
from .events import Event, Trace
from .events_slices import Span
from .mapsvg import COLOURS, style

WIDTH, MARGIN = 960, 24
LABELS = 168  # width of the rows' names
TOP, ROW, BAR = 92, 34, 20
MARK_ROW = 18  # of the list below
MARKS = 24  # more are not marked: they would cover each other
TEXT_WIDTH = 6.2  # of a character at 11 px
MARKED = (events.LINE, events.LR, events.EOI, events.KICK)
STEPS = (1, 2, 5)


def _text(x: float, y: float, words: str, kind: str = "", middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.4g}" y="{y:.4g}"{kind}{anchor}>{escape(words)}</text>\n'


def _line(x0: float, y0: float, x1: float, y1: float, kind: str) -> str:
    return f'<path d="M{x0:.5g} {y0:.4g} L{x1:.5g} {y1:.4g}" class="{kind}"/>\n'


def _step(span_us: float) -> float:
    """Between two numbers of the axis: about ten of them."""
    step = 1e-3
    while True:
        for factor in STEPS:
            if span_us / (step * factor) <= 10:
                return step * factor
        step *= 10


class _Picture:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.first = trace.events[0].time
        self.ticks = max(1, trace.last() - self.first)
        self.marks = [event for event in trace.events if event.kind in MARKED]
        self.lines = list(dict.fromkeys(events_text.line(trace, event)[0] for event in trace.events
                                        if event.kind == events.LINE))
        self.rows: dict[tuple, float] = {}
        rows: list[tuple] = [("cpu", cpu) for cpu in events_slices.cpus(trace)]
        rows += [("vcpu", *vcpu) for vcpu in events_slices.vcpus(trace)]
        rows += [("line", name) for name in self.lines]
        for n, row in enumerate(rows):
            self.rows[row] = TOP + n * ROW
        self.bottom = TOP + len(rows) * ROW

    def x(self, time: int) -> float:
        return MARGIN + LABELS + (time - self.first) * (WIDTH - 2 * MARGIN - LABELS) / self.ticks

    def bar(self, row: tuple, span: Span, kind: str, words: str) -> str:
        x, y = self.x(span.start), self.rows[row]
        width = max(0.5, self.x(span.end) - x)
        out = f'<rect x="{x:.5g}" y="{y:.4g}" width="{width:.5g}" height="{BAR}" class="{kind}"/>\n'
        if words and width > len(words) * TEXT_WIDTH + 6:
            out += _text(x + 4, y + 14, words, "code")
        return out

    def span(self, span: Span) -> str:
        colour = f"p{(span.vm - 1) % COLOURS}"
        name = f"{self.trace.name(span.vm)}.{span.vcpu}"
        if span.kind == "chosen":
            return self.bar(("cpu", span.cpu), span, colour, name) if span.vm else ""
        if span.kind == "guest":
            return self.bar(("vcpu", span.vm, span.vcpu), span, colour, "")
        return self.bar(("vcpu", span.vm, span.vcpu), span, "grey", span.text)

    def level(self, name: str) -> str:
        """A line's level: unknown until it is driven."""
        y, x, was, out = self.rows[("line", name)], None, False, ""
        moves = [event for event in self.trace.events if event.kind == events.LINE
                 and events_text.line(self.trace, event)[0] == name]
        for event in moves:
            high = events_text.line(self.trace, event)[1]
            at = self.x(event.time)
            if x is not None:
                out += _line(x, self.height(y, was), at, self.height(y, was), "wave")
            out += _line(at, self.height(y, not high), at, self.height(y, high), "wave")
            x, was = at, high
        return out + _line(x or 0, self.height(y, was), WIDTH - MARGIN, self.height(y, was), "wave")

    @staticmethod
    def height(y: float, high: bool) -> float:
        return y + (3 if high else BAR - 3)

    def axis(self) -> str:
        span = self.ticks * 1e6 / self.trace.hz
        step, out, n = _step(span), "", 0
        while n * step <= span:
            x = self.x(round(self.first + n * step * self.trace.hz / 1e6))
            out += _line(x, TOP - 14, x, self.bottom - ROW + BAR + 6, "rule")
            out += _text(x, TOP - 20, f"{n * step:g}", "small", True)
            n += 1
        return out + _text(MARGIN, TOP - 20, "microseconds", "small")

    def labels(self) -> str:
        out = ""
        for row, y in self.rows.items():
            words = (f"CPU {row[1]}" if row[0] == "cpu" else row[1] if row[0] == "line"
                     else f"{self.trace.name(row[1])}.{row[2]}")
            out += _text(MARGIN, y + 14, words, "small")
        return out

    def row_of(self, event: Event) -> float:
        if event.kind == events.LINE:
            return self.rows[("line", events_text.line(self.trace, event)[0])]
        return self.rows[("vcpu", event.vm, event.vcpu) if event.vm else ("cpu", event.cpu)]

    def numbers(self) -> str:
        out, taken = "", dict.fromkeys(self.rows.values(), 0.0)
        for n, event in enumerate(self.marks, 1):
            y = self.row_of(event)
            x = max(self.x(event.time), taken[y] + 8 + 4)
            taken[y] = x + (4 if n > 9 else 0)
            out += _line(self.x(event.time), y, self.x(event.time), y + BAR, "mark")
            out += f'<circle cx="{x:.5g}" cy="{y + BAR + 5:.4g}" r="7" class="dot"/>\n'
            out += _text(x, y + BAR + 9, str(n), "number", True)
        return out

    def legend(self) -> str:
        out = ""
        for n, event in enumerate(self.marks, 1):
            y = self.bottom + 8 + n * MARK_ROW
            words = f"{n:>2}  {self.trace.us(event):.2f} µs, CPU {event.cpu}: {events_text.who(self.trace, event)}: "
            out += _text(MARGIN, y, words + events_text.words(self.trace, event), "code")
        return out


STYLE = """.rule { stroke: #d0d7de }
.wave { fill: none; stroke: #b91c1c; stroke-width: 2 }
.mark { stroke: #1b1f24; stroke-width: 1.5 }
.dot { fill: #1b1f24 }
.number { font-size: 9px; fill: #ffffff; font-weight: bold }
@media (prefers-color-scheme: dark) {
.rule { stroke: #30363d }
.wave { stroke: #ff7b72 }
.mark { stroke: #e6edf3 }
.dot { fill: #e6edf3 }
.number { fill: #0d1117 }
}
"""


def text(trace: Trace, title: str) -> str:
    """`trace` has an event at least."""
    picture = _Picture(trace)
    marked = len(picture.marks) <= MARKS
    height = picture.bottom + (16 + len(picture.marks) * MARK_ROW if marked else 8)
    out = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
           f'viewBox="0 0 {WIDTH} {height:g}">\n')
    out += style(STYLE) + f'<rect width="{WIDTH}" height="{height:g}" class="back"/>\n'
    out += _text(MARGIN, 34, title, "title")
    out += _text(MARGIN, 54, "Coloured: a CPU's vCPU; a vCPU executes its guest. Grey: an exit of it is handled.",
                 "small")
    out += picture.axis() + picture.labels()
    out += "".join(picture.span(span) for span in events_slices.spans(trace))
    out += "".join(picture.level(name) for name in picture.lines)
    if marked:
        out += picture.numbers() + picture.legend()
    return out + "</svg>\n"
