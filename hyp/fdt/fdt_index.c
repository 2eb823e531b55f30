/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nodes of a tree in an array, in document order, so that a search need not read the blob
 * again. What the array holds is checked like what the blob holds: a wrong entry could make a
 * search fail, but not read outside the blob.
 */
#include "hyp/fdt/fdt_index.h"
#include "hyp/base/bits.h"
#include <string.h>

#define INDEX_NONE UINT16_MAX /* no parent, or no sibling: never an entry's number */

/* The first letters decide for most properties, of which a board's tree has many. */
/*@ requires valid_read_string(name) && valid_read_string(wanted);
  @ terminates \true;
  @ assigns \nothing;
  @*/
static inline bool index_is(const char *name, const char *wanted)
{
	return name[0] == wanted[0] && strcmp(name, wanted) == 0;
}

/* The lengths of the strings in a list: most lists of a tree are known by them not to have a
 * string. */
/*@ requires fdt_data(prop);
  @ terminates \true;
  @ assigns \nothing;
  @*/
static uint32_t index_lengths(const struct fdt_prop *prop)
{
	uint32_t lengths = 0;
	uint32_t length = 0;

	/*@ loop invariant 0 <= at <= prop->length && length <= at;
	  @ loop assigns at, length, lengths;
	  @ loop variant prop->length - at;
	  @*/
	for (uint32_t at = 0; at < prop->length; at++) {
		if (prop->data[at] != 0) {
			length++;
		} else {
			lengths |= BIT32(length % 32);
			length = 0;
		}
	}
	return lengths;
}

/* The number that a phandle property holds; *known: it is one. */
/*@ requires fdt_data(prop) && \valid(known);
  @ terminates \true;
  @ assigns *known;
  @*/
static uint32_t index_number(const struct fdt_prop *prop, bool *known)
{
	uint32_t number = 0;

	*known = prop->length == 4 && fdt_prop_u32(prop, 0, &number);
	return number;
}

/* The entry of a node, with what it holds of the properties: of several with one name, the first.
 */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @*/
static struct fdt_entry index_entry(const struct fdt *fdt, fdt_node_t node, uint16_t parent)
{
	struct fdt_entry entry = { .node = node, .parent = parent, .sibling = INDEX_NONE };
	bool has_list = false, has_phandle = false, has_old = false, known = false;
	uint32_t old = 0; /* "linux,phandle" */
	struct fdt_prop prop;
	uint32_t cursor;
	bool more = fdt_first_prop(fdt, node, &prop, &cursor);

	/*@ loop invariant more ==> fdt_data(&prop) && valid_read_string(prop.name) &&
	  @   cursor <= fdt->struct_size + 3;
	  @ loop assigns more, cursor, prop, old, known, has_list, has_phandle, has_old, entry;
	  @ loop variant more ? fdt->struct_size + 4 - cursor : 0;
	  @*/
	for (; more; more = fdt_next_prop(fdt, &prop, &cursor)) {
		if (!has_list && index_is(prop.name, "compatible")) {
			entry.compatible = (uint32_t)(prop.data - fdt->blob);
			entry.compatible_length = prop.length;
			entry.lengths = index_lengths(&prop);
			has_list = true;
		} else if (!has_phandle && index_is(prop.name, "phandle")) {
			entry.phandle = index_number(&prop, &known);
			has_phandle = true;
		} else if (!has_old && index_is(prop.name, "linux,phandle")) {
			bool ignored;

			old = index_number(&prop, &ignored);
			has_old = true;
		}
	}
	if (!known) {
		entry.phandle = old;
	}
	return entry;
}

