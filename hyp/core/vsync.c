/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vsync.h"
#include "hyp/base/cold.h"
#include "hyp/core/phys.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_hw.h"

/* ---- lines of held interrupts ---- */

bool vsync_timer_is_high(uint32_t control)
{
	return (control & (TIMER_ENABLE | TIMER_MASKED | TIMER_FIRED)) ==
	       (TIMER_ENABLE | TIMER_FIRED);
}

/* The timers' control registers show their levels at once (KVM reads them, too); the distributor
 * shows all other levels, including that of the performance monitors. */
static COLD bool vsync_line_is_high(uint32_t intid, uint32_t physid)
{
	switch (intid) {
	case MACHINE_TIMER_VIRT:
		return vsync_timer_is_high(sysreg_read(CNTV_CTL));
	case MACHINE_TIMER_PHYS:
		return vsync_timer_is_high(sysreg_read(CNTP_CTL));
	default:
		return gic_is_pending(physid);
	}
}

static COLD_THUMB void vsync_look_at_lines(struct vgic_locked held, const struct vcpu *vcpu,
					   bool own)
{
	struct vgic *vgic = held.vm->vgic;
	uint32_t intid = own ? 0 : VGIC_NR_PRIVATE;
	uint32_t physid;

	hw_dsb(); /* a guest's write that lowers a line must reach the device first */
	for (; vgic_phys_level_next(vgic, vcpu->index, &intid, &physid); intid++) {
		if (intid < VGIC_NR_PRIVATE) {
			vgic_phys_level(vgic, vcpu->index, intid,
					vsync_line_is_high(intid, physid));
		} else {
			vgic_phys_levels(vgic, vcpu->index, intid / 32, gic_pending(intid / 32));
			intid |= 31u;
		}
	}
}

/* Checks the lines of held level-sensitive interrupts, and releases those that are low; private
 * ones of the vCPU only if it is loaded (`own`). vsync_release follows. */
static inline void vsync_look(struct vgic_locked held, const struct vcpu *vcpu, bool own)
{
	if (vcpu->cif->has_held) {
		vsync_look_at_lines(held, vcpu, own);
	}
}

/* ---- physical interrupts to deactivate without a list register: rare */

#define VSYNC_RELEASES 8 /* at once: one costs some hundred instructions */

static COLD void vsync_release_some(struct vgic_locked held, const struct vcpu *vcpu)
{
	uint32_t physid;

	for (uint32_t n = 0; n < VSYNC_RELEASES && vcpu->cif->has_release; n++) {
		if (vgic_phys_release_next(held.vm->vgic, vcpu->index, &physid)) {
			phys_release(held, physid);
		}
	}
	/* Nothing but vsync_work does this work. */
	if (vcpu->cif->has_release) {
		vcpu->cif->work = VGIC_WORK_SYNC;
	}
}

/* After vgic_fold, vgic_fold_empty and vgic_dist_access, before the lock is dropped: private ones
 * are the first, and no other CPU can deactivate them (vsync_look_at_spi would try). If some are
 * left, has_release stays, and vsync_work follows before the guest continues. */
static inline void vsync_release(struct vgic_locked held, const struct vcpu *vcpu)
{
	if (vcpu->cif->has_release) {
		vsync_release_some(held, vcpu);
	}
}

void vsync_look_at_spi(struct vgic_locked held, uint32_t intid)
{
	struct vgic *vgic = held.vm->vgic;

	if (vgic_phys_held(vgic, 0, intid)) {
		vgic_phys_level(vgic, 0, intid, gic_is_pending(intid));
		vsync_release(held, &held.vm->vcpus[0]);
	}
}

void vsync_forget_own(const struct vcpu *vcpu)
{
	static const uint32_t intids[] = { MACHINE_TIMER_VIRT, MACHINE_TIMER_PHYS, MACHINE_PMU };
	struct vgic_locked held;

	if (!vcpu->vm->vgic) {
		return;
	}
	held = vm_lock_vgic(vcpu->vm);
	for (uint32_t n = 0; n < ARRAY_SIZE(intids); n++) {
		(void)vgic_phys_release(held.vm->vgic, vcpu->index, intids[n]);
	}
	vm_unlock_vgic(held);
}

/* ---- the loaded vCPU's list registers ---- */

