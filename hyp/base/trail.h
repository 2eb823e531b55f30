/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last exits of a vCPU: a ring, in which each exit overwrites the oldest entry. The vectors
 * write those of traps (hyp/hw/vectors.S), hw_trail those of interrupts. Only the CPU that has the
 * vCPU loaded writes or reads it. A cursor points at the oldest entry.
 */
#ifndef HYP_BASE_TRAIL_H
#define HYP_BASE_TRAIL_H

#define TRAIL_ENTRIES 64
#define TRAIL_SIZE    1024 /* bytes; aligned to twice that: the cursor wraps by clearing this bit */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct trail_entry {
	uint32_t word;	   /* by `cause` (trail_word); else a register's old value, of no meaning */
	uint32_t cause;	   /* HSR; or GICC_IAR of an interrupt, below 0x2000: no trap has that */
	uint32_t pc, cpsr; /* where the guest would continue; cpsr 0: no exit yet */
};
_Static_assert(sizeof(struct trail_entry) * TRAIL_ENTRIES == TRAIL_SIZE, "vectors.S");

struct trail {
	_Alignas(2 * TRAIL_SIZE) struct trail_entry entry[TRAIL_ENTRIES];
	struct trail_entry saved[TRAIL_ENTRIES]; /* of the last crash (hyp/core/crash.h) */
};
#endif
#endif
