/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/child.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/settle.h"
#include "hyp/core/vm.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/tlb.h"
#include "hyp/sched/deadline.h"
#include <string.h>

#define CHILD_IRQS 256u /* KVM's default for a VGICv2 */

/* Of all of them: nothing that a manifest says. The name is set by child_init: initialized here,
 * the structure would be a part of the image. */
static struct manifest_partition child_config;

struct child *child_find(struct cpu *cpu, const struct vm *parent, uint32_t handle)
{
	return child_find_here(cpu, parent, handle);
}

/* ---- making ---- */

static uint32_t child_free_slot(struct creator_locked held)
{
	uint32_t slot = 0;

	while (slot < held.creator->nr_slots && held.creator->state[slot] != CREATOR_FREE) {
		slot++;
	}
	return slot;
}

static void child_init(struct child *child, struct creator *creator, uint32_t slot, uint32_t root)
{
	child->creator = creator;
	child->slot = slot;
	child->gicd = CHILD_NOWHERE;
	child->gicc = CHILD_NOWHERE;
	child->counts_from = timer_now();
	grow_init(&child->grow, &child->vm, &creator->pool, creator->page, root,
		  creator->first_vmid + slot);
	child_config.name = "vm";
	child->vm.config = &child_config;
	child->vm.child = child;
	child->vm.dist_page = VM_NO_PAGE;
	life_init(&child->vm.life, 1);
	child->vm.life.state = LIFE_RUNNING;
	child->vm.life.psci.nr_vcpus = 0;
}

/* One range, of itself and its first table: there is nothing to give back if that cannot be had. */
static struct child *child_make(struct creator_locked held, struct vm *parent, uint32_t slot)
{
	uint32_t own = (uint32_t)bits_align_up(sizeof(struct child), PAGE_SIZE);
	uint8_t *memory = creator_take(held, slot, own + PAGE_SIZE);
	struct child *child = (struct child *)(void *)memory;

	if (!child) {
		return NULL;
	}
	child_init(child, held.creator, slot,
		   (uint32_t)(memory + own - held.creator->pool.base) / PAGE_SIZE);
	child->vm.parent = parent;
	child->vm.routes = &child->routes;
	irq_route_init(&child->routes, &child->vm.lines);
	child->vm.index = parent->index; /* what is told of it, is told of its parent */
	return child;
}

int32_t child_create(struct vm *parent, bool tells)
{
	struct creator_locked held;
	struct child *child = NULL;
	uint32_t slot;

	held = creator_lock(parent->creator);
	slot = child_free_slot(held);
	if (slot < held.creator->nr_slots) {
		child = child_make(held, parent, slot);
	}
	if (child) {
		child->tells = tells;
		held.creator->state[slot] = CREATOR_USED;
		hw_dmb(); /* who finds it finds it whole */
		held.creator->child[slot] = child;
	}
	creator_unlock(held);
	return child ? (int32_t)(PLUMB_VM_FIRST + slot) : -HYP_ENOMEM;
}

/* ---- its vCPUs ---- */

static void child_make_one(struct child *child, uint32_t index)
{
	struct vm *vm = &child->vm;
	struct vcpu *vcpu = &vm->vcpus[index];
	struct vgic_cif *cifs = (void *)&vm->vcpus[VGIC_MAX_VCPUS];

	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->life = &vm->life.vcpu[index];
	vcpu->cif = &cifs[index];
	vcpu->deadline = DEADLINE_NEVER;
	vcpu->world.vmpidr = 0x80000000u | index;
	vcpu->world.vttbr = child->grow.vttbr;
	vcpu->world.cntvoff = child->counts_from;
}

/* All vCPUs that it may have, and their mirrors without a GIC, in the order of their numbers. */
static int32_t child_make_room(struct creator_locked held, struct child *child)
{
	if (child->vm.vcpus) {
		return 0;
	}
	child->vm.vcpus = creator_take(
		held, child->slot,
		VGIC_MAX_VCPUS * (uint32_t)(sizeof(struct vcpu) + sizeof(struct vgic_cif)));
	for (uint32_t n = 0; child->vm.vcpus && n < VGIC_MAX_VCPUS; n++) {
		child_make_one(child, n);
	}
	return child->vm.vcpus ? 0 : -HYP_ENOMEM;
}