/* Reads all list registers back. */
static void vsync_read(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick)
{
	vgic_hw_read(vcpu->cif);
	vgic_fold(held.vm->vgic, vcpu->index, kick);
}

/* A line that is watched has fallen: the vCPU leaves to its creator. */
static inline void vsync_tell_ended(struct vgic_locked held)
{
	if (vgic_has_ended(held.vm->vgic)) {
		cpu_this()->resched = true;
	}
}

/* `empty`: for VGIC_WORK_LOOK, the list registers to check. Returns the vCPUs to kick then. */
static COLD_THUMB vgic_kick_t vsync_do(struct vgic_locked held, struct vcpu *vcpu,
				       enum vgic_work work, uint32_t empty)
{
	struct vgic *vgic = held.vm->vgic;
	vgic_kick_t kick = 0;

	if (work == VGIC_WORK_LOOK) {
		work = vgic_fold_empty(vgic, vcpu->index, empty, &kick);
	}
	if (work == VGIC_WORK_SYNC) {
		vsync_read(held, vcpu, &kick);
	}
	if (work != VGIC_WORK_NONE) {
		vsync_look(held, vcpu, true);
	}
	vsync_release(held, vcpu);
	if (work != VGIC_WORK_NONE && !vcpu->cif->has_release) {
		vgic_flush(vgic, vcpu->index);
	}
	vgic_hw_write(vcpu->cif);
	vsync_tell_ended(held);
	return kick & ~BIT32(vcpu->index);
}

static vgic_kick_t vsync_do_work(struct vgic_locked held, struct vcpu *vcpu, enum vgic_work work)
{
	return vsync_do(held, vcpu, work, work == VGIC_WORK_LOOK ? vgic_hw_empty() : 0);
}

vgic_kick_t vsync_now(struct vgic_locked held, struct vcpu *vcpu)
{
	return vsync_do_work(held, vcpu, vgic_cif_work(vcpu->cif));
}

/* With less work than is asked for by now, a lower INTID could be put into the list register that
 * is free before a higher priority. */
void vsync_work(struct vcpu *vcpu, enum vgic_work work)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	enum vgic_work now = vgic_cif_work(vcpu->cif);
	vgic_kick_t kick = remote_do(held, vsync_do_work(held, vcpu, now > work ? now : work));

	vm_unlock_vgic(held);
	if (kick) {
		vm_kick(vcpu->vm, kick);
	}
}

void vsync_maintain(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	struct vgic_lr_write write;
	uint32_t ended, physid;

	if (!vm->vgic) {
		return;
	}
	held = vm_lock_vgic(vm);
	ended = vgic_hw_ended(vcpu->cif);
	if (vgic_alone_ended(vm->vgic, vcpu->index, ended, &physid, &write)) {
		gic_deactivate(physid);
		vgic_hw_write_one(&write);
	} else {
		kick = remote_do(held, vsync_do(held, vcpu, VGIC_WORK_LOOK, ended));
	}
	vm_unlock_vgic(held);
	if (kick) {
		vm_kick(vm, kick);
	}
}

/* Returns the vCPUs to kick. vsync_release follows. */
static vgic_kick_t vsync_fold_now(struct vgic_locked held, struct vcpu *vcpu)
{
	vgic_kick_t kick = 0;

	vsync_read(held, vcpu, &kick);
	vsync_look(held, vcpu, true);
	vsync_tell_ended(held);
	return kick & ~BIT32(vcpu->index);
}

COLD_THUMB bool vsync_waits(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick)
{
	struct vgic *vgic = held.vm->vgic;
	struct vgic_cif *cif = vcpu->cif;

	/* In most cases no interrupt is there, or all list registers are empty. */
	if (vgic_is_quiet(cif)) {
		return true;
	}
	if (!cif->has_held && vgic_fold_quiet(vgic, vcpu->index, cif->used ? vgic_hw_empty() : 0)) {
		return true;
	}
	vsync_read(held, vcpu, kick);
	vsync_look(held, vcpu, true);
	vsync_release(held, vcpu);
	vsync_tell_ended(held);
	vgic_hw_look(cif); /* the guest writes them without an exit */
	return !cif->has_release && !vgic_has_pending(vgic, vcpu->index);
}

