/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a partition as another CPU sees it, which reads it without the lock: one that comes
 * back is not off for a moment. */
#include "hyp/sched/life.h"
#include "test/unit/test.h"
#include <pthread.h>

#define TURNS 400000u

static struct life life;
static volatile bool ends;
static uint32_t off, looks;

static void *look(void *unused)
{
	while (!ends) {
		off += *(volatile uint8_t *)&life.state == LIFE_OFF;
		looks++;
	}
	return unused;
}

static void comes_back(void)
{
	struct sched s;
	pthread_t thread;
	uint32_t good = 0;
	uint8_t told;

	sched_init(&s, 1);
	life_init(&life, 1);
	life.vcpu[0].entity = (uint8_t)sched_add(&s, 1, 3);
	life.end = LIFE_END_RESET;
	life.state = LIFE_ENDING;
	CHECK_EQ(pthread_create(&thread, NULL, look, NULL), 0);
	for (uint32_t n = 0; n < TURNS; n++) {
		life.state = LIFE_ENDING;
		good += life_ended(&s, &life, &told) && life.state == LIFE_LOADING;
		sched_stop(&s, life.vcpu[0].entity, SCHED_OFF);
	}
	ends = true;
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(good, TURNS);
	CHECK(looks > 0);
	CHECK_EQ(off, 0);
}

static const struct test_case cases[] = {
	{ "comes_back", comes_back },
};

TEST_MAIN("life_seen", cases)
