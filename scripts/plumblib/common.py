# SPDX-License-Identifier: BSD-2-Clause
"""Paths, errors with advice, and running of tools."""

import contextlib
import ctypes
import difflib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import layout

LAYOUT = layout.here()
ROOT, SOURCE, BUILD = LAYOUT.root, LAYOUT.source, LAYOUT.build
PROGRAMS, WORK, INSTALLED = LAYOUT.programs, LAYOUT.work, LAYOUT.installed
PAGE = 4096

# Exit codes of plumb: exits.py has their meanings.
EXIT_OK = 0
EXIT_GUEST = 1
EXIT_PANIC = 2
EXIT_TIME = 3
EXIT_REFUSED = 4
EXIT_USAGE = 5
EXIT_NO_END = 6
EXIT_QUIT = 7


verbose = False  # plumb -v: commands are printed


def say(text: str) -> None:
    """A message for the user, apart from a command's output."""
    print(text, file=sys.stderr, flush=True)


def tell_command(argv: list[str]) -> None:
    if verbose:
        say(shlex.join(["+", *map(str, argv)]))


class PlumbError(Exception):
    """A message for the user; `code` is plumb's exit code."""

    def __init__(self, message: str, code: int = EXIT_USAGE):
        super().__init__(message)
        self.code = code


def did_you_mean(word: str, there: Iterable[str]) -> str:
    """For the end of a message: the name that is most like this one, if one is."""
    near = difflib.get_close_matches(word, there, 1)
    return f": did you mean {near[0]}?" if near else ""


def tool(name: str) -> str:
    """The path of a tool, or an error with the command that installs it."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise PlumbError(f"'{name}' is not installed: {how_to_install(name)}")
    return path


def how_to_install(name: str) -> str:
    """The `make setup` goal that installs a tool; for an installed plumb, the package."""
    try:
        rows = (ROOT / "scripts" / "packages").read_text().splitlines()
    except OSError:
        rows = []
    for row in rows:
        purpose, package, commands, _ = row.split("|") if row.count("|") == 3 else ("", "", "", "")
        if name in commands.split():
            if INSTALLED:
                return f"Debian's package {package} has it: apt-get install {package}"
            return f"run 'make setup-{purpose}' (Debian's package {package})"
    return "no package of it is known here" if INSTALLED else "run 'make setup'"


def run_tool(argv: list[str], what: str, stdin: bytes | None = None,
             cwd: Path | None = None) -> bytes:
    """Runs a short-lived tool; its standard output, or an error with its messages."""
    tell_command(argv)
    done = subprocess.run(argv, input=stdin, cwd=cwd, capture_output=True, check=False)
    if done.returncode != 0:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise PlumbError(f"{what} failed:\n{said}")
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Without the jobserver of a calling make: its descriptors are not for this make."""
    return {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}


def make(*targets: str) -> None:
    """Brings build products up to date. Quiet when there is nothing to do; an installed plumb has
    all that it needs."""
    if INSTALLED:
        return
    argv = [tool("make"), "--no-print-directory", "-C", str(ROOT), *targets]
    if verbose:
        argv.append("V=1")
        tell_command(argv)
        done = subprocess.run(argv, env=clean_environment(), stdout=sys.stderr, check=False)
    else:
        argv.append("-s")
        done = subprocess.run(argv, env=clean_environment(), capture_output=True, check=False)
    if done.returncode != 0:
        said = ((done.stdout or b"") + (done.stderr or b"")).decode(errors="replace").strip()
        if WORK != BUILD:
            said += (f"\n{BUILD} cannot be written: 'make -C {ROOT} O=DIR' builds in the folder "
                     "DIR, whose scripts/plumb then works")
        raise PlumbError(f"make {' '.join(targets)} failed:\n{said}")


def make_variable(name: str) -> list[str]:
    """A list that only the Makefile has."""
    done = subprocess.run(["make", "-s", "--no-print-directory", f"print-{name}"], cwd=ROOT,
                          env=clean_environment(), capture_output=True, text=True, check=True)
    return done.stdout.split()


@contextlib.contextmanager
def writing_below(folder: Path) -> Iterator[None]:
    """In a folder of plumb's own: an error says how another is chosen."""
    try:
        yield
    except OSError as error:
        raise PlumbError(f"{folder}: {error.strerror}: plumb writes its files there; set "
                         "XDG_CACHE_HOME to a folder that you may write to") from error


def work_folder(name: str) -> Path:
    """A folder for what plumb writes itself; made if need be."""
    folder = WORK / name
    with writing_below(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_file(path: Path, data: bytes) -> None:
    """An error names the file, and a part of a file does not stay."""
    try:
        path.write_bytes(data)
    except BrokenPipeError:  # a FIFO
        raise
    except OSError as error:
        if error.filename is None and path.is_file():  # it was opened
            path.unlink()
        raise PlumbError(f"{path}: {error.strerror}") from error


def end_with_parent() -> None:
    """In a child before exec: however plumb ends, this process ends too (Linux)."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


SIZE_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse_size(text: str, option: str = "") -> int:
    """'64M', '0x1000', '2g' -> bytes. `option` is what the value was given to."""
    match = re.fullmatch(r"(0x[0-9a-fA-F]+|[0-9]+)([kKmMgG]?)(i?[bB])?", text)
    if not match:
        raise PlumbError(f"{option}'{text}' is not a size: write 64M, 512K, 1G or a number of "
                         "bytes")
    return int(match[1], 0) * SIZE_UNITS[match[2].lower()]


def align_up(value: int, to: int) -> int:
    return (value + to - 1) // to * to


def relative(path: Path) -> str:
    """A path as the user would type it."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
