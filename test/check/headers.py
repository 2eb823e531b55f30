# SPDX-License-Identifier: BSD-2-Clause
"""Every header compiles alone, and a second inclusion adds nothing: the monitor's with the cross
compiler, those without assembly with the host's too, abi/ in older C and from assembly as well. Those
of the module for Linux need Linux's, and are compiled with it."""

from pathlib import Path

from lib.check import Check, make_variable, run, with_suffix

FLAGS = [*make_variable("BASE_CFLAGS"), "-Itest/fakes", "-fsyntax-only", "-Wno-unused-function",
         "-Wno-unused-macros"]
ARM = ["arm-none-eabi-gcc", "-mcpu=cortex-a15", "-marm"]
MONITOR = [*ARM, "-mgeneral-regs-only", "-ffreestanding"]


def ways(path: str) -> list[tuple[str, list[str]]]:
    """The compilers that must accept a header."""
    room = path.split("/")[0]
    if room == "abi":
        return [("host", ["gcc"]), ("host gnu99", ["gcc", "-std=gnu99", "-Wno-pedantic"]), ("arm", MONITOR),
                ("assembly", [*ARM, "-x", "assembler-with-cpp"])]
    if path.startswith("guest/linux/kvm/"):
        return []
    if room == "guest":
        return [("arm", ARM)]
    if room == "test":
        # Fakes come before the headers that they replace, as in the unit tests.
        return [("host", ["gcc", "-D_POSIX_C_SOURCE=200809L", "-iquote", "test/fakes"])]
    if path.startswith(("hyp/hw/", "boot/")) or needs_hardware(path):
        return [("arm", MONITOR)]
    return [("host", ["gcc"]), ("arm", MONITOR)]


def needs_hardware(path: str) -> bool:
    """Glue headers and vgic_hw.h: they include hyp/hw, which has ARM assembly."""
    text = Path(path).read_text(errors="replace")
    return path.startswith("hyp/core/") or "hyp/hw/" in text or "hyp/core/" in text


UNIT = "typedef int a_unit_is_never_empty;\n"


def main(check: Check) -> None:
    for header in with_suffix(".h"):
        path = str(header)
        for way, compiler in ways(path):
            language = [] if "-x" in compiler else ["-x", "c"]
            # BASE_CFLAGS' -std comes first, so that a way may name another.
            good, said = run([compiler[0], *FLAGS, *compiler[1:], "-include", path, "-include", path,
                              *language, "-"], stdin="" if "-x" in compiler else UNIT)
            check.result(good, f"{path} ({way})", said)
