/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_search.h"
#include <stdio.h>

const char *rig_search_failed(const struct rig_result *result)
{
	return result->failed ? result->why : NULL;
}

static bool is_good(const struct rig_result *result, const char *how, rig_judge judge)
{
	const char *why = judge(result);

	if (why) {
		printf("%s: %s\n%s\n", how, why, rig_output);
	}
	return !why;
}

bool rig_search_seeds(uint64_t seed, uint32_t runs, rig_judge judge)
{
	for (uint64_t n = seed; n < seed + runs; n++) {
		struct rig_result result = rig_run_random(n, ~0u);
		char how[64];

		snprintf(how, sizeof(how), "seed %llu", (unsigned long long)n);
		if (!is_good(&result, how, judge)) {
			return false;
		}
	}
	return true;
}

bool rig_search_laid_down(uint64_t seed, const struct rig_preempt *at, uint32_t count,
			  uint32_t kinds, rig_judge judge, uint32_t *points)
{
	struct rig_result result = rig_run_laid_down(seed, at, count, kinds);
	char how[160];
	int length;

	length = snprintf(how, sizeof(how), "laid down, seed %llu", (unsigned long long)seed);
	for (uint32_t n = 0; n < count; n++) {
		length += snprintf(how + length, sizeof(how) - (size_t)length, ", at %u to CPU %u",
				   at[n].at, at[n].to);
	}
	if (points) {
		*points = result.points;
	}
	return is_good(&result, how, judge);
}
