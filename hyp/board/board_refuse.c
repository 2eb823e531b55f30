/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/board/board.h"

bool board_refuse(const struct fdt *fdt, struct refusal *why, fdt_node_t node, const char *property,
		  const char *reason)
{
	fdt_node_t parent = fdt_parent(fdt, node);

	*why = (struct refusal) {
		.parent = fdt_node_name(fdt, parent),
		.node = fdt_node_name(fdt, node),
		.property = property,
		.reason = reason,
	};
	return false;
}
