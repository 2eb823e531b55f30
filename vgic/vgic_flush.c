/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fold and flush: all of a vCPU's list registers.
 *
 * When more is active or pending than fits, the choice is:
 *  - the first of those that could be taken (pending, not active) always has a list register: the
 *    guest never takes a lower one before it, and 'no list register is pending' (GICH_HCR.NPIE)
 *    is an interrupt that comes when the next are wanted, never at once. UIE would be asserted for
 *    ever with a single list register, and with active interrupts in the others comes too late;
 *  - then what is active, innermost first. The guest's EOI of one outside counts in
 *    GICH_HCR.EOICount, an interrupt by LRENPIE; EOIs come innermost first, so fold knows whose;
 *  - then the rest of what could be taken, by priority.
 */
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_lr.h"

#define EOICOUNT_MAX 31 /* the field has five bits */

struct flush_choice {
	uint16_t intid[VGIC_MAX_LRS];
	uint32_t count;
	uint32_t hcr; /* what must tell of those left outside */
};

/* The up to `max` first of the ready ones that are (or are not) active, first to last; the lower
 * INTID first among equals. Returns how many there are in all. */
static uint32_t flush_best(const struct vgic *vgic, uint32_t vcpu, bool active, uint16_t *best,
			   uint32_t max)
{
	uint8_t keys[EOICOUNT_MAX];
	uint32_t found = 0;

	for (uint32_t words = vgic->cpu[vcpu].ready_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);
		uint32_t are = vgic_state_bank(vgic, vcpu, word)->active;
		uint32_t bits = vgic->cpu[vcpu].ready[word] & (active ? are : ~are);

		for (; bits; bits &= bits - 1) {
			uint32_t intid = 32 * word + bits_first(bits);
			const struct vgic_irq *irq = vgic_state_ref(vgic, vcpu, intid).irq;
			uint8_t key = active ? irq->active_priority : irq->priority;
			uint32_t place = bits_min(found++, max);

			if (place == max && (max == 0 || keys[max - 1] <= key)) {
				continue;
			}
			place = bits_min(place, max - 1);
			for (; place > 0 && keys[place - 1] > key; place--) {
				keys[place] = keys[place - 1];
				best[place] = best[place - 1];
			}
			keys[place] = key;
			best[place] = (uint16_t)intid;
		}
	}
	return found;
}

static void flush_choose(const struct vgic *vgic, uint32_t vcpu, struct flush_choice *choice)
{
	uint16_t pending[VGIC_MAX_LRS];
	uint32_t nr_pending = flush_best(vgic, vcpu, false, pending, vgic->nr_lrs);
	uint32_t room = nr_pending ? vgic->nr_lrs - 1 : vgic->nr_lrs;
	uint32_t nr_active = flush_best(vgic, vcpu, true, choice->intid, room);
	uint32_t n;

	choice->count = bits_min(nr_active, room);
	choice->hcr = GICH_HCR_EN | (nr_active > room ? GICH_HCR_LRENPIE : 0);
	for (n = 0; n < nr_pending && choice->count < vgic->nr_lrs; n++) {
		choice->intid[choice->count++] = pending[n];
	}
	if (n < nr_pending) {
		choice->hcr |= GICH_HCR_NPIE;
	}
}

/* Is the interrupt in the list register where it was last? */
static bool flush_is_at(const struct vgic_cif *cif, uint32_t n, uint32_t intid)
{
	return n < cif->nr_lrs && (cif->lr[n] & GICH_LR_STATE) &&
	       FIELD_GET(GICH_LR_VIRTID, cif->lr[n]) == intid;
}

/* An empty list register may keep the rest of its bits, but for EOI: with it, GICH_EISR goes on
 * asserting the maintenance interrupt. */
static bool flush_must_clear(uint32_t value)
{
	return (value & GICH_LR_STATE) || (value & (GICH_LR_HW | GICH_LR_EOI)) == GICH_LR_EOI;
}

/* All list registers are known: chosen anew; what may stay where it is stays. */
static void flush_rebuild(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cif *cif = &vgic->cpu[vcpu].cif;
	struct flush_choice choice;
	uint32_t rest = vgic_state_all_lrs(vgic);
	uint32_t moved = 0;
	bool crowded;

	flush_choose(vgic, vcpu, &choice);
	crowded = (choice.hcr & GICH_HCR_NPIE) != 0;
	for (uint32_t i = 0; i < choice.count; i++) {
		uint32_t n = vgic_state_ref(vgic, vcpu, choice.intid[i]).irq->lr;

		if (flush_is_at(cif, n, choice.intid[i]) && (rest & BIT32(n))) {
			vgic_lr_put(vgic, vcpu, n, choice.intid[i], crowded);
			rest &= ~BIT32(n);
		} else {
			moved |= BIT32(i);
		}
	}
	for (; moved; moved &= moved - 1) {
		vgic_lr_put(vgic, vcpu, bits_first(rest), choice.intid[bits_first(moved)], crowded);
		rest &= rest - 1;
	}
	cif->used = vgic_state_all_lrs(vgic) & ~rest;
	vgic->cpu[vcpu].nr_free = (uint8_t)(vgic->nr_lrs - choice.count);
	for (; rest; rest &= rest - 1) {
		if (flush_must_clear(cif->lr[bits_first(rest)])) {
			cif->lr[bits_first(rest)] = 0;
			cif->dirty |= BIT32(bits_first(rest));
		}
	}
	if (cif->hcr != choice.hcr) {
		cif->hcr = choice.hcr;
		cif->hcr_dirty = true;
	}
}

