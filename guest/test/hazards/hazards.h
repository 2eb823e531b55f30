/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition that does its worst, in parts; after each it must still be healthy. */
#ifndef GUEST_TEST_HAZARDS_H
#define GUEST_TEST_HAZARDS_H

#include "guest/lib/exceptions.h"
#include <stdbool.h>
#include <stdint.h>

/* One ARM instruction with r0..r3 as given; r0 after it (or what it was). */
struct hazard {
	uint32_t word;
	uint32_t r[4];
	uint32_t result;
};

enum exception_kind hazard_run(struct hazard *hazard);
/* r0 = `value` */
enum exception_kind hazard_word(uint32_t word, uint32_t value);
/* How many of these words did not end in `want`. */
uint32_t hazard_words(const uint32_t *words, uint32_t count, uint32_t value,
		      enum exception_kind want);
/* In SVC mode with everything masked, a timer interrupt comes, memory is what it was. */
void hazard_healthy(const char *after);
uint32_t hazard_random(void);

void hazard_cp15(void);	  /* coprocessor registers, all encodings */
void hazard_modes(void);  /* modes, banked registers, SMC, HVC */
void hazard_memory(void); /* device accesses of every kind, cache maintenance */
void hazard_calls(void);  /* hypercalls and GIC registers at random */
void hazard_state(void);  /* what a CPU keeps between vCPUs */

#endif
