/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_lr.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"

/*
 * For the guest, an SGI is one interrupt per source, but an INTID may be in only one list register:
 * so one source at a time, the lowest first, and a maintenance interrupt at its end if more wait.
 */
static uint32_t lr_encode_active_sgi(const struct vgic_irq *irq, bool pending)
{
	uint32_t sources = pending ? irq->sources : 0;
	uint32_t value = GICH_LR_ACTIVE | FIELD_PREP(GICH_LR_CPUID, irq->active_source);

	if (sources && bits_first(sources) == irq->active_source) {
		value |= GICH_LR_PENDING;
		sources &= sources - 1;
	}
	return value | (sources ? GICH_LR_EOI : 0);
}

/* The vCPU that has it active is no longer a target: the pending state belongs to another vCPU. */
static bool lr_moves(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return ref->intid >= VGIC_NR_PRIVATE && vgic->nr_vcpus > 1 &&
	       !(ref->irq->targets & BIT32(ref->irq->vcpu));
}

/*
 * Hardware has no active and pending state with the HW bit. So if a physical interrupt is active
 * and pending again, or a software one is active and a physical one is pending, the list register
 * does not use the HW bit until the active one has ended; fold then does the work of the HW bit.
 */
static uint32_t lr_encode_active_shared(const struct vgic *vgic, const struct vgic_ref *ref,
					bool pending)
{
	const struct vgic_bank *bank = ref->bank;

	if ((bank->held_active & ref->bit) && !pending) {
		return GICH_LR_ACTIVE | vgic_lr_hw(vgic, ref);
	}
	if (((bank->held | bank->watch) & ref->bit) || (pending && lr_moves(vgic, ref))) {
		return GICH_LR_ACTIVE | GICH_LR_EOI;
	}
	return GICH_LR_ACTIVE | (pending ? GICH_LR_PENDING | vgic_lr_again(ref) : 0);
}

uint32_t vgic_lr_encode_active(const struct vgic *vgic, const struct vgic_ref *ref, bool crowded)
{
	const struct vgic_bank *bank = ref->bank;
	bool pending = (vgic_state_pending(bank) & vgic_state_eligible(vgic, bank) & ref->bit) != 0;
	uint32_t value;

	if (ref->intid < VGIC_NR_SGIS) {
		value = lr_encode_active_sgi(ref->irq, pending);
	} else {
		value = lr_encode_active_shared(vgic, ref, pending);
	}
	if (crowded && (value & GICH_LR_PENDING)) {
		value = (value & ~GICH_LR_PENDING) | GICH_LR_EOI;
	}
	return value | vgic_lr_priority(value & GICH_LR_PENDING ? ref->irq->priority
								: ref->irq->active_priority);
}

/* Updates the physical interrupt. One that the guest has acknowledged fires again when it is
 * deactivated, if its line is still high; with the HW bit, the guest's EOI has deactivated it. */
static void lr_take_held(struct vgic *vgic, const struct vgic_ref *ref, uint32_t value, bool active)
{
	struct vgic_bank *bank = ref->bank;

	if (!(value & GICH_LR_PENDING) && ((value & GICH_LR_HW) || (bank->held_lent & ref->bit))) {
		bank->line &= ~ref->bit;
		bank->held_active |= ref->bit;
		if ((value & GICH_LR_HW) && !(value & GICH_LR_ACTIVE)) {
			bank->held &= ~ref->bit;
			bank->held_active &= ~ref->bit;
		}
	}
	if ((bank->held_active & ref->bit) && !active) {
		vgic_irq_release(vgic, ref);
	}
}

/* The guest may have acknowledged it: stores the priority, and the source of an SGI. If the
 * priority is unchanged, the exact 0xff of vgic_irq_activate stays. */
