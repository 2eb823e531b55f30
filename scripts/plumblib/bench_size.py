# SPDX-License-Identifier: BSD-2-Clause
"""What each folder's functions take of build/plumbline.img, and constants. A function that is inlined
counts where it is inlined."""

import re
from collections import Counter

from . import bench_figures, bench_table
from .bench import columns
from .common import BUILD, run_tool, tool

EPILOG = """\
What belongs to no folder's C code is assembly (the start, the vectors, mem* and str*) or the compiler's
library.
"""
HEAD = ("part", "bytes")
IMAGE = "image"
CONSTANTS, VARIABLES = "constants: texts and tables", "variables with a value"
ASSEMBLY, PADDING = "assembly, libgcc", "padding"
SLACK = 256  # bytes by which a part may differ from what is stored, or 5 %
SYMBOL = re.compile(r"^[0-9a-f]{8} ([0-9a-f]{8}) [tT] \S+\t.*?((?:hyp/\w+|vgic|boot))/[\w.]+:\d+$", re.M)
SECTION = re.compile(r"^\.(text|rodata|data) +(\d+)", re.M)


def _run(name: str, *words: str) -> str:
    return run_tool([tool(f"arm-none-eabi-{name}"), *words], f"arm-none-eabi-{name}").decode()


def parts(symbols: str, sections: str, image: int) -> dict[str, int]:
    """`symbols`: what nm -S -l prints; `sections`: size -A. The largest part first."""
    found: Counter[str] = Counter()
    for size, folder in SYMBOL.findall(symbols):
        found[folder] += int(size, 16)
    taken = {name: int(size) for name, size in SECTION.findall(sections)}
    found[ASSEMBLY] = taken["text"] - sum(found.values())
    found[CONSTANTS], found[VARIABLES] = taken["rodata"], taken["data"]
    found[PADDING] = image - sum(taken.values())
    return {**dict(found.most_common()), IMAGE: image}


def measure(_timeout: float) -> dict[str, int]:
    elf, image = BUILD / "plumbline.elf", BUILD / "plumbline.img"
    return parts(_run("nm", "-S", "-l", str(elf)), _run("size", "-A", str(elf)), image.stat().st_size)


def differences(stored: dict[str, int], now: dict[str, int]) -> list[str]:
    """The parts that the stored table tells wrong."""
    return [f"{part}: {stored.get(part, 0)} stored, {now.get(part, 0)} now"
            for part in {**stored, **now}
            if abs(now.get(part, 0) - stored.get(part, 0)) > max(SLACK, stored.get(part, 0) // 20)]


def rows(sizes: dict[str, int]) -> list[tuple[str, ...]]:
    return [HEAD, *((part, str(size)) for part, size in sizes.items())]


def text(sizes: dict[str, int]) -> str:
    return "\n".join(columns(rows(sizes)))


def main(words: list[str]) -> int:
    return bench_table.main(bench_table.Table("size", __doc__, EPILOG, 0, bench_figures.SIZE, measure, text),
                            words)
