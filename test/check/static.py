# SPDX-License-Identifier: BSD-2-Clause
"""cppcheck on the monitor, and shellcheck on the shell scripts where it is installed; every Python
file compiles."""

import shutil

from lib.check import ROOT, Check, files, is_python, run


def cppcheck(check: Check) -> None:
    good, said = run([
        "cppcheck", "--quiet", "--std=c11", "--language=c", "--platform=unix32", "--inline-suppr",
        "--enable=warning,performance,portability", "--error-exitcode=1", "-I.",
        "-D__ARM_ARCH_7VE__", "-D__asm__(...)=",
        "--suppressions-list=test/check/cppcheck.suppress", "hyp", "vgic", "boot", "scripts"])
    check.result(good, "cppcheck", said)


def compiles(text: bytes, path: str) -> tuple[bool, str]:
    try:
        compile(text, path, "exec")
    except SyntaxError as error:
        return False, str(error)
    return True, ""


def main(check: Check) -> None:
    cppcheck(check)
    for path in files():
        text = (ROOT / path).read_bytes()
        shebang = text.split(b"\n", 1)[0]
        if is_python(path):
            good, said = compiles(text, str(path))
            check.result(good, f"{path} compiles", said)
        elif shebang.startswith((b"#!/bin/sh", b"#!/bin/bash")) and shutil.which("shellcheck"):
            good, said = run(["shellcheck", str(path)])
            check.result(good, f"{path} (shellcheck)", said)
