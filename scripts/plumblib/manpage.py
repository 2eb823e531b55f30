# SPDX-License-Identifier: BSD-2-Clause
"""Manual pages: plumb(1) from the parser and docs/quick-start.md's tables, plumb-manifest(5) from
docs/manifest.md.

The man(7) is made here. Debian's converters give other output in each release, and none sets a
table with long cells so that it can be read on a terminal: here a row becomes an entry of a list.
"""

import re
import textwrap
from collections.abc import Iterator

from .commandline import Argument, Command
from .common import PlumbError
from .version import DATE, VERSION

WIDTH = 78
HEADING = re.compile(r"(#+) +(.*)")
ITEM = re.compile(r"(?:[-*]|\d+\.) +(.*)")
FENCE = "```"
INLINE = re.compile(r"`(?P<code>[^`]+)`|!?\[(?P<text>(?:`[^`]*`|[^\]])*)\]\((?P<to>[^)]*)\)"
                    r"|\*\*(?P<strong>[^*]+)\*\*|\*(?P<weak>[^*\s][^*]*)\*")
CACHE = ("Its folder \\fBplumbline\\fR has the fetched files (kernels, boards' device trees and boot "
         "loaders) and the files of runs. Default: \\fB~/.cache\\fR.")


def literal(text: str) -> str:
    """Escapes literal characters: man(7) interprets a backslash, and prints - as a hyphen."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")


def plain(text: str) -> str:
    return text.replace("\\", "\\e")


def bold(text: str) -> str:
    return f"\\fB{literal(text)}\\fR"


def italic(text: str) -> str:
    return f"\\fI{literal(text)}\\fR"


def inline(text: str) -> str:
    """Markdown within a line. A link is its text: the pages are in share/doc/plumbline."""
    def mark(match: re.Match) -> str:
        if match["code"]:
            return bold(match["code"])
        if match["to"] is not None:
            far = "://" in match["to"] and match["to"] != match["text"]
            return inline(match["text"]) + (f" <{literal(match['to'])}>" if far else "")
        if match["strong"]:
            return f"\\fB{plain(match['strong'])}\\fR"
        return f"\\fI{plain(match['weak'])}\\fR"

    done, at = "", 0
    for match in INLINE.finditer(text):
        done += plain(text[at:match.start()]) + mark(match)
        at = match.end()
    return done + plain(text[at:])


def _guarded(line: str) -> str:
    """A line of text, with any first character."""
    return f"\\&{line}" if line.startswith((".", "'")) else line


def filled(text: str) -> list[str]:
    """man(7) text in lines of a moderate length."""
    lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [_guarded(line) for line in lines]


def example(lines: list[str]) -> list[str]:
    text = textwrap.dedent("\n".join(line.expandtabs(4) for line in lines)).split("\n")
    return [".PP", ".RS 4", ".EX", *(_guarded(literal(line)) for line in text), ".EE", ".RE"]


def entry(term: str, text: str) -> list[str]:
    return [".TP", _guarded(term), *(filled(text) or ["\\&"])]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _further(head: str, cell: str) -> str:
    """A further cell. 'required' in the column of defaults means that there is no default."""
    if cell.startswith("required"):
        return f"R{cell[1:]}."
    return f"{head[:1].upper()}{head[1:]}: {cell}."


def rows(lines: list[str]) -> list[str]:
    """A table as a list: the first column has the terms, the second describes them, further ones
    are preceded by their column's name."""
    heads = cells(lines[0])
    done = []
    for line in lines[2:]:
        term, *rest = [inline(cell) for cell in cells(line)]
        text = rest[0] if rest else ""
        more = [_further(head, cell) for head, cell in zip(heads[2:], rest[1:]) if cell]
        if more:
            text = f"{text.rstrip('.')}. {' '.join(more)}" if text else " ".join(more)
        done += entry(term, text)
    return done


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The blocks of a page: code, heading, table, item or text, with its lines."""
    at = 0
    while at < len(lines):
        first, start = lines[at], at
        at += 1
        if first.startswith(FENCE):
            while at < len(lines) and not lines[at].startswith(FENCE):
                at += 1
            at += 1
            yield "code", lines[start + 1:at - 1]
        elif HEADING.match(first):
            yield "heading", [first]
        elif first.startswith("|"):
            while at < len(lines) and lines[at].startswith("|"):
                at += 1
            yield "table", lines[start:at]
        elif first.strip():
            while (at < len(lines) and lines[at].strip() and not lines[at].startswith(("|", FENCE))
                   and not HEADING.match(lines[at]) and not ITEM.match(lines[at])):
                at += 1
            yield "item" if ITEM.match(first) else "text", lines[start:at]


def _heading(line: str) -> str:
    match = HEADING.match(line)
    assert match
    text = inline(match[2])
    return f".SS {text}" if len(match[1]) > 2 else f".SH {text.upper()}"


def from_markdown(text: str) -> list[str]:
    """A page or a part of one, without its title."""
    done: list[str] = []
    for kind, lines in _blocks(text.splitlines()):
        joined = " ".join(line.strip() for line in lines)
        if kind == "code":
            done += example(lines)
        elif kind == "heading":
            if not lines[0].startswith("# "):
                done.append(_heading(lines[0]))
        elif kind == "table":
            done += rows(lines)
        elif kind == "item":
            done += [".IP \\(bu 3", *filled(inline(ITEM.sub(r"\1", joined, count=1)))]
        else:
            if done and not done[-1].startswith(".S"):
                done.append(".PP")
            done += filled(inline(joined))
    return done


def page(name: str, section: int, summary: str, body: list[str], group: str) -> str:
    head = [".\\\" SPDX-License-Identifier: BSD-2-Clause",
            f'.TH {literal(name.upper())} {section} "{DATE}" "Plumbline {VERSION}" "{group}"',
            ".SH NAME", f"{literal(name)} \\- {plain(summary)}"]
    return "\n".join([*head, *body]) + "\n"


def table_of(text: str, head: str) -> list[str]:
    """The lines of the table whose first column has this head."""
    for kind, lines in _blocks(text.splitlines()):
        if kind == "table" and cells(lines[0])[0] == head:
            return lines
    raise PlumbError(f"docs/quick-start.md has no table with a first column '{head}'")


def _argument(argument: Argument) -> list[str]:
    value = f" {italic(argument.metavar)}" if argument.metavar else ""
    if argument.flags:
        term = ", ".join(bold(flag) for flag in argument.flags) + value
    else:
        term = italic(argument.metavar)
    return entry(term, plain(argument.help))


def _epilog(text: str) -> list[str]:
    """A command's examples and notes. Keys and exit codes have sections of their own."""
    done: list[str] = []
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        first, *rest = part.split("\n")
        if not part.strip() or first.startswith(("keys", "exit codes")):
            continue
        said = [first] if not first.startswith(" ") else []
        shown = rest if said else [first, *rest]
        while shown and not shown[0].startswith(" "):
            said.append(shown.pop(0))
        if said:
            done += [".PP", *filled(plain(" ".join(said)))]
        if shown:
            done += example(shown)
    return done


