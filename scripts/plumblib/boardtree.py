# SPDX-License-Identifier: BSD-2-Clause
"""What the monitor finds in a board's device tree (build/host/board-read), and the properties that
boot loaders add to a tree before they start a system."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import fdt
from .common import (EXIT_OK, EXIT_REFUSED, EXIT_USAGE, PROGRAMS, PlumbError, parse_size, run_tool,
                     tool)

LISTS = {"memory": "memory", "reserved": "reserved", "cpu": "cpus"}
READER = PROGRAMS / "board-read"
# U-Boot's own PSCI 0.1 (ARMV7_PSCI) has these numbers, and 1.0 those of ARM DEN 0022.
PSCI = {
    "0.1": 'compatible = "arm,psci"; method = "smc"; cpu_suspend = <0x95c1ba5e>; '
           "cpu_off = <0x95c1ba5f>; cpu_on = <0x95c1ba60>; migrate = <0x95c1ba61>;",
    "1.0": 'compatible = "arm,psci-1.0", "arm,psci-0.2"; method = "smc";',
}


@dataclass
class Additions:
    """The properties that the boot loader will add."""

    memory: str | None = None  # SIZE@BASE
    psci: str | None = None  # a key of PSCI


def _cells(value: int, count: int) -> str:
    if value >> (32 * count):
        raise PlumbError(f"{value:#x} does not fit into the tree's {count} cell(s)")
    return " ".join(f"{(value >> (32 * n)) & 0xffffffff:#x}" for n in reversed(range(count)))


def _root_cells(path: Path, name: str, missing: int) -> int:
    said = run_tool([tool("fdtget"), "-d", str(missing), "-t", "u", str(path), "/", f"#{name}-cells"],
                    f"fdtget {path}")
    return int(said)


def _memory_node(path: Path, text: str) -> str:
    size, at, base = text.partition("@")
    if not at:
        raise PlumbError(f"--memory {text}: write SIZE@BASE, as 1G@0x40000000")
    base_cells = _cells(parse_size(base), _root_cells(path, "address", 2))
    size_cells = _cells(parse_size(size), _root_cells(path, "size", 1))
    return f'memory {{ device_type = "memory"; reg = <{base_cells} {size_cells}>; }};'


def completed(path: Path, additions: Additions) -> bytes:
    """The tree, compiled again with the additions: dtc merges a second root into the first."""
    source = run_tool([tool("dtc"), "-q", "-I", "dtb", "-O", "dts", str(path)], f"dtc {path}").decode()
    extra = ""
    if additions.memory:
        extra += _memory_node(path, additions.memory)
    if additions.psci:
        extra += f"psci {{ {PSCI[additions.psci]} }};"
    source += f"/ {{ {extra} }};\n"
    return run_tool([tool("dtc"), "-q", "-I", "dts", "-O", "dtb"], f"dtc {path}", source.encode())


def read(path: Path, additions: Additions, *options: str) -> subprocess.CompletedProcess:
    """The reader's answer for the tree."""
    if additions == Additions():
        return subprocess.run([READER, *options, path], capture_output=True, text=True, check=False)
    with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
        file.write(completed(path, additions))
        file.flush()
        return subprocess.run([READER, *options, file.name], capture_output=True, text=True,
                              check=False)


def read_file(path: Path) -> bytes:
    """A board's tree from a file that a user names."""
    try:
        data = path.read_bytes()
        fdt.parse(data)
    except OSError as error:
        raise PlumbError(f"{path}: {error.strerror}: name a device tree blob") from error
    except PlumbError as error:
        raise PlumbError(f"{path}: {error}") from error
    return data


def devices(tree: bytes, name: str, hint: str = "") -> str:
    """The reader's answer for a tree that the monitor accepts, with the devices. `hint`: advice
    that follows a refusal of the board `name`."""
    with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
        file.write(tree)
        file.flush()
        done = subprocess.run([READER, "--devices", file.name], capture_output=True, text=True,
                              check=False)
    if done.returncode != 0:
        said = done.stderr.strip().removeprefix("board: ")
        raise PlumbError(f"{name}: the monitor refuses this board: {said}{hint}", EXIT_REFUSED)
    return done.stdout


def _exit_code(done: subprocess.CompletedProcess) -> int:
    return {0: EXIT_OK, 1: EXIT_REFUSED}.get(done.returncode, EXIT_USAGE)


def _object(done: subprocess.CompletedProcess) -> dict[str, Any]:
    """The reader's rows as one object; rows of which there may be several are lists."""
    found: dict[str, Any] = {"supported": False, **{name: [] for name in LISTS.values()}}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        kind = row.pop("kind")
        if kind in LISTS:
            found[LISTS[kind]].append(row)
        elif kind == "board":
            found |= row
        else:
            found[kind] = row
    if done.stderr:  # no tree at all
        found["refusal"] = {"reason": done.stderr.strip()}
    return found


def show(path: Path, additions: Additions, as_json: bool = False) -> int:
    """Prints it; plumb's exit code."""
    if not path.exists():
        raise PlumbError(f"{path}: no such file")
    if as_json:
        done = read(path, additions, "--json")
        print(json.dumps(_object(done), indent=2))
        return _exit_code(done)
    done = read(path, additions)
    print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        print(f"plumb: {done.stderr.strip()}")
    return _exit_code(done)
