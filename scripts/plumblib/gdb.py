# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb`: QEMU held at its first instruction, and gdb on it with the symbols."""

import json
import os
import select
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from . import gdbconsole, qemu, rsp
from .common import BUILD, EXIT_TIME, PlumbError, end_with_parent, relative, tool, work_folder

COMMANDS = Path(__file__).with_name("gdb_commands.py")
QUIET = 0.5  # seconds after which a line that has no end, as a prompt, is shown all the same
ENVIRONMENT = "PLUMB_GDB"  # what gdb_commands.py reads


@dataclass
class Debug:
    """One session's options."""

    guests: dict[str, Path | None] = field(default_factory=dict)  # partitions, with symbols or not
    selected: str = ""  # the partition whose symbols are loaded at the start
    commands: list[str] = field(default_factory=list)
    batch: bool = False
    console: str = ""  # pty, here, tmux, or a file; "": the log, and on a terminal also a pty


def gdb_command(port: int, elf: Path, debug: Debug, python: bool) -> list[str]:
    argv = [tool("gdb-multiarch"), "-q", "-nx"]
    if debug.batch:
        argv.append("-batch")
    # gdb caches no memory: the world to which an address belongs changes.
    steps = ["set confirm off", "set pagination off", "set architecture armv7",
             "set stack-cache off", "set code-cache off"]
    if python:
        steps.append(f"source {COMMANDS}")
    steps.append(f"target remote 127.0.0.1:{port}")
    path = debug.guests.get(debug.selected)
    if path and not python:
        steps.append(f'add-symbol-file "{path}"')
    for step in steps + debug.commands:
        argv += ["-ex", step]
    return [*argv, str(elf)]


