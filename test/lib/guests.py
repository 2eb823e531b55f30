# SPDX-License-Identifier: BSD-2-Clause
"""docs/guests.md: its tables' last column names tests, its versions are those that are installed,
and each case that boots another project's guest, or the RTOS, is listed."""

import re
import subprocess
from pathlib import Path

from plumblib import debian

from . import cases as case_table

# Names in a case, or in its manifest, that require a row in the table.
GUEST_FILES = re.compile(r"build/guests/|/usr/lib/u-boot|/usr/share/AAVMF|build/guest/rtos")
VERSION = r"\d[\w.+:~-]*\w"
# One for each release of Debian: `package` 6.1.176-1 / 6.12.117-1
PACKAGE = re.compile(rf"`([a-z0-9][a-z0-9+.-]+)`\s({VERSION}(?:\s/\s{VERSION})*)")
NAME = re.compile(r"`([^`]+)`")


def rows(page: str) -> list[list[str]]:
    """The cells of each row of each table that ends in a column `case` or `cases`."""
    found, inside = [], False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1] in ("case", "cases"):
            inside = True
        elif inside and not set(line) <= set("|-: "):
            found.append(cells)
    return found


def named(page: str) -> set[str]:
    return {name for row in rows(page) for name in NAME.findall(row[-1])}


def of_guests(root: Path) -> set[str]:
    """Cases that boot such a guest."""
    found = set()
    for case in case_table.read(root):
        system = root / case.system
        words = " ".join(case.args) + (system.read_text() if system.is_file() else "")
        if GUEST_FILES.search(words):
            found.add(case.name)
    return found


def version_here(package: str) -> str | None:
    """The version that scripts/linux has fetched, or that is installed."""
    for file in [*debian.versions().values(), *debian.firmware_packages()]:
        name, version, _ = file.split("_")
        # linux-image-armmp depends on linux-image-6.1.0-50-armmp, or -6.12.117+deb13-armmp
        if re.sub(r"^linux-image-\d[\w.+]*-(\d+-)?", "linux-image-", name) == package:
            return version.replace("%3a", ":")
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True,
                          text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def release(version: str) -> str:
    """The part that does not change within a release of Debian: 6.1 of 6.1.176-1."""
    return ".".join(re.split(r"[.+-]", version)[:2])


def is_covered(stated: str, here: str) -> bool:
    """Is `here` the version that is stated, or a later one of the same release?"""
    later = subprocess.run(["dpkg", "--compare-versions", here, "ge", stated], check=False)
    return release(stated) == release(here) and later.returncode == 0


def version_findings(page: str) -> list[tuple[bool, str, str]]:
    """For each package that a page names with versions: the verdict, a name, the reason."""
    found = []
    for package, stated in sorted(set(PACKAGE.findall(page))):
        here = version_here(package)
        versions = re.split(r"\s/\s", stated)
        covers = here is not None and any(is_covered(one, here) for one in versions)
        found.append((covers, f"{package} {stated}", f"here: {here or 'not installed'}"))
    return found


def findings(page: str, root: Path, jobs: set[str]) -> list[tuple[bool, str, str]]:
    """The verdict, a name, the reason."""
    there = named(page)
    found = [(name in jobs, f"{name} is a test", "test/run --list has no such name")
             for name in sorted(there)]
    found += [(name in there, f"case {name} has a row", "name it in a row of docs/guests.md")
              for name in sorted(of_guests(root))]
    return found + version_findings(page)
