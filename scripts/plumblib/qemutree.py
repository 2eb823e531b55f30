# SPDX-License-Identifier: BSD-2-Clause
"""The device tree that a QEMU board passes to its program, with the memory and the PSCI that QEMU
adds to a tree from a file."""

import subprocess
import tempfile
from pathlib import Path

from . import boards, debian, pack
from .common import PlumbError, clean_environment, tell_command, tool

LIMIT = 60  # seconds


def _command(board: boards.Board, out: Path, smp: int, memory: str) -> list[str]:
    machine = list(board.machine)
    if "-bios" in machine:  # QEMU makes the tree without it, too
        at = machine.index("-bios")
        del machine[at:at + 2]
    machine[machine.index("-M") + 1] += f",dumpdtb={out}"
    # U-Boot, which boots some, brings a tree of the same board.
    name = next((each.dtb for each in (board, *boards.BOARDS.values())
                 if each.dtb and each.machine == board.machine), "")
    more = ["-dtb", str(debian.boards()[name])] if name else []
    return [tool("qemu-system-arm"), *machine, *more, "-smp", str(smp), "-m", memory, "-nic",
            "none", "-display", "none", "-kernel", str(pack.MONITOR)]


def of_board(board: boards.Board, smp: int = 0, memory: str = "") -> bytes:
    """The tree with these CPUs and this memory; the board's own if they are not given."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "board.dtb"
        argv = _command(board, out, smp or board.smp, memory or board.memory or "512M")
        tell_command(argv)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True,
                              env=clean_environment(), check=False, timeout=LIMIT)
        if done.returncode != 0 or not out.exists():
            raise PlumbError("QEMU did not write the board's device tree:\n"
                             + done.stderr.decode(errors="replace").strip())
        return out.read_bytes()
