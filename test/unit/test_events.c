/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of a trace: order, what is overwritten, what a reader sees whose event is overwritten.
 */
#include "hyp/trap/events.h"
#include "test/unit/test.h"
#include <string.h>

#define MOST 4096u

static struct events ring;

static void put(uint32_t word)
{
	struct event *event = events_begin(&ring);

	*event = (struct event) { word * 10, 0x00020103, { word, ~word } };
	events_end(&ring);
}

static void put_many(uint32_t first, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		put(first + n);
	}
}

/* Event `number` is that of put(word). */
static void check(uint32_t number, uint32_t word)
{
	const struct event *event = events_find(&ring, number);

	CHECK(event != NULL);
	if (event) {
		CHECK_EQ(event->word[0], word);
		CHECK_EQ(event->word[1], ~word);
		CHECK_EQ(event->time, word * 10);
		CHECK(events_has(&ring, number));
	}
}

static void begin(void)
{
	memset(&ring, 0, sizeof(ring));
}

static void heads(void)
{
	CHECK_EQ(events_head(7, 0, 0), 7);
	CHECK_EQ(events_head(10, 64, 7), 0x0007400a);
	CHECK_EQ(sizeof(struct event), 16);
}

static void empty(void)
{
	begin();
	CHECK(events_find(&ring, 0) == NULL);
	CHECK(events_find(&ring, 0xffffffff) == NULL);
	CHECK(events_find(&ring, MOST) == NULL);
	CHECK_EQ(events_lost(&ring), 0);
}

static void in_order(void)
{
	begin();
	put_many(100, 3);
	CHECK_EQ(ring.count, 3);
	CHECK_EQ(events_lost(&ring), 0);
	for (uint32_t n = 0; n < 3; n++) {
		check(n, 100 + n);
	}
	CHECK(events_find(&ring, 3) == NULL);
	CHECK(events_find(&ring, 0xffffffff) == NULL);
}

static void just_full(void)
{
	begin();
	put_many(0, MOST);
	CHECK_EQ(events_lost(&ring), 0);
	check(0, 0);
	check(MOST - 1, MOST - 1);
	CHECK(events_find(&ring, MOST) == NULL);
}

static void overwritten(void)
{
	begin();
	put_many(0, MOST + 5);
	CHECK_EQ(ring.count, MOST + 5);
	CHECK_EQ(events_lost(&ring), 5);
	CHECK(events_find(&ring, 4) == NULL);
	check(5, 5);
	check(MOST + 4, MOST + 4);
	CHECK(events_find(&ring, MOST + 5) == NULL);
	CHECK(events_find(&ring, 5 + 2 * MOST) == NULL);
}

/* The number of the next one wraps at 2^32. */
static void past_the_last_number(void)
{
	begin();
	ring.begun = ring.count = 0u - MOST;
	ring.full = true;
	put_many(0, MOST + 2);
	CHECK_EQ(ring.count, 2);
	CHECK_EQ(events_lost(&ring), 2u - MOST);
	check(0u - 1, MOST - 1);
	check(1, MOST + 1);
	CHECK(events_find(&ring, 1u - MOST) == NULL);
	CHECK(events_find(&ring, 2) == NULL);
}

/* The writer begins the event that takes the place of the oldest while that is copied. */
static void copied_too_late(void)
{
	begin();
	put_many(0, MOST);
	CHECK(events_find(&ring, 0) != NULL);
	(void)events_begin(&ring);
	CHECK(!events_has(&ring, 0));
	CHECK(events_has(&ring, 1));
	CHECK(events_find(&ring, MOST) == NULL); /* not yet */
	events_end(&ring);
	CHECK(events_find(&ring, MOST) != NULL);
	/* Cleared meanwhile. */
	events_clear(&ring);
	CHECK(!events_has(&ring, 5));
	CHECK(events_find(&ring, 0) == NULL);
	CHECK_EQ(events_lost(&ring), 0);
	put(9);
	check(0, 9);
}

static const struct test_case cases[] = {
	{ "heads", heads },
	{ "empty", empty },
	{ "in_order", in_order },
	{ "just_full", just_full },
	{ "overwritten", overwritten },
	{ "past_the_last_number", past_the_last_number },
	{ "copied_too_late", copied_too_late },
};

TEST_MAIN("events", cases)
