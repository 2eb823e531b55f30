/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short steps for an interrupt that comes, or ends, while nothing else waits. Their effect is that
 * of the general path: vgic_phys_fired or vgic_sgi_send, vgic_fold_empty, vgic_flush. They rely on
 * these facts about a loaded vCPU whose work is NONE, while no interrupt is ready (one that is may
 * have to precede this one):
 * - it has not been folded since the last flush, and nothing is dirty;
 * - a private interrupt that is in no list register, and not barred, is nowhere: it is neither
 *   pending nor active;
 * - if the mirror shows an interrupt as pending in its list register, its priority, group and
 *   sources are still as there, and it is enabled and forwarded. A change would have recalled it.
 *
 * An SGI that memory has as active takes the general path: if that one has ended by now, a fold
 * must see the list register of the one that follows it as active, not as active and pending again,
 * or it would keep the priority of the former acknowledge.
 */
#include "vgic/vgic_lr.h"

/* FIELD_PREP(GICH_LR_PRIORITY, priority >> VGIC_LR_PRIORITY_DROP), as a priority's other bits are
 * zero; likewise of GICH_LR_PHYSID. */
#define ALONE_PRIORITY 20
#define ALONE_PHYSID   10

/* A private interrupt. */
VGIC_INLINE struct vgic_ref alone_ref(struct vgic_cpu *cpu, uint32_t vcpu, uint32_t intid)
{
	return (struct vgic_ref) { &cpu->bank, &cpu->irq[intid], BIT32(intid), intid, vcpu };
}

VGIC_INLINE bool alone_may(const struct vgic_cpu *cpu)
{
	return (cpu->cif.work | cpu->nr_ready) == 0;
}

/* Free list registers: nr_free of them. */
VGIC_INLINE uint32_t alone_free(const struct vgic *vgic, const struct vgic_cpu *cpu)
{
	return vgic->all_lrs & ~cpu->cif.used;
}

/* vgic_state_forwards, for one interrupt: all ones or 0. */
VGIC_INLINE uint32_t alone_forwards(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic->group_on[ref->bank->group >> ref->intid & 1u];
}

/* The interrupt is private, and nowhere: it becomes pending in the first of the `free` list
 * registers. */
VGIC_INLINE bool alone_put(struct vgic_cpu *cpu, const struct vgic_ref *ref, uint32_t free,
			   uint32_t value, struct vgic_lr_write *write)
{
	uint32_t n = bits_first(free);

	value |= GICH_LR_PENDING | ref->intid;
	value |= (uint32_t)ref->irq->priority << ALONE_PRIORITY;
	value |= FIELD_PREP(GICH_LR_GRP1, ref->bank->group >> ref->intid & 1u);
	cpu->nr_free--;
	cpu->cif.used |= BIT32(n);
	cpu->cif.lr[n] = value;
	cpu->lr_irq[n] = (uint16_t)ref->intid;
	ref->bank->in_lr |= ref->bit;
	ref->irq->vcpu = (uint8_t)ref->vcpu;
	ref->irq->lr = (uint8_t)n;
	*write = (struct vgic_lr_write) { n, value };
	return true;
}

/* With the HW bit: it has fired again, so the guest has ended it, and its list register is empty
 * (phys_list_register_is_empty). A loan would be used up then: not here. */
VGIC_INLINE bool alone_fire_again(const struct vgic_cpu *cpu, const struct vgic_ref *ref,
				  struct vgic_lr_write *write)
{
	uint32_t n = ref->irq->lr;
	uint32_t value = cpu->cif.lr[n];

	if ((value & (GICH_LR_HW | GICH_LR_STATE)) != (GICH_LR_HW | GICH_LR_PENDING) ||
	    (ref->bank->loan & ref->bit)) {
		return false;
	}
	ref->bank->line |= ref->bit;
	*write = (struct vgic_lr_write) { n, value };
	return true;
}

/* A level, of one of `owned`; an edge takes the general path. */
VGIC_INLINE bool alone_fire(struct vgic *vgic, struct vgic_cpu *cpu, const struct vgic_ref *ref,
			    uint32_t owned, struct vgic_lr_write *write)
{
	struct vgic_bank *bank = ref->bank;
	uint32_t free = alone_free(vgic, cpu);

	if (!alone_may(cpu)) {
		return false;
	}
	if (bank->in_lr & ref->bit) {
		return alone_fire_again(cpu, ref, write);
	}
	if (!free ||
	    !(owned & ~bank->edge & bank->enabled & alone_forwards(vgic, ref) & ref->bit)) {
		return false;
	}
	cpu->cif.has_held = true;
	bank->line |= ref->bit;
	bank->held |= ref->bit;
	if (vgic->soft_eoi) {
		bank->held_lent |= ref->bit;
		return alone_put(cpu, ref, free, GICH_LR_EOI, write);
	}
	return alone_put(cpu, ref, free, GICH_LR_HW | (uint32_t)ref->irq->physid << ALONE_PHYSID,
			 write);
}

