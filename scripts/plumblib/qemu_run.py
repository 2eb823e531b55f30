# SPDX-License-Identifier: BSD-2-Clause
"""One run of QEMU with the board's serial console, from its start to its end."""

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE

from . import boards, common, hang
from .answers import Answers
from .console import Demux, Piece, RawFilter, Screen
from .outcome import End, Outcome
from .outlets import ESCAPE, Focus, Pty, write_all
from .qemu import Run, command
from .trace import TraceCounter
from .tty import RawTerminal
from .why import STATE_KEYS, Why

LINGER = 3.0  # seconds that QEMU gets to end by itself after the monitor's last word,
LINGER_ON = 0.2  # and where the board cannot switch itself off
TYPED = 65536  # bytes that may wait for the board's UART before more is read from the keyboard
ANSWER = 10.0  # seconds that the monitor has, at the time limit, to report its guests' state
IDLE = 0.1  # seconds without output, after which the start of a line is shown as it is


def _watch(selector: selectors.BaseSelector, file, events: int, act: Callable[[], bool]) -> None:
    """Waits for these events of `file`; 0: for none."""
    known = selector.get_map().get(file)
    if known is None and events:
        selector.register(file, events, act)
    elif known is not None and not events:
        selector.unregister(file)
    elif known is not None and known.events != events:
        selector.modify(file, events, act)


