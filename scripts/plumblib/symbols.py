# SPDX-License-Identifier: BSD-2-Clause
"""The ELF files from which a system's kernels were made."""

import struct
from pathlib import Path

from . import elf, fdt, pack, source
from .common import PlumbError, relative


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
    """Do an ELF file's loaded bytes equal this kernel?"""
    try:
        image = elf.program(data, "", range(0, 1 << 32)).image
    except (PlumbError, struct.error):
        return False
    return bool(kernel) and kernel[:len(image)] == image[:len(kernel)]


def _files(system: Path) -> list[Path]:
    """The files that a manifest and its includes name with /incbin/."""
    folders = source.searched(system)
    found = [named.found(folders) for named in source.all_names(system) if named.kind == "incbin"]
    return [path for path in found if path is not None]


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
            for node in tree.root.children
            if "compatible" in node.props and pack.is_partition(node)}


def find(system: Path, images: dict[str, bytes]) -> dict[str, Path]:
    """The ELF files that are found, by partition."""
    files = _files(system)
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
    """From --guest: NAME=ELF; or ELF alone, for the partition whose kernel was made from it, or for
    the only partition."""
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
            raise PlumbError(f"{option}: no kernel was made from it: name its partition, "
                             f"--guest NAME={relative(path)}; one of {', '.join(images)}")
        found.update(dict.fromkeys(owners or images, path))
    return found
