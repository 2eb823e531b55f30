# SPDX-License-Identifier: BSD-2-Clause
"""Completions in bash and zsh, tested with the shells."""

import argparse
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from plumblib import cli, commandline, completion

# The last word is completed.
BASH = """
. "$1"; shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_plumb
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH_ANSWER = 20.0  # seconds, on a busy machine
COMMANDS = {"pack", "disk", "run", "board", "console", "gdb", "new", "completion"}


def top() -> commandline.Command:
    return commandline.describe(cli.make_parser())


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.top = Path(place.name)
        for name in ("one.dts", "two words.dts", "other.txt", "board.dtb"):
            (self.top / name).touch()
        (self.top / "systems").mkdir()


class Bash(Folder):
    def complete(self, *words: str) -> set[str]:
        script = self.top.parent / f"{self.top.name}.bash"
        script.write_text(completion.bash(top()))
        self.addCleanup(script.unlink, missing_ok=True)
        done = subprocess.run(["bash", "--norc", "-c", BASH, "bash", script, *words], cwd=self.top,
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split("\n")) - {""}

    def test_commands(self):
        self.assertLessEqual(COMMANDS, self.complete("plumb", ""))
        self.assertEqual(self.complete("plumb", "pa"), {"pack"})
        self.assertEqual(self.complete("plumb", "--ver"), {"--version"})
        self.assertIn("guest", self.complete("plumb", "new", ""))

    def test_options(self):
        self.assertEqual(self.complete("plumb", "run", "--init"), {"--initrd"})
        self.assertEqual(self.complete("plumb", "pack", "--init"), set())
        self.assertEqual(self.complete("plumb", "run", "one.dts", "--boar"), {"--board"})
        self.assertIn("--freestanding", self.complete("plumb", "new", "guest", "x", "--f"))

    def test_values(self):
        self.assertEqual(self.complete("plumb", "run", "--board", "vexpress-a15-h"),
                         {"vexpress-a15-hyp", "vexpress-a15-hyp-elf"})
        self.assertEqual(self.complete("plumb", "run", "--board", "=", "mid"), {"midway"})
        self.assertIn("virt", self.complete("plumb", "run", "--board", "="))
        self.assertEqual(self.complete("plumb", "disk", "--format", "u"), {"uimage"})
        self.assertEqual(self.complete("plumb", "completion", ""), {"bash", "zsh"})
        self.assertEqual(self.complete("plumb", "run", "--timeout", ""), set())

    def test_files(self):
        self.assertEqual(self.complete("plumb", "run", ""), {"one.dts", "two words.dts", "systems"})
        self.assertEqual(self.complete("plumb", "board", ""), {"board.dtb", "systems"})
        self.assertEqual(self.complete("plumb", "run", "--kernel", "o"), {"one.dts", "other.txt"})
        self.assertEqual(self.complete("plumb", "run", "--icount", "t"), {"two words.dts"})


class Zsh(Folder):
    """A zsh on a terminal, with typed input."""

    def start(self) -> int:
        (self.top / "_plumb").write_text(completion.zsh(top()))
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.top)
            os.execvpe("zsh", ["zsh", "-f", "-i"],
                       {"PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "> ", "HOME": "/none"})
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.close, terminal)
        return terminal

    def answer(self, terminal: int, typed: str, wanted: str) -> str:
        """The terminal's text once it has `wanted`, or after the time limit."""
        os.write(terminal, typed.encode())
        shown, end = "", time.monotonic() + ZSH_ANSWER
        while wanted not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 0.5)[0]:
                shown += re.sub(r"\x1b\[[?\d;]*\w", "", os.read(terminal, 4096).decode())
        return shown

    def test_typed(self):
        self.assertIsNotNone(shutil.which("zsh"), "zsh is not installed: run 'make setup'")
        terminal = self.start()
        ready = self.answer(terminal, "fpath=($PWD $fpath); autoload -U compinit; "
                            "compinit -u -D; echo all\"\"set\n", "allset")
        self.assertIn("allset", ready)
        for typed, wanted in (("plumb pac\t", "plumb pack"),
                              ("plumb run --init\t", "--initrd"),
                              ("plumb run --board vexpress-a15-hyp-\t", "vexpress-a15-hyp-elf"),
                              ("plumb run --board=mid\t", "--board=midway"),
                              ("plumb new gue\t", "plumb new guest"),
                              ("plumb completion z\t", "completion zsh"),
                              ("plumb run on\t", "plumb run one.dts"),
                              ("plumb board b\t", "plumb board board.dtb")):
            self.assertIn(wanted, self.answer(terminal, typed, wanted), typed)
            os.write(terminal, b"\x15")  # Ctrl-U: an empty line again


class Described(unittest.TestCase):
    def test_quotes_and_colons(self):
        parser = argparse.ArgumentParser(prog="plumb")
        commands = parser.add_subparsers()
        sub = commands.add_parser("do", help="it's [this]: that")
        sub.add_argument("--odd", metavar="A:B", help="a 'quoted' [range]: 100%% of %(default)s",
                         default="x")
        text = completion.zsh(commandline.describe(parser))
        self.assertIn("'do:it'\\''s [this]\\: that'", text)
        self.assertIn("'--odd=[a '\\''quoted'\\'' \\[range\\]\\: 100% of x]:A\\:B:'", text)
        done = subprocess.run(["zsh", "-n"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_arguments(self):
        run = next(command for command in top().inner if command.words == ["plumb", "run"])
        options = {option.flags[-1]: option for option in run.options}
        self.assertEqual(options["--kernel"].files, "*")
        self.assertTrue(options["--send"].repeated)
        self.assertEqual(options["--icount"].metavar, "")
        self.assertIn("midway", options["--board"].values)
        system, = run.arguments
        self.assertEqual((system.metavar, system.files, system.optional),
                         ("SYSTEM.dts", "*.dts", True))
