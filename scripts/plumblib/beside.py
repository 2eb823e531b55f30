# SPDX-License-Identifier: BSD-2-Clause
"""A Debian kernel alone on bare QEMU, and the same in a partition: the difference in speed.

Both sides have one Cortex-A15, the same kernel, initial RAM disk, bootargs and memory.
"""

import re
import selectors
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import common, fdt, judge, pack, qemu, source
from .common import ROOT, PlumbError, tool

PREFIX = re.compile(r"^\[(\w+)\] ")  # the partition's name before its line


@dataclass
class Line:
    seconds: float  # since QEMU was started
    cpu: float  # seconds that its threads have run
    text: str


@dataclass
class System:
    """A manifest with one partition `guest` at least; `extra`: QEMU's arguments on both sides."""

    source: str
    smp: int = 1
    extra: list[str] = field(default_factory=list)

    def manifest(self) -> bytes:
        return source.compile_source(self.source.encode(), [ROOT], "the system")

    def guest(self) -> fdt.Node:
        """Including the device tree that the partition gets."""
        packed, _ = pack.complete(self.manifest(), judge.Judged("the system"))
        return pack.partition_node(fdt.parse(packed), "guest")


class Pair:
    """The two command lines. The files that they name are in a folder that is removed with this."""

    def __init__(self, system: System, own_tree: bool):
        """`own_tree`: bare QEMU shows its own device tree, not the partition's."""
        self.folder = tempfile.TemporaryDirectory()
        self.system = system
        self.own_tree = own_tree
        self.image = self._file("plumbline.img", pack.pack_source(system.source.encode(), [ROOT],
                                                                  "the system").data)
        node = system.guest()
        self.files = {option: self._file(option, node.props[name])
                      for option, name in (("kernel", "kernel"), ("initrd", "initrd"),
                                           ("dtb", "dtb"))}
        self.bootargs = node.text("bootargs") or ""
        self.memory = node.u32("memory-size") or 0

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, *_: object) -> None:
        self.folder.cleanup()

    def _file(self, name: str, data: bytes) -> Path:
        path = Path(self.folder.name) / name
        path.write_bytes(data)
        return path

    def here(self, icount: bool) -> list[str]:
        return qemu.command(str(self.image), qemu.Run(smp=self.system.smp, memory="1G",
                                                      icount=icount, extra=self.system.extra))

    def bare(self, icount: bool) -> list[str]:
        files = [part for option, path in self.files.items()
                 if not (option == "dtb" and self.own_tree)
                 for part in (f"-{option}", str(path))]
        return [tool("qemu-system-arm"), "-M", "virt,dtb-randomness=off", "-cpu", "cortex-a15",
                "-smp", "1", "-m", f"{self.memory >> 20}M", "-nic", "none", "-display", "none",
                "-no-reboot", *files, "-append", self.bootargs,
                *(qemu.ICOUNT if icount else []), *self.system.extra]


def _cpu_seconds(pid: int) -> float:
    """The time that all its threads have run, as the scheduler counts it; 0 once it has ended."""
    total = 0
    for stat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(stat.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total / 1e9


def _read(process: subprocess.Popen, start: float, limit: float) -> tuple[list[Line], bool]:
    """The console's lines until QEMU ends; False if it did not end in time."""
    lines: list[Line] = []
    partial = b""
    assert process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            now = time.monotonic() - start
            if now >= limit:
                return lines, False
            if not selector.select(limit - now):
                continue
            data = process.stdout.read(65536)
            if not data:
                return lines, True
            now, cpu = time.monotonic() - start, _cpu_seconds(process.pid)
            *whole, partial = (partial + data).split(b"\n")
            lines += [Line(now, cpu, line.decode(errors="replace").rstrip("\r"))
                      for line in whole]


def run(argv: list[str], log: Path, limit: float) -> list[Line]:
    """Runs one QEMU to its end; writes the console to `log`, too."""
    start = time.monotonic()
    with subprocess.Popen([*argv, "-serial", "stdio", "-monitor", "none"], bufsize=0,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, preexec_fn=common.end_with_parent) as process:
        try:
            lines, ended = _read(process, start, limit)
        finally:
            process.kill()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(f"{line.seconds:9.3f} {line.cpu:9.3f} {line.text}\n" for line in lines))
    if not ended:
        raise PlumbError(f"no end in {limit:g} s: {common.relative(log)}")
    return lines


def figures(lines: list[Line], pattern: re.Pattern) -> dict[str, int]:
    """Name and number of every line that matches, of any partition."""
    found = (pattern.fullmatch(PREFIX.sub("", line.text)) for line in lines)
    return {match[1]: int(match[2]) for match in found if match}


def best(into: dict[str, int], new: dict[str, int]) -> None:
    for name, value in new.items():
        into[name] = min(value, into.get(name, value))
