# SPDX-License-Identifier: BSD-2-Clause
"""Runs of test/systems/turmoil.dts: storms of partitions' lives, and the account of the monitor's
and the GIC's state before and after."""

import mmap
import re
import struct
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plumblib import pack, qemu
from plumblib.common import ROOT, end_with_parent

from . import account, monitor

SYSTEM = ROOT / "test" / "systems" / "turmoil.dts"
WORK = ROOT / "build" / "storms"
MEMORY, SIZE, RAM = "256M", 256 << 20, 0x40000000
NAMES = ["boss", "first", "second", "beside", "apart", "maker"]
CALM = {"first": (0x4C000000, 0xA0000), "second": (0x4C100000, 0xA0000),
        "maker": (0x4C200000, 0x200000)}
BOARD = 0x4C401000  # memory-at, and the table of states
CPUS = 2
# guest/test/turmoil/turmoil.h
MAGIC = 0x4D524F54
RIOTERS, VCPUS, KINDS = 2, 4, 16
QUIET, CALLS, REFUSED, GO, FINISH, GOAL, RIOTER = 12, 16, 48, 80, 84, 88, 124
RIOTER_SIZE = 4 * (2 + 4 + VCPUS + VCPUS * KINDS)
MAKER = RIOTER + RIOTERS * RIOTER_SIZE
MAKER_VCPUS, REASONS = 2, 8
MAKER_SIZE = 4 * (7 + MAKER_VCPUS * (1 + REASONS))
REASON_NAMES = ("error", "INTR", "MMIO", "WFI", "SYSTEM", "KICK", "OFF", "FAULT")
CALL_NAMES = ("start", "stop", "reset", "pause", "resume")
KIND_NAMES = ("SGI", "all SGIs to all", "CPU_ON", "CPU_OFF", "line", "lines", "timer", "WFI",
              "GICD pending and active", "GICD", "device", "doorbell", "call on the other", "wait",
              "end")
CALM_KINDS = ("", "memory", "GICD", "GICC", "vCPUs", "timer", "shared memory")
SUMMARY = re.compile(r"^\[([a-z]+)\] SUMMARY: (\d+) passed, (\d+) failed")
FAIL = re.compile(r"^\[[a-z]+\] FAIL: |plumbline: panic|internal error")
SPOKEN = ("boss", "beside", "apart")
QUIET_LIMIT = 60.0  # seconds without a restart, or to become quiet


class Failed(Exception):
    """The run cannot go on; the text says why."""


@dataclass
class Rioter:
    lives: int
    calm: int
    wrong: int
    first: tuple[int, ...]  # kind, place, value of the first difference
    interrupts: int
    done: list[int]


@dataclass
class Maker:
    lives: int
    wrong: int
    made: int
    rings: int
    lines: int
    runs: list[int]  # by PLUMB_RUN_*; 0: an error


@dataclass
class Board:
    """The record in the shared memory."""

    data: bytes

    def word(self, at: int) -> int:
        return int(struct.unpack_from("<I", self.data, at)[0])

    def rioter(self, n: int) -> Rioter:
        words = struct.unpack_from(f"<{RIOTER_SIZE // 4}I", self.data, RIOTER + n * RIOTER_SIZE)
        done = words[6 + VCPUS:]
        return Rioter(words[0], words[1], words[2], words[3:6], sum(words[6:6 + VCPUS]),
                      [sum(done[kind::KINDS]) for kind in range(KINDS)])

    @property
    def maker(self) -> Maker:
        words = struct.unpack_from(f"<{MAKER_SIZE // 4}I", self.data, MAKER)
        runs = words[7 + MAKER_VCPUS:]
        return Maker(words[0], words[2], words[5], words[6], sum(words[7:7 + MAKER_VCPUS]),
                     [sum(runs[reason::REASONS]) for reason in range(REASONS)])

    @property
    def lives(self) -> int:
        """Of the rioters."""
        return sum(self.rioter(n).lives for n in range(RIOTERS))


@dataclass
class Outcome:
    lives: int = 0
    rounds: int = 0
    accounts: int = 0
    compared: int = 0  # values of one account
    failures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    board: Board | None = None
    seconds: float = 0.0


def manifest(seed: int) -> bytes:
    text, count = re.subn(r'bootargs = "seed=1"', f'bootargs = "seed={seed}"', SYSTEM.read_text())
    if count != 1:
        raise SystemExit(f"{SYSTEM}: has no 'seed=1'")
    return text.encode()


class Machine:
    """QEMU; its memory is a file that this process sees."""

    def __init__(self, source: bytes, folder: Path, icount: bool = False):
        image = folder / "image"
        image.write_bytes(pack.pack_source(source, [ROOT], str(SYSTEM)).data)
        self.folder, self.socket = folder, folder / "monitor"
        path = folder / "ram"
        with open(path, "wb") as file:
            file.truncate(SIZE)
        with open(path, "r+b") as file:
            self.ram = mmap.mmap(file.fileno(), SIZE)
        extra = ["-object", f"memory-backend-file,id=ram,size={MEMORY},mem-path={path},share=on",
                 "-machine", "memory-backend=ram", "-serial", "stdio",
                 "-monitor", f"unix:{self.socket},server,nowait"]
        run = qemu.Run(smp=CPUS, memory=MEMORY, icount=icount, extra=extra)
        self.process = subprocess.Popen(qemu.command(str(image), run), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        preexec_fn=end_with_parent)
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\r\n"))

    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, command: str) -> str:
        """An answer of QEMU's monitor."""
        return monitor.ask(self.socket, command, 60)

    def devices(self) -> bytes:
        """The state of its devices. It stops, and goes on after `go_on`."""
        out = self.folder / "state"
        out.unlink(missing_ok=True)
        self.ask("migrate_set_capability x-ignore-shared on")
        self.ask(f'migrate "exec:cat > {out}"')
        end = time.monotonic() + 60
        while "postmigrate" not in self.ask("info status"):
            if time.monotonic() > end:
                raise Failed("QEMU does not write its state")
            time.sleep(0.05)
        return out.read_bytes()

    def go_on(self) -> None:
        self.ask("cont")

    def word(self, address: int) -> int:
        return int(struct.unpack_from("<I", self.ram, address - RAM)[0])

    def set_word(self, address: int, value: int) -> None:
        struct.pack_into("<I", self.ram, address - RAM, value)

    def end(self) -> None:
        if self.alive():
            self.process.kill()
        self.process.wait()
        self.reader.join(5)
        try:
            self.ram.close()
        except BufferError:
            pass


