# SPDX-License-Identifier: BSD-2-Clause
"""What test/run is made of."""
