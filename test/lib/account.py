# SPDX-License-Identifier: BSD-2-Clause
"""What the monitor and the GIC hold while all partitions but one are paused: the same after a storm
as before it.

The monitor's structures are read in QEMU's memory, by the table of test/hostile/layout.c; the GIC's
state by lib/snapshot.py.
"""

import struct
import subprocess
import zlib
from dataclasses import dataclass
from typing import Any

from plumblib.common import ROOT, PlumbError, tool

from .snapshot import Stream

ELF = ROOT / "build" / "plumbline.elf"
LAYOUT = ROOT / "build" / "hostile" / "layout"
ROW = struct.Struct("<40sII")
PAGE = 0x1000
RAM = 0x40000000
# A device's interrupt goes to the CPU where it was ended last (hyp/core/phys.c), also when its level
# is still high as the next life begins: its target is no state that a storm leaves behind.
DEVICES = (39,)
HCR_EN = 1
LR_STATE = 0x30000000  # GICH_LR.State (IHI 0048B 5.3.8)
MAX_LRS, MAX_CPUS = 64, 8  # in QEMU's state
NO_CPU = 0xFF
BANK = ("enabled", "line", "latch", "loan", "active", "in_lr", "op_activate", "op_deactivate",
        "held", "held_active", "held_lent", "release")
SUMS = ("ctlr", "release_sum", "trigger_sum", "held_sum")
PSCI = "life.psci"

Account = dict[str, Any]


