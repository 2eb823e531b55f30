# SPDX-License-Identifier: BSD-2-Clause
"""Random programs of GIC operations, run by one guest on QEMU's GIC and in a partition."""
