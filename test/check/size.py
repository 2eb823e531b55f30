# SPDX-License-Identifier: BSD-2-Clause
"""The monitor's image stays within its limit, and its header has the values that plumb pack
needs."""

from lib.check import Check, make_variable
from plumblib.common import PlumbError
from plumblib.pack import MONITOR, memory_size


def main(check: Check) -> None:
    limit = int(make_variable("IMAGE_LIMIT")[0])
    image = MONITOR.read_bytes() if MONITOR.exists() else b""
    check.result(0 < len(image) <= limit, f"image of {len(image)} bytes, limit {limit}",
                 "" if image else "build/plumbline.img is not built: run 'make'")
    try:
        check.result(memory_size(image) > 0, f"header: {memory_size(image)} bytes of memory")
    except PlumbError as error:
        check.result(False, "header", str(error))
