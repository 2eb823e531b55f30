# SPDX-License-Identifier: BSD-2-Clause
"""The device tree that a partition gets, beside the one that QEMU's virt board makes for itself."""

import itertools
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import fdt
from plumblib.guestdt import Passed
from test_pack import guest_tree

# Nodes of devices that a partition does not have.
LEFT_OUT = {"fw-cfg@9020000", "flash@0", "platform-bus@c000000", "pcie@10000000", "gpio-keys",
            "pl061@9030000", "pmu"}
LEFT_OUT_PROPS = {
    "": {"dma-coherent"},  # of QEMU 10: a passed-through device has its own property
    "psci": {"migrate"},  # no PSCI function of the monitor
    "interrupt-controller@8000000": {"ranges", "#size-cells"},  # for the MSI frame
}
# Values that may differ: names, and phandles, which are followed instead.
FREE = {"phandle", "model", "#address-cells"}
RENAMED = {"intc@8000000": "interrupt-controller@8000000"}
REFERENCES = ("interrupt-parent", "clocks")


def virt_tree(cpus: int, mib: int) -> fdt.Node:
    with tempfile.NamedTemporaryFile(suffix=".dtb") as blob:
        machine = f"virt,gic-version=2,dtb-randomness=off,dumpdtb={blob.name}"
        subprocess.run(["qemu-system-arm", "-M", machine, "-cpu", "cortex-a15", "-smp", str(cpus),
                        "-m", str(mib), "-nic", "none", "-display", "none"],
                       check=True, capture_output=True, timeout=60)
        return fdt.parse(Path(blob.name).read_bytes()).root


def nodes(root: fdt.Node) -> dict[str, fdt.Node]:
    """By path, under the names that the partition's tree has."""
    found, todo = {}, [("", root)]
    while todo:
        path, node = todo.pop()
        found[path] = node
        for child in node.children:
            name = RENAMED.get(child.name, child.name)
            todo.append((f"{path}/{name}".lstrip("/"), child))
    return found


def meaning(tree: dict[str, fdt.Node]) -> dict[str, dict[str, object]]:
    """Properties by path; a phandle is the path that it stands for."""
    target = {node.u32("phandle"): path for path, node in tree.items() if "phandle" in node.props}
    return {path: {name: [target[cell] for cell in node.cells(name)] if name in REFERENCES
                   else value for name, value in node.props.items() if name not in FREE}
            for path, node in tree.items()}


class Virt(unittest.TestCase):
    def compare(self, cpus: int, mib: int, **shape) -> None:
        ours, said = guest_tree(vcpus=cpus, memory_size=mib << 20, rtc=True, **shape)
        self.assertEqual(said, b"")
        mine, theirs = meaning(nodes(ours)), meaning(nodes(virt_tree(cpus, mib)))
        missing = {path.split("/")[0] if path.split("/")[0] in LEFT_OUT else path
                   for path in theirs.keys() - mine.keys()}
        missing = {path for path in missing if not path.startswith("cpus/cpu-map")}
        windows = {path for path in missing if path.startswith("virtio_mmio@")}
        self.assertEqual(len(windows), 32)
        # QEMU 10 makes /aliases, 7.2 does not; guests do not need them.
        self.assertEqual(missing - windows - {"aliases"},
                         LEFT_OUT | {"interrupt-controller@8000000/v2m@8020000"})
        self.assertEqual(mine.keys() - theirs.keys(), set())
        if cpus == 1:  # virt has the method that starts CPUs only if there are several
            theirs["cpus/cpu@0"]["enable-method"] = b"psci\0"
        for path, props in mine.items():
            wanted = {name: value for name, value in theirs[path].items()
                      if name not in LEFT_OUT_PROPS.get(path, set())}
            self.assertEqual(props, wanted, f"/{path}")

    def test_every_node_says_what_virts_says(self):
        for cpus, mib in ((1, 128), (2, 512), (8, 2050), (3, 3072)):
            with self.subTest(cpus=cpus, mib=mib):
                self.compare(cpus, mib)

    def test_passed_windows_say_what_virts_say(self):
        theirs = nodes(virt_tree(1, 128))
        device = Passed("virtio_mmio", ["virtio,mmio"], 0x0a000000, 0x4000,
                        [48 + n for n in range(32)], edges=frozenset(range(48, 80)),
                        coherent=True, step=0x200)
        ours = nodes(guest_tree(passed=[device])[0])
        windows = [path for path in theirs if path.startswith("virtio_mmio@")]
        self.assertEqual(len(windows), 32)
        for path in windows:
            self.assertEqual(ours[path].props, theirs[path].props, path)


class Shapes(unittest.TestCase):
    def test_no_warning_and_nothing_that_was_not_asked_for(self):
        sizes = (1 << 20, 128 << 20, 2050 << 20, 3 << 30)
        shapes = itertools.product(range(1, 9), (True, False), (True, False), (True, False))
        for n, (vcpus, console, rtc, initrd) in enumerate(shapes):
            root, said = guest_tree(
                vcpus=vcpus, console=console, rtc=rtc, memory_size=sizes[n % 4], gic=n % 5 != 4,
                initrd=(0x40080000, 0x40080001) if initrd else None)
            self.assertEqual(said, b"")
            there = {child.plain_name for child in root.children}
            self.assertEqual("pl011" in there, console)
            self.assertEqual("pl031" in there, rtc)
            self.assertEqual("apb-pclk" in there, console or rtc)
            self.assertEqual("linux,initrd-end" in root.child("chosen").props, initrd)
            self.assertEqual([cpu.name for cpu in root.child("cpus").children],
                             [f"cpu@{cpu}" for cpu in range(vcpus)])
            self.assertEqual(root.child("memory").cells("reg"), [0, 0x40000000, 0, sizes[n % 4]])


if __name__ == "__main__":
    unittest.main()
