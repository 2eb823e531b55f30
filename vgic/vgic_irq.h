/* SPDX-License-Identifier: BSD-2-Clause */
/* One interrupt: the effect of a change of its state on the vCPUs. Within vgic/. The functions
 * defined here are in the path of every interrupt. */
#ifndef VGIC_VGIC_IRQ_H
#define VGIC_VGIC_IRQ_H

#include "vgic/vgic_state.h"

/* Adds to, and removes from, the vCPU's list of interrupts that need a list register. */
VGIC_INLINE void vgic_irq_set_ready(struct vgic_cpu *cpu, uint32_t intid)
{
	cpu->ready[intid / 32] |= BIT32(intid % 32);
	cpu->ready_sum |= BIT32(intid / 32);
	cpu->nr_ready++;
}

VGIC_INLINE void vgic_irq_clear_ready(struct vgic_cpu *cpu, uint32_t intid)
{
	uint32_t left = cpu->ready[intid / 32] & ~BIT32(intid % 32);

	cpu->ready[intid / 32] = left;
	cpu->nr_ready--;
	if (!left) {
		cpu->ready_sum &= ~BIT32(intid / 32);
	}
}

/* From here on, memory holds all of the vCPU's state. */
VGIC_INLINE void vgic_irq_fold_begins(struct vgic_cpu *cpu)
{
	cpu->folded = true;
	cpu->nr_free = VGIC_ALL_FREE;
	cpu->recall = 0;
	cpu->fold_seq++;
}

/* The vCPU must do at least this work before it continues. */
VGIC_INLINE void vgic_irq_ask(struct vgic_cpu *cpu, enum vgic_work work)
{
	if (cpu->cif.work < work) {
		cpu->cif.work = (uint8_t)work;
	}
}

/* Ready, not barred: it is active, or GICD_CTLR forwards its group. */
VGIC_INLINE bool vgic_irq_is_open(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return ((ref->bank->active | vgic_state_forwards(vgic, ref->bank)) & ref->bit) != 0;
}

/* Removes it from its list, ready or barred. */
VGIC_INLINE void vgic_irq_unlist(struct vgic_cpu *cpu, const struct vgic_ref *ref)
{
	if (cpu->ready[ref->intid / 32] & ref->bit) {
		vgic_irq_clear_ready(cpu, ref->intid);
	} else {
		cpu->barred[ref->intid / 32] &= ~ref->bit;
	}
}

/* An active interrupt stays with the vCPU that acknowledged it. A pending SPI goes to one of its
 * targets: the vCPU that has it already, else the lowest target. On a uniprocessor GICD_ITARGETSR
 * has no effect (IHI 0048B 4.3.12). `pending`: the bank's. */
VGIC_INLINE uint32_t vgic_irq_destination_of(const struct vgic *vgic, const struct vgic_ref *ref,
					     uint32_t pending)
{
	const struct vgic_bank *bank = ref->bank;
	uint32_t targets;

	if (bank->active & ref->bit) {
		return ref->irq->vcpu;
	}
	if (!(pending & bank->enabled & ref->bit)) {
		return VGIC_NOWHERE;
	}
	if (ref->intid < VGIC_NR_PRIVATE) {
		return ref->vcpu;
	}
	targets = vgic->nr_vcpus == 1 ? 1 : ref->irq->targets;
	if (targets & BIT32(ref->irq->vcpu)) {
		return ref->irq->vcpu;
	}
	return targets ? bits_first(targets) : VGIC_NOWHERE;
}

VGIC_INLINE uint32_t vgic_irq_destination(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic_irq_destination_of(vgic, ref, vgic_state_pending(ref->bank));
}

/* The interrupt is ready on the vCPU of this mirror: does that end its WFI? */
bool vgic_irq_wakes(const struct vgic_cif *cif, const struct vgic_ref *ref);

/* If enough list registers are known to be free, they are filled without a look; if not, some may
 * be empty by now. A vCPU that is not loaded, and whose interface would not signal this interrupt,
 * is not kicked: it may continue to wait. */
VGIC_INLINE void vgic_irq_notify(struct vgic *vgic, const struct vgic_ref *ref, uint32_t vcpu,
				 vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	vgic_irq_ask(cpu, cpu->nr_ready > cpu->nr_free ? VGIC_WORK_LOOK : VGIC_WORK_ADD);
	if (cpu->loaded || vgic_irq_wakes(&cpu->cif, ref)) {
		*kick |= BIT32(vcpu);
	}
}

