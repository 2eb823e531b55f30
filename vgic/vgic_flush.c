/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fold and flush: all of a vCPU's list registers.
 *
 * When more is active or pending than fits, the choice is:
 * - the first of those that could be taken (pending, not active) always has a list register: the
 *   guest never takes a lower priority before it, and the maintenance interrupt 'no list register
 *   is pending' (GICH_HCR.NPIE) comes when the next ones are needed, never at once. With a single
 *   list register, UIE would always be asserted; with active interrupts in the other ones, it would
 *   come too late;
 * - then the active ones, innermost first. The guest's EOI of one outside increments
 *   GICH_HCR.EOICount, and LRENPIE makes that an interrupt. EOIs come innermost first, so fold can
 *   determine which interrupt has ended;
 * - then the rest of those that could be taken, by priority.
 */
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_lr.h"

#define EOICOUNT_MAX 31 /* the field has five bits */

struct flush_choice {
	uint16_t intid[VGIC_MAX_LRS];
	uint32_t count;
	uint32_t hcr; /* maintenance interrupts for those left outside */
};

#define FLUSH_NONE 0xffu /* behind all levels */

/* Some of a vCPU's ready interrupts, by word: all that are left, the first among them, and their
 * level. */
struct flush_set {
	uint32_t count;
	uint32_t bits[VGIC_MAX_WORDS];
	uint32_t first[VGIC_MAX_WORDS];
	const uint32_t *plane[VGIC_MAX_WORDS]; /* bits of the priorities; NULL: all the same */
	uint8_t level[VGIC_MAX_WORDS];
	uint8_t word[VGIC_MAX_WORDS];
};

/* Of 32 interrupts at once: those with a 0 in this bit of the priority precede the others. Returns
 * the bit (`weight`) of the first ones. */
VGIC_INLINE uint32_t flush_narrow(uint32_t *first, uint32_t plane, uint32_t weight)
{
	uint32_t zeros = *first & ~plane;

	*first = zeros ? zeros : *first;
	return zeros ? 0 : weight;
}

VGIC_INLINE void flush_rate(struct flush_set *set, uint32_t n)
{
	const uint32_t *plane = set->plane[n];
	uint32_t first = set->bits[n];
	uint32_t level = first ? 0 : FLUSH_NONE;

	if (first && plane) {
		level = flush_narrow(&first, plane[0], 16);
		level += flush_narrow(&first, plane[1], 8);
		level += flush_narrow(&first, plane[2], 4);
		level += flush_narrow(&first, plane[3], 2);
		level += flush_narrow(&first, plane[4], 1);
	}
	set->first[n] = first;
	set->level[n] = (uint8_t)level;
}

static void flush_add_word(struct flush_set *set, uint32_t word, uint32_t bits,
			   const uint32_t *plane)
{
	set->bits[set->count] = bits;
	set->plane[set->count] = plane;
	set->word[set->count] = (uint8_t)word;
	flush_rate(set, set->count++);
}

/* A vCPU's ready interrupts: acknowledged ones; those that software has activated, which come last
 * (0xff); those that are not active. */
struct flush_ready {
	struct flush_set acked, activated, pending;
};

static void flush_find(const struct vgic *vgic, uint32_t vcpu, struct flush_ready *ready)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	ready->acked.count = 0;
	ready->activated.count = 0;
	ready->pending.count = 0;
	for (uint32_t words = cpu->ready_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
		uint32_t bits = cpu->ready[word];
		uint32_t active = bits & bank->active;

		if (active) {
			uint32_t activated = active & bank->active_level[VGIC_LEVELS];

			if (active != activated) {
				flush_add_word(&ready->acked, word, active & ~activated,
					       bank->active_level);
			}
			if (activated) {
				flush_add_word(&ready->activated, word, activated, NULL);
			}
		}
		if (bits != active) {
			flush_add_word(&ready->pending, word, bits & ~active, bank->level);
		}
	}
}

