# SPDX-License-Identifier: BSD-2-Clause
"""A program in QEMU's place: it prints the test's text on the console, and reads the input."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLUMB = str(ROOT / "scripts" / "plumb")
HEAD = '''#!/usr/bin/env python3
import os, select, signal, sys, time

if "--version" in sys.argv:
    print("QEMU emulator version 9.0.0")
    sys.exit()
if "dumpdtb" in " ".join(sys.argv):
    sys.exit(1)


def say(text):
    os.write(1, text.encode())


def hear(seconds, last=None):
    """What is typed, until nothing has come for so long, or with these last bytes."""
    heard = b""
    while not (last and heard.endswith(last)) and select.select([0], [], [], seconds)[0]:
        data = os.read(0, 4096)
        if not data:
            break
        heard += data
    return heard


'''
UP = "[plumbline] board, 2 CPUs, image at 0x40010000\r\n"
END = "plumbline: end: status 0\r\n"


class Faked(unittest.TestCase):
    """Runs `scripts/plumb` in a separate environment."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {**os.environ, "PATH": f"{folder.name}:{os.environ['PATH']}"}
        self.environment.pop("PYTHONUNBUFFERED", None)

    def qemu(self, body: str) -> None:
        path = self.folder / "qemu-system-arm"
        path.write_text(HEAD + body)
        path.chmod(0o755)

    def start(self, *words: str, **more: Any) -> Any:
        """guest/hello.dts has one partition, hello; guest/demo.dts control, gicguest, rawguest."""
        settings: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                    "stderr": subprocess.PIPE, **more}
        return subprocess.Popen([PLUMB, *words, "--no-make"], cwd=ROOT, env=self.environment,
                                **settings)

    def run_plumb(self, *words: str, typed: bytes | None = None) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        process = self.start(*words, stdin=subprocess.DEVNULL if typed is None else subprocess.PIPE)
        with process:
            out, err = process.communicate(typed, timeout=120)
        return process.returncode, out.decode(), err.decode()
