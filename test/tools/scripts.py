# SPDX-License-Identifier: BSD-2-Clause
"""Runs the unit tests of the scripts: prints PASS or FAIL and a name for each."""

import argparse
import sys
import traceback
import unittest

from lib.check import ROOT

HELP = """\
examples:
  test/tool scripts
  test/tool scripts test_disk
"""


class Lines(unittest.TestResult):
    """One line for each test, with the reason before a FAIL. Names are unittest's."""

    def startTest(self, test):
        super().startTest(test)
        self.wrong = False

    def _failed(self, error):
        self.wrong = True
        print("".join(traceback.format_exception(*error)))

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(err)

    def stopTest(self, test):
        print(f"{'FAIL' if self.wrong else 'PASS'} {test.id()}", flush=True)
        super().stopTest(test)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="test_*", metavar="FILE",
                        help="file of test/plumb, without '.py' (default: all)")


def main(args: argparse.Namespace) -> None:
    tests = unittest.TestLoader().discover(str(ROOT / "test" / "plumb"), f"{args.name}.py")
    result = tests.run(Lines())
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
