# SPDX-License-Identifier: BSD-2-Clause
"""Much input at once: a pipe's first byte and its last, pasted pages, a guest that does not read.
And separate consoles, each with its own input."""

import hashlib
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from lib.check import ROOT, Check

PLUMB = str(ROOT / "scripts" / "plumb")
GUEST = "build/guest/test-{}.bin"
LIMIT = 100  # seconds of a run: a busy host may starve it
PIPES = 8
PASTED = 60  # lines
SCRIPT = 400
LINUX_PASTED = 3180  # bytes
STUCK = 9000  # bytes: more than all buffers hold
STATE = "\x1ds"  # Ctrl-] s


def plumb(*arguments: str, typed: str | None = None) -> str:
    done = subprocess.run([PLUMB, *arguments, "--no-make", "--timeout", str(LIMIT)], cwd=ROOT,
                          input=None if typed is None else typed.encode(),
                          stdin=subprocess.DEVNULL if typed is None else None,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode(errors="replace")


def letters(count: int) -> str:
    return "".join(chr(ord("a") + n % 26) for n in range(count))


def pipes(check: Check) -> None:
    """All input is available before the monitor starts; or it arrives in pieces, as from echo."""
    for n in range(PIPES):
        if n % 2:
            said = plumb("console", typed="vms\nquit\n")
        else:
            piped = (f"(echo vms; echo quit) | {shlex.quote(PLUMB)} console --no-make "
                     f"--timeout {LIMIT}")
            said = subprocess.run(["sh", "-c", piped], cwd=ROOT, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False, text=True,
                                  errors="replace").stdout
        check.result("control> vms" in said and "control> quit" in said and
                     "no command" not in said, f"a pipe, from its first byte ({n + 1})",
                     said[-1000:])


def pasted(check: Check) -> None:
    """A page at control's prompt, which answers line by line."""
    lines = [f"{n:02}-{letters(50)}" for n in range(PASTED)]
    said = plumb("console", typed="\n".join([*lines, "quit", ""]))
    answers = [line for line in lines if f"no command '{line}'" in said]
    check.result(len(answers) == PASTED, f"{PASTED} pasted lines at control's prompt",
                 f"{len(answers)} were answered")


def script(check: Check) -> None:
    """A long one through a pipe. Its last line has no end, and it ends long before the guest."""
    lines = [f"{n:03}-{letters(26)}" for n in range(SCRIPT)]
    said = plumb("console", typed="\n".join([*lines, "quit"]))
    answers = [line for line in lines if f"no command '{line}'" in said]
    check.result(len(answers) == SCRIPT and "plumbline: end: status 0" in said,
                 f"a script of {SCRIPT} lines through a pipe", f"{len(answers)} were answered")


def consoles(check: Check) -> None:
    """One on the common output, one on a terminal, one in a file; after a key of the multiplexer,
    the common keyboard's input returns to its partition."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "three.log"
        process = subprocess.Popen(
            [PLUMB, "console", "test/systems/echo.dts", "--console", "two=pty", "--console",
             f"three={log}", "--no-make", "--timeout", str(LIMIT)], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdin and process.stdout and process.stderr
        terminal = os.open(process.stderr.readline().decode().split()[2], os.O_RDWR | os.O_NOCTTY)
        process.stdin.write(b"to one\r\x1d3to three\rquit\r")
        process.stdin.flush()
        os.write(terminal, b"to \x1dtwo\rquit\r")
        second = b""
        while b"echo: quit" not in second and process.poll() is None:
            second += os.read(terminal, 4096)
        process.stdin.write(b"\x1d1quit\r")
        common, _ = process.communicate()
        os.close(terminal)
        third = log.read_bytes()
    for what, said, mine in (("in common", common, b"to one (6)"),
                             ("on a terminal", second, b"to \\x1dtwo (7)"),
                             ("in a file", third, b"to three (8)")):
        echoes = [line for line in said.split(b"\r\n") if b"echo: to " in line]
        check.result(echoes == [b"echo: " + mine], f"a console {what}", repr(said[-1500:]))
    check.result(process.returncode == 0 and b"input to two" not in common
                 and b"[plumbline] input to three" in common, "input to three consoles",
                 repr(common[-1500:]))


def linux(check: Check) -> None:
    """A page for a program under Linux, booted as by `make run-linux`."""
    text = "".join(f"{n:02}-{letters(49)}\n" for n in range(PASTED))
    assert len(text) == LINUX_PASTED
    paste = text.replace("\n", "\r") + "\x04"
    said = plumb("run", "--kernel", "build/guests/armmp/vmlinuz", "--initrd",
                 "build/linux/initrd.gz", "--append", "console=ttyAMA0 quiet", "--vcpus", "2",
                 "--guest-memory", "128M", "--send", "# =>echo lis''tens; cat > /pasted\r",
                 # The shell reads with the terminal raw: what came before its program has it
                 # back would be no lines, and no end.
                 "--send", f"listens=>{paste}md5sum /pasted; poweroff -f\r")
    check.result(hashlib.md5(text.encode()).hexdigest() + "  /pasted" in said,
                 f"{LINUX_PASTED} bytes for a program under Linux", said[-2000:])


def late(check: Check) -> None:
    """The guest reads late."""
    for count in (16, 17, 600, 3180, 6000):
        said = plumb("run", "--kernel", GUEST.format("input"), "--append",
                     f"bytes={count} ms=1500 whole", "--send", f"input: ready=>{letters(count)}")
        check.result("SUMMARY: 3 passed, 0 failed" in said,
                     f"{count} bytes for a guest that reads later", said[-1000:])


def never(check: Check) -> None:
    """It does not read: Ctrl-] still works, and the guest sees that bytes were lost."""
    for ms in (9000, 30000, 60000):  # a busy host may not have typed all before the guest reads
        said = plumb("run", "--kernel", GUEST.format("input"), "--append",
                     f"bytes={STUCK} ms={ms}", "--send",
                     f"input: ready=>{letters(STUCK)}{STATE}")
        heard = 0 < said.find("state: end") < said.find("SUMMARY: 2 passed, 0 failed")
        if heard:
            break
    check.result(heard, "Ctrl-] s after input that a guest does not read", said[-1500:])


def main(check: Check) -> None:
    pipes(check)
    pasted(check)
    script(check)
    consoles(check)
    linux(check)
    late(check)
    never(check)
