# SPDX-License-Identifier: BSD-2-Clause
"""The table of checkers, and mutants: killed, surviving, outdated, broken."""

import tempfile
import unittest
from pathlib import Path

from lib import verify
from lib.mutants import Laboratory

MAKEFILE = """\
build/answer: answer
\t@mkdir -p build
\t@grep -q ^echo answer && cp answer build/answer && chmod +x build/answer
"""
ANSWER = "#!/bin/sh\necho PASS forty-two\n"
PATCH = """\
{text}

--- a/answer
+++ b/answer
@@ -1,2 +1,2 @@
 #!/bin/sh
-{old}
+{new}
"""


class Table(unittest.TestCase):
    def test_commands_and_what_they_need(self):
        one, two = verify.parse("# nothing\n\na run='build/x --all' run=scripts/y limit=9\n"
                                "b run=build/z mutant='build/w -q'\n")
        self.assertEqual(one.runs, [["build/x", "--all"], ["scripts/y"]])
        self.assertEqual(one.mutant_runs, one.runs)
        self.assertEqual((one.limit, two.limit), (9, 600))
        self.assertEqual(two.mutant_runs, [["build/w", "-q"]])
        self.assertEqual(one.targets(one.runs + two.runs), ["build/x", "build/z"])

    def test_a_wrong_line_is_named(self):
        for text in ("a", "a limit=3", "a run=", "a run=b more=c", "a run=b\na run=c"):
            with self.assertRaisesRegex(ValueError, r"checkers:\d"):
                verify.parse(text)


class Mutants(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root, self.copy = Path(folder.name) / "tree", Path(folder.name) / "copy"
        self.root.mkdir()
        (self.root / "Makefile").write_text(MAKEFILE)
        (self.root / "answer").write_text(ANSWER)
        checker = verify.parse("a run=build/answer limit=20")[0]
        self.laboratory = Laboratory(checker, self.root, self.copy)

    def mutant(self, new: str, old: str = "echo PASS forty-two", text: str = "Says another."):
        patch = self.root / "one.patch"
        patch.write_text(PATCH.format(text=text, old=old, new=new))
        verdict = self.laboratory.mutant(patch)
        return verdict.good, verdict.what

    def test_the_tree_stays_and_the_checker_passes_first(self):
        self.assertTrue(self.laboratory.baseline().good)
        self.assertEqual(self.mutant("echo FAIL six by nine"),
                         (True, "one: killed (build/answer: six by nine): Says another."))
        self.assertEqual((self.root / "answer").read_text(), ANSWER)
        self.assertTrue(self.laboratory.baseline().good)

    def test_what_was_fetched_is_in_the_copy(self):
        self.assertTrue(self.laboratory.baseline().good)
        self.assertFalse((self.copy / "build" / "guests").exists())
        trees = self.root / "build" / "guests" / "dtbs"
        trees.mkdir(parents=True)
        for _ in range(2):
            self.assertTrue(self.laboratory.baseline().good)
            self.assertEqual((self.copy / "build" / "guests" / "dtbs").resolve(), trees.resolve())

    def test_a_checker_that_fails_anyway_kills_nothing(self):
        (self.root / "answer").write_text("#!/bin/sh\necho FAIL always\n")
        self.assertFalse(self.laboratory.baseline().good)

    def test_a_survivor_fails(self):
        good, what = self.mutant("echo PASS forty-three")
        self.assertFalse(good)
        self.assertIn("survives", what)

    def test_an_outdated_patch_fails(self):
        good, what = self.mutant("echo FAIL x", old="echo PASS forty-one")
        self.assertFalse(good)
        self.assertIn("no longer applies", what)

    def test_what_does_not_build_is_no_mutant(self):
        good, what = self.mutant("(")
        self.assertFalse(good)
        self.assertIn("must compile", what)

    def test_a_patch_says_what_it_breaks(self):
        self.assertFalse(self.mutant("echo FAIL x", text="")[0])
