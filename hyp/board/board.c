/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/board/board_parts.h"
#include <string.h>

/* The model's name is only printed; characters that cannot be printed are left out. */
static void board_read_model(const struct fdt *fdt, struct board *board)
{
	struct fdt_prop prop;
	const char *model = NULL;
	uint32_t length = 0;

	if (fdt_get_prop(fdt, fdt_root(fdt), "model", &prop)) {
		model = fdt_prop_string(&prop, 0);
	}
	for (model = model ? model : ""; *model && length < sizeof(board->model) - 1; model++) {
		if (*model >= ' ' && *model <= '~') {
			board->model[length++] = *model;
		}
	}
	board->model[length] = 0;
}

bool board_read(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	memset(board, 0, sizeof(*board));
	board_read_model(fdt, board);
	if (!board_read_memory(fdt, board, why) || !board_read_reserved(fdt, board, why) ||
	    !board_read_cpus(fdt, board, why) || !board_read_gic(fdt, board, why) ||
	    !board_read_timer(fdt, board, why) || !board_read_psci(fdt, board, why)) {
		return false;
	}
	board_read_soc(fdt, board);
	board_read_uart(fdt, board);
	return true;
}
