# SPDX-License-Identifier: BSD-2-Clause
"""Transcripts in a page: ```transcript blocks with commands, each behind '$ ', and the output that
is expected of them. All commands of a page run in one shell, in order. Of the output, the lines
shown must appear in that order; other lines may stand between only where the page has a line '…',
and '…' within a line stands for anything. A here-document belongs to its command."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from lib import docs

PROMPT, MORE = "$ ", "…"
HERE = re.compile(r"<<-?\s*'?(\w+)'?")


@dataclass
class Step:
    line: int  # of the page
    command: list[str]
    expected: list[str] = field(default_factory=list)


def _step(text: list[str], line: int) -> tuple[Step, int]:
    """The command that begins `text`, and how many lines it takes."""
    command = [text[0].removeprefix(PROMPT)]
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


def difference(expected: list[str], said: list[str]) -> str:
    """What of `expected` is not in `said`; empty: all is there."""
    at, skip = 0, False
    for line in expected:
        if line.strip() == MORE:
            skip = True
            continue
        pattern = _pattern(line)
        fits = [n for n in range(at, len(said)) if pattern.match(said[n])]
        if not fits:
            return f"this line does not follow: {line}"
        if not skip and fits[0] != at:
            return f"a line that the page does not show: {said[at]}"
        at, skip = fits[0] + 1, False
    rest = [line for line in said[at:] if line.strip()]
    return f"a line that the page does not show: {rest[0]}" if rest and not skip else ""


def script(found: list[Step], mark: str) -> str:
    """One shell for all: a command sees the exit code of the one before it, and its folder."""
    pieces = []
    for step in found:
        pieces.append("\n".join(step.command))
        pieces.append(f"plumb_code=$?; printf '\\n%s\\n' {mark}; (exit $plumb_code)")
    return "\n".join(pieces) + "\n"


def play(found: list[Step], folder: Path, mark: str, limit: float) -> list[list[str]]:
    """The output of each command, as lines; of those that the time limit cut off, nothing."""
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
