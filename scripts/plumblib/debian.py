# SPDX-License-Identifier: BSD-2-Clause
"""Debian's armhf kernels and busybox, through apt with a state of its own under build/guests."""

import contextlib
import fcntl
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import download
from .common import BUILD, INSTALLED, WORK, PlumbError, relative, tool

# A folder that cannot be written may hold all of it already.
GUESTS = (BUILD if (BUILD / "guests").is_dir() else WORK) / "guests"
STAMP = GUESTS / "fetched.json"
DEBS = GUESTS / "debs"
PARTIAL = DEBS / "partial"  # the part that a broken download has left
FLAVOURS = ("armmp", "armmp-lpae", "rt-armmp")
REQUIRED = ("armmp", "busybox")  # fetched with any other
# Modules that the initramfs may load; in this order, which is that of their dependencies.
MODULES = ("evdev", "uio", "virtio_mmio", "virtio_blk", "virtio-rng", "failover", "net_failover",
           "virtio_net", "virtio_console", "tun", "sp805_wdt")
# And those behind a root file system on a disk.
ROOT_MODULES = ("crc16", "crc32c_generic", "mbcache", "jbd2", "ext4")
UNPACKED = MODULES + ROOT_MODULES
BUSYBOX = ("bin/busybox", "usr/bin/busybox")  # the latter from Debian 13 on
# Boards whose device trees are in the kernel's package; the monitor is checked against them.
DTBS = GUESTS / "dtbs"
BOARDS = ("am57xx-beagle-x15", "bcm2836-rpi-2-b", "dra7-evm", "ecx-2000", "exynos4210-origen",
          "exynos5250-arndale", "exynos5420-arndale-octa", "exynos5422-odroidxu4", "highbank",
          "imx6ul-14x14-evk", "imx7d-sdb", "omap5-uevm", "stm32mp157c-dk2", "sun7i-a20-bananapi",
          "sun7i-a20-cubieboard2", "sun8i-h3-orangepi-pc", "tegra124-jetson-tk1",
          "vexpress-v2p-ca15-tc1", "vexpress-v2p-ca15_a7")
# The parts of boards' own U-Boot, by package; paths below usr/lib/u-boot there, and below FIRMWARE.
FIRMWARE = GUESTS / "firmware"
FIRMWARE_FILES = {
    "u-boot-sunxi": ("orangepi_plus/u-boot-sunxi-with-spl.bin",),
    "u-boot-exynos": ("arndale/arndale-spl.bin", "arndale/u-boot.bin"),
}
FORMAT = 2  # version of the unpacked files: after a change they are unpacked again
FETCH = "plumb fetch" if INSTALLED else "scripts/linux fetch"  # the command that fetches them
OFFLINE = f"""no package lists, or no packages, from Debian: is this machine offline?
  The Linux guests need them once; everything else of 'make' and 'make test' works without.
  If a mirror is available, name it in /etc/apt/sources.list and run '{FETCH}' again;
  or copy the .deb files of another machine's build/guests/debs to the same folder here."""


# Sources and keys are the system's; the system's hooks are not run. Sandbox::User "": apt keeps the
# calling user, who owns the state.
APT_CONF = """\
#clear APT::Architectures;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Architecture "MACHINE";
APT::Architectures { "MACHINE"; };
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "2";
Dir::State "STATE";
Dir::State::status "STATE/status";
Dir::Cache "STATE/cache";
Dir::Log "STATE";
"""


def _prepare(name: str = "apt", machine: str = "armhf") -> Path:
    """The folders, and a configuration in place of dpkg's list of architectures."""
    state = GUESTS / name
    for folder in (state / "lists" / "partial", state / "cache" / "archives" / "partial", PARTIAL):
        folder.mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    config = state / "apt.conf"
    config.write_text(APT_CONF.replace("STATE", str(state)).replace("MACHINE", machine))
    return config


