# SPDX-License-Identifier: BSD-2-Clause
"""Modules for Debian's armhf kernels: their headers, beside the kernels in build/guests, and builds
against them with the compiler of the monitor. dpkg is not changed, and no root is needed."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import debian
from .common import PlumbError, relative, tool

HEADERS = debian.GUESTS / "headers"  # usr/src/linux-headers-RELEASE and what it refers to
FLAVOURS = ("armmp", "armmp-lpae")  # the real-time kernel has common headers of its own
FORMAT = 1  # version of the unpacked files: after a change they are unpacked again
CROSS = "arm-none-eabi-"  # the kernel's own flags make its ABI of this compiler's
LIMIT = 600  # seconds for a build
AGAIN = "if Debian has a newer kernel, 'scripts/linux fetch --again' gets it, with its headers"


def _machine() -> str:
    """The build machine's architecture, as Debian names it."""
    done = subprocess.run([tool("dpkg"), "--print-architecture"], capture_output=True, text=True,
                          check=False)
    return done.stdout.strip()


def _local(package: str, machine: str) -> Path | None:
    """The newest file of a package in build/guests/debs."""
    found = [path for name in (machine, "all") for path in debian.DEBS.glob(f"{package}_*_{name}.deb")]
    return max(found, key=lambda path: path.stat().st_mtime) if found else None


def _depends(deb: Path) -> tuple[str, str]:
    """The two packages that a flavour's headers need: those of all flavours, and kbuild's programs."""
    said = subprocess.run([tool("dpkg-deb"), "--field", str(deb), "Depends"], capture_output=True,
                          text=True, check=False).stdout
    common = re.search(r"linux-headers-\S+-common(-rt)?(?![\w-])", said)
    kbuild = re.search(r"linux-kbuild-[^\s,]+", said)
    if not common or not kbuild:
        raise PlumbError(f"{relative(deb)}: its dependencies name no common headers or no kbuild:"
                         f" '{said.strip()}'")
    return common[0], kbuild[0]


class _Source:
    """Packages of one architecture, from build/guests/debs or from Debian. The lists that `system`
    has are used if they have the package; others are fetched once, when they are needed."""

    def __init__(self, machine: str, system: bool, say) -> None:
        self.machine, self.system, self.say = machine, system, say
        self.config: Path | None = None

    def get(self, package: str) -> Path:
        """Its file, which is fetched if it is not there."""
        if (there := _local(package, self.machine)) is not None:
            return there
        debian._download(self._lists(package), [package], self.say)
        fetched = _local(package, self.machine)
        if fetched is None:
            raise PlumbError(f"{package} of Debian {self.machine} is not for this architecture")
        return fetched

    def _lists(self, package: str) -> Path:
        """A configuration of apt whose lists have the package."""
        if self.system:
            plain = debian.GUESTS / "apt-system.conf"
            plain.write_text('APT::Sandbox::User "";\n')
            if debian._field(plain, package, "Version"):
                return plain
        if self.config is None:
            folder = f"apt-{self.machine}" if self.system else "apt"
            self.config = debian._prepare(folder, self.machine)
            debian._update(self.config, self.say, self.machine)
        if not debian._field(self.config, package, "Version"):
            raise PlumbError(f"no {package} in the package lists of Debian {self.machine}: {AGAIN}\n"
                             f"{debian.OFFLINE}")
        return self.config


def release(flavour: str) -> str:
    """Of that kernel, as it was fetched: 6.1.0-50-armmp."""
    try:
        return (debian.GUESTS / flavour / "release").read_text().strip()
    except OSError as error:
        raise PlumbError(f"{flavour} has not been fetched: run '{debian.FETCH} {flavour}'") from error


def _stamp(flavour: str) -> Path:
    return HEADERS / f"{flavour}.json"


def folder(flavour: str) -> Path:
    """The headers of the kernel of that flavour, which must be there."""
    place = HEADERS / "usr" / "src" / f"linux-headers-{release(flavour)}"
    try:
        stamp = json.loads(_stamp(flavour).read_text())
    except (OSError, ValueError):
        stamp = {}
    if stamp.get("format") != FORMAT or stamp.get("release") != release(flavour):
        raise PlumbError(f"the headers of {flavour} have not been fetched: run '{debian.FETCH} headers'")
    return place


