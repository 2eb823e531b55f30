/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/board/board.h"

bool board_refuse_item(const struct fdt *fdt, struct refusal *why, fdt_node_t node,
		       const char *property, const char *reason, uint32_t item, fdt_node_t rival)
{
	struct refusal here = {
		.node = fdt_node_name(fdt, node),
		.property = property,
		.reason = reason,
		.at = node,
		.item = item,
		.rival = rival,
		.tell = why->tell,
	};

	if (why->reason && !why->tell) {
		return false; /* fdt_parent searches the blob: not for nothing */
	}
	here.parent = fdt_node_name(fdt, fdt_parent(fdt, node));
	if (why->tell) {
		why->tell(&here);
	}
	if (!why->reason) {
		*why = here;
	}
	return false;
}

bool board_refuse(const struct fdt *fdt, struct refusal *why, fdt_node_t node, const char *property,
		  const char *reason)
{
	return board_refuse_item(fdt, why, node, property, reason, 0, 0);
}
