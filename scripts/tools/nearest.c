/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripts/tools/nearest.h"
#include <string.h>

#define NEAREST_MAX 63u /* characters: names are no longer */

static unsigned nearest_least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row by row: row[n][j] is the distance of the first characters of `a`, up to the row's, from the
 * first j of `b`. Three rows are kept, for a swap. */
static unsigned nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *old = rows[0], *last = rows[1], *row = rows[2];
	unsigned length = (unsigned)strlen(b);

	for (unsigned j = 0; j <= length; j++) {
		last[j] = j;
	}
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned *spare = old;

		row[0] = i;
		for (unsigned j = 1; j <= length; j++) {
			row[j] = nearest_least(last[j], row[j - 1]) + 1;
			row[j] = nearest_least(row[j], last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				row[j] = nearest_least(row[j], old[j - 2] + 1);
			}
		}
		old = last;
		last = row;
		row = spare;
	}
	return last[length];
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	size_t length = strlen(nearest->wrong);
	unsigned distance;

	if (length > NEAREST_MAX || strlen(name) > NEAREST_MAX) {
		return;
	}
	distance = nearest_distance(nearest->wrong, name);
	if (distance <= (length + 2) / 3 && distance < length &&
	    (!nearest->name || distance < nearest->distance)) {
		nearest->name = name;
		nearest->distance = distance;
	}
}
