# SPDX-License-Identifier: BSD-2-Clause
"""Flattened device trees (Devicetree Specification 0.4, chapter 5): blob to tree and back."""

import struct
from dataclasses import dataclass, field

from .common import PlumbError

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
HEADER = struct.Struct(">10I")


@dataclass
class Node:
    name: str
    props: dict[str, bytes] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    @property
    def plain_name(self) -> str:
        """Without the unit address."""
        return self.name.split("@")[0]

    def child(self, plain_name: str) -> "Node | None":
        return next((c for c in self.children if c.plain_name == plain_name), None)

    def text(self, prop: str) -> str | None:
        """A string property, None if it is absent."""
        value = self.props.get(prop)
        if value is None:
            return None
        return value.split(b"\0")[0].decode(errors="replace")

    def texts(self, prop: str) -> list[str]:
        """The strings of a property, none if it is absent."""
        value = self.props.get(prop, b"")
        return [text.decode(errors="replace") for text in value.split(b"\0")[:-1]]

    def cells(self, prop: str) -> list[int]:
        """The cells of a property, none if it is absent."""
        return [cell for (cell,) in struct.iter_unpack(">I", self.props.get(prop, b""))]

    def u32(self, prop: str) -> int | None:
        value = self.props.get(prop)
        if value is None or len(value) < 4:
            return None
        return struct.unpack(">I", value[:4])[0]


@dataclass
class Tree:
    root: Node
    reserved: list[tuple[int, int]] = field(default_factory=list)


def string_at(blob: bytes, offset: int) -> str:
    end = blob.index(b"\0", offset)
    return blob[offset:end].decode(errors="replace")


def parse(blob: bytes) -> Tree:
    """Reads a blob that dtc wrote. PlumbError if it is not one."""
    try:
        return _parse(blob)
    except (struct.error, ValueError, IndexError) as error:
        raise PlumbError(f"not a sound device tree blob: {error}") from error


def _parse(blob: bytes) -> Tree:
    magic, total, struct_off, strings_off, reserve_off, *_ = HEADER.unpack_from(blob)
    if magic != MAGIC or total > len(blob):
        raise ValueError("no magic, or cut short")
    reserved: list[tuple[int, int]] = []
    while True:
        base, size = struct.unpack_from(">QQ", blob, reserve_off + 16 * len(reserved))
        if (base, size) == (0, 0):
            break
        reserved.append((base, size))
    stack: list[Node] = []
    root = None
    at = struct_off
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN_NODE:
            node = Node(string_at(blob, at))
            at += (len(node.name.encode()) + 4) & ~3
            if stack:
                stack[-1].children.append(node)
            elif root is None:
                root = node
            else:
                raise ValueError("two roots")
            stack.append(node)
        elif token == PROP:
            length, name_off = struct.unpack_from(">2I", blob, at)
            data = blob[at + 8:at + 8 + length]
            if len(data) != length:
                raise ValueError("property past the end")
            stack[-1].props[string_at(blob, strings_off + name_off)] = data
            at += 8 + (length + 3 & ~3)
        elif token == END_NODE:
            stack.pop()
        elif token == END:
            break
        elif token != NOP:
            raise ValueError(f"token {token}")
    if root is None or stack:
        raise ValueError("unbalanced nodes")
    return Tree(root, reserved)


def serialise(tree: Tree) -> bytes:
    """Version 17 of the format, as dtc writes it."""
    strings = bytearray()
    offsets: dict[str, int] = {}
    body = bytearray()

    def put_node(node: Node) -> None:
        body.extend(struct.pack(">I", BEGIN_NODE))
        name = node.name.encode() + b"\0"
        body.extend(name + bytes(-len(name) % 4))
        for prop, value in node.props.items():
            if prop not in offsets:
                offsets[prop] = len(strings)
                strings.extend(prop.encode() + b"\0")
            body.extend(struct.pack(">3I", PROP, len(value), offsets[prop]))
            body.extend(value + bytes(-len(value) % 4))
        for child in node.children:
            put_node(child)
        body.extend(struct.pack(">I", END_NODE))

    put_node(tree.root)
    body.extend(struct.pack(">I", END))
    reserve = b"".join(struct.pack(">QQ", *entry) for entry in [*tree.reserved, (0, 0)])
    struct_off = HEADER.size + len(reserve)
    strings_off = struct_off + len(body)
    total = strings_off + len(strings)
    header = HEADER.pack(MAGIC, total, struct_off, strings_off, HEADER.size, 17, 16, 0,
                         len(strings), len(body))
    return header + reserve + bytes(body) + bytes(strings)
