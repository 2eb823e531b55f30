# SPDX-License-Identifier: BSD-2-Clause
"""Writes the stored figures into README.md and docs: tables between two marks, and pictures."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import bench, bench_figures, bench_growth, bench_paths, bench_pictures, bench_size
from .bench_operations import guarded
from .common import ROOT, PlumbError, write_file

EPILOG = """\
A table stands between the lines '<!-- bench: NAME -->' and '<!-- bench: end -->'. Pictures and the
tables of paths and growth are those of the first release in 'operations'.
"""
RELEASES = {"GCC 12": "Debian 12", "GCC 14": "Debian 13"}  # a compiler's name begins so
BEGIN, END = "<!-- bench: {} -->", "<!-- bench: end -->"
BARS, GROWTH = ROOT / "docs" / "bench.svg", ROOT / "docs" / "growth.svg"
CURVES = ["switch", "wake", "line"]
# The README's rows, and the bars.
README_ROWS = {
    "HVC PSCI_VERSION, round trip": "HVC PSCI_VERSION, round trip",
    "GICD_CTLR read": "GICD_CTLR read",
    "GICD_ISENABLER1 write": "GICD_ISENABLER1 write",
    "PL011 FR read": "emulated PL011 FR read",
    "SGI to self, GICD_SGIR write to handler entry": "SGI to self, write to handler entry",
    "virtual timer, CVAL to handler entry": "virtual timer, CVAL to handler entry",
    "virtual timer, whole, with EOI": "virtual timer, whole, with EOI",
    "KVM_IRQ_LINE raise, line disabled": "KVM_IRQ_LINE raise, line disabled",
    "KVM_IRQ_LINE by GSI raise, line disabled": "KVM_IRQ_LINE by GSI, line disabled",
    "KVM_IRQ_LINE no change, line disabled": "KVM_IRQ_LINE, no change",
    "KVM_IRQ_LINE refused, bad type": "KVM_IRQ_LINE, refused",
    "raise to handler, vCPU waits on the same CPU": "raise to handler, vCPU waits, same CPU",
    "raise to handler, vCPU runs on another CPU": "raise to handler, vCPU runs on another CPU",
    "WFI to another partition's vCPU": "WFI to another partition's vCPU",
}

Stored = dict[str, dict[str, Any]]


def markdown(rows: list[tuple[str, ...]]) -> str:
    head, *others = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in others])


def by_release(stored: Stored, kind: str) -> dict[str, Any]:
    """Figures of one kind by Debian release."""
    found = {}
    for start, release in RELEASES.items():
        for compiler, figures in stored.items():
            if compiler.startswith(start + ".") and kind in figures:
                found[release] = figures[kind]
    return found


def first(stored: Stored, kind: str) -> Any:
    found = list(by_release(stored, kind).values())
    if not found:
        raise PlumbError(f"no {kind} are stored: scripts/bench all stores them")
    return found[0]


def _image(value: int) -> str:
    return f"{value / 1000:.0f} kB"


def _operations(stored: Stored, labels: dict[str, str]) -> list[tuple[str, ...]]:
    found, peers = by_release(stored, bench_figures.OPERATIONS), bench.peers()
    rows = [("operation", *(f"here, {release}" for release in found), *peers.columns[1:])]
    for name, label in labels.items():
        cells = [figures.get(name) for figures in found.values()]
        if any(cell is not None for cell in cells):
            rows.append((label, *("" if cell is None else str(cell) for cell in cells),
                         *(text or "none" for text in peers.of(name)[1:])))
    return rows


def readme(stored: Stored) -> str:
    found = by_release(stored, bench_figures.OPERATIONS)
    rows = _operations(stored, README_ROWS)
    rows.append(("image", *(_image(figures.get(bench.IMAGE, 0)) for figures in found.values()),
                 "1.66 MB zImage", "721 kB", "573 kB to 1.47 MB"))
    return markdown(rows)


def operations(stored: Stored) -> str:
    """All rows, with the targets."""
    found = by_release(stored, bench_figures.OPERATIONS)
    names = {name: name for figures in found.values() for name in figures}
    order = bench.ordered([bench.Figure(name, 0) for name in names])
    rows = _operations(stored, {figure.name: figure.name for figure in order})
    wanted = {name: bench.target(name) for name in names}
    return markdown([(rows[0][0], *rows[0][1:len(found) + 1], "target", *rows[0][len(found) + 1:])]
                    + [(row[0], *row[1:len(found) + 1],
                        "" if wanted[row[0]] is None else f"{wanted[row[0]]}",
                        *("" if cell == "none" else cell for cell in row[len(found) + 1:]))
                       for row in rows[1:]])


def paths(stored: Stored) -> str:
    found = first(stored, bench_figures.PATHS)
    return markdown([("path", *bench_paths.COLUMNS)]
                    + [(label, *(str(numbers[word]) for word in bench_paths.COLUMNS))
                       for label, numbers in found.items()])


def growth(stored: Stored) -> str:
    return markdown([bench_growth.HEAD,
                     *bench_growth.rows(first(stored, bench_figures.GROWTH))])


def sizes(stored: Stored) -> str:
    return markdown(bench_size.rows(first(stored, bench_figures.SIZE)))


TABLES: dict[str, tuple[Path, Callable[[Stored], str]]] = {
    "figures": (ROOT / "README.md", readme),
    "operations": (ROOT / "docs" / "performance.md", operations),
    "paths": (ROOT / "docs" / "performance.md", paths),
    "growth": (ROOT / "docs" / "performance.md", growth),
    "size": (ROOT / "docs" / "performance.md", sizes),
}


def replace(page: str, name: str, table: str) -> str:
    """The page with this table between its marks."""
    pattern = re.compile(re.escape(BEGIN.format(name)) + r"\n.*?" + re.escape(END), re.S)
    changed, count = pattern.subn(lambda _: f"{BEGIN.format(name)}\n{table}\n{END}", page)
    if count != 1:
        raise PlumbError(f"{BEGIN.format(name)} must stand once in the page, before {END}")
    return changed


def contents(stored: Stored) -> dict[Path, str]:
    """Every page and picture as it should be."""
    found: dict[Path, str] = {}
    for name, (page, make_table) in TABLES.items():
        found[page] = replace(found.get(page) or page.read_text(), name, make_table(stored))
    found[BARS] = bench_pictures.bars(first(stored, bench_figures.OPERATIONS), bench.peers(),
                                      README_ROWS)
    found[GROWTH] = bench_pictures.growth(first(stored, bench_figures.GROWTH), CURVES)
    return found


def outdated(stored: Stored) -> list[str]:
    """Files that do not have the stored figures."""
    return [str(path.relative_to(ROOT)) for path, text in contents(stored).items()
            if not path.exists() or path.read_text() != text]


def write(stored: Stored) -> None:
    for path, text in contents(stored).items():
        if not path.exists() or path.read_text() != text:
            write_file(path, text.encode())
            print(f"written: {path.relative_to(ROOT)}")


def report(args: argparse.Namespace) -> int:
    stored = bench_figures.load()
    if not args.check:
        write(stored)
        return 0
    old = outdated(stored)
    if old:
        print(f"not as stored: {', '.join(old)}: 'scripts/bench docs' writes them")
    return 1 if old else 0


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench docs", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true",
                        help="write nothing; exit 1 if a file does not have the stored figures")
    return guarded(report, parser.parse_args(words))
