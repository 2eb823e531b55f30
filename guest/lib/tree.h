/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a flattened device tree (Devicetree Specification 0.4, chapter 5). What does not fit is
 * left out, and tree_finish tells. */
#ifndef GUEST_LIB_TREE_H
#define GUEST_LIB_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_NAMES 512u

struct tree {
	uint8_t *base;
	uint32_t size; /* of the memory at base */
	uint32_t at;   /* offset of the next word */
	uint32_t nr_names;
	char names[TREE_NAMES]; /* the strings block */
};

void tree_begin(struct tree *tree, void *memory, uint32_t size);
void tree_node(struct tree *tree, const char *name); /* "": the root */
void tree_end(struct tree *tree);
void tree_bytes(struct tree *tree, const char *name, const void *bytes, uint32_t size);
void tree_cells(struct tree *tree, const char *name, const uint32_t *cells, uint32_t count);
/* Several strings have \0 between them: pass sizeof. */
void tree_text(struct tree *tree, const char *name, const char *text);

#define TREE_CELLS(tree, name, ...)                                \
	tree_cells(tree, name, (const uint32_t[]) { __VA_ARGS__ }, \
		   sizeof((const uint32_t[]) { __VA_ARGS__ }) / sizeof(uint32_t))
#define TREE_TEXTS(tree, name, texts) tree_bytes(tree, name, texts, sizeof(texts))

/* The size of the tree in bytes; 0: there was not enough room. */
uint32_t tree_finish(struct tree *tree);

#endif
