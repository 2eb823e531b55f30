# SPDX-License-Identifier: BSD-2-Clause
"""Files that go when this program ends: a folder of its own in the work folder (build/run). A
program that was killed leaves its folder, and the next one takes it away: one that lives holds a
lock."""

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from .common import work_folder, writing_below

LOCK = "lock"
NAME = "run-"


def place() -> Path:
    """Where such folders lie, and what `--dry-run` keeps."""
    return work_folder("run")


def _lock(path: Path, wait: bool) -> int | None:
    """A descriptor that holds the file's lock until it is closed; None: another holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(file)
        return None
    return file


def sweep(top: Path) -> None:
    """Takes away what dead programs left."""
    for path in top.glob(NAME + "*"):
        if path.is_dir() and (file := _lock(path / LOCK, False)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(file)


def make(top: Path) -> tuple[Path, int]:
    """A new folder, and its lock. Nobody sweeps while it has none yet."""
    file = _lock(top / LOCK, True)
    assert file is not None
    try:
        sweep(top)
        path = Path(tempfile.mkdtemp(prefix=NAME, dir=top))
        held = _lock(path / LOCK, True)
        assert held is not None
        return path, held
    finally:
        os.close(file)


@cache
def folder() -> Path:
    """This program's own."""
    top = place()
    with writing_below(top):
        path, _ = make(top)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def use() -> None:
    """From now on, files of `tempfile` are made there, too."""
    tempfile.tempdir = str(folder())
