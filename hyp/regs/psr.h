/* SPDX-License-Identifier: BSD-2-Clause */
/* CPSR and SPSR, ARM ARM (DDI 0406C) B1.3.3. */
#ifndef HYP_REGS_PSR_H
#define HYP_REGS_PSR_H

#include "hyp/base/bits.h"

#define PSR_N	   BIT32(31)
#define PSR_Z	   BIT32(30)
#define PSR_C	   BIT32(29)
#define PSR_V	   BIT32(28)
#define PSR_IT_LOW GENMASK32(26, 25) /* IT[1:0] */
#define PSR_J	   BIT32(24)
#define PSR_IT_HI  GENMASK32(15, 10) /* IT[7:2] */
#define PSR_E	   BIT32(9)
#define PSR_A	   BIT32(8)
#define PSR_I	   BIT32(7)
#define PSR_F	   BIT32(6)
#define PSR_T	   BIT32(5)
#define PSR_MODE   GENMASK32(4, 0)

#define PSR_MODE_USR 0x10u
#define PSR_MODE_FIQ 0x11u
#define PSR_MODE_IRQ 0x12u
#define PSR_MODE_SVC 0x13u
#define PSR_MODE_MON 0x16u
#define PSR_MODE_ABT 0x17u
#define PSR_MODE_HYP 0x1au
#define PSR_MODE_UND 0x1bu
#define PSR_MODE_SYS 0x1fu

#endif
