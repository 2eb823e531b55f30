# SPDX-License-Identifier: BSD-2-Clause
"""The initial RAM disk of the Linux guests, a cpio archive in 'newc' format, compressed; and the
same files as a disk."""

import gzip
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from .common import relative, run_tool, tool

# Name, mode, major and minor of the nodes that /init needs before it mounts devtmpfs.
DEVICES = (("dev/console", stat.S_IFCHR | 0o600, 5, 1),)
FOLDERS = ("bin", "dev", "lib", "lib/modules", "proc", "root", "sys", "tests", "tmp", "vm")
DISK_SIZE = "48M"


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


@dataclass
class Contents:
    """`scripts`: init.sh becomes /init, others /tests/NAME; `modules` by kernel release; `images`:
    what a virtual machine monitor boots, in /vm."""

    busybox: Path
    scripts: list[Path]
    programs: list[Path]
    modules: dict[str, list[Path]]
    images: list[Path] = field(default_factory=list)

    def files(self) -> Iterator[tuple[str, int, Path]]:
        """Name, permissions, and the source of the data."""
        yield "bin/busybox", 0o755, self.busybox
        for script in self.scripts:
            yield "init" if script.name == "init.sh" else f"tests/{script.name}", 0o755, script
        for program in self.programs:
            yield f"bin/{program.name.removesuffix('.linux')}", 0o755, program
        for release, modules in self.modules.items():
            for file in modules:
                yield f"lib/modules/{release}/{file.name}", 0o644, file
        for image in self.images:
            yield f"vm/{image.name}", 0o644, image


def build(contents: Contents) -> bytes:
    archive = Archive()
    releases = [f"lib/modules/{release}" for release in contents.modules]
    for folder in (*FOLDERS, *releases):
        archive.add(folder, stat.S_IFDIR | 0o755)
    for name, mode, major, minor in DEVICES:
        archive.add(name, mode, device=(major, minor))
    for name, mode, file in contents.files():
        archive.add(name, stat.S_IFREG | mode, file.read_bytes())
    # No time stamp: the same input gives the same file.
    return gzip.compress(archive.finish(), 6, mtime=0)


def build_disk(contents: Contents, words: bytes, image: Path) -> None:
    """The same files as a root file system on a disk; tests read /words."""
    with tempfile.TemporaryDirectory() as top:
        for folder in FOLDERS:
            (Path(top) / folder).mkdir(parents=True)
        for name, mode, file in contents.files():
            place = Path(top) / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(file.read_bytes())
            place.chmod(mode)
        (Path(top) / "words").write_bytes(words)
        image.unlink(missing_ok=True)
        run_tool([tool("mke2fs"), "-q", "-t", "ext4", "-E", "root_owner=0:0", "-m", "0",
                  "-d", top, str(image), DISK_SIZE], f"mke2fs on {relative(image)}")
