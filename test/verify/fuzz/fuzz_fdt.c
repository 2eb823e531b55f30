/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any blob as a device tree: ours and libfdt take the same ones, and find the same in them. What
 * is taken is then read as a board's tree and as a manifest: with a result, or a refusal in words.
 */
#include "hyp/manifest/manifest.h"
#include "test/unit/fdt_compare.h"
#include "test/verify/fuzz/fuzz.h"

static struct board board;
static struct manifest manifest;

static void check_refusal(bool taken, const struct refusal *why)
{
	if (!taken) {
		CHECK(why->parent && why->node && why->property && why->reason);
		CHECK(strlen(why->parent) + strlen(why->node) + strlen(why->property) < SIZE_MAX);
		CHECK(why->reason[0] != 0);
	}
}

/* What boot code relies on (hyp/board/board.h). */
static void check_board(void)
{
	CHECK(board.nr_cpus >= 1 && board.nr_cpus <= 8);
	CHECK(board.maintenance_intid >= 16 && board.maintenance_intid < 32);
	CHECK(memchr(board.model, 0, sizeof(board.model)) != NULL);
}

unsigned fuzz_fdt(const uint8_t *data, size_t size)
{
	struct refusal why = { 0 };
	struct fdt fdt;
	bool taken;

	if (size < 40) {
		CHECK(fdt_open(&fdt, data, size) != NULL);
		return fuzz_failures();
	}
	compare(data, size);
	if (fdt_open(&fdt, data, size) == NULL) {
		taken = board_read(&fdt, &board, &why);
		check_refusal(taken, &why);
		if (taken) {
			check_board();
		}
		why = (struct refusal) { 0 };
		check_refusal(manifest_read(&fdt, &manifest, &why), &why);
	}
	return fuzz_failures();
}
