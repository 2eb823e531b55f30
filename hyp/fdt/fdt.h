/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded, read-only reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 * Any blob is safe: every offset is checked against the size given to fdt_open; depth and node
 * count are bounded. Pure.
 */
#ifndef HYP_FDT_FDT_H
#define HYP_FDT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt {
	const uint8_t *blob;
	uint32_t size;
	uint32_t struct_off, struct_size;
	uint32_t strings_off, strings_size;
	uint32_t rsvmap_off;
	uint32_t rsvmap_count;	       /* reservations before the closing pair of zeros */
	const struct fdt_entry *entry; /* fdt_index */
	uint32_t nr_entries;	       /* 0: the tree has no index */
};

/* A node: offset of its FDT_BEGIN_NODE tag in the structure block; FDT_NONE: none. */
typedef uint32_t fdt_node_t;
#define FDT_NONE      UINT32_C(0xffffffff)
#define FDT_MAX_DEPTH 16

/* One node in the index; the nodes are in document order. */
struct fdt_entry {
	fdt_node_t node;
	uint32_t compatible, compatible_length; /* bytes of the blob; length 0: none */
	uint32_t lengths;			/* of the strings in it: bit n % 32, n characters */
	uint32_t phandle;			/* 0: none */
	uint16_t parent, sibling;		/* entries; UINT16_MAX: none */
};

struct fdt_prop {
	const char *name; /* terminated within the blob (checked) */
	const uint8_t *data;
	uint32_t length; /* bytes */
};

/*
 * test/tools/proof.py proves that the functions below access only the blob's bytes, and that they
 * terminate. fdt_open makes `fdt_valid` true for any bytes; nodes and cursors may be any number.
 */
/*@ predicate fdt_block(struct fdt fdt, integer offset, integer size) =
  @   0 <= offset && 0 <= size && offset + size <= fdt.size;
  @ predicate fdt_blob(struct fdt fdt) =
  @   fdt.size <= 0x7fffffff && \valid_read(fdt.blob + (0 .. fdt.size - 1)) &&
  @   fdt_block(fdt, fdt.struct_off, fdt.struct_size) &&
  @   fdt_block(fdt, fdt.strings_off, fdt.strings_size) &&
  @   fdt_block(fdt, fdt.rsvmap_off, 16 * fdt.rsvmap_count);
  @ predicate fdt_ends(uint8_t *blob, integer from, integer to) =
  @   \valid_read(blob + (from .. to - 1)) && blob[to - 1] == 0;
  @ predicate fdt_strings(struct fdt fdt) = fdt.strings_size != 0 ==>
  @   fdt_ends(fdt.blob, fdt.strings_off, fdt.strings_off + fdt.strings_size);
  @ predicate fdt_valid(struct fdt *fdt) =
  @   \valid_read(fdt) && fdt_blob(*fdt) && fdt_strings(*fdt) && fdt->nr_entries <= 0xffff &&
  @   \valid_read(fdt->entry + (0 .. fdt->nr_entries - 1));
  @ predicate fdt_bytes(uint8_t *data, integer length) = \valid_read(data + (0 .. length - 1));
  @ predicate fdt_data(struct fdt_prop *prop) =
  @   \valid_read(prop) && fdt_bytes(prop->data, prop->length);
  @ predicate fdt_behind(struct fdt *fdt, integer found, integer node) =
  @   found == FDT_NONE || node < found < fdt->struct_size;
  @*/

/* Returns NULL if the blob is sound (the header, and the whole structure, walked once), else the
 * reason as text. `available`: readable bytes. */
/*@ requires \valid(fdt) && \valid_read((uint8_t *)blob + (0 .. available - 1));
  @ requires \separated(fdt, (uint8_t *)blob + (..));
  @ terminates \true;
  @ assigns *fdt;
  @ ensures \result == \null ==> fdt_valid(fdt);
  @*/
const char *fdt_open(struct fdt *fdt, const void *blob, size_t available);

/* Makes searches in an opened tree fast; their results stay the same. `entry` is used as long as
 * the tree is. Returns false if the tree has more than `room` nodes, and then has no index. */
/*@ requires \valid(fdt) && fdt_valid(fdt) && fdt->nr_entries == 0;
  @ requires \valid(entry + (0 .. room - 1)) && \separated(fdt, entry + (0 .. room - 1));
  @ requires \separated(entry + (0 .. room - 1), fdt->blob + (0 .. fdt->size - 1));
  @ terminates \true;
  @ assigns *fdt, entry[0 .. room - 1];
  @ ensures fdt_valid(fdt);
  @*/
bool fdt_index(struct fdt *fdt, struct fdt_entry *entry, uint32_t room);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, -1);
  @*/
fdt_node_t fdt_root(const struct fdt *fdt);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, node);
  @*/
fdt_node_t fdt_first_child(const struct fdt *fdt, fdt_node_t node);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, node);
  @*/
fdt_node_t fdt_next_sibling(const struct fdt *fdt, fdt_node_t node);

/* Next node in document order, at any depth: for searches. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, node);
  @*/
