# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run --kernel`: the manifest of one guest on the virt-compatible machine."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from . import common, elf, kernel, machine, scratch
from .common import PlumbError
from .guestdt import quote

RAW_OFFSET = 0x10000  # of a zImage or raw image, as on virt
IPA_LIMIT = 1 << 32
DTB_ROOM = 0x4000  # larger than any generated device tree


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
    pmu: bool = False
    counter_offset: bool = True  # the virtual counter begins with the guest


def _incbin(path: Path) -> str:
    return f"/incbin/({quote(str(path.resolve()))})"


def _file(path: Path, what: str) -> str:
    kernel.read(path, what, 1)
    return _incbin(path)


def _keep(image: bytes) -> Path:
    """A file for dtc."""
    path = scratch.folder() / f"elf-{hashlib.sha256(image).hexdigest()[:16]}.bin"
    common.write_file(path, image)
    return path


def _elf(single: Single, data: bytes, name: str) -> list[str]:
    """An ELF file is loaded at the addresses of its program headers, with the device tree at the
    start of RAM, as on virt, if there is room."""
    ram = machine.memory()["ipa"]
    program = elf.program(data, name, range(ram, ram + single.memory))
    room = len(kernel.read(single.dtb, "dtb")) if single.dtb else DTB_ROOM
    lines = [f"kernel = {_incbin(_keep(program.image))};",
             f"kernel-address = <{program.address:#x}>;",
             f"kernel-space = <{program.space:#x}>;", f"entry = <{program.entry:#x}>;"]
    if program.address - ram >= room:
        lines.append(f"dtb-address = <{ram:#x}>;")
    return lines


def _kernel(single: Single, path: Path) -> list[str]:
    name = f"--kernel {path}"
    data = kernel.read(path, "kernel")
    if data.startswith(elf.MAGIC):
        return _elf(single, data, name)
    line = f"kernel = {_incbin(path)};"
    if not kernel.is_zimage(data):
        kernel.check(data[:kernel.HEAD], name)
        return [line]
    space = kernel.zimage_space(data, name, RAW_OFFSET)
    if RAW_OFFSET + space > single.memory:
        raise PlumbError(f"{name}: needs {(RAW_OFFSET + space >> 20) + 1} MiB to unpack: "
                         "--guest-memory is too small")
    return [line, f"kernel-space = <{space:#x}>;"] if space else [line]


def _bios(path: Path) -> list[str]:
    head = kernel.read(path, "bios", kernel.HEAD)
    if head.startswith(elf.MAGIC):
        raise PlumbError(f"--bios {path}: an ELF file: firmware is a raw image linked at 0 "
                         "(objcopy -O binary)")
    kernel.check(head, f"--bios {path}")
    return [f"firmware = {_incbin(path)};"]


def _program(single: Single) -> list[str]:
    if single.kernel:
        return _kernel(single, single.kernel)
    if single.bios:
        return _bios(single.bios)
    raise PlumbError("neither --kernel nor --bios: nothing to run")


def _check(single: Single) -> None:
    if not 1 <= single.vcpus <= 8:
        raise PlumbError(f"--vcpus {single.vcpus}: a partition has 1 to 8 vCPUs")
    largest = IPA_LIMIT - machine.memory()["ipa"]
    if single.memory > largest:
        raise PlumbError(f"--guest-memory: {largest >> 20} MiB is the limit")


def manifest_dts(single: Single) -> str:
    _check(single)
    lines = ['compatible = "plumbline,partition";', f"vcpus = <{single.vcpus}>;",
             f"memory-size = <{single.memory:#x}>;", 'rtc = "pl031";', "virtio-windows;",
             *_program(single)]
    if single.pmu:
        lines.append("pmu;")
    if not single.counter_offset:
        lines.append("no-counter-offset;")
    if single.initrd:
        lines.append(f"initrd = {_file(single.initrd, 'initrd')};")
    if single.dtb:
        lines.append(f"dtb = {_file(single.dtb, 'dtb')};")
    if single.append:
        lines.append(f"bootargs = {quote(single.append)};")
    body = "".join(f"\t\t{line}\n" for line in lines)
    root = "\traw-console;\n" if single.raw else ""
    return ('/dts-v1/;\n/ {\n\tcompatible = "plumbline,system-1";\n' + root +
            f"\tguest {{\n{body}\t}};\n}};\n")
