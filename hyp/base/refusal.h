/* SPDX-License-Identifier: BSD-2-Clause */
/* Why the board's device tree, or the manifest, is refused. */
#ifndef HYP_BASE_REFUSAL_H
#define HYP_BASE_REFUSAL_H

#include <stdint.h>

/* Which node and property, and why. Strings live as long as the blob. The caller of a reader clears
 * all fields, or all but `tell`. A reader of manifests continues after a refusal if it can still
 * check the rest. The first refusal stays here, and the monitor prints only that one. `tell`, if
 * set, is called for each. */
struct refusal {
	const char *parent; /* the name of the node above, "" at the top level */
	const char *node;
	const char *property; /* or "" */
	const char *reason;   /* NULL: nothing is refused */
	uint32_t at;	      /* the node (fdt_node_t) */
	uint32_t item;	/* the number of the cell or string in the property, from 1; 0: none */
	uint32_t rival; /* the node that it collides with, 0: none */
	void (*tell)(const struct refusal *why);
};

#endif
