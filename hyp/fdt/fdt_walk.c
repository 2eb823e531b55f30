/* SPDX-License-Identifier: BSD-2-Clause */
/* From one node to another: by the index if the tree has one, else by the structure block. */
#include "hyp/fdt/fdt_index.h"

fdt_node_t fdt_next_node(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;

	if (fdt->nr_entries) {
		return fdt_index_behind(fdt, fdt_index_find(fdt, node) + 1, node);
	}
	return fdt_seek_after(fdt, node, &depth);
}

fdt_node_t fdt_first_child(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;
	fdt_node_t child;

	if (fdt->nr_entries) {
		return fdt_index_child(fdt, node);
	}
	child = fdt_seek_after(fdt, node, &depth);
	return depth == 1 ? child : FDT_NONE;
}

fdt_node_t fdt_next_sibling(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;

	if (fdt->nr_entries) {
		return fdt_index_sibling(fdt, node);
	}
	/*@ loop invariant node == \at(node, Pre) || fdt_behind(fdt, node, \at(node, Pre));
	  @ loop invariant node < fdt->struct_size ==> -node <= depth <= node;
	  @ loop assigns node, depth;
	  @ loop variant fdt->struct_size - node;
	  @*/
	do {
		node = fdt_seek_after(fdt, node, &depth);
	} while (node != FDT_NONE && depth > 0);
	return depth == 0 ? node : FDT_NONE;
}

fdt_node_t fdt_parent(const struct fdt *fdt, fdt_node_t node)
{
	fdt_node_t path[FDT_MAX_DEPTH]; /* of the walk: path[0] is the root */
	fdt_node_t at = fdt_root(fdt);
	int32_t depth = 0;

	if (fdt->nr_entries) {
		return fdt_index_parent(fdt, node);
	}
	/*@ loop invariant at == FDT_NONE || (at < fdt->struct_size && -at <= depth <= at);
	  @ loop invariant depth <= FDT_MAX_DEPTH;
	  @ loop invariant \forall integer i; 0 <= i < depth ==> path[i] < at;
	  @ loop assigns at, depth, path[0 .. FDT_MAX_DEPTH - 1];
	  @ loop variant fdt->struct_size - at;
	  @*/
	while (at != FDT_NONE && depth >= 0 && depth < FDT_MAX_DEPTH) {
		if (at == node) {
			return depth > 0 ? path[depth - 1] : FDT_NONE;
		}
		path[depth] = at;
		at = fdt_seek_after(fdt, at, &depth);
	}
	return FDT_NONE;
}
