/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that two peers of shared memory check: each has its number, and is like no other. */
#ifndef GUEST_TEST_MESSAGES_H
#define GUEST_TEST_MESSAGES_H

#include "guest/lib/channel.h"
#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_WORDS (CHANNEL_MAX / 4u)

/* Message `n` of peer `from`: its number, numbers that follow from it, and their sum. */
static inline uint32_t make_message(uint32_t *words, uint32_t from, uint32_t n)
{
	uint32_t count = 3 + n % (MESSAGE_WORDS - 2);
	uint32_t value = (n ^ from << 31) * 2654435761u, sum = n;

	words[0] = n;
	for (uint32_t i = 1; i < count - 1; i++) {
		value = value * 1664525u + 1013904223u;
		words[i] = value;
		sum += value;
	}
	words[count - 1] = sum;
	return 4 * count;
}

static inline bool is_message(const uint32_t *words, int32_t size, uint32_t from, uint32_t n)
{
	uint32_t want[MESSAGE_WORDS];

	if (size != (int32_t)make_message(want, from, n)) {
		return false;
	}
	for (int32_t i = 0; i < size / 4; i++) {
		if (words[i] != want[i]) {
			return false;
		}
	}
	return true;
}

#endif
