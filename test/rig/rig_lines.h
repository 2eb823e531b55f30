/* SPDX-License-Identifier: BSD-2-Clause */
/* One vCPU, and others that drive its lines from other CPUs. */
#ifndef TEST_RIG_RIG_LINES_H
#define TEST_RIG_RIG_LINES_H

#include "test/rig/rig_mix.h"

/* Partition a is the target; b and c drive its lines. */
extern const char rig_lines_alone[]; /* on a CPU of its own, where its WFI does not trap */
extern const char
	rig_lines_shared[]; /* beside d, so it is loaded and unloaded; on two or three CPUs */
extern const char rig_lines_moving[];  /* everybody on any CPU */
extern const char rig_lines_sibling[]; /* its second vCPU sends it SGIs; b drives */

struct rig_lines {
	uint32_t acts;	 /* of the target, before it only waits */
	uint32_t drives; /* lines that each of the others drives, at most */
};

/* On the board that was booted last: so many random runs from `seed` on. Prints what fails. */
bool rig_lines_by_chance(const struct rig_lines *lines, uint64_t seed, uint32_t runs);
/* For each of so many seeds, from the moment at which the target has opened its GIC: schedules of
 * one pre-emption, at each `stride`th point, and `pairs` times two drawn by chance. */
bool rig_lines_laid_down(const struct rig_lines *lines, uint64_t seed, uint32_t seeds,
			 uint32_t stride, uint32_t pairs);

#endif
