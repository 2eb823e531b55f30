# SPDX-License-Identifier: BSD-2-Clause
"""A system against the board that QEMU will make of the options: QEMU writes that board's tree."""

import subprocess

from . import boards, pack, qemu, qemutree, room
from .common import PlumbError, parse_size
from .judge import BoardRefused, Refused

OTHER_BOARD = ("-M", "-machine", "-cpu", "-m", "-smp", "-dtb")  # arguments that change the tree


def board_tree(run: qemu.Run) -> bytes | None:
    """With memory and CPUs as QEMU puts them in; None where it is not known: a boot loader of the
    board's own changes it, or an argument for QEMU does."""
    board = boards.find(run.board)
    if board.disk or any(word.split("=")[0] in OTHER_BOARD for word in run.extra):
        return None
    try:
        return qemutree.of_board(board, run.smp, run.memory)
    except (PlumbError, OSError, subprocess.TimeoutExpired):
        return None  # QEMU itself will say why


def _advice(run: qemu.Run, packed: pack.Packed, refused: Refused) -> str:
    """What option makes the board large enough."""
    if not any(row["of-board"] and row["property"] in ("memory-at", "memory-size")
               for row in refused.rows):
        return ""
    board = boards.find(run.board)
    partitions = room.partitions_of(packed.partitions)
    size = room.board_memory(board, len(packed.data), partitions)
    if board.memory or size <= parse_size(run.memory) or not room.fits(
            board, len(packed.data), partitions, size):
        return ""
    text = f"{size >> 30}G" if size >> 30 << 30 == size else f"{size >> 20}M"
    return f"\nwith --memory {text} the board has enough"


def check(run: qemu.Run, packed: pack.Packed) -> None:
    """Refused, before QEMU starts, if the monitor would refuse it there. What the monitor itself
    takes is known to it alone, and a board that cannot run it is for it to name."""
    tree = board_tree(run)
    try:
        if tree is not None:
            packed.check(tree)
    except BoardRefused:
        pass
    except Refused as refused:
        raise PlumbError(f"{refused}{_advice(run, packed, refused)}") from refused
