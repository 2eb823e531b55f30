# SPDX-License-Identifier: BSD-2-Clause
"""gdb commands for a system on the monitor. gdb loads this file (plumb gdb)."""

import json
import os
import sys
from pathlib import Path

import gdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from plumblib import elf_names, gdb_state, gdb_text  # noqa: E402

TOLD = json.loads(os.environ["PLUMB_GDB"])
MONITOR = "monitor"
KINDS = (gdb.BP_BREAKPOINT, gdb.BP_HARDWARE_BREAKPOINT)


class Guests:
    """The selection of symbols. Guests share virtual addresses, so those of one guest are loaded."""

    def __init__(self) -> None:
        self.files = TOLD["guests"]
        self.current = ""
        self.spans: list[tuple[int, int]] = []
        self.names: dict[str, elf_names.Names] = {}
        self.said = ""

    def file(self, name: str) -> str:
        return self.files.get(name, "")

    def select(self, name: str) -> None:
        """'': the monitor's alone. Breakpoints in the former guest remain, by address."""
        if name == self.current:
            return
        old, new = self.file(self.current), self.file(name)
        if old != new:
            keep_breakpoints(self)
            if old:
                gdb.execute(f'remove-symbol-file "{old}"', to_string=True)
            if new:
                gdb.execute(f'add-symbol-file "{new}"', to_string=True)
            self.spans = elf_names.spans(Path(new).read_bytes()) if new else []
        self.current = name

    def has(self, address: int) -> bool:
        return any(start <= address < end for start, end in self.spans)

    def at(self, name: str, address: int) -> str:
        """The function of a partition, whether its symbols are loaded or not."""
        path = self.file(name)
        if not path:
            return ""
        if path not in self.names:
            self.names[path] = elf_names.names(Path(path).read_bytes())
        return self.names[path].at(address)


guests = Guests()


# ---- breakpoints ----

def addresses(breakpoint_) -> list[int]:
    return [loc.address for loc in breakpoint_.locations if loc.address]


def keep_breakpoints(of: Guests) -> None:
    """gdb would look up the names of breakpoints in the next guest. Those in the guest whose
    symbols are unloaded are therefore set again, by address."""
    for old in gdb.breakpoints():
        places = [at for at in addresses(old) if of.has(at)] if old.type in KINDS else []
        if not places or not old.location or old.location.startswith("*"):
            continue
        for at in places:
            # Before the old one goes: its number is not given again.
            kind = "hbreak" if old.type == gdb.BP_HARDWARE_BREAKPOINT else "break"
            gdb.execute(f"{'t' if old.temporary and kind == 'break' else ''}"
                        f"{'thbreak' if old.temporary and kind == 'hbreak' else kind} *{at:#x}",
                        to_string=True)
            new = gdb.breakpoints()[-1]
            new.condition, new.enabled = old.condition, old.enabled
            new.ignore_count, new.thread = old.ignore_count, old.thread
            if old.commands:
                new.commands = old.commands
            print(f"Breakpoint {old.number} ({old.location}) is number {new.number} from now on, "
                  f"at {at:#x} in {of.current}")
        old.delete()


def breakpoint_created(new) -> None:
    """A breakpoint in a guest's program gets the condition that this guest runs."""
    if not guests.current or new.type not in KINDS or not new.visible:
        return
    places = addresses(new)
    if places and all(guests.has(at) for at in places):
        mine = f'$_in_partition("{guests.current}")'
        new.condition = f"({new.condition}) && {mine}" if new.condition else mine


# ---- stops ----

def where() -> tuple[str, int, int | None] | None:
    """The partition ('' if none) and the vCPU whose registers this CPU holds, and the CPU."""
    try:
        with gdb_state.in_monitor():
            vcpu = gdb_state.loaded()
            cpu = gdb_state.cpu_index()
            if vcpu is None:
                return "", 0, cpu
            return gdb_state.vm_name(vcpu["vm"]), int(vcpu["index"]), cpu
    except gdb_state.Missing:
        return None


def follow() -> None:
    """Selects the symbols and the memory of the world that this CPU runs."""
    place = where()
    if place is None or not place[0]:
        return
    name, vcpu, cpu = place
    inside = gdb_state.in_hyp()
    changes = not inside and guests.current != name
    if changes:
        guests.select(name)
    said = f"[{'the monitor, for ' if inside else ''}{name} vCPU {vcpu}, on CPU {cpu}]"
    if said != guests.said or changes:
        guests.said = said
        print(said)
        if not inside and not guests.file(name):
            print(f"[no symbols of {name}: --guest {name}=ELF]")
    if changes and guests.file(name):
        gdb.execute("frame")


