# SPDX-License-Identifier: BSD-2-Clause
"""The version of Plumbline, and its date: `plumb --version`, the manual pages, the package."""

VERSION = "0.9.0"
DATE = "2026-11-29"