/* The first word with an interrupt of the highest level; set->count: none is left. */
static uint32_t flush_highest(const struct flush_set *set)
{
	uint32_t level = FLUSH_NONE;
	uint32_t highest = set->count;

	for (uint32_t n = 0; n < set->count && level; n++) {
		if (set->level[n] < level) {
			level = set->level[n];
			highest = n;
		}
	}
	return highest;
}

static bool flush_is_left(const struct flush_set *set)
{
	for (uint32_t n = 0; n < set->count; n++) {
		if (set->bits[n]) {
			return true;
		}
	}
	return false;
}

/* The first `max` by priority, in this order; the lower INTID among equals. Returns their number;
 * *more: some are left. */
static uint32_t flush_best(struct flush_set *set, uint16_t *best, uint32_t max, bool *more)
{
	uint32_t found = 0;
	uint32_t n;

	while (found < max && (n = flush_highest(set)) < set->count) {
		uint32_t bit = bits_first(set->first[n]);

		best[found++] = (uint16_t)(32u * set->word[n] + bit);
		set->bits[n] &= ~BIT32(bit);
		set->first[n] &= ~BIT32(bit);
		if (!set->first[n]) {
			flush_rate(set, n);
		}
	}
	*more = flush_is_left(set);
	return found;
}

/* The same for active ones: innermost first. */
static uint32_t flush_innermost(struct flush_ready *ready, uint16_t *best, uint32_t max, bool *more)
{
	bool more_acked;
	uint32_t found = flush_best(&ready->acked, best, max, &more_acked);

	found += flush_best(&ready->activated, best + found, max - found, more);
	*more = *more || more_acked;
	return found;
}

static void flush_choose(const struct vgic *vgic, uint32_t vcpu, struct flush_choice *choice)
{
	struct flush_ready ready;
	uint32_t room;
	bool more;

	flush_find(vgic, vcpu, &ready);
	room = vgic->nr_lrs - (ready.pending.count ? 1 : 0);
	choice->count = flush_innermost(&ready, choice->intid, room, &more);
	choice->hcr = GICH_HCR_EN | (more ? GICH_HCR_LRENPIE : 0);
	room = vgic->nr_lrs - choice->count;
	choice->count += flush_best(&ready.pending, choice->intid + choice->count, room, &more);
	choice->hcr |= more ? GICH_HCR_NPIE : 0;
}

/* If all ready ones fit: takes all of them. */
static void flush_choose_all(const struct vgic_cpu *cpu, struct flush_choice *choice)
{
	choice->count = 0;
	choice->hcr = GICH_HCR_EN;
	for (uint32_t words = cpu->ready_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);

		for (uint32_t bits = cpu->ready[word]; bits; bits &= bits - 1) {
			choice->intid[choice->count++] = (uint16_t)(32 * word + bits_first(bits));
		}
	}
}

/* Is the interrupt in the list register where it was last? */
static bool flush_is_at(const struct vgic_cif *cif, uint32_t n, uint32_t intid)
{
	return n < cif->nr_lrs && (cif->lr[n] & GICH_LR_STATE) &&
	       FIELD_GET(GICH_LR_VIRTID, cif->lr[n]) == intid;
}

/* List registers that the choice leaves free. */
static void flush_clear(struct vgic_cif *cif, uint32_t free)
{
	for (; free; free &= free - 1) {
		uint32_t n = bits_first(free);

		if (vgic_lr_must_clear(cif->lr[n])) {
			cif->lr[n] = 0;
			cif->dirty |= BIT32(n);
		}
	}
}

static void flush_choose_best(const struct vgic *vgic, uint32_t vcpu, struct flush_choice *choice)
{
	if (vgic->cpu[vcpu].nr_ready <= vgic->nr_lrs) {
		flush_choose_all(&vgic->cpu[vcpu], choice);
	} else {
		flush_choose(vgic, vcpu, choice);
	}
}