def resumed(_event) -> None:
    gdb_state.reset()


def stopped(_event) -> None:
    gdb_state.reset()
    try:
        follow()
    except gdb.error as error:
        print(f"[{error}]")


class InPartition(gdb.Function):
    """$_in_partition(NAME): does this CPU run that partition's code, and not the monitor's?"""

    def __init__(self) -> None:
        super().__init__("_in_partition")

    def invoke(self, *args):
        place = where()
        return place is not None and place[0] == args[0].string() and not gdb_state.in_hyp()


# ---- commands ----

class Info(gdb.Command):
    """One of the info commands: prints rows() as a table."""

    def __init__(self, name: str) -> None:
        super().__init__(f"info {name}", gdb.COMMAND_STATUS)

    def complete(self, _text, word):
        return [name for name in guests.files if name.startswith(word or "")]

    def invoke(self, argument, _from_tty):
        with gdb_state.in_monitor():
            self.show(gdb_state.find(argument.strip()))

    def show(self, found) -> None:
        raise NotImplementedError


class InfoPartitions(Info):
    """List the partitions: state, memory, VMID, and the CPUs that each vCPU may use.

info partitions [NAME|HANDLE]

PA is the physical address of the memory, IPA the address that the guest has for it."""

    def show(self, found) -> None:
        rows = []
        for vm in found:
            config, count = vm["config"], int(vm["nr_vcpus"])
            name = gdb_state.vm_name(vm)
            vmid = int(vm["vcpus"][0]["world"]["vttbr"]) >> 48 & 0xFF
            pieces = [(int(config["memory_size"]), int(vm["memory_pa"]["pa"]),
                       int(config["memory_ipa"]["ipa"]))]
            for n in range(int(config["nr_regions"])):
                region = config["region"][n]
                pieces.append((int(region["size"]), int(vm["region_pa"][n]["pa"]),
                               int(region["ipa"]["ipa"])))
            vcpus = ", ".join(f"{n} on CPU {gdb_text.numbers(int(config['affinity'][n]))}"
                              for n in range(count))
            for n, (size, pa, ipa) in enumerate(pieces):
                memory = [gdb_text.size(size), f"{pa:#x}", f"{ipa:#x}"]
                head = [str(int(vm["index"]) + 1), name, gdb_state.LIVES[int(vm["life"]["state"])]]
                rows.append([*head, *memory, str(vmid), vcpus] if n == 0
                            else ["", "", "", *memory, "", ""])
        print(gdb_text.table(["handle", "name", "state", "memory", "PA", "IPA", "VMID", "vCPUs"],
                             rows))


class InfoVcpus(Info):
    """List the vCPUs: state, the CPU that has the registers, pc, mode and function.

info vcpus [NAME|HANDLE]

For a vCPU on no CPU, pc and mode are the saved values. '*' marks the vCPU of the selected thread.
The states are off, starts, waits (for an interrupt), ready (for a CPU) and running."""

    def show(self, found) -> None:
        here, rows = gdb_state.cpu_index(), []
        for vm in found:
            name = gdb_state.vm_name(vm)
            for n in range(int(vm["nr_vcpus"])):
                vcpu = vm["vcpus"][n]
                state = gdb_state.state(vcpu)
                cpu, regs = gdb_state.place(vcpu)
                row = ["*" if cpu is not None and cpu == here else "", name, str(n), state,
                       "-" if cpu is None else str(cpu)]
                if state == "off" or gdb_state.LIVES[int(vm["life"]["state"])] == "loading":
                    rows.append([*row, "-", "-", ""])  # no registers yet
                elif regs is None:
                    rows.append([*row, "is being saved", "-", ""])
                else:
                    pc, cpsr = regs
                    rows.append([*row, f"{pc:#010x}", gdb_text.mode(cpsr), guests.at(name, pc)])
        print(gdb_text.table(["", "partition", "vCPU", "state", "CPU", "pc", "mode", "function"],
                             rows))


