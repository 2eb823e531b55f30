# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new guest`: each kind, outside the tree and in a path with spaces, builds without a warning,
runs and passes its own test, from build/sdk and from an installed library; a guest that fails is
reported as failed. The library gives the tree's hello guest byte for byte."""

import re
import subprocess
import tempfile
from pathlib import Path

from lib.check import ROOT, Check
from plumblib.common import clean_environment
from plumblib.guestfolder import KINDS

LIMIT = 100  # seconds for one command
PLUMB = str(ROOT / "scripts" / "plumb")


def run(argv: list[str], folder: Path) -> tuple[int, str]:
    try:
        done = subprocess.run(argv, cwd=folder, env=clean_environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return -1, f"not done in {LIMIT} s: {argv}"
    return done.returncode, done.stdout


def check_kind(check: Check, kind: str, folder: Path) -> None:
    name = f"my-{kind}"[:15]
    code, said = run([PLUMB, "new", "guest", name, f"--{kind}"], folder)
    check.result(code == 0 and f"cd {name}" in said, f"{kind}: a folder", said)
    inside = folder / name
    code, said = run(["make"], inside)
    check.result(code == 0 and "warning" not in said, f"{kind}: builds without a warning", said)
    code, said = run(["make", "-q"], inside)
    check.result(code == 0, f"{kind}: a second make builds nothing", said)
    code, said = run(["make", "test"], inside)
    check.result(code == 0 and said.endswith(f"PASS {name}\n"), f"{kind}: runs, and passes its test",
                 said)


def check_failure(check: Check, folder: Path) -> None:
    """With the guest broken on purpose."""
    main = folder / "main.c"
    for what, old, new, wanted in (
            ("a wrong status", "return guest_taken == 1 ? 0 : 1;", "return 3;", "exit code 1"),
            ("a missing line", "taken, count", "taken; count", "was not printed")):
        text = main.read_text()
        main.write_text(text.replace(old, new))
        code, said = run(["make", "test"], folder)
        check.result(text != main.read_text() and code != 0 and wanted in said,
                     f"{what} fails the guest's test", f"exit code {code}\n{said}")
        main.write_text(text)


def check_installed(check: Check, folder: Path, guest: Path) -> None:
    """The same folder on an installed library, and after that without any."""
    prefix = folder / "usr local"
    code, said = run(["make", "-s", "-C", str(ROOT), "install-guestlib", f"DESTDIR={folder}",
                      "PREFIX=/usr local"], folder)
    check.result(code == 0, "install-guestlib", said)
    code, said = run(["make", "-B", f"SDK={prefix}"], guest)
    escaped = str(prefix).replace(" ", r"\ ")
    check.result(code == 0 and f"-I{escaped}/share/pkgconfig/../../include/plumbline" in said,
                 "a guest builds with the installed library", said)
    code, said = run(["make", "-s", "-C", str(ROOT), "uninstall-guestlib", f"DESTDIR={folder}",
                      "PREFIX=/usr local"], folder)
    left = [path for path in prefix.rglob("*") if path.is_file()]
    check.result(code == 0 and not left, "uninstall-guestlib leaves no file", f"{said}{left}")
    code, said = run(["make", "-B", f"SDK={prefix}"], guest)
    check.result(code != 0 and "no guest library below" in said and "make sdk" in said,
                 "without one, make prints the remedy", said)


def check_hello(check: Check, folder: Path, guest: Path) -> None:
    """One source, two ways to build it."""
    (guest / "main.c").write_text((ROOT / "guest" / "hello" / "hello.c").read_text())
    code, said = run(["make"], guest)
    made, hello = guest / "out" / f"{guest.name}.bin", ROOT / "build" / "guest" / "hello.bin"
    _, more = run(["make", "-s", "-C", str(ROOT), "build/guest/hello.bin"], folder)
    check.result(code == 0 and made.exists() and made.read_bytes() == hello.read_bytes(),
                 "guest/hello is the same, byte for byte", said + more)


def check_vfp(check: Check, guest: Path) -> None:
    """A source with VFP, as docs/own-guest.md has it."""
    page = (ROOT / "docs" / "own-guest.md").read_text()
    rule = re.search(r"```make\n(.*?)```", page, re.S)
    (guest / "vfp-sum.c").write_text("float sum(float a, float b);\n"
                                     "float sum(float a, float b)\n{\n\treturn a + b;\n}\n")
    makefile = guest / "Makefile"
    makefile.write_text(makefile.read_text() + (rule[1] if rule else ""))
    code, said = run(["make"], guest)
    _, code_of = run(["arm-none-eabi-objdump", "-d", "out/vfp-sum.c.o"], guest)
    check.result(code == 0 and "vadd.f32" in code_of, "a source that uses VFP", said + code_of)


def main(check: Check) -> None:
    with tempfile.TemporaryDirectory(prefix="own guests ") as place:
        folder = Path(place)
        for kind in KINDS:
            check_kind(check, kind, folder)
        guest = folder / "my-newlib"
        check_failure(check, guest)
        check_installed(check, folder, guest)
        check_hello(check, folder, guest)
        check_vfp(check, guest)