static void lr_take_active(const struct vgic_ref *ref, uint32_t value)
{
	struct vgic_irq *irq = ref->irq;
	uint32_t priority = FIELD_GET(GICH_LR_PRIORITY, value);
	bool before = (ref->bank->active & ref->bit) != 0;

	if (!(value & GICH_LR_ACTIVE)) {
		irq->active_priority = 0xff; /* op_activate: as vgic_irq_activate */
		irq->active_source = 0;
		return;
	}
	if (before && ((value & GICH_LR_PENDING) ||
		       irq->active_priority >> VGIC_LR_PRIORITY_DROP == priority)) {
		return;
	}
	irq->active_priority = (uint8_t)(priority << VGIC_LR_PRIORITY_DROP);
	if (ref->intid < VGIC_NR_SGIS) {
		irq->active_source = (uint8_t)FIELD_GET(GICH_LR_CPUID, value);
	}
}

uint32_t vgic_given(const struct vgic *vgic, uint32_t vcpu, uint32_t *shown)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	*shown = 0;
	for (uint32_t left = cpu->cif.used; left; left &= left - 1) {
		*shown += (cpu->cif.lr[bits_first(left)] & GICH_LR_PENDING) != 0;
	}
	return cpu->given;
}

/* List register n is free. */
static void lr_free(struct vgic_cpu *cpu, uint32_t n)
{
	if (vgic_lr_must_clear(cpu->cif.lr[n])) {
		cpu->cif.lr[n] = 0;
		cpu->cif.dirty |= BIT32(n);
	}
	cpu->cif.used &= ~BIT32(n);
	cpu->nr_free++;
}

/* An interrupt that is pending again here is written again at once. */
void vgic_lr_take_empty(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t intid = cpu->lr_irq[n];
	/*@ admit known: intid < vgic->nr_irqs; */
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);
	struct vgic_bank *bank = ref.bank;

	cpu->cif.lr[n] &= ~GICH_LR_STATE;
	if ((bank->held | bank->op_activate | bank->watch) & ref.bit) {
		vgic_lr_take(vgic, vcpu, n, kick);
		lr_free(cpu, n);
		return;
	}
	bank->active &= ~ref.bit;
	bank->loan &= ~ref.bit;
	bank->op_deactivate &= ~ref.bit;
	if ((vgic_state_forwards(vgic, bank) & ref.bit) &&
	    vgic_irq_destination(vgic, &ref) == vcpu) {
		vgic_lr_fill(vgic, &ref, n, false);
		return;
	}
	bank->in_lr &= ~ref.bit;
	lr_free(cpu, n);
	vgic_irq_enter(vgic, &ref, kick);
}

void vgic_lr_take(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t intid = cpu->lr_irq[n];
	/*@ admit known: intid < vgic->nr_irqs; */
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);
	struct vgic_bank *bank = ref.bank;
	uint32_t value = cpu->cif.lr[n];
	bool active = (value & GICH_LR_ACTIVE) && !(bank->op_deactivate & ref.bit);

	active = active || (bank->op_activate & ref.bit);
	if (value & GICH_LR_PENDING) {
		cpu->given--; /* it is counted when it is put into one again */
	}
	if (bank->held & ref.bit) {
		lr_take_held(vgic, &ref, value, active);
	}
	if ((value & GICH_LR_PENDING) && (bank->loan & ref.bit)) {
		bank->latch |= ref.bit;
		if (ref.intid < VGIC_NR_SGIS) {
			ref.irq->sources |= (uint8_t)BIT32(FIELD_GET(GICH_LR_CPUID, value));
		}
	}
	/* Its latch was cleared meanwhile (vgic_irq_clear_pending), or its line is low
	 * (vgic_phys_release). */
	if (bank->held & ~bank->held_active & ~vgic_state_pending(bank) & ref.bit) {
		vgic_irq_release(vgic, &ref);
	}
	if (active) {
		lr_take_active(&ref, value);
		vgic_levels_set(bank->active_level, VGIC_ACTIVES, ref.bit,
				ref.irq->active_priority);
		bank->active |= ref.bit;
	} else {
		bank->active &= ~ref.bit;
		if (!(value & GICH_LR_PENDING)) {
			vgic_irq_end(vgic, &ref);
		}
	}
	bank->loan &= ~ref.bit;
	bank->held_lent &= ~ref.bit;
	bank->in_lr &= ~ref.bit;
	bank->op_activate &= ~ref.bit;
	bank->op_deactivate &= ~ref.bit;
	cpu->lr_irq[n] = VGIC_NO_IRQ;
	vgic_irq_enter(vgic, &ref, kick);
}
