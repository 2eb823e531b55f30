# SPDX-License-Identifier: BSD-2-Clause
"""scripts/install/files: it removes the files that it has copied, and no others."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib.common import ROOT

FILES = ROOT / "scripts" / "install" / "files"


def tree(top: Path) -> dict[str, tuple[int, bytes]]:
    """Every folder and file, with mode and contents."""
    found = {}
    for path in sorted(top.rglob("*")):
        found[str(path.relative_to(top))] = (
            path.stat().st_mode, b"" if path.is_dir() else path.read_bytes())
    return found


class Files(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="with space ")
        self.addCleanup(place.cleanup)
        self.top = Path(place.name)
        self.stage = self.top / "stage"
        self.stage_file("bin/plumb", "1", 0o700)
        self.stage_file("share/man/man1/plumb.1", "2", 0o600)
        self.stage_file("lib/plumbline/plumblib/cli.py", "3", 0o664)
        self.prefix = self.top / "root" / "usr"
        (self.prefix / "share" / "man").mkdir(parents=True)
        (self.prefix / "bin").mkdir()
        (self.prefix / "bin" / "other").write_text("another's")

    def stage_file(self, name: str, text: str, mode: int = 0o644) -> None:
        path = self.stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def files(self, *words: object, mask: int = 0o022) -> tuple[int, str]:
        done = subprocess.run([FILES, *map(str, words)], capture_output=True, text=True,
                              check=False, preexec_fn=lambda: os.umask(mask) and None)
        return done.returncode, done.stdout + done.stderr

    def copy(self, mask: int = 0o022) -> None:
        code, said = self.files("copy", self.stage, self.prefix, mask=mask)
        self.assertEqual(code, 0, said)

    def remove(self) -> None:
        code, said = self.files("remove", self.prefix)
        self.assertEqual(code, 0, said)

    def test_there_and_back(self):
        before = tree(self.top / "root")
        self.copy()
        self.assertEqual((self.prefix / "bin" / "plumb").read_text(), "1")
        self.remove()
        self.assertEqual(tree(self.top / "root"), before)

    def test_modes_are_not_the_users(self):
        self.copy(mask=0o077)
        modes = {name: oct(mode & 0o777) for name, (mode, _) in tree(self.prefix).items()}
        self.assertEqual(modes["bin/plumb"], "0o755")
        self.assertEqual(modes["share/man/man1/plumb.1"], "0o644")
        self.assertEqual(modes["lib/plumbline/plumblib/cli.py"], "0o644")
        self.assertEqual(modes["lib/plumbline/installed"], "0o644")
        self.assertEqual(modes["share/man/man1"], "0o755")

    def test_the_same_again(self):
        self.copy()
        first = tree(self.prefix)
        self.copy()
        self.assertEqual(tree(self.prefix), first)

    def test_the_prefix_and_what_it_lies_in_go_again(self):
        self.prefix = self.top / "new" / "opt" / "plumbline"
        self.copy()
        self.assertTrue((self.prefix / "bin" / "plumb").exists())
        self.remove()
        self.assertFalse((self.top / "new").exists())

    def test_a_folder_that_others_use_now_stays(self):
        self.copy()
        (self.prefix / "share/man/man1/other.1").touch()
        self.remove()
        self.assertEqual(os.listdir(self.prefix / "share/man/man1"), ["other.1"])

    def test_a_later_version_has_other_files(self):
        before = tree(self.top / "root")
        self.copy()
        (self.stage / "share/man/man1/plumb.1").unlink()
        self.stage_file("share/man/man5/manifest.5", "4")
        self.copy()
        self.assertFalse((self.prefix / "share/man/man1/plumb.1").exists())
        self.assertTrue((self.prefix / "share/man/man5/manifest.5").exists())
        self.remove()
        self.assertEqual(tree(self.top / "root"), before)

    def test_anothers_file_is_not_overwritten(self):
        (self.prefix / "bin" / "plumb").write_text("another's")
        before = tree(self.top / "root")
        code, said = self.files("copy", self.stage, self.prefix)
        self.assertEqual(code, 1)
        self.assertIn("bin/plumb exists, and is not from an earlier 'make install'", said)
        self.assertEqual(tree(self.top / "root"), before)

    def test_nothing_there(self):
        code, said = self.files("remove", self.prefix)
        self.assertEqual(code, 1)
        self.assertIn("Plumbline is not installed under", said)
