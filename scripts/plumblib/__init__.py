# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/plumb is made of: standard library only, one responsibility a module."""