static void child_count_vcpu(struct vgic_locked held, struct child *child, uint32_t index)
{
	struct vm *vm = held.vm;

	child->life.made |= (uint8_t)BIT32(index);
	if (index >= vm->nr_vcpus) {
		vm->life.psci.nr_vcpus = index + 1;
		cp15_reset(&vm->cp15, &facts_host_id, index + 1, false);
		vm->nr_vcpus = index + 1;
		/* CPU lines are driven before it is known whether it gets a GIC. */
		vm->lines = (struct irq_line_vm) { false, index + 1, 0 };
	}
}

static int32_t child_may_make(const struct child *child, uint32_t index)
{
	if (index >= VGIC_MAX_VCPUS) {
		return -HYP_EINVAL;
	}
	if (child->life.made & BIT32(index)) {
		return -HYP_EEXIST;
	}
	return child->formed ? -HYP_EBUSY : 0;
}

int32_t child_make_vcpu(struct child *child, uint32_t index)
{
	struct creator_locked held = creator_lock(child->creator);
	int32_t error = child_may_make(child, index);
	struct vgic_locked vgic;

	error = error ? error : child_make_room(held, child);
	if (!error) {
		vgic = vm_lock_vgic(&child->vm);
		child_count_vcpu(vgic, child, index);
		vm_unlock_vgic(vgic);
	}
	creator_unlock(held);
	return error;
}

/* ---- its GIC ---- */

/* vCPUs that are initialised meanwhile find it whole (vsync_forget_own), and who decodes a line of
 * it finds it. From now on it drives their inputs. */
static void child_publish_gic(struct vgic_locked held, struct vgic *vgic)
{
	uint32_t nr_irqs = vgic_nr_irqs(vgic);
	struct vm *vm = held.vm;

	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		vm->vcpus[n].cif = vgic_cif(vgic, n);
		vm->vcpus[n].lines = 0;
	}
	vm->spis = vgic_spi_banks(vgic);
	hw_dmb();
	vm->vgic = vgic;
	vm->nr_spis = nr_irqs - VGIC_NR_PRIVATE;
	hw_dmb(); /* irq_call_state decodes without the lock */
	vm->lines = (struct irq_line_vm) { true, vm->nr_vcpus, nr_irqs };
	irq_route_init(vm->routes, &vm->lines); /* from before, it has CPU lines at most */
	vm->routes_by = NULL;
	vm_unlock_vgic(held);
}

static int32_t child_make_gic(struct creator_locked held, struct child *child)
{
	struct vm *vm = &child->vm;
	uint32_t nr_irqs = child->nr_irqs ? child->nr_irqs : CHILD_IRQS;
	uint32_t count = vm->nr_vcpus;
	void *memory = creator_take(held, child->slot, (uint32_t)vgic_size(count, nr_irqs));
	struct vgic *vgic;

	if (!memory) {
		return -HYP_ENOMEM;
	}
	vgic = vgic_init_like(memory, count, nr_irqs, vm->parent->vgic);
	vgic_phys_set_owner(vgic, MACHINE_TIMER_VIRT, VGIC_OWNER_TIMER,
			    facts_board.timer_virt_intid);
	vgic_phys_set_owner(vgic, MACHINE_TIMER_PHYS, VGIC_OWNER_TIMER,
			    facts_board.timer_phys_intid);
	child_publish_gic(vm_lock_vgic(vm), vgic);
	return 0;
}

/* creator->lock is held. */
static int32_t child_form_once(struct creator_locked held, struct child *child)
{
	int32_t error = 0;

	if (child->formed) {
		return 0;
	}
	if (!child->life.made) {
		return -HYP_EINVAL;
	}
	if (child->has_gic) {
		error = child_make_gic(held, child);
	}
	if (!error) {
		hw_dmb(); /* who finds it formed finds all of it */
		child->formed = true;
	}
	return error;
}

int32_t child_form(struct child *child)
{
	struct creator_locked held;
	int32_t error;

	if (child->formed) {
		hw_dmb();
		return 0;
	}
	held = creator_lock(child->creator);
	error = child_form_once(held, child);
	creator_unlock(held);
	return error;
}

