# SPDX-License-Identifier: BSD-2-Clause
"""Numbers of the hardware against tables typed from the manuals: every macro of hyp/regs has a row
in a unit test, every macro of the files in test/encodings has its value there; each MCR and MRC in
the objects of the accessors and the boot code has the ARM ARM's encoding."""

import re
import struct
import tempfile
from pathlib import Path

from lib import encodings
from lib.check import ROOT, Check, make_variable, run

CROSS = make_variable("CROSS")[0]
FLAGS = [flag for flag in make_variable("ARM_CFLAGS") if not flag.startswith("-flto")]
ASFLAGS = make_variable("ARM_ASFLAGS")
DUMPED = re.compile(r"^#define ((?!_)\w+)((?:\([^)]*\))? .*)$", re.M)
SYMBOL = re.compile(r"^[0-9a-f]+ <(\w+)>:$")
LDRD = re.compile(r"\tldrd\w*\tr(\d+), \[(\w+), -?r(\d+)\]")
WORD = re.compile(r"^ *[0-9a-f]+:\t([0-9a-f]{8}) ")
# Makes the tables of hyp/regs/cp15.h; not an encoding.
MACHINERY = {"CP_REG", "CP_REG64", "CP_REG_TOKENS", "CP_REG64_TOKENS", "CP_NUMBER_OF", "CP_NUMBER",
             "CP_NUMBER64", "CP_NUMBER_TOKENS", "CP_NUMBER64_TOKENS"}

FOLDER = tempfile.TemporaryDirectory()
table = encodings.parse((ROOT / "test" / "encodings").read_text())
registers = encodings.registers((ROOT / "test/unit/test_cp15_regs.c").read_text())
unit = encodings.unit_rows((ROOT / "test/unit/test_encodings.c").read_text())


def compiled(source: str, language: str) -> tuple[str, str]:
    """An object's path, or the error."""
    path = f"{FOLDER.name}/probe.o"
    flags = ASFLAGS if language == "assembler-with-cpp" else FLAGS
    good, said = run([f"{CROSS}gcc", *flags, "-fno-toplevel-reorder", "-c", "-o", path, "-x",
                      language, "-"], stdin=source)
    return (path, "") if good else ("", said)


def values(file: str, names: list[str]) -> tuple[list[int], str]:
    """The values of a file's macros, at its end."""
    language = ["-x", "assembler-with-cpp"] if file.endswith(".S") else ["-x", "c"]
    good, said = run([f"{CROSS}gcc", *(ASFLAGS if file.endswith(".S") else FLAGS), "-E", "-dM",
                      *language, file])
    if not good:
        return [], said
    lines = [f"#undef {name}\n#define {name}{body}" for name, body in DUMPED.findall(said)]
    source = "\n".join(["#include <stdint.h>", *lines,
                        "const uint64_t probe[] = {",
                        *[f"(uint64_t)({name})," for name in names], "};", ""])
    path, said = compiled(source, "c")
    binary = f"{FOLDER.name}/probe.bin"
    if path:
        good, said = run([f"{CROSS}objcopy", "-O", "binary", "-j", ".rodata*", path, binary])
    data = Path(binary).read_bytes() if path and good else b""
    if len(data) != 8 * len(names):
        return [], said or f"{len(data)} bytes of values"
    return list(struct.unpack(f"<{len(names)}Q", data)), ""


def check_values(check: Check, file: str, rows: encodings.FileRows) -> None:
    names = list(rows.values)
    got, said = values(file, names) if names else ([], "")
    wrong = [f"{file}: {name} is {value:#x}, not {rows.values[name][0]:#x} ({rows.values[name][1]})"
             for name, value in zip(names, got) if value != rows.values[name][0]]
    check.result(len(got) == len(names) and not wrong, f"{file}: {len(names)} numbers",
                 said or "\n".join(wrong))


def check_complete(check: Check, file: str, rows: encodings.FileRows) -> None:
    """Each macro has a row, each row a macro."""
    defined = {name for name, arguments in encodings.macros((ROOT / file).read_text())
               if not arguments}
    listed = set(rows.values) | rows.ours
    wrong = [f"{file}: {name} has no row in test/encodings: type it from the manual"
             for name in sorted(defined - listed)]
    wrong += [f"test/encodings: {file} defines no {name}" for name in sorted(listed - defined)]
    check.result(not wrong, f"{file}: every macro has a row", "\n".join(wrong))


