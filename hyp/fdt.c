/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdt_open walks the whole structure block once and accepts it only if every tag, name and length
 * in it is sound. Later calls go the same way through fdt_step, which checks again that it stays
 * inside the block, so a node or cursor that is none ends a search instead of leading it astray.
 * Property data is stepped over, never read: a manifest carries images of many megabytes.
 */
#include "hyp/fdt.h"
#include "hyp/base/bits.h"
#include <string.h>

/* Devicetree Specification 0.4, 5.2 (header) and 5.4.1 (tags) */
#define FDT_MAGIC	    UINT32_C(0xd00dfeed)
#define FDT_VERSION_OLD	    16u
#define FDT_VERSION	    17u
#define FDT_HEADER_SIZE_OLD 36u
#define FDT_HEADER_SIZE	    40u
#define FDT_RESERVE_SIZE    16u
#define FDT_SIZE_MAX	    UINT32_C(0x7fffffff) /* offsets then stay clear of wrapping */

#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE   2u
#define FDT_PROP       3u
#define FDT_NOP	       4u
#define FDT_END	       9u
#define FDT_BAD	       0u /* no tag: out of bounds, or malformed */

/* The fields of the header, in their order */
enum fdt_field {
	FIELD_MAGIC,
	FIELD_TOTAL_SIZE,
	FIELD_OFF_STRUCT,
	FIELD_OFF_STRINGS,
	FIELD_OFF_RESERVE,
	FIELD_VERSION,
	FIELD_COMPATIBLE_VERSION,
	FIELD_BOOT_CPU,
	FIELD_SIZE_STRINGS,
	FIELD_SIZE_STRUCT, /* from version 17 on */
};

