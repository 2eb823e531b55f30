/* SPDX-License-Identifier: BSD-2-Clause */
/* Flattened device tree (Devicetree Specification 0.4, chapter 5): every offset is checked against
 * totalsize, so a damaged tree reads as an empty one. */
#include "guest/lib/fdt.h"
#include "guest/lib/guest.h"
#include "guest/lib/start.h"
#include <string.h>

#define FDT_MAGIC      0xd00dfeedu
#define FDT_MAX_SIZE   0x00200000u
#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE   2u
#define FDT_PROP       3u
#define FDT_NOP	       4u

static uint32_t fdt_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static const uint8_t *fdt_bytes(void)
{
	return (const uint8_t *)(uintptr_t)guest_boot_r2;
}

static uint32_t fdt_header(uint32_t index)
{
	return fdt_be32(fdt_bytes() + index * 4);
}

/* Without a tree, QEMU's -kernel leaves r2 = 0 or, for old kernels, an ATAG list. A tree inside the
 * image has been overwritten by .bss. */
bool fdt_present(void)
{
	uint32_t at = guest_boot_r2, size;

	if (at < GUEST_RAM_BASE || (at & 3) != 0 || at >= 0xfff00000u ||
	    (at >= (uint32_t)(uintptr_t)__image_start && at < (uint32_t)(uintptr_t)__image_end)) {
		return false;
	}
	if (fdt_header(0) != FDT_MAGIC) {
		return false;
	}
	size = fdt_header(1);
	return size >= 40 && size <= FDT_MAX_SIZE && fdt_header(2) < size && fdt_header(3) < size;
}

const void *fdt_blob(void)
{
	return fdt_bytes();
}

size_t fdt_size(void)
{
	return fdt_present() ? fdt_header(1) : 0;
}

/* The word at offset `at` of the structure block; FDT_END's value past the end. */
static uint32_t fdt_word(uint32_t at)
{
	uint32_t size = fdt_header(1);
	uint32_t start = fdt_header(2);

	if (at > size || start + at > size - 4) {
		return 9;
	}
	return fdt_be32(fdt_bytes() + start + at);
}

static const uint8_t *fdt_struct(uint32_t at)
{
	return fdt_bytes() + fdt_header(2) + at;
}

/* Bytes from `at` (structure block) to the end of the tree. */
static uint32_t fdt_left(uint32_t at)
{
	uint32_t start = fdt_header(2) + at;

	return start < fdt_header(1) ? fdt_header(1) - start : 0;
}

/* The offset after the tag at `at`; 0 at the end of the block or for an invalid tag. */
static uint32_t fdt_after(uint32_t at)
{
	switch (fdt_word(at)) {
	case FDT_BEGIN_NODE: {
		const uint8_t *name = fdt_struct(at + 4);
		const uint8_t *end = memchr(name, 0, fdt_left(at + 4));

		return end != NULL ? at + 4 + (((uint32_t)(end - name) + 4) & ~3u) : 0;
	}
	case FDT_PROP: {
		uint32_t length = fdt_word(at + 4);

		return length <= fdt_left(at + 12) ? at + 12 + ((length + 3) & ~3u) : 0;
	}
	case FDT_END_NODE:
	case FDT_NOP:
		return at + 4;
	default:
		return 0;
	}
}

/* Nodes are numbered offset + 1, so that 0 is none. */
static uint32_t fdt_offset(fdt_node node)
{
	return node - 1;
}

static const char *fdt_name(fdt_node node)
{
	return node != 0 ? (const char *)fdt_struct(fdt_offset(node) + 4) : "";
}

static fdt_node fdt_first_child(fdt_node node)
{
	uint32_t at = node != 0 ? fdt_after(fdt_offset(node)) : 0;

	while (at != 0 && (fdt_word(at) == FDT_PROP || fdt_word(at) == FDT_NOP)) {
		at = fdt_after(at);
	}
	return at != 0 && fdt_word(at) == FDT_BEGIN_NODE ? at + 1 : 0;
}

static fdt_node fdt_next_sibling(fdt_node node)
{
	uint32_t at = node != 0 ? fdt_offset(node) : 0;
	uint32_t depth = 0;

	if (node == 0) {
		return 0;
	}
	do {
		uint32_t tag = fdt_word(at);

		depth += tag == FDT_BEGIN_NODE ? 1 : 0;
		depth -= tag == FDT_END_NODE ? 1 : 0;
		at = fdt_after(at);
	} while (at != 0 && depth != 0);
	while (at != 0 && fdt_word(at) == FDT_NOP) {
		at = fdt_after(at);
	}
	return at != 0 && fdt_word(at) == FDT_BEGIN_NODE ? at + 1 : 0;
}

static bool fdt_name_matches(const char *name, const char *want, size_t length)
{
	return strncmp(name, want, length) == 0 &&
	       (name[length] == '\0' || (name[length] == '@' && memchr(want, '@', length) == NULL));
}

fdt_node fdt_find(const char *path)
{
	fdt_node node = fdt_present() && fdt_word(0) == FDT_BEGIN_NODE ? 1 : 0;

	while (node != 0) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length == 0) {
			break;
		}
		node = fdt_first_child(node);
		while (node != 0 && !fdt_name_matches(fdt_name(node), path, length)) {
			node = fdt_next_sibling(node);
		}
		path += length;
	}
	return node;
}

static bool fdt_prop_is(uint32_t at, const char *name)
{
	uint32_t strings = fdt_header(3) + fdt_word(at + 8);
	uint32_t size = fdt_header(1);

	return strings < size &&
	       strncmp((const char *)fdt_bytes() + strings, name, size - strings) == 0;
}

const void *fdt_property(fdt_node node, const char *name, uint32_t *length)
{
	uint32_t at = node != 0 ? fdt_after(fdt_offset(node)) : 0;

	while (at != 0 && (fdt_word(at) == FDT_PROP || fdt_word(at) == FDT_NOP)) {
		if (fdt_word(at) == FDT_PROP && fdt_prop_is(at, name) && fdt_after(at) != 0) {
			if (length != NULL) {
				*length = fdt_word(at + 4);
			}
			return fdt_struct(at + 12);
		}
		at = fdt_after(at);
	}
	return NULL;
}

const char *fdt_string(fdt_node node, const char *name)
{
	uint32_t length = 0;
	const char *text = fdt_property(node, name, &length);

	return text != NULL && length != 0 && text[length - 1] == '\0' ? text : NULL;
}

bool fdt_cell(fdt_node node, const char *name, uint32_t index, uint32_t *value)
{
	uint32_t length = 0;
	const uint8_t *cells = fdt_property(node, name, &length);

	if (cells == NULL || index >= length / 4) {
		return false;
	}
	*value = fdt_be32(cells + index * 4);
	return true;
}
