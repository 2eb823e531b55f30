# SPDX-License-Identifier: BSD-2-Clause
"""The two machines: QEMU's virt board alone, and a partition that resembles it.

The board's memory is a file, so that the guest's record can be read from it afterwards.
"""

import os
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from plumblib import beside, pack, qemu
from plumblib.common import ROOT, PlumbError, tool

from . import program

GUEST = "build/guest/test-lockstep"
RAM = 0x40000000  # of the board, and of the guest
MEMORY = 64 << 20  # of the guest
PLACE = 0x4A000000  # of the partition, in the board's memory
RECORD = 0x43000000  # lockstep.h
LIMIT = 600.0


@dataclass
class Machine:
    """What runs the programs."""

    cpus: int = 1
    bare: bool = False  # without the monitor
    shared: bool = False  # all vCPUs on one CPU
    limit: float = LIMIT
    log: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        if self.bare:
            return "bare"
        return "partition, shared" if self.shared else "partition"

    def _manifest(self, initrd: Path) -> bytes:
        masks = "1" if self.shared else " ".join(f"{1 << n:#x}" for n in range(self.cpus))
        return f"""/dts-v1/;
/ {{
	compatible = "plumbline,system-1";
	{"time-slice-us = <100>;" if self.shared else ""}
	guest {{
		compatible = "plumbline,partition";
		vcpus = <{self.cpus}>;
		cpus = <{masks}>;
		memory-size = <{MEMORY:#x}>;
		memory-at = <0 {PLACE:#x}>;
		irqs = <288>;
		kernel = /incbin/("{GUEST}.bin");
		initrd = /incbin/("{initrd}");
		rights = "guest";
		bootargs = "{"looks=0" if self.shared else ""}";
	}};
}};
""".encode()

    def _command(self, folder: Path, initrd: Path, ram: Path) -> list[str]:
        size = "64M" if self.bare else "256M"
        extra = ["-object", f"memory-backend-file,id=ram,size={size},mem-path={ram},share=on",
                 "-machine", "memory-backend=ram"]
        if self.bare:
            return [tool("qemu-system-arm"), "-M", "virt,dtb-randomness=off", "-cpu", "cortex-a15",
                    "-smp", str(self.cpus), "-m", size, "-nic", "none", "-display", "none",
                    "-no-reboot", "-kernel", str(ROOT / f"{GUEST}.bin"), "-initrd", str(initrd),
                    *qemu.ICOUNT, *extra]
        image = folder / "image"
        packed = pack.pack_source(self._manifest(initrd), [ROOT], "the lockstep system")
        image.write_bytes(packed.data)
        board = 1 if self.shared else self.cpus
        return qemu.command(str(image), qemu.Run(smp=board, memory=size, icount=True, extra=extra))

    def run(self, programs: list[program.Program]) -> list[tuple[int, bytes]]:
        """The records, as many as there are; raises PlumbError if it did not reach the end."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            initrd, ram, log = folder / "programs", folder / "ram", folder / "log"
            initrd.write_bytes(program.pack(programs))
            try:
                lines = beside.run(self._command(folder, initrd, ram), log, self.limit)
                self.log = [line.text for line in lines]
            except PlumbError:
                self.log = log.read_text().splitlines()
            return _read(ram, RECORD - RAM + (0 if self.bare else PLACE - RAM))


def _read(ram: Path, offset: int) -> list[tuple[int, bytes]]:
    with open(ram, "rb") as file:
        if os.fstat(file.fileno()).st_size < offset + 12:
            return []
        file.seek(offset)
        head = file.read(12)
        words = struct.unpack("<III", head)[2]
        return program.unpack(head + file.read(4 * words - 12)) if words >= 3 else []
