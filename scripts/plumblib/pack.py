# SPDX-License-Identifier: BSD-2-Clause
"""One file to boot: the monitor's image, and behind it the checked manifest with device trees."""

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from . import fdt, sharedmem, virtio
from .common import BUILD, PAGE, ROOT, SOURCE, PlumbError, align_up, make, relative
from .guestdt import Clocks, GuestShape, board_clocks, guest_dts, passed_devices
from .judge import Judged, check, refusal
from .source import all_names, compile_file, compile_source, missing_files, missing_message

# The monitor's header: word offsets in the image (zImage's place and magic, then ours).
ZIMAGE_MAGIC_AT, ZIMAGE_MAGIC = 0x24, 0x016F2818
START_AT, END_AT = 0x28, 0x2C
ENDIAN_AT, ENDIAN = 0x30, 0x04030201
MAGIC_AT, MAGIC = 0x34, 0x424D4C50  # "PLMB"
MEMORY_SIZE_AT = 0x38
VERSION_AT, VERSION = 0x3C, 2
SEAL_AT = 0x40
HEADER_SIZE = 0x44

MONITOR = BUILD / "plumbline.img"


def word(image: bytes, at: int) -> int:
    return struct.unpack_from("<I", image, at)[0]


def memory_size(monitor: bytes) -> int:
    """The monitor's size in memory, the offset of the manifest; checks the header."""
    if len(monitor) < HEADER_SIZE or word(monitor, ZIMAGE_MAGIC_AT) != ZIMAGE_MAGIC:
        raise PlumbError("the monitor's image has no zImage header: is it built? Run 'make'")
    if word(monitor, MAGIC_AT) != MAGIC or word(monitor, ENDIAN_AT) != ENDIAN:
        raise PlumbError("the monitor's image does not carry Plumbline's magic: run 'make'")
    if word(monitor, VERSION_AT) != VERSION:
        raise PlumbError(f"the monitor's header is version {word(monitor, VERSION_AT)}, this "
                         f"plumb knows {VERSION}: use the two of one tree")
    size = word(monitor, MEMORY_SIZE_AT)
    if size % PAGE or size < len(monitor):
        raise PlumbError(f"the monitor's header has {size:#x} bytes of memory for an image of "
                         f"{len(monitor):#x}: check the linker script")
    return size


def join(monitor: bytes, manifest: bytes) -> bytes:
    """The packed file. Its last word is also in its header: by it, boot detects a truncated file,
    and the rest of a file that was loaded before."""
    offset = memory_size(monitor)
    total = align_up(offset + len(manifest), 4) + 4
    packed = bytearray(total)
    packed[:len(monitor)] = monitor
    packed[offset:offset + len(manifest)] = manifest
    struct.pack_into("<I", packed, END_AT, word(monitor, START_AT) + total)
    seal = zlib.crc32(packed) | 1  # 0 marks a monitor without a system
    for at in (SEAL_AT, total - 4):
        struct.pack_into("<I", packed, at, seal)
    return bytes(packed)


def append_tree(packed: bytes, tree: bytes, what: str) -> bytes:
    """Appends the board's device tree, which boot uses if r2 has none."""
    try:
        fdt.parse(tree)
    except PlumbError as error:
        raise PlumbError(f"{what}: not a device tree blob: {error}") from error
    return packed.ljust(align_up(len(packed), 8), b"\0") + tree


def number(text: str | None) -> int:
    return 0 if text is None or text in ("", "none", "no") else int(text, 0)


def truth(text: str | None) -> bool:
    return text not in (None, "", "0", "no", "none")


EXTRA_NAME = "dtb-extra of /{}"  # in place of a file's name in dtc's messages


def is_partition(node: fdt.Node) -> bool:
    """A node of the root: is it a partition, sound or not?"""
    return not sharedmem.is_shared(node) and not virtio.is_virtio(node)


def take_extras(manifest: bytes) -> tuple[bytes, dict[str, str], list[dict]]:
    """Takes the partitions' `dtb-extra`, source behind a generated device tree, out of a manifest:
    the monitor has no such property. Returns the manifest, the sources by partition, errors."""
    tree = fdt.parse(manifest)
    extras, refused = {}, []
    for node in tree.root.children:
        if not is_partition(node) or "dtb-extra" not in node.props:
            continue
        source = node.props.pop("dtb-extra")
        if "dtb" in node.props or "no-dtb" in node.props:
            refused.append(refusal(f"/{node.name}", "dtb-extra", "must not be given with "
                                   "dtb or no-dtb: it is for a device tree that plumb makes"))
        extras[node.name] = source.rstrip(b"\0").decode(errors="replace")
    return (fdt.serialise(tree) if extras else manifest), extras, refused


def clocks_of(board: bytes | None) -> Clocks:
    """`board`: its device tree, if it is known when packing."""
    return board_clocks(fdt.parse(board)) if board else Clocks()


def shape_of(listed: dict[str, str], node: fdt.Node, clocks: Clocks = Clocks(),
             shared: list[sharedmem.Shared] | None = None,
             served: list[virtio.Virtio] | None = None) -> GuestShape:
    start, size = number(listed.get("initrd-start")), number(listed.get("initrd-size"))
    return GuestShape(
        name=listed["name"], vcpus=number(listed["vcpus"]),
        memory_base=number(listed["ram-ipa"]), memory_size=number(listed["memory"]),
        gic=truth(listed.get("gic")), console=truth(listed.get("console")),
        rtc=truth(listed.get("rtc")), pmu=truth(listed.get("pmu")),
        doorbell=truth(listed.get("doorbell")), watchdog=truth(listed.get("watchdog")),
        creator=number(listed.get("vms")) != 0,
        bootargs=node.text("bootargs") or "",
        passed=passed_devices(node), clocks=clocks,
        shares=sharedmem.shares(shared or [], listed["name"]),
        virtio=virtio.windows_of(served or [], listed["name"]),
        initrd=(start, start + size) if size else None)


