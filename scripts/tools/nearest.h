/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the name that was probably intended. */
#ifndef SCRIPTS_NEAREST_H
#define SCRIPTS_NEAREST_H

struct nearest {
	const char *wrong; /* as it was written */
	const char *name;  /* the nearest so far; NULL: none is near enough */
	unsigned distance; /* its edits */
};

/* Is `name` nearer than all names offered before? An edit is a character that is left out, put in,
 * replaced, or swapped with the next one; a third of `wrong` may be edited. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
