# SPDX-License-Identifier: BSD-2-Clause
"""A folder for the user's own guest: the files of scripts/plumblib/templates, filled in."""

import re
from dataclasses import dataclass
from pathlib import Path

from .common import BUILD, INSTALLED, ROOT, PlumbError, make, relative

TEMPLATES = Path(__file__).resolve().parent / "templates"
KINDS = ("newlib", "freestanding")
LICENCE = "SPDX-License-Identifier"  # of this project; the files made are the user's
RENAMED = {"gitignore": ".gitignore"}
LONGEST = 15  # as hyp/manifest accepts it
NAME = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True)
class Place:
    """Plumbline's place, for the guest's Makefile: its command, and the prefix of its library."""

    plumb: str
    sdk: Path


def check_name(name: str) -> None:
    """Checks a name, which becomes a partition's."""
    hint = name.lower().replace("_", "-").replace(" ", "-")
    hint = re.sub(r"[^a-z0-9-]", "", hint).strip("-")[:LONGEST].strip("-")
    advice = f"; '{hint}' would do" if hint and hint != name else ""
    if not name:
        raise PlumbError("a guest needs a name, of 1 to 15 characters")
    if not NAME.fullmatch(name):
        wrong = next(char for char in name if not NAME.fullmatch(char))
        raise PlumbError(f"'{name}' cannot name a partition: it contains '{wrong}', and may "
                         f"contain a to z, 0 to 9 and '-'{advice}")
    if len(name) > LONGEST:
        raise PlumbError(f"'{name}' cannot name a partition: it has {len(name)} characters, and "
                         f"may have {LONGEST}{advice}")
    if name.startswith("-"):
        raise PlumbError(f"'{name}' would be taken for an option{advice}")


def prefix() -> Path:
    """The prefix of the guest library: headers below include/, the library below lib/."""
    return ROOT.parents[1] if INSTALLED else BUILD / "sdk"


def place() -> Place:
    """The place of the plumb that runs. In a tree, the library is built first."""
    if INSTALLED:
        return Place(str(prefix() / "bin" / "plumb"), prefix())
    return Place(str(ROOT / "scripts" / "plumb"), prefix())


def make_literal(text: str) -> str:
    """For a variable of a makefile that is used within single quotes."""
    if "'" in text or "\n" in text:
        raise PlumbError(f"{text}: a quote in this path, which a Makefile cannot take: move "
                         "Plumbline to another folder")
    return text.replace("$", "$$").replace("#", "\\#")


def fill(text: str, name: str, where: Place, makefile: bool) -> str:
    """A template's text without its licence line, with the names filled in."""
    def quote(path: str) -> str:
        return make_literal(path) if makefile else path

    lines = [line for line in text.splitlines(keepends=True) if LICENCE not in line]
    for key, value in (("NAME", name), ("PLUMB", quote(where.plumb)), ("SDK", quote(str(where.sdk)))):
        lines = [line.replace(f"@{key}@", value) for line in lines]
    return "".join(lines)


def files(kind: str, name: str, where: Place) -> dict[str, str]:
    """Texts by file name."""
    made = {}
    for folder in ("common", kind):
        for path in sorted((TEMPLATES / folder).iterdir()):
            own = f"{name}.dts" if path.name == "system.dts" else RENAMED.get(path.name, path.name)
            made[own] = fill(path.read_text(), name, where, path.name == "Makefile")
    return made


def check(folder: Path, name: str) -> None:
    """Refuses what `create` could not make."""
    check_name(name)
    if folder.exists() or folder.is_symlink():
        raise PlumbError(f"{relative(folder)} exists and is not overwritten: choose another name, "
                         "or another folder with -o DIR")


def create(folder: Path, kind: str, name: str) -> list[str]:
    """Makes the folder; the names of its files."""
    check(folder, name)
    texts = files(kind, name, place())
    try:
        folder.mkdir(parents=True)
        for file, text in texts.items():
            (folder / file).write_text(text)
    except OSError as error:
        raise PlumbError(f"{folder}: {error.strerror}: name a folder that you may write to with "
                         "-o DIR") from error
    return sorted(texts)


def build_library() -> None:
    make("sdk", "monitor", "host-tools")
