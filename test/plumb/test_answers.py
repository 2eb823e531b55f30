# SPDX-License-Identifier: BSD-2-Clause
"""`--send`: what is typed, and when."""

import unittest

from plumblib.answers import Answers
from plumblib.console import Demux


def typed(text: bytes, sends: list[tuple[bytes, bytes]], step: int) -> list[bytes]:
    answers, demux = Answers(sends), Demux(["a", "b"])
    found: list[bytes] = []
    for at in range(0, len(text), step):
        data = text[at:at + step]
        found += answers.feed(data, demux.feed(data))
    return found


class Typed(unittest.TestCase):
    def each(self, text: bytes, sends: list[tuple[bytes, bytes]], wanted: list[bytes]) -> None:
        for step in (1, 2, 3, 7, len(text)):
            with self.subTest(step):
                self.assertEqual(typed(text, sends, step), wanted)

    def test_in_order(self):
        text = b"[a] two\r\n[a] one\r\n[b] two\r\n"
        self.each(text, [(b"one", b"1"), (b"two", b"2")], [b"1", b"2"])
        self.each(text, [(b"two", b"1"), (b"two", b"2"), (b"two", b"3")], [b"1", b"2"])
        self.each(text, [(b"one", b"1"), (b"one", b"2")], [b"1"])

    def test_across_partitions_and_line_ends(self):
        self.each(b"[a] one\r\n[b] two\r\n", [(b"one\r\n[b] t", b"1")], [b"1"])

    def test_a_broken_line(self):
        text = b"[b] vCPU 1 ack\r\n[a] e stays high\r\n[b] nowledged PPI 22\r\n[a] > \r\n"
        self.each(text, [(b"acknowledged PPI", b"1"), (b"> ", b"2")], [b"1", b"2"])
        self.each(text, [(b"acknowledged SPI", b"1")], [])
        self.each(text, [(b"acknowledged PPI", b"1"), (b"acknowledged PPI", b"2")], [b"1"])

    def test_a_line_broken_twice(self):
        self.each(b"[a] on\r\n[b] x\r\n[a] e tw\r\n[b] y\r\n[a] o\r\n", [(b"one two", b"1")], [b"1"])

    def test_nothing_of_before_answers_what_is_typed_later(self):
        text = b"[b] > \r\n[a] on\r\n[b] x\r\n[a] e\r\n"
        self.assertEqual(typed(text, [(b"one", b"1"), (b"> ", b"2")], 3), [b"1"])


if __name__ == "__main__":
    unittest.main()
