# SPDX-License-Identifier: BSD-2-Clause
"""The trace as JSON in the form of Chrome's trace events, which Perfetto (ui.perfetto.dev) and
chrome://tracing read: a process for the CPUs and for each partition, a thread for each CPU and vCPU."""

import json

from . import events, events_slices, events_text
from .events import Event, Trace
from .events_slices import Span

CPUS = 0  # the process of the CPUs; partitions have their handles


def _thread(pid: int, tid: int, name: str) -> dict:
    return {"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": name}}


def _process(pid: int, name: str) -> list[dict]:
    return [{"ph": "M", "name": "process_name", "pid": pid, "args": {"name": name}},
            {"ph": "M", "name": "process_sort_index", "pid": pid, "args": {"sort_index": pid}}]


def _metadata(trace: Trace) -> list[dict]:
    out = _process(CPUS, "CPUs")
    out += [_thread(CPUS, cpu, f"CPU {cpu}") for cpu in events_slices.cpus(trace)]
    vcpus = events_slices.vcpus(trace)
    for vm in sorted({vm for vm, _ in vcpus}):
        out += _process(vm, trace.name(vm))
    return out + [_thread(vm, vcpu, f"vCPU {vcpu}") for vm, vcpu in vcpus]


def _span(trace: Trace, span: Span) -> dict:
    first = trace.events[0].time
    chosen = span.kind == "chosen"
    name = f"{trace.name(span.vm)}.{span.vcpu}" if span.vm else "idle"
    return {"ph": "X", "cat": span.kind, "name": name if chosen else span.text,
            "pid": CPUS if chosen else span.vm, "tid": span.cpu if chosen else span.vcpu,
            "ts": (span.start - first) * 1e6 / trace.hz, "dur": (span.end - span.start) * 1e6 / trace.hz,
            "args": {} if chosen else {"CPU": span.cpu}}


def _instant(trace: Trace, event: Event) -> dict:
    return {"ph": "i", "s": "t", "cat": "event", "name": events_text.words(trace, event),
            "pid": event.vm, "tid": event.vcpu if event.vm else event.cpu, "ts": trace.us(event),
            "args": {"CPU": event.cpu}}


def text(trace: Trace) -> str:
    instants = (events.LINE, events.LR, events.EOI, events.KICK)
    rows = _metadata(trace)
    rows += [_span(trace, span) for span in events_slices.spans(trace)]
    rows += [_instant(trace, event) for event in trace.events if event.kind in instants]
    return json.dumps({"displayTimeUnit": "ns", "traceEvents": rows}, indent=0) + "\n"
