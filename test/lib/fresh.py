# SPDX-License-Identifier: BSD-2-Clause
"""For test/fresh: the configuration that a fresh root gets from this machine's apt, and the files
that were fetched in it."""

import re
from dataclasses import dataclass

RELEASES = ("bookworm", "trixie")
# Settings of the host's apt that are copied: access to mirrors, and checks of their dates.
TAKEN = re.compile(r"^Acquire::(?:(?:https?|ftp)::|Check-|Retries)\S* \"[^\"]*\";$", re.MULTILINE)
TARGETS = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
COMPILERS = ("gcc", "libc6-dev", "gcc-arm-none-eabi", "libnewlib-arm-none-eabi")
QEMU = "qemu-system-arm"
URI = re.compile(r"^'\S+' (\S+) (\d+) ", re.MULTILINE)
FETCHED = re.compile(r"^Fetched ([\d.,]+) ([kM]?B) ", re.MULTILINE)
UNITS = {"B": 1, "kB": 1000, "MB": 1000000}


def sources(targets: str, host: str, release: str) -> list[tuple[str, str]]:
    """Mirrors and suites for a release, from the host's (`apt-get indextargets`, by TARGETS):
    Debian's own suites, whose names begin with the release's."""
    found = []
    for line in targets.splitlines():
        uri, suite, component = line.split("|")
        if component == "main" and re.fullmatch(rf"{host}(-updates|-security)?", suite):
            entry = (uri, release + suite.removeprefix(host))
            if entry not in found:
                found.append(entry)
    return found


def main_mirror(entries: list[tuple[str, str]], release: str) -> str | None:
    return next((uri for uri, suite in entries if suite == release), None)


def configuration(dump: str) -> str:
    """The lines of `apt-config dump` that the root needs, too. Packages stay where they can be
    counted."""
    return "\n".join([*TAKEN.findall(dump), 'APT::Keep-Downloaded-Packages "true";', ""])


def files(uris: str) -> dict[str, int]:
    """File names and bytes of `apt-get --print-uris`."""
    return {name: int(size) for name, size in URI.findall(uris)}


def fetched(said: str) -> int:
    """Bytes, from the last line of apt-get update."""
    match = FETCHED.search(said)
    return round(float(match[1].replace(",", "")) * UNITS[match[2]]) if match else 0


@dataclass
class Share:
    """Bytes that were fetched."""
    compilers: int
    qemu: int
    rest: int
    lists: int

    def beyond(self) -> int:
        """Bytes of all packages except compilers and QEMU."""
        return self.rest + self.lists

    def __str__(self) -> str:
        parts = (f"{name} {size / 1e6:.1f}" for name, size in
                 (("compilers", self.compilers), ("QEMU", self.qemu), ("other packages", self.rest),
                  ("package lists", self.lists)))
        return "MB fetched: " + ", ".join(parts)


def share(there: dict[str, int], compilers: dict[str, int], with_qemu: dict[str, int],
          lists: int) -> Share:
    """Sorts the packages' files that are present."""
    counted = Share(0, 0, 0, lists)
    for name, size in there.items():
        if name in compilers:
            counted.compilers += size
        elif name in with_qemu:
            counted.qemu += size
        else:
            counted.rest += size
    return counted
