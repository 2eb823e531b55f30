# SPDX-License-Identifier: BSD-2-Clause
"""Disk images that U-Boot boots by itself: its own stages, a FAT partition with the packed system,
and a boot script."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import debian, fdt
from .common import PlumbError, align_up, relative, run_tool, tool

SECTOR = 512
PARTITION = 2048  # sectors: 1 MiB, after the stages that a board's ROM loads
SMALLEST = 64 << 20  # FAT32 has 65525 clusters at least; SD cards in QEMU are powers of two
# And how U-Boot boots them. A FIT's configuration is named: without a name some builds look for one
# with their own board's tree.
BOOT = {"zimage": "bootz ${kernel_addr_r}", "uimage": "bootm ${kernel_addr_r}",
        "fit": "bootm ${kernel_addr_r}#system"}
FORMATS = tuple(BOOT)
DATE = "1577836800"  # 2020-01-01: the same input gives the same file
# All targets have their memory at 0x40000000, and 256 MiB of it. bootm moves an image to LOAD; a
# zImage runs where the script loads it, at 0x42000000 or below. U-Boot's own fdt_addr_r is 16 MiB
# behind that: a tree there could hit a large system.
LOAD = 0x48000000
TREE_AT = 0x4ff00000
ZIMAGE_MOST = 96 << 20  # ends before LOAD, and far enough from where U-Boot moves trees to


@dataclass(frozen=True)
class Stage:
    """A boot stage in front of the partition, for the board's ROM or an earlier stage to load."""

    text: str
    first: int  # sector
    end: int  # the first sector after its room
    file: str = ""  # of debian.FIRMWARE_FILES; "": not Debian's


@dataclass(frozen=True)
class Target:
    """A board that boots from such a disk."""

    text: str
    bootm_most: int  # bytes: CONFIG_SYS_BOOTM_LEN of this U-Boot
    stages: tuple[Stage, ...] = ()
    dtb: str = ""  # one of debian.BOARDS; "": U-Boot has the board's tree


BL1 = Stage("Samsung's signed first stage (BL1)", 1, 17)
TARGETS = {
    "qemu": Target("QEMU's virt with U-Boot (u-boot-qemu) as its -bios", 64 << 20),
    "orangepi-pc": Target(
        "Orange Pi PC, as in QEMU: SPL and U-Boot on the card", 8 << 20,
        (Stage("SPL and U-Boot", 16, PARTITION, "orangepi_plus/u-boot-sunxi-with-spl.bin"),)),
    "arndale": Target(
        "Arndale (Exynos 5250): SPL and U-Boot on the card", 8 << 20,
        (BL1, Stage("SPL", 17, 49, "arndale/arndale-spl.bin"),
         Stage("U-Boot", 49, 1073, "arndale/u-boot.bin"),
         Stage("U-Boot's environment", 1073, 1105)), "exynos5250-arndale"),
}

# Loads at ${kernel_addr_r}; the tree is U-Boot's own unless the disk brings one.
SCRIPT = """\
echo Plumbline: {name} from ${{devtype}} ${{devnum}}
load ${{devtype}} ${{devnum}}:${{distro_bootpart}} ${{kernel_addr_r}} {name} || exit
setenv plumb_fdt ${{fdtcontroladdr}}
{tree}{boot} - ${{plumb_fdt}}
"""
TREE = """\
load ${{devtype}} ${{devnum}}:${{distro_bootpart}} {at:#x} board.dtb || exit
setenv plumb_fdt {at:#x}
"""
FIT = """\
/dts-v1/;
/ {{
	description = "Plumbline";
	#address-cells = <1>;
	images {{
		system {{
			description = "monitor and system";
			data = /incbin/("{image}");
			type = "kernel";
			os = "linux";
			arch = "arm";
			compression = "none";
			load = <{load:#x}>;
			entry = <{load:#x}>;
			hash {{ algo = "sha256"; }};
		}};
	}};
	configurations {{
		default = "system";
		system {{ kernel = "system"; }};
	}};
}};
"""


@dataclass
class Part:
    """One line of the list of a disk's contents."""

    first: int
    sectors: int
    text: str
    missing: bool = False  # to be added by hand


def _mkimage(folder: Path, *argv: str) -> None:
    os.environ["SOURCE_DATE_EPOCH"] = DATE
    run_tool([tool("mkimage"), *argv], f"mkimage, in {relative(folder)}")


def payload(folder: Path, packed: bytes, form: str, target: Target) -> Path:
    """The packed system as a file that U-Boot's bootz or bootm takes."""
    if form not in FORMATS:
        raise PlumbError(f"no format '{form}': one of {', '.join(FORMATS)}")
    most = ZIMAGE_MOST if form == "zimage" else target.bootm_most
    if len(packed) > most:
        raise PlumbError(f"the packed system has {len(packed)} bytes: this U-Boot takes {most} of a "
                         f"{form}" + ("" if form == "zimage" else "; a zimage may be larger"))
    raw = folder / "plumbline.img"
    raw.write_bytes(packed)
    if form == "zimage":
        return raw
    if form == "uimage":
        out = folder / "plumbline.ub"
        _mkimage(folder, "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none", "-n", "Plumbline",
                 "-a", f"{LOAD:#x}", "-e", f"{LOAD:#x}", "-d", str(raw), str(out))
        return out
    source, out = folder / "plumbline.its", folder / "plumbline.itb"
    source.write_text(FIT.format(image=raw, load=LOAD))
    _mkimage(folder, "-f", str(source), str(out))
    return out