def _apt(config: Path, *argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    # -c: read after the system's own configuration, so that these settings hold.
    return subprocess.run([tool(argv[0]), "-c", str(config), *argv[1:]], cwd=cwd,
                          env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True,
                          check=False)


def _field(config: Path, package: str, field: str) -> str | None:
    """A field of the version that apt would install."""
    shown = _apt(config, "apt-cache", "show", "--no-all-versions", package).stdout
    match = re.search(rf"^{field}: (.*)$", shown, re.MULTILINE)
    return match[1] if match else None


def _kernel_package(config: Path, flavour: str) -> str | None:
    """The package on which the meta package depends now: linux-image-6.1.0-…-armmp."""
    depends = _field(config, f"linux-image-{flavour}", "Depends") or ""
    match = re.search(rf"linux-image-\S+-{flavour}(?![\w-])", depends)
    return match[0] if match else None


def _update(config: Path, say, machine: str = "armhf") -> str:
    """Fetches newer package lists; returns apt's complaints."""
    say(f"package lists of Debian {machine} (kept in {relative(config.parent)}, apart from the system's)")
    live = sys.stdout.isatty()  # then apt shows its progress
    return subprocess.run([tool("apt-get"), "-c", str(config), "-q=0" if live else "-qq", "update"],
                          env={**os.environ, "LC_ALL": "C"}, text=True, check=False,
                          stdout=None if live else subprocess.DEVNULL,
                          stderr=subprocess.PIPE).stderr.strip()


def _resolve(config: Path, flavours: Iterable[str]) -> dict[str, str] | None:
    wanted = {flavour: _kernel_package(config, flavour) for flavour in flavours}
    wanted["busybox"] = "busybox-static" if _field(config, "busybox-static", "Version") else None
    return _whole(wanted)


def _whole(wanted: dict[str, str | None]) -> dict[str, str] | None:
    found = {name: package for name, package in wanted.items() if package}
    return found if len(found) == len(wanted) else None


def _deb(package: str) -> Path | None:
    """The newest file of a package that was fetched, or put there, before."""
    found = sorted(DEBS.glob(f"{package}_*_armhf.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def _fetched(package: str, name: str = "") -> Path:
    """The same, which must be there. `name`: what fetches no more than it, if not all is meant."""
    deb = _deb(package)
    if deb is None:
        raise PlumbError(f"{package} has not been fetched: run '{FETCH}{name}'")
    return deb


def _kernel_deb(flavour: str) -> Path | None:
    """The same of a kernel: linux-image-6.1.0-50-armmp, and no -rt-armmp for armmp."""
    pattern = f"linux-image-[0-9]*-{flavour}"
    longer = [other for other in FLAVOURS if other.endswith(f"-{flavour}")]
    found = [path for path in DEBS.glob(f"{pattern}_*_armhf.deb")
             if not any(path.name.split("_")[0].endswith(f"-{other}") for other in longer)]
    return max(found, key=lambda path: path.stat().st_mtime) if found else None


def _laid_there(flavours: Iterable[str]) -> dict[str, str] | None:
    """Names of packages whose files are present; apt is not run."""
    wanted: dict[str, str | None] = {"busybox": "busybox-static" if _deb("busybox-static") else None}
    for flavour in flavours:
        newest = _kernel_deb(flavour)
        wanted[flavour] = newest.name.split("_")[0] if newest else None
    return _whole(wanted)


def _download(config: Path, packages: list[str], say) -> None:
    """Fetches the newest files of these packages. A file gets its name when it is complete."""
    for package in packages:
        file = download.listed(_apt(config, "apt-get", "-qq", "download", "--print-uris",
                                    package).stdout)
        if file is None:
            raise PlumbError(f"no {package} in Debian's package lists\n{OFFLINE}")
        if file.is_whole(DEBS / file.name):
            continue
        say(f"fetching {file.name} ({download.amount(file.size)})")
        part = PARTIAL / file.name
        try:
            download.get(config, file, part, say)
        except PlumbError as error:
            kept = "\n  The next run resumes the download." if part.exists() else ""
            raise PlumbError(f"{error}\n{OFFLINE}{kept}") from error
        if part.is_symlink():  # to the file of a mirror on this machine
            plain = part.with_name(f"{part.name}.copy")
            shutil.copy2(part, plain)
            plain.rename(part)
        part.rename(DEBS / file.name)


def _write(path: Path, data: bytes) -> None:
    """In one step: an interruption leaves no incomplete file."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(data)
    fresh.rename(path)


def _unpack(deb: Path, wanted) -> dict[str, str]:
    """Extracts the files for whose path `wanted` gives a destination; destinations by path.
    A module that is compressed itself (Debian 13) is unpacked: busybox loads plain ones."""
    taken = {}
    with tempfile.TemporaryFile() as plain:
        done = subprocess.run([tool("dpkg-deb"), "--fsys-tarfile", str(deb)], stdout=plain,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise PlumbError(f"{relative(deb)}: {done.stderr.decode(errors='replace').strip()}\n"
                             f"remove the file and run '{FETCH}' again")
        plain.seek(0)
        with tarfile.open(fileobj=plain) as archive:
            for member in archive:
                place = wanted(member.name.removeprefix("./"))
                if place is not None and member.isfile():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    file = archive.extractfile(member)
                    assert file  # it is a file, and no link
                    data = file.read()
                    _write(place, lzma.decompress(data) if member.name.endswith(".xz") else data)
                    taken[member.name] = str(place)
    return taken


def _unpack_kernel(flavour: str, package: str) -> None:
    folder = GUESTS / flavour

    def wanted(path: str) -> Path | None:
        name = Path(path).name
        if path.startswith("boot/vmlinuz-"):
            return folder / "vmlinuz"
        if path.startswith("boot/config-"):
            return folder / "config"
        module = name.removesuffix(".xz")
        if module.endswith(".ko") and module[:-3] in UNPACKED:
            return folder / "modules" / module
        return None

    _unpack(_fetched(package), wanted)
    if not (folder / "vmlinuz").exists():
        raise PlumbError(f"{package} holds no boot/vmlinuz")
    (folder / "release").write_text(package.removeprefix("linux-image-") + "\n")


def _stamp() -> dict:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def _there() -> dict[str, str]:
    """Names of the package files by purpose, if this version of the tool has unpacked them."""
    stamp = _stamp()
    if stamp.get("format") != FORMAT or stamp.get("modules") != list(UNPACKED):
        return {}
    files = {flavour: GUESTS / flavour / "vmlinuz" for flavour in FLAVOURS}
    files["busybox"] = GUESTS / "busybox"
    debs = stamp.get("debs", {})
    return {name: debs[name] for name, path in files.items() if debs.get(name) and path.exists()}


def _note(debs: dict[str, str]) -> None:
    stamp = {"format": FORMAT, "modules": list(UNPACKED), "debs": debs}
    _write(STAMP, (json.dumps(stamp, indent=1) + "\n").encode())


def _is_complete(flavours: Iterable[str] = FLAVOURS) -> bool:
    return {*flavours, "busybox"} <= set(_there())


def boards() -> dict[str, Path]:
    """Device trees by the names in BOARDS, unpacked at the first use."""
    deb = _deb("linux-image-[0-9]*[0-9]-armmp")  # not the rt flavour
    if deb is None:
        raise PlumbError("boards' device trees have not been fetched (Debian's linux-image-armmp has them): "
                         f"run '{FETCH} armmp'")
    stamp = DTBS / "from"
    want = "\n".join([deb.name, *BOARDS, ""])
    if not stamp.exists() or stamp.read_text() != want:
        _unpack_boards(deb, want)
    return {name: DTBS / f"{name}.dtb" for name in BOARDS}


def _unpack_boards(deb: Path, stamp: str) -> None:
    """In one step: another process may be doing the same."""
    with tempfile.TemporaryDirectory(dir=GUESTS) as place:
        fresh = Path(place) / "new"
        names = {f"{name}.dtb" for name in BOARDS}
        _unpack(deb, lambda path: fresh / Path(path).name if Path(path).name in names else None)
        missing = sorted(name for name in names if not (fresh / name).exists())
        if missing:
            raise PlumbError(f"{relative(deb)} holds no {', '.join(missing)}")
        (fresh / "from").write_text(stamp)
        try:
            if DTBS.exists():
                DTBS.rename(Path(place) / "old")
            fresh.rename(DTBS)
        except OSError as error:
            if not (DTBS / "from").exists():
                raise PlumbError(f"{relative(DTBS)}: {error.strerror}") from error


def firmware(name: str) -> Path:
    """A file of FIRMWARE_FILES, unpacked at the first use."""
    package = next(package for package, names in FIRMWARE_FILES.items() if name in names)
    path, deb = FIRMWARE / name, _fetched(package, " firmware")
    stamp = path.with_name(f"{path.name}.from")
    if not path.exists() or not stamp.exists() or stamp.read_text() != deb.name:
        with tempfile.TemporaryDirectory(dir=GUESTS) as place:
            fresh = Path(place) / path.name
            _unpack(deb, lambda inside: fresh if inside == f"usr/lib/u-boot/{name}" else None)
            if not fresh.exists():
                raise PlumbError(f"{relative(deb)} holds no usr/lib/u-boot/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.rename(path)  # in one step: another process may be doing the same
            (Path(place) / "from").write_text(deb.name)
            (Path(place) / "from").rename(stamp)
    return path


def firmware_packages() -> list[str]:
    """Names of the package files of firmware() that are present."""
    return [deb.name for package in FIRMWARE_FILES if (deb := _deb(package))]


@contextlib.contextmanager
def _alone(say) -> Iterator[None]:
    """Excludes other processes that fetch: a make with -j may need two kernels."""
    GUESTS.mkdir(parents=True, exist_ok=True)
    with open(GUESTS / "lock", "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is fetching: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch_firmware(say) -> bool:
    """Fetches the packages of FIRMWARE_FILES; False if they were present."""
    with _alone(say):
        missing = [package for package in FIRMWARE_FILES if not _deb(package)]
        if missing:
            config = _prepare()
            _update(config, say)
            _download(config, missing, say)
        return bool(missing)


def _unpack_busybox(package: str) -> None:
    busybox, deb = GUESTS / "busybox", _fetched(package)
    _unpack(deb, lambda path: busybox if path in BUSYBOX else None)
    if not busybox.exists():
        raise PlumbError(f"{relative(deb)} holds none of {', '.join(BUSYBOX)}")


def _fetch(say, again: bool, flavours: list[str]) -> bool:
    if _is_complete(flavours) and not again:
        return False
    config = _prepare()
    wanted = None if again else _laid_there(flavours)
    if wanted is None:
        said = _update(config, say)
        wanted = _resolve(config, flavours)
        if wanted is None:
            raise PlumbError(f"{said}\n{OFFLINE}")
        _download(config, list(wanted.values()), say)
    debs = {name: _fetched(package).name for name, package in wanted.items()}
    old = [name for name, deb in _there().items() if debs.get(name) == deb]
    # After an interruption here, the request is recorded, and that it is not fulfilled.
    _note({name: deb if name in old else "" for name, deb in debs.items()})
    for name, package in wanted.items():
        if name in old:
            continue
        say(f"unpacking {package}")
        if name == "busybox":
            _unpack_busybox(package)
        else:
            _unpack_kernel(name, package)
    _note(debs)
    return True


def fetch(say, again: bool = False, flavours: Iterable[str] = FLAVOURS) -> bool:
    """Adds these kernels to build/guests; False if all were present. `again` looks for newer
    versions in Debian."""
    with _alone(say):
        asked = {*REQUIRED, *flavours, *_stamp().get("debs", {})}
        return _fetch(say, again, [flavour for flavour in FLAVOURS if flavour in asked])


def versions() -> dict[str, str]:
    """Names of the package files by purpose; PlumbError if they are absent. If only a kernel that
    was added to the list later is absent, the others can be used: only its own tests fail."""
    there = _there()
    if not set(REQUIRED) <= set(there):
        raise PlumbError(f"Debian's kernels have not been fetched: run '{FETCH}'")
    return there
