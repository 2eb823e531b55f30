# SPDX-License-Identifier: BSD-2-Clause
"""Standard input as the board's keyboard: raw when it is a terminal, and restored always."""

import atexit
import os
import sys
import termios

PREFIX = 0x01  # Ctrl-A, as in QEMU: x quits, Ctrl-A sends one
QUIT = b"xX"


class RawTerminal:
    """Reads keys byte by byte. Ctrl-C and Ctrl-] reach the board; Ctrl-A x quits."""

    def __init__(self) -> None:
        self.fd = sys.stdin.fileno()
        self.saved = None
        self.prefix = False
        self.quit_typed = False
        if os.isatty(self.fd):
            self.saved = termios.tcgetattr(self.fd)
            atexit.register(self.restore)
            raw = termios.tcgetattr(self.fd)
            raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON | termios.ISTRIP)
            raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
            raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self.fd, termios.TCSANOW, raw)

    def read(self) -> bytes | None:
        """Keys typed since; None at the end of input."""
        data = os.read(self.fd, 1024)
        if not data:
            return None
        return self.filter(data) if self.saved is not None else data

    def filter(self, data: bytes) -> bytes:
        """Takes the quit sequence out of what was typed."""
        out = bytearray()
        for byte in data:
            if self.prefix:
                self.prefix = False
                if byte in QUIT:
                    self.quit_typed = True
                    break
                if byte != PREFIX:
                    out.append(PREFIX)
                out.append(byte)
            elif byte == PREFIX:
                self.prefix = True
            else:
                out.append(byte)
        return bytes(out)

    def restore(self) -> None:
        if self.saved is not None:
            termios.tcsetattr(self.fd, termios.TCSADRAIN, self.saved)
            self.saved = None
