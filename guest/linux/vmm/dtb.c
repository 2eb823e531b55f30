/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/dtb.h"
#include <stdbool.h>
#include <stddef.h>

/* Words of the header (5.2) */
enum {
	DTB_MAGIC,
	DTB_TOTAL,
	DTB_STRUCT,
	DTB_STRINGS,
	DTB_RESERVED,
	DTB_VERSION,
	DTB_COMPATIBLE,
	DTB_BOOT_CPU,
	DTB_STRINGS_SIZE,
	DTB_STRUCT_SIZE,
	DTB_WORDS
};

#define DTB_IS	  0xd00dfeedu
#define DTB_NEW	  17u /* the version that this is; a later one may be compatible with it */
#define DTB_BEGIN 1u  /* tokens of the structure (5.4) */
#define DTB_END	  9u

static uint32_t dtb_word(const uint8_t *bytes, uint32_t at)
{
	return (uint32_t)bytes[at] << 24 | (uint32_t)bytes[at + 1] << 16 |
	       (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
}

static bool dtb_has(uint32_t total, uint32_t at, uint32_t size)
{
	return at <= total && size <= total - at;
}

/* A structure begins with the root, and has an end. */
static bool dtb_is_sound(const uint8_t *bytes, uint32_t total)
{
	uint32_t at = dtb_word(bytes, 4 * DTB_STRUCT), size = dtb_word(bytes, 4 * DTB_STRUCT_SIZE);

	return at % 4 == 0 && size % 4 == 0 && size >= 8 && dtb_has(total, at, size) &&
	       dtb_has(total, dtb_word(bytes, 4 * DTB_STRINGS),
		       dtb_word(bytes, 4 * DTB_STRINGS_SIZE)) &&
	       dtb_has(total, dtb_word(bytes, 4 * DTB_RESERVED), 16) &&
	       dtb_word(bytes, at) == DTB_BEGIN && dtb_word(bytes, at + size - 4) == DTB_END;
}

const char *dtb_wrong(const uint8_t *bytes, uint32_t size)
{
	uint32_t total;

	if (size < 4 * DTB_WORDS || dtb_word(bytes, 4 * DTB_MAGIC) != DTB_IS) {
		return "is no device tree (dtc makes one of a source)";
	}
	total = dtb_word(bytes, 4 * DTB_TOTAL);
	if (total > size) {
		return "is a device tree that ends too early";
	}
	if (dtb_word(bytes, 4 * DTB_VERSION) < DTB_NEW ||
	    dtb_word(bytes, 4 * DTB_COMPATIBLE) > DTB_NEW) {
		return "is a device tree of another version than 17";
	}
	return dtb_is_sound(bytes, total) ? NULL : "is a device tree that is broken";
}
