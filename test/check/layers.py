# SPDX-License-Identifier: BSD-2-Clause
"""The include edges of the design, the constructs forbidden in pure code, and the same edges by the
symbols of the objects: no cycle of files, and hyp/core as in docs/architecture.md.
test/plumb/test_layers.py and test_links.py plant violations that this must find."""

from lib import links
from lib.check import ROOT, Check, make_variable, run
from lib.layers import Tree


def check_links(check: Check, tree: Tree) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    monitor = links.read(tree, ROOT / "build" / "links", make_variable("MONITOR_SRCS"))
    probe = links.read(tree, ROOT / "build" / "probe" / "obj", make_variable("PROBE_SRCS"))
    findings = [("hyp/core is as in docs/architecture.md", monitor.level_faults(page)),
                ("memory of guests is accessed in one file", monitor.window_faults())]
    for name, program in (("monitor", monitor), ("probe", probe)):
        findings += [(f"{name}: {program.count()} edges by symbols", program.room_faults()),
                     (f"{name}: no cycle of files", program.cycles())]
    for what, wrong in findings:
        check.result(not wrong, what, "\n".join(wrong))
    unused = links.ENTRIES.keys() - monitor.asked() - probe.asked()
    check.result(not unused, "entries from assembly", ", ".join(sorted(unused)))


def main(check: Check) -> None:
    tree = Tree(ROOT)
    wrong = tree.check()
    check.result(not wrong and tree.edges > 0, f"{tree.edges} include edges", "\n".join(wrong))
    built, said = run(["make", "-s", "-j2", "--no-print-directory", "link-objects"])
    check.result(built, "objects to look into", said)
    if built:
        check_links(check, tree)
