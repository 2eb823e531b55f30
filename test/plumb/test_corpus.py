# SPDX-License-Identifier: BSD-2-Clause
"""The fuzz corpus: lines of text, and back; what is stored."""

import tempfile
import unittest
from pathlib import Path

from lib import corpus
from lib.check import ROOT, make_variable
from lib.corpus import Input


class Bytes(unittest.TestCase):
    def test_as_text_and_back(self):
        for data, text in ((b"\x01", "01"), (b"\0\0\0\0", "00000000"), (b"\0" * 5, "00*5"),
                           (b"ab" + b"\n" * 300 + b"\xff|", "6162 0a*300 ff7c"),
                           (b"\0" * 5 + b"\xff" * 6, "00*5 ff*6")):
            self.assertEqual(corpus.packed(data), text)
            self.assertEqual(corpus.unpacked(text), data)

    def test_what_is_neither(self):
        for text in ("", "0", "0g", "AB", "01  02", "01*", "*5", "01*0", "0102*2", "01*2,"):
            with self.assertRaises(ValueError):
                corpus.unpacked(text)


class Lines(unittest.TestCase):
    def test_a_reason_may_have_bars(self):
        inputs = [Input("f: a || b | c, true", b"\1"), Input("g", b"\0" * 9)]
        self.assertEqual(corpus.parse(corpus.text_of("t", inputs), "t"), inputs)

    def test_a_wrong_line_is_named(self):
        for line in ("0102", "| 01", " | 01", "why | 0", "why |", "why | 01 |"):
            with self.assertRaisesRegex(ValueError, "^here:3: "):
                corpus.parse(f"# head\n\n{line}\n", "here")
        with self.assertRaisesRegex(ValueError, "^here:2: .*duplicate"):
            corpus.parse("a | 00*5\nb | 0000000000\n", "here")

    def test_adding(self):
        first = Input("a", b"\1")
        self.assertEqual(corpus.add([first], "b", [b"\2", b"\1", b"\2"]), [first, Input("b", b"\2")])
        for why, data in (("", b"\2"), (" ", b"\2"), ("a\nb", b"\2"), ("b", b"")):
            with self.assertRaises(ValueError):
                corpus.add([first], why, [data])

    def test_unpacked_in_order_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "a" / "b"
            corpus.unpack([Input("", b"\1")] * 3, folder)
            corpus.unpack([Input("", b"\2"), Input("", b"\3")], folder)
            self.assertEqual([(file.name, file.read_bytes()) for file in sorted(folder.iterdir())],
                             [("0001", b"\2"), ("0002", b"\3")])


class Stored(unittest.TestCase):
    def test_each_file_is_as_the_tool_writes_it(self):
        for target in corpus.targets(ROOT):
            inputs = corpus.read(ROOT, target)
            self.assertEqual(corpus.path(ROOT, target).read_text(), corpus.text_of(target, inputs))
            self.assertGreater(len(inputs), 3)

    def test_each_target_has_one(self):
        self.assertEqual(corpus.targets(ROOT), sorted(make_variable("FUZZ_TARGETS")))
