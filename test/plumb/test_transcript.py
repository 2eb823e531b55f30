# SPDX-License-Identifier: BSD-2-Clause
"""Transcripts in pages: commands, and output that matches."""

import tempfile
import unittest
from pathlib import Path

from lib import transcript

PAGE = """\
# A page

```sh
not this
```
```transcript
$ cd sub
$ cat <<'END'
one
$ two
END
one
$ two
```
Words.
```transcript
$ (exit 3)
$ echo "code $?"; pwd
code 3
…/sub
```
"""


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "sub").mkdir()
        self.page = self.folder / "page.md"

    def steps(self, text):
        self.page.write_text(text)
        return transcript.steps(self.page)

    def test_steps(self):
        # '$ two' of the expected output reads as a command: a page cannot show such a line.
        found = self.steps(PAGE.replace("\n$ two\n```", "\n…\n```"))
        self.assertEqual([step.command[0] for step in found],
                         ["cd sub", "cat <<'END'", "(exit 3)", 'echo "code $?"; pwd'])
        self.assertEqual(found[1].command[1:], ["one", "$ two", "END"])
        self.assertEqual(found[1].expected, ["one", "…"])
        self.assertEqual(found[3].line, 18)

    def test_play_keeps_folder_and_code(self):
        found = self.steps(PAGE.replace("\n$ two\n```", "\n…\n```"))
        outputs = transcript.play(found, self.folder, "mark-7", 20)
        self.assertEqual(len(outputs), 4)
        for step, said in zip(found, outputs):
            self.assertEqual(transcript.difference(step.expected, said), "")

    def test_time_limit(self):
        found = self.steps("```transcript\n$ echo a\na\n$ sleep 60\n$ echo b\nb\n```\n")
        outputs = transcript.play(found, self.folder, "mark-7", 1)
        self.assertEqual(len(outputs), 3)
        self.assertEqual(outputs[0], ["a", ""])
        self.assertNotEqual(transcript.difference(["b"], outputs[2]), "")

    def test_refused(self):
        for text in ("```transcript\nno command\n```\n", "```transcript\n$ cat <<END\nx\n```\n"):
            with self.subTest(text), self.assertRaises(ValueError):
                self.steps(text)


class Differences(unittest.TestCase):
    def good(self, expected, said):
        self.assertEqual(transcript.difference(expected, said), "")

    def bad(self, expected, said):
        self.assertNotEqual(transcript.difference(expected, said), "")

    def test_lines(self):
        self.good([], [])
        self.good(["a", "b"], ["a", "b", ""])
        self.bad(["a", "b"], ["b", "a"])
        self.bad(["a"], ["a", "b"])
        self.bad(["b"], ["a", "b"])
        self.bad(["a"], [])

    def test_more(self):
        self.good(["…", "b"], ["x", "y", "b"])
        self.good(["a", "…"], ["a", "b"])
        self.good(["a", "…", "b"], ["a", "b"])
        self.good(["a", "…", "b"], ["x", "a", "y", "b", "z"])
        self.bad(["a", "…", "b"], ["b", "a"])
        self.bad(["…", "b"], ["a"])
        self.bad(["…", "b", "b"], ["b", "c"])

    def test_partitions(self):
        """One does not wait for the other."""
        self.good(["[a] 1", "[b] 1", "[a] 2", "…"], ["[b] 1", "[a] 1", "[a] 2"])
        self.bad(["[a] 1", "[b] 1", "[a] 2", "…"], ["[b] 1", "[a] 2", "[a] 1"])
        self.bad(["[a] 1", "[b] 1"], ["[b] 1", "[a] 1"])

    def test_broken(self):
        """A line that was unfinished for some time, and another partition printed then."""
        said = ["[a] one t", "[b] 1", "[a] wo", "[a] three"]
        self.good(["[a] one two", "[a] three", "[b] 1", "…"], said)
        self.bad(["[a] three", "[a] one two", "…"], said)
        self.bad(["[a] wo", "[a] one two", "…"], said)
        self.bad(["[a] one two", "[a] wo", "…"], said)
        self.bad(["a b", "…"], ["a ", "b"])

    def test_broken_often(self):
        said = ["[a] one", "[b] 1", "[a]  tw", "[b] 2", "[a] o th", "[a] re", "[a] e", "[a] four"]
        self.good(["[a] one two three", "[a] four", "[b] 2", "…"], said)
        self.bad(["[a] one two three", "[a] e", "…"], said)
        self.bad(["[a] one three", "…"], said)

    def test_within_a_line(self):
        self.good(["count … of 9"], ["count 12 of 9"])
        self.bad(["count … of 9"], ["count 12 of 8"])
        self.bad(["a.c"], ["abc"])
        self.bad(["a"], ["ab"])


if __name__ == "__main__":
    unittest.main()
