/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/stage2/pages.h"
#include "hyp/base/bits.h"

static uint32_t pages_words(uint32_t pages)
{
	return (pages + 31) / 32;
}

static void pages_set(struct pages *p, uint32_t page, uint32_t owner)
{
	p->owner[page] = (uint8_t)owner;
	p->free[page / 32] ^= BIT32(page % 32);
}

void pages_init(struct pages *p, uint8_t *owner, uint32_t count)
{
	p->owner = owner;
	p->count = count;
	p->nr_free = count;
	p->next = 0;
	for (uint32_t word = 0; word < PAGES_MAX / 32; word++) {
		p->free[word] = 0;
	}
	for (uint32_t page = 0; page < count; page++) {
		pages_set(p, page, 0);
	}
}

/* By how much a word is shifted to find n ones in it that follow each other: a bit that is left of
 * it then stands for 2, 4, 8, ... n ones, or 32. */
struct pages_shifts {
	uint32_t by[5];
};

static struct pages_shifts pages_shifts_for(uint32_t n)
{
	struct pages_shifts shifts;
	uint32_t have = 1;

	for (uint32_t step = 0; step < 5; step++) {
		shifts.by[step] = bits_min(have, n - have);
		have += shifts.by[step];
	}
	return shifts;
}

/* Bit b of the result: bits b to b + n - 1 of the word are ones. */
static uint32_t pages_starts(uint32_t word, const struct pages_shifts *shifts)
{
	word &= word >> shifts->by[0];
	word &= word >> shifts->by[1];
	word &= word >> shifts->by[2];
	word &= word >> shifts->by[3];
	return word & word >> shifts->by[4];
}

/* The first n free pages in the words [from, to) of `free`. */
static uint32_t pages_find(const struct pages *p, uint32_t from, uint32_t to, uint32_t n)
{
	struct pages_shifts shifts = pages_shifts_for(n);
	uint32_t run = 0; /* free pages in front of the word */

	for (uint32_t at = from; at < to; at++) {
		uint32_t word = p->free[at];
		uint32_t starts;

		if (word == 0) {
			run = 0;
			continue;
		}
		if (word == UINT32_MAX) {
			if (run + 32 >= n) {
				return at * 32 - run;
			}
			run += 32;
			continue;
		}
		if (run + bits_first(~word) >= n) {
			return at * 32 - run;
		}
		starts = pages_starts(word, &shifts);
		if (starts) {
			return at * 32 + bits_first(starts);
		}
		run = 31 - bits_last(~word);
	}
	return PAGES_NONE;
}

uint32_t pages_take(struct pages *p, uint32_t owner, uint32_t n)
{
	uint32_t words = pages_words(p->count);
	uint32_t first;

	if (n == 0 || n > p->nr_free) {
		return PAGES_NONE;
	}
	first = pages_find(p, p->next, words, n);
	if (first == PAGES_NONE) { /* those that begin in front of the word `next` */
		first = pages_find(p, 0, bits_min(words, p->next + pages_words(n)), n);
	}
	if (first == PAGES_NONE) {
		return PAGES_NONE;
	}
	for (uint32_t page = first; page < first + n; page++) {
		/* No bit of `free` is set for a page that the pool does not have. */
		/*@ admit within: page < p->count; */
		pages_set(p, page, owner);
	}
	p->nr_free -= n;
	p->next = (first + n) / 32 % words;
	return first;
}

bool pages_give_back_all(struct pages *p, uint32_t *cursor)
{
	uint32_t page = *cursor;
	uint32_t end = page + bits_min(p->count - page, PAGES_STEP);

	for (; page < end; page++) {
		if (p->owner[page] != 0 && p->owner[page] != PAGES_OWN) {
			pages_set(p, page, 0);
			p->nr_free++;
		}
	}
	*cursor = end;
	return end == p->count;
}

bool pages_give_back(struct pages *p, uint32_t owner, uint32_t *cursor)
{
	uint32_t page = *cursor;
	uint32_t end = page + bits_min(p->count - page, PAGES_STEP);

	for (; page < end; page++) {
		if (p->owner[page] == owner) {
			pages_set(p, page, 0);
			p->nr_free++;
		}
	}
	*cursor = end;
	return end == p->count;
}

uint32_t pages_free(const struct pages *p)
{
	return p->nr_free;
}
