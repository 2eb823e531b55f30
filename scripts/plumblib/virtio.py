# SPDX-License-Identifier: BSD-2-Clause
"""Virtio windows of a partition that another one serves, from the nodes of a manifest that
manifest-check has taken."""

from dataclasses import dataclass

from . import fdt

COMPATIBLE = "plumbline,virtio"
WINDOW_SIZE = 0x200  # as on QEMU's virt
FIRST_INTID = 48


@dataclass(frozen=True)
class Virtio:
    name: str
    client: str
    backend: str
    windows: tuple[int, ...]
    ipa: int  # where the backend sees the client's memory
    offset: int  # of the client's memory
    size: int | None  # None: to its end


def is_virtio(node: fdt.Node) -> bool:
    return COMPATIBLE in node.texts("compatible")


def intid(window: int) -> int:
    """The interrupt of a window."""
    return FIRST_INTID + window


def read(tree: fdt.Tree) -> list[Virtio]:
    return [Virtio(node.name, node.text("client") or "", node.text("backend") or "",
                   tuple(sorted(node.cells("windows"))), node.u32("ipa") or 0,
                   node.u32("offset") or 0, node.u32("size"))
            for node in filter(is_virtio, tree.root.children)]


def windows_of(found: list[Virtio], client: str) -> list[int]:
    """Those of a client, of all its backends."""
    return sorted(window for one in found if one.client == client for window in one.windows)
