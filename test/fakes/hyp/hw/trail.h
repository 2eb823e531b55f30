/* SPDX-License-Identifier: BSD-2-Clause */
/* The last exits of a vCPU as the host writes them: those of traps too, as vectors.S does. */
#ifndef TEST_FAKES_HYP_HW_TRAIL_H
#define TEST_FAKES_HYP_HW_TRAIL_H

#include "hyp/base/trail.h"

static inline void fake_trail(struct trail_entry **cursor, uint32_t word, uint32_t cause,
			      uint32_t pc, uint32_t cpsr)
{
	struct trail_entry *next = *cursor;

	if (next) {
		*next = (struct trail_entry) { word, cause, pc, cpsr };
		*cursor = (struct trail_entry *)((uintptr_t)(next + 1) & ~(uintptr_t)TRAIL_SIZE);
	}
}

static inline void hw_trail(struct trail_entry **cursor, uint32_t iar, uint32_t pc, uint32_t cpsr)
{
	fake_trail(cursor, 0xdeadbeef, iar, pc, cpsr);
}

#endif
