# SPDX-License-Identifier: BSD-2-Clause
"""Results, and their extraction from the output of a program or a guest."""

import re
from dataclasses import dataclass, field

# Host programs and checks print 'PASS name'; guests 'PASS: name', behind '[partition] ' unless
# they are alone on the console.
HOST_LINE = re.compile(r"^(PASS|FAIL) (\S.*)$")
GUEST_LINE = re.compile(r"^(?:\[[a-z0-9-]{1,15}\] )?(PASS|FAIL|SKIP): (.*)$")


@dataclass
class Result:
    """One job's outcome. `failed` holds a name and reason for each failure."""

    name: str
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    log: str = ""
    seconds: float = 0.0

    def count(self, line_format: re.Pattern, lines: list[str] | None = None) -> None:
        """Those of the log, or of `lines`."""
        for line in self.log.splitlines() if lines is None else lines:
            match = line_format.match(line.strip("\r"))
            if not match:
                continue
            if match[1] == "PASS":
                self.passed += 1
            elif match[1] == "FAIL":
                self.failed.append(f"{self.name}: {match[2]}")
            else:
                self.skipped.append(f"{self.name}: {match[2]}")


def host_result(name: str, code: int | None, log: str) -> Result:
    """The result of a program that prints PASS and FAIL lines; code None: time limit."""
    result = Result(name, log=log)
    result.count(HOST_LINE)
    if code is None:
        result.failed.append(f"{name}: time limit")
    elif code != 0 and not result.failed:
        result.failed.append(f"{name}: ended with {code} after {result.passed} passes")
    elif code == 0 and not result.failed and result.passed == 0:
        result.failed.append(f"{name}: tested nothing")
    return result