COLD void vsync_fold(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;
	vgic_kick_t kick;

	if (!vm->vgic) {
		return;
	}
	held = vm_lock_vgic(vm);
	kick = vsync_fold_now(held, vcpu);
	vsync_release(held, vcpu);
	kick = remote_do(held, kick);
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
}

/* Something else waits: the rest is left to vsync_work. */
static COLD void vsync_fire(struct vgic_locked held, const struct vcpu *vcpu, uint32_t intid)
{
	vgic_kick_t own = 0;

	vgic_phys_fired(held.vm->vgic, vcpu->index, intid, &own);
}

/* `ticked`, a constant: vgic_alone_ticked. */
static inline __attribute__((always_inline)) bool vsync_fired(const struct vcpu *vcpu,
							      uint32_t intid, bool ticked)
{
	struct vgic *vgic = vcpu->vm->vgic;
	struct vgic_lr_write write;
	struct vgic_locked held;
	bool alone;

	if (!vgic) {
		return false;
	}
	held = vm_lock_vgic(vcpu->vm);
	alone = ticked ? vgic_alone_ticked(vgic, vcpu->cif, vcpu->index, intid, &write)
		       : vgic_alone_fired(vgic, vcpu->index, intid, &write);
	if (alone) {
		vgic_hw_write_one(&write);
	} else {
		vsync_fire(held, vcpu, intid);
	}
	vm_unlock_vgic(held);
	return alone;
}

COLD void vsync_own_fired(struct vcpu *vcpu, uint32_t intid)
{
	(void)vsync_fired(vcpu, intid, false);
}

bool vsync_ticked(const struct vcpu *vcpu)
{
	return vsync_fired(vcpu, MACHINE_TIMER_VIRT, true);
}

COLD uint64_t vsync_interrupts(struct vcpu *vcpu, bool own)
{
	const struct vgic *vgic = vcpu->vm->vgic;
	struct vgic_locked held;
	uint32_t injected, shown;

	if (!vgic) {
		return 0;
	}
	if (own) {
		vsync_fold(vcpu);
	}
	held = vm_lock_vgic(vcpu->vm);
	injected = vgic_given(vgic, vcpu->index, &shown) + (uint32_t)vcpu->stats[VM_STAT_TICK];
	vm_unlock_vgic(held);
	return (uint64_t)(injected - shown) << 32 | injected;
}

bool vsync_sgi(struct vcpu *vcpu, uint32_t value)
{
	struct vgic *vgic = vcpu->vm->vgic;
	uint32_t intid = FIELD_GET(GICD_SGIR_ID, value);
	struct vgic_lr_write write;
	struct vgic_locked held;
	bool done = true;
	uint32_t lr;

	if (!vgic_sgi_is_own(vgic, vcpu->index, value)) {
		return false;
	}
	held = vm_lock_vgic(vcpu->vm);
	if (vgic_alone_sgi_shown(vgic, vcpu->index, intid, &lr)) {
		vgic_alone_sgi_again(vgic, vcpu->index, lr, vgic_hw_read_one(lr), &write);
	} else {
		done = vgic_alone_sgi(vgic, vcpu->index, intid, &write);
	}
	if (done) {
		vgic_hw_write_one(&write);
	}
	vm_unlock_vgic(held);
	return done;
}

COLD_THUMB void vsync_unload(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick)
{
	vgic_hw_save(vcpu->cif, vgic_is_folded(held.vm->vgic, vcpu->index));
	vgic_unload(held.vm->vgic, vcpu->index, kick);
	vsync_release(held, vcpu);
	if (vcpu->cif->has_release) { /* it may not run again, or not soon */
		vgic_phys_release_others(held.vm->vgic, vcpu->index, kick);
	}
}

/* Without a call: it is a part of nearly all world switches. */
__attribute__((flatten)) bool vsync_unload_quiet(struct vgic_locked held, struct vcpu *vcpu)
{
	(void)held;
	if (!vgic_unload_quiet(vcpu->cif)) {
		return false;
	}
	vgic_hw_save(vcpu->cif, true);
	return true;
}

void vsync_load(struct vgic_locked held, struct vcpu *vcpu)
{
	if (vgic_load_quiet(vcpu->cif)) {
		return;
	}
	vgic_load(held.vm->vgic, vcpu->index);
	vsync_look(held, vcpu, false);
	vgic_flush(held.vm->vgic, vcpu->index);
	vsync_release(held, vcpu);
}

