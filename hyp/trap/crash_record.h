/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a vCPU when its partition has crashed: words by PLUMB_CRASH_*, and its last
 * exits. Pure. */
#ifndef HYP_TRAP_CRASH_RECORD_H
#define HYP_TRAP_CRASH_RECORD_H

#include "abi/plumbline.h"
#include "hyp/base/guest_regs.h"
#include "hyp/base/trail.h"
#include <stdbool.h>
#include <stddef.h>

struct crash_record {
	uint32_t word[PLUMB_CRASH_EXITS];
	struct trail *trail; /* `saved` has its last exits, newest first */
};

/* All is 0: the vCPU was off. The trail stays. */
void crash_record_clear(struct crash_record *record);

/* The general registers: `r` are r8 to r14 as the mode of regs->cpsr has them. */
void crash_record_registers(struct crash_record *record, const struct guest_regs *regs,
			    const uint32_t r[7], uint32_t spsr);

/* Copies the last exits, newest first; `oldest`: the cursor. A word that has no meaning for its
 * class becomes 0: it may be another partition's. */
void crash_record_exits(struct trail *trail, const struct trail_entry *oldest);

/* Word `index` and the two behind it, 0 past the end. False: index is past the end. */
bool crash_record_words(const struct crash_record *record, uint32_t index, uint32_t words[3]);

/* Line n of it for the log, without the partition's name. Two lines have room beside the other ones
 * about an end (LOG_RESERVE). */
#define CRASH_RECORD_LINES 2
size_t crash_record_line(const struct crash_record *record, uint32_t n, char *buf, size_t size);

#endif
