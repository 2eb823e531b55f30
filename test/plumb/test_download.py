# SPDX-License-Identifier: BSD-2-Clause
"""Debian's kernels from a test server, which breaks connections, sends wrong bytes, and
recovers."""

import contextlib
import hashlib
import http.server
import io
import os
import re
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from plumblib import debian, download
from plumblib.common import PlumbError

HERE = """
Dir::Etc::sourcelist "STATE/sources.list";
Dir::Etc::sourceparts "/dev/null";
Acquire::Retries "0";
Acquire::http::Proxy::127.0.0.1 "DIRECT";
"""
SINCE = "Thu, 01 Jan 2026 00:00:00 GMT"
KERNEL = "linux-image-6.1.0-1-{}"


class Mirror(http.server.ThreadingHTTPServer):
    """Serves files of a folder, and records requests for .deb files."""

    daemon_threads = True

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.breaks_after = 0  # bytes of a .deb in one answer; 0: it does not break
        self.breaks = 1000  # number of breaks
        self.wrong = False  # does a .deb have a wrong byte?
        self.asked: list[tuple[str, str]] = []  # name, range


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Mirror

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        path = self.server.folder / Path(self.path).name
        if not path.is_file():
            self.send_error(404)
            return
        data, start, part = path.read_bytes(), 0, self.headers.get("Range") or ""
        if path.suffix == ".deb":
            self.server.asked.append((path.name, part))
            if self.server.wrong:
                data = data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]
        match = re.fullmatch(r"bytes=(\d+)-", part)
        if match:
            start = int(match[1])
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.send_header("Last-Modified", SINCE)
        self.end_headers()
        rest, limit = data[start:], self.server.breaks_after
        if path.suffix == ".deb" and 0 < limit < len(rest) and self.server.breaks:
            self.server.breaks -= 1
            self.wfile.write(rest[:limit])
            self.close_connection = True
        else:
            self.wfile.write(rest)


