# SPDX-License-Identifier: BSD-2-Clause
"""test/cases: the table of QEMU cases, and the verdict on one run. Its file 0-options describes
the format."""

import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Iterator

from plumblib import boards, debian

from .result import GUEST_LINE, Result

TABLE = "test/cases"
OPTIONS = {"smp": int, "memory": str, "timeout": float, "exit": int, "passes": int, "board": str,
           "boards": str}
FLAGS = ("icount", "trace", "whole", "long")
# guest/lib/report.c's last line, and guest/linux/lib.sh's.
SUMMARY = "SUMMARY: {} passed, 0 failed"
SOME = r"[1-9]\d*"
REPORT = re.compile(r"(\*|[\w-]+)(?:=([1-9]\d*))?")
SET = re.compile(r"@([\w-]+) = (\S+)")


@dataclass
class Case:
    name: str
    system: str  # a manifest, or '-'
    options: dict = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    expect: list[str] = field(default_factory=list)
    forbid: list[str] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)
    args: list[str] = field(default_factory=list)

    def command(self, plumb: Path | str, no_make: bool = True) -> list[str]:
        argv = [str(plumb), "run"]
        if self.system != "-":
            argv.append(self.system)
        for name in ("smp", "memory", "timeout", "board"):
            if name in self.options:
                argv += [f"--{name}", str(self.options[name])]
        argv += [f"--{flag}" for flag in self.flags if flag not in ("whole", "long")]
        for send in self.sends:
            argv += ["--send", send]
        return argv + self.args + ["--prefix"] + (["--no-make"] if no_make else [])


def _head(words: list[str], where: str) -> Case:
    if len(words) < 2:
        raise ValueError(f"{where}: a case is NAME SYSTEM [option=value | flag]...")
    case = Case(words[0], words[1])
    for word in words[2:]:
        name, equals, value = word.partition("=")
        if equals and name in OPTIONS:
            case.options[name] = OPTIONS[name](value)
        elif not equals and name in FLAGS:
            case.flags.append(name)
        else:
            raise ValueError(f"{where}: unknown option '{word}'")
    return case


def _continuation(case: Case | None, line: str, where: str) -> None:
    if case is None:
        raise ValueError(f"{where}: an indented line before the first case")
    kind, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if kind in ("expect", "forbid"):
        re.compile(rest)
        (case.expect if kind == "expect" else case.forbid).append(rest)
    elif kind == "reports":
        case.expect += _reports(rest.split(), where)
    elif kind == "send":
        if "=>" not in rest:
            raise ValueError(f"{where}: send PATTERN=>TEXT")
        case.sends.append(rest)
    elif kind == "args":
        case.args += shlex.split(rest)
    elif kind == "qemu":
        case.args += [f"--qemu={word}" for word in shlex.split(rest)]
    else:
        raise ValueError(f"{where}: '{kind}' is not one of expect, reports, forbid, send, args, qemu")


def _reports(words: list[str], where: str) -> list[str]:
    """PARTITION[=N]: the lines that each of them is expected to print."""
    found = []
    for word in words:
        match = REPORT.fullmatch(word)
        if not match:
            raise ValueError(f"{where}: '{word}' is not PARTITION or PARTITION=N; PARTITION may be *")
        who = "" if match[1] == "*" else rf"^\[{match[1]}\] "
        found.append(who + SUMMARY.format(match[2] or SOME))
    if not found:
        raise ValueError(f"{where}: reports PARTITION[=N]...")
    return found


def _boards(text: str, sets: dict[str, list[str]], where: str) -> list[str]:
    """A,@SET,B: the names."""
    names: list[str] = []
    for word in text.split(","):
        if word.startswith("@"):
            if word[1:] not in sets:
                raise ValueError(f"{where}: no set of boards '{word}' before this line")
            names += sets[word[1:]]
        else:
            boards.find(word)  # or an error that lists them
            names.append(word)
    return names


def _set(line: str, sets: dict[str, list[str]], where: str) -> None:
    match = SET.fullmatch(line.rstrip())
    if not match or match[1] in sets:
        raise ValueError(f"{where}: @SET = BOARD,BOARD..., once")
    sets[match[1]] = _boards(match[2], sets, where)


def _on_boards(case: Case) -> list[Case]:
    """boards=A,B: the case itself, and NAME@A and NAME@B on those boards, with all their CPUs."""
    names = case.options.pop("boards", [])
    return [case] + [replace(case, name=f"{case.name}@{name}",
                             options={**case.options, "board": name},
                             expect=[*case.expect, rf", {boards.find(name).comes_up} CPUs, image at"])
                     for name in names]


