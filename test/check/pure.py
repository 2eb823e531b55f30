# SPDX-License-Identifier: BSD-2-Clause
"""Pure code has no warning of gcc or clang, for the host or for ARM, no state of its own (nothing
in .data or .bss), and no call out of the pure ring except mem* and str*."""

import tempfile
from pathlib import Path

from lib.check import Check, make_variable, run

BASE = make_variable("BASE_CFLAGS")
# Not -flto: objects must have symbols.
ARM = [flag for flag in make_variable("ARM_CFLAGS") if not flag.startswith("-flto")]


def newlib() -> str:
    """The folder of newlib's headers, for a compiler that does not know it."""
    _, said = run(["arm-none-eabi-gcc", "-M", "-x", "c", "-"], "#include <string.h>\n")
    place = next((word for word in said.split() if word.endswith("/string.h")), "")
    return str(Path(place).parent)


ARM_ARCH = ["-isystem", newlib(), "--target=armv7a-none-eabi", "-mcpu=cortex-a15", "-marm",
            "-mfloat-abi=soft", "-ffreestanding"]
COMPILERS = {
    "gcc": ["gcc", *BASE, "-O2"],
    "clang": ["clang", *BASE, "-O2"],
    "clang for ARM": ["clang", *BASE, *ARM_ARCH, "-O2"],
}
LIBRARY = {"memcpy", "memset", "memcmp", "memmove", "memchr", "strlen", "strcmp", "strncmp",
           "strchr", "strnlen", "strrchr"}


def symbols(objects: list[str]) -> tuple[list[str], list[str]]:
    """Objects with state, and functions that are called but not defined in the ring."""
    _, said = run(["arm-none-eabi-nm", "-A", *objects])
    state, wanted, defined = [], {}, set()
    for line in said.splitlines():
        place, kind, name = line.rsplit(None, 2)[-3:] if line.count(" ") > 1 else ("", "", "")
        if kind in "bBdDcCsS" and kind and not name.startswith("$"):
            state.append(line)
        elif kind == "U":
            wanted[name] = line
        elif kind in "TtRrWw":
            defined.add(name)
    outside = [line for name, line in wanted.items()
               if name not in defined and name not in LIBRARY and not name.startswith("__aeabi_")]
    return state, outside


def main(check: Check) -> None:
    sources = make_variable("PURE_SRCS")
    with tempfile.TemporaryDirectory() as folder:
        objects = []
        for source in sources:
            for name, compiler in COMPILERS.items():
                good, said = run([*compiler, "-fsyntax-only", source])
                check.result(good, f"{source} ({name})", said)
            objects.append(f"{folder}/{source.replace('/', '-')}.o")
            good, said = run(["arm-none-eabi-gcc", *ARM, "-c", "-o", objects[-1], source])
            check.result(good, f"{source} (gcc for ARM)", said)
            if not good:
                objects.pop()
        state, outside = symbols(objects)
        check.result(bool(objects) and not state, "no mutable object", "\n".join(state))
        check.result(bool(objects) and not outside, "no call out of the ring", "\n".join(outside))
