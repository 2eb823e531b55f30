# SPDX-License-Identifier: BSD-2-Clause
"""The rings at link level: the symbols that each file uses of others. An include shows only
possible calls, and a file's own declaration needs none; the objects show the actual references."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from plumblib.common import PlumbError

from .check import run
from .layers import EDGES, VGIC_PUBLIC, Tree

# The entries from assembly to C, and one word of data. Hardware uses nothing else of the glue.
ENTRIES = {
    "main_start": "boot/entry.S: the boot CPU, with MMU and stack",
    "main_secondary": "boot/entry.S: every other CPU",
    "main_wrong_mode": "boot/entry.S: entered in a mode from which HYP cannot be reached",
    **{f"exit_{name}": "hyp/hw/vectors.S: a trap out of a guest, by exception class"
       for name in ("undef", "wfx", "cp", "hcptr", "hvc", "hvc_other", "prefetch_abort",
                    "data_abort")},
    "exit_irq": "hyp/hw/vectors.S: an interrupt out of a guest",
    **{f"trace_{name}": "hyp/hw/vectors.S: the same, while the trace is on"
       for name in ("exit", "irq", "entry")},
    "run_work": "hyp/hw/vectors.S: an exit has left work, before the return to a guest",
    "halt_exception": "hyp/hw/vectors.S: an exception in HYP itself",
    "halt_smashed": "hyp/hw/stack.S: a function has written past an array on its stack",
    "run_start": "hyp/hw/vectors.S: a CPU's first guest, on a fresh stack",
    "probe_main": "boot/probe/start.S",
    "probe_stopped": "boot/probe/start.S",
    "pen_boxes": "boot/monitor.S: the program of which it is a part has the pen",
}
# The window onto memory of guests, and the one file that may use it.
WINDOW, ACCESS = {"mmu_window", "mmu_window_close"}, "hyp/core/mem.c"
LIBRARY = {"memchr", "memcmp", "memcpy", "memmove", "memset", "strcmp", "strlen"}  # in any library
LEVEL = re.compile(r"^\| (\d+) \| ((?:`\w+` ?)+)\|", re.M)


@dataclass
class Links:
    """Files, and the symbols that each uses of others: want[user][owner] = symbols."""

    tree: Tree
    want: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def count(self) -> int:
        return sum(len(owners) for owners in self.want.values())

    def asked(self) -> set[str]:
        return {name for owners in self.want.values() for names in owners.values() for name in names}

    def room_faults(self) -> list[str]:
        """Symbols across edges that includes may not have."""
        public = "\n".join((self.tree.root / header).read_text() for header in sorted(VGIC_PUBLIC))
        wrong = []
        for user, owners in self.want.items():
            room = self.tree.room(user) or ""
            allowed = EDGES.get(room) or set()
            for owner, symbols in owners.items():
                into = self.tree.room(owner)
                if into == "vgic" and "vgic-public" in allowed:
                    symbols = {name for name in symbols if not re.search(rf"\b{name}\(", public)}
                elif into in allowed:
                    continue
                elif room == "hw":
                    symbols = symbols - ENTRIES.keys()
                if symbols:
                    wrong.append(f"{user}: {room} may not use {', '.join(sorted(symbols))} of {owner} "
                                 f"({into})")
        return wrong

    def inner(self, user: str) -> list[str]:
        """The files that a file uses, except through entries."""
        return sorted(owner for owner, symbols in self.want.get(user, {}).items()
                      if symbols - ENTRIES.keys())

    def way(self, files: list[str]) -> str:
        """A path of files, with the symbols that each uses of the next."""
        steps = [f"-> {owner} ({', '.join(sorted(self.want[user][owner])[:3])})"
                 for user, owner in zip(files, files[1:])]
        return " ".join([files[0], *steps])

    def way_back(self, file: str) -> list[str]:
        """The shortest path from a file to itself, or none."""
        ways = [[file]]
        met: set[str] = set()
        for way in ways:
            for owner in self.inner(way[-1]):
                if owner == file:
                    return [*way, file]
                if owner not in met:
                    met.add(owner)
                    ways.append([*way, owner])
        return []

    def cycles(self) -> list[str]:
        """The shortest cycle, and the number of files on cycles."""
        ways = sorted((way for file in sorted(self.want) if (way := self.way_back(file))), key=len)
        return [f"{len(ways)} files on cycles; the shortest: {self.way(ways[0])}"] if ways else []

    def window_faults(self) -> list[str]:
        """Files that access memory of guests without hyp/core/mem.c, which checks the range."""
        return [f"{user}: only {ACCESS} may use {', '.join(sorted(symbols & WINDOW))}"
                for user, owners in sorted(self.want.items()) if user != ACCESS
                for symbols in owners.values() if symbols & WINDOW]

    def level_faults(self, page: str) -> list[str]:
        """The glue against the table of docs/architecture.md: a file uses lines above its own."""
        level = {f"hyp/core/{name}.c": int(number) for number, names in LEVEL.findall(page)
                 for name in re.findall(r"\w+", names)}
        glue = {file for file in self.want if self.tree.room(file) == "core"}
        return [*(f"{file}: not in the table" for file in sorted(glue - level.keys())),
                *(f"{file}: in the table, not in the tree" for file in sorted(level.keys() - glue)),
                *("not above: " + self.way([user, owner])
                  for user in sorted(glue & level.keys()) for owner in self.inner(user)
                  if level.get(owner, -1) >= level[user])]


def symbols(objects: list[str]) -> Iterator[tuple[str, str, str]]:
    """(object, nm's letter, name) of external symbols."""
    good, said = run(["arm-none-eabi-nm", "-A", "-g", *objects])
    if not good:
        raise PlumbError(said)
    for line in said.splitlines():
        place, kind, name = line.rsplit(None, 2)
        yield place.rsplit(":", 1)[0], kind, name


def read(tree: Tree, folder: Path, files: list[str]) -> Links:
    """From the objects of `files`, folder/FILE.o. Symbols that no file defines are from the linker
    script, newlib or the compiler's library: check/pure has those that are allowed."""
    links = Links(tree, {file: {} for file in files})
    owner, wanted = {}, []
    for place, kind, name in symbols([str(folder / f"{file}.o") for file in files]):
        file = str(PurePosixPath(place).relative_to(folder)).removesuffix(".o")
        if kind in "Uw":
            wanted.append((file, name))
        else:
            owner[name] = file
    for file, name in wanted:
        if name in owner and name not in LIBRARY:
            links.want[file].setdefault(owner[name], set()).add(name)
    return links
