# SPDX-License-Identifier: BSD-2-Clause
"""`make O=DIR` in a source tree that an ordinary user may only read: it builds, runs, packs and
debugs in DIR, whose path has a space in it, and changes nothing in the tree."""

import os
import shutil
from pathlib import Path

from lib.check import ROOT, Check, files
from lib.user import User, contents, place

LIMIT = ["--timeout", "120"]
SYSTEM = "guest/hello.dts"


def read_only_copy(folder: Path) -> None:
    """Makes the sources read-only. Another user builds, because root may write anyway."""
    for path in files(ROOT):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / path)
        (folder / path).chmod(0o555 if os.access(ROOT / path, os.X_OK) else 0o444)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o555)


def writable_again(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def check_tree(check: Check, source: Path, user: User) -> None:
    out = user.home / "out"
    code, said = user.run(["make", "-C", source, "-n"])
    check.result("make O=DIR builds in your own folder" in said, "without O=DIR: what to do", said)
    code, said = user.run(["make", "-C", source, "-j2", "--no-print-directory", f"O={out}", "run",
                           f"DEMO={SYSTEM}"])
    check.result(code == 0 and "hello: SPI 40 taken, count 1" in said,
                 "make O=DIR run", said[-3000:])
    code, said = user.run([out / "scripts" / "plumb", "run", *LIMIT, out / SYSTEM])
    check.result(code == 0 and "hello: SPI 40 taken" in said, "DIR/scripts/plumb run", said)
    # Called in the source tree: the build is DIR's all the same.
    code, said = user.run([out / "scripts" / "plumb", "pack", SYSTEM, "-o", out / "hello.img"],
                          source)
    check.result(code == 0 and (out / "hello.img").is_file(), "DIR/scripts/plumb pack", said)
    code, said = user.run([out / "scripts" / "plumb", "gdb", *LIMIT, SYSTEM, "--batch", "--ex",
                           "hbreak main_start", "--ex", "continue", "--ex", "info symbol $pc",
                           "--ex", "kill"], out)
    check.result("main_start in section .text" in said, "DIR/scripts/plumb gdb", said)
    code, said = user.run(["make", "--no-print-directory", "-s", "man"], out)
    check.result(code == 0 and (out / "build" / "install" / "plumb.1").is_file(),
                 "make in DIR", said)
    code, said = user.run(["make", "-C", source, "--no-print-directory", f"O={out}", "clean"])
    check.result(code == 0 and not (out / "build").exists() and (out / "Makefile").is_file(),
                 "make O=DIR clean", said)


def main(check: Check) -> None:
    with place() as (folder, user):
        source = folder / "the source"
        source.mkdir()
        read_only_copy(source)
        before = contents(source)
        try:
            check_tree(check, source, user)
            check.result(contents(source) == before, "the source tree is unchanged")
        finally:
            writable_again(source)
