# SPDX-License-Identifier: BSD-2-Clause
"""Checks a system against the board that QEMU makes from the options: QEMU writes its tree."""

import subprocess

from . import boards, pack, qemu, qemutree, room
from .common import PlumbError, parse_size
from .judge import BoardRefused, Refused

OTHER_BOARD = ("-M", "-machine", "-cpu", "-m", "-smp", "-dtb")  # arguments that change the tree


def board_tree(run: qemu.Run) -> bytes | None:
    """The tree with the memory and CPUs that QEMU adds; None if it is not known, because the
    board's own boot loader or an argument for QEMU changes it."""
    board = boards.find(run.board)
    if board.disk or any(word.split("=")[0] in OTHER_BOARD for word in run.extra):
        return None
    try:
        return qemutree.of_board(board, run.smp, run.memory)
    except (PlumbError, OSError, subprocess.TimeoutExpired):
        return None  # QEMU will print the reason


def _advice(run: qemu.Run, packed: pack.Packed, refused: Refused) -> str:
    """The option that makes the board large enough."""
    if not any(row["of-board"] and row["property"] in ("memory-at", "memory-size")
               for row in refused.rows):
        return ""
    board = boards.find(run.board)
    partitions = room.partitions_of(packed.partitions, packed.shared)
    size = room.board_memory(board, len(packed.data), partitions)
    if board.memory or size <= parse_size(run.memory) or not room.fits(
            board, len(packed.data), partitions, size):
        return ""
    text = f"{size >> 30}G" if size >> 30 << 30 == size else f"{size >> 20}M"
    return f"\n--memory {text} is enough"


def check(run: qemu.Run, packed: pack.Packed) -> None:
    """Refuses the system before QEMU starts if the monitor would refuse it there. The monitor alone
    knows its own memory, and itself reports a board that it cannot run on."""
    tree = board_tree(run)
    try:
        if tree is not None:
            packed.check(tree)
    except BoardRefused:
        pass
    except Refused as refused:
        raise PlumbError(f"{refused}{_advice(run, packed, refused)}") from refused