def files(root: Path) -> list[Path]:
    """The files of the table, in their order."""
    return sorted((root / TABLE).iterdir())


def text(root: Path) -> str:
    return "".join(path.read_text() for path in files(root))


def read(root: Path) -> list[Case]:
    """All cases of a tree."""
    return _parse([(str(path.relative_to(root)), path.read_text()) for path in files(root)])


def parse(table: str) -> list[Case]:
    return _parse([(TABLE, table)])


def _lines(tables: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each line behind its place."""
    for source, table in tables:
        for number, line in enumerate(table.splitlines(), 1):
            yield f"{source}:{number}", line


def _parse(tables: list[tuple[str, str]]) -> list[Case]:
    cases: list[Case] = []
    sets: dict[str, list[str]] = {}
    for where, line in _lines(tables):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            _continuation(cases[-1] if cases else None, line, where)
            continue
        if line.startswith("@"):
            _set(line, sets, where)
            continue
        case = _head(line.split(), where)
        if "boards" in case.options:
            case.options["boards"] = _boards(case.options["boards"], sets, where)
        if any(case.name == other.name for other in cases):
            raise ValueError(f"{where}: a second case '{case.name}'")
        cases.append(case)
    for case in cases:
        if not case.expect and not case.options.get("exit"):
            case.expect = _reports(["*"], case.name)
    return [one for case in cases for one in _on_boards(case)]


RELEASE = re.compile(r"@(armmp|armmp-lpae|rt-armmp)@")


def _with_release(pattern: str) -> str:
    """@FLAVOUR@ is the release of that Debian kernel, as fetched."""
    def release(match: re.Match) -> str:
        file = debian.GUESTS / match[1] / "release"
        return re.escape(file.read_text().strip() if file.exists() else match[0])
    return RELEASE.sub(release, pattern)


PREFIX = re.compile(r"\[[a-z0-9-]+\] ")
PARTS = 8  # of a broken line, at most


def _joined(lines: list[str]) -> list[str]:
    """Each partition's lines, joined with those that follow: a line that was unfinished for some
    time has been broken, once or more, by another partition's."""
    begun: dict[str, list[str]] = {}
    found = []
    for line in lines:
        prefix = PREFIX.match(line)
        if prefix:
            longer = [start + line.removeprefix(prefix[0]) for start in begun.get(prefix[0], [])]
            found += longer
            begun[prefix[0]] = [line, *longer][:PARTS - 1]
    return found


def _result_lines(lines: list[str]) -> list[str]:
    """The lines in which guests report results; of those broken in two, both parts joined."""
    open_line: dict[str, str] = {}  # by partition: the last line, if it reports nothing so far
    found = []
    for line in lines:
        prefix = PREFIX.match(line)
        name = prefix[0] if prefix else ""
        whole = line
        if not GUEST_LINE.match(line) and name:
            whole = open_line.get(name, "") + line.removeprefix(name)
        if GUEST_LINE.match(whole):
            found.append(whole)
            open_line.pop(name, None)
        else:
            open_line[name] = line
    return found


def judge(case: Case, code: int, log: str) -> Result:
    """The guests' own results, and one for the case."""
    result = Result(case.name, log=log)
    lines = [line.rstrip("\r") for line in log.splitlines()]
    result.count(GUEST_LINE, lines if "whole" in case.flags else _result_lines(lines))
    passes = result.passed
    wrong = []
    if code != case.options.get("exit", 0):
        wrong.append(f"exit code {code}, not {case.options.get('exit', 0)}")
    where = lines if "whole" in case.flags else lines + _joined(lines)
    for pattern in map(_with_release, case.expect):
        if not any(re.search(pattern, line) for line in where):
            wrong.append(f"expected, and not printed: {pattern}")
    for pattern in case.forbid:
        if any(re.search(pattern, line) for line in lines):
            wrong.append(f"forbidden, and printed: {pattern}")
    if passes < case.options.get("passes", 0):
        wrong.append(f"{passes} PASS lines, not {case.options['passes']} or more")
    if not passes and not case.expect:
        wrong.append("no PASS line and no 'expect': this case tests nothing")
    if wrong:
        result.failed += [f"{case.name}: {text}" for text in wrong]
    elif not result.failed:
        result.passed += 1
    else:
        result.failed.append(f"{case.name}: a guest's check failed")
    return result
