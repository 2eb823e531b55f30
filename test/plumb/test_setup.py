# SPDX-License-Identifier: BSD-2-Clause
"""scripts/setup with the test's own dpkg and apt: requests, installations, refusals."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lib.check import ROOT
from plumblib.common import how_to_install

# Tools of the real system; all others that scripts/setup calls are written here.
PLAIN = ("sh", "sed", "awk", "tr", "dirname", "head", "env", "cat", "echo", "printf")
DPKG_QUERY = """\
case "$*" in
*Depends*) exit 1 ;;
esac
for package; do :; done
grep -qx "$package" "$FAKE/installed" && printf installed
"""
APT_CACHE = """\
grep -qx "$2" "$FAKE/unknown" && exit 100
echo "Package: $2"
[ "$2" != clang ] || echo "Depends: clang-77 (>= 77~)"
"""
APT_GET = """\
case "$*" in
*--print-uris*) echo "'x' a_1.deb 1500000 SHA256:0"; echo "'y' b_1.deb 2000000 SHA256:0" ;;
*) echo "apt-get $*" >> "$FAKE/log"; [ ! -e "$FAKE/broken" ] ;;
esac
"""
FAKES = {"dpkg-query": DPKG_QUERY, "apt-cache": APT_CACHE, "apt-get": APT_GET,
         "id": 'cat "$FAKE/uid"\n', "sudo": 'echo "sudo $1" >> "$FAKE/log"; exec "$@"\n'}
# A second list on purpose: the demo needs only these.
FOR_RUN = ["gcc", "libc6-dev", "make", "pkgconf", "python3", "gcc-arm-none-eabi",
           "libnewlib-arm-none-eabi", "device-tree-compiler", "e2fsprogs", "qemu-system-arm"]


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        for name in (*PLAIN, "grep"):
            (self.top / name).symlink_to(str(shutil.which(name)))
        for name, text in FAKES.items():
            (self.top / name).write_text(f"#!/bin/sh\n{text}")
            (self.top / name).chmod(0o755)
        for name, text in (("installed", ""), ("unknown", ""), ("log", ""), ("uid", "0\n")):
            (self.top / name).write_text(text)

    def setup_(self, *argv: str) -> tuple[int, str]:
        done = subprocess.run([str(ROOT / "scripts" / "setup"), *argv], check=False, text=True,
                              env={"PATH": str(self.top), "FAKE": str(self.top)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def log(self) -> list[str]:
        return (self.top / "log").read_text().splitlines()

    def asked(self) -> list[str]:
        """The packages of the one 'apt-get install'."""
        line, = [line for line in self.log() if line.startswith("apt-get install")]
        return [word for word in line.split()[2:] if not word.startswith("-")]

    def test_run_needs_little(self):
        code, said = self.setup_("--for", "run")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.asked(), FOR_RUN)
        self.assertIn("3.5 MB to fetch", said)
        self.assertEqual(self.log()[0], "apt-get update -qq")
        self.assertIn("--no-install-recommends", self.log()[1].split())

    def test_build_needs_no_qemu(self):
        self.setup_("--for", "build")
        self.assertEqual(self.asked(), FOR_RUN[:-1])

    def test_purposes_add_up(self):
        self.setup_("--for", "gdb", "--for", "run")
        self.assertEqual(self.asked(), [*FOR_RUN, "gdb-multiarch"])

    def test_alone_it_is_all_but_the_proofs(self):
        self.setup_()
        asked = self.asked()
        self.assertEqual(asked[:len(FOR_RUN)], FOR_RUN)
        self.assertLess({"clang", "clang-format", "mtools", "gdb-multiarch", "libclang-rt-77-dev"},
                        set(asked))
        self.assertNotIn("frama-c-base", asked)
        self.assertEqual(len(asked), len(set(asked)))
        (self.top / "log").write_text("")
        self.setup_("--for", "verify")
        self.assertEqual(self.asked()[:len(asked)], asked)
        self.assertIn("frama-c-base", self.asked())

    def test_only_what_is_missing(self):
        (self.top / "installed").write_text("".join(f"{name}\n" for name in FOR_RUN[2:]))
        self.setup_("--for", "run")
        self.assertEqual(self.asked(), FOR_RUN[:2])

    def test_all_there_needs_neither_root_nor_sudo(self):
        (self.top / "installed").write_text("".join(f"{name}\n" for name in FOR_RUN))
        (self.top / "uid").write_text("1000\n")
        (self.top / "sudo").unlink()
        self.assertEqual(self.setup_("--for", "run"),
                         (0, "setup: everything needed is installed\n"))
        self.assertEqual(self.log(), [])

    def test_neither_root_nor_sudo(self):
        (self.top / "uid").write_text("1000\n")
        (self.top / "sudo").unlink()
        code, said = self.setup_("--for", "run")
        self.assertEqual(code, 1)
        self.assertIn("Run as root:\n  apt-get install --no-install-recommends gcc ", said)
        self.assertEqual(self.log(), [])

    def test_sudo(self):
        (self.top / "uid").write_text("1000\n")
        code, said = self.setup_("--for", "run")
        self.assertEqual(code, 0, said)
        self.assertEqual([line for line in self.log() if line.startswith("sudo")],
                         ["sudo apt-get", "sudo env"])

    def test_apt_fails(self):
        (self.top / "broken").touch()
        code, said = self.setup_("--for", "run")
        self.assertEqual(code, 1)
        self.assertIn("'apt-get update' failed", said)

    def test_not_in_this_release(self):
        (self.top / "unknown").write_text("frama-c-base\n")
        code, said = self.setup_("--for", "verify")
        self.assertEqual(code, 1)
        self.assertIn("no package frama-c-base", said)
        self.assertEqual(self.log(), ["apt-get update -qq"])

    def test_no_debian(self):
        for name in ("dpkg-query", "apt-get", "apt-cache"):
            (self.top / name).unlink()
        (self.top / "dtc").symlink_to("/bin/true")
        code, said = self.setup_("--for", "run")
        self.assertEqual(code, 1)
        self.assertIn("not Debian", said)
        self.assertIn("  qemu-system-arm\n", said)
        self.assertNotIn("device-tree-compiler", said)

    def test_list(self):
        (self.top / "installed").write_text("gcc\n")
        code, said = self.setup_("--list", "--for", "run")
        self.assertEqual(code, 0)
        lines = [line.split()[:2] for line in said.splitlines()]
        self.assertEqual(lines[:3], [["build:"], ["gcc", "there"], ["libc6-dev", "MISSING"]])
        self.assertIn(["run:"], lines)
        self.assertNotIn(["test:"], lines)

    def test_wrong_words(self):
        for words in (["--for"], ["--for", "fun"], ["--fro", "run"]):
            self.assertEqual(self.setup_(*words)[0], 5, words)
        self.assertEqual(self.log(), [])

    def test_make_asks_for_what_its_goals_need(self):
        for goals, purposes in (("run", "--for run"), ("", ""), ("test", "--for test"),
                                ("run test", "--for run --for test"),
                                ("run-linux", "--for run"), ("run-kvm", "--for run"),
                                ("run-demo", "--for test"),
                                ("boards", "--for disk"), ("all", "--for build"),
                                ("verify-fuzz", "--for test"), ("verify-proof", "--for verify")):
            argv = ["make", "-n", "setup", *goals.split()]
            done = subprocess.run(argv, cwd=ROOT, check=True, text=True,
                                  capture_output=True,
                                  env={k: v for k, v in os.environ.items() if "MAKE" not in k})
            self.assertEqual(done.stdout.splitlines()[0].strip(), f"scripts/setup {purposes}".strip())

    def test_a_missing_tool_names_the_purpose(self):
        self.assertIn("'make setup-disk' (Debian's package fdisk)", how_to_install("sfdisk"))
        self.assertIn("'make setup-build'", how_to_install("fdtput"))
        self.assertIn("'make setup-run'", how_to_install("qemu-system-arm"))
        self.assertEqual(how_to_install("nothing"), "run 'make setup'")