class InfoLines(Info):
    """List the interrupts that are not idle: level, pending, active, enabled, and where each is.

info lines [NAME|HANDLE]

The driver is the source of the level: line (KVM_IRQ_LINE), timer, device (passed through) or
emulated; an SGI has none. For an interrupt in a list register, pending and active are as of the
monitor's last look: the guest may have acknowledged it since."""

    def show(self, found) -> None:
        for vm in found:
            name = gdb_state.vm_name(vm)
            if int(vm["vgic"]):
                rows = gdb_text.lines(gdb_state.vgic(vm))
                said = gdb_text.table(gdb_text.LINE_HEADS, rows) if rows else "all lines are idle"
            else:
                levels = [int(vm["vcpus"][n]["lines"]) for n in range(int(vm["nr_vcpus"]))]
                said = "\n".join(gdb_text.cpu_lines(levels)) or "no GIC; its CPU lines are low"
            print(f"{name}:")
            print("\n".join("  " + line for line in said.splitlines()))


class Partition(gdb.Command):
    """Select the partition whose symbols and memory gdb uses.

partition [NAME|HANDLE|monitor]

'print', 'x' and other commands read the memory of that partition until the CPUs run again.
Registers and 'bt' remain those of the selected CPU. A breakpoint that is set in the partition's
program stops in that partition alone. 'monitor' is the hypervisor. A stop in a guest selects the
symbols of that guest. Without an argument, the command prints the selection."""

    def __init__(self) -> None:
        super().__init__("partition", gdb.COMMAND_FILES)

    def complete(self, _text, word):
        return [name for name in [*guests.files, MONITOR] if name.startswith(word or "")]

    def invoke(self, argument, _from_tty):
        wanted = argument.strip()
        if not wanted:
            self.tell()
            return
        name = self.name_of(wanted)
        if name and not guests.file(name):
            print(f"no symbols of {name}: --guest {name}=ELF")
        guests.select(name)
        self.see(name)

    @staticmethod
    def tell() -> None:
        path = guests.file(guests.current)
        print(f"symbols: the monitor's{f', and {guests.current} ({path})' if path else ''}")
        place = where()
        if place and place[0]:
            print(f"this CPU ({place[2]}): {place[0]} vCPU {place[1]}"
                  f"{', in the monitor' if gdb_state.in_hyp() else ''}")

    @staticmethod
    def name_of(wanted: str) -> str:
        if wanted == MONITOR and MONITOR not in guests.files:
            return ""
        names = list(guests.files)
        if wanted.isdigit() and 1 <= int(wanted) <= len(names):
            return names[int(wanted) - 1]
        if wanted not in names:
            raise gdb.GdbError(f"no partition '{wanted}': one of {', '.join(names)}, {MONITOR}")
        return wanted

    @staticmethod
    def see(name: str) -> None:
        """Selects the partition's view of memory, once the monitor runs."""
        try:
            view = gdb_state.monitor_view()
            with gdb_state.seeing(view):
                vcpu = gdb_state.loaded()
                own = vcpu is not None and not gdb_state.in_hyp() and \
                    gdb_state.vm_name(vcpu["vm"]) == name
                if own:
                    view = "cpu"
                elif name:
                    view = gdb_state.guest_view(gdb_state.find(name)[0])
            gdb_state.show(view)
        except gdb_state.Missing:
            return
        gdb.execute("maintenance flush register-cache", to_string=True)


class Hyp(gdb.Command):
    """Print an expression from the monitor's memory, also when a CPU is stopped in a guest.

hyp[/FORMAT] EXPRESSION

hyp cpus[0].loaded->vm->config->name
hyp/x vms[1].vcpus[0].world.hcr"""

    def __init__(self) -> None:
        super().__init__("hyp", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, _from_tty):
        if not argument.strip():
            raise gdb.GdbError("hyp EXPRESSION: what to print (help hyp)")
        with gdb_state.in_monitor():
            gdb.execute(f"print {argument}")


class Console(gdb.Command):
    """Send TEXT and a carriage return to the board's console.

console TEXT

Escapes such as \\xNN stand for characters. 'console \\x1ds' is Ctrl-] s, without the carriage
return."""

    def __init__(self) -> None:
        super().__init__("console", gdb.COMMAND_RUNNING)

    def invoke(self, argument, _from_tty):
        text = argument.encode().decode("unicode_escape").encode("latin-1")
        if not argument.startswith("\\x1d"):
            text += b"\r"
        gdb_state.send(f"Qplumb.type:{text.hex()}")


gdb_state.set_monitor(TOLD["monitor"])
InfoPartitions("partitions")
InfoVcpus("vcpus")
InfoLines("lines")
Partition()
Hyp()
Console()
InPartition()
gdb.events.cont.connect(resumed)
gdb.events.stop.connect(stopped)
gdb.events.breakpoint_created.connect(breakpoint_created)
guests.select(TOLD["selected"])
