# SPDX-License-Identifier: BSD-2-Clause
"""A busy host during the tests (test/run --stress), and a table of the jobs that failed."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

from .result import Result

LOOPS = 4
# Ends by itself when its parent has ended, for any reason.
LOOP = "import os\nwhile os.getppid() == {}:\n    for _ in range(1000000): pass\n"
STALL = (0.05, 0.3)  # seconds for which an emulator stands still,
GOES_ON = (0.0, 1.0)  # and between two times


def emulators(root: int) -> list[int]:
    """The QEMUs among the descendants of a process."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                names[int(entry.name)] = name
                children.setdefault(int(rest.split()[1]), []).append(int(entry.name))
    found, left = [], [root]
    while left:
        below = children.get(left.pop(), [])
        found += [pid for pid in below if names[pid].startswith("qemu-system")]
        left += below
    return found


def _stall(ended: threading.Event) -> None:
    while not ended.wait(random.uniform(*GOES_ON)):
        pids = emulators(os.getpid())
        if pids:
            pid = random.choice(pids)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                ended.wait(random.uniform(*STALL))
                os.kill(pid, signal.SIGCONT)


@contextmanager
def stalls() -> Iterator[None]:
    """Stops an emulator of this program's jobs for a moment, again and again, as a host does that
    has no time for it: its guests' clocks go on. None is left stopped."""
    ended = threading.Event()
    thread = threading.Thread(target=_stall, args=(ended,))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _stop(number, _frame) -> None:
    sys.exit(128 + number)


@contextmanager
def busy(loops: int = LOOPS) -> Iterator[list[subprocess.Popen]]:
    """Starts `count` busy loops, and in any case ends them by their process numbers."""
    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    started: list[subprocess.Popen] = []
    try:
        for _ in range(loops):
            started.append(subprocess.Popen([sys.executable, "-c", LOOP.format(os.getpid())],
                                            stdin=subprocess.DEVNULL))
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()
        for number, handler in before.items():
            signal.signal(number, handler)


def table(rounds: list[list[Result]]) -> list[str]:
    """A line for each job that was red: the number of rounds, and its failures."""
    reds: dict[str, int] = Counter()
    why: dict[str, Counter] = {}
    for results in rounds:
        for result in results:
            if result.failed:
                reds[result.name] += 1
                why.setdefault(result.name, Counter()).update(set(result.failed))
    lines = [f"{'job':<28} {'red':>4} of {len(rounds)}"]
    for name, count in sorted(reds.items(), key=lambda red: (-red[1], red[0])):
        lines.append(f"{name:<28} {count:>4}")
        lines += [f"  {times:>3} x {failure}" for failure, times in
                  sorted(why[name].items(), key=lambda item: (-item[1], item[0]))]
    return lines if reds else [f"no job was red in {len(rounds)} rounds"]
