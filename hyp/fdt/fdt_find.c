/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches for a node: by path, by phandle, by compatible string. */
#include "hyp/fdt/fdt_index.h"

/* `component` (length `n`) is the node's name, with or without unit address. */
/*@ requires valid_read_string(name) && valid_read_string(component) && n <= strlen(component);
  @ terminates \true;
  @ assigns \nothing;
  @*/
static bool fdt_name_matches(const char *name, const char *component, uint32_t n)
{
	bool unit = false;

	/*@ loop invariant 0 <= i <= n && i <= strlen(name);
	  @ loop assigns i, unit;
	  @ loop variant n - i;
	  @*/
	for (uint32_t i = 0; i < n; i++) {
		/* A shorter name ends in a zero, which no component holds. */
		if (name[i] != component[i]) {
			return false;
		}
		unit = unit || component[i] == '@';
	}
	return name[n] == 0 || (name[n] == '@' && !unit);
}

fdt_node_t fdt_find_path(const struct fdt *fdt, const char *path)
{
	fdt_node_t node = *path == '/' ? fdt_root(fdt) : FDT_NONE;

	/*@ loop invariant valid_read_string(path) && strlen(path) < 0xffffffff;
	  @ loop invariant fdt_behind(fdt, node, -1);
	  @ loop assigns node, path;
	  @ loop variant strlen(path);
	  @*/
	while (node != FDT_NONE) {
		uint32_t n = 0;

		/*@ loop invariant valid_read_string(path);
		  @ loop invariant strlen(path) <= strlen(\at(path, LoopEntry));
		  @ loop assigns path;
		  @ loop variant strlen(path);
		  @*/
		while (*path == '/') {
			path++;
		}
		/*@ loop invariant 0 <= n <= strlen(path);
		  @ loop assigns n;
		  @ loop variant strlen(path) - n;
		  @*/
		while (path[n] != 0 && path[n] != '/' && path[n] != ':') {
			n++;
		}
		if (n == 0) {
			return node;
		}
		node = fdt_first_child(fdt, node);
		/*@ loop invariant fdt_behind(fdt, node, -1);
		  @ loop assigns node;
		  @ loop variant fdt->struct_size - node;
		  @*/
		while (node != FDT_NONE && !fdt_name_matches(fdt_node_name(fdt, node), path, n)) {
			node = fdt_next_sibling(fdt, node);
		}
		path += n;
	}
	return FDT_NONE;
}

uint32_t fdt_phandle(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_prop prop;
	uint32_t value;

	if (((fdt_get_prop(fdt, node, "phandle", &prop) && prop.length == 4) ||
	     (fdt_get_prop(fdt, node, "linux,phandle", &prop) && prop.length == 4)) &&
	    fdt_prop_u32(&prop, 0, &value)) {
		return value;
	}
	return 0;
}

fdt_node_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
	fdt_node_t node = fdt_root(fdt);

	/* The specification (5.1) reserves neither 0 nor -1, but all software uses both for
	 * 'none'. */
	if (phandle == 0 || phandle == UINT32_MAX) {
		return FDT_NONE;
	}
	if (fdt->nr_entries) {
		return fdt_index_phandle(fdt, phandle);
	}
	/*@ loop invariant fdt_behind(fdt, node, -1);
	  @ loop assigns node;
	  @ loop variant fdt->struct_size - node;
	  @*/
	while (node != FDT_NONE && fdt_phandle(fdt, node) != phandle) {
		node = fdt_next_node(fdt, node);
	}
	return node;
}

fdt_node_t fdt_find_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible)
{
	fdt_node_t node;

	if (fdt->nr_entries) {
		return fdt_index_compatible(fdt, after, compatible);
	}
	node = fdt_next_node(fdt, after);
	/*@ loop invariant fdt_behind(fdt, node, after);
	  @ loop assigns node;
	  @ loop variant fdt->struct_size - node;
	  @*/
	while (node != FDT_NONE && !fdt_is_compatible(fdt, node, compatible)) {
		node = fdt_next_node(fdt, node);
	}
	return node;
}
