/* SPDX-License-Identifier: BSD-2-Clause */
/* The pages of a shared pool: any owners, any bits, any cursor, any number of pages. */
#include "proof.h"
#include "hyp/stage2/pages.c"

#define FEW  70u   /* the last group of 32 is a part of one */
#define MORE 1090u /* two steps of pages_give_back */

static uint8_t owners[MORE];
static struct pages pool;

static void pages_any(uint32_t count)
{
	pool.owner = owners;
	pool.count = count;
	pool.nr_free = any_below(count + 1);
	pool.next = any_below(pages_words(count));
	for (uint32_t n = 0; n < count; n++) {
		owners[n] = (uint8_t)any_word();
	}
	for (uint32_t n = 0; n < PAGES_MAX / 32; n++) {
		pool.free[n] = any_word();
	}
}

void proof_pages_init(void)
{
	pages_init(&pool, owners, 1 + any_below(MORE));
	pages_free(&pool);
	cover();
}

void proof_pages_take(void)
{
	pages_any(FEW);
	pages_take(&pool, any_word(), any_word());
	cover();
}

void proof_pages_give_back(void)
{
	pages_any(FEW);
	for (uint32_t n = 0; n <= FEW; n++) {
		uint32_t cursor = n;

		pages_give_back(&pool, any_word(), &cursor);
	}
	cover();
}

void proof_pages_give_back_steps(void)
{
	uint32_t cursor = 0;

	pages_any(MORE);
	pages_give_back(&pool, any_word(), &cursor);
	pages_give_back(&pool, any_word(), &cursor);
	cover();
}
