# SPDX-License-Identifier: BSD-2-Clause
"""What test/run and test/tool are made of. After it the package of scripts/ is found, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
