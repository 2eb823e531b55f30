/* SPDX-License-Identifier: BSD-2-Clause */
/* A small bounded reader of the guest's device tree. */
#ifndef GUEST_LIB_FDT_H
#define GUEST_LIB_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is there a device tree (r2 at entry), and is it sound? */
bool fdt_present(void);
const void *fdt_blob(void);
size_t fdt_size(void);

/* A node: offset in the structure block. 0 is none: the root is fdt_find("/"). */
typedef uint32_t fdt_node;

/* "/a/b"; a component without '@' matches a node with any unit address. 0: not found. */
fdt_node fdt_find(const char *path);
/* NULL if it has none; *length (may be NULL) in bytes. */
const void *fdt_property(fdt_node node, const char *name, uint32_t *length);
/* A property that is one terminated string; NULL otherwise. */
const char *fdt_string(fdt_node node, const char *name);
/* Big-endian cell `index` of a property. */
bool fdt_cell(fdt_node node, const char *name, uint32_t index, uint32_t *value);

#endif
