/* SPDX-License-Identifier: BSD-2-Clause */
/* CPSR.M (ARM ARM B1.3.1), for assembly. */
#ifndef BOOT_MODES_H
#define BOOT_MODES_H

#define MODE_MASK 0x1f
#define MODE_MON  0x16
#define MODE_HYP  0x1a

#define PSR_HYP_MASKED 0x1da /* HYP; A, I, F masked; ARM state */

#endif
