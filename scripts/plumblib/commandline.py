# SPDX-License-Identifier: BSD-2-Clause
"""A command line as its parser declares it, in a form from which shell completions and the manual
page are made."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import boards

FILES = {"SYSTEM.dts": "*.dts", "BOARD.dtb": "*.dtb"}  # the pattern that completes them, by metavar
ANY_FILE = "*"
# Values that the parser takes as text, and checks later: by the option's name there.
VALUES = {"board": tuple(boards.BOARDS)}


@dataclass
class Argument:
    """An option, or a positional argument (`flags` is empty then)."""

    flags: list[str]
    metavar: str  # "": an option that takes no value
    help: str
    values: list[str] = field(default_factory=list)  # all possible values, if they are known
    files: str = ""  # a pattern of names, if it is a file
    optional: bool = False
    repeated: bool = False


@dataclass
class Command:
    """`words`: plumb, or plumb run. `inner`: commands behind it."""

    words: list[str]
    summary: str
    usage: str
    options: list[Argument]
    arguments: list[Argument]
    inner: list["Command"]
    epilog: str

    def all(self) -> Iterator["Command"]:
        """Itself, and the commands inside it."""
        yield self
        for command in self.inner:
            yield from command.all()


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """With %(default)s and similar fields filled in."""
    formatter = parser.formatter_class(prog=parser.prog)
    return " ".join(formatter._expand_help(action).split()) if action.help else ""


def _files(action: argparse.Action, metavar: str) -> str:
    names_file = getattr(action.type, "__name__", "") == "Path" or metavar == "FILE"
    return FILES.get(metavar, ANY_FILE if names_file else "")


def _argument(parser: argparse.ArgumentParser, action: argparse.Action) -> Argument:
    values = list(action.choices or ()) or list(VALUES.get(action.dest, ()))
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    if action.nargs == 0:
        metavar, values = "", []
    elif not metavar:
        metavar = "|".join(map(str, values)) if action.choices else action.dest.upper()
    return Argument(list(action.option_strings), metavar, _help(parser, action),
                    [str(value) for value in values], _files(action, metavar),
                    action.nargs in ("?", "*"),
                    isinstance(action, argparse._AppendAction) or action.nargs in ("*", "+"))


def describe(parser: argparse.ArgumentParser, summary: str = "") -> Command:
    """A whole parser, with its commands."""
    options: list[Argument] = []
    arguments: list[Argument] = []
    inner: list[Command] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            inner = [describe(sub, summaries.get(name, "")) for name, sub in action.choices.items()]
        elif action.help != argparse.SUPPRESS:
            (options if action.option_strings else arguments).append(_argument(parser, action))
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    return Command(parser.prog.split(), summary or parser.description or "", usage, options,
                   arguments, inner, parser.epilog or "")