def _unpack(deb: Path) -> None:
    done = subprocess.run([tool("dpkg-deb"), "--extract", str(deb), str(HEADERS)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PlumbError(f"{relative(deb)}: {done.stderr.strip()}\n"
                         f"remove the file and run '{debian.FETCH} headers' again")


def _adapt(place: Path, common: str) -> None:
    """Debian's files name their place in the system, and their compiler."""
    (place / "Makefile").write_text(
        f"include $(dir $(lastword $(MAKEFILE_LIST)))../{common}/Makefile\n")
    variables = place / ".kernelvariables"
    kept = [line for line in variables.read_text().splitlines()
            if re.match(r"override (ARCH|KERNELRELEASE) ", line)]
    if len(kept) != 2:
        raise PlumbError(f"{relative(variables)}: no ARCH and KERNELRELEASE")
    variables.write_text("\n".join(kept) + "\n")


def _note(flavour: str, debs: list[Path]) -> None:
    names = [deb.name for deb in debs]
    stamp = {"format": FORMAT, "release": release(flavour), "debs": names}
    debian._write(_stamp(flavour), (json.dumps(stamp, indent=1) + "\n").encode())


def _is_there(flavour: str) -> bool:
    try:
        return folder(flavour).is_dir()
    except PlumbError:
        return False


def fetch(say, flavours: list[str]) -> bool:
    """Adds the headers of these kernels, which must be there; False if all were present."""
    with debian._alone(say):
        missing = [flavour for flavour in flavours if not _is_there(flavour)]
        guest, host = _Source("armhf", False, say), _Source(_machine(), True, say)
        unpacked: set[Path] = set()  # kernels of one version share packages
        for flavour in missing:
            flavoured = guest.get(f"linux-headers-{release(flavour)}")
            common, kbuild = _depends(flavoured)
            debs = [flavoured, guest.get(common), host.get(kbuild)]
            _stamp(flavour).unlink(missing_ok=True)
            HEADERS.mkdir(parents=True, exist_ok=True)
            for deb in debs:
                if deb not in unpacked:
                    say(f"unpacking {deb.name.split('_')[0]}")
                    _unpack(deb)
                    unpacked.add(deb)
            _adapt(HEADERS / "usr" / "src" / f"linux-headers-{release(flavour)}", common)
            _note(flavour, debs)
    return bool(missing)


def build(source: Path, flavour: str, output: Path) -> None:
    """Builds the module of a folder with a Kbuild file. Its one .ko becomes `output`, without what
    only a debugger needs, so that the same source gives the same file."""
    if not (source / "Kbuild").is_file():
        raise PlumbError(f"{relative(source)}: no file Kbuild there")
    kernel = folder(flavour)
    if re.search(r"[\s:]", str(kernel)):
        raise PlumbError(f"{kernel}: Linux's make rules take no path with blanks or colons: build "
                         "elsewhere (make O=DIR)")
    with tempfile.TemporaryDirectory() as top:
        work = Path(top) / "module"
        shutil.copytree(source, work)
        _make(kernel, work)
        made = list(work.glob("*.ko"))
        if len(made) != 1:
            raise PlumbError(f"{relative(source)}: {len(made)} modules, not one")
        output.parent.mkdir(parents=True, exist_ok=True)
        fresh = output.with_name(f"{output.name}.new")
        subprocess.run([tool(f"{CROSS}objcopy"), "--strip-debug", str(made[0]), str(fresh)],
                       check=True)
        fresh.rename(output)


def _make(kernel: Path, work: Path) -> None:
    """Variables of a make that runs this one, and of Debian's package builds, have no effect."""
    compiler = tool(f"{CROSS}gcc").removesuffix("gcc")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [tool("make"), "-s", "-C", str(kernel), f"M={work}", f"CROSS_COMPILE={compiler}", "W=1",
         f"KCFLAGS=-Werror -ffile-prefix-map={work}=.", "modules"],
        env={**kept, "LC_ALL": "C"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=LIMIT, check=False)
    if done.returncode != 0:
        raise PlumbError(f"the module for {kernel.name.removeprefix('linux-headers-')} does not "
                         f"build:\n{done.stdout.strip()}")