bool fdt_index(struct fdt *fdt, struct fdt_entry *entry, uint32_t room)
{
	uint16_t path[FDT_MAX_DEPTH] = { 0 }; /* of the walk, and the last node of deeper levels */
	uint32_t end = room < INDEX_NONE ? room : INDEX_NONE;
	fdt_node_t at = fdt_root(fdt);
	uint32_t count = 0;
	int32_t depth = 0;

	/*@ loop invariant 0 <= count <= end;
	  @ loop invariant at == FDT_NONE || (at < fdt->struct_size && -at <= depth <= at);
	  @ loop invariant depth <= FDT_MAX_DEPTH;
	  @ loop invariant \forall integer i; 0 <= i < FDT_MAX_DEPTH ==>
	  @   path[i] < count || path[i] == 0;
	  @ loop assigns at, depth, count, path[0 .. FDT_MAX_DEPTH - 1], entry[0 .. room - 1];
	  @ loop variant fdt->struct_size - at;
	  @*/
	while (at != FDT_NONE && depth >= 0 && depth < FDT_MAX_DEPTH) {
		uint16_t parent = depth > 0 ? path[depth - 1] : INDEX_NONE;

		if (count == end) {
			return false;
		}
		entry[count] = index_entry(fdt, at, parent);
		/* No first child: the last node on this level has the same parent. */
		if (depth > 0 && count > parent + 1u) {
			entry[path[depth]].sibling = (uint16_t)count;
		}
		path[depth] = (uint16_t)count;
		count++;
		at = fdt_seek_after(fdt, at, &depth);
	}
	fdt->entry = entry;
	fdt->nr_entries = count;
	return true;
}

uint32_t fdt_index_find(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t first = 0;
	uint32_t end = fdt->nr_entries;

	/*@ loop invariant 0 <= first <= end <= fdt->nr_entries;
	  @ loop assigns first, end;
	  @ loop variant end - first;
	  @*/
	while (first < end) {
		uint32_t middle = first + (end - first) / 2;

		if (fdt->entry[middle].node == node) {
			return middle;
		}
		if (fdt->entry[middle].node < node) {
			first = middle + 1;
		} else {
			end = middle;
		}
	}
	return fdt->nr_entries;
}

fdt_node_t fdt_index_behind(const struct fdt *fdt, uint32_t n, fdt_node_t after)
{
	fdt_node_t node = n < fdt->nr_entries ? fdt->entry[n].node : FDT_NONE;

	return node > after && node < fdt->struct_size ? node : FDT_NONE;
}

fdt_node_t fdt_index_child(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t n = fdt_index_find(fdt, node);

	if (n + 1 >= fdt->nr_entries || fdt->entry[n + 1].parent != n) {
		return FDT_NONE;
	}
	return fdt_index_behind(fdt, n + 1, node);
}

fdt_node_t fdt_index_sibling(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t n = fdt_index_find(fdt, node);

	return n < fdt->nr_entries ? fdt_index_behind(fdt, fdt->entry[n].sibling, node) : FDT_NONE;
}

fdt_node_t fdt_index_parent(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t n = fdt_index_find(fdt, node);
	uint32_t parent = n < fdt->nr_entries ? fdt->entry[n].parent : INDEX_NONE;
	fdt_node_t found = parent < fdt->nr_entries ? fdt->entry[parent].node : FDT_NONE;

	return found < node ? found : FDT_NONE;
}

fdt_node_t fdt_index_phandle(const struct fdt *fdt, uint32_t phandle)
{
	/*@ loop invariant 0 <= n <= fdt->nr_entries;
	  @ loop assigns n;
	  @ loop variant fdt->nr_entries - n;
	  @*/
	for (uint32_t n = 0; n < fdt->nr_entries; n++) {
		if (fdt->entry[n].phandle == phandle && fdt->entry[n].node < fdt->struct_size) {
			return fdt->entry[n].node;
		}
	}
	return FDT_NONE;
}

/*@ requires fdt_valid(fdt) && \valid_read(entry) && valid_read_string(compatible);
  @ terminates \true;
  @ assigns \nothing;
  @*/
static bool index_lists(const struct fdt *fdt, const struct fdt_entry *entry,
			const char *compatible)
{
	struct fdt_prop prop = { .length = entry->compatible_length };

	if (entry->compatible > fdt->size || prop.length > fdt->size - entry->compatible) {
		return false;
	}
	prop.data = fdt->blob + entry->compatible;
	return fdt_prop_lists(&prop, compatible);
}

fdt_node_t fdt_index_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible)
{
	uint32_t length = BIT32(strlen(compatible) % 32);

	/*@ loop invariant 0 <= n;
	  @ loop assigns n;
	  @ loop variant fdt->nr_entries - n;
	  @*/
	for (uint32_t n = fdt_index_find(fdt, after) + 1; n < fdt->nr_entries; n++) {
		if ((fdt->entry[n].lengths & length) &&
		    index_lists(fdt, &fdt->entry[n], compatible)) {
			return fdt_index_behind(fdt, n, after);
		}
	}
	return FDT_NONE;
}
