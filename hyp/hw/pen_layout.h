/* SPDX-License-Identifier: BSD-2-Clause */
/* Data that CPUs read while their MMU is still off (hyp/hw/pen.h). Included from assembly. */
#ifndef HYP_HW_PEN_LAYOUT_H
#define HYP_HW_PEN_LAYOUT_H

#define PEN_BOXES     8
#define PEN_BOX_SHIFT 6 /* 64 bytes: a cache line, so that cleaning one box writes no other */

#define PEN_ENTRY   0 /* address to jump to; 0: stay */
#define PEN_CONTEXT 4 /* r0 there */
#define PEN_PARKED  8 /* non-zero: a CPU waits */

#define PEN_TURN_MPIDR 0 /* affinity bits of the CPU whose turn it is */
#define PEN_TURN_INDEX 4
#define PEN_TURN_MODE  8 /* the mode at its entry, if that is not HYP */

#endif
