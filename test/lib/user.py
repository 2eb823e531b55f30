# SPDX-License-Identifier: BSD-2-Clause
"""Commands of an ordinary user: with a small environment, and not as root."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


@dataclass
class User:
    """The user may write `home`."""

    home: Path

    def run(self, argv: list, cwd: Path | None = None, limit: float = 300) -> tuple[int | None, str]:
        """Exit code (None: out of time), and the output."""
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        try:
            done = subprocess.run(
                [*(drop if os.getuid() == 0 else []), *map(str, argv)], cwd=cwd or self.home,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home),
                     "TMPDIR": "/tmp", "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace", check=False, timeout=limit)
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode(errors="replace")
        return done.returncode, done.stdout


@contextmanager
def place() -> Iterator[tuple[Path, User]]:
    """A folder outside the tree, with a space in its path, with a user's home."""
    with tempfile.TemporaryDirectory(prefix="plumbline test ") as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        if os.getuid() == 0:
            os.chown(home, NOBODY, NOBODY)
        yield folder, User(home)


def contents(top: Path) -> dict[str, tuple[int, bytes]]:
    """Every folder and file below, with mode and bytes; for a link, its target."""
    found = {}
    for path in sorted(top.rglob("*")):
        data = b""
        if path.is_symlink():
            data = os.fsencode(os.readlink(path))
        elif path.is_file():
            data = path.read_bytes()
        found[str(path.relative_to(top))] = (path.lstat().st_mode, data)
    return found
