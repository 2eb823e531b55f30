# SPDX-License-Identifier: BSD-2-Clause
"""The RAM that a QEMU board needs for a system, and the places of its partitions, which are chosen
as in hyp/core/boot.c."""

from dataclasses import dataclass

from . import boards
from .sharedmem import Shared
from .common import PAGE, align_up

RAM = 0x40000000  # of virt
BLOCK = 2 << 20  # partitions' alignment, if they are that large
LOW = 1 << 32  # the monitor's tables are below
TREE_AT = 128 << 20  # from RAM's start: QEMU's address for the board's tree with a raw image
RAW_AT = 0x10000
DISK_AT, DISK_TOP = 64 << 20, 64 << 20  # U-Boot's load address, and its own memory at the top
SMALLEST, LARGEST = 512 << 20, 64 << 30


@dataclass
class Partition:
    size: int
    at: int = 0  # 0: anywhere
    regions: tuple[int, ...] = ()  # more pieces: firmware's flash
    mapped: int = 1  # times: shared memory, by each of its peers
    vm_pool: int = 0  # of the monitor's own memory, for VMs that it makes


def partitions_of(listed: list[dict[str, str]], shared: list[Shared]) -> list[Partition]:
    """From manifest-check's rows; shared memory, which is placed behind partitions, follows them."""
    return [Partition(int(row["memory"]), int(row["memory-at"], 0),
                      tuple(int(n) for n in row["regions"].split(",") if n),
                      vm_pool=int(row["vm-pool"])) for row in listed] \
        + [Partition(one.size, one.at, mapped=len(one.peers)) for one in shared]


def tables(partitions: list[Partition]) -> int:
    """The monitor's own memory, an upper bound: a page of tables for each block, VGIC and vCPUs;
    what a creator has for its VMs."""
    return align_up(sum(p.mapped * p.size // 512 + sum(p.regions) // 512 + (512 << 10) + p.vm_pool
                        for p in partitions), BLOCK)


def _taken(board: boards.Board, image: int, base: int, size: int) -> list[tuple[int, int]]:
    """Ranges that are not free at boot: from, to, above `base`. The board's tree is within one
    block."""
    if board.disk:
        return [(0, BLOCK), (DISK_AT, DISK_AT + image), (size - DISK_TOP, size)]
    if board.elf_at is not None:
        at = board.elf_at - base
        return [(0, BLOCK), (at, at + image)]
    return [(RAW_AT, RAW_AT + image), (TREE_AT, TREE_AT + BLOCK)]


class Free:
    """Pieces of free memory, by address."""

    def __init__(self, pieces: list[tuple[int, int]]):
        self.pieces = list(pieces)

    def remove(self, start: int, end: int) -> None:
        rest = []
        for low, high in self.pieces:
            rest += [(low, min(high, start))] if low < start else []
            rest += [(max(low, end), high)] if high > end else []
        self.pieces = [(low, high) for low, high in rest if low < high]

    def take(self, size: int, align: int) -> int | None:
        """Takes memory from the lowest free place, which is returned."""
        for low, high in self.pieces:
            start = align_up(low, align)
            if start + size <= high:
                self.remove(start, start + size)
                return start
        return None

    def take_top(self, size: int, limit: int) -> bool:
        """Takes memory from the highest free place below the limit."""
        for low, high in reversed(self.pieces):
            start = (min(high, limit) - size) // BLOCK * BLOCK
            if start >= low:
                self.remove(start, start + size)
                return True
        return False

    def take_at(self, start: int, size: int) -> int | None:
        if not any(low <= start and start + size <= high for low, high in self.pieces):
            return None
        self.remove(start, start + size)
        return start


def _piece_align(size: int) -> int:
    return BLOCK if size >= BLOCK else PAGE


def _region_align(size: int) -> int:
    return BLOCK if size % BLOCK == 0 else PAGE


def _put(free: Free, partitions: list[Partition]) -> list[list[int | None]] | None:
    """Fixed places first, then the monitor's own, firmware's regions last."""
    memory = {n: free.take_at(p.at, p.size) for n, p in enumerate(partitions) if p.at}
    if not free.take_top(tables(partitions), LOW):
        return None
    memory.update({n: free.take(p.size, _piece_align(p.size))
                   for n, p in enumerate(partitions) if not p.at})
    return [[memory[n], *(free.take(size, _region_align(size)) for size in p.regions)]
            for n, p in enumerate(partitions)]


def places(board: boards.Board, image: int, partitions: list[Partition],
           memory: list[tuple[int, int]]) -> list[list[int | None]] | None:
    """The addresses of each partition's memory, followed by firmware's regions; None for one that
    does not fit. None: no room for the monitor's own. `image`: bytes of the packed file; `memory`:
    start and end of the board's RAM, without ranges that its tree reserves."""
    (base, _), *_ = memory
    free = Free(memory)
    for start, end in _taken(board, image, base, memory[-1][1] - base):
        free.remove(base + start, base + end)
    return _put(free, partitions)


def fits(board: boards.Board, image: int, partitions: list[Partition], size: int) -> bool:
    """Would the monitor find a place for all, on this board with `size` bytes of RAM?"""
    found = places(board, image, partitions, [(RAM, RAM + size)])
    return found is not None and all(at is not None for each in found for at in each)


def board_memory(board: boards.Board, image: int, partitions: list[Partition]) -> int:
    """512 MiB, doubled until all fits; 512 MiB if no size is enough: the monitor prints the
    reason."""
    size = SMALLEST
    while not fits(board, image, partitions, size):
        size *= 2
        if size > LARGEST:
            return SMALLEST
    return size
