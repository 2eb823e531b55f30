# SPDX-License-Identifier: BSD-2-Clause
"""The trace that `trace dump` prints at control's prompt (guest/control/trace.c), found in a console's
output: what each CPU did, in the order of time (docs/tracing.md)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from .top import ESCAPE

# A line may have the name of its partition in front, a prompt, and an escape sequence or two.
PREFIX = r"^(?:\S+> )?(?:\[(?P<by>[^\]\s]+)\] )?(?:\S+> )?trace "
HEX = r"[0-9a-f]{1,8}"
HEAD = re.compile(PREFIX + rf"dump (?P<hz>{HEX})$")
NAME = re.compile(PREFIX + rf"vm (?P<handle>{HEX}) (?P<name>[a-z0-9-]+)$")
CPU = re.compile(PREFIX + rf"cpu (?P<cpu>{HEX}) (?P<count>{HEX}) (?P<lost>{HEX})$")
EVENT = re.compile(PREFIX + rf"(?P<values>{HEX}(?: {HEX}){{5}})$")
END = re.compile(PREFIX + r"end$")

EPOCH, SCHEDULE, EXIT, IRQ, HYPERCALL, ENTRY, LINE, LR, EOI, KICK = range(1, 11)
EXITS = (EXIT, IRQ, HYPERCALL)
CALL_TRACE = 0x86000F1A
LINE_HIGH, LINE_GSI, LINE_HANDLE = 0x80000000, 0x40000000, 0x3FFFFFFF
LR_REMOTE = 0x100
WRAP = 1 << 32  # of the time in an event


@dataclass
class Event:
    cpu: int
    number: int
    time: int  # ticks of the counter
    kind: int
    vm: int  # the partition's handle; 0: none
    vcpu: int
    words: tuple[int, int]


@dataclass
class Trace:
    by: str  # the partition that printed it; "": unknown
    hz: int
    names: dict[int, str] = field(default_factory=dict)  # by handle
    lost: dict[int, int] = field(default_factory=dict)  # by CPU: events overwritten before the first
    events: list[Event] = field(default_factory=list)
    # Of a part of a trace: what each CPU did when it begins, as events of that time; and its end.
    context: list[Event] = field(default_factory=list)
    end: int | None = None

    def last(self) -> int:
        """The time at which it ends."""
        return self.events[-1].time if self.end is None else self.end

    def name(self, vm: int) -> str:
        return self.names.get(vm, f"partition {vm}")

    def us(self, event: Event) -> float:
        """Since the first event."""
        return (event.time - self.events[0].time) * 1e6 / self.hz


def _event(values: list[int]) -> Event:
    cpu, number, time, head, word0, word1 = values
    return Event(cpu, number, time, head & 0xFF, head >> 8 & 0xFF, head >> 16 & 0xFF, (word0, word1))


def _dated(events: list[Event]) -> bool:
    """The time of one CPU's events, whole: an epoch tells the high word from there on. False: there is
    none, and the times are relative to the first one's wrap."""
    epochs = [event for event in events if event.kind == EPOCH]
    high = epochs[0].words[0] if epochs else 0
    if epochs and events[0] is not epochs[0]:
        high -= 1
    last = 0
    for event in events:
        if event.kind == EPOCH:
            high = event.words[0]
        elif not epochs and event.time < last:
            high += 1
        last = event.time
        event.time += high * WRAP
    return bool(epochs)


def _finish(trace: Trace) -> Trace:
    """Events in the order of time, beginning with 0 at the earliest of all."""
    by_cpu: dict[int, list[Event]] = {}
    for event in trace.events:
        by_cpu.setdefault(event.cpu, []).append(event)
    dated = [_dated(events) for events in by_cpu.values()]
    known = [events[-1].time for events, good in zip(by_cpu.values(), dated) if good]
    reference = max(known) if known else max((events[-1].time for events in by_cpu.values()), default=0)
    for events, good in zip(by_cpu.values(), dated):
        if not good:  # all CPUs stopped at about the same time
            shift = round((reference - events[-1].time) / WRAP) * WRAP
            for event in events:
                event.time += shift
    trace.events.sort(key=lambda event: (event.time, event.cpu, event.number))
    _name_own(trace)
    return trace


def _name_own(trace: Trace) -> None:
    """A partition without a right on itself does not know its own handle; but it has switched the trace
    off."""
    calls = [e for e in trace.events if e.kind == HYPERCALL and e.words[0] == CALL_TRACE]
    if calls and trace.by and trace.by not in trace.names.values():
        trace.names.setdefault(calls[-1].vm, trace.by)


def traces(lines: Iterable[str]) -> Iterator[Trace]:
    """Each complete one. A line that another partition's has broken is left out."""
    trace: Trace | None = None
    for line in lines:
        text = ESCAPE.sub("", line).rstrip("\r\n ")
        if head := HEAD.match(text):
            trace = Trace(head["by"] or "", int(head["hz"], 16) or 1)
            continue
        match = next(filter(None, (form.match(text) for form in (EVENT, NAME, CPU, END))), None)
        if trace is None or match is None or (match["by"] or "") != trace.by:
            continue
        if match.re is EVENT:
            trace.events.append(_event([int(value, 16) for value in match["values"].split()]))
        elif match.re is NAME:
            trace.names[int(match["handle"], 16)] = match["name"]
        elif match.re is CPU:
            trace.lost[int(match["cpu"], 16)] = int(match["lost"], 16)
        else:
            yield _finish(trace)
            trace = None


def part(trace: Trace, first_us: float, last_us: float) -> Trace:
    """What happened between two times."""
    events = [event for event in trace.events if first_us <= trace.us(event) <= last_us]
    state: dict[tuple[int, bool], Event] = {}
    for event in trace.events:
        if events and event is events[0]:
            break
        if event.kind in (SCHEDULE, ENTRY, *EXITS):
            if event.kind == SCHEDULE:
                state[event.cpu, True] = event
            state[event.cpu, False] = event
    context = [replace(event, time=events[0].time) for _, event in sorted(state.items(), reverse=True)
               ] if events else []
    end = None
    if events and trace.events[-1].time > events[-1].time and last_us != float("inf"):
        end = trace.events[0].time + int(last_us * trace.hz / 1e6)
    return Trace(trace.by, trace.hz, trace.names, trace.lost, events, context, end)
