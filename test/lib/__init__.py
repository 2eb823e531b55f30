# SPDX-License-Identifier: BSD-2-Clause
"""The modules of test/run and test/tool. Importing it also makes the package of scripts/
importable."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
