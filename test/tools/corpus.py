# SPDX-License-Identifier: BSD-2-Clause
"""Lists, unpacks and adds stored inputs of the fuzz targets."""

import argparse
import sys
from pathlib import Path

from lib import corpus
from lib.check import ROOT

HELP = """\
test/verify/fuzz/corpus/TARGET has an input per line, with its purpose. `make unit`
runs all of them, test/tool fuzz starts from them.

examples:
  test/tool corpus list vgic
  test/tool corpus unpack vgic build/fuzz/stored/vgic
                         a file each: 0001 is the first
  test/tool corpus add vgic build/fuzz/found/vgic-crash-* \\
      --why 'an SGI that is disabled while it is active'
                         at the end of the file, without duplicates
"""


def listed(args: argparse.Namespace) -> None:
    for number, one in enumerate(corpus.read(ROOT, args.target), 1):
        print(f"{number:04} {len(one.data):5} bytes  {one.why}")


def unpack(args: argparse.Namespace) -> None:
    corpus.unpack(corpus.read(ROOT, args.target), args.folder)


def add(args: argparse.Namespace) -> None:
    before = corpus.read(ROOT, args.target)
    after = corpus.add(before, args.why, [file.read_bytes() for file in args.files])
    corpus.write(ROOT, args.target, after)
    print(f"{len(after) - len(before)} added, {len(after)} in total")


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, action, what in (("list", listed, "print sizes and purposes"),
                               ("unpack", unpack, "write the inputs to a folder; remove others there"),
                               ("add", add, "add files, except duplicates")):
        sub = actions.add_parser(name, help=what)
        sub.set_defaults(action=action)
        sub.add_argument("target", metavar="TARGET", choices=corpus.targets(ROOT),
                         help="one of " + ", ".join(corpus.targets(ROOT)))
        if name == "unpack":
            sub.add_argument("folder", metavar="FOLDER", type=Path)
        if name == "add":
            sub.add_argument("files", metavar="FILE", type=Path, nargs="+")
            sub.add_argument("--why", required=True, help="their purpose, in one line")


def main(args: argparse.Namespace) -> None:
    try:
        args.action(args)
    except (OSError, ValueError) as wrong:
        sys.exit(f"test/tool corpus: {wrong}")
