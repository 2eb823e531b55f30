# SPDX-License-Identifier: BSD-2-Clause
"""Unit tests of the scripts: prints PASS or FAIL and a name for each."""

import argparse
import sys
import unittest

from lib.check import ROOT

HELP = """\
examples:
  test/tool scripts
  test/tool scripts test_disk
"""


class Lines(unittest.TestResult):
    """One line a test, with the reason in front of a FAIL."""

    def startTest(self, test):  # noqa: N802 (unittest's name)
        super().startTest(test)
        self.wrong = False

    def _failed(self, error):
        self.wrong = True
        print("".join(self._exc_info_to_string(error, self.current)))

    def addError(self, test, err):  # noqa: N802
        self.current = test
        super().addError(test, err)
        self._failed(err)

    def addFailure(self, test, err):  # noqa: N802
        self.current = test
        super().addFailure(test, err)
        self._failed(err)

    def addSubTest(self, test, subtest, err):  # noqa: N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.current = test
            self._failed(err)

    def stopTest(self, test):  # noqa: N802
        print(f"{'FAIL' if self.wrong else 'PASS'} {test.id()}", flush=True)
        super().stopTest(test)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="test_*", metavar="FILE",
                        help="of test/plumb, without '.py' (all)")


def main(args: argparse.Namespace) -> None:
    tests = unittest.TestLoader().discover(str(ROOT / "test" / "plumb"), f"{args.name}.py")
    result = tests.run(Lines())
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
