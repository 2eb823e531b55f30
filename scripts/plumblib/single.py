# SPDX-License-Identifier: BSD-2-Clause
"""`plumb run --kernel`: the manifest of one guest on the virt-compatible machine."""

from dataclasses import dataclass
from pathlib import Path

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
    if what == "kernel" and magic == b"\x7fELF":
        raise PlumbError(f"{path} is an ELF file: give the zImage or a raw image "
                         "(arm-none-eabi-objcopy -O binary)")
    return f"/incbin/({quote(str(path.resolve()))})"


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
