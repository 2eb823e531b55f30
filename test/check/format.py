# SPDX-License-Identifier: BSD-2-Clause
"""clang-format would change nothing."""

from lib.check import Check, run, with_suffix


def main(check: Check) -> None:
    sources = [str(path) for path in with_suffix(".c", ".h")]
    for path in sources:
        good, said = run(["clang-format", "--dry-run", "-Werror", path])
        if not good:
            check.result(False, f"{path} (clang-format -i {path})", "\n".join(said.splitlines()[:2]))
    if not check.failed:
        check.result(bool(sources), f"{len(sources)} files")
