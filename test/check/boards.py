# SPDX-License-Identifier: BSD-2-Clause
"""Device trees of real boards, from Debian's kernel package, are read correctly."""

import subprocess
import sys
from pathlib import Path

from lib.boards import REFUSED, SUPPORTED, Board
from lib.check import Check
from plumblib import debian
from plumblib.common import EXIT_OK, EXIT_REFUSED, ROOT, PlumbError

IGNORED = ("model: ", "reserved: ")


def ask(tree: Path, *options: str) -> tuple[int, list[str]]:
    done = subprocess.run([ROOT / "scripts" / "plumb", "board", "--no-make", str(tree), *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def differences(got: list[str], want: list[str]) -> str:
    return "\n".join([f"read:     {line}" for line in got if line not in want]
                     + [f"expected: {line}" for line in want if line not in got]
                     + (["in another order"] if sorted(got) == sorted(want) != got else []))


def check_supported(check: Check, name: str, tree: Path, board: Board) -> None:
    status, said = ask(tree, *board.add)
    got = [line for line in said if not line.startswith(IGNORED)]
    what = f"{name} is read correctly" + (f", with {' '.join(board.add)}" if board.add else "")
    check.result(status == EXIT_OK and got == board.lines(), what,
                 f"exit code {status}\n{differences(got, board.lines())}")


def check_refused(check: Check, name: str, tree: Path, why: str) -> None:
    status, said = ask(tree)
    check.result(status == EXIT_REFUSED and any(f"board: {why}" in line for line in said),
                 f"{name} is refused: {why}", f"exit code {status}\n" + "\n".join(said))


def main(check: Check) -> None:
    try:
        trees = debian.boards()
    except PlumbError as error:
        print(f"SKIP boards: {error}")
        sys.exit(0)
    for name, board in SUPPORTED.items():
        check_supported(check, name, trees[name], board)
    for name, why in REFUSED.items():
        check_refused(check, name, trees[name], why)
