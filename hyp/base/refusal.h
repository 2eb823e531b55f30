/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a device tree is refused: the board's, or the manifest. */
#ifndef HYP_BASE_REFUSAL_H
#define HYP_BASE_REFUSAL_H

#include <stdint.h>

/* Which node and property, and why. Strings live as long as the blob. The caller of a reader clears
 * it, or sets `tell` alone. A reader of manifests goes on after a refusal, where the rest can still
 * be judged: the first one stays here, which is all that the monitor says; a program that gives
 * `tell` hears of each. */
struct refusal {
	const char *parent; /* the name of the node above, "" at the top level */
	const char *node;
	const char *property; /* or "" */
	const char *reason;   /* NULL: nothing is refused */
	uint32_t at;	      /* the node (fdt_node_t) */
	uint32_t item;	      /* which cell or string of the property, from 1; 0: no single one */
	uint32_t rival;	      /* the node that it collides with, 0: none */
	void (*tell)(const struct refusal *why);
};

#endif