class Download(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        self.guests = self.top / "guests"
        self.pool = self.top / "pool"
        for path in (self.guests / "apt", self.pool):
            path.mkdir(parents=True)
        self.said: list[str] = []
        for name, value in (("GUESTS", self.guests), ("DEBS", self.guests / "debs"),
                            ("PARTIAL", self.guests / "debs" / "partial"),
                            ("STAMP", self.guests / "fetched.json"),
                            ("APT_CONF", debian.APT_CONF + HERE)):
            patch = mock.patch.object(debian, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.mirror = Mirror(self.pool)
        self.addCleanup(self.mirror.server_close)
        self.addCleanup(self.mirror.shutdown)
        threading.Thread(target=self.mirror.serve_forever, daemon=True).start()
        (self.guests / "apt" / "sources.list").write_text(
            f"deb [trusted=yes] http://127.0.0.1:{self.mirror.server_port}/ ./\n")

    def package(self, name: str, depends: str = "", files: dict[str, bytes] | None = None) -> str:
        """Puts a package into the pool; its file's name."""
        tree = self.top / "trees" / name
        (tree / "DEBIAN").mkdir(parents=True)
        for path, data in (files or {}).items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(data)
        (tree / "DEBIAN" / "control").write_text(
            f"Package: {name}\nVersion: 1\nArchitecture: armhf\n" +
            (f"Depends: {depends}\n" if depends else "") +
            "Maintainer: nobody <nobody@localhost>\nDescription: a test\n")
        file = f"{name}_1_armhf.deb"
        subprocess.run(["dpkg-deb", "-Znone", "--build", tree, self.pool / file], check=True,
                       capture_output=True)
        return file

    def index(self) -> None:
        """The pool's lists, with sums."""
        text = ""
        for path in sorted(self.pool.glob("*.deb")):
            control = subprocess.run(["dpkg-deb", "--field", path], check=True, text=True,
                                     capture_output=True).stdout
            data = path.read_bytes()
            text += (f"{control.strip()}\nFilename: ./{path.name}\nSize: {len(data)}\n"
                     f"SHA256: {hashlib.sha256(data).hexdigest()}\n\n")
        (self.pool / "Packages").write_text(text)
        (self.pool / "Release").write_text(
            f"Date: {SINCE}\nSHA256:\n {hashlib.sha256(text.encode()).hexdigest()} {len(text)} "
            "Packages\n")

    def one(self) -> str:
        """A pool with a package of 300 kB."""
        file = self.package("demo", files={"data": os.urandom(300000)})
        self.index()
        return file

    def fetch_one(self) -> None:
        config = debian._prepare()
        debian._update(config, self.said.append)
        debian._download(config, ["demo"], self.said.append)

    def is_whole(self, file: str) -> bool:
        path = debian.DEBS / file
        return path.exists() and path.read_bytes() == (self.pool / file).read_bytes()

    def ranges(self) -> list[int]:
        return [int(part[6:-1]) if part else 0 for _, part in self.mirror.asked]

    def test_whole_at_once(self):
        file = self.one()
        self.fetch_one()
        self.assertTrue(self.is_whole(file))
        self.assertEqual(self.ranges(), [0])
        self.assertEqual(list(debian.PARTIAL.iterdir()), [])
        self.fetch_one()
        self.assertEqual(self.ranges(), [0], "what is whole is not fetched again")

    def test_goes_on_where_it_broke(self):
        file = self.one()
        self.mirror.breaks_after = 100000
        self.fetch_one()
        self.assertTrue(self.is_whole(file))
        self.assertEqual(self.ranges(), [0, 100000, 200000, 300000])

    def test_goes_on_in_another_run(self):
        file = self.one()
        self.mirror.breaks_after = 200000
        attempt = download._attempt

        def stopped(*args):
            attempt(*args)
            raise KeyboardInterrupt

        with mock.patch.object(download, "_attempt", stopped):
            self.assertRaises(KeyboardInterrupt, self.fetch_one)
        self.assertEqual([path.stat().st_size for path in debian.PARTIAL.iterdir()], [200000])
        self.assertEqual(list(debian.DEBS.glob("*.deb")), [], "half a file is none")
        self.fetch_one()
        self.assertTrue(self.is_whole(file))
        self.assertEqual(self.ranges(), [0, 200000])

    def test_nothing_more_comes(self):
        file = self.one()
        self.mirror.breaks_after = 100000

        def end(request):
            self.mirror.asked.append((file, request.headers.get("Range") or ""))
            request.close_connection = True
            request.connection.close()

        config = debian._prepare()
        debian._update(config, self.said.append)
        with mock.patch.object(Answer, "do_GET", end):
            with self.assertRaisesRegex(PlumbError, "offline"):
                debian._download(config, ["demo"], self.said.append)
        self.assertEqual(list(debian.DEBS.glob("*.deb")), [])
        self.fetch_one()
        self.assertTrue(self.is_whole(file))

    def test_another_file_than_the_index_lists(self):
        self.one()
        self.mirror.wrong = True
        with self.assertRaisesRegex(PlumbError, "(?i)hash sum mismatch|not the file"):
            self.fetch_one()
        self.assertEqual(list(debian.DEBS.glob("*.deb")), [])

    def test_rubbish_was_left(self):
        file = self.one()
        for size in (50000, (self.pool / file).stat().st_size, 900000):
            debian.PARTIAL.mkdir(parents=True, exist_ok=True)
            (debian.PARTIAL / file).write_bytes(bytes(size))
            os.utime(debian.PARTIAL / file, (1767225600, 1767225600))  # SINCE
            self.fetch_one()
            self.assertTrue(self.is_whole(file), size)
            (debian.DEBS / file).unlink()

    def test_half_a_file_in_its_place(self):
        file = self.one()
        debian.DEBS.mkdir()
        (debian.DEBS / file).write_bytes((self.pool / file).read_bytes()[:1000])
        self.fetch_one()
        self.assertTrue(self.is_whole(file))

    def test_a_terminal_sees_how_far_it_is(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        self.one()
        config = debian._prepare()
        debian._update(config, self.said.append)
        with contextlib.redirect_stdout(Terminal()) as shown:
            debian._download(config, ["demo"], self.said.append)
        self.assertRegex(shown.getvalue(), r"\r  100 %  0\.3 of 0\.3 MB \n$")
        self.assertIn("fetching demo_1_armhf.deb (0.3 MB)", self.said)
        (debian.DEBS / "demo_1_armhf.deb").unlink()
        with contextlib.redirect_stdout(io.StringIO()) as out:
            debian._download(config, ["demo"], self.said.append)
        self.assertEqual(out.getvalue(), "", "a log gets the line of each file only")

    def kernels(self) -> None:
        for flavour in debian.FLAVOURS:
            name = KERNEL.format(flavour)
            self.package(name, files={f"boot/vmlinuz-{flavour}": flavour.encode()})
            self.package(f"linux-image-{flavour}", depends=f"{name} (= 1)")
        self.package("busybox-static", files={"bin/busybox": b"busybox"})
        self.index()

    def test_only_the_kernel_that_is_asked_for(self):
        self.kernels()
        self.assertTrue(debian.fetch(self.said.append, flavours=["armmp"]))
        self.assertEqual(sorted(debian.versions()), ["armmp", "busybox"])
        self.assertEqual({name for name, _ in self.mirror.asked},
                         {"linux-image-6.1.0-1-armmp_1_armhf.deb", "busybox-static_1_armhf.deb"})
        self.assertEqual((self.guests / "armmp" / "vmlinuz").read_bytes(), b"armmp")
        self.assertFalse(debian.fetch(self.said.append, flavours=["armmp"]))
        self.said.clear()
        self.assertTrue(debian.fetch(self.said.append, flavours=["rt-armmp"]))
        self.assertEqual(sorted(debian.versions()), ["armmp", "busybox", "rt-armmp"])
        self.assertEqual([line for line in self.said if line.startswith("unpacking")],
                         ["unpacking linux-image-6.1.0-1-rt-armmp"])
        self.assertTrue(debian.fetch(self.said.append))
        self.assertEqual(sorted(debian.versions()), ["armmp", "armmp-lpae", "busybox", "rt-armmp"])
        self.assertEqual(len(self.mirror.asked), 4)

    def test_unpacked_anew_where_the_tool_unpacks_otherwise(self):
        self.kernels()
        debian.fetch(self.said.append, flavours=["armmp-lpae"])
        with mock.patch.object(debian, "FORMAT", debian.FORMAT + 1):
            self.assertTrue(debian.fetch(self.said.append, flavours=["armmp"]))
            self.assertEqual(sorted(debian.versions()), ["armmp", "armmp-lpae", "busybox"])

    def test_stopped_while_unpacking(self):
        self.kernels()
        with mock.patch.object(debian, "_unpack_busybox", side_effect=KeyboardInterrupt):
            self.assertRaises(KeyboardInterrupt, debian.fetch, self.said.append)
        self.assertRaises(PlumbError, debian.versions)
        self.assertTrue(debian.fetch(self.said.append, flavours=["armmp"]))
        self.assertEqual(len(debian.versions()), 4)
        with mock.patch.object(debian, "_unpack_kernel", side_effect=KeyboardInterrupt), \
                mock.patch.object(debian, "FORMAT", debian.FORMAT + 1):
            self.assertRaises(KeyboardInterrupt, debian.fetch, self.said.append)
            self.assertRaises(PlumbError, debian.versions)
