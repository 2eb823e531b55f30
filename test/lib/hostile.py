# SPDX-License-Identifier: BSD-2-Clause
"""Runs of test/systems/fuzz.dts (test/systems/fuzz-vm.dts: in a VM of it): a partition that
executes what a seed chooses, beside witnesses.

The machine's memory is a file, in which the guest's record is read while it runs.
"""

import re
import selectors
import struct
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from plumblib import pack, qemu
from plumblib.common import ROOT, end_with_parent

from . import monitor

SYSTEM = ROOT / "test" / "systems" / "fuzz.dts"
VM_SYSTEM = ROOT / "test" / "systems" / "fuzz-vm.dts"
WORK = ROOT / "build" / "hostile"
PLUGIN = WORK / "reach.so"
ELF = ROOT / "build" / "plumbline.elf"
MEMORY = "256M"
RAM, PLACE, GUEST_RAM = 0x40000000, 0x4C000000, 0x40000000
VM_PLACE = PLACE + 0x200000  # guest/vmm: the first block behind its own program
RECORD = 0x40280000  # guest/test/fuzz/fuzz.h
CPUS, KINDS, WAYS = 4, 10, 9
FORMAT = struct.Struct(f"<II{CPUS}I{CPUS}I{WAYS}I{KINDS}III")
MAGIC = 0x46555A5A
KIND_NAMES = ("random", "template", "memory", "coproc", "system", "call", "gic", "timer", "pages",
              "float")
WAY_NAMES = ("reset", "undefined", "svc", "prefetch abort", "data abort", "trap", "irq", "fiq",
             "started")
WITNESSES = ("beside", "apart")
STILL = 2.0  # seconds without a change in memory: look at the CPUs
EMULATOR = re.compile(r"^qemu-system-arm: .*Assertion"
                      r"|^ERROR:.*(assertion failed|code should not be reached)")
CLOCK = "xp /1wx 0x09010000"  # the board's PL031: seconds of emulated time
CLOCK_BASE = 1577836800  # 2020-01-01: plumblib.qemu.ICOUNT
HUNG = 2  # seconds of emulated time beyond the witnesses' end
PANIC = re.compile(r"plumbline: panic|internal error")
GUEST_FAIL = re.compile(r"^\[[a-z]+\] (child: )?FAIL: ")
SUMMARY = re.compile(r"^\[([a-z]+)\] SUMMARY: (\d+) passed, (\d+) failed")
COUNTER = re.compile(r"R15=([0-9a-f]{8})")
SAMPLES = 5
HINTS = (0xE320F001, 0xE320F002, 0xE320F003)  # YIELD, WFE, WFI in A32
ENDLESS = 0xEAFFFFFE  # B to itself
LINK = re.compile(r"R14=([0-9a-f]{8}) R15=([0-9a-f]{8})\s+PSR=[0-9a-f]{8} \S+ \S abt")


@dataclass
class Plan:
    """What one run does."""

    seed: int
    exact: bool = False  # the seed is that of a life: there is one, of these steps
    first: int = 0
    last: int = 4000  # of a life
    listed: list[int] = field(default_factory=list)  # these steps only
    shared: bool = False  # all vCPUs on the first CPU
    rights: bool = False
    pmu: bool = False
    vm: bool = False  # in a VM that a partition has made: without the two above, and not `listed`
    until_us: int = 400_000  # of emulated time
    limit: float = 60.0  # seconds of the host: then it is the emulator that does not advance

    @property
    def world(self) -> str:
        return ("one CPU" if self.shared else "two CPUs") + (", with rights" if self.rights else "") + (
            ", with counters" if self.pmu else "") + (", in a VM" if self.vm else "")

    def steps(self) -> list[int]:
        return self.listed or list(range(self.first, self.last))

    def command(self) -> str:
        words = [f"test/tool fuzz-guest --seed {self.seed:#x}"]
        words += ["--shared"] if self.shared else []
        words += ["--rights"] if self.rights else []
        words += ["--pmu"] if self.pmu else []
        words += ["--vm"] if self.vm else []
        words += [f"--steps {self.first}..{self.last}"] if self.exact else ["--runs 1"]
        words += ["--only " + ",".join(map(str, self.listed))] if self.listed else []
        words += [f"--until-us {self.until_us}"]
        return " ".join(words)


@dataclass
class Record:
    seed: int
    step: tuple[int, ...]
    done: tuple[int, ...]
    ways: tuple[int, ...]
    kinds: tuple[int, ...]
    started: int
    lost: int


