# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run --json`: how the run ended, as one object for programs."""

import argparse
import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from . import common, exits
from .common import PlumbError
from .outcome import End
from .qemu import Run
from .qemu_run import Session
from .why import LOADING, Partition, Why

FORMAT = 1  # grows when a field changes its meaning, not when one is added


def _end_of(known: Partition, all_off: bool) -> str:
    """off, crashed, running, loading; unknown: the monitor did not report it."""
    if known.end:
        return "crashed" if "crashed" in known.end else "off"
    told = known.told()
    if told:
        return "loading" if told == LOADING else told
    return "off" if all_off else "unknown"


def partitions(run: Run, why: Why, all_off: bool) -> list[dict[str, Any]]:
    found = []
    for name in run.partitions:
        known = why.partitions.get(name, Partition())
        found.append({"name": name, "end": _end_of(known, all_off), "status": known.status(),
                      "console": name in run.consoles, "printed": known.spoke,
                      "restarts": known.restarts, "complaints": known.complaints,
                      "state": known.state})
    return found


class Report:
    """Filled in as the run goes on."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.start = time.monotonic()
        self.run: Run | None = None
        self.session: Session | None = None
        self.end: End | None = None

    def content(self, end: End) -> dict[str, Any]:
        args, run, session = self.args, self.run, self.session
        program = args.system or args.kernel or args.bios
        content: dict[str, Any] = {
            "format": FORMAT, "status": exits.word(end.code), "exit_code": end.code,
            "reason": end.reason or exits.meaning(end.code), "lines": end.lines,
            "advice": end.advice, "system": str(program) if program else None,
            "board": args.board, "seconds": round(time.monotonic() - self.start, 3)}
        if run:
            content |= {"cpus": run.smp, "memory": run.memory, "icount": run.icount,
                        "time_limit": run.timeout}
        if run and session:
            status = session.outcome.status
            content |= {"monitor_status": status, "qemu_exit_code": session.process.returncode,
                        "partitions": partitions(run, session.outcome.why, status is not None)}
        return content

    @contextlib.contextmanager
    def writing(self, place: Path | TextIO) -> Iterator[None]:
        """Writes the report, in whatever way the run ends."""
        if isinstance(place, Path):
            _check(place)
        end = End(common.EXIT_USAGE)
        try:
            yield
            end = self.end or End(common.EXIT_OK, "nothing was started")
        except PlumbError as error:
            end = End(error.code, str(error))
            raise
        except BrokenPipeError:
            end = End(128 + signal.SIGPIPE)
            raise
        except OSError as error:
            end = End(common.EXIT_USAGE, str(error))
            raise
        except KeyboardInterrupt:
            end = End(128 + signal.SIGINT)
            raise
        except SystemExit as error:
            end = End(error.code if isinstance(error.code, int) else common.EXIT_USAGE)
            raise
        finally:
            _write(place, json.dumps(self.content(end), indent=2) + "\n")


def _check(place: Path) -> None:
    """Before the run: can it be written?"""
    there = place if place.exists() else place.parent
    if not place.parent.is_dir() or place.is_dir() or not os.access(there, os.W_OK):
        raise PlumbError(f"--json {place}: no file can be written there")


def _write(place: Path | TextIO, text: str) -> None:
    if isinstance(place, Path):
        common.write_file(place, text.encode())
    else:
        place.write(text)
        place.flush()
