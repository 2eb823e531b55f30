/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs that one partition of the system makes at run time: their guests, and what must be true of
 * them. */
#ifndef TEST_RIG_RIG_KIDS_H
#define TEST_RIG_RIG_KIDS_H

#include "hyp/core/vm.h"
#include "test/rig/rig.h"

/* The partition that makes them; NULL: the system has none. */
struct vm *rig_kids_parent(void);
/* What a slot has; NULL: nothing, or its memory is about to be given back. */
struct child *rig_kids_in(uint32_t slot);
/* The slot with this VMID; RIG_MAX_KIDS: a partition's. */
uint32_t rig_kids_slot(uint32_t vmid);

static inline bool rig_is_kid(const struct rig_guest *g)
{
	return g->vm >= RIG_MAX_VMS;
}

/* The VM of a guest that runs, or did; a child must be there. */
struct vm *rig_vm(const struct rig_guest *g);

/* Does its stage 2 let it load, or store, there (ARM ARM B3.6)? */
bool rig_kids_maps(const struct rig_guest *g, uint32_t ipa, bool store);

/* This CPU enters this guest, a child's. */
void rig_kids_enter(const struct rig_guest *g);

/* Nothing is under way. NULL: fine. */
const char *rig_kids_at_rest(void);

/* The pool's accounts: whose each page is. rig_kids_keep: at the beginning of a run. Is it then as
 * it was, to the byte, and each slot free? */
void rig_kids_keep(void);
bool rig_kids_pool_is_whole(void);

#endif
