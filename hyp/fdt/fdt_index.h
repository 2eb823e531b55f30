/* SPDX-License-Identifier: BSD-2-Clause */
/* The index of a tree's nodes (fdt_index); within hyp/fdt. */
#ifndef HYP_FDT_FDT_INDEX_H
#define HYP_FDT_FDT_INDEX_H

#include "hyp/fdt/fdt.h"

/* The entry of a node; nr_entries: it has none. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures 0 <= \result <= fdt->nr_entries;
  @*/
uint32_t fdt_index_find(const struct fdt *fdt, fdt_node_t node);

/* The node of entry `n`, which lies behind `after` in the structure; FDT_NONE: there is no such
 * entry. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, after);
  @*/
fdt_node_t fdt_index_behind(const struct fdt *fdt, uint32_t n, fdt_node_t after);

/* As the public functions of similar names. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, node);
  @*/
fdt_node_t fdt_index_child(const struct fdt *fdt, fdt_node_t node);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, node);
  @*/
fdt_node_t fdt_index_sibling(const struct fdt *fdt, fdt_node_t node);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures \result == FDT_NONE || \result < node;
  @*/
fdt_node_t fdt_index_parent(const struct fdt *fdt, fdt_node_t node);

/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, -1);
  @*/
fdt_node_t fdt_index_phandle(const struct fdt *fdt, uint32_t phandle);

/*@ requires fdt_valid(fdt) && valid_read_string(compatible);
  @ terminates \true;
  @ assigns \nothing;
  @ ensures fdt_behind(fdt, \result, after);
  @*/
fdt_node_t fdt_index_compatible(const struct fdt *fdt, fdt_node_t after, const char *compatible);

/* The first node inside or after `node`. *depth counts the levels down to it (or up): 1 for a first
 * child. */
/*@ requires fdt_valid(fdt) && \valid(depth) && \separated(fdt, depth);
  @ requires node < fdt->struct_size ==> -node <= *depth <= node;
  @ terminates \true;
  @ assigns *depth;
  @ ensures fdt_behind(fdt, \result, node);
  @ ensures \result != FDT_NONE ==> -\result <= *depth <= \result;
  @ ensures *depth <= \old(*depth) + 1;
  @*/
fdt_node_t fdt_seek_after(const struct fdt *fdt, fdt_node_t node, int32_t *depth);

/* The phandle of a node; 0: it has none. */
/*@ requires fdt_valid(fdt);
  @ terminates \true;
  @ assigns \nothing;
  @*/
uint32_t fdt_phandle(const struct fdt *fdt, fdt_node_t node);

#endif
