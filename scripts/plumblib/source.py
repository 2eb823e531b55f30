# SPDX-License-Identifier: BSD-2-Clause
"""A manifest's source: its files, the places of its nodes and properties in them, and dtc's
messages about it."""

import difflib
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .common import BUILD, ROOT, SOURCE, PlumbError, relative, tell_command, tool


@dataclass(frozen=True)
class Place:
    """Line and column count from 1; a tab is one column, as for dtc and compilers."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Named:
    """A file that an /include/ or /incbin/ names."""

    place: Place  # of the name
    kind: str  # include, incbin
    name: str
    folder: Path  # of the file that names it

    def looked_in(self, folders: list[Path]) -> list[Path]:
        """The folders that dtc searches, in its order."""
        return list(dict.fromkeys([self.folder.resolve(), *(f.resolve() for f in folders)]))

    def found(self, folders: list[Path]) -> Path | None:
        return next((folder / self.name for folder in self.looked_in(folders)
                     if (folder / self.name).is_file()), None)


def searched(system: Path) -> list[Path]:
    """The folders in which a manifest's files are searched, after the folder of the file that names
    them: the manifest's, for the user's own manifest the current folder, the tree."""
    folder = system.resolve().parent
    if SOURCE in (folder, *folder.parents):
        return [ROOT] if folder == SOURCE else [folder, ROOT]
    return [folder, Path.cwd(), ROOT]


# ---- the files that a source names

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|/(incbin|include)/\s*\(?\s*"([^"\n]+)"|"(?:\\.|[^"\\])*"', re.S)


def names_in(file: Path) -> list[Named]:
    text = file.read_text(errors="replace")
    found = []
    for match in TOKEN.finditer(text):
        if match[1]:
            at = match.start(2) - 1
            line = text.count("\n", 0, at) + 1
            found.append(Named(Place(relative(file), line, at - text.rfind("\n", 0, at)),
                               match[1], match[2], file.parent))
    return found


def files_of(system: Path) -> list[Path]:
    """A source, and all files that it includes."""
    files: list[Path] = []
    todo = [system]
    while todo:
        file = todo.pop(0)
        if not file.is_file() or any(file.samefile(other) for other in files):
            continue
        files.append(file)
        included = [named.found(searched(system)) for named in names_in(file)
                    if named.kind == "include"]
        todo += [path for path in included if path]
    return files


def all_names(system: Path) -> list[Named]:
    """The names in a source, and in all files that it includes."""
    return [named for file in files_of(system) for named in names_in(file)]


def _advice(named: Named, looked: list[Path]) -> str:
    """Advice about a file that does not exist."""
    inside = ROOT / named.name
    if named.kind == "incbin" and BUILD in inside.parents:
        there = sorted(path.name for path in inside.parent.glob("*"))
        near = difflib.get_close_matches(inside.name, there, 1)
        if near:
            return f"did you mean '{Path(named.name).parent / near[0]}'?"
        return f"'make {named.name}' builds it, if it is one of this tree's guests"
    name = Path(named.name).name
    there = sorted({path.name for folder in looked
                    for path in (folder / named.name).parent.glob("*") if path.is_file()})
    near = difflib.get_close_matches(name, there, 1)
    if near:
        return f"did you mean '{Path(named.name).parent / near[0]}'?"
    return "give its path from one of these folders, or from /"


def missing_text(missing: list[Named], folders: list[Path]) -> str:
    lines = []
    for named in missing:
        looked = named.looked_in(folders)
        lines.append(f"{named.place}: /{named.kind}/: \"{named.name}\" is not there: "
                     f"{_advice(named, looked)}")
        if not named.name.startswith("/"):
            lines += [f"  looked for {relative(folder / named.name)}" for folder in looked]
    return "\n".join(lines)


def missing_message(system: Path, missing: list[Named]) -> str:
    return (f"{relative(system)}: {errors(len(missing))}:\n"
            + missing_text(missing, searched(system)))


def missing_files(system: Path) -> list[Named]:
    folders = searched(system)
    return [named for named in all_names(system) if named.found(folders) is None]


# ---- dtc

DTC_PLACE = re.compile(r"^(?:(?:Error|Lexical error|WARNING): )?(?P<file>.+?):(?P<line>\d+)\."
                       r"(?P<column>\d+)(?:-[\d.]+)?:? (?:ERROR \([a-z_]+\): )?(?P<text>.*)$")
DTC_LAST = ("FATAL ERROR: Unable to parse", "FATAL ERROR: Syntax error",
            "ERROR: Input tree has errors")


def dtc_messages(said: str) -> list[str]:
    """dtc's messages, in the form of all others: FILE:LINE:COLUMN: TEXT."""
    lines = []
    for line in said.splitlines():
        place = DTC_PLACE.match(line)
        if place:
            lines.append(f"{place['file']}:{place['line']}:{place['column']}: {place['text']}")
        elif line.strip() and not line.startswith(DTC_LAST):
            lines.append(line)
    return lines


