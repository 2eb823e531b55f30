# SPDX-License-Identifier: BSD-2-Clause
"""The results of `make install` and `make deb` work without the tree, for an ordinary user, and
write nothing to their folders; they are the same each time, and `make uninstall` restores the
former state. lintian reports nothing about the package."""

import os
import re
import shutil
from pathlib import Path

from lib.check import ROOT, Check, make_variable, run
from lib.user import User, contents, place
from plumblib.version import VERSION

MAKE = ["make", "-s", "--no-print-directory"]
LIMIT = ["--timeout", "120"]
NEEDED = {"libc6", "device-tree-compiler", "python3", "qemu-system-arm"}
PLACES = ("bin/plumb", "share/man/man1/plumb.1", "share/man/man5/plumb-manifest.5",
          "share/bash-completion/completions/plumb", "share/zsh/site-functions/_plumb",
          "include/plumbline/guest/lib/guest.h", "lib/plumbline/guest/libplumbguest.a",
          "share/pkgconfig/plumbline-guest.pc", "share/doc/plumbline/README.md")


def names_the_tree(prefix: Path) -> list[str]:
    """Files with this tree's path; in debug information it is allowed."""
    tree = os.fsencode(str(ROOT))
    return [str(path.relative_to(prefix)) for path in sorted(prefix.rglob("*"))
            if path.is_file() and path.suffix not in (".elf", ".a") and tree in path.read_bytes()]


def runs_demo(check: Check, what: str, plumb: Path, user: User) -> None:
    code, said = user.run([plumb, "--version"])
    check.result((code, said) == (0, f"plumb {VERSION}\n"), f"{what}: --version", said)
    code, said = user.run([plumb, "run", *LIMIT, "guest/demo.dts"])
    check.result(code == 0 and "demo: everything as expected" in said, f"{what}: the demo", said)


def runs_all(check: Check, what: str, prefix: Path, user: User) -> None:
    """Commands that need only the installed files."""
    plumb = prefix / "bin" / "plumb"
    before = contents(prefix)
    runs_demo(check, what, plumb, user)
    code, said = user.run([plumb, "console", *LIMIT, "--send", "control> =>vms\\r",
                           "--send", "control> =>quit\\r"])
    check.result(code is not None and "2      gicguest" in said, f"{what}: the prompt", said)
    code, said = user.run([plumb, "gdb", *LIMIT, "guest/hello.dts", "--batch", "--ex",
                           "hbreak main_start", "--ex", "continue", "--ex", "info symbol $pc",
                           "--ex", "kill"])
    check.result("main_start in section .text" in said, f"{what}: gdb has the symbols", said)
    packed = user.home / "packed.img"
    code, said = user.run([plumb, "pack", "guest/hello.dts", "-o", packed])
    check.result(code == 0 and packed.is_file(), f"{what}: pack", said)
    changed = contents(prefix)
    check.result(changed == before, f"{what}: nothing is written to the installed folders",
                 "\n".join(sorted(set(changed) ^ set(before))))


def check_install(check: Check, folder: Path, user: User) -> None:
    root = folder / "root"
    prefix = root / "usr" / "local"
    (prefix / "share" / "man" / "man1").mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "another").write_text("another's\n")
    before = contents(root)
    where = [f"DESTDIR={root}", "PREFIX=/usr/local"]
    good, said = run([*MAKE, "install", *where])
    check.result(good, "make install", said)
    missing = [name for name in PLACES if not (prefix / name).is_file()]
    check.result(not missing, "all files are in their places", ", ".join(missing))
    named = names_the_tree(prefix)
    check.result(not named, "no installed file names the tree", ", ".join(named))
    runs_all(check, "installed", prefix, user)
    first = contents(root)
    good, said = run([*MAKE, "install", *where])
    check.result(good and contents(root) == first, "installed again: the same bytes", said)
    good, said = run([*MAKE, "uninstall", *where])
    left = contents(root)
    check.result(good and left == before, "make uninstall: the former state",
                 said + "\n".join(sorted(set(left) ^ set(before))))


def check_deb(check: Check, folder: Path, user: User) -> None:
    file = ROOT / make_variable("DEB")[0]
    good, said = run([*MAKE, "deb"])
    check.result(good, "make deb", said)
    first = file.read_bytes() if file.is_file() else b""
    good, said = run([*MAKE, "deb"])
    check.result(good and first == file.read_bytes(), "made again: the same bytes", said)
    good, said = run(["dpkg-deb", "-f", str(file), "Version", "Depends"])
    needs = {re.split(r"[ (:]", part.strip())[0]
             for part in re.sub(r"(?s).*Depends:", "", said).split(",")}
    check.result(good and f"Version: {VERSION}\n" in said and needs == NEEDED,
                 "dependencies", said)
    good, said = run(["dpkg-deb", "-x", str(file), str(folder / "package")])
    check.result(good, "dpkg-deb -x", said)
    runs_demo(check, "package", folder / "package" / "usr" / "bin" / "plumb", user)
    copy = folder / file.name  # lintian also checks the file's name
    shutil.copyfile(file, copy)
    code, said = user.run(["lintian", "--tag-display-limit", "0", "--fail-on", "error,warning",
                           copy])
    check.result(code == 0 and not re.search("^[EW]: ", said, re.M), "lintian", said)


def main(check: Check) -> None:
    with place() as (folder, user):
        check_install(check, folder, user)
        check_deb(check, folder, user)
