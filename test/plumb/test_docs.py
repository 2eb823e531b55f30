# SPDX-License-Identifier: BSD-2-Clause
"""The lines of a document that are commands, each of which must be tried."""

import tempfile
import unittest
from pathlib import Path

from lib import docs

PAGE = """Text `make nothing`.

```sh
make setup run      # comment
$ scripts/plumb run a.dts \\
    --smp 2

# only a comment
```
```dts
make not-a-command
```
"""


class Docs(unittest.TestCase):
    def test_commands_of_sh_blocks_only(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "p.md"
            page.write_text(PAGE)
            found = [(c.place, c.text) for c in docs.commands(page, "p.md")]
        self.assertEqual(found, [("p.md:4", "make setup run      # comment"),
                                 ("p.md:5", "scripts/plumb run a.dts --smp 2")])

    def plan(self, text: str):
        return docs.plan(text, Path("/s"), "demo a.dts\n")

    def test_plans(self):
        self.assertEqual(self.plan("make setup run # x"), (["make", "-n", "setup", "run"], ""))
        self.assertEqual(self.plan("scripts/plumb run a.dts --smp 2"),
                         (["scripts/plumb", "run", "a.dts", "--smp", "2", "--dry-run"], ""))
        self.assertEqual(self.plan("scripts/plumb run --kernel zImage")[0],
                         ["scripts/plumb", "run", "--kernel", "/s", "--dry-run"])
        self.assertEqual(self.plan("test/run --show demo")[0], ["test/run", "--list", "demo"])
        self.assertEqual(self.plan("scripts/plumb board board.dtb")[0],
                         ["scripts/plumb", "board", "/s"])
        self.assertEqual(self.plan("scripts/plumb map a.dts --svg b.svg")[0],
                         ["scripts/plumb", "map", "a.dts", "--svg", "b.svg"])
        self.assertEqual(self.plan("scripts/plumb new guest x")[0],
                         ["bash", "-c", "rm -rf /s.new; scripts/plumb new guest x -o /s.new"])
        self.assertEqual(self.plan("scripts/plumb new system -o b.dts")[0],
                         ["bash", "-c", "rm -rf b.dts; scripts/plumb new system -o b.dts"])
        self.assertEqual(self.plan("scripts/linux boards")[0], ["scripts/linux", "boards"])
        self.assertEqual(self.plan("scripts/linux fetch headers")[0], ["scripts/linux", "fetch", "--help"])
        self.assertEqual(self.plan("scripts/probe image --tree board.dtb")[0],
                         ["scripts/probe", "image", "--tree", "/s", "-o", "/s.img"])
        self.assertEqual(self.plan("scripts/probe run virt")[0],
                         ["scripts/probe", "run", "virt", "--help"])

    def test_a_system_without_a_case_is_booted(self):
        self.assertEqual(self.plan("scripts/plumb run other.dts"),
                         (["scripts/plumb", "run", "other.dts", "--timeout", "60"], ""))

    def test_blocks_and_where_they_stand(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "p.md"
            page.write_text("```c a.c\nint b;\n```\n\n~~~~\n```\n~~~~\n```dts\n```\n")
            (Path(folder) / "a.c").write_text("int a;\nint b;\n")
            found = docs.blocks(page)
            self.assertEqual([(b.line, b.language, b.source, b.text) for b in found],
                             [(2, "c", "a.c", ["int b;"]), (6, "", "", ["```"]),
                              (9, "dts", "", [])])
            self.assertTrue(docs.stands_in(found[0], Path(folder)))
            found[0].text = ["int c;"]
            self.assertFalse(docs.stands_in(found[0], Path(folder)))
            found[0].source = "none.c"
            self.assertFalse(docs.stands_in(found[0], Path(folder)))

    def test_what_nothing_runs_is_refused(self):
        for text in ("frobnicate --now", "make 'unclosed"):
            argv, why = self.plan(text)
            self.assertIsNone(argv)
            self.assertNotEqual(why, "")