def board(machine: Machine) -> Board:
    at = BOARD - RAM
    return Board(bytes(machine.ram[at:at + MAKER + MAKER_SIZE]))


class Storm:
    """One run: rounds of storms, each followed by an account."""

    def __init__(self, seed: int, restarts: int, rounds: int, machine: Machine, say: Any = None):
        self.seed, self.restarts, self.rounds = seed, restarts, rounds
        self.machine, self.say = machine, say or (lambda text: None)
        self.outcome = Outcome()
        self.first: dict[str, Any] = {}

    def board(self) -> Board:
        return board(self.machine)

    def _wait_quiet(self, number: int) -> None:
        seen, changed = -1, time.monotonic()
        while True:
            board = self.board()
            if board.word(QUIET) >= number:
                return
            if board.lives != seen:
                seen, changed = board.lives, time.monotonic()
            if not self.machine.alive():
                raise Failed("QEMU has ended")
            if any(FAIL.search(line) for line in self.machine.lines):
                time.sleep(1)
                raise Failed("a partition has failed")
            if time.monotonic() - changed > QUIET_LIMIT:
                raise Failed(f"no restart for {QUIET_LIMIT:.0f} s, after {seen}")
            time.sleep(0.02)

    def _account(self) -> dict[str, Any]:
        stream = self.machine.devices()
        ram = self.machine.ram
        now = {**account.monitor(ram, NAMES, list(CALM), CPUS), **account.hardware(stream, CPUS)}
        for name, (where, size) in CALM.items():
            now[f"{name}: RAM, checksum"] = account.guest_memory(ram, where, size)
        self.machine.go_on()
        return now

    def _compare(self, number: int) -> None:
        now = self._account()
        self.outcome.accounts += 1
        self.outcome.compared = len(now)
        if not self.first:
            self.first = now
        for text in account.differences(self.first, now)[:20]:
            self.outcome.failures.append(f"after {self.board().lives} lives: {text}")
        self.say(f"round {number}: {self.board().lives} lives")

    def _go(self, number: int) -> None:
        self.machine.set_word(BOARD + GOAL, self.restarts * number // self.rounds)
        self.machine.set_word(BOARD + GO, number)

    def _last(self) -> None:
        self.machine.set_word(BOARD + FINISH, 1)
        self.machine.set_word(BOARD + GO, self.rounds + 1)
        end = time.monotonic() + QUIET_LIMIT
        while self.machine.alive() and time.monotonic() < end:
            time.sleep(0.05)
        self.machine.reader.join(5)
        said = {match[1]: match[3] == "0" and match[2] != "0" for match in
                map(SUMMARY.match, self.machine.lines) if match}
        for name in SPOKEN:
            if name not in said:
                self.outcome.failures.append(f"{name}: no summary")
            elif not said[name]:
                self.outcome.failures.append(f"{name}: failed")

    def run(self) -> Outcome:
        begin = time.monotonic()
        try:
            for number in range(1, self.rounds + 2):
                self._wait_quiet(number)
                self._compare(number - 1)
                if number <= self.rounds and not self.outcome.failures:
                    self._go(number)
                else:
                    break
            self._last()
        except Failed as failed:
            self.outcome.failures.append(str(failed))
        self.outcome.board = self.board()
        self.outcome.lives, self.outcome.rounds = self.outcome.board.lives, number - 1
        self.outcome.lines = list(self.machine.lines)
        self.outcome.failures += [line for line in self.outcome.lines if FAIL.search(line)]
        self.outcome.seconds = time.monotonic() - begin
        return self.outcome


def run(seed: int, restarts: int, rounds: int, say: Any = None) -> Outcome:
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as name:
        machine = Machine(manifest(seed), Path(name), icount=True)
        try:
            return Storm(seed, restarts, rounds, machine, say).run()
        finally:
            machine.end()


def totals(board: Board) -> list[str]:
    rioters = [board.rioter(n) for n in range(RIOTERS)]
    done = [sum(rioter.done[kind] for rioter in rioters) for kind in range(KINDS)]
    calls = [f"{name} {board.word(CALLS + 4 * n)} ({board.word(REFUSED + 4 * n)} refused)"
             for n, name in enumerate(CALL_NAMES)]
    return ["actions: " + ", ".join(f"{name} {done[n]}" for n, name in enumerate(KIND_NAMES)),
            f"interrupts taken: {sum(rioter.interrupts for rioter in rioters)}",
            f"maker: {board.maker.lives} lives, {board.maker.made} VMs, {board.maker.lines} lines, "
            f"{board.maker.rings} doorbells; runs: "
            + ", ".join(f"{name} {board.maker.runs[n]}" for n, name in enumerate(REASON_NAMES)),
            "calls of the boss: " + ", ".join(calls)]
