# SPDX-License-Identifier: BSD-2-Clause
"""The human monitor of a QEMU that runs, at a Unix socket."""

import socket
from pathlib import Path

PROMPT = b"(qemu) "


def ask(path: Path, command: str, seconds: float) -> str:
    """The answer to one command. OSError: QEMU has ended, or is silent for so long."""
    with socket.socket(socket.AF_UNIX) as there:
        there.settimeout(seconds)
        there.connect(str(path))
        there.sendall(command.encode() + b"\n")
        data = b""
        while data.count(PROMPT) < 2:
            got = there.recv(65536)
            if not got:
                break
            data += got
    return data.decode(errors="replace").replace("\r", "")
