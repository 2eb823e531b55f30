# SPDX-License-Identifier: BSD-2-Clause
"""Which of the monitor's code was executed: words and functions, by file (test/hostile/reach.c)."""

import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from plumblib.common import PlumbError, tool

# What runs at boot only, or when a board ends: no guest reaches it.
BOOT = re.compile(r"^(boot/|hyp/(fdt|manifest|board|stage2)/|hyp/core/(boot|main|cpus|soc|partition_make)"
                  r"|hyp/hw/(soc|uart_|pen|mmu))")
# Where exits, calls and interrupts are handled.
HANDLERS = re.compile(r"^(hyp/trap/|vgic/|hyp/dev/|hyp/sched/|hyp/core/(exit|hypercall|irq|route_call|"
                      r"device|rtc|run|partition|vsync|vtimer|vpmu|phys|guest_log|isolate|remote))")


SOURCE = re.compile(r"^.*?(?=(hyp|vgic|boot)/)")  # the folder in which it was compiled

SETUP = re.compile(r"_(init|init_cpu|size|valid|find_\w+|is_mirror|add|add_port|try)(\.|$)")  # at boot


@dataclass
class Code:
    """The monitor's instructions, and the functions to which they belong, inlined ones first."""

    elf: Path
    text: int = 0
    size: int = 0
    enter: int = 0
    words: list[int] = field(default_factory=list)  # addresses of instructions

    def __post_init__(self) -> None:
        self._sections()
        self._symbols()
        if not self.size or not self.enter or not self.words:
            raise PlumbError(f"{self.elf}: not the monitor's ELF file: run 'make'")

    def _run(self, name: str, *arguments: str, stdin: str = "") -> str:
        return subprocess.run([tool(f"arm-none-eabi-{name}"), *arguments], input=stdin, text=True,
                              stdout=subprocess.PIPE, check=True).stdout

    def _sections(self) -> None:
        for line in self._run("objdump", "-h", str(self.elf)).splitlines():
            words = line.split()
            if len(words) > 3 and words[1] == ".text":
                self.size, self.text = int(words[2], 16), int(words[3], 16)

    def _symbols(self) -> None:
        """Mapping symbols tell code ($a) from data ($d)."""
        marks = [(self.text, "$d")]
        for line in self._run("nm", "-n", "--special-syms", str(self.elf)).splitlines():
            address, _, name = line.rpartition(" ")[0].partition(" ")[0], "", line.split()[-1]
            if not re.fullmatch("[0-9a-f]{8}", address):
                continue
            if name == "vectors_enter":
                self.enter = int(address, 16)
            if name[:2] in ("$a", "$d") and self.text <= int(address, 16) < self.text + self.size:
                marks.append((int(address, 16), name[:2]))
        ends = [start for start, _ in marks[1:]] + [self.text + self.size]
        for (start, kind), end in zip(marks, ends):
            if kind == "$a":
                self.words += range(start, end, 4)

    @cached_property
    def functions(self) -> list[list[tuple[str, str]]]:
        """For each of `words`: file and function, with those into which it was inlined."""
        asked = "".join(f"{word:#x}\n" for word in self.words)
        said = self._run("addr2line", "-a", "-f", "-i", "-e", str(self.elf), stdin=asked)
        found: list[list[tuple[str, str]]] = []
        name = ""
        for line in said.splitlines():
            if line.startswith("0x"):
                found.append([])
                name = ""
            elif not name:
                name = line
            else:
                path = SOURCE.sub("", line.rsplit(":", 1)[0])
                found[-1].append((path, name))
                name = ""
        return found


def arguments(code: Code, out: Path) -> str:
    return f"text={code.text:#x},size={code.size},enter={code.enter:#x},out={out}"


class Reached:
    """What any of the runs has executed."""

    def __init__(self, code: Code):
        self.code = code
        self.marks = bytearray(code.size // 4)

    def add(self, path: Path) -> int:
        """How many words are new."""
        if not path.exists():
            return 0
        before = self.count
        for n, mark in enumerate(path.read_bytes()[:len(self.marks)]):
            self.marks[n] |= mark
        return self.count - before

    def _is(self, address: int) -> bool:
        return bool(self.marks[(address - self.code.text) // 4])

    @property
    def count(self) -> int:
        return sum(map(self._is, self.code.words))

    def files(self) -> dict[str, list[int]]:
        """For each file that is not boot's: words, words reached."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for address, owners in zip(self.code.words, self.code.functions):
            path = owners[0][0] if owners else "?"
            found[path][0] += 1
            found[path][1] += self._is(address)
        return {path: counts for path, counts in sorted(found.items()) if not BOOT.match(path)}

    def functions(self) -> dict[tuple[str, str], bool]:
        """Each function that is not boot's: was any word of it reached?"""
        found: dict[tuple[str, str], bool] = {}
        for address, owners in zip(self.code.words, self.code.functions):
            for owner in owners:
                if not BOOT.match(owner[0]) and owner[1] != "??":
                    found[owner] = found.get(owner, False) or self._is(address)
        return found

    def report(self) -> list[str]:
        files, functions = self.files(), self.functions()
        words, there = (sum(counts[n] for counts in files.values()) for n in (1, 0))
        known = sum(functions.values())
        lines = [f"of the monitor's code that runs after boot: {known} of {len(functions)} functions, "
                 f"{words} of {there} instructions ({100 * words // max(there, 1)} %)"]
        missed: dict[str, list[str]] = defaultdict(list)
        for (path, name), was in functions.items():
            if not was and HANDLERS.match(path) and not SETUP.search(name):
                missed[path].append(name.split(".")[0])
        lines.append(f"handlers that were never reached: {sum(map(len, missed.values()))}")
        return lines + [f"  {path}: {', '.join(sorted(set(names)))}"
                        for path, names in sorted(missed.items())]
