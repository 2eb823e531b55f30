/* SPDX-License-Identifier: BSD-2-Clause */
/* What the console has to show behind a run: each line that a guest has printed, in order, and each
 * end of a partition once. */
#ifndef TEST_RIG_RIG_TOLD_H
#define TEST_RIG_RIG_TOLD_H

#include "test/rig/rig.h"

void rig_told_begin(void);

/* The text of a guest's next line, with its end. Returns its length. */
uint32_t rig_told_line(const struct rig_guest *g, char *line, size_t size);
/* The guest has printed it. */
void rig_told_printed(struct rig_guest *g);

/* A partition is LIFE_OFF or LIFE_CRASHED from now on. */
void rig_told_ends(uint32_t vm, uint8_t state);

/* NULL, or what is wrong with rig_output. `all_end`: each partition must have ended. */
const char *rig_told_wrong(bool all_end);

#endif
