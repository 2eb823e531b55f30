# SPDX-License-Identifier: BSD-2-Clause
"""How much RAM a QEMU board must have for a system: partitions are put as hyp/core/boot.c puts them."""

from dataclasses import dataclass

from . import boards
from .common import align_up

RAM = 0x40000000  # of virt
BLOCK = 2 << 20  # partitions' alignment, if they are that large
LOW = 1 << 32  # the monitor's tables lie below
TREE_AT = 128 << 20  # from RAM's start: QEMU's place for the board's tree beside a raw image
RAW_AT = 0x10000
DISK_AT, DISK_TOP = 64 << 20, 64 << 20  # where U-Boot loads to, and what it keeps at the top
SMALLEST, LARGEST = 512 << 20, 64 << 30


@dataclass
class Partition:
    size: int
    at: int = 0  # 0: anywhere
    regions: tuple[int, ...] = ()  # more pieces: firmware's flash


def partitions_of(listed: list[dict[str, str]]) -> list[Partition]:
    """Of manifest-check's rows."""
    return [Partition(int(row["memory"]), int(row["memory-at"], 0),
                      tuple(int(n) for n in row["regions"].split(",") if n)) for row in listed]


def tables(partitions: list[Partition]) -> int:
    """The monitor's own memory, rather too much: a page of tables for each block, VGIC and vCPUs."""
    return align_up(sum(p.size // 512 + sum(p.regions) // 512 + (512 << 10) for p in partitions), BLOCK)


def _taken(board: boards.Board, image: int, size: int) -> list[tuple[int, int]]:
    """What is not free at boot: from, to. The board's tree is within a block, wherever it is."""
    if board.disk:
        return [(0, BLOCK), (DISK_AT, DISK_AT + image), (size - DISK_TOP, size)]
    if board.elf_at is not None:
        at = board.elf_at - RAM
        return [(0, BLOCK), (at, at + image)]
    return [(RAW_AT, RAW_AT + image), (TREE_AT, TREE_AT + BLOCK)]


class Free:
    """Pieces of free memory, by address."""

    def __init__(self, base: int, size: int):
        self.pieces = [(base, base + size)]

    def remove(self, start: int, end: int) -> None:
        rest = []
        for low, high in self.pieces:
            rest += [(low, min(high, start))] if low < start else []
            rest += [(max(low, end), high)] if high > end else []
        self.pieces = [(low, high) for low, high in rest if low < high]

    def take(self, size: int) -> bool:
        """From the lowest place."""
        for low, high in self.pieces:
            start = align_up(low, BLOCK if size >= BLOCK else 4096)
            if start + size <= high:
                self.remove(start, start + size)
                return True
        return False

    def take_top(self, size: int, limit: int) -> bool:
        """From the highest place below the limit."""
        for low, high in reversed(self.pieces):
            start = (min(high, limit) - size) // BLOCK * BLOCK
            if start >= low:
                self.remove(start, start + size)
                return True
        return False

    def take_at(self, start: int, size: int) -> bool:
        if not any(low <= start and start + size <= high for low, high in self.pieces):
            return False
        self.remove(start, start + size)
        return True


def fits(board: boards.Board, image: int, partitions: list[Partition], size: int) -> bool:
    """Would the monitor find a place for all, on this board with `size` bytes of RAM? `image`: bytes
    of the packed file."""
    free = Free(RAM, size)
    for start, end in _taken(board, image, size):
        free.remove(RAM + start, RAM + end)
    return (free.take_top(tables(partitions), LOW)
            and all(free.take_at(p.at, p.size) for p in partitions if p.at)
            and all(free.take(p.size) for p in partitions if not p.at)
            and all(free.take(region) for p in partitions for region in p.regions))


def board_memory(board: boards.Board, image: int, partitions: list[Partition]) -> int:
    """512 MiB, or twice that until all fits; 512 MiB if nothing helps: the monitor says why."""
    size = SMALLEST
    while not fits(board, image, partitions, size):
        size *= 2
        if size > LARGEST:
            return SMALLEST
    return size
