# SPDX-License-Identifier: BSD-2-Clause
"""The board's console beside gdb: in a log always, and in a terminal of its own (a pty), or as
lines among gdb's."""

import errno
import os
import select
import shlex
import socket
import subprocess
import sys
import tty
from pathlib import Path

from .common import PlumbError
from .tty import RawTerminal

PREFIX = "[console] "


class Lines:
    """Whole lines with a name in front. An incomplete line waits for its end, or for flush()."""

    def __init__(self, out) -> None:
        self.out, self.partial = out, b""

    def write(self, data: bytes) -> None:
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            self._print(line)

    def flush(self) -> None:
        if self.partial:
            self._print(self.partial)
            self.partial = b""

    def _print(self, line: bytes) -> None:
        text = line.decode(errors="replace").strip("\r")
        print(PREFIX + text, file=self.out, flush=True)


class Pty:
    """A terminal that a user may open. Output without a reader is lost, except in the log."""

    def __init__(self) -> None:
        self.fd, self.peer = os.openpty()  # kept open: the pty stays when a reader closes it
        tty.setraw(self.peer)
        os.set_blocking(self.fd, False)
        self.name = os.ttyname(self.peer)

    def write(self, data: bytes) -> None:
        try:
            os.write(self.fd, data)
        except BlockingIOError:
            pass


class Console:
    """QEMU's end of the console, and the sink of its bytes."""

    def __init__(self, link: socket.socket, log: Path, sink: Lines | Pty | None) -> None:
        self.link, self.sink = link, sink
        link.setblocking(False)
        self.log = open(log, "wb", buffering=0)

    def pump(self) -> bool:
        """Passes on all available bytes; False: QEMU has ended."""
        while True:
            try:
                data = self.link.recv(65536)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self.log.write(data)
            if self.sink:
                self.sink.write(data)

    def flush(self) -> None:
        if isinstance(self.sink, Lines):
            self.sink.flush()

    @property
    def mid_line(self) -> bool:
        return isinstance(self.sink, Lines) and bool(self.sink.partial)

    def type(self, data: bytes) -> None:
        """What the UART does not take at once is lost, as on a line without flow control."""
        try:
            self.link.send(data)
        except OSError:
            pass

    def keys(self) -> None:
        """Passes on keys from the pty."""
        assert isinstance(self.sink, Pty)
        try:
            self.type(os.read(self.sink.fd, 1024))
        except OSError:
            pass


def split_window(name: str) -> None:
    """In tmux: a pane for the pty, which ends with it."""
    if "TMUX" not in os.environ:
        raise PlumbError("--console tmux: this terminal is not in tmux: start tmux first, or "
                         "use --console pty")
    plumb = shlex.join([os.path.abspath(sys.argv[0]), "gdb", "--attach", name])
    done = subprocess.run(["tmux", "split-window", "-d", "-v", plumb], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PlumbError(f"tmux split-window: {done.stderr.strip()}")


def attach(name: str) -> int:
    """Connects this terminal to that pty, until Ctrl-A x or the pty's end."""
    try:
        far = os.open(name, os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        raise PlumbError(f"--attach {name}: {error.strerror}: name the terminal that 'plumb gdb' "
                         "prints") from error
    print(f"plumb: the console at {name}; Ctrl-A x leaves it", file=sys.stderr)
    near = RawTerminal()
    try:
        while not near.quit_typed:
            ready, _, _ = select.select([far, near.fd], [], [])
            if far in ready:
                data = os.read(far, 65536)
                if not data:
                    break
                os.write(1, data)
            if near.fd in ready:
                keys = near.read()
                if keys is None:
                    break
                os.write(far, keys)
    except OSError as error:
        if error.errno != errno.EIO:  # the other end is closed
            raise
    finally:
        near.restore()
    return 0