/* ---- its memory ---- */

/* One more page for its tables. False: the pool is empty. */
static bool child_feed(struct creator_locked held, struct child *child)
{
	uint32_t page = creator_take_table(held, child->slot);

	if (page == PAGES_NONE) {
		return false;
	}
	grow_give(&child->grow, page);
	return true;
}

enum stage2_change child_map(struct child *child, ipa_t ipa, pa_t pa, uint32_t pages,
			     uint32_t flags)
{
	enum stage2_change said = grow_map(&child->grow, ipa, pa, pages, flags);
	struct creator_locked held;
	bool fed = true;

	while (said == STAGE2_FULL && fed) {
		held = creator_lock(child->creator);
		fed = child_feed(held, child);
		creator_unlock(held);
		if (fed) {
			said = grow_map(&child->grow, ipa, pa, pages, flags);
		}
	}
	return said;
}

/* Part of a block may be unmapped: what is left of it needs a table. */
uint32_t child_unmap(struct child *child, ipa_t ipa, uint32_t pages)
{
	bool divides = (ipa.ipa / PAGE_SIZE | pages) % (BLOCK_SIZE / PAGE_SIZE) != 0;
	uint32_t done = grow_unmap(&child->grow, ipa, pages, divides ? GROW_ASK : 0);
	struct creator_locked held;
	uint32_t page;

	if (done == GROW_ASK) {
		held = creator_lock(child->creator);
		page = creator_take_table(held, child->slot);
		creator_unlock(held);
		done = grow_unmap(&child->grow, ipa, pages, page == PAGES_NONE ? 0 : page);
	}
	return done;
}

/* Somebody else may have done so just now: nothing but this maps the board's registers. */
static int32_t child_map_gic(struct child *child)
{
	ipa_t ipa = ipa_make(child->gicc);
	struct stage2_found found;
	enum stage2_change said = child_map(child, ipa, facts_board.gicv, 1, STAGE2_REGISTERS);

	if (said == STAGE2_TAKEN) {
		said = grow_find(&child->grow, ipa, &found);
		if (said == STAGE2_DONE && found.pa.pa != facts_board.gicv.pa) {
			return -HYP_EEXIST;
		}
	}
	/* Or others unmap just now: the caller tries again. */
	return said == STAGE2_DONE ? 0 : said == STAGE2_FULL ? -HYP_ENOMEM : PLUMB_RUN_INTR;
}

/* The frames of its GIC have addresses, and no page in common. */
static int32_t child_check_frames(const struct child *child)
{
	uint32_t dist = child->gicd, cif = child->gicc;

	if (dist == CHILD_NOWHERE || cif == CHILD_NOWHERE) {
		return -HYP_ENXIO;
	}
	return dist - cif < KVM_VGIC_V2_CPU_SIZE || cif - dist < KVM_VGIC_V2_DIST_SIZE ? -HYP_EINVAL
										       : 0;
}

int32_t child_place(struct child *child)
{
	int32_t error = child_form(child);
	struct vgic_locked held;

	if (error || child->placed) {
		return error;
	}
	if (child->has_gic) {
		error = child_check_frames(child);
		error = error ? error : child_map_gic(child);
	}
	if (!error) {
		if (child->has_gic) {
			child->vm.dist_page = child->gicd / PAGE_SIZE;
		}
		hw_dmb();
		held = vm_lock_vgic(&child->vm);
		child->placed = true;
		child_look_ahead(held);
		vm_unlock_vgic(held);
	}
	return error;
}

/* ---- its end ---- */

/* A call of the parent that is under way, on any CPU, or that goes on later. */
static bool child_is_used(const struct child *child)
{
	const struct vm *parent = child->vm.parent;

	hw_dmb(); /* life.ends is set: child_find */
	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		if (cpus[n].using == child) {
			return true;
		}
	}
	for (uint32_t n = 0; n < parent->nr_vcpus; n++) {
		if (parent->vcpus[n].lines_of == &child->vm) {
			return true;
		}
	}
	return false;
}

