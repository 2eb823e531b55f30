# SPDX-License-Identifier: BSD-2-Clause
"""test/tool injections: the manifest it writes, and its verdict on a run."""

import contextlib
import io
import unittest

from lib.check import ROOT
from tools import injections

GOOD = ["PASS: CPU 1 starts",
        "remote: edges: 2000 edges, 0 levels; takers: 0 exits, 0 kicks, 123 us",
        "SUMMARY: 7 passed, 0 failed, 0 skipped"]


class Injections(unittest.TestCase):
    def wrong(self, lines: list[str], code: int = 0, phase: str = "edges", count: int = 2000) -> str:
        return injections.wrong(lines, code, phase, count)

    def changed(self, old: str, new: str) -> list[str]:
        return [line.replace(old, new) for line in GOOD]

    def test_manifests(self):
        for world in injections.WORLDS.values():
            text = (ROOT / "test" / "systems" / world.system).read_text()
            for phase, wanted in (("edges", 1000), ("levels", 4000)):
                count = 1000 * world.cpus // 2
                self.assertIn(f"count={wanted} only={injections.PHASES[phase]} progress=100",
                              injections.counted(text, world, phase, count))
        with self.assertRaisesRegex(SystemExit, "remote.dts: has no single"):
            injections.counted("bootargs;", injections.WORLDS[2], "edges", 8)

    def test_a_good_run(self):
        self.assertEqual(self.wrong(GOOD), "")
        levels = self.changed("2000 edges, 0 levels; takers: 0", "0 edges, 2000 levels; takers: 2000")
        self.assertEqual(self.wrong(levels, phase="levels"), "")

    def test_what_is_wrong_is_said(self):
        for lines, code, said in (
                (self.changed("PASS:", "FAIL:"), 1, "the guest found: CPU 1 starts"),
                (GOOD, 3, "the run ended with 3"),
                (GOOD[:2], 0, "without the guest's summary"),
                (self.changed("2000 edges", "1999 edges"), 0, "1999 edges and 0 levels, not 2000"),
                (self.changed("0 exits", "1 exits"), 0, "1 exits and 0 kicks"),
                (self.changed("0 kicks", "2 kicks"), 0, "0 exits and 2 kicks")):
            self.assertIn(said, self.wrong(lines, code))

    def test_progress_is_printed(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            lines = injections.read(["remote: 5 of 10\n", "other\n"])
        self.assertEqual(lines, ["remote: 5 of 10", "other"])
        self.assertEqual(out.getvalue(), "  remote: 5 of 10\n")