fdt_node_t fdt_next_node(const struct fdt *fdt, fdt_node_t node);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures \result == FDT_NONE || \result < node;
  @*/
fdt_node_t fdt_parent(const struct fdt *fdt, fdt_node_t node);

/* "/a/b": a component without '@' also matches a node with a unit address. The path ends at its
 * zero or at a ':' (the options of a stdout-path). */
/*@ requires fdt_valid(fdt) && valid_read_string(path) && strlen(path) < 0xffffffff;
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, -1);
  @*/
fdt_node_t fdt_find_path(const struct fdt *fdt, const char *path);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, -1);
  @*/
fdt_node_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle);

/* The next node after `after` (fdt_root to begin) that is compatible; FDT_NONE at the end. */
/*@ requires fdt_valid(fdt) && valid_read_string(compatible);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, after);
  @*/
fdt_node_t fdt_find_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures valid_read_string(\result);
  @*/
const char *fdt_node_name(const struct fdt *fdt, fdt_node_t node); /* with its unit address */

/*@ requires fdt_valid(fdt) && \valid(prop) && \valid(cursor) && \separated(fdt, prop, cursor);
  @ terminates \true;
  @ assigns *prop, *cursor;
  @ ensures \result ==> fdt_data(prop) && valid_read_string(prop->name) &&
  @   node < *cursor <= fdt->struct_size + 3;
  @*/
bool fdt_first_prop(const struct fdt *fdt, fdt_node_t node, struct fdt_prop *prop,
		    uint32_t *cursor);

/*@ requires fdt_valid(fdt) && \valid(prop) && \valid(cursor) && \separated(fdt, prop, cursor);
  @ terminates \true;
  @ assigns *prop, *cursor;
  @ ensures \result ==> fdt_data(prop) && valid_read_string(prop->name) &&
  @   \old(*cursor) < *cursor <= fdt->struct_size + 3;
  @*/
bool fdt_next_prop(const struct fdt *fdt, struct fdt_prop *prop, uint32_t *cursor);

/*@ requires fdt_valid(fdt) && \valid(prop) && \separated(fdt, prop) && valid_read_string(name);
  @ terminates \true;
  @ assigns *prop;
  @ ensures \result ==> fdt_data(prop);
  @*/
bool fdt_get_prop(const struct fdt *fdt, fdt_node_t node, const char *name, struct fdt_prop *prop);

/*@ requires fdt_valid(fdt) && valid_read_string(compatible);
  @ terminates \true;
  @ assigns \nothing;
  @*/
bool fdt_is_compatible(const struct fdt *fdt, fdt_node_t node, const char *compatible);

/* status is absent, "okay" or "ok" */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @*/
bool fdt_is_enabled(const struct fdt *fdt, fdt_node_t node);

/* Big-endian cell `index` of a property; false if it is too short. */
/*@ requires fdt_data(prop) && \valid(value) && \separated(prop, value);
  @ terminates \true;
  @ assigns *value;
  @ ensures !\result ==> *value == \old(*value);
  @*/
bool fdt_prop_u32(const struct fdt_prop *prop, uint32_t index, uint32_t *value);

/* `cells` (1 or 2) cells from cell `index` on. */
/*@ requires fdt_data(prop) && \valid(value) && \separated(prop, value);
  @ terminates \true;
  @ assigns *value;
  @ ensures !\result ==> *value == \old(*value);
  @*/
bool fdt_prop_cells(const struct fdt_prop *prop, uint32_t index, uint32_t cells, uint64_t *value);

/* String `index` of a string list; NULL if there is none or it is not terminated. */
/*@ requires fdt_data(prop);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures \result == \null || valid_read_string(\result);
  @*/
const char *fdt_prop_string(const struct fdt_prop *prop, uint32_t index);

/* Is this one of a list of strings? */
/*@ requires fdt_data(prop) && valid_read_string(string);
  @ terminates \true;
  @ assigns \nothing;
  @*/
bool fdt_prop_lists(const struct fdt_prop *prop, const char *string);

/* Entry `index` of a node's `reg`, by its parent's #address-cells and #size-cells, translated
 * through `ranges` up to the root. False if absent, short, or untranslatable. */
/*@ requires fdt_valid(fdt) && \valid(base) && \valid(size) && \separated(fdt, base, size);
  @ terminates \true;
  @ assigns *base, *size;
  @ ensures !\result ==> *base == \old(*base) && *size == \old(*size);
  @*/
bool fdt_reg(const struct fdt *fdt, fdt_node_t node, uint32_t index, uint64_t *base,
	     uint64_t *size);

/* Memory reservation `index`; false past the end. */
/*@ requires fdt_valid(fdt) && \valid(base) && \valid(size) && \separated(fdt, base, size);
  @ terminates \true;
  @ assigns *base, *size;
  @ ensures \result ==> index < fdt->rsvmap_count;
  @*/
bool fdt_reserved(const struct fdt *fdt, uint32_t index, uint64_t *base, uint64_t *size);

#endif
