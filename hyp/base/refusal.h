/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a device tree is refused: the board's, or the manifest. */
#ifndef HYP_BASE_REFUSAL_H
#define HYP_BASE_REFUSAL_H

/* Which node and property, and why. Strings live as long as the blob. */
struct refusal {
	const char *parent; /* the name of the node above, "" at the top level */
	const char *node;
	const char *property; /* or "" */
	const char *reason;
};

#endif
