# SPDX-License-Identifier: BSD-2-Clause
"""Figures of a guest, bare and in a partition: figures from the consoles, and missed targets."""

import sys
import tempfile
import unittest
from pathlib import Path

from plumblib import beside, speed
from plumblib.common import PlumbError

BARE = """\
SPEED: boot, first instruction to shell = 1000000000 ns
SPEED: ready
SPEED: sha256sum of 1 MiB = 200000000 ns
SPEED: pipe ping-pong, 10 rounds = 100000000 ns
SPEED: 5 naps of 200 us = 3000000 ns
SPEED: end"""
HERE = """\
[plumbline] first guest instruction 40000 us after reset, 30000 us of them to scrub and copy
[guest] SPEED: boot, first instruction to shell = 1001000000 ns
[watch] EXITS: mark 0 at 1041000 us: exits 500 hvc 8 mmio 492
[guest] SPEED: ready
[watch] EXITS: mark 1 at 1100000 us: exits 600 hvc 8 mmio 592
[guest] SPEED: sha256sum of 1 MiB = 203000000 ns
[watch] EXITS: mark 2 at 1600000 us: exits 700 hvc 8 mmio 692
[guest] SPEED: pipe ping-pong, 10 rounds = 102000000 ns
[guest] SPEED: 5 naps of 200 us = 4000000 ns
[guest] SPEED: end"""
SHA = "sha256sum of 1 MiB"
TURNS = 100


def lines(text: str) -> list[beside.Line]:
    """One a second, of which QEMU runs half."""
    return [beside.Line(n, n / 2, line) for n, line in enumerate(text.split("\n"), 1)]


class Read(unittest.TestCase):
    def test_counts_have_the_monitors_start(self):
        bare, here = speed.read_counts(lines(BARE)), speed.read_counts(lines(HERE))
        self.assertEqual(bare["boot, power-on to shell"], 1000000000)
        self.assertEqual(here["boot, power-on to shell"], 1041000000)
        self.assertEqual(here[SHA], 203000000)
        self.assertEqual(here["5 naps of 200 us, beyond that time"], 3000000)

    def test_times_are_the_hosts(self):
        self.assertEqual(speed.read_times(lines(HERE))["boot, power-on to shell"], 2000000000)
        cpu = speed.read_cpu(lines(HERE))
        self.assertEqual(cpu["boot, power-on to shell"], 1000000000)
        self.assertEqual(cpu[SHA], 1000000000)  # from 'ready', two lines before

    def test_a_guest_that_fails_or_stops(self):
        self.assertEqual(speed.failures(lines(HERE)), [])
        self.assertEqual(speed.failures(lines("[guest] SPEED: failed: mark\nSPEED: end")), ["mark"])
        self.assertEqual(speed.failures(lines(BARE)[:3]), ["no end"])
        self.assertEqual(speed.read_counts([]), {})

    def test_exits_lie_between_two_marks(self):
        boot, sha = speed.read_exits(lines(HERE), [SHA, "never marked"])
        self.assertEqual((boot.us, boot.counts["exits"]), (1041000, 500))
        self.assertEqual((sha.name, sha.us), (SHA, 500000))
        self.assertEqual(sha.counts, {"exits": 100, "hvc": 0, "mmio": 100})
        row = speed.exits_table([sha], {SHA: 3000000}).split("\n")[1]
        self.assertEqual(row.split()[-2:], ["200", "30000"])


class Judge(unittest.TestCase):
    def rows(self, **change: int) -> list[speed.Row]:
        here = speed.read_counts(lines(HERE))
        return speed.rows(speed.read_counts(lines(BARE)), {**here, **change})

    def test_targets(self):
        found = {row.name: row.verdict() for row in self.rows()}
        self.assertEqual(found["boot, power-on to shell"], ("1.05", "met"))
        self.assertEqual(found[SHA], ("1.01", "missed"))  # 1.015
        self.assertEqual(found["pipe ping-pong, 10 rounds"], ("1.03", "met"))
        self.assertEqual(found["5 naps of 200 us"], ("", ""))
        self.assertEqual(speed.misses(self.rows()), [SHA])

    def test_what_was_not_measured_is_missed(self):
        self.assertEqual(speed.misses(self.rows()[:2]), ["sha256sum", "pipe ping-pong"])

    def test_the_best_of_the_rounds(self):
        into = {"a": 3}
        beside.best(into, {"a": 5, "b": 1})
        beside.best(into, {"a": 2})
        self.assertEqual(into, {"a": 2, "b": 1})


class Run(unittest.TestCase):
    def test_lines_have_their_time_and_the_log_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "logs" / "x.log"
            program = "import time; print('one', flush=True); time.sleep(0.2); print('two')"
            apart = 0.0
            for _ in range(TURNS):  # a busy host may let both be read at once
                found = beside.run([sys.executable, "-c", program], log, 300)
                self.assertEqual([line.text for line in found], ["one", "two"])
                self.assertGreater(found[0].cpu, 0)
                apart = max(apart, found[1].seconds - found[0].seconds)
                if apart > 0.1:
                    break
            self.assertGreater(apart, 0.1)
            self.assertIn("two", log.read_text())

    def test_a_limit(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "x.log"
            program = "import time; print('one', flush=True); time.sleep(600)"
            for limit in (1, 10, 100):  # a busy host may need longer for the first word
                with self.assertRaisesRegex(PlumbError, "no end in"):
                    beside.run([sys.executable, "-c", program], log, limit)
                if "one" in log.read_text():
                    break
            self.assertIn("one", log.read_text())
