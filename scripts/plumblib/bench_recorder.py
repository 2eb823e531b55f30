# SPDX-License-Identifier: BSD-2-Clause
"""Records each instruction between two calls of bench_mark in guest/bench, with registers and GIC
accesses, as QEMU's log. A debugger's connection stops QEMU there: only these parts are logged."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import elf_names, qemu, scratch
from .common import BUILD, PlumbError, end_with_parent, relative
from .rsp import Stub

GUEST = BUILD / "guest" / "bench.elf"
MARK = "bench_mark"
R0, LR = 0, 14
NAME_SIZE = 80
# One instruction in each block that is translated: QEMU up to 8.0, and from 8.1.
STEP = {True: "singlestep {}", False: "one-insn-per-tb {}"}
LOG_ON = "log exec,cpu,nochain"
LOG_OFF = "log none"
CONNECT = 20.0  # seconds


@dataclass
class Recording:
    name: str
    lines: list[str]


def mark_address() -> int:
    for start, (_, name) in zip(*_functions()):
        if name == MARK:
            return start
    raise PlumbError(f"{relative(GUEST)} has no function {MARK}: run 'make'")


def _functions() -> tuple[list[int], list[tuple[int, str]]]:
    names = elf_names.names(GUEST.read_bytes())
    return names.starts, names.entries


class Recorder:
    def __init__(self, image: str, run: qemu.Run, console: Path) -> None:
        folder = scratch.folder()
        self.log = folder / "trace.log"
        self.log.write_bytes(b"")
        self.console = console
        self.read_to = 0
        self.until = time.monotonic() + (run.timeout or 600)
        place = str(folder / "gdb")
        argv = qemu.command(image, run) + [
            "-S", "-gdb", f"unix:{place},server=on,wait=off", "-D", str(self.log), "-monitor", "none",
            "-serial", f"file:{console}"]
        self.old = qemu.version() < (8, 1)
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True, preexec_fn=end_with_parent)
        self.stub = Stub(self._connect(place))

    def _connect(self, place: str) -> socket.socket:
        link = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + CONNECT
        while True:
            try:
                link.connect(place)
                link.settimeout(max(1.0, self.until - time.monotonic()))
                return link
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    link.close()
                    self.stop()
                    raise PlumbError(f"QEMU did not start: {error}") from error
                time.sleep(0.05)

    def command(self, text: str) -> None:
        """A command of QEMU's monitor."""
        answer = self.stub.ask(b"qRcmd," + text.encode().hex().encode())
        while answer.startswith(b"O") and answer != b"OK":
            said = bytes.fromhex(answer[1:].decode()).decode(errors="replace")
            if "unknown command" in said:
                raise PlumbError(f"QEMU's monitor does not know '{text}': {said.strip()}")
            answer = self._next()

    def _next(self) -> bytes:
        while not self.stub.waiting:
            if not self.stub.receive():
                raise EOFError
        return self.stub.waiting.pop(0)

    def _registers(self) -> list[int]:
        data = bytes.fromhex(self.stub.ask(b"g").decode())
        return [int.from_bytes(data[4 * n:4 * n + 4], "little") for n in range(16)]

    def _string(self, at: int) -> str:
        data = bytes.fromhex(self.stub.ask(b"m%x,%x" % (at, NAME_SIZE)).decode())
        return data.partition(b"\0")[0].decode(errors="replace")

    def _logged(self) -> list[str]:
        with open(self.log, "rb") as file:
            file.seek(self.read_to)
            data = file.read()
        self.read_to += len(data)
        return data.decode(errors="replace").splitlines()

    def _switch(self, on: bool) -> None:
        word = "on" if on else "off"
        self.command(STEP[self.old].format(word))
        if on:
            self.command(LOG_ON)
        self.command(f"trace-event gic_* {word}")
        if not on:
            self.command(LOG_OFF)

    def recordings(self) -> Iterator[Recording]:
        """To QEMU's end."""
        mark = b"Z0,%x,4" % mark_address()
        if self.stub.ask(mark) != b"OK":
            raise PlumbError("QEMU's debugger connection sets no breakpoint")
        name, go = "", b"c"
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self.stub.send(go)
                if self._next()[:1] in (b"W", b"X"):
                    break
                registers = self._registers()
                if registers[R0]:
                    name = self._string(registers[R0])
                    self._logged()  # earlier messages
                    self._switch(True)
                elif name:
                    self._switch(False)
                    yield Recording(name, self._logged())
                    name = ""
                # Returns in the guest's place: its BX LR would meet the breakpoint again.
                go = b"c%x" % registers[LR]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
