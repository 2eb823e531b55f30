# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new system`: for each board whose device tree is available, the manifest passes the check,
and so does each of its devices with the slashes removed; on QEMU boards it runs."""

import re
import subprocess
import tempfile
from pathlib import Path

from lib.boards import SUPPORTED
from lib.check import ROOT, Check
from plumblib import boardtree, debian
from plumblib.common import PlumbError
from plumblib.machine import CHECKER
from plumblib.source import compile_source

BOOTED = ("virt", "vexpress-a15", "orangepi-pc")
LIMIT = 120  # seconds
CANDIDATE = re.compile(r"^\t\t// ([a-z0-9-]+) \{\n(?:\t\t// .*\n)*?\t\t// \};\n", re.M)
PLACE = re.compile(r"^\t\t// ((?:memory-at|identity).*\n)", re.M)
CONSOLE = 'console = "none"'


def plumb(*words: str) -> tuple[int, str]:
    done = subprocess.run(["scripts/plumb", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, timeout=LIMIT)
    return done.returncode, done.stdout


def with_device(text: str, match: re.Match) -> str:
    """The manifest with that device, and with the properties of its remark."""
    node = re.sub(r"^\t\t// ", "\t\t", match[0], flags=re.M)
    remark = text[:match.start()].rsplit("/*", 1)[-1]
    console = f"\t\t{CONSOLE};\n" if CONSOLE in " ".join(remark.split()) else ""
    at = text.index("\t\tcompatible")
    return text[:at] + console + text[at:match.start()] + node + text[match.end():]


def fault(text: str, tree: Path) -> str:
    """The output of the check; "" if it passes."""
    with tempfile.NamedTemporaryFile(suffix=".dtb") as file:
        file.write(compile_source(text.encode(), [ROOT], "a manifest"))
        file.flush()
        done = subprocess.run([CHECKER, "--board", tree, file.name], capture_output=True, text=True,
                              check=False)
    return done.stderr if done.returncode else ""


def check_devices(check: Check, name: str, text: str, tree: Path) -> None:
    """Each alone: a partition has 8 at most. With identity, too, where the tree has such memory."""
    fixed = PLACE.sub(r"\t\t\1", text)
    rows = [("memory-at", fixed)]
    for form, source in (("", text), (" with identity", fixed)):
        rows += [(match[1] + form, with_device(source, match))
                 for match in CANDIDATE.finditer(source)]
    faults = [f"{what}: {said}" for what, source in rows if (said := fault(source, tree))]
    check.result(len(rows) > 10 and not faults, f"{name}: {len(rows)} variants pass the check",
                 f"{len(rows)} variants\n" + "".join(faults))


def check_board(check: Check, name: str, tree: Path, options: tuple[str, ...], folder: Path) -> None:
    out, blob = folder / f"{name}.dts", folder / f"{name}.dtb"
    code, said = plumb("new", "system", "--no-make", "--board-dtb", str(tree), *options, "-o", str(out))
    check.result(code == 0 and out.is_file(), f"{name}: written", said)
    if out.is_file():
        words = dict(zip(options[::2], options[1::2]))
        added = boardtree.Additions(words.get("--memory"), words.get("--psci"))
        blob.write_bytes(boardtree.completed(tree, added))
        check_devices(check, name, out.read_text(), blob)


def check_boot(check: Check, name: str, folder: Path) -> None:
    out = folder / f"qemu-{name}.dts"
    code, said = plumb("new", "system", "--board", name, "-o", str(out))
    if code == 0:
        code, said = plumb("run", "--no-make", str(out), "--board", name, "--timeout", "60")
    check.result(code == 0 and "SPI 40 taken, count 1" in said, f"{name}: written, and it runs", said)


def main(check: Check) -> None:
    try:
        trees = debian.boards()
    except PlumbError as error:
        print(f"SKIP newsystem: {error}")
        trees = {}
    with tempfile.TemporaryDirectory() as place:
        for name, board in SUPPORTED.items() if trees else ():
            check_board(check, name, trees[name], board.add, Path(place))
        for name in BOOTED if trees else BOOTED[:1]:
            check_boot(check, name, Path(place))
