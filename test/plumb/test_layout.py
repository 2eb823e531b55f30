# SPDX-License-Identifier: BSD-2-Clause
"""The folders of plumb: in a tree, in a tree of links to one, in an installation."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from plumblib import layout, pack, source
from plumblib.common import SOURCE

LINKS = SOURCE / "scripts" / "links"


class Layouts(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.top = Path(place.name).resolve()
        self.package = self.top / "source" / "scripts" / "plumblib"
        self.package.mkdir(parents=True)

    def find(self, script: Path, **environment: str) -> layout.Layout:
        return layout.find(self.package, script, {"HOME": "/home/user", **environment})

    def test_a_source_tree(self):
        tree = self.top / "source"
        found = self.find(tree / "scripts" / "plumb")
        self.assertEqual(found, layout.Layout(tree, tree, tree / "build", tree / "build" / "host",
                                              tree / "build", False))

    def test_a_tree_of_links(self):
        tree, links = self.top / "source", self.top / "links"
        links.mkdir()
        (links / "scripts").symlink_to(tree / "scripts")
        found = self.find(links / "scripts" / "plumb")
        self.assertEqual(found, layout.Layout(links, tree, links / "build",
                                              links / "build" / "host", links / "build", False))
        self.assertEqual(self.find(links / "test" / "tool").root, links)

    def test_a_link_to_the_whole_tree_is_none(self):
        (self.top / "link").symlink_to(self.top / "source")
        self.assertEqual(self.find(self.top / "link" / "scripts" / "plumb").root,
                         self.top / "source")

    def test_a_tree_of_links_to_another_tree_is_none(self):
        (self.top / "other" / "scripts").mkdir(parents=True)
        (self.top / "links").mkdir()
        (self.top / "links" / "scripts").symlink_to(self.top / "other" / "scripts")
        self.assertEqual(self.find(self.top / "links" / "scripts" / "plumb").root,
                         self.top / "source")

    def test_other_programs(self):
        for script in ("/plumb", "/usr/bin/python3", "/", "/a/-c"):
            self.assertEqual(self.find(Path(script)).root, self.top / "source")

    def test_an_installation(self):
        prefix = self.top / "usr"
        self.package = prefix / "lib" / "plumbline" / "plumblib"
        self.assertEqual(self.find(prefix / "bin" / "plumb"), layout.Layout(
            prefix / "share/plumbline", prefix / "share/plumbline", prefix / "share/plumbline/build",
            prefix / "lib/plumbline", Path("/home/user/.cache/plumbline"), True))

    def test_the_cache(self):
        cases = (({"HOME": "/h"}, "/h/.cache/plumbline"),
                 ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/plumbline"),
                 ({"HOME": "/h", "XDG_CACHE_HOME": "c"}, "/h/.cache/plumbline"),
                 ({"HOME": "/h", "XDG_CACHE_HOME": ""}, "/h/.cache/plumbline"))
        for environment, place in cases:
            self.assertEqual(layout.cache(environment), Path(place))

    def test_a_build_folder_that_cannot_be_written(self):
        build = self.top / "source" / "build"
        real = layout.writable
        self.addCleanup(setattr, layout, "writable", real)
        layout.writable = lambda folder: folder != build
        found = self.find(self.top / "source" / "scripts" / "plumb")
        self.assertEqual((found.build, found.work), (build, Path("/home/user/.cache/plumbline")))

    def test_writable(self):
        self.assertTrue(layout.writable(self.top))
        self.assertTrue(layout.writable(self.top / "new" / "inner"))
        self.assertFalse(layout.writable(Path("/proc/sys/none")))


class Links(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="with space ")
        self.addCleanup(place.cleanup)
        self.top = Path(place.name)

    def make(self, folder: Path) -> tuple[int, str]:
        done = subprocess.run([LINKS, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_all_but_build(self):
        (self.top / "old").symlink_to("/nowhere")
        (self.top / "Makefile").symlink_to("/nowhere")
        for _ in range(2):
            self.assertEqual(self.make(self.top), (0, ""))
            names = {name for name in os.listdir(SOURCE) if name not in ("build", ".git")}
            self.assertEqual(set(os.listdir(self.top)), names | {"old"})
            for name in names:
                self.assertEqual((self.top / name).resolve(), SOURCE / name)

    def test_what_is_there_stays(self):
        (self.top / "docs").mkdir()
        code, said = self.make(self.top)
        self.assertEqual(code, 5)
        self.assertIn("its 'docs' is not a link to this tree: name another folder", said)

    def test_not_in_the_source_tree(self):
        for folder in (SOURCE, SOURCE / "docs"):
            code, said = self.make(folder)
            self.assertEqual(code, 5)
            self.assertIn("name another folder", said)
        self.assertFalse((SOURCE / "docs" / "Makefile").is_symlink())


class Systems(unittest.TestCase):
    """The file that a system's name denotes, and the folders in which its files are searched."""

    def test_of_the_tree_by_its_name_there(self):
        self.addCleanup(os.chdir, os.getcwd())
        with tempfile.TemporaryDirectory() as place:
            os.chdir(place)
            self.assertEqual(pack.find(Path("guest/demo.dts")), pack.ROOT / "guest" / "demo.dts")
            Path("guest").mkdir()
            Path("guest/demo.dts").touch()
            self.assertEqual(pack.find(Path("guest/demo.dts")), Path("guest/demo.dts"))
            self.assertEqual(pack.find(Path("absent.dts")), Path("absent.dts"))

    def test_search(self):
        here = Path.cwd()
        self.assertEqual(source.searched(SOURCE / "guest" / "demo.dts"), [SOURCE / "guest", pack.ROOT])
        self.assertEqual(source.searched(SOURCE / "own.dts"), [pack.ROOT])
        self.assertEqual(source.searched(Path("/elsewhere/own.dts")),
                         [Path("/elsewhere"), here, pack.ROOT])

    def test_dtc_looks_beside_the_manifest_first(self):
        """Not in the current folder: a build folder there belongs to another project."""
        self.addCleanup(os.chdir, os.getcwd())
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            for folder, text in (("called", "wrong"), ("first", "right")):
                (place / folder).mkdir()
                (place / folder / "file").write_text(text)
            (place / "first" / "own.dts").write_text('/dts-v1/; / { a = /incbin/("file"); };')
            os.chdir(place / "called")
            made = source.compile_file(place / "first" / "own.dts")
        self.assertIn(b"right", made)
