# SPDX-License-Identifier: BSD-2-Clause
"""Memory that partitions share, from the nodes of a manifest that manifest-check has taken."""

from dataclasses import dataclass

from . import fdt
from .common import PAGE
from .machine import windows

COMPATIBLE = "plumbline,shared-memory"


@dataclass(frozen=True)
class Peer:
    partition: str
    ipa: int
    intid: int  # 0: none
    reads: bool  # it writes to no section
    registers: int


@dataclass(frozen=True)
class Shared:
    name: str
    common: int  # bytes of the section that all may write
    output: int  # bytes of each peer's own
    at: int  # on the board; 0: the monitor chooses
    edge: bool
    peers: tuple[Peer, ...]

    @property
    def size(self) -> int:
        """With the page of states, which comes first."""
        return PAGE + self.common + len(self.peers) * self.output


def is_shared(node: fdt.Node) -> bool:
    return COMPATIBLE in node.texts("compatible")


def _each(node: fdt.Node, name: str, count: int) -> list[int]:
    """One cell for all peers, or one for each; 0 if there is none."""
    cells = node.cells(name) or [0]
    return cells * count if len(cells) == 1 else cells


def read(tree: fdt.Tree) -> list[Shared]:
    """A partition's register pages follow the order of the nodes."""
    pages: dict[str, int] = {}
    found = []
    for node in filter(is_shared, tree.root.children):
        names = node.texts("peers")
        peers = []
        for name, ipa, intid in zip(names, _each(node, "ipa", len(names)),
                                    _each(node, "interrupt", len(names))):
            page = pages.get(name, 0)
            pages[name] = page + 1
            peers.append(Peer(name, ipa, intid, name in node.texts("read-only"),
                              windows()["shared"].base + page * PAGE))
        high, low = node.cells("memory-at") or (0, 0)
        found.append(Shared(node.name, node.u32("common-size") or 0, node.u32("output-size") or 0,
                            high << 32 | low, "interrupt-edge" in node.props, tuple(peers)))
    return found


def shares(all_shared: list[Shared], partition: str) -> list[tuple[Shared, int]]:
    """Those of a partition, each with its number as a peer."""
    return [(shared, n) for shared in all_shared for n, peer in enumerate(shared.peers)
            if peer.partition == partition]