static uint32_t fdt_load(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t fdt_load64(const uint8_t *at)
{
	return (uint64_t)fdt_load(at) << 32 | fdt_load(at + 4);
}

static const uint8_t *fdt_struct(const struct fdt *fdt)
{
	return fdt->blob + fdt->struct_off;
}

/* The offset behind a name that starts at `offset`, padded to a tag; 0 if it does not end. */
static uint32_t fdt_skip_name(const struct fdt *fdt, uint32_t offset)
{
	while (offset < fdt->struct_size && fdt_struct(fdt)[offset] != 0) {
		offset++;
	}
	/* The terminator itself and the padding lie inside, or the next step finds no tag. */
	return offset < fdt->struct_size ? (offset | 3u) + 1 : 0;
}

/* The tag at `offset`, FDT_BAD if there is none; *next: where the one behind it is. */
static uint32_t fdt_step(const struct fdt *fdt, uint32_t offset, uint32_t *next)
{
	uint32_t tag;
	uint32_t length;

	if (offset > fdt->struct_size || fdt->struct_size - offset < 4) {
		return FDT_BAD;
	}
	tag = fdt_load(fdt_struct(fdt) + offset);
	*next = offset + 4;
	switch (tag) {
	case FDT_BEGIN_NODE:
		*next = fdt_skip_name(fdt, offset + 4);
		return *next != 0 ? tag : FDT_BAD;
	case FDT_PROP:
		if (fdt->struct_size - offset < 12) {
			return FDT_BAD;
		}
		length = fdt_load(fdt_struct(fdt) + offset + 4);
		if (length > fdt->struct_size - offset - 12 ||
		    fdt_load(fdt_struct(fdt) + offset + 8) >= fdt->strings_size) {
			return FDT_BAD;
		}
		*next = (uint32_t)bits_align_up((uint64_t)offset + 12 + length, 4);
		return tag;
	case FDT_END_NODE:
	case FDT_NOP:
	case FDT_END:
		return tag;
	default:
		return FDT_BAD;
	}
}

/* As fdt_step, over NOPs; *at: where the tag stands. */
static uint32_t fdt_step_real(const struct fdt *fdt, uint32_t offset, uint32_t *at, uint32_t *next)
{
	uint32_t tag;

	*next = offset;
	do {
		*at = *next;
		tag = fdt_step(fdt, *at, next);
	} while (tag == FDT_NOP);
	return tag;
}

/* A block lies behind the header and inside the blob. */
static bool fdt_block_ok(uint32_t header, uint32_t total, uint32_t offset, uint32_t size)
{
	return offset >= header && offset <= total && size <= total - offset;
}

static const char *fdt_open_header(struct fdt *fdt, const uint8_t *blob, size_t available)
{
	uint32_t field[FIELD_SIZE_STRUCT + 1] = { 0 };
	uint32_t header = FDT_HEADER_SIZE_OLD;
	uint32_t size;

	if (available < FDT_HEADER_SIZE_OLD || fdt_load(blob) != FDT_MAGIC) {
		return "not a flattened device tree";
	}
	for (uint32_t i = 0; i <= FIELD_SIZE_STRINGS; i++) {
		field[i] = fdt_load(blob + (size_t)i * 4);
	}
	size = field[FIELD_TOTAL_SIZE];
	if (size > available || size > FDT_SIZE_MAX) {
		return "the blob is cut short";
	}
	if (field[FIELD_VERSION] < FDT_VERSION_OLD ||
	    field[FIELD_COMPATIBLE_VERSION] > FDT_VERSION ||
	    field[FIELD_COMPATIBLE_VERSION] > field[FIELD_VERSION]) {
		return "its version is neither 16 nor 17";
	}
	/* Version 16 does not tell the structure's size: FDT_END does. */
	field[FIELD_SIZE_STRUCT] = size - field[FIELD_OFF_STRUCT];
	if (field[FIELD_VERSION] >= FDT_VERSION && size >= FDT_HEADER_SIZE) {
		header = FDT_HEADER_SIZE;
		field[FIELD_SIZE_STRUCT] = fdt_load(blob + FDT_HEADER_SIZE_OLD);
	}
	if (!fdt_block_ok(header, size, field[FIELD_OFF_STRUCT], field[FIELD_SIZE_STRUCT]) ||
	    !fdt_block_ok(header, size, field[FIELD_OFF_STRINGS], field[FIELD_SIZE_STRINGS]) ||
	    !fdt_block_ok(header, size, field[FIELD_OFF_RESERVE], FDT_RESERVE_SIZE)) {
		return "a block lies outside the blob";
	}
	*fdt = (struct fdt) {
		.blob = blob,
		.size = size,
		.struct_off = field[FIELD_OFF_STRUCT],
		.struct_size = field[FIELD_SIZE_STRUCT],
		.strings_off = field[FIELD_OFF_STRINGS],
		.strings_size = field[FIELD_SIZE_STRINGS],
		.rsvmap_off = field[FIELD_OFF_RESERVE],
	};
	return NULL;
}

static const char *fdt_open_reservations(struct fdt *fdt)
{
	uint32_t offset = fdt->rsvmap_off;

	for (; fdt->size - offset >= FDT_RESERVE_SIZE; offset += FDT_RESERVE_SIZE) {
		const uint8_t *entry = fdt->blob + offset;

		if (fdt_load64(entry) == 0 && fdt_load64(entry + 8) == 0) {
			return NULL;
		}
		fdt->rsvmap_count++;
	}
	return "the memory reservations do not end";
}

/* Why no node may begin at `offset`; NULL if it may. */
static const char *fdt_begin_error(const struct fdt *fdt, uint32_t offset, uint32_t depth,
				   bool rooted)
{
	if (depth == FDT_MAX_DEPTH) {
		return "nodes are nested too deeply";
	}
	if (depth == 0 && rooted) {
		return "it has two roots";
	}
	if (depth == 0 && fdt_struct(fdt)[offset + 4] != 0) {
		return "the root has a name";
	}
	return NULL;
}

/* One root, properly nested, properties before child nodes (5.4.2). */
static const char *fdt_open_structure(struct fdt *fdt)
{
	const char *why = NULL;
	uint32_t offset = 0;
	uint32_t depth = 0;
	bool rooted = false;
	bool props_allowed = false;

	while (!why) {
		uint32_t next = 0;

		switch (fdt_step(fdt, offset, &next)) {
		case FDT_BEGIN_NODE:
			why = fdt_begin_error(fdt, offset, depth, rooted);
			depth++;
			rooted = true;
			props_allowed = true;
			break;
		case FDT_END_NODE:
			if (depth == 0) {
				return "a node ends that never began";
			}
			depth--;
			props_allowed = false;
			break;
		case FDT_PROP:
			why = props_allowed ? NULL : "a property stands behind a child node";
			break;
		case FDT_NOP:
			break;
		case FDT_END:
			fdt->struct_size = next;
			if (depth != 0) {
				return "it ends within a node";
			}
			return rooted ? NULL : "it has no root";
		default:
			return "the structure is damaged";
		}
		offset = next;
	}
	return why;
}

const char *fdt_open(struct fdt *fdt, const void *blob, size_t available)
{
	const char *why = fdt_open_header(fdt, blob, available);

	if (why) {
		return why;
	}
	/* Names end inside the block if they start before its last zero: cut off what follows. */
	while (fdt->strings_size != 0 && fdt->blob[fdt->strings_off + fdt->strings_size - 1] != 0) {
		fdt->strings_size--;
	}
	why = fdt_open_reservations(fdt);
	return why ? why : fdt_open_structure(fdt);
}

fdt_node_t fdt_root(const struct fdt *fdt)
{
	uint32_t at;
	uint32_t next;

	return fdt_step_real(fdt, 0, &at, &next) == FDT_BEGIN_NODE ? at : FDT_NONE;
}

/* The first node that begins behind `offset`; *depth counts the levels down to it (or up). */
static fdt_node_t fdt_seek_node(const struct fdt *fdt, uint32_t offset, int32_t *depth)
{
	for (;;) {
		uint32_t at;
		uint32_t next;

		switch (fdt_step_real(fdt, offset, &at, &next)) {
		case FDT_BEGIN_NODE:
			(*depth)++;
			return at;
		case FDT_END_NODE:
			(*depth)--;
			break;
		case FDT_PROP:
			break;
		default:
			return FDT_NONE;
		}
		offset = next;
	}
}

/* fdt_seek_node from inside `node`: depth is 1 for its first child. */
static fdt_node_t fdt_seek_after(const struct fdt *fdt, fdt_node_t node, int32_t *depth)
{
	uint32_t next;

	if (fdt_step(fdt, node, &next) != FDT_BEGIN_NODE) {
		return FDT_NONE;
	}
	return fdt_seek_node(fdt, next, depth);
}

fdt_node_t fdt_next_node(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;

	return fdt_seek_after(fdt, node, &depth);
}

fdt_node_t fdt_first_child(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;
	fdt_node_t child = fdt_seek_after(fdt, node, &depth);

	return depth == 1 ? child : FDT_NONE;
}

fdt_node_t fdt_next_sibling(const struct fdt *fdt, fdt_node_t node)
{
	int32_t depth = 0;

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

	while (at != FDT_NONE && depth >= 0 && depth < FDT_MAX_DEPTH) {
		if (at == node) {
			return depth > 0 ? path[depth - 1] : FDT_NONE;
		}
		path[depth] = at;
		at = fdt_seek_after(fdt, at, &depth);
	}
	return FDT_NONE;
}

const char *fdt_node_name(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t next;

	if (fdt_step(fdt, node, &next) != FDT_BEGIN_NODE) {
		return "";
	}
	return (const char *)fdt_struct(fdt) + node + 4;
}

/* `component` (length `n`) names the node, with its unit address or without. */
static bool fdt_name_matches(const char *name, const char *component, uint32_t n)
{
	bool unit = false;

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

	while (node != FDT_NONE) {
		uint32_t n = 0;

		while (*path == '/') {
			path++;
		}
		while (path[n] != 0 && path[n] != '/' && path[n] != ':') {
			n++;
		}
		if (n == 0) {
			return node;
		}
		node = fdt_first_child(fdt, node);
		while (node != FDT_NONE && !fdt_name_matches(fdt_node_name(fdt, node), path, n)) {
			node = fdt_next_sibling(fdt, node);
		}
		path += n;
	}
	return FDT_NONE;
}

fdt_node_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle)
{
	/* 5.1 of the specification reserves neither, but 0 and -1 stand for 'none' everywhere. */
	fdt_node_t node = phandle == 0 || phandle == UINT32_MAX ? FDT_NONE : fdt_root(fdt);

	for (; node != FDT_NONE; node = fdt_next_node(fdt, node)) {
		struct fdt_prop prop;
		uint32_t value;

		if (((fdt_get_prop(fdt, node, "phandle", &prop) && prop.length == 4) ||
		     (fdt_get_prop(fdt, node, "linux,phandle", &prop) && prop.length == 4)) &&
		    fdt_prop_u32(&prop, 0, &value) && value == phandle) {
			return node;
		}
	}
	return FDT_NONE;
}

