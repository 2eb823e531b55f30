# SPDX-License-Identifier: BSD-2-Clause
"""QEMU: its command line, one run of it with the serial console, and how the run ended."""

import os
import re
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from . import boards, common, hang
from .common import PlumbError, tool
from .trace import TraceCounter
from .tty import RawTerminal
from .why import STATE_KEYS, Why

ICOUNT = ["-icount", "shift=0,sleep=off", "-rtc", "clock=vm,base=2020-01-01"]

# The monitor's last words stand alone; what it says before has its name in front, as a guest's.
END_LINE = re.compile(rb"plumbline: end: status (\d+)")
PANIC = re.compile(rb"plumbline: panic: ?(.*)")
REFUSED = re.compile(rb"plumbline: refused: ?(.*)")
ESCAPE = b"\x1d"  # Ctrl-]: the multiplexer's, twice to send one
LINGER = 3.0  # seconds that QEMU gets to end by itself after the monitor's last word,
LINGER_ON = 0.2  # and where the board cannot switch itself off
TYPED = 65536  # bytes that may wait for the board's UART before more is read from the keyboard
ANSWER = 10.0  # seconds that the monitor gets, at the time limit, to tell how its guests stand


@dataclass
class Run:
    """One run's options."""

    board: str = "virt"
    smp: int = 0  # 0: the board's
    memory: str = "512M"
    icount: bool = False
    timeout: float | None = None
    trace: bool = False
    raw: bool = False  # the manifest says raw-console
    consoles: list[str] = field(default_factory=list)  # partitions that have one
    events: list[str] = field(default_factory=list)  # more of QEMU's trace events
    read_stdin: bool = False
    sends: list[tuple[bytes, bytes]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def read_version(text: str) -> tuple[int, ...]:
    """Of `qemu-system-arm --version`; empty: it says nothing that is known."""
    found = re.search(r"version (\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else ()


def version() -> tuple[int, ...]:
    return read_version(common.run_tool([tool("qemu-system-arm"), "--version"],
                                        "qemu-system-arm --version").decode(errors="replace"))


def freezes_on_offset(known: tuple[int, ...]) -> bool:
    """QEMU up to 8.1 adds CNTVOFF to a CNTV_CVAL near 2^64 in 64 bits: the timer is due in the past
    again and again, and nothing else is done."""
    return () < known < (8, 2)


def command(image: str, run: Run) -> list[str]:
    board = boards.find(run.board)
    smp = run.smp or board.smp
    if not 1 <= smp <= board.most:
        raise PlumbError(f"--smp {smp}: {run.board} has 1 to {board.most} CPUs")
    common.parse_size(run.memory)
    argv = [tool("qemu-system-arm"), *boards.arguments(board, image), "-smp", str(smp),
            "-m", run.memory, "-nic", "none", "-display", "none", "-no-reboot"]
    if run.icount:
        argv += ICOUNT
    if run.trace:
        argv += ["-trace", "gic_*"]
    argv += [part for event in run.events for part in ("-trace", event)]
    return argv + run.extra


class Outcome:
    """Watches the console's bytes, line by line, for how the run ends."""

    def __init__(self, why: Why | None = None) -> None:
        self.partial = b""
        self.status: int | None = None
        self.panic = False
        self.refused = False
        self.why = why or Why()

    def feed(self, data: bytes) -> None:
        *lines, self.partial = (self.partial + data).split(b"\n")
        self.partial = self.partial[-4096:]
        for line in lines:
            self._line(line.rstrip(b"\r"))

    def _line(self, line: bytes) -> None:
        end = END_LINE.match(line)
        if end:
            self.status = int(end[1])
            return
        self.panic = self.panic or bool(PANIC.match(line))
        self.refused = self.refused or bool(REFUSED.match(line))
        self.why.feed(line)

    @property
    def over(self) -> bool:
        """The monitor has said its last word."""
        return self.status is not None or self.panic or self.refused

    def exit_code(self) -> int:
        if self.panic:
            return common.EXIT_PANIC
        if self.refused:
            return common.EXIT_REFUSED
        if self.status is None:
            return common.EXIT_NO_END
        if self.status in (common.EXIT_OK, common.EXIT_GUEST, common.EXIT_PANIC):
            return self.status
        return common.EXIT_GUEST


class RawFilter:
    """Takes the monitor's lines, which come at the end, out of a guest's raw console."""

    MARK = b"plumbline: "

    def __init__(self) -> None:
        self.held = b""  # the start of a line, which may become one of the monitor's
        self.line_start = True
        self.taking = False

    def feed(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            char = bytes((byte,))
            if self.taking:
                self.taking = char != b"\n"
                continue
            if self.line_start:
                self.held += char
                if self.MARK.startswith(self.held):
                    if self.held == self.MARK:
                        self.held, self.taking = b"", True
                    continue
                out += self.held
                self.held = b""
            else:
                out += char
            self.line_start = char == b"\n"
        return bytes(out)


def _watch(selector: selectors.BaseSelector, file, event: int, wanted: bool) -> None:
    """Is `file` among those that are waited for?"""
    if wanted != (file in selector.get_map()):
        if wanted:
            selector.register(file, event)
        else:
            selector.unregister(file)


class Session:
    """One QEMU, from start to end. Ends only the process that it started."""

    def __init__(self, image: str, run: Run, trace: TraceCounter | None = None):
        self.run = run
        self.outcome = Outcome(Why(run.consoles, run.raw))
        self.trace = trace or (TraceCounter() if run.trace else None)
        self.linger = LINGER if boards.find(run.board).goes_off else LINGER_ON
        self.timed_out = False
        self.hang = hang.Hang()
        self.hangs = False  # the emulator itself
        self.mute = False  # the monitor did not tell how its guests stand
        self.quit = False
        self.ending = False
        self.look_at = 0.0  # when to look whether the emulator goes on
        self.mid_line = False
        self.complaints: list[bytes] = []
        self.printing = threading.Lock()
        self.seen = bytearray()  # not yet matched by run.sends
        self.sends = list(run.sends)
        self.raw = RawFilter() if run.raw else None
        self.typed = bytearray()  # not yet taken: a guest that does not read holds its UART full
        argv = command(image, run) + [
            "-chardev", "stdio,id=console,signal=off,mux=off",
            "-serial", "chardev:console", "-monitor", "none"]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            start_new_session=True, preexec_fn=common.end_with_parent,
            env={**os.environ, **boards.find(run.board).environment})
        assert self.process.stdin
        os.set_blocking(self.process.stdin.fileno(), False)
        self.errors = threading.Thread(target=self._read_errors, daemon=True)
        self.errors.start()

    def _read_errors(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if self.ending and b"terminating on signal" in line:
                continue
            if self.trace is None or not self.trace.count(line):
                with self.printing:
                    self.complaints.append(line)
                    self._complain()

    def _complain(self) -> None:
        """QEMU's own words, but never within a line of the console; `printing` is held."""
        while self.complaints and not self.mid_line:
            line = self.complaints.pop(0)
            sys.stderr.write("qemu: " + line.decode(errors="replace").rstrip() + "\n")
            sys.stderr.flush()

    def type(self, data: bytes) -> None:
        """Bytes for the board's UART, as it takes them: nobody waits for it, or its output would
        wait, too."""
        assert self.process.stdin
        self.typed += data
        try:
            while self.typed:
                del self.typed[:os.write(self.process.stdin.fileno(), self.typed)]
        except BlockingIOError:
            pass
        except OSError:  # it has gone
            self.typed.clear()

    def _type_for_guest(self, data: bytes) -> None:
        """On a raw console no byte is a key of the monitor's multiplexer."""
        self.type(data.replace(ESCAPE, ESCAPE + ESCAPE) if self.raw else data)

    def _output(self, data: bytes) -> None:
        shown = self.raw.feed(data) if self.raw else data
        with self.printing:
            os.write(1, shown)
            if shown:
                self.mid_line = not shown.endswith(b"\n")
            self._complain()
        self.outcome.feed(data)
        if not self.sends:
            return
        self.seen += data
        while self.sends and (at := self.seen.find(self.sends[0][0])) >= 0:
            pattern, text = self.sends.pop(0)
            del self.seen[:at + len(pattern)]
            self._type_for_guest(text)

    def _look(self, now: float) -> None:
        """Does the emulator go on? If not, that is told at once: there may be no time limit."""
        self.look_at = now + hang.PERIOD
        if self.hang.look(hang.work(self.process.pid)) and not self.hangs:
            self.hangs = True
            with self.printing:
                print(f"plumb: {hang.WORD}", file=sys.stderr, flush=True)

    def _ask_state(self) -> None:
        """At the time limit: how do the guests stand?"""
        self.timed_out = True
        self.outcome.why.state_done = False
        self.type(STATE_KEYS)

    def _wait_for_bytes(self, deadline: float | None, terminal: RawTerminal | None) -> None:
        with selectors.SelectSelector() as selector:
            assert self.process.stdout and self.process.stdin
            selector.register(self.process.stdout, selectors.EVENT_READ)
            keyboard = terminal.fd if terminal else None
            while True:
                now = time.monotonic()
                _watch(selector, self.process.stdin, selectors.EVENT_WRITE, bool(self.typed))
                if keyboard is not None:
                    _watch(selector, keyboard, selectors.EVENT_READ, len(self.typed) < TYPED)
                if now >= self.look_at:
                    self._look(now)
                if deadline is not None and now >= deadline:
                    if self.hangs:
                        self.timed_out = True
                        return
                    if self.outcome.over or self.timed_out:
                        self.mute = not self.outcome.over
                        return
                    deadline = now + ANSWER
                    self._ask_state()
                elif self.timed_out and self.outcome.why.state_done:
                    return
                until = self.look_at if deadline is None else min(deadline, self.look_at)
                for key, _ in selector.select(max(until - now, 0)):
                    if key.fileobj is self.process.stdout:
                        data = self.process.stdout.read(65536)
                        if not data:
                            return
                        # A raw guest can print the monitor's last line: only QEMU's end counts.
                        was_over = self.outcome.over or self.raw is not None
                        self._output(data)
                        if self.outcome.over and not was_over:
                            linger = time.monotonic() + self.linger
                            deadline = linger if deadline is None else min(deadline, linger)
                    elif key.fileobj is self.process.stdin:
                        self.type(b"")
                    elif terminal and keyboard is not None:
                        keys = terminal.read()
                        if keys is None:
                            selector.unregister(keyboard)
                            keyboard = None
                        elif terminal.quit_typed:
                            self.quit = True
                            return
                        else:
                            self._type_for_guest(keys)

    def wait(self) -> int:
        """Runs to the end; plumb's exit code."""
        deadline = None
        if self.run.timeout is not None:
            deadline = time.monotonic() + self.run.timeout
        terminal = RawTerminal() if self.run.read_stdin else None
        try:
            self._wait_for_bytes(deadline, terminal)
        finally:
            if terminal:
                terminal.restore()
            self.stop()
        self.outcome.feed(b"\n")
        return self._verdict()

    def stop(self) -> None:
        """Ends this QEMU if it still runs."""
        if self.process.poll() is None:
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                self.ending = True
                self.process.terminate()
                try:
                    self.process.wait(3)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
        self.errors.join(5)

    def _verdict(self) -> int:
        def say(text: str) -> None:
            print(f"plumb: {text}", file=sys.stderr)

        with self.printing:
            if self.mid_line:
                os.write(1, b"\n")
                self.mid_line = False
            self._complain()
        if self.trace is not None:
            self.trace.report(sys.stderr)
        if self.quit:
            say("ended by Ctrl-A x")
            return common.EXIT_OK
        code = common.EXIT_TIME if self.timed_out else self.outcome.exit_code()
        if code == common.EXIT_OK:
            return code
        if code == common.EXIT_TIME:
            say(f"time limit of {self.run.timeout:g} s reached (--timeout S sets another)")
        elif code == common.EXIT_NO_END:
            say(f"QEMU ended ({self.process.returncode}) without the monitor's end line")
        elif code == common.EXIT_PANIC:
            say("the monitor panicked")
        elif code == common.EXIT_REFUSED:
            say("the monitor refused to start")
        else:
            say("a partition crashed or failed")
        why = self.outcome.why
        for line in why.explanation(code):
            print(line, file=sys.stderr)
        if code == common.EXIT_TIME:
            for advice in why.silent():
                say(advice)
            if self.mute:
                say(f"the monitor did not answer Ctrl-] s in {ANSWER:g} s: it may be stuck "
                    "(plumb gdb looks into it)")
        return code
