# SPDX-License-Identifier: BSD-2-Clause
"""Standard input as the board's keyboard: raw when it is a terminal, and restored always."""

import atexit
import contextlib
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
        self.mid_line = False  # the last byte ended no line
        self.is_terminal = os.isatty(self.fd)
        if self.is_terminal:
            self.saved = termios.tcgetattr(self.fd)
            atexit.register(self.restore)
            raw = termios.tcgetattr(self.fd)
            raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON | termios.ISTRIP)
            raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
            raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self.fd, termios.TCSANOW, raw)

    def read(self) -> bytes | None:
        """Keys typed since; None at the end of input."""
        try:
            data = os.read(self.fd, 1024)
        except OSError:  # the terminal is closed
            data = b""
        if not data:
            return None
        self.mid_line = not self.is_terminal and not data.endswith((b"\n", b"\r"))
        return self.filter(data) if self.is_terminal else data

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
            saved, self.saved = self.saved, None
            with contextlib.suppress(termios.error):  # it may be gone
                termios.tcsetattr(self.fd, termios.TCSADRAIN, saved)
