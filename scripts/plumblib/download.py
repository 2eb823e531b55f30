# SPDX-License-Identifier: BSD-2-Clause
"""Download of a package's file by apt's own helper, with the system's proxies; a broken download is
resumed. The result is the file that the signed index lists, or an error."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .common import PlumbError, end_with_parent

HELPER = "/usr/lib/apt/apt-helper"
POLL = 0.2  # seconds between two updates of the progress
# A line of `apt-get download --print-uris`.
LISTED = re.compile(r"^'(\S+)' (\S+) (\d+) (\w+):([0-9a-f]+)$", re.MULTILINE)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Listed:
    """The index entry of a package's file."""
    uri: str
    name: str
    size: int  # bytes
    kind: str  # of the checksum: SHA256
    sum: str

    def is_whole(self, path: Path) -> bool:
        """Is that file complete, and is it the one of the index?"""
        if _size(path) != self.size:
            return False
        with open(path, "rb") as file:
            digest = hashlib.new(self.kind.lower())
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest() == self.sum


def listed(printed: str) -> Listed | None:
    """From apt's output; None if it lists no such file."""
    match = LISTED.search(printed)
    return Listed(match[1], match[2], int(match[3]), match[4], match[5]) if match else None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def amount(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _show(file: Listed, part: Path) -> None:
    """A progress line on a terminal, written over the last one."""
    there = _size(part)
    percent = there * 100 // max(file.size, 1)
    sys.stdout.write(f"\r  {percent:3d} %  {there / 1e6:.1f} of {amount(file.size)} ")
    sys.stdout.flush()


def _attempt(config: Path, file: Listed, part: Path) -> str:
    """Fetches the missing bytes of `part`; returns apt's complaints."""
    live = sys.stdout.isatty()
    with subprocess.Popen(
            [HELPER, "-c", str(config), "-qq", "download-file", file.uri, str(part),
             f"{file.kind}:{file.sum}"], env={**os.environ, "LC_ALL": "C"}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            preexec_fn=end_with_parent) as helper:
        while True:
            try:
                said = helper.communicate(timeout=POLL)[1]
                break
            except subprocess.TimeoutExpired:
                if live:
                    _show(file, part)
    if live:
        _show(file, part)
        print()
    return said.strip()


def get(config: Path, file: Listed, part: Path, say: Say) -> None:
    """Completes `part`, beginning with the bytes that a broken download has left. Continues as long
    as more arrives; PlumbError, with apt's messages, if nothing arrives or the file differs."""
    dropped = False
    while not file.is_whole(part):
        before = _size(part)
        if before:
            say(f"{file.name}: resumed at {amount(before)} of {amount(file.size)}")
        said = _attempt(config, file, part)
        if file.is_whole(part):
            return
        after = _size(part)
        if 0 < after < file.size and after > before:
            continue
        if 0 < after < file.size or not before or dropped:
            if after >= file.size:
                part.unlink()
            raise PlumbError(said or f"{file.name} is not the file that the index lists")
        # It cannot be used: start again at the first byte.
        dropped = True
        part.unlink(missing_ok=True)
