# SPDX-License-Identifier: BSD-2-Clause
"""QEMU: its version, and the command line of a run."""

import re
import shlex
from dataclasses import dataclass, field

from . import boards, common
from .common import tool
from .console import View
from .outlets import Outlet

ICOUNT = ["-icount", "shift=0,sleep=off", "-rtc", "clock=vm,base=2020-01-01"]

@dataclass
class Run:
    """One run's options."""

    board: str = "virt"
    smp: int = 0  # 0: the board's
    memory: str = "512M"
    icount: bool = False
    timeout: float | None = None
    short: bool = False  # the time limit is the default
    trace: bool = False
    raw: bool = False  # the manifest has raw-console
    partitions: list[str] = field(default_factory=list)  # in the manifest's order
    consoles: list[str] = field(default_factory=list)  # those that have one
    outlets: dict[str, Outlet] = field(default_factory=dict)  # consoles that go elsewhere
    view: View = field(default_factory=View)
    out: int = 1  # where the common output goes
    events: list[str] = field(default_factory=list)  # more of QEMU's trace events
    read_stdin: bool = False
    sends: list[tuple[bytes, bytes]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def read_version(text: str) -> tuple[int, ...]:
    """The version in `qemu-system-arm --version`; empty if it is not recognized."""
    found = re.search(r"version (\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else ()


def version() -> tuple[int, ...]:
    return read_version(common.run_tool([tool("qemu-system-arm"), "--version"],
                                        "qemu-system-arm --version").decode(errors="replace"))


def freezes_on_offset(known: tuple[int, ...]) -> bool:
    """QEMU up to 8.1 adds CNTVOFF to a CNTV_CVAL near 2^64 in 64 bits: the timer is due in the past
    again and again, and QEMU does nothing else."""
    return () < known < (8, 2)


def command(image: str, run: Run) -> list[str]:
    board = boards.find(run.board)
    smp = boards.checked_smp(run.board, run.smp or board.smp)
    common.parse_size(run.memory)
    argv = [tool("qemu-system-arm"), *boards.arguments(board, image), "-smp", str(smp),
            "-m", run.memory, "-nic", "none", "-display", "none", "-no-reboot"]
    if run.icount:
        argv += ICOUNT
    if run.trace:
        argv += ["-trace", "gic_*"]
    argv += [part for event in run.events for part in ("-trace", event)]
    return argv + run.extra


def shell_line(image: str, run: Run) -> str:
    """The run, with the console here, for a shell."""
    return shlex.join([*command(image, run), "-serial", "mon:stdio"])
