# SPDX-License-Identifier: BSD-2-Clause
"""From the trace's events (events.py) to spans of time: what each CPU ran, and of each vCPU when it
executed its guest, and when an exit of it was handled."""

from dataclasses import dataclass, field

from . import events, events_text
from .events import Event, Trace


@dataclass
class Span:
    cpu: int
    vm: int  # 0: the CPU had nothing to run
    vcpu: int
    start: int  # ticks
    end: int
    kind: str  # "chosen", "guest" or "exit"
    text: str


@dataclass
class _Cpu:
    """What a CPU does at the present event."""

    chosen: Event | None = None
    since: Event | None = None  # of its guest's turn, or of an exit
    text: str = ""
    spans: list[Span] = field(default_factory=list)

    def close(self, event: Event) -> None:
        if self.since is not None and self.since.vm and self.since.time != event.time:
            kind = "guest" if self.since.kind == events.ENTRY else "exit"
            self.spans.append(Span(event.cpu, self.since.vm, self.since.vcpu, self.since.time, event.time,
                                   kind, self.text))
        self.since = None

    def choose(self, event: Event) -> None:
        if self.chosen is not None and self.chosen.time != event.time:
            self.spans.append(Span(event.cpu, self.chosen.vm, self.chosen.vcpu, self.chosen.time, event.time,
                                   "chosen", ""))
        self.chosen = event


def _text(event: Event) -> str:
    if event.kind == events.ENTRY:
        return "guest"
    if event.kind == events.EXIT:
        return events_text.reason(event.words[0])
    if event.kind == events.IRQ:
        return events_text.interrupt(event.words[0])
    return "switch" if event.kind == events.SCHEDULE else events_text.call(event.words[0])


def spans(trace: Trace) -> list[Span]:
    """In the order of their ends. What lasts beyond the last event ends with it."""
    cpus: dict[int, _Cpu] = {}
    for event in [*trace.context, *trace.events]:
        cpu = cpus.setdefault(event.cpu, _Cpu())
        if event.kind in events.EXITS or event.kind in (events.ENTRY, events.SCHEDULE):
            cpu.close(event)
            cpu.since, cpu.text = event, _text(event)
        if event.kind == events.SCHEDULE:
            cpu.choose(event)
    if trace.events:
        for number, cpu in cpus.items():
            end = Event(number, 0, trace.last(), 0, 0, 0, (0, 0))
            cpu.close(end)
            cpu.choose(end)
    return sorted((span for cpu in cpus.values() for span in cpu.spans), key=lambda span: span.end)


def vcpus(trace: Trace) -> list[tuple[int, int]]:
    """The vCPUs that have events of their own, in order."""
    return sorted({(event.vm, event.vcpu) for event in [*trace.context, *trace.events] if event.vm})


def cpus(trace: Trace) -> list[int]:
    return sorted({event.cpu for event in [*trace.context, *trace.events]})
