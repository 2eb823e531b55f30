# SPDX-License-Identifier: BSD-2-Clause
"""docs/first-hour.md: every command of the page gives the output that the page shows, in one shell,
beside a link to this tree: own guests and systems are made outside it."""

import secrets
import tempfile
from pathlib import Path

from lib import transcript
from lib.check import ROOT, Check

LIMIT = 600  # seconds, for all commands: a busy host may starve them


def main(check: Check) -> None:
    found = transcript.steps(ROOT / "docs" / "first-hour.md")
    mark = f"plumbline-{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory(prefix="first-hour-") as folder:
        (Path(folder) / "plumbline").symlink_to(ROOT)
        outputs = transcript.play(found, Path(folder), mark, LIMIT)
    for step, said in zip(found, outputs):
        why = transcript.difference(step.expected, said)
        check.result(not why, f"line {step.line}: {step.command[0]}",
                     why and "\n".join([*said, why]))
