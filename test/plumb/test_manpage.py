# SPDX-License-Identifier: BSD-2-Clause
"""Manual pages: the man(7) made from Markdown, and the two pages as formatted by man and mandoc."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import cli, commandline, manpage, version
from plumblib.common import ROOT, PlumbError

PAGE = """\
# Title

Some `code-word\\x1d` of *emphasis*, **weight** and a [link](page.md#part); a path\\name.
.Not a request.

## A heading
- first
  goes on
- second

| name | value | default |
|---|---|---|
| `--one` | the first. | 1 |
| two | the second | |
| three | | required, always |

### Smaller
```sh
make	all # 'it' -x
.dot
```
"""
MADE = r"""Some \fBcode\-word\ex1d\fR of \fIemphasis\fR, \fBweight\fR and a link; a path\ename.
.Not a request.
.SH A HEADING
.IP \(bu 3
first goes on
.IP \(bu 3
second
.TP
\fB\-\-one\fR
the first. Default: 1.
.TP
two
the second
.TP
three
Required, always.
.SS Smaller
.PP
.RS 4
.EX
make    all # \(aqit\(aq \-x
\&.dot
.EE
.RE"""


def pages() -> dict[str, str]:
    parser = cli.make_parser()
    docs = ROOT / "docs"
    return {"plumb.1": manpage.plumb(commandline.describe(parser), parser.description or "",
                                     (docs / "quick-start.md").read_text()),
            "plumb-manifest.5": manpage.manifest((docs / "manifest.md").read_text())}


class Markdown(unittest.TestCase):
    def test_a_page(self):
        made = " ".join(manpage.from_markdown(PAGE)).split()
        self.assertEqual(made, MADE.split())

    def test_a_line_never_begins_like_a_request(self):
        text = " ".join(f"{'x' * n} .y 'z" for n in range(60))
        for line in manpage.from_markdown(text):
            self.assertFalse(line.startswith((".", "'")) and not line.startswith(".PP"), line)

    def test_table_of(self):
        self.assertEqual(manpage.table_of(PAGE, "name")[2], "| `--one` | the first. | 1 |")
        with self.assertRaises(PlumbError):
            manpage.table_of(PAGE, "absent")


class Pages(unittest.TestCase):
    def rendered(self, name: str) -> str:
        """The formatted text, without the effects of its width."""
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / name
            file.write_text(pages()[name])
            done = subprocess.run(["man", "--warnings", "-l", str(file)], check=False, text=True,
                                  capture_output=True,
                                  env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8",
                                       "MANPAGER": "cat", "MAN_KEEP_FORMATTING": ""})
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
        return " ".join(re.sub(r".\x08|\x1b\[[\d;]*m", "", done.stdout).replace("‐\n", "‐").split())

    def test_no_warnings(self):
        self.assertIsNotNone(shutil.which("mandoc"), "mandoc is not installed: run 'make setup'")
        for name, text in pages().items():
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=text, text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.stdout + done.stderr, "", name)
            self.rendered(name)

    def test_every_command_and_option(self):
        said = self.rendered("plumb.1")
        for command in commandline.describe(cli.make_parser()).all():
            for option in [] if command.inner else command.options:
                for flag in option.flags:
                    if "--help" not in option.flags:
                        self.assertRegex(said, rf"(?<![\w-]){re.escape(flag)}(?![\w-])")
            self.assertIn(" ".join(command.words), said)
        self.assertIn(f"Plumbline {version.VERSION}", said)

    def test_tables_of_the_quick_start(self):
        said = self.rendered("plumb.1")
        page = (ROOT / "docs" / "quick-start.md").read_text()
        for head in ("keys", "exit code"):
            for row in manpage.table_of(page, head)[2:]:
                first = manpage.cells(row)[0].replace("`", "")
                self.assertIn(first, said)

    def test_every_property_of_the_manifest(self):
        said = self.rendered("plumb-manifest.5")
        names = set(re.findall(r"^\| `([\w#-]+)`", (ROOT / "docs" / "manifest.md").read_text(), re.M))
        self.assertGreater(len(names), 30)
        for name in names:
            self.assertRegex(said, rf"(?<![\w-]){re.escape(name)}(?![\w-])")