/* Free list registers get what is ready; the others are the guest's. */
static void flush_add(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	while (cpu->nr_free && cpu->ready_sum) {
		uint32_t word = bits_first(cpu->ready_sum);
		uint32_t intid = 32 * word + bits_first(cpu->ready[word]);
		uint32_t rest = vgic_state_all_lrs(vgic) & ~cpu->cif.used;
		uint32_t n = vgic_state_ref(vgic, vcpu, intid).irq->lr;

		if (n >= VGIC_MAX_LRS || !(rest & BIT32(n))) {
			n = bits_first(rest);
		}
		vgic_lr_put(vgic, vcpu, n, intid, false);
		cpu->cif.used |= BIT32(n);
		cpu->nr_free--;
	}
}

void vgic_flush(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	if (cpu->folded) {
		flush_rebuild(vgic, vcpu);
		cpu->folded = false;
		cpu->cif.work = VGIC_WORK_NONE;
		return;
	}
	flush_add(vgic, vcpu);
	if (cpu->cif.work == VGIC_WORK_ADD) {
		cpu->cif.work = VGIC_WORK_NONE;
	}
}

/* What another vCPU asked for of an interrupt that is active outside the list registers. */
static void fold_op(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	struct vgic_bank *bank = ref->bank;
	bool activate = (bank->op_activate & ref->bit) != 0;
	bool deactivate = (bank->op_deactivate & ref->bit) != 0;

	bank->op_activate &= ~ref->bit;
	bank->op_deactivate &= ~ref->bit;
	if (activate) {
		vgic_irq_activate(vgic, ref, kick);
	} else if (deactivate) {
		vgic_irq_deactivate(vgic, ref, kick);
	}
}

/* The guest ended interrupts that are in no list register: the innermost ones. */
static void fold_eois(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick)
{
	struct vgic_cif *cif = &vgic->cpu[vcpu].cif;
	uint32_t count = FIELD_GET(GICH_HCR_EOICOUNT, cif->hcr);
	uint16_t ended[EOICOUNT_MAX];

	if (!count) {
		return;
	}
	count = bits_min(count, flush_best(vgic, vcpu, true, ended, count));
	for (uint32_t n = 0; n < count; n++) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, ended[n]);

		vgic_irq_deactivate(vgic, &ref, kick);
		fold_op(vgic, &ref, kick);
	}
	cif->hcr &= ~GICH_HCR_EOICOUNT;
	cif->hcr_dirty = true;
}

static void fold_ops(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick)
{
	for (uint32_t words = vgic->cpu[vcpu].ready_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
		uint32_t bits =
			(bank->op_activate | bank->op_deactivate) & vgic->cpu[vcpu].ready[word];

		for (; bits; bits &= bits - 1) {
			struct vgic_ref ref =
				vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

			fold_op(vgic, &ref, kick);
		}
	}
}

void vgic_fold(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	vgic_kick_t others = 0;

	if (cpu->folded) {
		return;
	}
	cpu->folded = true;
	cpu->fold_seq++;
	fold_eois(vgic, vcpu, &others);
	if (cpu->ops) {
		cpu->ops = false;
		fold_ops(vgic, vcpu, &others);
	}
	for (uint32_t left = cpu->cif.used; left; left &= left - 1) {
		if (cpu->lr_irq[bits_first(left)] != VGIC_NO_IRQ) {
			vgic_lr_take(vgic, vcpu, bits_first(left), &others);
		}
	}
	cpu->cif.work = VGIC_WORK_ADD;
	*kick |= others & ~BIT32(vcpu);
}

enum vgic_work vgic_work(const struct vgic *vgic, uint32_t vcpu)
{
	return vgic_cif_work(&vgic->cpu[vcpu].cif);
}

bool vgic_has_pending(const struct vgic *vgic, uint32_t vcpu)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	for (uint32_t words = cpu->ready_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);

		if (cpu->ready[word] & ~vgic_state_bank(vgic, vcpu, word)->active) {
			return true;
		}
	}
	for (uint32_t left = cpu->folded ? 0 : cpu->cif.used; left; left &= left - 1) {
		if ((cpu->cif.lr[bits_first(left)] & GICH_LR_STATE) == GICH_LR_PENDING) {
			return true;
		}
	}
	return false;
}
