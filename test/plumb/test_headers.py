# SPDX-License-Identifier: BSD-2-Clause
"""Headers of Debian's kernels, from package files made here, and modules that are built with them."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from plumblib import debian, headers
from plumblib.common import PlumbError

RELEASE = "6.1.0-1-armmp"
COMMON = "linux-headers-6.1.0-1-common"
# In place of Linux's rules: M, CROSS_COMPILE and KCFLAGS mean the same.
RULES = """\
modules:
\t$(CROSS_COMPILE)gcc $(KCFLAGS) -g -c -o $(M)/one.ko $(M)/one.c
\techo $(ARCH) $(KERNELRELEASE) $(MAKELEVEL) $(OTHER) > $(M)/../seen; cp $(M)/../seen %s
include .kernelvariables
"""
VARIABLES = """\
override ARCH = arm
override KERNELRELEASE = 6.1.0-1-armmp
CC = $(CROSS_COMPILE)gcc-12
override CROSS_COMPILE = arm-linux-gnueabihf-
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.guests = self.top / "guests"
        (self.guests / "debs").mkdir(parents=True)
        self.said: list[str] = []
        for module, name, value in ((debian, "GUESTS", self.guests),
                                    (debian, "DEBS", self.guests / "debs"),
                                    (headers, "HEADERS", self.guests / "headers")):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.kernel("armmp", RELEASE)

    def kernel(self, flavour: str, release: str) -> None:
        (self.guests / flavour).mkdir(exist_ok=True)
        (self.guests / flavour / "release").write_text(f"{release}\n")

    def deb(self, name: str, files: dict[str, str], machine: str = "armhf", depends: str = "") -> None:
        tree = self.top / "trees" / name
        (tree / "DEBIAN").mkdir(parents=True)
        for path, text in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        (tree / "DEBIAN" / "control").write_text(
            f"Package: {name}\nVersion: 1\nArchitecture: {machine}\n"
            + (f"Depends: {depends}\n" if depends else "")
            + "Maintainer: nobody <nobody@localhost>\nDescription: a test\n")
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree,
                        debian.DEBS / f"{name}_1_{machine}.deb"], check=True, capture_output=True)

    def flavoured(self, release: str = RELEASE, depends: str = f"{COMMON} (= 1), linux-kbuild-6.1 (>= 1), gcc-12"):
        place = f"usr/src/linux-headers-{release}"
        self.deb(f"linux-headers-{release}", {
            f"{place}/Makefile": f"include /usr/src/{COMMON}/Makefile\n",
            f"{place}/.kernelvariables": VARIABLES}, depends=depends)

    def common(self):
        self.deb(COMMON, {f"usr/src/{COMMON}/Makefile": RULES % (self.top / "seen")}, "all")

    def all_debs(self):
        self.flavoured()
        self.common()
        self.deb("linux-kbuild-6.1", {"usr/lib/linux-kbuild-6.1/scripts/mod/modpost": ""},
                 headers._machine())

    def fetch(self, flavours=("armmp",)) -> bool:
        return headers.fetch(self.said.append, list(flavours))


