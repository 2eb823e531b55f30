# SPDX-License-Identifier: BSD-2-Clause
"""U-Boot (u-boot-qemu, in QEMU) with the disks of `plumb disk`: damaged files are refused, by
U-Boot's CRC or hash or by the monitor's seal; complete files start, also by TFTP and fw_cfg."""

import argparse
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lib.check import Check
from lib.uboot import Boot, drive, make_disk, run
from plumblib import pack
from plumblib.common import BUILD, ROOT

HELP = """\
examples:
  test/tool check/uboot                all cases
  test/tool check/uboot --show tftp    one, with its console
"""
SYSTEM = ROOT / "guest" / "hello.dts"
FROM_NET = ("setenv autoload no", "dhcp", "tftpboot ${kernel_addr_r} plumbline.img",
            "bootz ${kernel_addr_r} - ${fdtcontroladdr}")
CUT = r"plumbline: refused: image: its end is missing: load the whole file"
END = r"plumbline: end: status 0"


def flip(image: Path, data: bytes) -> Path:
    """Flips a bit in the middle of the system on the disk, where files are contiguous."""
    whole = bytearray(image.read_bytes())
    at = whole.find(data)
    assert at > 0 and whole.find(data, at + 1) < 0
    whole[at + len(data) // 2] ^= 0x10
    image.write_bytes(whole)
    return image


def boots(folder: Path, data: bytes) -> list[Boot]:
    net = folder / "net"
    net.mkdir()
    (net / "plumbline.img").write_bytes(data)
    return [
        Boot("fit", drive(flip(make_disk(folder, "fit", data, "fit"), data)), r"Bad hash"),
        Boot("uimage", drive(flip(make_disk(folder, "uimage", data, "uimage"), data)),
             r"Bad Data CRC"),
        # The manifest's structure is truncated; then only the seal.
        Boot("zimage-short", drive(make_disk(folder, "short", data[:-512], "zimage")), CUT, END),
        Boot("zimage-seal", drive(make_disk(folder, "seal", data[:-4], "zimage")), CUT, END),
        Boot("tftp", ["-netdev", f"user,id=net,restrict=on,tftp={net}",
                      "-device", "virtio-net-device,netdev=net"], END, "refused|panic", FROM_NET,
             (rf"Bytes transferred = {len(data)} ",)),
        Boot("kernel", ["-nic", "none", "-kernel", str(net / "plumbline.img")], END,
             "refused|panic", ()),
    ]


def judge(check: Check, boot: Boot) -> None:
    found = re.search(boot.good, boot.said) is not None
    wrong = re.search(boot.bad, boot.said)
    lacks = [text for text in boot.wants if not re.search(text, boot.said)]
    check.result(found and not wrong and not lacks, f"{boot.what}: {boot.good}",
                 f"lacks {lacks}\n{boot.said}")


def arguments(parser: argparse.ArgumentParser) -> None:
    names = ("fit", "uimage", "zimage-short", "zimage-seal", "tftp", "kernel")
    parser.add_argument("--show", metavar="NAME", choices=names,
                        help=f"only one of {', '.join(names)}, with its console")


def main(check: Check, args: argparse.Namespace) -> None:
    packed = pack.pack_file(SYSTEM).data
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as place, ThreadPoolExecutor(2) as pool:
        chosen = [boot for boot in boots(Path(place), packed) if args.show in (None, boot.what)]
        for boot in pool.map(run, chosen):
            if args.show:
                print(boot.said)
            judge(check, boot)
