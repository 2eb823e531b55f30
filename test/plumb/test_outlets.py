# SPDX-License-Identifier: BSD-2-Clause
"""Consoles with a separate terminal or file, and the routing of input there."""

import os
import tempfile
import threading
import unittest
from pathlib import Path

from plumblib import outlets
from plumblib.common import PlumbError
from plumblib.console import Piece, Place, Stamps
from plumblib.outlets import File, Focus, Pty

KEY = b"\x1d"  # Ctrl-], of docs/quick-start.md


class Input(unittest.TestCase):
    def setUp(self):
        self.focus = Focus(["a", "b", "c"])

    def test_the_first_partition_has_the_input(self):
        self.assertEqual(self.focus.typed(b"x"), b"x")
        self.assertEqual(self.focus.partition("a", b"y"), b"y")

    def test_to_another_and_back(self):
        self.assertEqual(self.focus.partition("c", b"xy"), KEY + b"3xy")
        self.assertEqual(self.focus.partition("c", b"z"), b"z")
        self.assertEqual(self.focus.typed(b"k"), KEY + b"1k")

    def test_no_byte_of_a_terminal_is_a_key(self):
        self.assertEqual(self.focus.partition("a", b"x" + KEY + b"2"), b"x" + KEY + KEY + b"2")

    def test_the_keyboards_own_move(self):
        self.assertEqual(self.focus.typed(KEY + b"2x"), KEY + b"2x")
        self.assertEqual(self.focus.partition("c", b"y"), KEY + b"3y")
        self.assertEqual(self.focus.typed(b"z"), KEY + b"2z")
        self.assertEqual(self.focus.typed(KEY + b"n" + KEY + b"nu"), KEY + b"n" + KEY + b"nu")
        self.assertEqual(self.focus.typed(KEY + b"n"), KEY + b"n")  # from a to b
        self.assertEqual(self.focus.partition("b", b"v"), b"v")

    def test_next_is_the_keyboards_next(self):
        self.focus.partition("c", b"x")
        self.assertEqual(self.focus.typed(KEY + b"n"), KEY + b"1" + KEY + b"n")
        self.assertEqual(self.focus.partition("b", b"y"), b"y")

    def test_half_a_key_waits(self):
        self.assertEqual(self.focus.typed(b"x" + KEY), b"x")
        self.assertEqual(self.focus.partition("b", b"y"), KEY + b"2y")
        self.assertEqual(self.focus.typed(b"3z"), KEY + b"1" + KEY + b"3z")

    def test_other_keys_move_nothing(self):
        self.assertEqual(self.focus.typed(KEY + KEY + KEY + b"s" + KEY + b"9x"),
                         KEY + KEY + KEY + b"s" + KEY + b"9x")
        self.assertEqual(self.focus.partition("a", b"y"), b"y")

    def test_ports_without_a_key_of_their_own(self):
        focus = Focus([f"p{n}" for n in range(1, 17)])
        self.assertEqual(focus.partition("p9", b"x"), KEY + b"9x")
        self.assertEqual(focus.partition("p11", b"x"), KEY + b"9" + (KEY + b"n") * 2 + b"x")
        self.assertTrue(focus.hides(b"input to p9\r\n"))
        self.assertTrue(focus.hides(b"input to p9\r\n"))
        self.assertTrue(focus.hides(b"input to p10\r\n"))
        self.assertTrue(focus.hides(b"input to p11\r\n"))
        self.assertFalse(focus.hides(b"input to p11\r\n"))

    def test_a_persons_answers_are_shown(self):
        self.focus.partition("b", b"x")
        self.focus.typed(KEY + b"3")  # which moves to a, and then to c
        self.assertEqual([self.focus.hides(b"input to " + name + b"\r\n") for name in (b"b", b"a", b"c")],
                         [True, True, False])
        self.assertFalse(self.focus.hides(b"b: off\r\n"))

    def test_an_answer_that_had_no_room(self):
        self.focus.partition("b", b"x")
        self.focus.partition("c", b"x")
        self.assertTrue(self.focus.hides(b"input to c\r\n"))
        self.assertFalse(self.focus.hides(b"input to b\r\n"))


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "log"

    def test_bytes_as_they_are(self):
        file = File("a", self.path, None)
        for data in (b"x\r\n", b"\xff\x00\x1b"):
            file.show(Piece("a", data, Place.START), 0)
        file.end()
        self.assertEqual(self.path.read_bytes(), b"x\r\n\xff\x00\x1b")

    def test_stamps(self):
        file = outlets.make("a", str(self.path), Stamps(10.0))
        for data, place, now in ((b"x\r", Place.START, 11.5), (b"y", Place.AGAIN, 12),
                                 (b"z\r\n", Place.ON, 13)):
            file.show(Piece("a", data, place), now)
        file.end()
        self.assertEqual(self.path.read_bytes(), b"     1.500 x\r     1.500 yz\r\n")

    def test_refused(self):
        with self.assertRaisesRegex(PlumbError, "--console a=.*: No such file"):
            File("a", self.path / "x", None)


class Terminals(unittest.TestCase):
    def setUp(self):
        self.pty = Pty("a")
        self.fd = os.open(self.pty.path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, self.fd)

    def show(self, data: bytes) -> None:
        self.pty.show(Piece("a", data), 0)

    def test_both_ways_unchanged(self):
        every = bytes(range(256))
        self.show(every)
        self.assertEqual(os.read(self.fd, 1000), every)
        os.write(self.fd, every)
        self.assertEqual(self.pty.read(), every)
        self.assertEqual(self.pty.read(), b"")
        self.pty.end()

    def test_programs_come_and_go(self):
        for word in (b"one", b"two"):
            fd = os.open(self.pty.path, os.O_RDWR | os.O_NOCTTY)
            self.show(word)
            self.assertEqual(os.read(fd, 100), word)
            os.close(fd)
        self.pty.end()

    def test_a_late_reader_gets_all(self):
        sent = b"0123456789abcdef" * 5000
        self.show(sent)
        got = bytearray()

        def read() -> None:
            while len(got) < len(sent):
                got.extend(os.read(self.fd, 4096))

        thread = threading.Thread(target=read)
        thread.start()
        self.pty.end()
        thread.join(10)
        self.assertEqual((bytes(got), self.pty.lost), (sent, 0))

    def test_no_reader_holds_nothing_up(self):
        for _ in range(5):
            self.show(bytes(outlets.KEPT // 2))
        self.assertGreater(self.pty.lost, outlets.KEPT)
        self.assertLessEqual(len(self.pty.waiting), outlets.KEPT)
        self.pty.end()


if __name__ == "__main__":
    unittest.main()