class Fetch(Case):
    def test_from_files_that_lie_there(self):
        with self.assertRaisesRegex(PlumbError, "headers of armmp have not been fetched: run '.* headers'"):
            headers.folder("armmp")
        self.all_debs()
        self.assertTrue(self.fetch())
        place = headers.folder("armmp")
        self.assertEqual(place, self.guests / "headers/usr/src/linux-headers-6.1.0-1-armmp")
        self.assertIn(f"../{COMMON}/Makefile", (place / "Makefile").read_text())
        self.assertEqual((place / ".kernelvariables").read_text().splitlines(),
                         VARIABLES.splitlines()[:2], "nothing of Debian's compiler")
        self.assertTrue((self.guests / "headers/usr/lib/linux-kbuild-6.1/scripts/mod/modpost").exists())
        self.assertFalse(self.fetch(), "all are present")

    def test_shared_packages_once(self):
        self.all_debs()
        self.flavoured("6.1.0-1-armmp-lpae")
        self.kernel("armmp-lpae", "6.1.0-1-armmp-lpae")
        self.assertTrue(self.fetch(("armmp", "armmp-lpae")))
        self.assertEqual(self.said, [f"unpacking {name}" for name in (
            "linux-headers-6.1.0-1-armmp", COMMON, "linux-kbuild-6.1", "linux-headers-6.1.0-1-armmp-lpae")])

    def test_a_newer_kernel_needs_its_own(self):
        self.all_debs()
        self.fetch()
        self.kernel("armmp", "6.1.0-2-armmp")
        self.assertRaisesRegex(PlumbError, "have not been fetched", headers.folder, "armmp")

    def test_after_a_change_of_the_tool(self):
        self.all_debs()
        self.fetch()
        with mock.patch.object(headers, "FORMAT", headers.FORMAT + 1):
            self.assertTrue(self.fetch())

    def test_not_in_the_lists(self):
        self.flavoured()
        self.common()
        updated = []
        with mock.patch.object(debian, "_field", return_value=None), \
                mock.patch.object(debian, "_update", lambda _, say, machine: updated.append(machine)), \
                self.assertRaisesRegex(PlumbError, "no linux-kbuild-6.1 in the package lists of Debian .*: "
                                       "if Debian has a newer kernel, 'scripts/linux fetch --again'"):
            self.fetch()
        self.assertEqual(updated, [headers._machine()], "the system's lists, then newer ones")
        self.assertRaises(PlumbError, headers.folder, "armmp")

    def test_programs_of_another_machine(self):
        self.flavoured()
        self.common()
        self.deb("linux-kbuild-6.1", {"usr/lib/x": ""}, "mips")
        with mock.patch.object(debian, "_field", return_value=None), \
                mock.patch.object(debian, "_update"), \
                self.assertRaisesRegex(PlumbError, "no linux-kbuild-6.1"):
            self.fetch()

    def test_dependencies_that_are_not_understood(self):
        self.flavoured(depends="gcc-12")
        with self.assertRaisesRegex(PlumbError, "dependencies name no common headers or no kbuild: 'gcc-12'"):
            self.fetch()

    def test_a_broken_file(self):
        self.all_debs()
        (debian.DEBS / f"{COMMON}_1_all.deb").write_text("nothing")
        with self.assertRaisesRegex(PlumbError, "remove the file and run '.*fetch headers' again"):
            self.fetch()
        self.assertRaises(PlumbError, headers.folder, "armmp")

    def test_without_the_kernel(self):
        self.assertRaisesRegex(PlumbError, "rt-armmp has not been fetched", headers.release, "rt-armmp")


class Build(Case):
    def setUp(self):
        super().setUp()
        self.all_debs()
        self.fetch()
        self.source = self.top / "one"
        self.source.mkdir()
        (self.source / "Kbuild").write_text("obj-m := one.o\n")
        (self.source / "one.c").write_text("const char *one(void);\nconst char *one(void)\n"
                                           "{\n\treturn __FILE__;\n}\n")
        self.output = self.top / "out" / "one.ko"

    def build(self) -> bytes:
        headers.build(self.source, "armmp", self.output)
        return self.output.read_bytes()

    def test_the_same_source_gives_the_same_file(self):
        first = self.build()
        self.assertIn(b"./one.c", first)
        self.assertNotIn(b"debug_info", first)
        self.assertEqual(self.build(), first)
        self.assertEqual(sorted(path.name for path in self.source.iterdir()), ["Kbuild", "one.c"],
                         "nothing is written to the sources")

    def test_variables_of_the_caller_have_no_effect(self):
        with mock.patch.dict(os.environ, {"MAKEFLAGS": "-n", "OTHER": "other", "ARCH": "x86",
                                          "MAKELEVEL": "3"}):
            self.build()
        self.assertEqual((self.top / "seen").read_text(), f"arm {RELEASE} 0\n")

    def test_errors_are_shown_and_warnings_are_errors(self):
        (self.source / "one.c").write_text("int one(void)\n{\n}\n#warning unfinished\n")
        with self.assertRaisesRegex(PlumbError, r"(?s)module for 6.1.0-1-armmp does not build:.*unfinished"):
            self.build()
        self.assertFalse(self.output.exists())

    def test_no_module(self):
        (self.source / "Kbuild").unlink()
        self.assertRaisesRegex(PlumbError, "no file Kbuild there", self.build)

    def test_two_modules(self):
        (self.source / "Kbuild").touch()
        (self.source / "other.ko").touch()
        self.assertRaisesRegex(PlumbError, "2 modules, not one", self.build)

    def test_a_path_that_make_cannot_have(self):
        place = self.top / "a place"
        self.guests.rename(place)
        with mock.patch.object(debian, "GUESTS", place), \
                mock.patch.object(headers, "HEADERS", place / "headers"):
            self.assertRaisesRegex(PlumbError, "no path with blanks or colons", self.build)

    def test_the_stamp_names_the_packages(self):
        stamp = json.loads((headers.HEADERS / "armmp.json").read_text())
        self.assertEqual(stamp["debs"], ["linux-headers-6.1.0-1-armmp_1_armhf.deb", f"{COMMON}_1_all.deb",
                                         f"linux-kbuild-6.1_1_{headers._machine()}.deb"])


if __name__ == "__main__":
    unittest.main()
