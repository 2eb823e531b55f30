# SPDX-License-Identifier: BSD-2-Clause
"""One boot of U-Boot (u-boot-qemu) in QEMU: the input at its prompt, and the patterns that end
it."""

import os
import re
import selectors
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from plumblib import boards, disk
from plumblib.common import ROOT

LIMIT = 300  # seconds for one boot: a busy host may starve it
AUTOBOOT, PROMPT = "Hit any key", "\n=> "
# At the prompt: the commands of the default bootcmd for this disk, without U-Boot's standard boot
# and with it (Debian 12's 2023.01 and Debian 13's 2025.01).
FROM_DISK = ("if env exists bootcmd_virtio0; then run bootcmd_virtio0; "
             "else bootflow scan -b virtio; fi",)


@dataclass
class Boot:
    """One QEMU: arguments, input, and the patterns that end it: `good`, or one of `bad`."""

    what: str
    arguments: list[str]
    good: str
    bad: str = r"Starting kernel|\[plumbline\]|plumbline: "
    typed: tuple[str, ...] = FROM_DISK
    wants: tuple[str, ...] = ()  # must have been printed before
    memory: str = "256M"
    machine: tuple[str, ...] = boards.UBOOT
    smp: int = 2
    over: Callable[[], bool] | None = None  # instead of `good`: called repeatedly
    said: str = field(default="", init=False)


def run(boot: Boot) -> Boot:
    """Ends only the process that it started."""
    argv = ["qemu-system-arm", *boot.machine, "-smp", str(boot.smp), "-m", boot.memory, "-display", "none",
            "-no-reboot", "-monitor", "none", "-serial", "stdio", *boot.arguments]
    process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, bufsize=0)
    try:
        converse(process, boot)
    finally:
        process.kill()
        process.wait()
    return boot


def converse(process: subprocess.Popen, boot: Boot) -> None:
    """Types when U-Boot is ready; ends at one of the patterns, or with QEMU."""
    sends = [(AUTOBOOT, ""), *((PROMPT, line) for line in boot.typed)] if boot.typed else []
    deadline, seen = time.monotonic() + LIMIT, 0
    over = re.compile(f"{boot.good}|{boot.bad}")
    assert process.stdin and process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if boot.over and boot.over():
                return
            if not selector.select(0.5):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            boot.said += data.decode(errors="replace").replace("\r", "")
            if not data or (not boot.over and over.search(boot.said, seen)):
                return
            if sends and (at := boot.said.find(sends[0][0], seen)) >= 0:
                seen = at + len(sends[0][0])
                process.stdin.write(sends.pop(0)[1].encode() + b"\r")


def drive(path: Path) -> list[str]:
    return ["-nic", "none", *(word.format(path) for word in boards.DRIVES["qemu"])]


def make_disk(folder: Path, name: str, data: bytes, form: str, target: str = "qemu",
              dtb: bytes | None = None) -> Path:
    out = folder / f"{name}.img"
    disk.make(data, disk.TARGETS[target], form, dtb, out)
    return out