@dataclass
class Outcome:
    failures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    lives: dict[int, Record] = field(default_factory=dict)  # the last record that was read of each
    last: Record | None = None
    frozen: bool = False  # a guest has stopped QEMU's time
    broken: str = ""  # an assertion of QEMU's
    ended: str = ""
    seconds: float = 0.0

    @property
    def steps(self) -> int:
        return sum(sum(record.done) for record in self.lives.values())

    def total(self, names: tuple[str, ...], which: str) -> Counter:
        found: Counter = Counter()
        for record in self.lives.values():
            found.update(dict(zip(names, getattr(record, which))))
        return found


def _changed(text: str, pattern: str, new: str) -> str:
    changed, count = re.subn(pattern, new, text, count=1)
    if count != 1:
        raise SystemExit(f"{SYSTEM}: has no '{pattern}'")
    return changed


def _vm_manifest(plan: Plan, args: str) -> bytes:
    text = _changed(VM_SYSTEM.read_text(), r'-- seed=[^"]*"', f'-- {args}"')
    if plan.shared:
        text = _changed(text, "cpus = <1 2>", "cpus = <1>")
    return re.sub(r"until-us=\d+", f"until-us={plan.until_us}", text).encode()


def manifest(plan: Plan, folder: Path) -> bytes:
    text = SYSTEM.read_text()
    args = f"seed={plan.seed:#x} first={plan.first} last={plan.last}"
    args += " exact" if plan.exact else ""
    if plan.vm:
        return _vm_manifest(plan, args)
    extra = ""
    if plan.listed:
        args += f" list={len(plan.listed)}"
        steps = folder / "steps"
        steps.write_bytes(struct.pack(f"<{len(plan.listed)}I", *plan.listed))
        extra += f'initrd = /incbin/("{steps}");\n\t\tinitrd-address = <0x40180000>;\n\t\t'
    extra += 'rights = "fuzz";\n\t\t' if plan.rights else ""
    extra += "pmu;\n\t\t" if plan.pmu else ""
    text = _changed(text, r'bootargs = "seed=[^"]*"', f'{extra}bootargs = "{args}"')
    if plan.shared:
        text = _changed(text, "cpus = <1 2 1 2>", "cpus = <1>")
    return re.sub(r"until-us=\d+", f"until-us={plan.until_us}", text).encode()


