# SPDX-License-Identifier: BSD-2-Clause
"""A fresh root's settings from the host's apt, and the count of fetched bytes."""

import subprocess
import unittest

from lib import fresh
from lib.check import ROOT

TARGETS = """\
http://mirror.example/debian/|bookworm|main
http://mirror.example/debian/|bookworm|contrib
http://mirror.example/debian/|bookworm|main
http://mirror.example/debian/|bookworm-updates|main
http://mirror.example/debian-security/|bookworm-security|main
http://mirror.example/debian/|bookworm-backports|main
https://other.example/apt|cloud-bookworm|main
https://other.example/node|nodistro|main
"""
DUMP = """\
APT::Architecture "amd64";
Acquire::Languages:: "none";
Acquire::http::Proxy "http://proxy.example:3142/";
Acquire::https::Proxy::mirror.example "DIRECT";
Acquire::Check-Valid-Until "false";
Acquire::Changelogs::URI::Origin::Debian "https://changes.example";
Acquire::Retries "3";
DPkg::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";
"""
URIS = """\
'http://mirror.example/pool/g/gcc_12_amd64.deb' gcc_12_amd64.deb 5000 SHA256:00
'http://mirror.example/pool/m/make_4%3a1_amd64.deb' make_4%3a1_amd64.deb 300 SHA256:00
"""


class Fresh(unittest.TestCase):
    def test_the_hosts_mirrors(self):
        found = fresh.sources(TARGETS, "bookworm", "trixie")
        self.assertEqual(found, [("http://mirror.example/debian/", "trixie"),
                                 ("http://mirror.example/debian/", "trixie-updates"),
                                 ("http://mirror.example/debian-security/", "trixie-security")])
        self.assertEqual(fresh.main_mirror(found, "trixie"), "http://mirror.example/debian/")
        self.assertIsNone(fresh.main_mirror(fresh.sources(TARGETS, "sid", "trixie"), "trixie"))

    def test_the_hosts_proxies(self):
        self.assertEqual(fresh.configuration(DUMP).splitlines(), [
            'Acquire::http::Proxy "http://proxy.example:3142/";',
            'Acquire::https::Proxy::mirror.example "DIRECT";',
            'Acquire::Check-Valid-Until "false";', 'Acquire::Retries "3";',
            'APT::Keep-Downloaded-Packages "true";'])

    def test_what_was_fetched(self):
        compilers = fresh.files(URIS)
        self.assertEqual(compilers, {"gcc_12_amd64.deb": 5000, "make_4%3a1_amd64.deb": 300})
        counted = fresh.share({"gcc_12_amd64.deb": 5000, "qemu.deb": 700, "mypy.deb": 20},
                              compilers, {**compilers, "qemu.deb": 700}, 4)
        self.assertEqual(counted, fresh.Share(5000, 700, 20, 4))
        self.assertEqual(counted.beyond(), 24)

    def test_lists(self):
        self.assertEqual(fresh.fetched("Get:1 x\nFetched 9,911 kB in 2s (5,004 kB/s)\nReading\n"),
                         9911000)
        self.assertEqual(fresh.fetched("Fetched 10.2 MB in 2s (5 MB/s)\n"), 10200000)
        self.assertEqual(fresh.fetched("Hit:1 x\n"), 0)

    def test_its_words(self):
        for words, code in (("--help", 0), ("", 2), ("sarge", 2)):
            argv = [str(ROOT / "test" / "fresh"), *words.split()]
            done = subprocess.run(argv, capture_output=True, check=False)
            self.assertEqual(done.returncode, code, words)
