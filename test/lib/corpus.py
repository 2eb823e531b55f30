# SPDX-License-Identifier: BSD-2-Clause
"""The stored inputs of the fuzz targets, one a line: test/verify/fuzz/corpus/TARGET. HEAD
describes the format; test/unit/test_fuzz.c reads it, too."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

FOLDER = "test/verify/fuzz/corpus"
HEAD = """\
# Inputs of the fuzz target {target}, in the order in which they are run, one a line:
#
#   what it is for | BYTES
#
# BYTES are pairs of hexadecimal digits; 00*12 is 12 of them. FILE FUNCTION: CONDITION: SIDE is a
# branch: the input is the first here to take it, or to take it so often, as the code was when the
# line was written; +N: and N more of them. `test/tool corpus add` adds lines.
"""
RUN = 5  # from this many equal bytes on, BYTE*N is shorter
# In BYTES.
WORD = re.compile(r"((?:[0-9a-f]{2})+)|([0-9a-f]{2})\*([1-9]\d*)")


@dataclass(frozen=True)
class Input:
    why: str
    data: bytes


def packed(data: bytes) -> str:
    words = [""]
    for run in re.finditer(rb"(.)\1*", data, re.DOTALL):
        if len(run[0]) < RUN:
            words[-1] += run[0].hex()
        else:
            words += [f"{run[1].hex()}*{len(run[0])}", ""]
    return " ".join(word for word in words if word)


def unpacked(text: str) -> bytes:
    data = b""
    for word in text.split(" "):
        match = WORD.fullmatch(word)
        if not match:
            raise ValueError(f"'{word[:20]}' is neither pairs of hexadecimal digits nor BYTE*N")
        data += bytes.fromhex(match[1]) if match[1] else bytes.fromhex(match[2]) * int(match[3])
    return data


def parse(text: str, source: str) -> list[Input]:
    """Checks that each has a reason, and is there only once."""
    inputs: list[Input] = []
    seen: set[bytes] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        why, bar, data = line.rpartition(" | ")
        try:
            if not bar or not why.strip():
                raise ValueError("not 'what it is for | BYTES'")
            inputs.append(Input(why, unpacked(data)))
            if inputs[-1].data in seen:
                raise ValueError("this input is a duplicate")
        except ValueError as wrong:
            raise ValueError(f"{source}:{number}: {wrong}") from None
        seen.add(inputs[-1].data)
    return inputs


def text_of(target: str, inputs: list[Input]) -> str:
    return HEAD.format(target=target) + "".join(f"{one.why} | {packed(one.data)}\n"
                                                for one in inputs)


def path(root: Path, target: str) -> Path:
    return root / FOLDER / target


def read(root: Path, target: str) -> list[Input]:
    return parse(path(root, target).read_text(), f"{FOLDER}/{target}")


def write(root: Path, target: str, inputs: list[Input]) -> None:
    path(root, target).write_text(text_of(target, inputs))


def targets(root: Path) -> list[str]:
    return sorted(file.name for file in (root / FOLDER).iterdir())


def unpack(inputs: list[Input], folder: Path) -> None:
    """Writes a file for each, named by its place; the folder has no other files afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, one in enumerate(inputs, 1):
        (folder / f"{number:04}").write_bytes(one.data)


def add(inputs: list[Input], why: str, found: list[bytes]) -> list[Input]:
    """Adds new inputs at the end, so that the reasons of the others remain valid."""
    if not why.strip() or "\n" in why:
        raise ValueError("a line needs a purpose")
    new: list[Input] = []
    for data in found:
        if not data:
            raise ValueError("an input has a byte at least")
        if data not in {one.data for one in inputs + new}:
            new.append(Input(why, data))
    return inputs + new
