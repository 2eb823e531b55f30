/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers at random, the same ones in each run. A state is not 0. */
#ifndef GUEST_TEST_RANDOM_H
#define GUEST_TEST_RANDOM_H

#include <stdint.h>

/* The next state: a xorshift, which visits each of the 2^32 - 1. */
static inline uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* 0 to count - 1 */
static inline uint32_t random_below(uint32_t *state, uint32_t count)
{
	return (uint32_t)((uint64_t)(random_next(state) * 0x9e3779b1u) * count >> 32);
}

/* Any 32 bits. */
static inline uint32_t random_word(uint32_t *state)
{
	return random_below(state, 0x10000) << 16 | random_below(state, 0x10000);
}

#endif
