/* SPDX-License-Identifier: BSD-2-Clause */
/* The worlds that are searched. */
#ifndef TEST_VERIFY_VGIC_SHAPES_H
#define TEST_VERIFY_VGIC_SHAPES_H

#include "test/verify/vgic_world.h"

/* Two list registers for three interrupts; one, where nearly everything waits outside. The last two
 * have fewer steps, so that a search goes deeper. */
static const struct world_shape shapes[] = {
	{ "two", 2, false, false, false, COVER_NPIE | COVER_LRENPIE | COVER_AGAIN | COVER_LATE },
	{ "one", 1, false, true, false,
	  COVER_NPIE | COVER_LRENPIE | COVER_COUNT | COVER_AGAIN | COVER_LATE },
	{ "split", 2, true, true, false, COVER_NPIE | COVER_DROPPED | COVER_AGAIN | COVER_LATE },
	{ "flow-two", 2, false, true, true, COVER_NPIE | COVER_LRENPIE },
	{ "flow-one", 1, false, false, true, COVER_NPIE | COVER_LRENPIE | COVER_COUNT },
};
#define NR_SHAPES (sizeof(shapes) / sizeof(shapes[0]))

#endif
