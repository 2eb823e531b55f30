/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded, read-only reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 * It survives any blob: every offset is checked against the size given to fdt_open; depth and node
 * count are bounded. Pure.
 */
#ifndef HYP_FDT_H
#define HYP_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt {
	const uint8_t *blob;
	uint32_t size;
	uint32_t struct_off, struct_size;
	uint32_t strings_off, strings_size;
	uint32_t rsvmap_off;
	uint32_t rsvmap_count; /* reservations before the closing pair of zeros */
};

/* A node: offset of its FDT_BEGIN_NODE tag in the structure block; FDT_NONE: none. */
typedef uint32_t fdt_node_t;
#define FDT_NONE      UINT32_C(0xffffffff)
#define FDT_MAX_DEPTH 16

struct fdt_prop {
	const char *name; /* terminated within the blob (checked) */
	const uint8_t *data;
	uint32_t length; /* bytes */
};

/* NULL if the blob is sound (header, the whole structure walked once), else why not. `available`:
 * bytes readable. */
const char *fdt_open(struct fdt *fdt, const void *blob, size_t available);

fdt_node_t fdt_root(const struct fdt *fdt);
fdt_node_t fdt_first_child(const struct fdt *fdt, fdt_node_t node);
fdt_node_t fdt_next_sibling(const struct fdt *fdt, fdt_node_t node);
/* Next node in document order, whatever its depth: for searches. */
fdt_node_t fdt_next_node(const struct fdt *fdt, fdt_node_t node);
fdt_node_t fdt_parent(const struct fdt *fdt, fdt_node_t node);
/* "/a/b": a component without '@' also matches a node with a unit address. The path ends at its
 * zero or at a ':' (the options of a stdout-path). */
fdt_node_t fdt_find_path(const struct fdt *fdt, const char *path);
fdt_node_t fdt_find_phandle(const struct fdt *fdt, uint32_t phandle);
/* The next node after `after` (fdt_root to begin) that is compatible; FDT_NONE at the end. */
fdt_node_t fdt_find_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible);
const char *fdt_node_name(const struct fdt *fdt, fdt_node_t node); /* with its unit address */

bool fdt_first_prop(const struct fdt *fdt, fdt_node_t node, struct fdt_prop *prop,
		    uint32_t *cursor);
bool fdt_next_prop(const struct fdt *fdt, struct fdt_prop *prop, uint32_t *cursor);
bool fdt_get_prop(const struct fdt *fdt, fdt_node_t node, const char *name, struct fdt_prop *prop);

bool fdt_is_compatible(const struct fdt *fdt, fdt_node_t node, const char *compatible);
/* status is absent, "okay" or "ok" */
bool fdt_is_enabled(const struct fdt *fdt, fdt_node_t node);

/* Big-endian cell `index` of a property; false if it is too short. */
bool fdt_prop_u32(const struct fdt_prop *prop, uint32_t index, uint32_t *value);
/* `cells` (1 or 2) cells from cell `index` on. */
bool fdt_prop_cells(const struct fdt_prop *prop, uint32_t index, uint32_t cells, uint64_t *value);
/* String `index` of a string list; NULL if there is none or it is not terminated. */
const char *fdt_prop_string(const struct fdt_prop *prop, uint32_t index);

/* Entry `index` of a node's `reg`, by its parent's #address-cells and #size-cells, translated
 * through `ranges` up to the root. False if absent, short, or untranslatable. */
bool fdt_reg(const struct fdt *fdt, fdt_node_t node, uint32_t index, uint64_t *base,
	     uint64_t *size);

/* Memory reservation `index`; false past the end. */
bool fdt_reserved(const struct fdt *fdt, uint32_t index, uint64_t *base, uint64_t *size);

#endif
