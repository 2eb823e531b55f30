# SPDX-License-Identifier: BSD-2-Clause
"""The console split by partition, and its display."""

import unittest

from plumblib.console import Demux, Piece, Screen, View

TWO = (b"U-Boot 2023.01\r\n=> [plumbline] 2 CPUs\r\n[plumbline] a: 1 vCPU\r\n[a] one\r\n"
       b"[b] tw\r\n[a] \r\n[b] o\r\nplumbline: end: status 0\r\n")


def sources(text: bytes, names: list[str], step: int) -> dict[str | None, bytes]:
    """The joined output of each partition."""
    demux = Demux(names)
    pieces: list[Piece] = []
    for at in range(0, len(text), step):
        pieces += demux.feed(text[at:at + step])
    found: dict[str | None, bytes] = {}
    for piece in pieces + demux.flush():
        found[piece.source] = found.get(piece.source, b"") + piece.data
    return found


def shown(text: bytes, view: View, step: int = 1 << 20, hides=lambda line: False,
          names=("a", "b"), idle: bool = False) -> bytes:
    demux, screen, out = Demux(list(names)), Screen(view, 100.0, hides), b""
    for at in range(0, len(text), step):
        for piece in demux.feed(text[at:at + step]):
            out += screen.show(piece, 100.0 + at)
        if idle:
            out += screen.idle()
    for piece in demux.flush():
        out += screen.show(piece, 100.0 + len(text))
    return out + screen.end()


class Apart(unittest.TestCase):
    def each(self, text: bytes, names: list[str], wanted: dict[str | None, bytes]) -> None:
        for step in (1, 2, 3, 7, len(text)):
            with self.subTest(step):
                self.assertEqual(sources(text, names, step), wanted)

    def test_by_the_name_in_front(self):
        self.each(TWO, ["a", "b"], {
            None: b"U-Boot 2023.01\r\n=> [plumbline] 2 CPUs\r\nplumbline: end: status 0\r\n",
            "plumbline": b"a: 1 vCPU\r\n", "a": b"one\r\n\r\n", "b": b"tw\r\no\r\n"})

    def test_the_name_again_behind_a_return(self):
        self.each(b"[a] 10%\r[a] 20%\r[a] \x1b[K100%\r\n[b] \r\r\n", ["a", "b"],
                  {"a": b"10%\r20%\r\x1b[K100%\r\n", "b": b"\r\r\n"})

    def test_nobody_speaks_as_another(self):
        self.each(b"[a] [b] x\r[a] [b] y\r\n[a] plumbline: end: status 0\r\n", ["a", "b"],
                  {"a": b"[b] x\r[b] y\r\nplumbline: end: status 0\r\n"})

    def test_a_name_that_is_none(self):
        self.each(b"[c] x\r\n[a]x\r\n[a\r\n[", ["a", "b"], {None: b"[c] x\r\n[a]x\r\n[a\r\n["})

    def test_below_a_moved_cursor(self):
        self.each(b"[a] \x1b[5A\r\n\x1b[999B\r\n[b] x\r\n", ["a", "b"],
                  {"a": b"\x1b[5A\r\n\x1b[999B\r\n", "b": b"x\r\n"})

    def test_a_prompt_is_there_at_once(self):
        demux = Demux(["a"])
        self.assertEqual([piece.data for piece in demux.feed(b"[a] $ ")], [b"$ "])
        self.assertEqual([piece.data for piece in demux.feed(b"l")], [b"l"])


class Shown(unittest.TestCase):
    def test_with_names_nothing_changes(self):
        for step in (1, 2, 5, len(TWO)):
            self.assertEqual(shown(TWO, View(), step), TWO)

    def test_without(self):
        text = b"[plumbline] up\r\n[a] x\r[a] y\r\n[a] [    0.000000] Linux\r\n[a] # "
        for step in (1, 2, 5, len(text)):
            self.assertEqual(shown(text, View(names=False), step),
                             b"[plumbline] up\r\nx\ry\r\n[    0.000000] Linux\r\n# ")

    def test_what_looks_like_the_monitors_keeps_its_name(self):
        text = (b"[a] [plumbline] a: off\r\n[a] plumbline: end: status 0\r\n[a] plumb\r\n"
                b"[a] x\r[a] [plumbline] y\r\n[plumbline] a: off\r\n")
        wanted = (b"[a] [plumbline] a: off\r\n[a] plumbline: end: status 0\r\nplumb\r\n"
                  b"x\r[a] [plumbline] y\r\n[plumbline] a: off\r\n")
        for step in (1, 2, 5, len(text)):
            self.assertEqual(shown(text, View(names=False), step), wanted)
        # If it arrives slowly, its first letters are shown before the line is known.
        self.assertIn(b"[a] [plumbline] a: off\r\n", shown(text, View(names=False), 1, idle=True))

    def test_quiet(self):
        self.assertEqual(shown(TWO, View(quiet=True)), b"[a] one\r\n[b] tw\r\n[a] \r\n[b] o\r\n")

    def test_lines_of_the_monitor_that_are_hidden(self):
        text = b"[plumbline] state: a\r\n[plumbline] a: off\r\n[a] state: b\r\n"
        for step in (1, 3, len(text)):
            self.assertEqual(shown(text, View(), step, lambda line: line.startswith(b"state: ")),
                             b"[plumbline] a: off\r\n[a] state: b\r\n")

    def test_stamps(self):
        self.assertEqual(shown(b"[a] x\r[a] y\r\n[plumbline] z\r\nlast\r\n", View(stamps=True), 5),
                         b"     0.000 [a] x\r     0.000 [a] y\r\n    25.000 [plumbline] z\r\n"
                         b"    25.000 last\r\n")
        self.assertEqual(shown(b"[a] x\r\n", View(names=False, stamps=True)), b"     0.000 x\r\n")


if __name__ == "__main__":
    unittest.main()
