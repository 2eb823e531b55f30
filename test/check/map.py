# SPDX-License-Identifier: BSD-2-Clause
"""`plumb map` shows where the monitor puts partitions at boot, on QEMU's boards; it reports that a
board would refuse a system; docs/demo-map.svg is its current output."""

import re
import subprocess
import tempfile
from pathlib import Path

from lib.check import ROOT, Check
from plumblib import debian
from plumblib.common import PlumbError

PICTURE = ROOT / "docs" / "demo-map.svg"
LIMIT = 120  # seconds
FIXED = """/dts-v1/;
/ {
	compatible = "plumbline,system-1";
	first { compatible = "plumbline,partition"; memory-size = <0x400000>; rights = "first";
		kernel = /incbin/("build/guest/hello.bin"); };
	fixed { compatible = "plumbline,partition"; memory-size = <0x400000>; rights = "fixed";
		memory-at = <0 0x40400000>; kernel = /incbin/("build/guest/hello.bin"); };
	large { compatible = "plumbline,partition"; memory-size = <0x7e00000>; rights = "large";
		kernel = /incbin/("build/guest/hello.bin"); };
};
"""
NOWHERE = FIXED.replace("0x40400000", "0x30000000")


def plumb(*words: str) -> tuple[int, str]:
    done = subprocess.run(["scripts/plumb", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, timeout=LIMIT)
    return done.returncode, done.stdout


def booted(said: str) -> dict[str, int]:
    """By partition and shared memory, from the monitor's lines."""
    return {name: int(at, 16) for name, at in
            re.findall(r"^\[plumbline\] ([a-z0-9-]+): .* KiB at 0x([0-9a-f]+)(?:,|$)", said, re.M)}


def mapped(said: str) -> dict[str, int]:
    said = said.replace("iB", " B")
    return {name: int(at, 16) for name, at in
            re.findall(r"^  (\S+) +memory .* B  +0x([0-9a-f]+) to", said, re.M)
            + re.findall(r"^  (\S+) +peer 0 .* {2}0x([0-9a-f]+) to \S+$", said, re.M)
            + re.findall(r"^  (\S+) +peer 0 .* {2}0x([0-9a-f]+) to \S+, placed$", said, re.M)}


def check_places(check: Check, system: str, board: str) -> None:
    _, said = plumb("map", "--no-make", system, "--board", board)
    _, boots = plumb("run", "--no-make", system, "--board", board, "--timeout", "100")
    check.result(len(booted(boots)) >= 3 and mapped(said) == booted(boots),
                 f"{Path(system).name} on {board}: memory is where the map shows it", said + boots)


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory() as place:
        fixed, nowhere, drawn = (Path(place) / name for name in ("fixed.dts", "no.dts", "demo.svg"))
        fixed.write_text(FIXED)
        nowhere.write_text(NOWHERE)
        check_places(check, "guest/demo.dts", "virt")
        check_places(check, str(fixed), "virt")
        check_places(check, "test/systems/sections.dts", "virt")
        try:
            debian.boards()
            check_places(check, "guest/demo.dts", "orangepi-pc")
        except PlumbError as error:
            print(f"SKIP map: {error}")
        code, said = plumb("map", "--no-make", str(nowhere), "--board", "virt")
        check.result(code == 4 and "virt would refuse this system" in said and "memory-at" in said,
                     "a system that the board would refuse", f"exit code {code}\n{said}")
        code, said = plumb("map", "--no-make", "guest/demo.dts", "--board", "virt", "--svg", str(drawn))
        check.result(code == 0 and drawn.read_text() == PICTURE.read_text(),
                     "docs/demo-map.svg is current",
                     "scripts/plumb map guest/demo.dts --board virt --svg docs/demo-map.svg\n" + said)
