# SPDX-License-Identifier: BSD-2-Clause
"""Transcripts in a page: ```transcript blocks with commands, each after '$ ', and their expected
output. All commands of a page run in one shell, in order. The output must be exactly the lines
shown, in that order. If one of the lines shown is '…', there may be more lines, anywhere; only
lines of the same partition must be in order, and another partition's lines may break one.
'…' within a line matches any text. A here-document belongs to its command, as do lines continued
by a backslash."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from lib import docs

PROMPT, MORE = "$ ", "…"
PARTS = 8  # of a broken line, at most: a busy host lets the console wait for each
NAME = re.compile(r"\[[a-z0-9-]+\]")
HERE = re.compile(r"<<-?\s*'?(\w+)'?")


@dataclass
class Step:
    line: int  # of the page
    command: list[str]
    expected: list[str] = field(default_factory=list)


def _step(text: list[str], line: int) -> tuple[Step, int]:
    """The command at the start of `text`, and its number of lines."""
    command = [text[0].removeprefix(PROMPT)]
    while command[-1].endswith("\\"):
        command.append(text[len(command)])
    here = HERE.search(text[0])
    while here and command[-1].strip() != here[1]:
        if len(command) == len(text):
            raise ValueError(f"line {line}: the here-document has no end '{here[1]}'")
        command.append(text[len(command)])
    return Step(line, command), len(command)


def steps(page: Path) -> list[Step]:
    found: list[Step] = []
    for block in docs.blocks(page):
        at = 0
        while block.language == "transcript" and at < len(block.text):
            line = block.text[at]
            if line.startswith(PROMPT):
                step, taken = _step(block.text[at:], block.line + at)
                found.append(step)
                at += taken
                continue
            if at == 0:
                raise ValueError(f"line {block.line}: a transcript begins with a command")
            found[-1].expected.append(line)
            at += 1
    return found


def _pattern(line: str) -> re.Pattern:
    return re.compile(".*".join(re.escape(piece) for piece in line.rstrip().split(MORE)) + r"\s*\Z")


def _stream(line: str) -> str:
    """Partitions print at the same time: only lines of one name are in order."""
    match = NAME.match(line)
    return match[0] if match else ""


def _fits(pattern: re.Pattern, said: list[str], at: int) -> int:
    """The number of lines from `at` that are the line sought: several if another partition's lines
    have broken it, 0 if they are another one."""
    stream = _stream(said[at])
    whole = ""
    for number, line in enumerate(said[at:at + PARTS if stream else at + 1], 1):
        whole += line.removeprefix(stream + " ") if whole else line
        if pattern.match(whole):
            return number
    return 0


def _missing(expected: list[str], said: list[str]) -> str:
    """The first line that is out of order."""
    at = 0
    for line in expected:
        pattern = _pattern(line)
        found = next((n for n in range(at, len(said)) if _fits(pattern, said, n)), None)
        if found is None:
            return line
        at = found + _fits(pattern, said, found)
    return ""


def difference(expected: list[str], said: list[str]) -> str:
    """The first line of `expected` that is not in `said`, or of `said` that should not be there;
    empty: they fit."""
    shown = [line for line in expected if line.strip() != MORE]
    if len(shown) < len(expected):
        for stream in {_stream(line): None for line in shown}:
            missing = _missing([line for line in shown if _stream(line) == stream],
                               [line for line in said if _stream(line) == stream])
            if missing:
                return f"this line is missing, or is too early: {missing}"
        return ""
    said = [line for line in said if line.strip()]
    for wanted, line in zip(shown, said):
        if not _pattern(wanted).match(line):
            return f"instead of '{wanted}': {line}"
    if len(shown) != len(said):
        return f"{len(said)} lines, not {len(shown)}"
    return ""


def script(found: list[Step], mark: str) -> str:
    """One shell for all commands: each has the exit code and the folder of the one before it."""
    pieces = []
    for step in found:
        pieces.append("\n".join(step.command))
        pieces.append(f"plumb_code=$?; printf '\\n%s\\n' {mark}; (exit $plumb_code)")
    return "\n".join(pieces) + "\n"


def play(found: list[Step], folder: Path, mark: str, limit: float) -> list[list[str]]:
    """The output of each command, as lines; empty for commands after the time limit."""
    try:
        done = subprocess.run(["bash", "-c", script(found, mark)], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=limit, check=False)
        said = done.stdout
    except subprocess.TimeoutExpired as error:
        said = error.stdout or b""
    outputs = said.decode(errors="replace").replace("\r", "").split(f"\n{mark}\n")
    return [output.split("\n") for output in outputs[:len(found)]] \
        + [[] for _ in range(len(found) - len(outputs))]
