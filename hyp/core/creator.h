/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that makes VMs at run time (`vms` and `vm-pool` in the manifest): its pool, which
 * holds all that these have, and their slots. What is taken from the pool is nobody else's loss.
 *
 *	the pool: struct creator | the owner of each page | struct stage2_pool_page of each | pages
 *
 * A handle is PLUMB_VM_FIRST + slot; the pages of a slot belong to owner slot + 1.
 */
#ifndef HYP_CORE_CREATOR_H
#define HYP_CORE_CREATOR_H

#include "hyp/core/locks.h"
#include "hyp/core/vm.h"
#include "hyp/stage2/pages.h"
#include "hyp/stage2/stage2_change.h"

/* Of a slot. ENDS: no vCPU of it runs any more, calls may still use it. FLUSHES: nobody does, and
 * one CPU, which holds no lock, has the TLBs forget its memory. FLUSHED: no TLB knows of it; its
 * pages are given back. */
enum creator_slot { CREATOR_FREE, CREATOR_USED, CREATOR_ENDS, CREATOR_FLUSHES, CREATOR_FLUSHED };

struct creator {
	struct lock lock; /* all of it, and the shape of its VMs; rank LOCK_RANK_CREATOR */
	struct pages pages;
	struct stage2_pool pool;
	struct stage2_pool_page *page;
	uint32_t nr_slots;
	uint32_t first_vmid; /* of slot 0 */
	uint8_t state[MANIFEST_MAX_VMS];
	uint32_t cursor[MANIFEST_MAX_VMS];		    /* of pages_give_back */
	uint32_t sweep;					    /* of pages_give_back_all */
	struct child *volatile child[MANIFEST_MAX_VMS + 1]; /* the last one: NULL */
};

/* The VM with this handle; NULL: there is none. */
static inline struct child *creator_child(const struct creator *creator, uint32_t handle)
{
	/* Also in speculation it is no place behind the array. */
	return creator->child[hw_at_most(handle - PLUMB_VM_FIRST, MANIFEST_MAX_VMS)];
}

/* The partition's pool (`vm->config` has its size), at boot. */
void creator_init(struct vm *vm, uint8_t *pool, pa_t pool_pa);

/* creator->lock is held. */
struct creator_locked {
	struct creator *creator;
};

static inline struct creator_locked creator_lock(struct creator *creator)
{
	lock_take(&creator->lock, LOCK_RANK_CREATOR);
	return (struct creator_locked) { creator };
}

static inline void creator_unlock(struct creator_locked held)
{
	lock_drop(&held.creator->lock);
}

/* `bytes` of cleared memory for the VM in `slot`, whole pages of it; NULL: the pool has no such
 * range left. */
void *creator_take(struct creator_locked held, uint32_t slot, uint32_t bytes);

/* The index of one page for its stage 2; PAGES_NONE: the pool is empty. */
uint32_t creator_take_table(struct creator_locked held, uint32_t slot);

#endif
