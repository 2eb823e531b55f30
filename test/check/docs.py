# SPDX-License-Identifier: BSD-2-Clause
"""Every command in README.md and docs/*.md works: cheap ones are run, boots are packed and checked
(their systems are booted by test/cases, or otherwise here), make targets are tried with -n. Links
to files of the tree are valid; a block that names a file is a part of it, and every other C block
compiles as a guest's. docs/guests.md lists all guests; its versions, and those of docs/boards, are
the installed ones; tables that repeat rows of the sources have all of them;
the tests that docs/hazards.md names exist."""

import re
from pathlib import Path

from lib import cases as case_table
from lib import docs, guests, hazards, tables
from lib.check import ROOT, Check, make_variable, run
from plumblib.common import PlumbError

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def stand_in_file() -> Path:
    """A file that is accepted as a device tree (first word) and as a zImage (the word at 0x24)."""
    path = ROOT / "build" / "test" / "stand-in"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((bytes.fromhex("d00dfeed").ljust(0x24, b"\0")
                      + bytes.fromhex("18286f01")).ljust(4096, b"\0"))
    return path


def check_commands(check: Check, page: Path, stand_in: Path, cases: str) -> None:
    for command in docs.commands(page, str(page.relative_to(ROOT))):
        argv, why = docs.plan(command.text, stand_in, cases)
        good, said = (not why, why) if argv is None else run(["timeout", "480", *argv])
        check.result(good, f"{command.place}: {command.text}", said)


def check_blocks(check: Check, page: Path, compiler: list[str]) -> None:
    for block in docs.blocks(page):
        place = f"{page.relative_to(ROOT)}:{block.line}"
        if block.source:
            check.result(docs.stands_in(block, ROOT), f"{place}: as in {block.source}")
        elif block.language == "c":
            good, said = run(compiler, "\n".join(block.text) + "\n")
            check.result(good, f"{place}: compiles", said)


def check_links(check: Check, page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" not in target:
            check.result((page.parent / target).exists(),
                         f"{page.relative_to(ROOT)}: link to {target}")


def check_boards(check: Check) -> None:
    page = (ROOT / "docs" / "boards" / "README.md").read_text()
    found = guests.version_findings(page)
    check.result(len(found) > 3, "docs/boards: versions are named")
    for good, what, why in found:
        check.result(good, f"docs/boards: {what}", why)


def check_guests(check: Check) -> None:
    page = (ROOT / "docs" / "guests.md").read_text()
    listed = "".join(run(["test/run", "--list", *kinds.split()])[1] for kinds in ("", "--verify"))
    jobs = {line.split()[1] for line in listed.splitlines()}
    try:
        for good, what, why in guests.findings(page, ROOT, jobs):
            check.result(good, f"docs/guests.md: {what}", why)
    except PlumbError as error:
        check.result(False, "docs/guests.md: versions", str(error))


def main(check: Check) -> None:
    stand_in = stand_in_file()
    cases = case_table.text(ROOT)
    compiler = ["arm-none-eabi-gcc", *make_variable("GUEST_CFLAGS"), "-fsyntax-only", "-x", "c",
                "-"]
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        check_commands(check, page, stand_in, cases)
        check_blocks(check, page, compiler)
        check_links(check, page)
    for what, faults in tables.findings(ROOT) + hazards.findings(ROOT):
        check.result(not faults, what, "\n".join(faults))
    check_guests(check)
    check_boards(check)
