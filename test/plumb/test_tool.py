# SPDX-License-Identifier: BSD-2-Clause
"""test/tool: it can start every check and tool, and returns their results."""

import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import signal
import subprocess
import sys
import time
import types
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]

# A tool that runs a program, which says its process number once the tool waits for it.
RUNS = """\
import sys, types
sys.path[:0] = [{test!r}, {plumb!r}]
from test_tool import load
from lib import mutants
import subprocess
planted = types.ModuleType("tools.x")
planted.main = lambda: {runs}
sys.modules["tools.x"] = planted
tool = load()
tool.modules = lambda: {{"x": "tools.x"}}
tool.line = lambda *_: ""
sys.argv[1:] = ["x"]
tool.main()
"""
SAYS = ["sh", "-c", "sleep 2; echo $$ >/proc/$PPID/fd/2; exec sleep 60"]


def load():
    loader = importlib.machinery.SourceFileLoader("tool", str(ROOT / "test" / "tool"))
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("tool", loader))
    loader.exec_module(tool)
    return tool


class Tool(unittest.TestCase):
    def start(self, name: str, words: tuple[str, ...] = (), **parts) -> tuple[str, object]:
        """Of a planted module: what it prints, and its exit code."""
        planted = types.ModuleType(name)
        planted.__dict__.update(parts)
        out = io.StringIO()
        with mock.patch.dict(sys.modules, {name: planted}), contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(out):
            try:
                load().start("check/x" if name.startswith("check") else "x", name, list(words))
            except SystemExit as end:
                return out.getvalue(), end.code
        return out.getvalue(), None

    def test_every_module_has_what_is_started(self):
        there = load().modules()
        self.assertGreater(len(there), 25)
        for name, module in there.items():
            text = (ROOT / "test" / module.replace(".", "/")).with_suffix(".py").read_text()
            first = "check: Check" if name.startswith("check/") else ""
            second = "args: argparse.Namespace" if "\ndef arguments(" in text else ""
            wanted = ", ".join(filter(None, (first, second)))
            self.assertIn(f"\ndef main({wanted}) -> None:\n", text, name)
            self.assertTrue(load().line(name, module).split(maxsplit=1)[1:], name)

    def test_a_check_ends_by_what_it_found(self):
        self.assertEqual(self.start("check.x", main=lambda check: check.result(True, "a")),
                         ("PASS x: a\n", 0))
        self.assertEqual(self.start("check.x", main=lambda check: check.result(False, "a", "why")),
                         ("why\nFAIL x: a\n", 1))
        self.assertEqual(self.start("check.x", main=lambda check: None), ("", 1))  # tested nothing

    def test_arguments(self):
        def arguments(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--word")

        self.assertEqual(self.start("tools.x", ("--word", "b"), arguments=arguments,
                                    main=lambda args: print(args.word)), ("b\n", None))
        said, code = self.start("check.x", ("--word", "b"), main=lambda check: self.fail())
        self.assertEqual(code, 2)
        self.assertIn("unrecognized arguments", said)
        said, code = self.start("check.x", ("--help",), __doc__="It looks.", HELP="examples: none",
                                main=lambda check: self.fail())
        self.assertEqual(code, 0)
        self.assertIn("It looks.", said)
        self.assertIn("examples: none", said)

    def test_no_such_name(self):
        done = subprocess.run([ROOT / "test" / "tool", "check/none"], capture_output=True,
                              text=True, check=False, cwd="/")
        self.assertEqual(done.returncode, 2)
        self.assertIn("check/none", done.stderr)

    def ended(self, runs: str) -> tuple[int, int]:
        """The tool's exit code after SIGTERM, and the process number of what it has started."""
        text = RUNS.format(test=str(ROOT / "test"), plumb=str(Path(__file__).parent), runs=runs)
        with subprocess.Popen([sys.executable, "-B", "-c", text], stderr=subprocess.PIPE,
                              text=True) as process:
            number = int(process.stderr.readline())
            process.terminate()
            return process.wait(30), number

    def test_a_signal_ends_what_it_has_started(self):
        for runs in (f"subprocess.run({SAYS!r})", f"mutants.run({SAYS!r}, '/', 60)"):
            code, number = self.ended(runs)
            self.assertEqual(code, 128 + signal.SIGTERM)
            until = time.monotonic() + 20
            while Path(f"/proc/{number}").exists() and time.monotonic() < until:
                time.sleep(0.01)
            self.assertFalse(Path(f"/proc/{number}").exists(), runs)
