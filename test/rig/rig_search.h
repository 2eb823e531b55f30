/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs of a scenario, one after the other, until one is not as it should be. */
#ifndef TEST_RIG_RIG_SEARCH_H
#define TEST_RIG_RIG_SEARCH_H

#include "test/rig/rig.h"

/* NULL: the run was good; otherwise what was wrong with it. */
typedef const char *(*rig_judge)(const struct rig_result *result);

/* A scenario without accounts of its own. */
const char *rig_search_failed(const struct rig_result *result);

/* By seeds, `runs` of them. False: one was wrong; its seed, the reason and the console are printed.
 */
bool rig_search_seeds(uint64_t seed, uint32_t runs, rig_judge judge);

/* One run with these pre-emptions laid down, at most two, at points of `kinds`. *points, if not
 * NULL: the number of such points in it. */
bool rig_search_laid_down(uint64_t seed, const struct rig_preempt *at, uint32_t count,
			  uint32_t kinds, rig_judge judge, uint32_t *points);

#endif