/* ---- accesses that trap ---- */

/* Applies the effects of the access on the physical GIC, of which there are hardly ever any. */
static COLD void vsync_effects(struct vgic_locked held, struct vcpu *vcpu)
{
	uint32_t physid;
	bool edge;

	while (vcpu->cif->has_trigger &&
	       vgic_phys_trigger_next(held.vm->vgic, vcpu->index, &physid, &edge)) {
		phys_change_trigger(physid, edge);
	}
	vsync_release(held, vcpu);
}

/* Is the work that the vCPU has now long? */
static bool vsync_is_long(const struct vcpu *vcpu)
{
	return vgic_cif_work(vcpu->cif) == VGIC_WORK_SYNC || vgic_cif_is_crowded(vcpu->cif);
}

/* After an access to the distributor: applies its effects, and releases the lock. Long work for
 * this vCPU is left to run_work, as a piece of its own. */
static inline void vsync_dist_done(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t kick)
{
	vgic_kick_t others = 0;

	if (vcpu->cif->has_release) {
		vsync_effects(held, vcpu);
	}
	if (kick) {
		others = kick & ~BIT32(vcpu->index);
		if (kick != others && !vsync_is_long(vcpu)) {
			others |= vsync_now(held, vcpu);
		}
		others = remote_do(held, others);
	}
	vm_unlock_vgic(held);
	if (others) {
		vm_kick(held.vm, others);
	}
}

COLD_THUMB enum mmio_result vsync_dist(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;
	enum mmio_result result;
	vgic_kick_t kick = 0;

	if (mmio->is_write && mmio->offset == GICD_SGIR && mmio->size == 4 &&
	    vsync_sgi(vcpu, mmio->value)) {
		return MMIO_OK;
	}
	held = vm_lock_vgic(vm);
	if (vgic_dist_needs_fold(mmio->offset) && (vcpu->cif->used || vcpu->cif->has_held)) {
		kick = vsync_fold_now(held, vcpu);
	}
	if (mmio->is_write && vgic_dist_must_wait(vm->vgic, vcpu->index, mmio->offset, &kick)) {
		result = MMIO_RETRY;
	} else {
		result = vgic_dist_access(vm->vgic, vcpu->index, mmio, &kick);
	}
	if (vgic_is_crowded(vm->vgic, vcpu->index)) {
		vcpu->cif->work = VGIC_WORK_SYNC; /* vsync_is_long: the flush will be */
	}
	vsync_dist_done(held, vcpu, kick);
	return result;
}

bool vsync_dist_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value)
{
	return vgic_dist_read_word(vcpu->vm->vgic, vcpu->index, offset, value);
}

/* Separate, because there are hardly ever any. */
static COLD void vsync_enabled(struct vgic_locked held, struct vcpu *vcpu, uint32_t offset,
			       uint32_t moved)
{
	vgic_kick_t kick = 0;

	vgic_dist_enabled(held.vm->vgic, vcpu->index, offset, moved, &kick);
	vsync_dist_done(held, vcpu, kick);
}

bool vsync_dist_write(struct vcpu *vcpu, uint32_t offset, uint32_t value)
{
	struct vgic *vgic = vcpu->vm->vgic;
	struct vgic_locked held;
	uint32_t moved;

	if (!vgic_dist_is_enable(vgic, offset)) {
		return offset == GICD_SGIR && vsync_sgi(vcpu, value);
	}
	held = vm_lock_vgic(vcpu->vm);
	moved = vgic_dist_enable(vgic, vcpu->index, offset, value);
	if (moved) {
		vsync_enabled(held, vcpu, offset, moved);
	} else {
		vm_unlock_vgic(held);
	}
	return true;
}

COLD enum mmio_result vsync_dir(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	uint32_t physid;

	if (!mmio->is_write || mmio->offset != 0) {
		return MMIO_OK;
	}
	vsync_fold(vcpu);
	held = vm_lock_vgic(vm);
	if (vgic_cpu_dir(vm->vgic, vcpu->index, mmio->value, &physid, &kick)) {
		phys_release(held, physid);
	}
	vsync_tell_ended(held);
	kick = remote_do(held, kick & ~BIT32(vcpu->index));
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
	return MMIO_OK;
}
