# SPDX-License-Identifier: BSD-2-Clause
"""`plumb gdb`: QEMU held at its first instruction, and gdb on it with the symbols."""

import socket
import subprocess
import sys
from pathlib import Path

from . import qemu
from .common import BUILD, EXIT_TIME, PlumbError, end_with_parent, relative, tool, work_folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gdb_command(port: int, elf: Path, guest: Path | None, commands: list[str],
                batch: bool) -> list[str]:
    argv = [tool("gdb-multiarch"), "-q", "-nx"]
    if batch:
        argv.append("-batch")
    steps = ["set confirm off", "set pagination off", "set architecture armv7",
             f"target remote 127.0.0.1:{port}"]
    if guest:
        steps.append(f"add-symbol-file {guest}")
    for step in steps + commands:
        argv += ["-ex", step]
    return [*argv, str(elf)]


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


def debug(image: str, run: qemu.Run, guest: Path | None, commands: list[str],
          batch: bool) -> int:
    elf = BUILD / "plumbline.elf"
    for path in [elf, guest]:
        if path is not None and not path.exists():
            raise PlumbError(f"{path} does not exist: run 'make'")
    log = work_folder("") / "gdb-console.log"
    port = free_port()
    argv = qemu.command(image, run) + [
        "-S", "-gdb", f"tcp:127.0.0.1:{port}", "-serial", f"file:{log}", "-monitor", "none"]
    machine = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True,
                               preexec_fn=end_with_parent)
    try:
        print(f"plumb: console in {relative(log)} (tail -f it), gdb on port {port}", flush=True)
        debugger = gdb_command(port, elf, guest, commands, batch)
        return _wait(subprocess.Popen(
            debugger, stdin=subprocess.DEVNULL if batch else None), run.timeout)
    finally:
        machine.terminate()
        try:
            machine.wait(3)
        except subprocess.TimeoutExpired:
            machine.kill()
            machine.wait()
