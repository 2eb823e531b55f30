# SPDX-License-Identifier: BSD-2-Clause
"""The places of files: in a source tree, in a tree of links to one (make O=DIR), or in an
installation.

                 source tree        tree of links       installed under PREFIX
    package      scripts/plumblib   the source's        PREFIX/lib/plumbline/plumblib
    root         the tree           DIR                 PREFIX/share/plumbline
    build        build/             DIR/build           PREFIX/share/plumbline/build
    programs     build/host         DIR/build/host      PREFIX/lib/plumbline
    work         build/             DIR/build           the user's cache

A build/ that the user may not write has its work folder in the user's cache, too:
$XDG_CACHE_HOME/plumbline, or ~/.cache/plumbline.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """`root`: names in manifests begin there. `source`: the same without links. `programs`: the
    host programs. `work`: files that runs write, and fetched files."""

    root: Path
    source: Path
    build: Path
    programs: Path
    work: Path
    installed: bool


def cache(environment: Mapping[str, str]) -> Path:
    """The user's cache. A relative XDG_CACHE_HOME is ignored (XDG Base Directory, 'Basics')."""
    base = environment.get("XDG_CACHE_HOME", "")
    home = environment.get("HOME") or os.path.expanduser("~")
    return (Path(base) if base.startswith("/") else Path(home) / ".cache") / "plumbline"


def writable(folder: Path) -> bool:
    """Can files be made there? For a folder that does not exist: can it be made?"""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def tree_of_links(package: Path, script: Path) -> Path | None:
    """The tree of links in which the script was called, if it links to the package's source."""
    scripts = script.parents[1] / "scripts" if len(script.parts) > 2 else script
    linked = scripts.is_symlink() and scripts.resolve() == package.parent
    return scripts.parent if linked else None


def find(package: Path, script: Path, environment: Mapping[str, str]) -> Layout:
    """For the package's folder, without links in its path, and the script as it was called."""
    if package.parent.name != "scripts":
        root = package.parents[2] / "share" / "plumbline"
        return Layout(root, root, root / "build", package.parent, cache(environment), True)
    source = package.parents[1]
    root = tree_of_links(package, script) or source
    build = root / "build"
    work = build if writable(build) else cache(environment)
    return Layout(root, source, build, build / "host", work, False)


def here() -> Layout:
    return find(Path(__file__).resolve().parent, Path(os.path.abspath(sys.argv[0])), os.environ)
