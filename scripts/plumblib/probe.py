# SPDX-License-Identifier: BSD-2-Clause
"""The probe: its image, with a given UART and device tree if required, and runs in QEMU."""

import os
import re
import struct
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from . import boards, common, uarts
from .common import BUILD, PlumbError, tool

PLAIN = BUILD / "probe" / "plain.img"
IMAGE = BUILD / "probe.img"
MAGIC_AT, UART_AT = 0x34, 0x38  # boot/probe/start.S
MAGIC = b"PRBE"
SIZE_AT = 0x2C
TREE_MAGIC = bytes.fromhex("d00dfeed")
END = re.compile(r"^plumbline probe: (end|stops): ", re.M)
# Boards for the probe alone, which the monitor does not run on; and QEMU's number of the UART.
MORE = {
    "smdkc210": boards.Board(("-M", "smdkc210"), "Secure SVC, without HYP",
                             dtb="exynos4210-origen", memory="1G"),
}
SERIAL = {"smdkc210": 2}
MEMORY = "512M"  # where the board has no memory of its own
BOARDS = {**boards.BOARDS, **MORE}


def uart_kinds() -> list[str]:
    """Names by their numbers: they are in the monitor's rows only. The first is 'none'."""
    return ["none", *(row.name for row in uarts.rows())]


def parse_uart(text: str) -> tuple[int, int, int, int]:
    """KIND,ADDRESS[,SHIFT[,WIDTH]] -> the words of the header."""
    kind, *numbers = text.split(",")
    kinds = uart_kinds()
    try:
        values = [int(number, 0) for number in numbers]
    except ValueError:
        values = []
    if kind not in kinds[1:] or not 1 <= len(values) <= 3:
        raise PlumbError(f"--uart {text}: write KIND,ADDRESS[,SHIFT[,WIDTH]], as "
                         f"8250,0x01c28000,2; kinds are {', '.join(kinds[1:])}")
    base, shift, width = (*values, *(2, 4)[len(values) - 1:])
    if not 0 <= base < 1 << 32 or not 0 <= shift <= 4 or width not in (1, 4) or base % width:
        raise PlumbError(f"--uart {text}: the address is below 4 GiB and a multiple of the width, "
                         "shift at most 4, width 1 or 4")
    return kinds.index(kind), base, shift, width


def image(uart: str | None = None, tree: Path | None = None) -> bytes:
    data = bytearray(PLAIN.read_bytes())
    if data[MAGIC_AT:MAGIC_AT + 4] != MAGIC or struct.unpack_from("<I", data, SIZE_AT)[0] != len(data):
        raise PlumbError(f"{common.relative(PLAIN)}: not the probe, or truncated")
    if uart:
        struct.pack_into("<4I", data, UART_AT, *parse_uart(uart))
    if tree:
        blob = tree.read_bytes()
        if not blob.startswith(TREE_MAGIC):
            raise PlumbError(f"{tree}: not a device tree (a .dtb file)")
        data += blob
    return bytes(data)


@dataclass
class Run:
    board: str
    data: bytes
    place: Path  # for the image
    give_tree: bool = True  # to QEMU, and so in r2
    stub: bytes = b""  # an ELF program to start instead, with the image in memory at `at`
    at: int = 0
    extra: tuple[str, ...] = ()

    def command(self) -> list[str]:
        if self.board not in BOARDS:
            raise PlumbError(f"no board '{self.board}': one of {', '.join(BOARDS)}")
        board = BOARDS[self.board]
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self.place.write_bytes(self.data)
        if self.stub:
            stub = self.place.with_suffix(".stub")
            stub.write_bytes(self.stub)
            start = [*board.machine, "-kernel", str(stub), "-device",
                     f"loader,file={self.place},addr={self.at:#x},force-raw=on"]
        else:
            start = boards.arguments(board if self.give_tree else replace(board, dtb=""),
                                     str(self.place))
        return [tool("qemu-system-arm"), *start, "-smp", str(board.smp),
                "-m", board.memory or MEMORY, "-nic", "none",
                "-display", "none", "-monitor", "none",
                *["-serial", "null"] * SERIAL.get(self.board, 0), "-serial", "stdio", *self.extra]

    def listen(self, timeout: float, show: bool = False) -> str:
        """The console until the probe ends, or until the time limit."""
        process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE,
                                   stderr=None if show else subprocess.STDOUT,
                                   preexec_fn=common.end_with_parent)
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        said, deadline = "", time.monotonic() + timeout
        try:
            while not (match := END.search(said)) or "\n" not in said[match.start():]:
                data = process.stdout.read()
                if data == b"" or time.monotonic() > deadline:
                    break
                if data:
                    text = data.decode(errors="replace").replace("\r", "")
                    said += text
                    if show:
                        print(text, end="", flush=True)
                else:
                    time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
        return said