class Machine:
    """QEMU, and the file that is its memory."""

    def __init__(self, plan: Plan, folder: Path, reach: str):
        image = folder / "image"
        image.write_bytes(pack.pack_source(manifest(plan, folder), [ROOT], str(SYSTEM)).data)
        self.ram, self.socket = folder / "ram", folder / "monitor"
        self.place = VM_PLACE if plan.vm else PLACE
        extra = ["-object", f"memory-backend-file,id=ram,size={MEMORY},mem-path={self.ram},share=on",
                 "-machine", "memory-backend=ram", "-serial", "stdio",
                 "-monitor", f"unix:{self.socket},server,nowait"]
        if reach:
            extra += ["-plugin", f"{PLUGIN},{reach}"]
        argv = qemu.command(str(image), qemu.Run(smp=2, memory=MEMORY, icount=True, extra=extra))
        self.process = subprocess.Popen(argv, bufsize=0, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        preexec_fn=end_with_parent)

    def record(self) -> Record | None:
        try:
            with open(self.ram, "rb") as file:
                file.seek(self.place - RAM + RECORD - GUEST_RAM)
                data = file.read(FORMAT.size)
        except FileNotFoundError:  # QEMU has not made it yet
            return None
        if len(data) < FORMAT.size:
            return None
        words = FORMAT.unpack(data)
        if words[0] != MAGIC:
            return None
        at = [2]
        for size in (CPUS, CPUS, WAYS, KINDS):
            at.append(at[-1] + size)
        step, done, ways, kinds = (words[start:end] for start, end in zip(at, at[1:]))
        return Record(words[1], step, done, ways, kinds, *words[at[-1]:at[-1] + 2])

    def ask(self, command: str) -> str:
        """An answer of QEMU's monitor; empty: there is none."""
        try:
            return monitor.ask(self.socket, command, 5)
        except OSError:
            return ""

    def aborts(self) -> bool:
        """Does a vCPU abort again and again, and keep QEMU's time from advancing? With -icount time
        is counted in instructions, and there are none when the fetch of the abort vector itself
        aborts, in stage 1: at the vector, with the link register of that very abort."""
        said = self.ask("info registers -a")
        return any(int(link, 16) - int(pc, 16) == 4 for link, pc in LINK.findall(said))

    def starves(self) -> bool:
        """Does QEMU (7.2, -icount) not let a CPU run? If another one is in a loop and no timer has a
        deadline, this one stays where its last turn ended. A CPU that waits is no such case: it
        stays behind a WFI, WFE or YIELD, or at a branch to itself."""
        samples = []
        for _ in range(SAMPLES):
            samples.append(COUNTER.findall(self.ask("info registers -a")))
            time.sleep(0.1)
        places = [set(place) for place in zip(*samples)]
        stays = [len(place) == 1 and not self._waits(cpu, int(next(iter(place)), 16))
                 for cpu, place in enumerate(places)]
        moves = [len(place) > 1 for place in places]
        return any(stays) and sum(stays) + sum(moves) > 1  # one of them is the loop

    def _word(self, address: int) -> int | None:
        found = re.search(r"^[0-9a-f]+: (0x[0-9a-f]{8})", self.ask(f"x /1wx {address:#x}"),
                          re.MULTILINE)
        return int(found[1], 16) if found else None

    def _waits(self, cpu: int, address: int) -> bool:
        self.ask(f"cpu {cpu}")
        before = self._word(address - 4)
        return before is None or before in HINTS or self._word(address) == ENDLESS

    def time(self) -> int:
        """Emulated seconds; 0: no answer."""
        found = re.search(r"9010000: (0x[0-9a-f]+)", self.ask(CLOCK))
        return max(0, int(found[1], 16) - CLOCK_BASE) if found else 0

    def end(self) -> None:
        """Asks it to end, so that the plugin can write; then ends it."""
        if self.process.poll() is None:
            self.ask("quit")
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Watch:
    """Reads a run's console and record to its end."""

    def __init__(self, plan: Plan, machine: Machine):
        self.plan, self.machine = plan, machine
        self.outcome = Outcome()
        self.partial = b""
        self.summaries: dict[str, bool] = {}

    def _line(self, text: str) -> None:
        self.outcome.lines.append(text)
        match = SUMMARY.match(text)
        if match:
            self.summaries[match[1]] = match[3] == "0" and match[2] != "0"
        if EMULATOR.match(text):
            self.outcome.broken = text
        if PANIC.search(text) or GUEST_FAIL.match(text):
            self.outcome.failures.append(text)

    def _read(self, seconds: float) -> bool:
        """False: QEMU has ended."""
        out = self.machine.process.stdout
        assert out
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            if not selector.select(seconds):
                return True
        data = out.read(65536)
        if not data:
            return False
        *whole, self.partial = (self.partial + data).split(b"\n")
        for line in whole:
            self._line(line.decode(errors="replace").rstrip("\r"))
        return True

    def _look(self) -> Record | None:
        record = self.machine.record()
        if record:
            self.outcome.lives[record.seed] = record
            self.outcome.last = record
        return record

    def _over(self) -> bool:
        return all(name in self.summaries for name in WITNESSES)

    def _still(self) -> None:
        """Nothing has changed for a while: is it the emulator, or the monitor?"""
        bound = self.plan.until_us // 1_000_000 + HUNG
        if self.machine.aborts():
            self.outcome.frozen = True
            self.outcome.ended = "QEMU's time stands still"
        elif self.machine.time() < bound:
            return
        elif self.machine.starves():
            self.outcome.frozen = True
            self.outcome.ended = "QEMU does not let a CPU run"
        else:
            self.outcome.ended = f"no end in {bound} s of emulated time"

    def run(self) -> Outcome:
        begin = changed = time.monotonic()
        seen: object = None
        while not self.outcome.ended:
            alive = self._read(0.05)
            now = time.monotonic()
            state = (self._look(), len(self.outcome.lines))
            if state != seen:
                seen, changed = state, now
            if not alive:
                self.outcome.ended = "QEMU has ended"
            elif self._over():
                self.outcome.ended = "the witnesses have ended"
            elif now - changed > STILL:
                changed = now
                self._still()
            elif now - begin > self.plan.limit:
                self._still()
                self.outcome.frozen = self.outcome.frozen or not self.outcome.ended
                self.outcome.ended = self.outcome.ended or "QEMU's time hardly advances"
        self.outcome.seconds = time.monotonic() - begin
        self._judge()
        return self.outcome

    def _judge(self) -> None:
        if self.outcome.frozen or self.outcome.broken:
            return
        for name in WITNESSES:
            if name not in self.summaries:
                self.outcome.failures.append(f"{name}: no summary: {self.outcome.ended}")
            elif not self.summaries[name]:
                self.outcome.failures.append(f"{name}: failed")


def run(plan: Plan, reach: str = "") -> Outcome:
    """One run. `reach`: arguments of the plugin that notes what the monitor executes."""
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as name:
        machine = Machine(plan, Path(name), reach)
        try:
            return Watch(plan, machine).run()
        finally:
            machine.end()
