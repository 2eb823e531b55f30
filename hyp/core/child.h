/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM that a partition makes at run time (docs/vms.md): the same struct vm as a partition, with
 * stage 2 that grows, and vCPUs that run when vCPUs of its parent call PLUMB_RUN (child_run.h).
 *
 * Calls of several vCPUs of the parent may use a child at the same time. Those that use it have it
 * from child_find, and until child_put it stays, although another destroys it. What the child
 * consists of changes under creator->lock alone; `formed` tells those without the lock that it does
 * not change any more.
 */
#ifndef HYP_CORE_CHILD_H
#define HYP_CORE_CHILD_H

#include "hyp/base/bits.h"
#include "hyp/core/creator.h"
#include "hyp/core/grow.h"
#include "hyp/core/vm.h"
#include "hyp/sched/child_life.h"
#include "hyp/trap/insn.h"
#include "vgic/irq_route.h"

#define CHILD_NOWHERE UINT32_MAX /* no address: it is not a page's */
#define CHILD_PAGES   GROW_PAGES

/* How the vCPU has left last, if it waits for what its creator says (PLUMB_RUN_DO_*). PLAIN: an
 * access that `hsr` describes completely. */
enum child_left {
	CHILD_LEFT,
	CHILD_LEFT_PLAIN,
	CHILD_LEFT_ACCESS,
	CHILD_LEFT_DATA,
	CHILD_LEFT_FETCH
};

struct child_vcpu {
	struct insn_access access; /* CHILD_LEFT_ACCESS */
	uint32_t far;		   /* of the fault: virtual */
	uint32_t hsr;		   /* with a valid length of the instruction */
	uint8_t left;		   /* enum child_left */
};

/* All of its memory is to be cleaned before any vCPU of it is entered. Lock: vm.vgic_lock. */
struct child_clean {
	bool wanted;
	bool busy;     /* a CPU does a step */
	uint32_t asks; /* each begins anew */
	uint32_t page; /* the next */
};

struct child {
	struct vm vm;
	struct creator *creator;
	uint32_t slot;
	struct child_life life; /* lock: vm.vgic_lock */
	struct grow grow;
	struct child_clean clean;
	bool tells;	      /* PLUMB_VM_TELLS; does not change */
	bool has_gic;	      /* CREATE_DEVICE; lock, up to `used`: creator->lock */
	uint32_t nr_irqs;     /* 0: not set */
	uint32_t gicd, gicc;  /* IPAs, or CHILD_NOWHERE */
	uint64_t counts_from; /* counter value at which its virtual counter began, with 0 */
	volatile bool formed; /* its GIC has its shape, or it never gets one */
	volatile bool placed; /* ... and its addresses */
	/* Nothing is to be done before a run: it is placed, and clean.wanted is false. Written
	 * under vm.vgic_lock. */
	volatile bool straight;
	struct child_vcpu vcpu[VGIC_MAX_VCPUS]; /* of the CPU that has claimed the vCPU */
	struct irq_routes routes;		/* vm.routes */
};

/* The child of `parent`, a creator, with this handle, for the CPU's present call; NULL: there is
 * none, or it is being destroyed. */
static inline __attribute__((always_inline)) struct child *
child_find_here(struct cpu *cpu, const struct vm *parent, uint32_t handle)
{
	struct child *child = creator_child(parent->creator, handle);
	bool ends;

	if (!child) {
		return NULL;
	}
	/* Who destroys it looks for users after it has set life.ends; this CPU looks at life.ends
	 * after it has said that it uses it. So at least one of the two notices the other. */
	cpu->using = child;
	hw_dmb();
	ends = child->life.ends;
	hw_dmb(); /* if the slot has it still, that was its own */
	if (creator_child(parent->creator, handle) != child || ends) {
		cpu->using = NULL;
		return NULL;
	}
	return child;
}

/* The same, as a call. */
struct child *child_find(struct cpu *cpu, const struct vm *parent, uint32_t handle);

static inline void child_put(struct cpu *cpu)
{
	hw_dmb();
	cpu->using = NULL;
}

/* ---- its life ---- */

/* `parent`: a creator. `tells`: PLUMB_VM_TELLS. A handle, or -HYP_ENOMEM: no slot, or no memory
 * left. */
int32_t child_create(struct vm *parent, bool tells);

/* 0; -HYP_EBADF; -HYP_EBUSY: a vCPU of it runs; -HYP_EAGAIN: a step is done, call again. */
int32_t child_destroy(struct vm *parent, uint32_t handle);

/* The parent has ended, and no vCPU of it is on a CPU. Ends its children by steps, each as long as
 * one of child_destroy. True: there was something to do. */
bool child_end_step(struct vm *parent);

/* 0; -HYP_EINVAL: no such index; -HYP_EEXIST; -HYP_EBUSY: the GIC is formed; -HYP_ENOMEM. */
int32_t child_make_vcpu(struct child *child, uint32_t index);

/* Its GIC, or none, is made for the vCPUs that there are, if it was not before. 0, -HYP_EINVAL:
 * there are none; or -HYP_ENOMEM. */
int32_t child_form(struct child *child);

/* The same, and the GIC is at its addresses. -HYP_ENXIO: these are not set; -HYP_EINVAL: they
 * overlap; -HYP_EEXIST: memory is mapped there; -HYP_ENOMEM; PLUMB_RUN_INTR: try again. */
int32_t child_place(struct child *child);

/* `placed` or `clean.wanted` has changed. */
static inline void child_look_ahead(struct vgic_locked held)
{
	struct child *child = held.vm->child;

	child->straight = child->placed && !child->clean.wanted;
}

/* What its creator is to be told: vCPUs to run again, PLUMB_WAKE_LINES. The lock need not be held.
 */
static inline uint32_t child_wake_mask(const struct child *child)
{
	const struct vgic *vgic = child->vm.vgic;

	return child->life.wake | (vgic && vgic_has_ended(vgic) ? PLUMB_WAKE_LINES : 0);
}

/* ---- its memory ---- */

/* Before a vCPU of it is entered, all of its memory is cleaned (child->clean.wanted): what any CPU
 * has in a cache of its own is in memory then, also for a guest whose caches are off. */
void child_clean(struct vgic_locked held);
/* A step of that, of some 6,000 instructions. vgic_lock is not held. */
void child_clean_step(struct child *child);
/* The same as child_clean, if the loaded vCPU has also run on another CPU since. True: it has. The
 * lock is not held. */
bool child_clean_moved(const struct vcpu *vcpu);

/* grow_map, with tables from the pool. */
enum stage2_change child_map(struct child *child, ipa_t ipa, pa_t pa, uint32_t pages,
			     uint32_t flags);

/* grow_unmap, likewise: a block that is unmapped in part goes as a whole only if the pool has no
 * page left for the table of the rest. */
uint32_t child_unmap(struct child *child, ipa_t ipa, uint32_t pages);

#endif
