# SPDX-License-Identifier: BSD-2-Clause
"""Some programs of test/tools/lockstep.py in all its worlds; `make verify` runs all."""

import os
import sys

from lib.check import ROOT

TOOL = str(ROOT / "test" / "tool")
os.execv(TOOL, [TOOL, "lockstep", "--no-make", "--programs", "600", *sys.argv[1:]])