fdt_node_t fdt_find_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible)
{
	fdt_node_t node = fdt_next_node(fdt, after);

	while (node != FDT_NONE && !fdt_is_compatible(fdt, node, compatible)) {
		node = fdt_next_node(fdt, node);
	}
	return node;
}

bool fdt_next_prop(const struct fdt *fdt, struct fdt_prop *prop, uint32_t *cursor)
{
	uint32_t at;
	const uint8_t *tag;

	if (fdt_step_real(fdt, *cursor, &at, cursor) != FDT_PROP) {
		return false;
	}
	tag = fdt_struct(fdt) + at;
	prop->length = fdt_load(tag + 4);
	prop->name = (const char *)fdt->blob + fdt->strings_off + fdt_load(tag + 8);
	prop->data = tag + 12;
	return true;
}

bool fdt_first_prop(const struct fdt *fdt, fdt_node_t node, struct fdt_prop *prop, uint32_t *cursor)
{
	return fdt_step(fdt, node, cursor) == FDT_BEGIN_NODE && fdt_next_prop(fdt, prop, cursor);
}

bool fdt_get_prop(const struct fdt *fdt, fdt_node_t node, const char *name, struct fdt_prop *prop)
{
	uint32_t cursor;
	bool more = fdt_first_prop(fdt, node, prop, &cursor);

	while (more && strcmp(prop->name, name) != 0) {
		more = fdt_next_prop(fdt, prop, &cursor);
	}
	return more;
}