bool vgic_alone_fired(struct vgic *vgic, uint32_t vcpu, uint32_t intid, struct vgic_lr_write *write)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_ref ref = alone_ref(cpu, vcpu, intid);

	if (!alone_fire(vgic, cpu, &ref, ref.bank->timer | ref.bank->passed, write)) {
		return false;
	}
	cpu->given++;
	return true;
}

bool vgic_alone_ticked(struct vgic *vgic, struct vgic_cif *cif, uint32_t vcpu, uint32_t intid,
		       struct vgic_lr_write *write)
{
	struct vgic_cpu *cpu = (struct vgic_cpu *)cif;
	struct vgic_ref ref = alone_ref(cpu, vcpu, intid);

	return alone_fire(vgic, cpu, &ref, ref.bank->timer, write);
}

/* A level that was lent: with soft_eoi, one end in one list register. */
static bool alone_is_end(const struct vgic_cpu *cpu, uint32_t ended)
{
	const struct vgic_bank *bank = &cpu->bank;
	uint32_t plain = bank->held_lent & ~bank->edge & ~bank->latch & ~bank->loan;
	uint32_t intid;

	if (!alone_may(cpu) || cpu->cif.hcr != GICH_HCR_EN || !(cpu->cif.used & ended) ||
	    (ended & (ended - 1))) {
		return false;
	}
	intid = cpu->lr_irq[bits_first(ended)];
	return intid < VGIC_NR_PRIVATE && (plain & BIT32(intid));
}

bool vgic_alone_ended(struct vgic *vgic, uint32_t vcpu, uint32_t ended, uint32_t *physid,
		      struct vgic_lr_write *write)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_bank *bank = &cpu->bank;
	uint32_t n, intid, bit;

	if (!alone_is_end(cpu, ended)) {
		return false;
	}
	n = bits_first(ended);
	intid = cpu->lr_irq[n];
	bit = BIT32(intid);
	bank->line &= ~bit;
	bank->held &= ~bit;
	bank->held_lent &= ~bit;
	bank->held_active &= ~bit;
	bank->active &= ~bit;
	bank->in_lr &= ~bit;
	cpu->irq[intid].vcpu = VGIC_NOWHERE;
	cpu->lr_irq[n] = VGIC_NO_IRQ;
	cpu->cif.lr[n] = 0; /* with EOI, GICH_EISR would stay */
	cpu->cif.used &= ~ended;
	cpu->nr_free++;
	*physid = cpu->irq[intid].physid;
	*write = (struct vgic_lr_write) { n, 0 };
	return true;
}

bool vgic_alone_sgi_shown(const struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t *lr)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	*lr = cpu->irq[intid].lr;
	return alone_may(cpu) &&
	       (cpu->bank.in_lr & cpu->bank.loan & ~cpu->bank.active & BIT32(intid)) &&
	       (cpu->cif.lr[*lr] & (GICH_LR_PENDING | GICH_LR_EOI | GICH_LR_CPUID)) ==
		       (GICH_LR_PENDING | FIELD_PREP(GICH_LR_CPUID, vcpu));
}

/* What is pending stays pending, what is active becomes active and pending, and an empty one is
 * pending as it was written. */
void vgic_alone_sgi_again(struct vgic *vgic, uint32_t vcpu, uint32_t lr, uint32_t now,
			  struct vgic_lr_write *write)
{
	uint32_t *value = &vgic->cpu[vcpu].cif.lr[lr];

	*value = (*value & ~GICH_LR_ACTIVE) | (now & GICH_LR_ACTIVE);
	vgic->cpu[vcpu].given += (now & GICH_LR_PENDING) == 0;
	*write = (struct vgic_lr_write) { lr, *value };
}

bool vgic_alone_sgi(struct vgic *vgic, uint32_t vcpu, uint32_t intid, struct vgic_lr_write *write)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_ref ref = alone_ref(cpu, vcpu, intid);
	uint32_t free = alone_free(vgic, cpu);

	if (!alone_may(cpu) || !free ||
	    !(alone_forwards(vgic, &ref) & ~ref.bank->in_lr & ref.bit)) {
		return false;
	}
	ref.bank->loan |= ref.bit;
	cpu->given++;
	return alone_put(cpu, &ref, free, FIELD_PREP(GICH_LR_CPUID, vcpu), write);
}
