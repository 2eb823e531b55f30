# SPDX-License-Identifier: BSD-2-Clause
"""Detects a hang of the emulator itself: its main thread is always busy, and its CPUs do not
run."""

from dataclasses import dataclass
from pathlib import Path

PERIOD = 5.0  # seconds between two checks
BUSY = 50  # clock ticks (1/100 s) of the main thread between two checks, on a busy host, too

WORD = """\
QEMU itself hangs: its main loop never ends, and no CPU of the board runs. QEMU before 8.2
does so when a guest sets CNTV_CVAL near 2^64 while CNTVOFF is not 0: the manifest's
no-counter-offset leaves it at 0 (docs/manifest.md)"""


@dataclass(frozen=True)
class Work:
    """CPU time that a process has used, in clock ticks."""

    main: int
    others: int


def read_stat(line: str) -> int:
    """utime + stime of a line of /proc/PID/task/TID/stat; the name may hold anything."""
    fields = line.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def work(pid: int) -> Work | None:
    """None without such a process, or without /proc."""
    try:
        used = {int(task.name): read_stat((task / "stat").read_text())
                for task in Path(f"/proc/{pid}/task").iterdir()}
    except (OSError, IndexError, ValueError):
        return None
    main = used.pop(pid, 0)
    return Work(main, sum(used.values()))


class Hang:
    """Checks at intervals. Two checks must agree: a CPU may sleep while QEMU is busy once."""

    def __init__(self) -> None:
        self.last: Work | None = None
        self.rows = 0

    def look(self, now: Work | None) -> bool:
        """True once the hang is certain."""
        before, self.last = self.last, now
        stuck = (before is not None and now is not None and now.others == before.others
                 and now.main - before.main >= BUSY)
        self.rows = self.rows + 1 if stuck else 0
        return self.rows >= 2