class Session:
    """One QEMU, from start to end. Ends only the process that it started."""

    def __init__(self, image: str, run: Run, trace: TraceCounter | None = None):
        self.run = run
        self.start = time.monotonic()
        self.outcome = Outcome(Why(run.consoles, run.raw))
        self.trace = trace or (TraceCounter() if run.trace else None)
        self.linger = LINGER if boards.find(run.board).goes_off else LINGER_ON
        self.deadline = None if run.timeout is None else self.start + run.timeout
        self.timed_out = False
        self.hang = hang.Hang()
        self.hangs = False  # the emulator itself
        self.mute = False  # the monitor did not report its guests' state
        self.quit = False
        self.ending = False
        self.look_at = 0.0  # time of the next check that the emulator runs
        self.complaints: list[bytes] = []
        self.printing = threading.Lock()
        self.answers = Answers(run.sends)
        self.raw = RawFilter() if run.raw else None
        self.demux = Demux(run.partitions)
        self.screen = Screen(run.view, self.start, self._hides)
        self.ptys = [outlet for outlet in run.outlets.values() if isinstance(outlet, Pty)]
        self.focus = Focus(run.partitions) if self.ptys and not run.raw else None
        self.terminal = RawTerminal() if run.read_stdin else None
        self.keyboard = self.terminal  # None: nothing more is typed
        self.typed = bytearray()  # not yet sent: the UART is full if its guest does not read
        argv = command(image, run) + [
            "-chardev", "stdio,id=console,signal=off,mux=off",
            "-serial", "chardev:console", "-monitor", "none"]
        common.tell_command(argv)
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            start_new_session=True, preexec_fn=common.end_with_parent)
        assert self.process.stdin
        os.set_blocking(self.process.stdin.fileno(), False)
        self.errors = threading.Thread(target=self._read_errors, daemon=True)
        self.errors.start()

    # ---- QEMU's own messages

    def _read_errors(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if self.ending and b"terminating on signal" in line:
                continue
            if self.trace is None or not self.trace.count(line):
                with self.printing, contextlib.suppress(BrokenPipeError):
                    self.complaints.append(line)
                    self._complain()

    def _complain(self) -> None:
        """Prints QEMU's own messages, but never within a line of the console; `printing` is
        held."""
        while self.complaints and not self.screen.mid_line:
            line = self.complaints.pop(0)
            common.say("qemu: " + line.decode(errors="replace").rstrip())

    # ---- input

    def type(self, data: bytes) -> None:
        """Sends bytes as the board's UART accepts them. This never waits: the output would wait,
        too."""
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
        if self.raw:
            data = data.replace(ESCAPE, ESCAPE + ESCAPE)
        elif self.focus:
            data = self.focus.typed(data)
        self.type(data)

    def _on_keys(self) -> bool:
        assert self.keyboard
        keys = self.keyboard.read()
        if keys is None:
            # As in a shell, a last line needs no end. A raw console gets the bytes unchanged.
            if self.keyboard.mid_line and not self.raw:
                self._type_for_guest(b"\n")
            self.keyboard.restore()
            self.keyboard = None
        elif self.keyboard.quit_typed:
            self.quit = True
            return False
        else:
            self._type_for_guest(keys)
        return True

    def _listens(self) -> bool:
        """May keys be read? A pipe's bytes must not reach a boot loader."""
        return self.keyboard is not None and (
            self.keyboard.is_terminal or self.raw is not None or self.outcome.why.monitor)

    def _on_room(self) -> bool:
        self.type(b"")
        return True

    def _on_pty(self, pty: Pty) -> bool:
        pty.send()
        keys = pty.read() if len(self.typed) < TYPED else b""
        if keys:
            self.type(self.focus.partition(pty.name, keys) if self.focus
                      else keys.replace(ESCAPE, ESCAPE + ESCAPE))
        return True

    # ---- output

    def _hides(self, line: bytes) -> bool:
        """The monitor's report at the time limit, which is printed at the end; and its answers to
        keys that this program has sent."""
        if self.timed_out and line.startswith(b"state: "):
            return True
        return self.focus is not None and self.focus.hides(line)

    def _pieces(self, data: bytes) -> list[Piece]:
        if self.raw:
            return [Piece(self.run.consoles[0] if self.run.consoles else None, self.raw.feed(data))]
        return self.demux.feed(data)

    def _show(self, pieces: list[Piece]) -> None:
        now = time.monotonic()
        shown = b""
        for piece in pieces:
            outlet = self.run.outlets.get(piece.source or "")
            if outlet:
                outlet.show(piece, now)
            else:
                shown += self.screen.show(piece, now)
        self._print(shown)

    def _print(self, shown: bytes) -> None:
        with self.printing:
            write_all(self.run.out, shown)
            self._complain()

    def _on_output(self) -> bool:
        assert self.process.stdout
        data = self.process.stdout.read(65536)
        if not data:
            return False
        # A raw guest can print the monitor's last line: only QEMU's end counts.
        was_over = self.outcome.over or self.raw is not None
        pieces = self._pieces(data)
        self._show(pieces)
        self.outcome.feed(data)
        for text in self.answers.feed(data, pieces):
            self._type_for_guest(text)
        if self.outcome.over and not was_over:
            linger = time.monotonic() + self.linger
            self.deadline = linger if self.deadline is None else min(self.deadline, linger)
        return True

    def _end_output(self) -> None:
        self._show(self.demux.flush())
        self._print(self.screen.end())
        self._end_line()

    def _end_line(self) -> None:
        """What is printed next begins a line."""
        if self.screen.mid_line:
            self.screen.mid_line = False
            self._print(b"\n")

    # ---- time

    def _look(self, now: float) -> None:
        """Checks that the emulator runs. A hang is reported at once: there may be no time limit."""
        self.look_at = now + hang.PERIOD
        if self.hang.look(hang.work(self.process.pid)) and not self.hangs:
            self.hangs = True
            with self.printing:
                common.say(f"plumb: {hang.WORD}")

    def _is_over(self, now: float) -> bool:
        """At the deadline, asks for the guests' state, and waits for the answer."""
        if self.timed_out and self.outcome.why.state_done:
            return True
        if self.deadline is None or now < self.deadline:
            return False
        if self.hangs:
            self.timed_out = True
            return True
        if self.outcome.over or self.timed_out:
            self.mute = not self.outcome.over
            return True
        self.deadline = now + ANSWER
        self.timed_out = True
        self.outcome.why.state_done = False
        self.type(STATE_KEYS)
        return False

    def _patience(self, now: float) -> float:
        until = self.look_at if self.deadline is None else min(self.deadline, self.look_at)
        if self.screen.held:
            until = min(until, now + IDLE)
        return max(until - now, 0)

    def _watch_all(self, selector: selectors.BaseSelector) -> None:
        hears = len(self.typed) < TYPED
        _watch(selector, self.process.stdin, EVENT_WRITE if self.typed else 0, self._on_room)
        if self.terminal:
            _watch(selector, self.terminal.fd, EVENT_READ if hears and self._listens() else 0,
                   self._on_keys)
        for pty in self.ptys:
            events = (EVENT_READ if hears else 0) | (EVENT_WRITE if pty.waiting else 0)
            _watch(selector, pty.fd, events, partial(self._on_pty, pty))

    def _wait_for_end(self) -> None:
        with selectors.SelectSelector() as selector:
            assert self.process.stdout
            selector.register(self.process.stdout, EVENT_READ, self._on_output)
            while True:
                now = time.monotonic()
                if now >= self.look_at:
                    self._look(now)
                if self._is_over(now):
                    return
                self._watch_all(selector)
                ready = selector.select(self._patience(now))
                if not ready:
                    self._print(self.screen.idle())
                if not all(key.data() for key, _ in ready):
                    return

    def wait(self) -> End:
        """Runs to the end."""
        try:
            self._wait_for_end()
        except (KeyboardInterrupt, SystemExit):
            with contextlib.suppress(OSError):
                self._end_line()
            raise
        finally:
            if self.terminal:
                self.terminal.restore()
            self.stop()
        self.outcome.feed(b"\n")
        self._end_output()
        for outlet in self.run.outlets.values():
            outlet.end()
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

    # ---- the end

    def _reason(self, code: int) -> str:
        run = self.run
        if self.quit:
            return "ended by Ctrl-A x"
        if code == common.EXIT_TIME:
            why, other = (", as there is no terminal", ", 0 none") if run.short else ("", "")
            return f"time limit of {run.timeout:g} s reached{why} (--timeout S sets another{other})"
        return {common.EXIT_OK: "",
                common.EXIT_NO_END: f"QEMU ended ({self.process.returncode}) without the monitor's "
                                    "end line",
                common.EXIT_PANIC: "the monitor panicked",
                common.EXIT_REFUSED: "the monitor refused to start",
                common.EXIT_GUEST: "a partition crashed or failed"}[code]

    def _advice(self) -> list[str]:
        """At the time limit."""
        advice = self.outcome.why.silent()
        if self.mute:
            advice.append(f"the monitor did not answer Ctrl-] s in {ANSWER:g} s: it may be stuck "
                          "(plumb gdb looks into it)")
        return advice

    def _verdict(self) -> End:
        if self.trace is not None:
            self.trace.report(sys.stderr)
        code = self.outcome.exit_code()
        if self.quit:
            code = common.EXIT_QUIT
        elif self.timed_out:
            code = common.EXIT_TIME
        end = End(code, self._reason(code), self.outcome.why.explanation(code),
                  self._advice() if code == common.EXIT_TIME else [])
        end.tell()
        return end