def layout() -> dict[str, tuple[int, int]]:
    """Offset and size by name."""
    data = LAYOUT.read_bytes()
    return {name.rstrip(b"\0").decode(): (offset, size)
            for name, offset, size in ROW.iter_unpack(data[:len(data) // ROW.size * ROW.size])}


def _symbols() -> dict[str, int]:
    said = subprocess.run([tool("arm-none-eabi-nm"), str(ELF)], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in said.splitlines()
            if len(line.split()) == 3}


def _text() -> tuple[int, bytes]:
    """Some of the monitor's code, and its address."""
    said = subprocess.run([tool("arm-none-eabi-objdump"), "-h", str(ELF)], stdout=subprocess.PIPE,
                          text=True, check=True).stdout
    for line in said.splitlines():
        words = line.split()
        if len(words) > 5 and words[1] == ".text":
            with open(ELF, "rb") as file:
                file.seek(int(words[5], 16) + PAGE)  # behind the vectors, which boot changes
                return int(words[3], 16) + PAGE, file.read(PAGE)
    raise PlumbError(f"{ELF}: has no .text")


@dataclass
class Memory:
    """The machine's RAM, with the monitor in it."""

    ram: Any  # bytes, from RAM on

    def __post_init__(self) -> None:
        self.rows = layout()
        self.symbols = _symbols()
        address, code = _text()
        at = self.ram.find(code)
        if at < 0:
            raise PlumbError("the monitor's code is not in memory: another build?")
        self.image = at - address
        self.pool = 0  # what leads from an address of the pool to its place in `ram`

    def at(self, address: int) -> int:
        """The place in `ram` of an address of the monitor's."""
        if address >= 0xFFC00000:  # hyp/hw/layout.h: the image
            return address + self.image
        if not self.pool:
            vm = self.symbols["vms"]
            self.pool = self.number(vm, "vm.stage2.root_pa") - self.number(vm, "vm.stage2.root") - RAM
        return address + self.pool

    def number(self, address: int, row: str, index: int = 0, size: int = 0) -> int:
        offset, whole = self.rows[row]
        size = size or whole
        at = self.at(address) + offset + index * size
        return int.from_bytes(self.ram[at:at + size], "little")

    def raw(self, address: int, row: str) -> bytes:
        offset, size = self.rows[row]
        at = self.at(address) + offset
        return bytes(self.ram[at:at + size])

    def size(self, row: str) -> int:
        return self.rows[row][1]

    def part(self, address: int, row: str) -> int:
        return address + self.rows[row][0]


def _bank(memory: Memory, address: int, name: str, account: Account) -> None:
    for row in BANK:
        account[f"{name} {row}"] = memory.number(address, f"vgic_bank.{row}")


def _vgic(memory: Memory, vgic: int, name: str, account: Account) -> None:
    for row in SUMS:
        account[f"{name}: vgic.{row}"] = memory.number(vgic, f"vgic.{row}")
    banks = memory.number(vgic, "vgic.spi")
    for n in range(1, memory.number(vgic, "vgic.nr_words")):
        _bank(memory, banks + (n - 1) * memory.size("vgic_bank"), f"{name}: SPIs {32 * n} to "
              f"{32 * n + 31}:", account)
    for n in range(memory.number(vgic, "vgic.nr_vcpus")):
        cpu = memory.number(vgic, "vgic.cpu") + n * memory.size("vgic_cpu")
        where = f"{name}: vCPU {n}:"
        _bank(memory, memory.part(cpu, "vgic_cpu.bank"), f"{where} SGIs and PPIs:", account)
        for row in ("loaded", "ops", "nr_ready", "ready_sum", "recall", "cif.used", "cif.apr"):
            account[f"{where} {row}"] = memory.number(cpu, f"vgic_cpu.{row}")
        for lr in range(memory.number(vgic, "vgic.nr_lrs")):
            value = memory.number(cpu, "vgic_cpu.cif.lr", lr, 4)
            account[f"{where} list register {lr}, state"] = value & LR_STATE


def _vcpu(memory: Memory, vm: int, n: int, name: str, calm: bool, account: Account) -> None:
    vcpu = memory.number(vm, "vm.vcpus") + n * memory.size("vcpu")
    life = memory.part(vm, "vm.life.vcpu") + n * memory.size("life_vcpu")
    entity = memory.number(vcpu, "vcpu.entity")
    row = memory.symbols["vm_sched"] + memory.rows["sched.entity"][0] + \
        entity * memory.size("sched_entity")
    where = f"{name}: vCPU {n}:"
    for part in ("loaded_on", "stop"):
        account[f"{where} {part}"] = memory.number(life, f"life_vcpu.{part}")
    for part in ("awaited", "query_holder"):
        account[f"{where} {part}"] = memory.number(vcpu, f"vcpu.{part}")
    account[f"{where} an alarm is set"] = bool(
        memory.number(memory.symbols["vm_alarms"], "alarms.heap", entity, 1))
    if calm:
        account[f"{where} start"] = memory.number(life, "life_vcpu.start")
        account[f"{where} lines_of"] = memory.number(vcpu, "vcpu.lines_of")
        account[f"{where} lines"] = memory.number(vcpu, "vcpu.lines")
        account[f"{where} scheduler's state"] = memory.number(row, "sched_entity.state")


def _creator(memory: Memory, creator: int, name: str, account: Account) -> None:
    """The pool and the slots of a partition that makes VMs."""
    for part in ("state", "child", "sweep", "pages.nr_free"):
        account[f"{name}: creator.{part}"] = memory.raw(creator, f"creator.{part}")
    owners = memory.at(memory.number(creator, "creator.pages.owner"))
    count = memory.number(creator, "creator.pages.count")
    for page in range(count):
        account[f"{name}: page {page} of the pool: owner"] = memory.ram[owners + page]


def _partition(memory: Memory, n: int, name: str, calm: bool, account: Account) -> None:
    vm = memory.symbols["vms"] + n * memory.size("vm")
    for part in ("life.state", "life.leaving", "routes_by", "changed", "stage2.pool.used"):
        account[f"{name}: {part}"] = memory.number(vm, f"vm.{part}")
    pages = memory.at(memory.number(vm, "vm.stage2.root"))
    size = PAGE * memory.number(vm, "vm.stage2.pool.pages")
    account[f"{name}: stage 2, checksum"] = zlib.crc32(memory.ram[pages:pages + size])
    for vcpu in range(memory.number(vm, "vm.nr_vcpus")):
        _vcpu(memory, vm, vcpu, name, calm, account)
    creator = memory.number(vm, "vm.creator")
    if calm and creator:
        _creator(memory, creator, name, account)
    if calm:
        account[f"{name}: {PSCI}"] = memory.raw(vm, f"vm.{PSCI}")
        _vgic(memory, memory.number(vm, "vm.vgic"), name, account)


def _scheduler(memory: Memory, cpus: int, account: Account) -> None:
    sched, alarms = memory.symbols["vm_sched"], memory.symbols["vm_alarms"]
    account["scheduler: queues"] = memory.raw(sched, "sched.queue")
    account["scheduler: waiting"] = memory.number(sched, "sched.waiting")
    for cpu in range(cpus):
        row = memory.symbols["cpus"] + cpu * memory.size("cpu")
        account[f"CPU {cpu}: picked"] = memory.number(sched, "sched.current", cpu, 4)
        for part in ("loaded", "runner", "using"):
            account[f"CPU {cpu}: {part}"] = memory.number(row, f"cpu.{part}")
        heap = memory.part(alarms, "alarms.cpu") + cpu * memory.size("alarm_heap")
        account[f"CPU {cpu}: alarms"] = memory.number(heap, "alarm_heap.count")


def monitor(ram: Any, names: list[str], calm: list[str], cpus: int) -> Account:
    """`names`: the partitions of the manifest. `calm`: those that wait at the start of a life."""
    memory = Memory(ram)
    account: Account = {}
    for n, name in enumerate(names):
        _partition(memory, n, name, name in calm, account)
    _scheduler(memory, cpus, account)
    return account


def active_priorities(virt: dict[str, Any], cpu: int) -> int:
    """GICH_APR: it means nothing while GICH_HCR.En is 0, and stays as the vCPU had it that was loaded
    last, for example a witness that was paused in its handler."""
    return int(virt["h_apr"][cpu]) if virt["h_hcr"][cpu] & HCR_EN else 0


def hardware(stream: bytes, cpus: int) -> Account:
    gic = Stream(stream).device("arm_gic")
    account: Account = {}
    for intid, irq in enumerate(gic["irq_state"]):
        for part in ("enabled", "active", "edge_trigger"):
            account[f"GIC: interrupt {intid}: {part}"] = irq[part]
        if intid >= 32 and intid not in DEVICES:
            account[f"GIC: interrupt {intid}: targets"] = gic["irq_target"][intid]
    virt = gic["arm_gic_virt_state"]
    for cpu in range(cpus):
        account[f"CPU {cpu}: GICC: running priority"] = gic["running_priority"][cpu]
        account[f"CPU {cpu}: GICC_APR"] = gic["apr"][cpu::MAX_CPUS]
        account[f"CPU {cpu}: GICH_APR"] = active_priorities(virt, cpu)
        account[f"CPU {cpu}: GICH_HCR"] = virt["h_hcr"][cpu]
        for lr in range(MAX_LRS):
            account[f"CPU {cpu}: list register {lr}, state"] = \
                virt["h_lr"][lr * MAX_CPUS + cpu] & LR_STATE
    return account


def text(value: Any) -> str:
    return f"{value:#x}" if isinstance(value, int) and not isinstance(value, bool) else (
        value.hex() if isinstance(value, bytes) else str(value))


def differences(before: Account, after: Account) -> list[str]:
    return [f"{name}: {text(before.get(name))} before, {text(after.get(name))} after"
            for name in {**before, **after} if before.get(name) != after.get(name)]


def guest_memory(ram: Any, where: int, size: int) -> int:
    """A checksum of a partition's RAM."""
    return zlib.crc32(ram[where - RAM:where - RAM + size])
