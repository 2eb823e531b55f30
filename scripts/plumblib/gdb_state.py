# SPDX-License-Identifier: BSD-2-Clause
"""The monitor's structures, read at any stop: in its own memory while a guest runs, too. Loaded by
gdb."""

import contextlib
from collections.abc import Iterator

import gdb

from . import gdb_text

BANK = ("enabled", "group", "edge", "line", "latch", "loan", "active", "in_lr", "held_active",
        "high", "driven", "timer", "passed")
NO_CPU = 0xFF  # SCHED_NO_CPU
NO_BOARD = "no board: start it with 'plumb gdb'"
STATES = ["off", "waits", "ready", "running", "spent"]  # enum sched_state
LIVES = ["off", "loading", "running", "ending", "crashed", "pausing", "paused"]  # enum life_state


class Missing(gdb.GdbError):
    """The requested object does not exist yet; gdb prints only the text."""


def register(name: str) -> int:
    value = gdb.parse_and_eval(f"${name}")
    if value.type.code == gdb.TYPE_CODE_VOID:
        raise gdb.GdbError(f"this QEMU does not show {name} to gdb")
    return int(value) & ((1 << 8 * value.type.sizeof) - 1)


@contextlib.contextmanager
def on_thread(thread) -> Iterator[None]:
    """Selects that CPU's registers for the block."""
    old = gdb.selected_thread()
    frame = gdb.selected_frame()
    if thread.num == old.num:
        yield
        return
    try:
        thread.switch()
        yield
    finally:
        old.switch()
        frame.select()


def threads() -> list:
    return sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num)


def send(packet: str) -> bytes:
    """Sends a packet to the relay between gdb and QEMU (rsp.py)."""
    connection = getattr(gdb.selected_inferior(), "connection", None)
    if connection is None:
        raise Missing(NO_BOARD)
    return connection.send_packet(packet)


# ---- the view of memory ----

_view = "cpu"


def show(view: str) -> None:
    """Selects a view; translate.parse has the forms."""
    global _view
    if view != _view:
        answer = send(f"Qplumb.view:{view}")
        if answer != b"OK":
            raise gdb.GdbError("memory of another world needs the gdb that 'plumb gdb' starts, and "
                               "QEMU 4.1 or later")
        _view = view


def reset() -> None:
    """The CPUs ran, or will run: back to their own view of memory."""
    global _view
    _view = "cpu"


def monitor_view() -> str:
    current = gdb.selected_thread()
    if current is None:
        raise Missing(NO_BOARD)
    for thread in [current, *threads()]:
        with on_thread(thread):
            tables = register("HTTBR")
        if tables:
            return f"monitor:{tables:x}"
    raise Missing("the monitor does not run yet: break at main_start, or let it run")


@contextlib.contextmanager
def seeing(view: str) -> Iterator[None]:
    old = _view
    try:
        show(view)
        yield
    finally:
        show(old)


def in_monitor():
    return seeing(monitor_view())


# ---- the monitor's objects ----

_path = ""


def set_monitor(path: str) -> None:
    global _path
    _path = path


def symbol(name: str):
    for objfile in gdb.objfiles():
        if objfile.filename == _path:
            for look in ("lookup_global_symbol", "lookup_static_symbol"):
                found = getattr(objfile, look)(name)
                if found:
                    return found.value()
    raise gdb.GdbError(f"{_path} has no symbol '{name}': run 'make'")


def cpu_index() -> int | None:
    """Of the selected thread: in the monitor's `cpus`."""
    name = "TPIDR_EL2"  # QEMU's name for HTPIDR
    at = register(name) if gdb.parse_and_eval(f"${name}").type.code != gdb.TYPE_CODE_VOID \
        else register("HTPIDR")
    cpus = symbol("cpus")
    first, element = int(cpus.address), cpus.type.target().sizeof
    if not first <= at < first + cpus.type.sizeof:
        return None
    return (at - first) // element


def in_hyp() -> bool:
    return register("cpsr") & 0x1F in (gdb_text.HYP, gdb_text.MONITOR)


def text(pointer) -> str:
    return pointer.string()


def loaded():
    """The vCPU whose registers the selected thread's CPU holds, or None. Needs the monitor's
    view."""
    index = cpu_index()
    if index is None:
        return None
    vcpu = symbol("cpus")[index]["loaded"]
    return vcpu if int(vcpu) else None


def vms() -> list:
    """Needs the monitor's view."""
    return [symbol("vms")[n] for n in range(int(symbol("vm_count")))]


