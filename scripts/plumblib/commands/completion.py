# SPDX-License-Identifier: BSD-2-Clause
"""`plumb completion`: a script by which a shell completes plumb's commands and options."""

import argparse
from collections.abc import Callable

from .. import commandline, common, completion
from ..options import subcommand

SHELLS = {"bash": completion.bash, "zsh": completion.zsh}


def add(commands, parser: Callable[[], argparse.ArgumentParser]) -> None:
    """`parser` makes the whole command line."""
    sub = subcommand(
        commands, "completion", "print a script by which a shell completes plumb's command line",
        "examples:\n  . <(plumb completion bash)      # in ~/.bashrc\n"
        "  plumb completion zsh > _plumb   # in a folder of zsh's $fpath\n\n"
        "An installed plumb has both installed with it.\n")
    sub.add_argument("shell", choices=SHELLS, help="the shell")
    sub.set_defaults(do=lambda args: _completion(args, parser))


def _completion(args: argparse.Namespace, parser: Callable[[], argparse.ArgumentParser]) -> int:
    print(SHELLS[args.shell](commandline.describe(parser())), end="")
    return common.EXIT_OK
