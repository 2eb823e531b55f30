/* SPDX-License-Identifier: BSD-2-Clause */
/* What CPUs find in memory while their MMU is still off (hyp/hw/pen.h). Included from assembly. */
#ifndef HYP_HW_PEN_LAYOUT_H
#define HYP_HW_PEN_LAYOUT_H

#define PEN_BOXES     8
#define PEN_BOX_SHIFT 6 /* 64 bytes: a cache line, so that cleaning one box writes no other */

#define PEN_ENTRY   0 /* where to go; 0: stay */
#define PEN_CONTEXT 4 /* r0 there */
#define PEN_PARKED  8 /* not 0: a CPU waits */

#define PEN_TURN_MPIDR 0 /* affinity bits of the CPU that may go on */
#define PEN_TURN_INDEX 4
#define PEN_TURN_MODE  8 /* the mode it came in, if that is not HYP */

#endif