def vm_name(vm) -> str:
    return text(vm["config"]["name"])


def find(wanted: str) -> list:
    """The partition with that name or handle; all if none is given."""
    there = vms()
    if not there:
        raise Missing("the monitor has made no partition yet: break at exit_hvc, or let it run")
    if not wanted:
        return there
    found = [vm for n, vm in enumerate(there, 1) if wanted in (str(n), vm_name(vm))]
    if not found:
        raise gdb.GdbError(f"no partition '{wanted}': one of "
                           f"{', '.join(vm_name(vm) for vm in there)}")
    return found


def thread_of(cpu: int):
    """The thread of a CPU."""
    for thread in threads():
        with on_thread(thread):
            if cpu_index() == cpu:
                return thread
    return None


def _frame(cpu: int) -> tuple[int, int] | None:
    """pc and cpsr that an exit saved at the top of that CPU's HYP stack; None: not yet."""
    start = int(gdb.parse_and_eval("(unsigned)&image_stacks"))
    end = int(gdb.parse_and_eval("(unsigned)&image_bss_end"))
    count = symbol("cpus").type.range()[1] + 1
    top = start + (cpu + 1) * ((end - start) // count)
    kind = gdb.lookup_type("struct guest_regs")
    if register("sp") > top - kind.sizeof:
        return None
    saved = gdb.Value(top - kind.sizeof).cast(kind.pointer()).dereference()
    return int(saved["pc"]), int(saved["cpsr"])


def place(vcpu) -> tuple[int | None, tuple[int, int] | None]:
    """The CPU that a vCPU is loaded on, and its pc and cpsr; None: not known."""
    life = vcpu["life"]
    cpu = int(life["loaded_on"])
    if int(life["start"]):
        return None, (int(life["pc"]) & ~1, int(vcpu["regs"]["cpsr"]))
    if cpu == NO_CPU:
        return None, (int(vcpu["regs"]["pc"]), int(vcpu["regs"]["cpsr"]))
    thread = thread_of(cpu)
    if thread is None:
        return cpu, None
    with on_thread(thread):
        if in_hyp():
            return cpu, _frame(cpu)
        return cpu, (register("pc"), register("cpsr"))


def state(vcpu) -> str:
    entity = symbol("vm_sched")["entity"][int(vcpu["entity"])]
    if int(vcpu["life"]["start"]) and int(entity["state"]) != 0:
        return "starts"
    return STATES[int(entity["state"])]


def guest_view(vm) -> str:
    """The memory view of the first vCPU that is on a CPU, otherwise of vCPU 0 as saved."""
    vcpus = [vm["vcpus"][n] for n in range(int(vm["nr_vcpus"]))]
    root = int(vcpus[0]["world"]["vttbr"])
    for vcpu in vcpus:
        thread = thread_of(int(vcpu["life"]["loaded_on"]))
        if thread:
            with on_thread(thread):
                values = [register(name) for name in ("SCTLR", "TTBCR", "TTBR0", "TTBR1")]
            break
    else:
        world = vcpus[0]["world"]
        values = [int(world[name]) for name in ("sctlr", "ttbcr", "ttbr0", "ttbr1")]
    return "guest:" + ":".join(f"{value:x}" for value in [root, *values])


def bank(value) -> dict[str, int]:
    value.fetch_lazy()
    return {name: int(value[name]) for name in BANK}


def vgic(vm) -> gdb_text.Vgic:
    value = vm["vgic"]
    words = int(value["nr_words"])
    cpus = []
    for n in range(int(value["nr_vcpus"])):
        cpu = value["cpu"][n]
        on = int(vm["vcpus"][n]["life"]["loaded_on"])
        cpus.append(gdb_text.Cpu(
            bank(cpu["bank"]), [int(cpu["ready"][w]) for w in range(words)],
            [int(cpu["barred"][w]) for w in range(words)],
            [int(cpu["cif"]["lr"][n]) for n in range(int(value["nr_lrs"]))],
            None if on == NO_CPU else on))
    found = gdb_text.Vgic(cpus, [bank(value["spi"][w]) for w in range(words - 1)])
    for vcpu, intid in gdb_text.busy(found):
        irq = value["cpu"][vcpu]["irq"][intid] if intid < 32 else value["spi_irq"][intid - 32]
        found.irq[vcpu, intid] = {"vcpu": int(irq["vcpu"]), "lr": int(irq["lr"])}
    return found