/* USED -> ENDS */
static int32_t child_stop(struct creator_locked held, struct child *child)
{
	struct vgic_locked vgic = vm_lock_vgic(&child->vm);
	bool ends = child_life_end(&child->life);

	vm_unlock_vgic(vgic);
	if (!ends) {
		return -HYP_EBUSY;
	}
	held.creator->state[child->slot] = CREATOR_ENDS;
	return 0;
}

/* ENDS -> FLUSHED: no lock is held meanwhile, for which another CPU may wait that must answer. The
 * slot is this CPU's until then: else it could find the next VM in it, and take that for flushed.
 */
static struct creator_locked child_flush(struct creator_locked held, struct child *child)
{
	struct creator *creator = held.creator;
	uint32_t slot = child->slot;

	creator->state[slot] = CREATOR_FLUSHES;
	creator_unlock(held);
	grow_end(&child->grow);
	tlb_flush_vmid_of(child->grow.vttbr);
	settle_others(vm_child_cpus(&child->vm));
	held = creator_lock(creator);
	creator->state[slot] = CREATOR_FLUSHED;
	creator->cursor[slot] = 0;
	return held;
}

/* FLUSHED -> FREE, by steps. True: there. */
static bool child_free(struct creator_locked held, uint32_t slot)
{
	struct creator *creator = held.creator;

	creator->child[slot] = NULL;
	if (!pages_give_back(&creator->pages, slot + 1, &creator->cursor[slot])) {
		return false;
	}
	creator->state[slot] = CREATOR_FREE;
	return true;
}

/* A step of the end of the VM in `slot`: 0, -HYP_EBUSY, -HYP_EAGAIN. */
static int32_t child_end_slot(struct creator *creator, uint32_t slot)
{
	struct creator_locked held = creator_lock(creator);
	struct child *child = creator->child[slot];
	int32_t error = -HYP_EAGAIN;

	switch (creator->state[slot]) {
	case CREATOR_USED:
		error = child_stop(held, child);
		error = error ? error : -HYP_EAGAIN;
		break;
	case CREATOR_ENDS:
		if (!child_is_used(child)) {
			held = child_flush(held, child);
		}
		break;
	case CREATOR_FLUSHED:
		error = child_free(held, slot) ? 0 : -HYP_EAGAIN;
		break;
	case CREATOR_FREE:
		error = 0;
		break;
	default: /* another CPU flushes */
		break;
	}
	creator_unlock(held);
	return error;
}

int32_t child_destroy(struct vm *parent, uint32_t handle)
{
	uint32_t slot = handle - PLUMB_VM_FIRST;

	if (slot >= parent->creator->nr_slots || parent->creator->state[slot] == CREATOR_FREE) {
		return -HYP_EBADF;
	}
	return child_end_slot(parent->creator, slot);
}

/* A call that has not come to its end never will. */
static void child_forget_calls(struct vm *parent)
{
	for (uint32_t n = 0; n < parent->nr_vcpus; n++) {
		if (parent->vcpus[n].lines_of && parent->vcpus[n].lines_of->child) {
			parent->vcpus[n].lines_of = NULL;
		}
	}
}

/* All of them are flushed: their pages return together, by steps. */
static bool child_free_all(struct creator *creator)
{
	struct creator_locked held = creator_lock(creator);
	bool done = pages_give_back_all(&creator->pages, &creator->sweep);

	creator->sweep = done ? 0 : creator->sweep;
	for (uint32_t slot = 0; done && slot < creator->nr_slots; slot++) {
		creator->child[slot] = NULL;
		creator->state[slot] = CREATOR_FREE;
	}
	creator_unlock(held);
	return done;
}

bool child_end_step(struct vm *parent)
{
	struct creator *creator = parent->creator;
	bool any = false;

	if (!creator) {
		return false;
	}
	child_forget_calls(parent);
	for (uint32_t slot = 0; slot < creator->nr_slots; slot++) {
		if (creator->state[slot] == CREATOR_FLUSHED) {
			any = true;
		} else if (creator->state[slot] != CREATOR_FREE) {
			(void)child_end_slot(creator, slot);
			return true;
		}
	}
	if (any) {
		(void)child_free_all(creator);
		return true;
	}
	vm_ring(parent, false); /* for its next life */
	return false;
}
