/* SPDX-License-Identifier: BSD-2-Clause */
/* All of a child's memory is cleaned to the point of coherency, by steps. */
#include "hyp/core/child.h"

void child_clean(struct vgic_locked held)
{
	struct child_clean *clean = &held.vm->child->clean;

	clean->wanted = true;
	clean->page = 0;
	clean->asks++;
	child_look_ahead(held);
}

/* Where vCPUs have run before the first step does not matter any more. */
static bool child_clean_begins(struct child *child, struct child_clean *clean)
{
	struct vgic_locked held = vm_lock_vgic(&child->vm);
	bool begins = child->clean.wanted && !child->clean.busy;

	if (begins) {
		child->clean.busy = true;
		*clean = child->clean;
		if (clean->page == 0) {
			child_life_forget(&child->life);
		}
	}
	vm_unlock_vgic(held);
	return begins;
}

void child_clean_step(struct child *child)
{
	struct child_clean clean;
	struct vgic_locked held;
	bool more;

	if (!child_clean_begins(child, &clean)) {
		return;
	}
	more = grow_clean_next(&child->grow, &clean.page);
	held = vm_lock_vgic(&child->vm);
	child->clean.busy = false;
	if (child->clean.asks == clean.asks) {
		child->clean.page = clean.page;
		child->clean.wanted = more;
		child_look_ahead(held);
	}
	vm_unlock_vgic(held);
}

bool child_clean_moved(const struct vcpu *vcpu)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	bool moved = child_life_moved(&vcpu->vm->child->life, vcpu->index);

	if (moved) {
		child_clean(held);
	}
	vm_unlock_vgic(held);
	return moved;
}
