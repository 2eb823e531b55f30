# SPDX-License-Identifier: BSD-2-Clause
"""The rings of the design as data: the room of each file, and the rooms that it may include."""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from .check import with_suffix

# The first pattern that matches names the room. A folder of hyp/ is a room of its own.
ROOMS = [
    ("abi/*", "abi"),
    ("boot/probe/*", "probe"),
    ("boot/*", "hw"),
    ("vgic/vgic_hw.*", "vgic-hw"),
    ("vgic/*", "vgic"),
    ("guest/lib/*", "guest-lib"),
    ("guest/*", "guest"),
    ("scripts/*", "test"),
    ("test/*", "test"),
]

# From a room to the rooms that it may include.
GROUND = {"base", "regs"}
EDGES = {
    "abi": {"abi"},
    "base": GROUND,
    "regs": GROUND,
    # pure
    "vgic": GROUND | {"abi", "vgic"},
    "fdt": GROUND | {"fdt"},
    "board": GROUND | {"fdt", "board"},
    "manifest": GROUND | {"fdt", "board", "dev", "manifest"},
    "text": GROUND | {"abi", "vgic-public", "text"},
    "trap": GROUND | {"abi", "text", "trap"},
    "sched": GROUND | {"trap", "sched"},
    "stage2": GROUND | {"stage2"},
    "dev": GROUND | {"text", "dev"},
    # glue
    "core": GROUND | {"abi", "vgic", "fdt", "board", "manifest", "text", "trap", "sched", "stage2",
                      "dev", "core", "hw", "vgic-hw"},
    # hardware
    "vgic-hw": GROUND | {"hw", "vgic-hw", "vgic-public"},  # the list registers' mirror
    "hw": GROUND | {"hw"},
    # programs of their own
    "probe": GROUND | {"fdt", "board", "text", "hw", "probe"},
    "guest-lib": {"guest-lib", "abi"},
    "guest": {"guest", "guest-lib", "abi"},
    "test": None,  # anything
}
PURE_ROOMS = {"abi", "base", "regs", "vgic", "fdt", "board", "manifest", "text", "trap", "sched",
              "stage2", "dev"}
VGIC_PUBLIC = {"vgic/vgic.h", "vgic/irq_line.h"}
PURE_STANDARD = {"stdint.h", "stddef.h", "stdbool.h", "stdalign.h", "stdarg.h", "limits.h",
                 "string.h", "inttypes.h", "stdnoreturn.h"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
FORBIDDEN = re.compile(r"\b(asm|__asm__|__asm|volatile|__volatile__|(?:malloc|calloc|realloc|free)(?= *\())\b")
# How code is compiled, not what it does: conditions, and an assembly statement without instructions.
CONDITIONAL_FREE = {"hyp/base/cold.h", "hyp/base/hot.h", "hyp/base/pair.h"}
NO_INSTRUCTIONS = re.compile(r'\b__asm__\(""')
CONDITIONAL = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)\b[ \t]*(.*)$", re.M)


def without_comments(text: str) -> str:
    """Comments and literals blanked, line numbers kept."""
    return COMMENT.sub(lambda m: "\n" * m[0].count("\n") if m[0][0] == "/" else '""', text)


@dataclass
class Tree:
    """A source tree, or a test's own."""

    root: Path
    wrong: list[str] = field(default_factory=list)
    edges: int = 0

    def room(self, path: str) -> str | None:
        folders = PurePosixPath(path).parts[:-1]
        if folders[:1] == ("hyp",):
            return folders[1] if len(folders) == 2 and folders[1] in EDGES else None
        for pattern, room in ROOMS:
            if fnmatch(path, pattern):
                return room
        return None

    def resolve(self, path: str, name: str) -> str | None:
        """The file of an #include "name" in `path`: beside it, or from the root."""
        for candidate in (PurePosixPath(path).parent / name, PurePosixPath(name)):
            if (self.root / candidate).is_file():
                return str(candidate)
        return None

    def complain(self, path: str, text: str) -> None:
        self.wrong.append(f"{path}: {text}")

    def check_include(self, path: str, room: str, quote: str, name: str) -> str | None:
        """Checks one include; returns its file within the tree."""
        if quote == "<":
            if room in PURE_ROOMS and room != "abi" and name not in PURE_STANDARD:
                self.complain(path, f"pure code includes <{name}>")
            return None
        target = self.resolve(path, name)
        if target is None:
            if room != "test":
                self.complain(path, f'"{name}" is not in the tree')
            return None
        self.edges += 1
        allowed = EDGES[room]
        into = self.room(target)
        if allowed is None or into in allowed:
            return target
        if "vgic-public" in allowed and target in VGIC_PUBLIC:
            return target
        self.complain(path, f"{room} may not include {target} ({into})")
        return target

    def check_pure_text(self, path: str, text: str) -> None:
        if path in CONDITIONAL_FREE:
            text = NO_INSTRUCTIONS.sub("(", text)
        bare = without_comments(text)
        for match in FORBIDDEN.finditer(bare):
            line = bare[:match.start()].count("\n") + 1
            self.complain(f"{path}:{line}", f"pure code uses '{match[1]}'")
        for match in CONDITIONAL.finditer(bare):
            guard = re.search(r"\w+_H(_\w*)?$|__ASSEMBLER__", match[2].strip())
            if not guard and path.split("/")[0] != "abi" and path not in CONDITIONAL_FREE:
                line = bare[:match.start()].count("\n") + 1
                self.complain(f"{path}:{line}", f"pure code has '#{match[1]} {match[2]}'")

    def check_file(self, path: str, graph: dict[str, list[str]]) -> None:
        room = self.room(path)
        if room is None:
            self.complain(path, "in no room: test/lib/layers.py knows the folders")
            return
        text = (self.root / path).read_text(errors="replace")
        targets = [self.check_include(path, room, quote, name)
                   for quote, name in INCLUDE.findall(text)]
        graph[path] = [target for target in targets if target]
        if room in PURE_ROOMS and not path.endswith(".S"):
            self.check_pure_text(path, text)

    def check_cycles(self, graph: dict[str, list[str]]) -> None:
        state: dict[str, int] = {}

        def visit(path: str, trail: list[str]) -> None:
            state[path] = 1
            for target in graph.get(path, []):
                if state.get(target) == 1:
                    cycle = [*trail, path, target]
                    self.complain(path, "cycle: " + " -> ".join(cycle[cycle.index(target):]))
                elif target not in state:
                    visit(target, [*trail, path])
            state[path] = 2

        for path in graph:
            if path not in state:
                visit(path, [])

    def check(self) -> list[str]:
        graph: dict[str, list[str]] = {}
        for path in with_suffix(".c", ".h", ".S", root=self.root):
            self.check_file(str(path), graph)
        self.check_cycles(graph)
        return self.wrong
