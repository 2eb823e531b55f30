# SPDX-License-Identifier: BSD-2-Clause
"""Temporary files: a folder of this program in the work folder (build/run), removed when it ends.
If a program was killed, the next one removes its folder: a running program holds a lock."""

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
    """The place of these folders, and of the images that `--dry-run` keeps."""
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
    """Removes the folders of programs that have ended."""
    for path in top.glob(NAME + "*"):
        if path.is_dir() and (file := _lock(path / LOCK, False)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(file)


def make(top: Path) -> tuple[Path, int]:
    """A new folder, and its lock. No other program sweeps before it has the lock."""
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
    """Makes `tempfile` use this folder, too."""
    tempfile.tempdir = str(folder())
