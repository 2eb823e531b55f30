# SPDX-License-Identifier: BSD-2-Clause
"""The output of gdb's commands for plain numbers."""

import unittest

from plumblib import gdb_text


def bank(**bits):
    return {name: bits.get(name, 0) for name in (
        "enabled", "group", "edge", "line", "latch", "loan", "active", "in_lr", "held_active",
        "high", "driven", "timer", "passed")}


def cpu(own=None, ready=0, barred=0, lrs=(0, 0), on=None):
    return gdb_text.Cpu(own or bank(), [0, ready], [0, barred], list(lrs), on)


class Lines(unittest.TestCase):
    def one(self, vgic, vcpu=8, lr=0xFF):
        """The row of the only interrupt that is not idle."""
        self.assertEqual(len(gdb_text.busy(vgic)), 1)
        vgic.irq = {gdb_text.busy(vgic)[0]: {"vcpu": vcpu, "lr": lr}}
        return gdb_text.lines(vgic)[0]

    def test_idle(self):
        """An enable bit, an edge or a group alone does not make an interrupt busy."""
        vgic = gdb_text.Vgic([cpu()], [bank(enabled=1, edge=1, group=1, driven=1)])
        self.assertEqual(gdb_text.lines(vgic), [])

    def test_level(self):
        vgic = gdb_text.Vgic([cpu()], [bank(line=1 << 8)])
        self.assertEqual(self.one(vgic), ["SPI 40", "-", "line", "high", "yes", "no", "no",
                                          "not enabled"])

    def test_edge(self):
        """A high line does not make it pending; its latch does."""
        vgic = gdb_text.Vgic([cpu()], [bank(line=1, edge=1, enabled=1)])
        self.assertEqual(self.one(vgic)[3:7], ["high", "no", "no", "yes"])
        vgic = gdb_text.Vgic([cpu()], [bank(latch=1, edge=1, enabled=1)])
        self.assertEqual(self.one(vgic)[3:], ["low", "yes", "no", "yes", "no list register"])

    def test_list_register(self):
        for state, word in ((1, "pending"), (2, "active"), (3, "pending and active"), (0, "empty")):
            vgic = gdb_text.Vgic([cpu(), cpu(lrs=(0, state << 28 | 50), on=3)],
                                 [bank(loan=1 << 18, in_lr=1 << 18, enabled=1 << 18)])
            self.assertEqual(self.one(vgic, 1, 1)[4], "yes")  # the loan's
            self.assertEqual(self.one(vgic, 1, 1)[-1],
                             f"list register 1 of CPU 3, written as {word}")

    def test_waits(self):
        vgic = gdb_text.Vgic([cpu(ready=1)], [bank(line=1, enabled=1)])
        self.assertEqual(self.one(vgic, 0)[-1], "vCPU 0: ready, the vCPU is on no CPU")
        vgic.cpus[0].loaded_on = 0
        self.assertEqual(self.one(vgic, 0)[-1], "vCPU 0: waits for a list register")
        vgic = gdb_text.Vgic([cpu(barred=1)], [bank(line=1, enabled=1)])
        self.assertEqual(self.one(vgic, 0)[-1], "vCPU 0: GICD_CTLR does not forward its group")

    def test_private(self):
        """PPI 27 of vCPU 1, a timer's, whose physical line is high while the guest has it active."""
        bit = 1 << 27
        own = bank(active=bit, held_active=bit, high=bit, driven=bit, timer=bit, enabled=bit,
                   in_lr=bit)
        vgic = gdb_text.Vgic([cpu(), cpu(own, lrs=(2 << 28 | 27, 0))], [bank()])
        self.assertEqual(self.one(vgic, 1, 0), [
            "PPI 27", "1", "timer", "high", "yes", "yes", "yes",
            "list register 0 of vCPU 1, written as active"])

    def test_drivers(self):
        for bits, word in ((bank(line=2, driven=2), "emulated"),
                           (bank(line=2, driven=2, passed=2), "device"), (bank(line=2), "line")):
            self.assertEqual(self.one(gdb_text.Vgic([cpu()], [bits]))[2], word)
        self.assertEqual(self.one(gdb_text.Vgic([cpu(bank(latch=8))], []))[:3],
                         ["SGI 3", "0", "SGI"])

    def test_cpu_lines(self):
        self.assertEqual(gdb_text.cpu_lines([0, 0x80, 0xC0]), [
            "CPU line IRQ of vCPU 1: high", "CPU line IRQ of vCPU 2: high",
            "CPU line FIQ of vCPU 2: high"])


class Words(unittest.TestCase):
    def test_modes(self):
        self.assertEqual([gdb_text.mode(m) for m in (0x10, 0x1D3, 0x1A, 0x33, 0x1F, 0)],
                         ["usr", "svc", "hyp", "svc, Thumb", "sys", "0x0"])

    def test_sizes(self):
        self.assertEqual([gdb_text.size(n) for n in (0x800000, 0x3000)], ["8 MiB", "12 KiB"])

    def test_masks(self):
        self.assertEqual([gdb_text.numbers(n) for n in (1, 6, 0x81)], ["0", "1 2", "0 7"])

    def test_table(self):
        self.assertEqual(gdb_text.table(["a", "bb"], [["long", "x"], ["", "yy z"]]),
                         "a     bb\nlong  x\n      yy z")


if __name__ == "__main__":
    unittest.main()
