/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/tree.h"
#include <string.h>

#define TREE_MAGIC	0xd00dfeedu
#define TREE_VERSION	17u
#define TREE_COMPATIBLE 16u
#define TREE_HEADER	40u
#define TREE_RESERVED	16u /* bytes: one entry of zeros ends the list of reservations */

enum { TREE_BEGIN_NODE = 1, TREE_END_NODE = 2, TREE_PROPERTY = 3, TREE_END = 9 };

static void tree_put(struct tree *tree, uint32_t at, uint32_t value)
{
	uint8_t *to = tree->base + at;

	to[0] = (uint8_t)(value >> 24);
	to[1] = (uint8_t)(value >> 16);
	to[2] = (uint8_t)(value >> 8);
	to[3] = (uint8_t)value;
}

/* A size past the end stays there. */
static void tree_word(struct tree *tree, uint32_t value)
{
	if (tree->at + 4 <= tree->size) {
		tree_put(tree, tree->at, value);
	}
	tree->at += 4;
}

static void tree_copy(struct tree *tree, const void *bytes, uint32_t size)
{
	uint32_t whole = (size + 3) & ~3u;

	if (tree->at + whole <= tree->size) {
		memset(tree->base + tree->at, 0, whole);
		memcpy(tree->base + tree->at, bytes, size);
	}
	tree->at += whole;
}

static uint32_t tree_name(struct tree *tree, const char *name)
{
	uint32_t length = (uint32_t)strlen(name) + 1, at = 0;

	while (at < tree->nr_names && strcmp(tree->names + at, name) != 0) {
		at += (uint32_t)strlen(tree->names + at) + 1;
	}
	if (at == tree->nr_names && at + length <= TREE_NAMES) {
		memcpy(tree->names + at, name, length);
		tree->nr_names += length;
	} else if (at == tree->nr_names) {
		tree->at = tree->size + 1; /* no room */
	}
	return at;
}

void tree_begin(struct tree *tree, void *memory, uint32_t size)
{
	tree->base = memory;
	tree->size = size;
	tree->nr_names = 0;
	memset(memory, 0, TREE_HEADER + TREE_RESERVED);
	tree->at = TREE_HEADER + TREE_RESERVED;
}

void tree_node(struct tree *tree, const char *name)
{
	tree_word(tree, TREE_BEGIN_NODE);
	tree_copy(tree, name, (uint32_t)strlen(name) + 1);
}

void tree_end(struct tree *tree)
{
	tree_word(tree, TREE_END_NODE);
}

void tree_bytes(struct tree *tree, const char *name, const void *bytes, uint32_t size)
{
	uint32_t name_at = tree_name(tree, name);

	tree_word(tree, TREE_PROPERTY);
	tree_word(tree, size);
	tree_word(tree, name_at);
	tree_copy(tree, bytes, size);
}

void tree_cells(struct tree *tree, const char *name, const uint32_t *cells, uint32_t count)
{
	uint32_t name_at = tree_name(tree, name);

	tree_word(tree, TREE_PROPERTY);
	tree_word(tree, count * 4);
	tree_word(tree, name_at);
	for (uint32_t n = 0; n < count; n++) {
		tree_word(tree, cells[n]);
	}
}

void tree_text(struct tree *tree, const char *name, const char *text)
{
	tree_bytes(tree, name, text, (uint32_t)strlen(text) + 1);
}

uint32_t tree_finish(struct tree *tree)
{
	uint32_t names;

	tree_word(tree, TREE_END);
	names = tree->at;
	tree_copy(tree, tree->names, tree->nr_names);
	if (tree->at > tree->size) {
		return 0;
	}
	tree_put(tree, 0, TREE_MAGIC);
	tree_put(tree, 4, tree->at);
	tree_put(tree, 8, TREE_HEADER + TREE_RESERVED);
	tree_put(tree, 12, names);
	tree_put(tree, 16, TREE_HEADER);
	tree_put(tree, 20, TREE_VERSION);
	tree_put(tree, 24, TREE_COMPATIBLE);
	tree_put(tree, 32, tree->nr_names);
	tree_put(tree, 36, names - TREE_HEADER - TREE_RESERVED);
	return tree->at;
}
