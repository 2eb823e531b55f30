# SPDX-License-Identifier: BSD-2-Clause
"""An exit that stays on its vCPU and changes no interrupt touches no GIC register: counted by
QEMU's trace while the benchmark guest runs. The delivery of an interrupt must touch one, or the
count is wrong."""

import re

from lib.check import Check, run

QUIET = ("HVC PSCI_VERSION", "GICD_CTLR read", "GICD_ISENABLER1 write", "PL011 FR read",
         "GICC_PMR read", "KVM_IRQ_LINE raise", "KVM_IRQ_LINE lower", "KVM_IRQ_LINE no change",
         "KVM_IRQ_LINE refused")
# name, instructions, [target [!]], GIC accesses of an operation
ROW = re.compile(r"^(\S.*?) {2,}(\d+) +(?:\d+ )?(?:! )? *(\d+\.\d)\b")


def main(check: Check) -> None:
    _, said = run(["timeout", "480", "scripts/bench"])
    accesses = {m[1]: float(m[3]) for m in map(ROW.match, said.splitlines()) if m}
    for name in QUIET:
        rows = [value for row, value in accesses.items() if row.startswith(name)]
        check.result(rows == [0.0], f"{name}: no GIC access", said)
    check.result(any(v >= 1 for row, v in accesses.items() if row.startswith("SGI")),
                 "an SGI to self: GIC accesses", said)
