/* SPDX-License-Identifier: BSD-2-Clause */
/* The stage-2 builder: tables that hold anything, any range, any sizes. */
#include "proof.h"
#include "hyp/stage2/stage2.c"

#define POOL_PAGES 8u

static uint64_t pool_memory[POOL_PAGES * 512];

/* Any pool that stage2_init accepts, with anything in its tables. */
static void stage2_any(struct stage2 *s2)
{
	struct stage2_pool pool = { .base = (uint8_t *)pool_memory,
				    .base_pa = pa_make(any_long()),
				    .pages = POOL_PAGES };

	for (uint32_t i = 0; i < POOL_PAGES * 512; i++) {
		pool_memory[i] = any_long();
	}
	stage2_init(s2, &pool);
	s2->pool.used = 1 + any_below(POOL_PAGES);
}

void proof_stage2_map(void)
{
	struct stage2 s2;

	stage2_any(&s2);
	stage2_map(&s2, ipa_make(any_word()), pa_make(any_long()), any_word(),
		   any_below(2) ? STAGE2_RAM : STAGE2_DEVICE);
	cover();
}

void proof_stage2_pages_for(void)
{
	uint32_t sizes[16];

	for (uint32_t i = 0; i < 16; i++) {
		sizes[i] = any_word();
	}
	stage2_pages_for(any_below(17), sizes);
	cover();
}
