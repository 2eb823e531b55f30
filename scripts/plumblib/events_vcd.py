# SPDX-License-Identifier: BSD-2-Clause
"""The trace as a value change dump (IEEE 1364-2005, 18), which GTKWave reads: of each CPU the partition,
vCPU and whether it executes the guest, and the interrupts that it gives and that are ended; of each line
that a hypercall drives its level."""

import re
from dataclasses import dataclass

from . import events, events_slices, events_text
from .events import Event, Trace

FIRST, LAST = 33, 126  # the characters of identifiers


def _code(number: int) -> str:
    out = ""
    while True:
        out += chr(FIRST + number % (LAST - FIRST + 1))
        number = number // (LAST - FIRST + 1) - 1
        if number < 0:
            return out


@dataclass
class _Variable:
    scope: str
    name: str
    bits: int  # 0: an event
    code: str

    def change(self, value: int | None) -> str:
        if self.bits <= 1:
            return f"{'x' if value is None else value}{self.code}"
        return f"b{'x' if value is None else format(value, 'b')} {self.code}"

    def declaration(self) -> str:
        kind = "event" if self.bits == 0 else "wire" if self.bits == 1 else "reg"
        return f"$var {kind} {max(self.bits, 1)} {self.code} {self.name} $end"


class _Dump:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.variables: dict[tuple[str, str], _Variable] = {}
        for cpu in events_slices.cpus(trace):
            for name, bits in (("partition", 8), ("vcpu", 3), ("guest", 1), ("interrupt", 10),
                               ("ended", 10), ("kick", 0)):
                self.add(f"cpu{cpu}", name, bits)
        for event in trace.events:
            if event.kind == events.LINE:
                self.add("lines", self.line(event)[0], 1)

    def add(self, scope: str, name: str, bits: int) -> None:
        key = (scope, name)
        if key not in self.variables:
            self.variables[key] = _Variable(scope, name, bits, _code(len(self.variables)))

    def line(self, event: Event) -> tuple[str, bool]:
        name, high = events_text.line(self.trace, event)
        return re.sub(r"[^A-Za-z0-9_]", "_", name), high

    def changes(self, event: Event) -> list[str]:
        def set_to(name: str, value: int) -> str:
            return self.variables[(f"cpu{event.cpu}", name)].change(value)

        if event.kind == events.SCHEDULE:
            return [set_to("partition", event.vm), set_to("vcpu", event.vcpu), set_to("guest", 0)]
        if event.kind in events.EXITS:
            return [set_to("guest", 0)]
        if event.kind == events.ENTRY:
            return [set_to("partition", event.vm), set_to("vcpu", event.vcpu), set_to("guest", 1)]
        if event.kind == events.LR:
            return [set_to("interrupt", event.words[1] & 0x3FF)]
        if event.kind == events.EOI:
            return [set_to("ended", event.words[0])]
        if event.kind == events.KICK:
            return [set_to("kick", 1)]
        if event.kind == events.LINE:
            name, high = self.line(event)
            return [self.variables[("lines", name)].change(int(high))]
        return []

    def header(self) -> list[str]:
        out = ["$version Plumbline $end", "$timescale 1 ns $end", "$scope module trace $end"]
        for scope in dict.fromkeys(v.scope for v in self.variables.values()):
            out.append(f"$scope module {scope} $end")
            out += [v.declaration() for v in self.variables.values() if v.scope == scope]
            out.append("$upscope $end")
        out += ["$upscope $end", "$enddefinitions $end", "$dumpvars"]
        out += [v.change(None) for v in self.variables.values() if v.bits]
        return [*out, "$end"]


def text(trace: Trace) -> str:
    dump = _Dump(trace)
    out, last = dump.header(), -1
    for event in trace.events:
        changes = dump.changes(event)
        now = round((event.time - trace.events[0].time) * 1e9 / trace.hz)
        if changes and now != last:
            out.append(f"#{now}")
            last = now
        out += changes
    return "\n".join(out) + "\n"