def _command(command: Command) -> list[str]:
    text = command.summary[:1].upper() + command.summary[1:] + "."
    done = [f".SS {' '.join(command.words)}", *filled(plain(text))]
    for argument in [*command.arguments, *command.options]:
        if "--help" not in argument.flags:
            done += _argument(argument)
    return done + _epilog(command.epilog)


def plumb(top: Command, description: str, quick_start: str) -> str:
    """plumb(1)."""
    commands = [command for command in top.all() if not command.inner]
    body = [".SH SYNOPSIS", *(f"{bold(' '.join(command.words))} [{italic('OPTION')}]..."
                              + "".join(f" {italic(a.metavar)}" if not a.optional
                                        else f" [{italic(a.metavar)}]" for a in command.arguments)
                              + "\n.br" for command in commands)]
    body[-1] = body[-1].removesuffix("\n.br")
    body += [".SH DESCRIPTION", *filled(plain(description)),
             ".PP", *filled("A system is a manifest, \\fBplumb\\-manifest\\fR(5): device\\-tree source "
                            "that lists the partitions and their resources. A manifest "
                            "that does not exist under its name is taken from Plumbline's own: "
                            "\\fBplumb run guest/demo.dts\\fR runs everywhere."),
             ".SH OPTIONS"]
    for option in top.options:
        body += _argument(option)
    body.append(".SH COMMANDS")
    for command in commands:
        body += _command(command)
    body += [".SH KEYS", *rows(table_of(quick_start, "keys")),
             ".SH EXIT STATUS", *rows(table_of(quick_start, "exit code")),
             ".SH ENVIRONMENT", *entry(bold("XDG_CACHE_HOME"), CACHE),
             ".SH FILES", *entry(bold("share/plumbline/guest"), "Systems that come with Plumbline, "
                                 "under the prefix that it is installed in."),
             *entry(bold("share/doc/plumbline"), "Its documentation."),
             ".SH SEE ALSO", "\\fBplumb\\-manifest\\fR(5), \\fBqemu\\-system\\-arm\\fR(1), "
             "\\fBdtc\\fR(1), \\fBgdb\\fR(1)"]
    return page("plumb", 1, "pack and run Plumbline systems", body, "User Commands")


def manifest(text: str) -> str:
    """plumb-manifest(5)."""
    body = [".SH DESCRIPTION", *from_markdown(text),
            ".SH SEE ALSO", "\\fBplumb\\fR(1), \\fBdtc\\fR(1)", ".PP",
            "The pages that are named here are in \\fBshare/doc/plumbline\\fR."]
    return page("plumb-manifest", 5, "what a Plumbline system consists of", body, "File Formats")
