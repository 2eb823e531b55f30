# SPDX-License-Identifier: BSD-2-Clause
"""`plumb new guest`: the files that it makes, and its refusals. test/check/newguest.py builds and
runs them."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path

from plumblib import cli, guestfolder
from plumblib.common import PlumbError

PLACE = guestfolder.Place("/opt/plumb line/bin/plumb", Path("/opt/plumb line"))


def plumb(*words: str) -> tuple[int, str]:
    """The exit code, and the output."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = cli.main(list(words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, said.getvalue()


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        before = Path.cwd()
        self.addCleanup(os.chdir, before)
        os.chdir(place.name)


class Names(unittest.TestCase):
    def test_taken(self):
        for name in ("a", "7", "blinker", "a-b-c", "abcdefghijklmno", "x-1"):
            guestfolder.check_name(name)

    def test_refused_with_a_name_that_would_do(self):
        for name, fault, instead in (
                ("Blinker", "'B'", "'blinker'"), ("my_guest", "'_'", "'my-guest'"),
                ("a.b", "'.'", "'ab'"), ("a/b", "'/'", "'ab'"), ("two words", "' '", "'two-words'"),
                ("abcdefghijklmnop", "16 characters", "'abcdefghijklmno'"), ("-x", "option", "'x'")):
            with self.assertRaises(PlumbError) as caught:
                guestfolder.check_name(name)
            self.assertIn(fault, str(caught.exception), name)
            self.assertIn(f"{instead} would do", str(caught.exception), name)
            guestfolder.check_name(instead.strip("'"))

    def test_refused_without_one(self):
        for name in ("", "ÄÖ", "_"):
            with self.assertRaises(PlumbError) as caught:
                guestfolder.check_name(name)
            self.assertNotIn("would do", str(caught.exception), name)


class Files(unittest.TestCase):
    def test_names(self):
        common = {".gitignore", "Makefile", "README.md", "main.c", "test.sh", "blinker.dts"}
        self.assertEqual(set(guestfolder.files("newlib", "blinker", PLACE)), common)
        self.assertEqual(set(guestfolder.files("freestanding", "blinker", PLACE)),
                         common | {"start.S", "guest.lds"})

    def test_all_is_filled_in_and_the_licence_left_out(self):
        for kind in guestfolder.KINDS:
            for file, text in guestfolder.files(kind, "blinker", PLACE).items():
                self.assertNotRegex(text, "@[A-Z]+@", file)
                self.assertNotIn("SPDX", text, file)
                self.assertTrue(text.endswith("\n"), file)

    def test_where_plumbline_is(self):
        for kind in guestfolder.KINDS:
            makefile = guestfolder.files(kind, "x", PLACE)["Makefile"]
            self.assertIn("PLUMB ?= /opt/plumb line/bin/plumb\n", makefile)
            self.assertIn("SDK ?= /opt/plumb line\n", makefile)

    def test_make_literal(self):
        self.assertEqual(guestfolder.make_literal("/a$b#c d"), "/a$$b\\#c d")
        with self.assertRaises(PlumbError):
            guestfolder.make_literal("/it's")


class Command(Folder):
    def test_makes_the_folder_and_says_what_is_next(self):
        code, said = plumb("new", "guest", "blinker", "--no-make")
        self.assertEqual(code, 0, said)
        for line in ("cd blinker", "make run", "make test", "main.c"):
            self.assertIn(line, said)
        self.assertIn('"guest/lib/hvc.h"', Path("blinker/main.c").read_text())
        self.assertIn('kernel = /incbin/("out/blinker.bin");', Path("blinker/blinker.dts").read_text())

    def test_freestanding_elsewhere(self):
        code, said = plumb("new", "guest", "bare", "--freestanding", "--no-make", "-o", "deep/a b")
        self.assertEqual(code, 0, said)
        self.assertIn("cd 'deep/a b'", said)
        self.assertNotIn("guest/lib", Path("deep/a b/main.c").read_text())
        self.assertTrue(Path("deep/a b/bare.dts").is_file())

    def test_what_is_there_is_left_alone(self):
        Path("blinker").mkdir()
        Path("file").write_text("mine")
        for words in (["blinker"], ["other", "-o", "file"]):
            code, said = plumb("new", "guest", *words, "--no-make")
            self.assertEqual(code, 5, said)
            self.assertIn("is not overwritten", said)
        self.assertEqual(list(Path("blinker").iterdir()), [])
        self.assertEqual(Path("file").read_text(), "mine")

    def test_a_bad_name_makes_nothing(self):
        code, said = plumb("new", "guest", "Bad", "--no-make")
        self.assertEqual(code, 5)
        self.assertIn("'bad' would do", said)
        self.assertEqual(list(Path().iterdir()), [])

    def test_both_kinds_at_once(self):
        code, said = plumb("new", "guest", "x", "--newlib", "--freestanding")
        self.assertEqual(code, 5, said)
