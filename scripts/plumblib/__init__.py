# SPDX-License-Identifier: BSD-2-Clause
"""The modules of scripts/plumb: standard library only, one responsibility per module."""
