# SPDX-License-Identifier: BSD-2-Clause
"""The initial RAM disk of the Linux guests: a cpio archive in 'newc' format, compressed."""

import gzip
import stat
from pathlib import Path

# Name, mode, major and minor of what /init needs before it mounts devtmpfs.
DEVICES = (("dev/console", stat.S_IFCHR | 0o600, 5, 1),)
FOLDERS = ("bin", "dev", "lib", "lib/modules", "proc", "root", "sys", "tests", "tmp")


class Archive:
    """'newc': thirteen eight-digit hexadecimal fields, the name, the data, each padded to 4."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.count = 0

    def add(self, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        self.count += 1
        raw = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.count, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(raw), 0)
        self.data += b"070701" + b"".join(b"%08x" % field for field in fields) + raw
        self.data += bytes(-len(self.data) % 4) + data
        self.data += bytes(-len(self.data) % 4)

    def finish(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return bytes(self.data)


def build(busybox: Path, scripts: list[Path], programs: list[Path],
          modules: dict[str, list[Path]]) -> bytes:
    """`scripts`: init.sh becomes /init, others /tests/NAME; `modules` by kernel release."""
    archive = Archive()
    for folder in FOLDERS:
        archive.add(folder, stat.S_IFDIR | 0o755)
    for name, mode, major, minor in DEVICES:
        archive.add(name, mode, device=(major, minor))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    for script in scripts:
        name = "init" if script.name == "init.sh" else f"tests/{script.name}"
        archive.add(name, stat.S_IFREG | 0o755, script.read_bytes())
    for program in programs:
        archive.add(f"bin/{program.name.removesuffix('.linux')}", stat.S_IFREG | 0o755,
                    program.read_bytes())
    for release, files in modules.items():
        archive.add(f"lib/modules/{release}", stat.S_IFDIR | 0o755)
        for file in files:
            archive.add(f"lib/modules/{release}/{file.name}", stat.S_IFREG | 0o644,
                        file.read_bytes())
    # No time stamp: the same input gives the same file.
    return gzip.compress(archive.finish(), 6, mtime=0)