/* After a fold: makes the choice anew; an interrupt stays in its list register if possible. A
 * separate function, because the common path of vgic_flush needs few registers. */
static __attribute__((noinline)) void flush_rebuild(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_cif *cif = &cpu->cif;
	struct flush_choice choice;
	uint32_t rest = vgic->all_lrs;
	uint32_t stay = 0;

	flush_choose_best(vgic, vcpu, &choice);
	for (uint32_t i = 0; i < choice.count; i++) {
		uint32_t n = vgic_state_ref(vgic, vcpu, choice.intid[i]).irq->lr;

		if (flush_is_at(cif, n, choice.intid[i]) && (rest & BIT32(n))) {
			stay |= BIT32(i);
			rest &= ~BIT32(n);
		}
	}
	for (uint32_t i = 0; i < choice.count; i++) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, choice.intid[i]);
		uint32_t n = ref.irq->lr;

		if (!(stay & BIT32(i))) {
			n = bits_first(rest);
			rest &= rest - 1;
		}
		vgic_lr_put(vgic, &ref, n, (choice.hcr & GICH_HCR_NPIE) != 0);
	}
	cif->used = vgic->all_lrs & ~rest;
	cpu->nr_free = vgic->nr_lrs - choice.count;
	flush_clear(cif, rest);
	if (cif->hcr != choice.hcr) {
		cif->hcr = choice.hcr;
		cif->hcr_dirty = true;
	}
}

/* The most frequent case: one interrupt is ready, an SPI or PPI that is only pending. The same as
 * flush_add, in fewer instructions. */
VGIC_INLINE bool flush_one(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t word = bits_first(cpu->ready_sum);
	uint32_t bit = cpu->ready[word];
	uint32_t intid = 32 * word + bits_first(bit);
	uint32_t n = bits_first(vgic->all_lrs & ~cpu->cif.used);
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);
	struct vgic_bank *bank = ref.bank;
	uint32_t value;

	if (intid < VGIC_NR_SGIS || (bank->active & bit)) {
		return false;
	}
	value = GICH_LR_PENDING | vgic_lr_priority(ref.irq->priority) |
		(bank->group & bit ? GICH_LR_GRP1 : 0) | intid;
	if (bank->held & bit) {
		value |= vgic_lr_hw(vgic, &ref);
		bank->held_lent |= value & GICH_LR_HW ? 0 : bit & ~bank->held_active;
	} else {
		value |= vgic_lr_again(&ref);
	}
	cpu->cif.dirty |= BIT32(n);
	cpu->cif.lr[n] = value;
	cpu->cif.used |= BIT32(n);
	bank->loan |= bank->latch & bit;
	bank->latch &= ~bit;
	bank->in_lr |= bit;
	ref.irq->lr = (uint8_t)n;
	cpu->lr_irq[n] = (uint16_t)intid;
	cpu->ready[word] = 0;
	cpu->ready_sum = 0;
	cpu->nr_ready = 0;
	cpu->nr_free--;
	cpu->given++;
	return true;
}

/* Puts ready interrupts into free list registers; the others are not changed. */
static __attribute__((noinline)) void flush_add(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t count = bits_min(cpu->nr_ready, cpu->nr_free);

	cpu->nr_free -= count;
	for (; count; count--) {
		uint32_t word = bits_first(cpu->ready_sum);
		uint32_t intid = 32 * word + bits_first(cpu->ready[word]);
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);
		uint32_t n = bits_first(vgic->all_lrs & ~cpu->cif.used);

		cpu->cif.used |= BIT32(n);
		vgic_lr_put(vgic, &ref, n, false);
	}
}

bool vgic_cif_is_crowded(const struct vgic_cif *cif)
{
	return (cif->hcr & (GICH_HCR_NPIE | GICH_HCR_LRENPIE)) != 0;
}

