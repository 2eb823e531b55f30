# SPDX-License-Identifier: BSD-2-Clause
"""pyflakes and mypy find nothing in the Python of scripts/ and test/."""

from lib.check import Check, files, is_python, run

TOOLS = {"pyflakes": ["pyflakes3"], "mypy": ["mypy", "--config-file", "test/check/mypy.ini"]}


def main(check: Check) -> None:
    sources = [str(path) for path in files() if is_python(path)]
    for name, command in TOOLS.items():
        good, said = run([*command, *sources])
        check.result(good and bool(sources), f"{name}: {len(sources)} files", said)
