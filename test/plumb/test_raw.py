# SPDX-License-Identifier: BSD-2-Clause
"""A raw console: the guest's bytes, without the monitor's lines."""

import unittest

from plumblib.console import RawFilter


def shown(text: bytes, step: int) -> bytes:
    raw = RawFilter()
    return b"".join(raw.feed(text[at:at + step]) for at in range(0, len(text), step))


class Raw(unittest.TestCase):
    def test_only_the_monitors_lines_go(self):
        text = (b"plumb\r\nplumbline is a word\nplumbline: end: status 0\r\n"
                b"a plumbline: within\n# ")
        for step in (1, 2, 5, len(text)):
            self.assertEqual(shown(text, step), b"plumb\r\nplumbline is a word\n"
                                                b"a plumbline: within\n# ")


if __name__ == "__main__":
    unittest.main()
