/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdt_open walks the whole structure block once and accepts it only if every tag, name and length
 * in it is sound. Later calls also use fdt_step, which checks the bounds again, so an invalid node
 * or cursor ends a search safely. Property data is skipped, never read: a manifest contains images
 * of many megabytes.
 */
#include "hyp/base/bits.h"
#include "hyp/fdt/fdt_index.h"
#include <string.h>

/* Devicetree Specification 0.4, 5.2 (header) and 5.4.1 (tags) */
#define FDT_MAGIC	    UINT32_C(0xd00dfeed)
#define FDT_VERSION_OLD	    16u
#define FDT_VERSION	    17u
#define FDT_HEADER_SIZE_OLD 36u
#define FDT_HEADER_SIZE	    40u
#define FDT_RESERVE_SIZE    16u
#define FDT_SIZE_MAX	    UINT32_C(0x7fffffff) /* offsets cannot wrap */

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

/* The result of fdt_load. */
/*@ logic integer fdt_word(uint8_t *at) = (uint32_t)(at[0] << 24) | (uint32_t)(at[1] << 16) |
  @   (uint32_t)(at[2] << 8) | at[3];
  @*/
/*@ requires \valid_read(at + (0 .. 3));
  @ terminates \true;
  @ assigns \nothing;
  @ ensures \result == fdt_word(at);
  @*/
