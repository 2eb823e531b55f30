# SPDX-License-Identifier: BSD-2-Clause
"""The UART drivers on every QEMU board that has such a UART: the test program of test/uarts boots
there, prints, takes two lines of input, and ends QEMU by semihosting."""

import argparse
import os
import selectors
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from lib.check import ROOT, Check, make_variable

HELP = """\
examples:
  test/tool check/uarts                  all boards
  test/tool check/uarts --show smdkc210  one, with its console

test/uarts/uarts.mk has the table of boards.
"""
LIMIT = 300  # seconds for a board: a busy host may starve it
TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789"
LINES = [f"{n:02} {TEXT}" for n in range(60)]
# Input, typed after the program has printed the text before it. Short: QEMU's (7.2) Exynos UART
# treats a full FIFO of 16 bytes as empty.
TYPED = ((b"type a line\r\n", "typed at once"),
         (b"type another\r\n", "polled"))


def command(board: str) -> list[str]:
    serial = int(make_variable(f"UARTS_{board}")[8])
    return ["qemu-system-arm", "-M", board, "-nic", "none", "-display", "none", "-monitor", "none",
            "-semihosting-config", "enable=on,target=native", *["-serial", "null"] * serial,
            "-serial", "stdio", "-kernel", f"build/guest/uarts/{board}.elf"]


def converse(process: subprocess.Popen) -> bytes:
    """The program's output, until it ends or the time is over."""
    said, seen, sends = b"", 0, list(TYPED)
    deadline = time.monotonic() + LIMIT
    assert process.stdin and process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0, deadline - time.monotonic())):
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                break
            said += data
            if sends and (at := said.find(sends[0][0], seen)) >= 0:
                seen = at + 1
                process.stdin.write(sends.pop(0)[1].encode() + b"\r")
    return said


def boot(board: str) -> tuple[int | None, str]:
    """Exit code (None: out of time), console."""
    process = subprocess.Popen(command(board), cwd=ROOT, stdin=subprocess.PIPE, bufsize=0,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, "QEMU_AUDIO_DRV": "none"})
    try:
        said = converse(process)
        code = process.wait(60)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        process.kill()
        process.wait()
    return code, said.decode(errors="replace")


def follow(lines: list[str], head: str) -> list[str]:
    """As many lines after `head` as the long text has."""
    at = lines.index(head) + 1 if head in lines else len(lines)
    return lines[at:at + len(LINES)]


def judge(check: Check, board: str, code: int | None, said: str) -> None:
    lines = said.splitlines()
    passed = [line[6:] for line in lines if line.startswith("PASS: ")]
    failed = [line for line in lines if line.startswith("FAIL: ")]
    good = code == 0 and not failed and f"SUMMARY: {len(passed):02} passed, 0 failed" in lines
    for line in passed:
        check.result(True, f"{board}: {line}")
    check.result(good, f"{board}: ends by itself, {len(passed)} passed",
                 f"exit code {code}\n{said}")
    for head in ("by polling:", "by interrupt:"):
        check.result(follow(lines, head) == LINES, f"{board}: {len(LINES)} lines {head[:-1]}",
                     said)
    check.result(f"by interrupt: {TYPED[0][1]}" in lines and f"by polling: {TYPED[1][1]}" in lines,
                 f"{board}: both lines typed come back", said)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", metavar="BOARD", choices=make_variable("UARTS_BOARDS"),
                        help="only this board, with its console")


def main(check: Check, args: argparse.Namespace) -> None:
    boards = [args.show] if args.show else make_variable("UARTS_BOARDS")
    with ThreadPoolExecutor(2) as pool:
        for board, (code, said) in zip(boards, pool.map(boot, boards)):
            if args.show:
                print(said)
            judge(check, board, code, said)
