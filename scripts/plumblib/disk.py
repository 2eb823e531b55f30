# SPDX-License-Identifier: BSD-2-Clause
"""Disk images that U-Boot boots by itself: its own stages, a FAT partition with the packed system,
and a boot script."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .common import BUILD, PlumbError, align_up, relative, run_tool, tool

FIRMWARE = BUILD / "guests" / "firmware"
SECTOR = 512
PARTITION = 2048  # sectors: 1 MiB, behind whatever a board's ROM wants in front
SMALLEST = 64 << 20  # FAT32 has 65525 clusters at least; SD cards in QEMU are powers of two
# And how U-Boot boots them. A FIT's configuration is named: without a name some builds look for one
# with their own board's tree.
BOOT = {"zimage": "bootz ${kernel_addr_r}", "uimage": "bootm ${kernel_addr_r}",
        "fit": "bootm ${kernel_addr_r}#system"}
FORMATS = tuple(BOOT)
DATE = "1577836800"  # 2020-01-01: what is the same gives the same file


@dataclass(frozen=True)
class Target:
    """A board that boots from such a disk."""

    text: str
    load: int  # where uImage and FIT go; a zImage runs where the script loads it
    firmware: tuple[tuple[str, int], ...] = ()  # files of FIRMWARE and their sectors
    dtb: str = ""  # of build/guests/dtbs; "": U-Boot's own tree tells the board
    needs: str = ""  # what has to be added by hand


TARGETS = {
    "qemu": Target("QEMU's virt with U-Boot (u-boot-qemu) as its -bios", 0x48000000),
    "orangepi-pc": Target("Orange Pi PC, as in QEMU: SPL and U-Boot on the card", 0x48000000,
                          (("orangepi_plus/u-boot-sunxi-with-spl.bin", 16),)),
    "arndale": Target("Arndale (Exynos 5250): SPL and U-Boot on the card", 0x48000000,
                      (("arndale/arndale-spl.bin", 17), ("arndale/u-boot.bin", 49)),
                      "exynos5250-arndale",
                      "Samsung's signed first stage (BL1, 8 KiB) at sector 1"),
}

# Loads at ${kernel_addr_r}; the tree is U-Boot's own unless the disk brings one.
SCRIPT = """\
echo Plumbline: {name} from ${{devtype}} ${{devnum}}
load ${{devtype}} ${{devnum}}:${{distro_bootpart}} ${{kernel_addr_r}} {name} || exit
setenv plumb_fdt ${{fdtcontroladdr}}
{tree}{boot} - ${{plumb_fdt}}
"""
TREE = """\
load ${devtype} ${devnum}:${distro_bootpart} ${fdt_addr_r} board.dtb && setenv plumb_fdt ${fdt_addr_r}
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


def _mkimage(folder: Path, *argv: str) -> None:
    os.environ["SOURCE_DATE_EPOCH"] = DATE
    run_tool([tool("mkimage"), *argv], f"mkimage, in {relative(folder)}")


def payload(folder: Path, packed: bytes, form: str, load: int) -> Path:
    """The packed system as a file that U-Boot's bootz or bootm takes."""
    if form not in FORMATS:
        raise PlumbError(f"no format '{form}': one of {', '.join(FORMATS)}")
    raw = folder / "plumbline.img"
    raw.write_bytes(packed)
    if form == "zimage":
        return raw
    if form == "uimage":
        out = folder / "plumbline.ub"
        _mkimage(folder, "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none", "-n", "Plumbline",
                 "-a", f"{load:#x}", "-e", f"{load:#x}", "-d", str(raw), str(out))
        return out
    source, out = folder / "plumbline.its", folder / "plumbline.itb"
    source.write_text(FIT.format(image=raw, load=load))
    _mkimage(folder, "-f", str(source), str(out))
    return out


def _script(folder: Path, name: str, form: str, tree: bool) -> Path:
    source, out = folder / "boot.cmd", folder / "boot.scr"
    source.write_text(SCRIPT.format(name=name, boot=BOOT[form], tree=TREE if tree else ""))
    _mkimage(folder, "-A", "arm", "-T", "script", "-C", "none", "-n", "Plumbline", "-d",
             str(source), str(out))
    return out


def _firmware(image: Path, target: Target) -> None:
    for name, sector in target.firmware:
        path = FIRMWARE / name
        if not path.exists():
            raise PlumbError(f"{relative(path)}: missing: 'make setup' fetches the boards' U-Boot")
        data = path.read_bytes()
        if sector * SECTOR + len(data) > PARTITION * SECTOR:
            raise PlumbError(f"{relative(path)}: does not fit before the partition")
        with image.open("r+b") as file:
            file.seek(sector * SECTOR)
            file.write(data)


def _filesystem(image: Path, files: list[Path], size: int) -> None:
    # Written with the tools that need neither root nor a loop device.
    run_tool([tool("sfdisk"), "-q", str(image)], "sfdisk",
             f"label-id: 0x504c4d42\nstart={PARTITION}, type=c, bootable\n".encode())
    place = f"{image}@@{PARTITION * SECTOR}"
    os.environ["SOURCE_DATE_EPOCH"] = DATE
    run_tool([tool("mformat"), "-i", place, "-F", "-v", "PLUMBLINE", "-N", "504c4d42", "-T",
              str(size // SECTOR - PARTITION), "::"], "mformat")
    for path in files:
        run_tool([tool("mcopy"), "-i", place, str(path), f"::{path.name}"], "mcopy")


def make(packed: bytes, target: Target, form: str, dtb: bytes | None, out: Path) -> None:
    """Writes the disk image `out`, whole or not at all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        system = payload(folder, packed, form, target.load)
        files = [system, _script(folder, system.name, form, dtb is not None)]
        if dtb is not None:
            files.append(folder / "board.dtb")
            files[-1].write_bytes(dtb)
        need = PARTITION * SECTOR + sum(align_up(f.stat().st_size, 1 << 16) for f in files)
        size = SMALLEST
        while size < need + (4 << 20):
            size *= 2
        image = folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(size)
        _filesystem(image, files, size)
        _firmware(image, target)
        out.unlink(missing_ok=True)
        run_tool([tool("cp"), "--sparse=always", str(image), str(out)], "cp")