def _dtc(folders: list[Path], *more: str) -> list[str]:
    argv = [tool("dtc"), "-q", "-I", "dts"]
    for folder in folders:
        argv += ["-i", str(folder)]
    argv += more
    tell_command(argv)
    return argv


def errors(count: int) -> str:
    return f"{count} error" + ("s" if count != 1 else "")


def compile_source(source: bytes, folders: list[Path], what: str) -> bytes:
    """A source that is not in a file. dtc first searches its working directory: the first
    folder."""
    done = subprocess.run(_dtc(folders, "-O", "dtb", "-"), input=source, capture_output=True,
                          cwd=folders[0] if folders else None, check=False)
    said = done.stderr.decode(errors="replace").replace("<stdin>", what)
    return _compiled(done, said, what)


def _compiled(done: subprocess.CompletedProcess, said: str, what: str) -> bytes:
    # dtc since 1.7 only warns of a number that is too large, and truncates it.
    if done.returncode != 0 or "truncated" in said:
        lines = dtc_messages(said)
        raise PlumbError(f"{what}: dtc finds {errors(len(lines))}:\n" + "\n".join(lines))
    return done.stdout


def compile_file(system: Path) -> bytes:
    done = subprocess.run(_dtc(searched(system), "-O", "dtb", "--", relative(system)), capture_output=True,
                          stdin=subprocess.DEVNULL, check=False)
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0 and "Couldn't open" in said:
        missing = missing_files(system)
        if missing:
            raise PlumbError(missing_message(system, missing))
    return _compiled(done, said, relative(system))


# ---- places of nodes and properties

ANNOTATED = re.compile(r"^\t*(?:[\w]+: )*(?:/omit-if-no-ref/ )?(?P<name>[^\s:={};]+|/)"
                       r"(?P<kind> \{|;| = )")
POSITIONS = re.compile(r"/\* ((?:(?!\*/).)*) \*/$")
POSITION = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+)(?:-\d+(?::\d+)?)?(?:, |$)")


@dataclass
class Places:
    """By path of the node; by path and name of the property."""

    nodes: dict[str, Place] = field(default_factory=dict)
    properties: dict[tuple[str, str], Place] = field(default_factory=dict)

    def of(self, node: str, name: str) -> Place | None:
        """The place of the property; of the node, if it has no such property."""
        return self.properties.get((node, name)) or self.nodes.get(node)


def _position(line: str, last: bool) -> Place | None:
    """The first, or the last, of the places that dtc wrote after a line."""
    comment = POSITIONS.search(line)
    all_of_them = list(POSITION.finditer(comment[1])) if comment else []
    if not all_of_them:
        return None
    match = all_of_them[-1 if last else 0]
    return Place(relative(Path(match["file"])), int(match["line"]), int(match["column"]))


def read_annotated(lines: Iterable[str], last: bool = False) -> Places:
    """dtc's output with -T -T: each line is the begin or end of a node, or a property. For a node
    with several places, the first; or the last, as /delete-node/ may have ended the others."""
    places = Places()
    path: list[str] = []
    for text in lines:
        line = text.rstrip("\n")
        if line.lstrip("\t").startswith("};"):
            if path:
                path.pop()
            continue
        match = ANNOTATED.match(line)
        if not match:
            continue
        place = _position(line[-4096:], last)
        if match["kind"] == " {":
            path.append("" if match["name"] == "/" else match["name"])
            if place:
                places.nodes["/".join(path) or "/"] = place
        elif place and path:
            places.properties["/".join(path) or "/", match["name"]] = place
    return places


def _at_name(place: Place, name: str) -> Place:
    """dtc gives the place of a node's brace; returns the name's, if it is on the same line."""
    try:
        line = Path(place.file).read_text(errors="replace").split("\n")[place.line - 1]
    except (OSError, IndexError):
        return place
    before = line[:place.column - 1].rstrip()
    if not before.endswith(name):
        return place
    return Place(place.file, place.line, len(before) - len(name) + 1)


def find_places(system: Path) -> Places:
    """The places in a source that dtc accepts; empty if dtc gives none."""
    deletes = any(b"/delete-node/" in file.read_bytes() for file in files_of(system))
    with subprocess.Popen(_dtc(searched(system), "-O", "dts", "-T", "-T", "--",
                               relative(system)), stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as dtc:
        places = read_annotated(dtc.stdout or [], deletes)
    places.nodes = {path: _at_name(place, path.rsplit("/", 1)[1] or "/")
                    for path, place in places.nodes.items()}
    return places