def _script(folder: Path, name: str, form: str, tree: bool) -> Path:
    source, out = folder / "boot.cmd", folder / "boot.scr"
    source.write_text(SCRIPT.format(name=name, boot=BOOT[form],
                                    tree=TREE.format(at=TREE_AT) if tree else ""))
    _mkimage(folder, "-A", "arm", "-T", "script", "-C", "none", "-n", "Plumbline", "-d",
             str(source), str(out))
    return out


def _write_stage(image: Path, stage: Stage, path: Path) -> Part:
    data = path.read_bytes()
    room = (stage.end - stage.first) * SECTOR
    if not 0 < len(data) <= room:
        raise PlumbError(f"{relative(path)}: {len(data)} bytes: {stage.text} has 1 to {room}")
    with image.open("r+b") as file:
        file.seek(stage.first * SECTOR)
        file.write(data)
    return Part(stage.first, align_up(len(data), SECTOR) // SECTOR, f"{stage.text}: {path.name}")


def _write_stages(image: Path, target: Target, bl1: Path | None) -> list[Part]:
    if bl1 and BL1 not in target.stages:
        raise PlumbError("--bl1: only an Exynos board has one (--target arndale)")
    parts = []
    for stage in target.stages:
        file = debian.firmware(stage.file) if stage.file else None
        if stage is BL1:
            file = bl1
        if file:
            parts.append(_write_stage(image, stage, file))
        else:
            parts.append(Part(stage.first, stage.end - stage.first, stage.text, stage is BL1))
    return parts


def _filesystem(image: Path, files: list[Path], size: int) -> Part:
    # Written with the tools that need neither root nor a loop device.
    sectors = size // SECTOR - PARTITION
    run_tool([tool("sfdisk"), "-q", str(image)], "sfdisk",
             f"label-id: 0x504c4d42\nstart={PARTITION}, type=c, bootable\n".encode())
    place = f"{image}@@{PARTITION * SECTOR}"
    os.environ["SOURCE_DATE_EPOCH"] = DATE
    run_tool([tool("mformat"), "-i", place, "-F", "-v", "PLUMBLINE", "-N", "504c4d42", "-T",
              str(sectors), "::"], "mformat")
    for path in files:
        os.utime(path, (int(DATE), int(DATE)))
        run_tool([tool("mcopy"), "-m", "-i", place, str(path), f"::{path.name}"], "mcopy")
    held = ", ".join(f"{path.name} ({path.stat().st_size} bytes)" for path in files)
    return Part(PARTITION, sectors, f"FAT32: {held}")


def _tree(target: Target, dtb: bytes | None, what: str) -> bytes | None:
    """The board's tree on the disk, if there is one."""
    if dtb is None and target.dtb:
        return debian.boards()[target.dtb].read_bytes()
    if dtb is not None:
        try:
            fdt.parse(dtb)
        except PlumbError as error:
            raise PlumbError(f"{what}: {error}") from error
    return dtb


def make(packed: bytes, target: Target, form: str, dtb: bytes | None, out: Path,
         bl1: Path | None = None, dtb_name: str = "board.dtb") -> list[Part]:
    """Writes the disk image `out`, whole or not at all; what it holds, by sector."""
    if out.exists() and not out.is_file():  # a card's device would become a file
        raise PlumbError(f"{out}: is not a regular file: name a file, and copy it to the card then")
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name)
        tree = _tree(target, dtb, dtb_name)
        system = payload(folder, packed, form, target)
        files = [system, _script(folder, system.name, form, tree is not None)]
        if tree is not None:
            files.append(folder / "board.dtb")
            files[-1].write_bytes(tree)
        need = PARTITION * SECTOR + sum(align_up(f.stat().st_size, 1 << 16) for f in files)
        size = SMALLEST
        while size < need + (4 << 20):
            size *= 2
        image = folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(size)
        partition = _filesystem(image, files, size)
        parts = [Part(0, 1, "partition table (MBR)"), *_write_stages(image, target, bl1), partition]
        image.replace(out)
    return parts


def describe(out: Path, parts: list[Part], target: Target) -> str:
    """Lists what was written and what is missing, and prints the command that writes a card."""
    lines = [f"{relative(out)}: {out.stat().st_size >> 20} MiB; {target.text}",
             "    sector   sectors"]
    for part in parts:
        word = "MISSING: " if part.missing else ""
        lines.append(f"  {part.first:>8}  {part.sectors:>8}  {word}{part.text}")
    if any(part.missing for part in parts):
        lines.append("  MISSING is not in Debian, and the board does not start without: "
                     "--bl1 FILE adds it")
    if target.stages:
        lines += [f"write it:  sudo dd if={relative(out)} of=/dev/sdX bs=1M conv=fsync",
                  "  /dev/sdX is the whole card (lsblk names it). dd does not ask: the data on",
                  "  that disk are lost. Check the name: a wrong name overwrites another disk."]
    return "\n".join(lines)
