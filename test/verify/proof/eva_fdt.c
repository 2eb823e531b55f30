/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader of device trees: any bytes. Eva keeps no relation between an offset and a size, so the
 * blocks have one size a run (BLOCK_SIZE), and each check runs for itself: the header, the
 * reservations, the structure. The memory ends where the block ends.
 */
#include "proof.h"
#include <string.h>
#include "hyp/fdt/fdt.c"
#include "hyp/fdt/fdt_find.c"
#include "hyp/fdt/fdt_index.c"
#include "hyp/fdt/fdt_prop.c"
#include "hyp/fdt/fdt_value.c"
#include "hyp/fdt/fdt_walk.c"

#define STRINGS 16u

static uint8_t blob[STRINGS + BLOCK_SIZE];

static void fdt_any_bytes(void)
{
	for (uint32_t i = 0; i < STRINGS + BLOCK_SIZE; i++) {
		blob[i] = (uint8_t)any_below(256);
	}
}

void proof_fdt_header(void)
{
	struct fdt fdt;

	fdt_any_bytes();
	fdt_open_header(&fdt, blob, any_below(STRINGS + BLOCK_SIZE + 1));
	cover();
}

void proof_fdt_reservations(void)
{
	struct fdt fdt = { .blob = blob, .size = STRINGS + BLOCK_SIZE };

	fdt_any_bytes();
	fdt.rsvmap_off = any_below(STRINGS + BLOCK_SIZE);
	fdt_open_reservations(&fdt);
	cover();
}

/* What fdt_open leaves: strings whose last byte is a zero, then the structure. */
static struct fdt fdt_any(void)
{
	struct fdt fdt = { .blob = blob,
			   .size = STRINGS + BLOCK_SIZE,
			   .struct_off = STRINGS,
			   .struct_size = BLOCK_SIZE,
			   .strings_size = STRINGS };

	fdt_any_bytes();
	blob[STRINGS - 1] = 0;
	return fdt;
}

void proof_fdt_structure(void)
{
	struct fdt fdt = fdt_any();

	fdt_open_structure(&fdt);
	cover();
}

/* Any node: also one that is none. */
void proof_fdt_nodes(void)
{
	const struct fdt fdt = fdt_any();
	fdt_node_t node = any_word();

	fdt_root(&fdt);
	fdt_first_child(&fdt, node);
	fdt_next_sibling(&fdt, node);
	fdt_next_node(&fdt, node);
	fdt_parent(&fdt, node);
	fdt_node_name(&fdt, node);
	cover();
}

/* Any cursor, too. */
void proof_fdt_props(void)
{
	const struct fdt fdt = fdt_any();
	struct fdt_prop prop;
	uint32_t cursor = any_word();

	fdt_next_prop(&fdt, &prop, &cursor);
	fdt_first_prop(&fdt, any_word(), &prop, &cursor);
	fdt_get_prop(&fdt, any_word(), "reg", &prop);
	cover();
}

/* Any property of the block's length; any cell or string of it. */
void proof_fdt_values(void)
{
	const struct fdt_prop prop = { .data = blob, .length = STRINGS + BLOCK_SIZE };
	uint32_t value;
	uint64_t wide;

	fdt_any_bytes();
	fdt_prop_u32(&prop, any_word(), &value);
	fdt_prop_cells(&prop, any_word(), 1, &wide);
	fdt_prop_cells(&prop, any_word(), 2, &wide);
	fdt_prop_cells(&prop, any_word(), 3 + any_below(0xfffffffc), &wide);
	fdt_prop_string(&prop, any_word());
	cover();
}

void proof_fdt_reserved(void)
{
	struct fdt fdt = { .blob = blob,
			   .size = STRINGS + BLOCK_SIZE,
			   .rsvmap_count = (STRINGS + BLOCK_SIZE) / 16 };
	uint64_t base;
	uint64_t size;

	fdt_any_bytes();
	fdt_reserved(&fdt, any_word(), &base, &size);
	cover();
}
