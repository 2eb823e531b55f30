/* SPDX-License-Identifier: BSD-2-Clause */
/* The value of r3 while an instruction runs that may fault. Included from assembly. */
#ifndef BOOT_PROBE_FENCE_H
#define BOOT_PROBE_FENCE_H

#define PROBE_FENCE 0x464e4345

#endif