bool vgic_is_crowded(const struct vgic *vgic, uint32_t vcpu)
{
	return vgic->cpu[vcpu].nr_ready > vgic->nr_lrs;
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
	if (cpu->nr_ready && !(cpu->nr_ready == 1 && cpu->nr_free && flush_one(vgic, vcpu))) {
		flush_add(vgic, vcpu);
	}
	if (cpu->cif.work == VGIC_WORK_ADD) {
		cpu->cif.work = VGIC_WORK_NONE;
	}
}

/* Applies a change by another vCPU to an interrupt that is active outside the list registers. */
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
	struct flush_ready ready;
	bool more;

	if (!count) {
		return;
	}
	flush_find(vgic, vcpu, &ready);
	count = flush_innermost(&ready, ended, count, &more);
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

	if (cpu->unsorted) {
		vgic_irq_sort(vgic, vcpu);
	}
	if (cpu->folded) {
		return;
	}
	vgic_irq_fold_begins(cpu);
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
	cpu->cif.used = 0; /* a world switch after this need not read them again */
	cpu->cif.work = VGIC_WORK_ADD;
	*kick |= others & ~BIT32(vcpu);
}

/*
 * If the only work is an SGI sent again after the guest has ended it: its list register is written
 * again with the same value. The latch that was lent has been taken, and the new one is lent in its
 * place. (An op of another vCPU would be for an SPI, and have recalled that one's list register.)
 */
static bool fold_rearm(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_bank *bank = &cpu->bank;
	uint32_t lr, intid, bit, wanted;
	struct vgic_irq *irq;

	if (!cpu->recall || (cpu->recall & (cpu->recall - 1u)) || cpu->nr_ready) {
		return false;
	}
	lr = cpu->cif.lr[bits_first(cpu->recall)];
	intid = FIELD_GET(GICH_LR_VIRTID, lr);
	if (intid >= VGIC_NR_SGIS) {
		return false;
	}
	bit = BIT32(intid);
	irq = &cpu->irq[intid];
	wanted = GICH_LR_PENDING | (bank->group & bit ? GICH_LR_GRP1 : 0) |
		 FIELD_PREP(GICH_LR_PRIORITY, (uint32_t)irq->priority >> VGIC_LR_PRIORITY_DROP);
	if ((lr & ~(GICH_LR_CPUID | GICH_LR_VIRTID)) != wanted ||
	    irq->sources != BIT32(FIELD_GET(GICH_LR_CPUID, lr)) ||
	    !(bank->loan & bank->latch & vgic_state_eligible(vgic, bank) & bit)) {
		return false;
	}
	irq->sources = 0;
	bank->latch &= ~bit;
	cpu->cif.dirty |= cpu->recall;
	cpu->recall = 0;
	cpu->cif.work = VGIC_WORK_NONE;
	cpu->given++;
	return true;
}

/*
 * If no interrupt is left outside the list registers, the end of one does not affect the others.
 * Then the others need no check, unless they are out of date. An empty list register with EOI set
 * may, or may not, count as empty in GICH_ELRSR.
 */
enum vgic_work vgic_fold_empty(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	struct vgic_cif *cif = &cpu->cif;
	vgic_kick_t others = 0;

	if (cpu->folded) {
		return vgic_cif_work(cif);
	}
	empty &= ~cif->dirty; /* not in hardware yet */
	if (cif->work == VGIC_WORK_SYNC || cif->hcr != GICH_HCR_EN || (cpu->recall & ~empty)) {
		return VGIC_WORK_SYNC;
	}
	if (fold_rearm(vgic, vcpu)) {
		return VGIC_WORK_NONE;
	}
	cpu->recall = 0;
	for (uint32_t left = cif->used & empty; left; left &= left - 1) {
		vgic_lr_take_empty(vgic, vcpu, bits_first(left), &others);
	}
	*kick |= others & ~BIT32(vcpu);
	cif->work = cpu->nr_ready > cpu->nr_free ? VGIC_WORK_SYNC
		    : cpu->nr_ready		 ? VGIC_WORK_ADD
						 : VGIC_WORK_NONE;
	return vgic_cif_work(cif);
}
