# SPDX-License-Identifier: BSD-2-Clause
"""An event of the trace (events.py) as words."""

from . import events
from .events import Event, Trace

# abi/plumbline.h, and PSCI.
CALLS = {
    0x86000000: "KVM_GET_API_VERSION", 0x86000003: "KVM_CHECK_EXTENSION", 0x86000061: "KVM_IRQ_LINE",
    0x86000067: "KVM_IRQ_LINE_STATUS", 0x86000F61: "KVM_IRQ_LINE, many",
    0x8600006A: "KVM_SET_GSI_ROUTING", 0x86000F6A: "KVM_IRQ_LINE, by GSI",
    0x86000062: "PLUMB_GET_IRQ_STATE", 0x86000F00: "PLUMB_GET_VM_INFO",
    0x86000F01: "PLUMB_GET_VM_NAME", 0x860000CE: "PLUMB_GET_STATS", 0x86000F08: "PLUMB_SYSTEM_EXIT",
    0x86000F10: "PLUMB_VM_START", 0x86000F11: "PLUMB_VM_STOP", 0x86000F12: "PLUMB_VM_RESET",
    0x86000F13: "PLUMB_VM_PAUSE", 0x86000F14: "PLUMB_VM_RESUME", 0x86000F15: "PLUMB_VM_WATCH",
    0x860000AB: "KVM_GET_ONE_REG", 0x860000AC: "KVM_SET_ONE_REG", 0x860000B0: "KVM_GET_REG_LIST",
    0x86000F18: "PLUMB_GET_CRASH", 0x86000F19: "PLUMB_GET_TIMES", 0x86000F1A: "PLUMB_TRACE", 0x86000F20: "PLUMB_VIRTIO_TAKE",
    0x86000F21: "PLUMB_VIRTIO_ANSWER", 0x86000F22: "PLUMB_VIRTIO_INFO",
    0x86000001: "KVM_CREATE_VM", 0x86000F02: "PLUMB_DESTROY_VM", 0x86000041: "KVM_CREATE_VCPU",
    0x86000046: "PLUMB_MAP", 0x86000F46: "PLUMB_UNMAP", 0x86000042: "PLUMB_DIRTY",
    0x860000E0: "KVM_CREATE_DEVICE", 0x860000E1: "KVM_SET_DEVICE_ATTR",
    0x860000E2: "KVM_GET_DEVICE_ATTR", 0x860000AE: "KVM_ARM_VCPU_INIT",
    0x86000098: "KVM_GET_MP_STATE", 0x86000099: "KVM_SET_MP_STATE", 0x86000080: "KVM_RUN",
    0x86000F80: "PLUMB_WAKE_MASK", 0x8600009F: "KVM_GET_VCPU_EVENTS",
    0x860000A0: "KVM_SET_VCPU_EVENTS", 0x86000F76: "PLUMB_IRQ_WATCH",
    0x86000F77: "PLUMB_IRQ_ENDED",
    0x84000000: "PSCI_VERSION", 0x84000001: "PSCI CPU_SUSPEND", 0x84000002: "PSCI CPU_OFF",
    0x84000003: "PSCI CPU_ON", 0x84000004: "PSCI AFFINITY_INFO", 0x84000008: "PSCI SYSTEM_OFF",
    0x84000009: "PSCI SYSTEM_RESET", 0x8400000A: "PSCI FEATURES",
}
# HSR.EC (ARM ARM B3.13.6).
CLASSES = {0x01: "WFI", 0x03: "CP15", 0x04: "CP15", 0x05: "CP14", 0x07: "VFP", 0x08: "VFP ID",
           0x0C: "CP14", 0x12: "HVC", 0x13: "SMC", 0x20: "prefetch abort", 0x24: "access"}
# Private interrupts of a Cortex-A15.
INTIDS = {25: "maintenance", 26: "the monitor's timer", 27: "virtual timer", 30: "physical timer"}
WFE, WRITE, ISV = 1, 1 << 6, 1 << 24


def intid(number: int) -> str:
    if number < 16:
        return f"SGI {number}"
    return f"PPI {number}" if number < 32 else f"SPI {number}"


def call(number: int) -> str:
    return CALLS.get(number, f"call {number:#010x}")


def reason(hsr: int) -> str:
    """Why a guest has trapped."""
    kind = hsr >> 26
    if kind == 0x01:
        return "WFE" if hsr & WFE else "WFI"
    if kind == 0x24 and hsr & ISV:
        return "store" if hsr & WRITE else "load"
    return CLASSES.get(kind, f"trap, class {kind:#04x}")


def interrupt(hppir: int) -> str:
    """The physical interrupt that has ended a guest's turn."""
    number = hppir & 0x3FF
    if number == 0:
        return f"kick from CPU {hppir >> 10 & 7}"
    if number >= 1020:
        return "interrupt that has gone"
    return f"{intid(number)}, {INTIDS[number]}" if number in INTIDS else intid(number)


def line(trace: Trace, event: Event) -> tuple[str, bool]:
    """The line that a hypercall drives, with its partition, and its level."""
    word, flags = event.words
    handle = flags & events.LINE_HANDLE
    name = trace.name(handle or event.vm)
    high = bool(flags & events.LINE_HIGH)
    kind, vcpu, number = word >> 24 & 0xFF, word >> 16 & 0xFF, word & 0xFFFF
    if flags & events.LINE_GSI:
        return f"{name} GSI {word}", high
    if kind == 0:
        return f"{name} vCPU {vcpu} {('IRQ', 'FIQ')[number & 1]}", high
    if kind == 1:
        return f"{name} SPI {number}", high
    return f"{name} vCPU {vcpu} PPI {number}" if kind == 2 else f"{name} {word:#010x}", high


def words(trace: Trace, event: Event) -> str:
    first, second = event.words
    if event.kind == events.EPOCH:
        return f"counter's high word {first:#x}"
    if event.kind == events.SCHEDULE:
        return "chosen" if event.vm else "nothing to run"
    if event.kind == events.EXIT:
        return f"exit: {reason(first)}, pc {second:#010x}"
    if event.kind == events.IRQ:
        return f"exit: {interrupt(first)}, pc {second:#010x}"
    if event.kind == events.HYPERCALL:
        return f"exit: {call(first)}, r1 {second:#x}"
    if event.kind == events.ENTRY:
        return f"entry: pc {first:#010x}, r0 {second:#x}"
    if event.kind == events.LINE:
        name, high = line(trace, event)
        return f"line: {name} {'high' if high else 'low'}"
    if event.kind == events.LR:
        where = "of another CPU" if first & events.LR_REMOTE else "written"
        return f"list register {first & 0xFF} {where}: {intid(second & 0x3FF)}"
    if event.kind == events.EOI:
        return f"ended: {intid(first)}"
    return f"kick to CPU {first}" if event.kind == events.KICK else f"event {event.kind}"


def who(trace: Trace, event: Event) -> str:
    return f"{trace.name(event.vm)}.{event.vcpu}" if event.vm else "-"


def rows(trace: Trace) -> list[str]:
    """One for each event: microseconds since the first one, CPU, vCPU, words."""
    width = max((len(who(trace, event)) for event in trace.events), default=0)
    return [f"{trace.us(event):14.3f}  CPU {event.cpu}  {who(trace, event):{width}}  {words(trace, event)}"
            for event in trace.events]


def summary(trace: Trace) -> list[str]:
    """What is missing."""
    return [f"CPU {cpu}: {lost} earlier events were overwritten"
            for cpu, lost in sorted(trace.lost.items()) if lost]
