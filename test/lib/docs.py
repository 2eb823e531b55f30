# SPDX-License-Identifier: BSD-2-Clause
"""The commands in README and docs/: the lines of their ```sh blocks, and how each is tried."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(```+|~~~+)\s*(\S*)\s*(\S*)\s*$")
SHELLS = ("sh", "bash", "shell", "console")
# Files that the reader provides: other files are used in their place.
BROUGHT = {"zImage", "initramfs.cpio.gz", "guest.dtb", "board.dtb", "kernel.bin"}
# A console's output with a trace, for `plumb trace`.
SAMPLE = "test/plumb/trace.log"
# Commands that are run unchanged, from the root of the tree.
PLAIN = {"dtc", "cat", "ls", "tail", "head", "printf", "arm-none-eabi-objdump", "arm-none-eabi-nm",
         "arm-none-eabi-addr2line", "arm-none-eabi-size", "build/host/manifest-check", "pkg-config"}
# Commands with which a reader gets the tree: not tried.
ARRIVAL = {"git", "cd"}


@dataclass
class Command:
    place: str  # file:line
    text: str


@dataclass
class Block:
    line: int  # of its first line of text
    language: str
    source: str  # ```c PATH: the file of the tree that has the text
    text: list[str]


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page."""
    found, fence = [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = FENCE.match(line.strip())
        if fence is None and match:
            fence = match[1]
            found.append(Block(number + 1, match[2], match[3], []))
        elif fence is not None and match and match[1] == fence and not match[2]:
            fence = None
        elif fence is not None:
            found[-1].text.append(line)
    return found


def commands(path: Path, name: str) -> list[Command]:
    """Each command of the file's sh blocks; a backslash joins lines, # begins a comment."""
    found = []
    for block in blocks(path):
        joined, start = "", 0
        for number, line in enumerate(block.text, block.line):
            if block.language not in SHELLS or not (line.strip() or joined):
                continue
            start = start if joined else number
            joined += line.strip().removeprefix("$ ")
            if joined.endswith("\\"):
                joined = joined[:-1]
                continue
            if joined and not joined.startswith("#"):
                found.append(Command(f"{name}:{start}", joined))
            joined = ""
    return found


def stands_in(block: Block, root: Path) -> bool:
    """Is a block that names a file a piece of it?"""
    file = root / block.source
    return file.is_file() and "\n".join(block.text) + "\n" in file.read_text()


def plan(text: str, stand_in: Path, cases: str) -> tuple[list[str] | None, str]:
    """The command line that tries a command (None: nothing); or the reason why it cannot be
    tried."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        return None, str(error)
    words = [str(stand_in) if word in BROUGHT else word for word in words]
    if not words:
        return None, ""
    program = words[0].removeprefix("./")
    if program == "test/tool":
        return [program, *words[1:], "--list" if words[1:2] == ["mutants"] else "--help"], ""
    if program in ARRIVAL:
        return None, ""
    if program == "make":
        return ["make", "-n", *words[1:]], ""
    if program == "scripts/setup":
        return [program, "--list"], ""
    if program == "test/run":
        if "--show" in words:
            words.remove("--show")
        return [program, "--list", *words[1:]], ""
    if program == "test/fresh":
        return [program, *words[1:], "--dry-run"], ""
    if program == "scripts/bench":
        return [program, *words[1:], "--help"], ""
    if program == "scripts/probe":
        end = ["-o", f"{stand_in}.img"] if words[1:2] == ["image"] else ["--help"]
        return [program, *words[1:], *end], ""
    if program == "scripts/linux":
        return [program, *words[1:]] if words[1:] in (["boards"], ["list"]) else [program, words[1], "--help"], ""
    if program == "scripts/plumb":
        return _plan_plumb(words, cases, stand_in)
    if program in PLAIN:
        return ["bash", "-c", shlex.join(words) if "|" not in words else text], ""
    return None, f"test/lib/docs.py does not know how to try '{program}'"


def _plan_plumb(words: list[str], cases: str,
                stand_in: Path) -> tuple[list[str] | None, str]:
    words[0] = "scripts/plumb"
    words = words[:words.index(">")] if ">" in words else words
    if "--help" in words or len(words) == 1:
        return words, ""
    if words[1] in ("pack", "disk", "board", "map", "check"):
        return words, ""
    if words[1] == "trace":  # of this console
        words = [SAMPLE if word.endswith(".log") else word for word in words]
        return [f"{stand_in}{Path(word).suffix}" if word.startswith("build/") else word for word in words], ""
    if words[1] == "new":  # the reader's file does not exist here
        if "-o" not in words:
            words += ["-o", f"{stand_in}.new"]
        made = shlex.quote(words[words.index("-o") + 1])
        return ["bash", "-c", f"rm -rf {made}; {shlex.join(words)}"], ""
    # Really run: a system in the documents is one of the table of cases, or is booted here.
    if words[1] == "run" and any(w.endswith(".dts") and w not in cases for w in words[2:]):
        return [*words, "--timeout", "60"], ""
    return [*words, "--dry-run"], ""
