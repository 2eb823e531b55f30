# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run --kernel`: the manifest of one guest on the virt-compatible machine."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from . import elf
from .common import BUILD, PlumbError
from .guestdt import quote


@dataclass
class Single:
    kernel: Path | None
    initrd: Path | None
    dtb: Path | None
    append: str
    vcpus: int
    memory: int
    cpus: int  # of the board
    raw: bool = False
    bios: Path | None = None


def _image(path: Path, what: str) -> str:
    try:
        with open(path, "rb") as file:
            magic = file.read(4)
    except OSError as error:
        advice = ": run 'make setup all'" if BUILD in path.resolve().parents else ""
        raise PlumbError(f"--{what} {path}: {error.strerror}{advice}") from error
    if what == "kernel" and magic == elf.MAGIC:
        return _elf(path)
    return f"/incbin/({quote(str(path.resolve()))})"


def _elf(path: Path) -> str:
    """Goes where its program headers say; the device tree lies at the start of RAM, as on virt."""
    program = elf.program(path.read_bytes(), str(path))
    folder = BUILD / "run"
    folder.mkdir(parents=True, exist_ok=True)
    raw = folder / f"elf-{hashlib.sha256(program.image).hexdigest()[:16]}.bin"
    raw.write_bytes(program.image)
    return (f"/incbin/({quote(str(raw))});\n\t\tkernel-address = <{program.address:#x}>;\n"
            f"\t\tentry = <{program.entry:#x}>;\n\t\tdtb-address = <0x40000000>")


def manifest_dts(single: Single) -> str:
    if not 1 <= single.vcpus <= 8:
        raise PlumbError(f"--vcpus {single.vcpus}: a partition has 1 to 8 vCPUs")
    lines = ['compatible = "plumbline,partition";', f"vcpus = <{single.vcpus}>;", f"memory-size = <{single.memory:#x}>;",
             'rtc = "pl031";', 'virtio-windows;',
             f"kernel = {_image(single.kernel, 'kernel')};" if single.kernel else
             f"firmware = {_image(single.bios, 'bios')};"]
    if single.initrd:
        lines.append(f"initrd = {_image(single.initrd, 'initrd')};")
    if single.dtb:
        lines.append(f"dtb = {_image(single.dtb, 'dtb')};")
    if single.append:
        lines.append(f"bootargs = {quote(single.append)};")
    body = "".join(f"\t\t{line}\n" for line in lines)
    root = "\traw-console;\n" if single.raw else ""
    return ('/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + root +
            f"\tguest {{\n{body}\t}};\n}};\n")
