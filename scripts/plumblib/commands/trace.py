# SPDX-License-Identifier: BSD-2-Clause
"""`plumb trace`: the trace of control's `trace dump`, as a list or in other forms."""

import argparse
import sys
from pathlib import Path

from .. import common, events, events_perfetto, events_svg, events_text, events_vcd
from ..common import PlumbError
from ..options import subcommand

EXAMPLES = """\
examples:
  plumb run guest/shell.dts | tee console.log   # 'trace on' at control's prompt, later 'trace dump'
  plumb trace console.log                       # what each CPU did, in order
  plumb trace --perfetto trace.json console.log # for https://ui.perfetto.dev
  plumb trace --vcd trace.vcd console.log       # for GTKWave
  plumb trace --around 'SPI 40 high' --svg trace.svg console.log

Control needs 'traces' in the manifest. The last trace of the console counts. Times are microseconds
from its first event. --from, --to and --around select a part of it, for all forms.
"""
SPAN = 100.0  # microseconds


def add(commands) -> None:
    sub = subcommand(commands, "trace", "show what each CPU did, from control's 'trace dump'", EXAMPLES)
    sub.add_argument("console", type=Path, nargs="?", metavar="FILE",
                     help="a saved console (default: standard input)")
    sub.add_argument("--perfetto", type=Path, metavar="FILE",
                     help="write Chrome's trace events, as Perfetto reads them")
    sub.add_argument("--vcd", type=Path, metavar="FILE", help="write a value change dump")
    sub.add_argument("--svg", type=Path, metavar="FILE", help="draw a picture")
    sub.add_argument("--from", dest="first", type=float, metavar="US",
                     help="leave out what is earlier than this")
    sub.add_argument("--to", dest="last", type=float, metavar="US", help="or later than this")
    sub.add_argument("--around", metavar="TEXT",
                     help="begin at the first event whose line in the list contains this")
    sub.add_argument("--span", type=float, metavar="US", default=SPAN,
                     help=f"with --around: so long (default {SPAN:g})")
    sub.set_defaults(do=_trace)


def _read(console: Path | None) -> events.Trace:
    if console is None:
        found = list(events.traces(sys.stdin))
    else:
        with console.open(errors="replace") as file:
            found = list(events.traces(file))
    if not found:
        raise PlumbError(f"{console or 'standard input'}: no trace: type 'trace on' and 'trace dump' at the "
                         "control partition's prompt (plumb trace --help)")
    return found[-1]


def _part(trace: events.Trace, args: argparse.Namespace) -> events.Trace:
    first = args.first if args.first is not None else float("-inf")
    last = args.last if args.last is not None else float("inf")
    if args.around is not None:
        rows = zip(trace.events, events_text.rows(trace))
        start = next((trace.us(event) for event, row in rows if args.around in row and trace.us(event) >= first),
                     None)
        if start is None:
            raise PlumbError(f"no event of the trace contains '{args.around}'")
        first, last = start, min(last, start + args.span)
    part = events.part(trace, first, last)
    if not part.events:
        raise PlumbError("no events: the trace is empty, or that part of it")
    return part


def _trace(args: argparse.Namespace) -> int:
    trace = _part(_read(args.console), args)
    title = f"Trace of {len(trace.events)} events"
    forms = ((args.perfetto, events_perfetto.text), (args.vcd, events_vcd.text),
             (args.svg, lambda part: events_svg.text(part, title)))
    wanted = [(path, form) for path, form in forms if path is not None]
    for path, form in wanted:
        path.write_text(form(trace), encoding="utf-8")
        print(f"plumb: {path} written")
    if not wanted:
        print(*events_text.summary(trace), *events_text.rows(trace), sep="\n")
    return common.EXIT_OK
