/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of a property: cells and strings. */
#include "hyp/fdt/fdt.h"
#include <string.h>

bool fdt_prop_u32(const struct fdt_prop *prop, uint32_t index, uint32_t *value)
{
	uint64_t wide;

	if (!fdt_prop_cells(prop, index, 1, &wide)) {
		return false;
	}
	*value = (uint32_t)wide;
	return true;
}

bool fdt_prop_cells(const struct fdt_prop *prop, uint32_t index, uint32_t cells, uint64_t *value)
{
	if (cells < 1 || cells > 2 || prop->length / 4 < cells ||
	    index > prop->length / 4 - cells) {
		return false;
	}
	*value = 0;
	/*@ loop invariant 0 <= i <= cells * 4;
	  @ loop assigns i, *value;
	  @ loop variant cells * 4 - i;
	  @*/
	for (uint32_t i = 0; i < cells * 4; i++) {
		*value = *value << 8 | prop->data[(size_t)index * 4 + i];
	}
	return true;
}

const char *fdt_prop_string(const struct fdt_prop *prop, uint32_t index)
{
	uint32_t start = 0;

	/*@ loop invariant 0 <= start <= at <= prop->length;
	  @ loop assigns at, start, index;
	  @ loop variant prop->length - at;
	  @*/
	for (uint32_t at = 0; at < prop->length; at++) {
		if (prop->data[at] != 0) {
			continue;
		}
		if (index == 0) {
			return (const char *)prop->data + start;
		}
		index--;
		start = at + 1;
	}
	return NULL;
}

bool fdt_prop_lists(const struct fdt_prop *prop, const char *string)
{
	uint32_t start = 0;

	/* One pass over the list: fdt_prop_string(0), (1) ... would be quadratic. */
	/*@ loop invariant 0 <= start <= at <= prop->length;
	  @ loop assigns at, start;
	  @ loop variant prop->length - at;
	  @*/
	for (uint32_t at = 0; at < prop->length; at++) {
		if (prop->data[at] != 0) {
			continue;
		}
		if (strcmp((const char *)prop->data + start, string) == 0) {
			return true;
		}
		start = at + 1;
	}
	return false;
}