static inline __attribute__((always_inline)) uint32_t fdt_load(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/*@ requires \valid_read(at + (0 .. 7));
  @ terminates \true;
  @ assigns \nothing;
  @*/
static uint64_t fdt_load64(const uint8_t *at)
{
	return (uint64_t)fdt_load(at) << 32 | fdt_load(at + 4);
}

/*@ requires \valid_read(fdt);
  @ assigns \nothing;
  @*/
static const uint8_t *fdt_struct(const struct fdt *fdt)
{
	return fdt->blob + fdt->struct_off;
}

/* Is one of the word's bytes zero? */
/*@ terminates \true;
  @ assigns \nothing;
  @*/
static inline bool fdt_has_zero(uint32_t word)
{
	return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

/* The offset after a name that starts at `offset`, padded to a tag; 0 if it does not end. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures \result == 0 || (offset < fdt->struct_size &&
  @   offset < \result <= fdt->struct_size + 3 &&
  @   valid_read_string((char *)fdt->blob + fdt->struct_off + offset));
  @*/
static uint32_t fdt_skip_name(const struct fdt *fdt, uint32_t offset)
{
	/* Words without a zero byte, then bytes: most of a walk's time is spent here. */
	/*@ loop invariant \at(offset, Pre) <= offset;
	  @ loop invariant offset == \at(offset, Pre) || offset <= fdt->struct_size;
	  @ loop assigns offset;
	  @ loop variant fdt->struct_size - offset;
	  @*/
	while (offset < fdt->struct_size && fdt->struct_size - offset >= 4 &&
	       !fdt_has_zero(fdt_load(fdt_struct(fdt) + offset))) {
		offset += 4;
	}
	/*@ loop invariant \at(offset, Pre) <= offset;
	  @ loop invariant offset == \at(offset, Pre) || offset <= fdt->struct_size;
	  @ loop assigns offset;
	  @ loop variant fdt->struct_size - offset;
	  @*/
	while (offset < fdt->struct_size && fdt_struct(fdt)[offset] != 0) {
		offset++;
	}
	/* The terminator itself and the padding lie inside, or the next step finds no tag. */
	return offset < fdt->struct_size ? (offset | 3u) + 1 : 0;
}

/* At `at` is a property that lies inside the blocks. */
/*@ predicate fdt_is_prop(struct fdt *fdt, integer at) =
  @   at + 12 <= fdt->struct_size &&
  @   at + 12 + fdt_word(fdt->blob + fdt->struct_off + at + 4) <= fdt->struct_size &&
  @   fdt_word(fdt->blob + fdt->struct_off + at + 8) < fdt->strings_size;
  @*/

/* The tag at `offset`, FDT_BAD if there is none; *next: the offset of the following one. */
/*@ requires fdt_valid(fdt) && \valid(next) && \separated(fdt, next);
  @ terminates \true;
  @ assigns *next;
  @ ensures \result != FDT_BAD ==> offset + 4 <= *next <= fdt->struct_size + 3;
  @ ensures \result != FDT_BAD ==> offset + 4 <= fdt->struct_size;
  @ ensures \result == FDT_END ==> *next == offset + 4;
  @ ensures \result == FDT_BEGIN_NODE ==> offset + 4 < *next && offset + 4 < fdt->struct_size &&
  @   valid_read_string((char *)fdt->blob + fdt->struct_off + offset + 4);
  @ ensures \result == FDT_PROP ==> fdt_is_prop(fdt, offset);
  @*/
static uint32_t fdt_step(const struct fdt *fdt, uint32_t offset, uint32_t *next)
{
	uint32_t tag;
	uint32_t length;

	if (offset > fdt->struct_size || fdt->struct_size - offset < 4) {
		return FDT_BAD;
	}
	tag = fdt_load(fdt_struct(fdt) + offset);
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
		*next = offset + 4;
		return tag;
	default:
		return FDT_BAD;
	}
}

/* As fdt_step, but skips NOPs; *at: the offset of the tag. */
/*@ requires fdt_valid(fdt) && \valid(at) && \valid(next) && \separated(fdt, at, next);
  @ terminates \true;
  @ assigns *at, *next;
  @ ensures \result != FDT_BAD ==> offset <= *at && *at + 4 <= *next <= fdt->struct_size + 3;
  @ ensures \result != FDT_BAD ==> *at + 4 <= fdt->struct_size;
  @ ensures \result == FDT_PROP ==> fdt_is_prop(fdt, *at);
  @*/
static uint32_t fdt_step_real(const struct fdt *fdt, uint32_t offset, uint32_t *at, uint32_t *next)
{
	uint32_t tag;

	*next = offset;
	/*@ loop invariant offset <= *next;
	  @ loop assigns tag, *at, *next;
	  @ loop variant fdt->struct_size + 3 - *next;
	  @*/
	do {
		*at = *next;
		tag = fdt_step(fdt, *at, next);
	} while (tag == FDT_NOP);
	return tag;
}

/* A block lies after the header and inside the blob. */
/*@ terminates \true;
  @ assigns \nothing;
  @ ensures \result <==> header <= offset && offset + size <= total;
  @*/
static bool fdt_block_ok(uint32_t header, uint32_t total, uint32_t offset, uint32_t size)
{
	return offset >= header && offset <= total && size <= total - offset;
}

/*@ requires \valid(fdt) && \valid_read(blob + (0 .. available - 1));
  @ terminates \true;
  @ assigns *fdt;
  @ ensures \result == \null ==> fdt_blob(*fdt) && fdt->rsvmap_count == 0 &&
  @   fdt_block(*fdt, fdt->rsvmap_off, FDT_RESERVE_SIZE);
  @*/
static const char *fdt_open_header(struct fdt *fdt, const uint8_t *blob, size_t available)
{
	uint32_t field[FIELD_SIZE_STRUCT + 1] = { 0 };
	uint32_t header = FDT_HEADER_SIZE_OLD;
	uint32_t size;

	if (available < FDT_HEADER_SIZE_OLD || fdt_load(blob) != FDT_MAGIC) {
		return "not a flattened device tree";
	}
	/*@ loop invariant 0 <= i <= FIELD_SIZE_STRUCT;
	  @ loop assigns i, field[0 .. FIELD_SIZE_STRINGS];
	  @ loop variant FIELD_SIZE_STRUCT - i;
	  @*/
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
	/* Version 16 does not contain the structure's size: FDT_END ends it. */
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

/*@ requires \valid(fdt) && fdt_blob(*fdt) && fdt->rsvmap_count == 0;
  @ terminates \true;
  @ assigns fdt->rsvmap_count;
  @ ensures fdt_blob(*fdt);
  @*/
static const char *fdt_open_reservations(struct fdt *fdt)
{
	uint32_t offset = fdt->rsvmap_off;

	/*@ loop invariant offset == fdt->rsvmap_off + 16 * fdt->rsvmap_count <= fdt->size;
	  @ loop assigns offset, fdt->rsvmap_count;
	  @ loop variant fdt->size - offset;
	  @*/
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
/*@ requires fdt_valid(fdt) && offset + 4 < fdt->struct_size;
  @ terminates \true;
  @ assigns \nothing;
  @ ensures depth == FDT_MAX_DEPTH ==> \result != \null;
  @*/
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
/*@ requires \valid(fdt) && fdt_valid(fdt);
  @ terminates \true;
  @ assigns fdt->struct_size;
  @ ensures \result == \null ==> fdt_valid(fdt);
  @*/
static const char *fdt_open_structure(struct fdt *fdt)
{
	const char *why = NULL;
	uint32_t offset = 0;
	uint32_t depth = 0;
	bool rooted = false;
	bool props_allowed = false;

	/*@ loop invariant offset <= fdt->struct_size + 3;
	  @ loop invariant why == \null ==> depth <= FDT_MAX_DEPTH;
	  @ loop assigns why, offset, depth, rooted, props_allowed;
	  @ loop variant fdt->struct_size + 3 - offset;
	  @*/
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
			why = props_allowed ? NULL : "a property follows a child node";
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

	if (!why) {
		why = fdt_open_reservations(fdt);
	}
	if (why) {
		return why;
	}
	/* Names end inside the block if they start before its last zero: removes the bytes after
	 * it. */
	/*@ loop invariant fdt_blob(*fdt);
	  @ loop assigns fdt->strings_size;
	  @ loop variant fdt->strings_size;
	  @*/
	while (fdt->strings_size != 0 && fdt->blob[fdt->strings_off + fdt->strings_size - 1] != 0) {
		fdt->strings_size--;
	}
	return fdt_open_structure(fdt);
}

fdt_node_t fdt_root(const struct fdt *fdt)
{
	uint32_t at;
	uint32_t next;

	return fdt_step_real(fdt, 0, &at, &next) == FDT_BEGIN_NODE ? at : FDT_NONE;
}

/* The first node that begins after `offset`; *depth counts the levels down to it (or up). */
/*@ requires fdt_valid(fdt) && \valid(depth) && \separated(fdt, depth);
  @ requires offset <= fdt->struct_size + 3 && -offset < *depth < offset;
  @ terminates \true;
  @ assigns *depth;
  @ ensures fdt_behind(fdt, \result, offset - 1);
  @ ensures \result != FDT_NONE ==> -\result <= *depth <= \result;
  @ ensures *depth <= \old(*depth) + 1;
  @*/
static fdt_node_t fdt_seek_node(const struct fdt *fdt, uint32_t offset, int32_t *depth)
{
	/*@ loop invariant \at(offset, Pre) <= offset <= fdt->struct_size + 3;
	  @ loop invariant -offset < *depth < offset;
	  @ loop invariant *depth <= \at(*depth, Pre);
	  @ loop assigns offset, *depth;
	  @ loop variant fdt->struct_size + 3 - offset;
	  @*/
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

fdt_node_t fdt_seek_after(const struct fdt *fdt, fdt_node_t node, int32_t *depth)
{
	uint32_t next;

	if (fdt_step(fdt, node, &next) != FDT_BEGIN_NODE) {
		return FDT_NONE;
	}
	return fdt_seek_node(fdt, next, depth);
}

const char *fdt_node_name(const struct fdt *fdt, fdt_node_t node)
{
	uint32_t next;

	if (fdt_step(fdt, node, &next) != FDT_BEGIN_NODE) {
		return "";
	}
	return (const char *)fdt_struct(fdt) + node + 4;
}

/* The property whose tag is at `at`. */
/*@ requires fdt_valid(fdt) && fdt_is_prop(fdt, at);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_bytes(\result.data, \result.length);
  @ ensures valid_read_string(\result.name);
  @*/
static struct fdt_prop fdt_prop_at(const struct fdt *fdt, uint32_t at)
{
	const uint8_t *tag = fdt_struct(fdt) + at;

	return (struct fdt_prop) {
		.name = (const char *)fdt->blob + fdt->strings_off + fdt_load(tag + 8),
		.data = tag + 12,
		.length = fdt_load(tag + 4),
	};
}

bool fdt_next_prop(const struct fdt *fdt, struct fdt_prop *prop, uint32_t *cursor)
{
	uint32_t at;
	uint32_t next;

	if (fdt_step_real(fdt, *cursor, &at, &next) != FDT_PROP) {
		return false;
	}
	*prop = fdt_prop_at(fdt, at);
	*cursor = next;
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

	/*@ loop invariant more ==> fdt_data(prop) && valid_read_string(prop->name) &&
	  @   cursor <= fdt->struct_size + 3;
	  @ loop assigns more, cursor, *prop;
	  @ loop variant more ? fdt->struct_size + 4 - cursor : 0;
	  @*/
	while (more && (prop->name[0] != name[0] || strcmp(prop->name, name) != 0)) {
		more = fdt_next_prop(fdt, prop, &cursor);
	}
	return more;
}
