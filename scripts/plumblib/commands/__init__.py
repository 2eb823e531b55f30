# SPDX-License-Identifier: BSD-2-Clause
"""A module for each of plumb's commands: `add` declares it on the command line, with the function
that runs it and returns plumb's exit code."""