def check_unit_tables(check: Check) -> None:
    names = {re.sub(r"\(.*", "", name) for name in registers} | unit
    for path in sorted((ROOT / "hyp" / "regs").glob("*.h")):
        defined = {name for name, _ in encodings.macros(path.read_text())} - MACHINERY
        missing = sorted(defined - names)
        check.result(bool(defined) and not missing, f"{path.name}: {len(defined)} macros have rows",
                     "\n".join(f"hyp/regs/{path.name}: {name}: no row in test_encodings.c or "
                               "test_cp15_regs.c: type it from the manual" for name in missing))


def accesses(path: str) -> dict[str, list[int]]:
    """The coprocessor accesses of an object, by function."""
    found: dict[str, list[int]] = {}
    at = ""
    for line in run([f"{CROSS}objdump", "-d", path])[1].splitlines():
        symbol, word = SYMBOL.match(line), WORD.match(line)
        if symbol:
            at = symbol[1]
        elif word and encodings.bare(int(word[1], 16)) is not None:
            found.setdefault(at, []).append(int(word[1], 16))
    return found


def check_assembly(check: Check, file: str, rows: encodings.FileRows) -> None:
    path, said = compiled((ROOT / file).read_text(), "assembler-with-cpp")
    words = [word for found in accesses(path).values() for word in found] if path else []
    # VMRS and VMSR (coprocessor 10) are written by name, not by number.
    got = [bare for word in words if word >> 8 & 15 in (14, 15)
           if (bare := encodings.bare(word)) is not None]
    want = [registers[name].word(read) for read, name in rows.accesses if name in registers]
    known = {register.word(read): f"{'RW'[not read]} {name}" for name, register in registers.items()
             for read in (False, True)}
    check.result(bool(path) and got == want and len(want) == len(rows.accesses),
                 f"{file}: {len(want)} coprocessor accesses",
                 said or f"{file} does: " + " ".join(known.get(word, f"{word:#010x}") for word in got)
                 + "\ntest/encodings has: "
                 + " ".join(f"{'RW'[not read]} {name}" for read, name in rows.accesses))


ACCESSORS = """\
void write_{number}(uint{bits}_t value);
void write_{number}(uint{bits}_t value)
{{
	sysreg_write{wide}({name}, value);
}}
uint{bits}_t read_{number}(void);
uint{bits}_t read_{number}(void)
{{
	return sysreg_read{wide}({name});
}}
"""


def check_accessors(check: Check) -> None:
    """sysreg_write and sysreg_read of each register that they can reach. The procedure call standard
    has the value in r0, or its low half there and the high one in r1: the whole word is known."""
    reached = {name: one for name, one in registers.items() if one.coproc != 10}
    source = ['#include "hyp/hw/sysreg.h"\n']
    for number, (name, register) in enumerate(reached.items()):
        bits, wide = (64, "64") if register.wide else (32, "")
        source.append(ACCESSORS.format(number=number, name=name, bits=bits, wide=wide))
    path, said = compiled("".join(source), "c")
    got = accesses(path) if path else {}
    wrong = []
    for number, (name, register) in enumerate(reached.items()):
        for way, read in (("write", False), ("read", True)):
            want = 0xE0000000 | register.word(read) | (1 << 16 if register.wide else 0)
            words = got.get(f"{way}_{number}", [])
            if words != [want]:
                wrong.append(f"sysreg_{way} of {name}: {' '.join(map(hex, words))}, not {want:#x}")
    check.result(bool(path) and len(reached) > 0 and not wrong,
                 f"sysreg.h: {len(reached)} registers read and written", said or "\n".join(wrong))


def check_pairs(check: Check) -> None:
    """LDRD (register) in the image: with an index that is a destination it is UNPREDICTABLE (ARM
    ARM A8.8.74), which GCC 14 makes of atomic loads."""
    image = ROOT / "build/plumbline.elf"
    _, said = run([f"{CROSS}objdump", "-d", "--no-show-raw-insn", str(image)])
    pairs = LDRD.findall(said)
    wrong = [f"ldrd r{first}, [{base}, r{index}]" for first, base, index in pairs
             if int(index) in (int(first), int(first) + 1)]
    check.result("ldrd" in said and not wrong, "no LDRD of the image has a destination as its index",
                 ", ".join(wrong))


def main(check: Check) -> None:
    check_pairs(check)
    check_unit_tables(check)
    for path in sorted([*(ROOT / "hyp/hw").glob("*.h"), *(ROOT / "boot").glob("*.[hS]")]):
        table.setdefault(str(path.relative_to(ROOT)), encodings.FileRows())
    for name, file_rows in table.items():
        check_complete(check, name, file_rows)
        if file_rows.values:
            check_values(check, name, file_rows)
        if name.endswith(".S"):
            check_assembly(check, name, file_rows)
    check_accessors(check)