/* The interrupt is on no list and in no list register: adds it to the list of `to`. */
VGIC_INLINE void vgic_irq_list(struct vgic *vgic, const struct vgic_ref *ref, uint32_t to,
			       vgic_kick_t *kick)
{
	ref->irq->vcpu = (uint8_t)to;
	if (to == VGIC_NOWHERE) {
		return;
	}
	if (vgic_irq_is_open(vgic, ref)) {
		vgic_irq_set_ready(&vgic->cpu[to], ref->intid);
		vgic_irq_notify(vgic, ref, to, kick);
	} else {
		vgic->cpu[to].barred[ref->intid / 32] |= ref->bit;
	}
}

/* The interrupt is no longer on a list or in a list register, and irq->vcpu is its previous place:
 * moves it to its new place. */
VGIC_INLINE void vgic_irq_enter(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	vgic_irq_list(vgic, ref, vgic_irq_destination(vgic, ref), kick);
}

/* Makes the vCPU that has the interrupt fold, because its list register is out of date. */
VGIC_INLINE void vgic_irq_recall(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	uint32_t vcpu = ref->irq->vcpu;
	uint32_t lr = ref->irq->lr;
	struct vgic_cpu *cpu;

	/*@ admit placed: vcpu < vgic->nr_vcpus; */
	cpu = &vgic->cpu[vcpu];
	if (ref->bank->in_lr & ref->bit) {
		/*@ admit shown: lr < vgic->nr_lrs; */
		cpu->recall |= BIT32(lr);
		vgic_irq_ask(cpu, VGIC_WORK_LOOK);
	} else {
		cpu->cif.work = VGIC_WORK_SYNC;
	}
	*kick |= BIT32(vcpu);
}

VGIC_INLINE void vgic_irq_move(struct vgic *vgic, const struct vgic_ref *ref, uint32_t to,
			       vgic_kick_t *kick)
{
	uint32_t from = ref->irq->vcpu;

	if (from != VGIC_NOWHERE) {
		vgic_irq_unlist(&vgic->cpu[from], ref);
	}
	vgic_irq_list(vgic, ref, to, kick);
}

/* The interrupt is in no list register: moves it from the vCPU whose list it is on, if any, to its
 * place. */
VGIC_INLINE void vgic_irq_place(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	vgic_irq_move(vgic, ref, vgic_irq_destination(vgic, ref), kick);
}

/* The same for an interrupt known to be pending. */
VGIC_INLINE void vgic_irq_place_pending(struct vgic *vgic, const struct vgic_ref *ref,
					vgic_kick_t *kick)
{
	vgic_irq_move(vgic, ref, vgic_irq_destination_of(vgic, ref, ref->bit), kick);
}

/* vgic_irq_update, inline. */
VGIC_INLINE void vgic_irq_update_here(struct vgic *vgic, const struct vgic_ref *ref,
				      vgic_kick_t *kick)
{
	if (ref->bank->in_lr & ref->bit) {
		vgic_irq_recall(vgic, ref, kick);
	} else {
		vgic_irq_place(vgic, ref, kick);
	}
}

/* State that determines the interrupt's place has changed: moves it, or makes the vCPU that has it
 * in a list register fold. */
void vgic_irq_update(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);

/* vgic_irq_update for each of `bits` of a word as `vcpu` sees it. */
void vgic_irq_update_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits,
			  vgic_kick_t *kick);

/* The interrupt, which is watched and level-sensitive, is not active any more: its line falls, and
 * vgic_take_ended tells it. */
void vgic_irq_watched_end(struct vgic *vgic, const struct vgic_ref *ref);

VGIC_INLINE void vgic_irq_end(struct vgic *vgic, const struct vgic_ref *ref)
{
	if (ref->bank->watch & ~ref->bank->edge & ref->bit) {
		vgic_irq_watched_end(vgic, ref);
	}
}

/* Sorts its interrupts anew into ready and barred ones. */
void vgic_irq_sort(struct vgic *vgic, uint32_t vcpu);

/* GICD_ISACTIVER's, GICD_ICACTIVER's and GICV_DIR's effect; on each of `bits` of a word, as
 * vgic_irq_update_word. */
void vgic_irq_activate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);
void vgic_irq_deactivate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);
void vgic_irq_deactivate_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits,
			      vgic_kick_t *kick);

/* Is its active state only in the hardware of a loaded vCPU? */
bool vgic_irq_is_away(const struct vgic *vgic, const struct vgic_ref *ref);

/* The guest no longer holds the physical interrupt: glue deactivates it (vgic_phys_release_next).
 * The caller places the virtual one anew. _word: each of `bits`. */
void vgic_irq_release(struct vgic *vgic, const struct vgic_ref *ref);
void vgic_irq_release_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits);

#endif
