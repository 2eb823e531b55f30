# SPDX-License-Identifier: BSD-2-Clause
"""The errors that the monitor's own code finds in a manifest, with their places in its source."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .common import EXIT_USAGE, PlumbError, relative, tell_command
from .machine import CHECKER, parse_list
from .source import Place, Places, errors, find_places

REFUSED = 1  # manifest-check's exit code


class Refused(PlumbError):
    """A manifest that is refused; `rows`: manifest-check's, one for each error."""

    def __init__(self, message: str, rows: list[dict], code: int = EXIT_USAGE):
        super().__init__(message, code)
        self.rows = rows


class BoardRefused(PlumbError):
    """The monitor refuses the board's tree, with any manifest."""


@dataclass(frozen=True)
class Judged:
    """The manifest to be checked: its name in messages, and its source if that is a file."""

    what: str
    system: Path | None = None


def _named(row: dict, node: str, name: str, value: str) -> str:
    return ": ".join(part for part in (row[node], row[name], row[value]) if part)


def _lines(row: dict, places: Places, judged: Judged) -> list[str]:
    def at(node: str, name: str) -> str:
        return f"{places.of(node, name) or judged.what}: "

    lines = [at(row["node"], row["property"])
             + f"{_named(row, 'node', 'property', 'value')}: {row['reason']}"]
    if "rival" in row:
        lines.append(at(row["rival"], row["rival-property"]) + "note: it collides with "
                     + _named(row, "rival", "rival-property", "rival-value"))
    return lines


def report(rows: list[dict], judged: Judged) -> str:
    """Adds to each row its place in the source, and sorts the rows by place (those without one are
    last); returns their lines."""
    places = find_places(judged.system) if judged.system else Places()
    nowhere = Place(judged.what, 0, 0)

    def order(row: dict) -> tuple[bool, str, int, int]:
        return not row["line"], row["file"], row["line"], row["column"]

    for row in rows:
        place = places.of(row["node"], row["property"]) or nowhere
        row.update(file=place.file, line=place.line, column=place.column)
    rows.sort(key=order)
    return "\n".join(line for row in rows for line in _lines(row, places, judged))


def _run(manifest: bytes, board: bytes | None, *more: str) -> subprocess.CompletedProcess:
    with tempfile.NamedTemporaryFile(suffix=".dtb") as blob, \
            tempfile.NamedTemporaryFile(suffix=".dtb") as tree:
        blob.write(manifest)
        blob.flush()
        argv = [str(CHECKER), *more]
        if board is not None:
            tree.write(board)
            tree.flush()
            argv += ["--board", tree.name]
        argv.append(blob.name)
        tell_command(argv)
        try:
            return subprocess.run(argv, capture_output=True, text=True,
                                  errors="replace", check=False)
        except FileNotFoundError as error:
            raise PlumbError(f"{relative(CHECKER)} does not exist: run 'make'") from error


def refusal(node: str, name: str, reason: str) -> dict:
    """A row for an error that plumb itself finds."""
    return {"node": node, "property": name, "value": "", "reason": reason, "of-board": False}


def check(manifest: bytes, judged: Judged, board: bytes | None = None,
          also: list[dict] | None = None) -> list[dict[str, str]]:
    """The partitions, as manifest-check lists them. `board`: its tree, which must fit, too.
    `also`: rows of errors that were found before."""
    done = _run(manifest, board, "--list")
    if done.returncode == 0 and not also:
        return parse_list(done.stdout, "partition")
    said = done.stderr.strip()
    if done.returncode not in (0, REFUSED):
        raise PlumbError(f"the check of {judged.what} failed:\n{said}")
    if said.startswith("board: "):
        raise BoardRefused(f"the monitor refuses this board's tree: {said[7:]}")
    rows = [json.loads(line) for line in _run(manifest, board, "--json").stdout.splitlines()]
    rows += also or []
    if not rows:
        raise PlumbError(f"{judged.what}: {said}")
    raise Refused(f"{judged.what}: {errors(len(rows))}:\n{report(rows, judged)}", rows)