def partition_node(tree: fdt.Tree, name: str) -> fdt.Node:
    node = tree.root.child(name)
    if node is None:
        raise PlumbError(f"manifest-check lists a partition '{name}' that is not in the manifest")
    return node


def add_device_trees(manifest: bytes, listed: list[dict[str, str]], made: set[str],
                     extras: dict[str, str],
                     clocks: Clocks = Clocks()) -> tuple[bytes, set[str]]:
    """Adds a tree to each partition without one of its own; `made`: those whose tree was made
    here."""
    tree = fdt.parse(manifest)
    shared, served = sharedmem.read(tree), virtio.read(tree)
    now = set()
    for entry in listed:
        node = partition_node(tree, entry["name"])
        own = "dtb" in node.props and entry["name"] not in made
        if own or "no-dtb" in node.props:
            continue
        source = guest_dts(shape_of(entry, node, clocks, shared, served))
        if entry["name"] in extras:
            source += f'# 1 "{EXTRA_NAME.format(entry["name"])}"\n' + extras[entry["name"]]
        node.props["dtb"] = compile_source(source.encode(), [],
                                           f"the device tree for '{entry['name']}'")
        now.add(entry["name"])
    return fdt.serialise(tree), now


@dataclass
class Packed:
    data: bytes
    partitions: list[dict[str, str]]
    manifest: bytes
    judged: Judged

    @property
    def shared(self) -> list[sharedmem.Shared]:
        return sharedmem.read(fdt.parse(self.manifest))

    @property
    def raw(self) -> bool:
        """Does its one console pass all bytes unchanged?"""
        return "raw-console" in fdt.parse(self.manifest).root.props

    def check(self, board: bytes | None = None) -> None:
        """Checks the system against this board, too."""
        check(self.manifest, self.judged, board)


def complete(manifest: bytes, judged: Judged, clocks: Clocks = Clocks(),
             board: bytes | None = None) -> tuple[bytes, list[dict[str, str]]]:
    """The checked manifest with device trees, and its list; checked with this board, if given."""
    manifest, extras, refused = take_extras(manifest)
    listed = check(manifest, judged, board, refused)
    made: set[str] = set()
    # A new tree may move the initrd that it names. Repeat until nothing moves.
    for _ in range(4):
        manifest, made = add_device_trees(manifest, listed, made, extras, clocks)
        again = check(manifest, judged, board)
        places = [(e.get("initrd-start"), e.get("initrd-size")) for e in listed]
        if places == [(e.get("initrd-start"), e.get("initrd-size")) for e in again]:
            return manifest, again
        listed = again
    raise PlumbError(f"the initial RAM disks of {judged.what} find no stable place")


def pack_manifest(manifest: bytes, judged: Judged, clocks: Clocks = Clocks()) -> Packed:
    manifest, listed = complete(manifest, judged, clocks)
    return Packed(join(MONITOR.read_bytes(), manifest), listed, manifest, judged)


def parts(system: Path) -> set[str]:
    """Files of build/ that a manifest and its includes name; as targets of make."""
    return {str((ROOT / named.name).relative_to(ROOT)) for named in all_names(system)
            if named.kind == "incbin" and BUILD in (ROOT / named.name).parents}


NO_RULE = re.compile(r"No rule to make target ['`]([^']+)'")


def build(system: Path | None) -> None:
    """Builds the files of a system; the tree's own systems need the tree's guests."""
    targets = ["monitor", "host-tools"]
    if system is not None and SOURCE in system.resolve().parents:
        targets += sorted(parts(system))
    try:
        make(*targets)
    except PlumbError as error:
        unknown = NO_RULE.findall(str(error))
        missing = [named for named in missing_files(system) if named.name in unknown] \
            if system else []
        if not missing or not system:
            raise
        raise PlumbError(missing_message(system, missing)) from error


def pack_source(source: bytes, include: list[Path], what: str,
                board: bytes | None = None) -> Packed:
    """A system that is not in a file. `board`: its tree, for the clocks."""
    return pack_manifest(compile_source(source, include, what), Judged(what), clocks_of(board))


def find(system: Path) -> Path:
    """The file: the tree's systems may be named relative to the tree."""
    there = ROOT / system
    return there if there.is_file() and not system.exists() else system


def _compiled(system: Path) -> tuple[bytes, Judged]:
    if not system.is_file():
        problem = "is a folder" if system.is_dir() else "no such file"
        raise PlumbError(f"{system}: {problem}: name a system manifest, such as those in "
                         f"{relative(ROOT / 'guest')}")
    return compile_file(system), Judged(relative(system), system)


def pack_file(system: Path, board: bytes | None = None) -> Packed:
    manifest, judged = _compiled(system)
    return pack_manifest(manifest, judged, clocks_of(board))


def check_file(system: Path, board: bytes | None = None) -> list[dict[str, str]]:
    """The partitions of a manifest without errors that fits the board of this tree."""
    manifest, judged = _compiled(system)
    manifest, listed = complete(manifest, judged, clocks_of(board), board)
    return listed
