# SPDX-License-Identifier: BSD-2-Clause
"""The monitor's image stays within its limit, its header has the values that plumb pack needs, and
what the docs say of its parts is true, with the compiler whose figures they have."""

from lib.check import Check, make_variable
from plumblib import bench_figures, bench_size
from plumblib.common import PlumbError
from plumblib.pack import MONITOR, memory_size


def check_parts(check: Check) -> None:
    stored = bench_figures.load().get(bench_figures.compiler(), {}).get(bench_figures.SIZE)
    if stored is None:
        print(f"SKIP parts: none are stored for {bench_figures.compiler()}: scripts/bench size --store")
        return
    wrong = bench_size.differences(stored, bench_size.measure(0))
    check.result(not wrong, "the parts are as stored",
                 "\n".join([*wrong, "scripts/bench size --store; scripts/bench docs"]))


def main(check: Check) -> None:
    limit = int(make_variable("IMAGE_LIMIT")[0])
    image = MONITOR.read_bytes() if MONITOR.exists() else b""
    check.result(0 < len(image) <= limit, f"image of {len(image)} bytes, limit {limit}",
                 "" if image else "build/plumbline.img is not built: run 'make'")
    try:
        check.result(memory_size(image) > 0, f"header: {memory_size(image)} bytes of memory")
    except PlumbError as error:
        check.result(False, "header", str(error))
    if image:
        check_parts(check)
