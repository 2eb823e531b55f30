/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random guests and devices against a plain model of the GICv2. In lock-step (every kick is served
 * before the next step) what a guest acknowledges must be exactly what the model would give it. In
 * the other mode kicks come late and guests run on with old list registers; then the invariants
 * hold at each step, and at the end nothing is lost.
 */
#include "test/unit/vgic_model.h"

static uint32_t seed;

uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static void begin(uint32_t run)
{
	seed = 0x9e3779b9u * (run + 1);
	start();
}

static void lock_step(void)
{
	for (uint32_t run = 0; run < 2000 && !test_failures; run++) {
		begin(run);
		for (uint32_t n = 0; n < 1500 && !test_failures; n++) {
			lock_step_one();
			if (test_failures) {
				printf("run %u step %u lrs %u vcpus %u\n", run, n, rig.nr_lrs,
				       model.nr_vcpus);
			}
		}
		rig_free(&rig);
	}
}

static void late(void)
{
	for (uint32_t run = 0; run < 2000 && !test_failures; run++) {
		begin(1000 + run);
		late_begin();
		for (uint32_t n = 0; n < 1500 && !test_failures; n++) {
			late_one();
		}
		late_end();
		if (test_failures) {
			printf("run %u lrs %u vcpus %u\n", run, rig.nr_lrs, model.nr_vcpus);
		}
		rig_free(&rig);
	}
}

static const struct test_case cases[] = {
	{ "lock_step", lock_step },
	{ "late", late },
};

TEST_MAIN("vgic_model", cases)
