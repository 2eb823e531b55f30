# SPDX-License-Identifier: BSD-2-Clause
"""External names begin with their file's name, and objects that are named as addresses have their
type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .check import with_suffix
from .layers import without_comments

# An external name begins with the name of its file, or with a leading part of it up to an
# underscore: manifest_place.c has manifest_place(), manifest_overlaps(). From a plural, the singular
# is valid, too: locks.h has LOCK_RANK_END. A table of all objects has the plural: cpu.c has `cpus`.
TREES = {"boot", "hyp", "vgic"}
# Each of these folders is one module, whose name is also valid.
FOLDERS = {"boot", "hw", "probe", "vgic"}
EXEMPT = "hyp/regs/"  # its names are the manuals'

# Other names that a file may define (a regular expression for the whole name), with the reason.
EXCEPTIONS = {
    "boot/modes.h": ("PSR_HYP_MASKED", "a whole PSR, not only its mode"),
    "boot/probe/probe_string.c": ("mem(chr|cmp|cpy|move|set)|str(cmp|len)", "compilers call them"),
    "boot/probe/start.S": ("pen_boxes", "hyp/hw/pen.h has its program say where they are"),
    "hyp/base/addr.h": ("i?pa_[a-z]+|(PAGE|BLOCK)_SIZE", "words of all files"),
    "hyp/base/bits.h": ("(BIT|GENMASK)(32|64)|FIELD_[A-Z]+|ARRAY_SIZE", "words of all files"),
    "hyp/base/error.h": ("hyp_errno|HYP_E[A-Z0-9]+", "Linux's E..., beside a host's own"),
    "hyp/base/guest_regs.h": ("V?CPU_[A-Z_]+|HVC_BASE|VECTORS_[A-Z]+|exit_[a-z_]+",
                              "for vectors.S; what an exit saves"),
    "hyp/core/hypercall.c": ("exit_hvc(_other)?", "exit.h: the handler of a class is exit_*"),
    "hyp/core/vm.h": ("vcpu|(sched|vgic)_locked", "its second kind; a proof is named by its lock"),
    "hyp/hw/stack.S": ("__stack_chk_(fail|guard)", "the compiler's names"),
    "hyp/hw/sysreg.h": ("SYSREG64_STR_?", "SYSREG_STR of 64 bits"),
}

# Objects named pa or ipa, or ..._pa, ..._ipa, have the type pa_t or ipa_t (hyp/base/addr.h). Except:
NUMBERS = {
    "hyp/base/addr.h": ("i?pa", "the value inside these types"),
    "hyp/base/guest_regs.h": ("exit_fault_ipa", "40 bits: a guest may use any address"),
    "hyp/core/main.c": ("(dtb|image)_pa", "in registers of boot/entry.S"),
    "hyp/core/main.h": ("(dtb|image)_pa", "in registers of boot/entry.S"),
}

DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$|__attribute__\(\(.*\)\) *", re.M)
BODY = re.compile(r"^\{\n.*?^\}$", re.M | re.S)
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(?!\w*_H$)(\w+)", re.M)
UNDEFINED = re.compile(r"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.M)
TAG = re.compile(r"^(?:typedef )?(?:struct|union|enum) (\w+) \{", re.M)
ENUM = re.compile(r"^(?:typedef )?enum(?: \w+)? \{(.*?)\}", re.M | re.S)
ENUMERATOR = re.compile(r"(?:^|,)\s*(\w+)(?=\s*(?:,|=|$))")
TYPEDEF = re.compile(r"^(?:typedef [^{};]*\b(\w+)|\} (\w+));", re.M)
# A declaration at the left edge: the text before the name, and the name.
FUNCTION = re.compile(r"^((?:[A-Za-z_][\w()]*[\s*]+)+)(\w+)\(", re.M)
OBJECT = re.compile(r"^((?:[A-Za-z_][\w()]*[\s*]+)+)(\w+)(?:(?:\[[^\n;]*?\])+[ \w]*)?(?:;| =)", re.M)
NUMBER = re.compile(r"\b(?:u?int(?:8|16|32|64|ptr)_t|size_t|unsigned|int|long)\b(?=([^;(){}]*))")
DECLARED = re.compile(r"[\s*]*(\w+)(?:\[[^]]*\])*\s*(?:$|[=:])")
ADDRESS = re.compile(r"(?:\w+_)?i?pa")
LOCAL = re.compile(r"\b(?:static|extern|typedef|VGIC_INLINE)\b")
GLOBAL = re.compile(r"^[ \t]*\.globl[ \t]+([\w, \t]+)$", re.M)


def behind_parameters(text: str, start: int) -> str:
    """The text after the parenthesis that closes the one before `start`."""
    depth = 1
    while depth and start < len(text):
        depth += {"(": 1, ")": -1}.get(text[start], 0)
        start += 1
    return text[start:].lstrip()


def objects(text: str) -> Iterator[tuple[str, str]]:
    """The text before a name, and the name."""
    for match in OBJECT.finditer(text):
        if match[1].split() not in (["struct"], ["union"], ["enum"]):  # not a type's declaration
            yield match[1], match[2]


def header_names(text: str) -> set[str]:
    """The names that a header declares."""
    names = set(MACRO.findall(text)) - set(UNDEFINED.findall(text))
    text = BODY.sub("{}", DIRECTIVE.sub("", text))
    names |= set(TAG.findall(text)) | {one or other for one, other in TYPEDEF.findall(text)}
    for body in ENUM.findall(text):
        names |= set(ENUMERATOR.findall(re.sub(r"\w+\([^()]*\)", "", body)))
    names |= {match[2] for match in FUNCTION.finditer(text)}
    return names | {name for before, name in objects(text) if not before.startswith("typedef")}


def source_names(text: str) -> set[str]:
    """The external functions and objects that a source defines."""
    text = BODY.sub("{}", DIRECTIVE.sub("", text))
    names = {match[2] for match in FUNCTION.finditer(text) if not LOCAL.search(match[1])
             and behind_parameters(text, match.end()).startswith("{}")}
    return names | {name for before, name in objects(text) if not LOCAL.search(before)}


def assembly_names(text: str) -> set[str]:
    """The names that it gives to the linker, except those from macros."""
    return {name for line in GLOBAL.findall(text) for name in re.findall(r"\w+", line)}


NAMES_OF = {".c": source_names, ".h": header_names, ".S": assembly_names}


def numbers_as_addresses(text: str) -> set[str]:
    """Objects, members, parameters and functions that are named as addresses and are integers."""
    names = set()
    for match in NUMBER.finditer(text):
        for declarator in match[1].split(","):
            declared = DECLARED.match(declarator)
            if not declared:  # the next parameter
                break
            names |= {declared[1]} if ADDRESS.fullmatch(declared[1]) else set()
    return names


def prefixes(path: Path) -> set[str]:
    parts = path.stem.split("_")
    found = {"_".join(parts[:n]) for n in range(1, len(parts) + 1)}
    found |= {path.stem[:-1]} if path.stem.endswith("s") else set()
    return found | {path.parts[-2]} & FOLDERS


def fits(path: Path, name: str) -> bool:
    lower = name.lower()
    return lower == f"{path.stem}s" or any(
        lower == prefix or lower.startswith(f"{prefix}_") for prefix in prefixes(path))


@dataclass
class Names:
    """The names of a source tree, or of a test's own."""

    root: Path
    exceptions: dict[str, tuple[str, str]] = field(default_factory=lambda: EXCEPTIONS)
    numbers: dict[str, tuple[str, str]] = field(default_factory=lambda: NUMBERS)
    wrong: list[str] = field(default_factory=list)
    count: int = 0

    def judge(self, path: str, names: set[str], exceptions: dict[str, tuple[str, str]],
              fault: str) -> None:
        """Reports each name without an exception; an exception without a name is stale."""
        pattern = exceptions.get(path, ("", ""))[0]
        allowed = {name for name in names if re.fullmatch(pattern, name)}
        self.wrong += [f"{path}: '{name}' {fault}" for name in sorted(names - allowed)]
        if path in exceptions and not allowed:
            self.wrong.append(f"{path}: '{pattern}' is a stale exception: test/lib/names.py")

    def check(self) -> list[str]:
        found = [path for path in with_suffix(*NAMES_OF, root=self.root)
                 if path.parts[0] in TREES and not str(path).startswith(EXEMPT)]
        for path in found:
            text = (self.root / path).read_text(errors="replace")
            text = text if path.suffix == ".S" else without_comments(text)
            names = NAMES_OF[path.suffix](text)
            self.count += len(names)
            self.judge(str(path), {name for name in names if not fits(path, name)},
                       self.exceptions, "does not begin with its file's name")
            self.judge(str(path), numbers_as_addresses(text), self.numbers,
                       "does not have the type pa_t or ipa_t (hyp/base/addr.h)")
        self.wrong += [f"{path}: does not exist, but has an exception: test/lib/names.py"
                       for path in {**self.exceptions, **self.numbers}
                       if path not in {str(path) for path in found}]
        return self.wrong
