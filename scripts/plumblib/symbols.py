# SPDX-License-Identifier: BSD-2-Clause
"""The ELF files that a system's kernels were made from, and the names of their functions."""

import bisect
import struct
from dataclasses import dataclass, field
from pathlib import Path

from . import elf, fdt, pack
from .common import ROOT, PlumbError, relative

SHT_SYMTAB, STT_FUNC = 2, 2
SECTION_SIZE, SYMBOL_SIZE = 40, 16


@dataclass
class Names:
    """Functions of an ELF file, by address."""

    starts: list[int] = field(default_factory=list)
    entries: list[tuple[int, str]] = field(default_factory=list)  # size, name

    def at(self, address: int) -> str:
        """'function+0x12'; empty: none is there."""
        n = bisect.bisect_right(self.starts, address) - 1
        if n < 0:
            return ""
        offset, (size, name) = address - self.starts[n], self.entries[n]
        if offset >= max(size, 1):
            return ""
        return f"{name}+{offset:#x}" if offset else name


def _sections(data: bytes) -> list[tuple[int, ...]]:
    (offset,) = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    if not offset or size < SECTION_SIZE or offset + size * count > len(data):
        return []
    return [struct.unpack_from("<10I", data, offset + size * n) for n in range(count)]


def _string(data: bytes, at: int) -> str:
    return data[at:data.find(b"\0", at)].decode(errors="replace")


def names(data: bytes) -> Names:
    sections = _sections(data)
    found = []
    for _, kind, _, _, offset, size, link, *_ in sections:
        if kind != SHT_SYMTAB or link >= len(sections):
            continue
        for at in range(offset, min(offset + size, len(data)), SYMBOL_SIZE):
            name, value, length, info, _, section = struct.unpack_from("<IIIBBH", data, at)
            if info & 15 == STT_FUNC and section:
                found.append((value & ~1, length, _string(data, sections[link][4] + name)))
    found.sort()
    return Names([value for value, _, _ in found], [(size, name) for _, size, name in found])


def spans(data: bytes) -> list[tuple[int, int]]:
    """Virtual addresses that it takes, each [start, end)."""
    (phoff,) = struct.unpack_from("<I", data, 28)
    phentsize, phnum = struct.unpack_from("<HH", data, 42)
    found = []
    for n in range(phnum):
        kind, _, vaddr, _, _, memsz = struct.unpack_from("<6I", data, phoff + n * phentsize)
        if kind == elf.PT_LOAD and memsz:
            found.append((vaddr, vaddr + memsz))
    return found


def check(path: Path, option: str) -> Path:
    try:
        with open(path, "rb") as file:
            head = file.read(elf.HEADER_SIZE)
    except OSError as error:
        raise PlumbError(f"{option}: {error.strerror}: name the ELF file of a guest's "
                         "program") from error
    if not head.startswith(elf.MAGIC) or len(head) < elf.HEADER_SIZE:
        raise PlumbError(f"{option}: not an ELF file: name the file with the symbols, as the "
                         "linker wrote it")
    return path.resolve()


def _is_made_from(kernel: bytes, data: bytes) -> bool:
    """Are an ELF file's loaded bytes this kernel?"""
    try:
        image = elf.program(data, "", range(0, 1 << 32)).image
    except (PlumbError, struct.error):
        return False
    return bool(kernel) and kernel[:len(image)] == image[:len(kernel)]


def _files(system: Path) -> list[Path]:
    """What a manifest, with what it includes, takes in by /incbin/."""
    found: list[Path] = []
    todo, seen = [system.resolve()], set()
    while todo:
        source = todo.pop()
        if source in seen or not source.is_file():
            continue
        seen.add(source)
        for kind, name in pack.NAMED.findall(source.read_text(errors="replace")):
            places = [ROOT / name, system.resolve().parent / name, source.parent / name]
            (todo if kind == "include" else found).extend(places)
    return found


def _beside(path: Path, kernel: bytes) -> Path | None:
    """The ELF file of a kernel's file: itself, X.elf beside X.bin, or vmlinux beside a zImage."""
    for place in (path, path.with_suffix(".elf"), path.parent / "vmlinux"):
        if place.is_file():
            with open(place, "rb") as file:
                if file.read(4) != elf.MAGIC:
                    continue
            if place.name == "vmlinux" or _is_made_from(kernel, place.read_bytes()):
                return place.resolve()
    return None


def kernels(packed: bytes) -> dict[str, bytes]:
    """Of a packed image's manifest: each partition's kernel, or firmware."""
    tree = fdt.parse(packed[pack.word(packed, pack.MEMORY_SIZE_AT):-4])
    return {node.name: node.props.get("kernel") or node.props.get("firmware") or b""
            for node in tree.root.children if "compatible" in node.props}


def find(system: Path, images: dict[str, bytes]) -> dict[str, Path]:
    """By partition, as far as they are found."""
    files = [path for path in _files(system) if path.is_file()]
    found = {}
    for name, kernel in images.items():
        for path in files:
            if kernel and path.read_bytes() == kernel:
                beside = _beside(path, kernel)
                if beside:
                    found[name] = beside
                    break
    return found


def given(texts: list[str], images: dict[str, bytes]) -> dict[str, Path]:
    """Of --guest: NAME=ELF; or ELF alone, which is the partition's whose kernel was made from it,
    or the only one's."""
    found = {}
    for text in texts:
        name, equals, rest = text.partition("=")
        option = f"--guest {text}"
        if equals and name in images:
            found[name] = check(Path(rest), option)
            continue
        if equals and not Path(text).exists():
            raise PlumbError(f"{option}: no partition '{name}': one of {', '.join(images)}")
        path = check(Path(text), option)
        owners = [n for n, kernel in images.items() if _is_made_from(kernel, path.read_bytes())]
        if not owners and len(images) > 1:
            raise PlumbError(f"{option}: made none of the kernels: say whose it is, "
                             f"--guest NAME={relative(path)}; one of {', '.join(images)}")
        found.update(dict.fromkeys(owners or images, path))
    return found