def has_python() -> bool:
    done = subprocess.run([tool("gdb-multiarch"), "-nx", "-q", "-batch", "-ex",
                           "python print('yes')"], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    return done.stdout.startswith(b"yes")


class Relay(threading.Thread):
    """Between gdb and QEMU: the debugger's packets, and the console."""

    def __init__(self, listener: socket.socket, stub: socket.socket,
                 console: gdbconsole.Console) -> None:
        super().__init__(daemon=True)
        self.listener, self.console = listener, console
        self.gdb: socket.socket | None = None
        self.running = False
        self.reader = rsp.Reader()
        self.stub = rsp.Stub(stub)
        self.switch = rsp.Switch(self.stub, console.type)

    def run(self) -> None:
        try:
            while self._step():
                pass
        except (EOFError, OSError):
            pass
        self.console.pump()
        self.console.flush()
        if self.gdb:
            self.gdb.close()

    def _step(self) -> bool:
        files: list[socket.socket | int] = [self.gdb or self.listener, self.stub.link,
                                            self.console.link]
        if isinstance(self.console.sink, gdbconsole.Pty):
            files.append(self.console.sink.fd)
        quiet = QUIET if self.running and self.console.mid_line else None
        ready, _, _ = select.select(files, [], [], quiet)
        if not ready:
            self.console.flush()
        if self.console.link in ready and not self.console.pump():
            return False
        if files[-1] in ready and len(files) == 4:
            self.console.keys()
        if self.stub.link in ready and not self._from_stub():
            return False
        if self.gdb is None and self.listener in ready:
            self.gdb, _ = self.listener.accept()
            self.gdb.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif self.gdb in ready:
            return self._from_gdb()
        return True

    def _from_stub(self) -> bool:
        if not self.stub.receive():
            return False
        while self.stub.waiting:
            self._answer(self.stub.waiting.pop(0))
        return True

    def _answer(self, payload: bytes) -> None:
        if payload.startswith(rsp.STOPS):
            self.running = False
            self.console.pump()  # what came before the stop is printed before it
        if self.gdb:
            self.gdb.sendall(rsp.frame(payload))

    def _from_gdb(self) -> bool:
        assert self.gdb
        data = self.gdb.recv(65536)
        if not data:  # another may come
            self.gdb.close()
            self.gdb = None
            return True
        for payload in self.reader.feed(data):
            if payload == rsp.INTERRUPT:
                self.stub.send(payload)
                continue
            self.gdb.sendall(b"+")
            self.running = self.running or bool(rsp.RESUME.match(payload))
            answer = self.switch.from_gdb(payload)
            if answer is not None:
                self._answer(answer)
        return True


def _sink(debug: Debug) -> tuple[gdbconsole.Lines | gdbconsole.Pty | None, Path]:
    log = work_folder("") / "gdb-console.log"
    interactive = os.isatty(0) and os.isatty(1) and not debug.batch
    kind = debug.console or ("pty" if interactive else "")
    if kind == "here":
        return gdbconsole.Lines(sys.stdout), log
    if kind in ("pty", "tmux"):
        return gdbconsole.Pty(), log
    return None, Path(kind) if kind else log


def _say(console: gdbconsole.Console, debug: Debug, log: Path, port: int) -> None:
    where = f"console in {relative(log)} (tail -f it)"
    if isinstance(console.sink, gdbconsole.Lines):
        where = f"console here, and in {relative(log)}"
    elif isinstance(console.sink, gdbconsole.Pty):
        name = console.sink.name
        where = (f"console at {name}, and in {relative(log)}; in another terminal: "
                 f"plumb gdb --attach {name}")
        if debug.console == "tmux":
            gdbconsole.split_window(name)
            where = f"console in the pane below, and in {relative(log)}"
    print(f"plumb: {where}; gdb on port {port}", flush=True)


def _wait(debugger: subprocess.Popen, timeout: float | None) -> int:
    while True:
        try:
            return debugger.wait(timeout)
        except KeyboardInterrupt:
            continue  # Ctrl-C is gdb's: it stops the board
        except subprocess.TimeoutExpired:
            debugger.kill()
            debugger.wait()
            print("plumb: time limit reached", file=sys.stderr)
            return EXIT_TIME


def _complain(machine: subprocess.Popen) -> None:
    """QEMU's own messages, except those at its end."""
    for line in machine.stderr or ():
        if b"terminating on signal" not in line and b"Terminated via GDBstub" not in line:
            print("qemu: " + line.decode(errors="replace").rstrip(), file=sys.stderr, flush=True)


def _end(machine: subprocess.Popen) -> None:
    machine.terminate()
    try:
        machine.wait(3)
    except subprocess.TimeoutExpired:
        machine.kill()
        machine.wait()


def _environment(elf: Path, debug: Debug) -> dict[str, str]:
    told = {"monitor": str(elf), "selected": debug.selected,
            "guests": {name: str(path) if path else "" for name, path in debug.guests.items()}}
    return {**os.environ, ENVIRONMENT: json.dumps(told)}


def debug(image: str, run: qemu.Run, wanted: Debug) -> int:
    elf = BUILD / "plumbline.elf"
    if not elf.exists():
        raise PlumbError(f"{relative(elf)} does not exist: run 'make'")
    python = has_python()
    if not python:
        print("plumb: this gdb has no Python, so 'info partitions', 'partition' and the other "
              "commands of plumb are missing: Debian's gdb-multiarch has it", file=sys.stderr)
    sink, log = _sink(wanted)
    stub, stub_far = socket.socketpair()
    line, line_far = socket.socketpair()
    console = gdbconsole.Console(line, log, sink)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        argv = qemu.command(image, run) + [
            "-S", "-chardev", f"socket,id=gdb,fd={stub_far.fileno()}", "-gdb", "chardev:gdb",
            "-chardev", f"socket,id=console,fd={line_far.fileno()}",
            "-serial", "chardev:console", "-monitor", "none"]
        machine = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   start_new_session=True,
                                   pass_fds=[stub_far.fileno(), line_far.fileno()],
                                   preexec_fn=end_with_parent)
        try:
            stub_far.close()
            line_far.close()
            relay = Relay(listener, stub, console)
            relay.start()
            threading.Thread(target=_complain, args=(machine,), daemon=True).start()
            _say(console, wanted, log, port)
            debugger = subprocess.Popen(
                gdb_command(port, elf, wanted, python), env=_environment(elf, wanted),
                stdin=subprocess.DEVNULL if wanted.batch else None,
                preexec_fn=end_with_parent)
            return _wait(debugger, run.timeout or None)
        finally:
            _end(machine)
            relay.join(3)
