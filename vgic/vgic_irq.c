/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_irq.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/base/hot.h"
#include "hyp/base/pair.h"

/* vgic_irq_place for many interrupts, most of which stay in their place. */
VGIC_INLINE void irq_place_again(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	uint32_t vcpu = ref->irq->vcpu;

	if (vcpu != VGIC_NOWHERE && (vgic->cpu[vcpu].ready[ref->intid / 32] & ref->bit) &&
	    vgic_irq_is_open(vgic, ref) && vgic_irq_destination(vgic, ref) == vcpu) {
		vgic_irq_notify(vgic, ref, vcpu, kick);
	} else {
		vgic_irq_place(vgic, ref, kick);
	}
}

HOT_ARM void vgic_irq_update_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits,
				  vgic_kick_t *kick)
{
	for (; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		if (ref.bank->in_lr & ref.bit) {
			vgic_irq_recall(vgic, &ref, kick);
		} else {
			irq_place_again(vgic, &ref, kick);
		}
	}
}

void vgic_irq_update(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	vgic_irq_update_word(vgic, ref->vcpu, ref->intid / 32, ref->bit, kick);
}

COLD void vgic_irq_sort(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	cpu->unsorted = false;
	cpu->nr_ready = 0;
	cpu->ready_sum = 0;
	for (uint32_t word = 0; word < vgic->nr_words; word++) {
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
		uint32_t all = cpu->ready[word] | cpu->barred[word];
		uint32_t ready = all & (bank->active | vgic_state_forwards(vgic, bank));

		cpu->ready[word] = ready;
		cpu->barred[word] = all & ~ready;
		cpu->ready_sum |= ready ? BIT32(word) : 0;
		cpu->nr_ready += bits_count(ready);
	}
}

/* Sets the level of the interrupt's line. Must the interrupt be moved for that? A disabled one only
 * becomes pending, also if it is active in a list register. */
VGIC_INLINE bool irq_line_moves(struct vgic_bank *bank, uint32_t bit, bool level)
{
	if (((bank->line & bit) != 0) != level) {
		bank->line ^= bit;
	} else if (!(bank->edge & bit)) {
		return false;
	}
	if (bank->edge & bit) {
		if (!level || (bank->latch & bit)) {
			return false; /* a falling edge, or another one before the first was taken
				       */
		}
		bank->latch |= bit;
	}
	return (bank->enabled & bit) != 0;
}

/* Drives a line. 1: the interrupt must be moved for it; 0; or a negative errno. */
static HOT_ARM int irq_drive(const struct vgic_ref *ref, bool level)
{
	struct vgic_bank *bank = ref->bank;

	if (bank->driven & ref->bit) {
		return bank->timer & ref->bit ? 0 : -HYP_EBUSY;
	}
	return irq_line_moves(bank, ref->bit, level);
}

int vgic_set_line(struct vgic *vgic, const struct irq_line *line, bool level, vgic_kick_t *kick)
{
	struct vgic_ref ref;
	int moves;

	if (line->type < IRQ_LINE_SPI || line->vcpu >= vgic->nr_vcpus ||
	    line->number >= vgic->nr_irqs) {
		return -HYP_EINVAL;
	}
	ref = vgic_state_ref(vgic, line->vcpu, line->number);
	moves = irq_drive(&ref, level);
	if (moves > 0) {
		vgic_irq_update(vgic, &ref, kick);
		return 0;
	}
	return moves;
}

/* A plain line moves its interrupt with each change, if that is enabled: most lines, and few
 * instructions. The others are separate, so that they need no registers here. */
static HOT_ARM __attribute__((noinline)) int irq_drive_spi(struct vgic *vgic, uint32_t spi,
							   bool level)
{
	struct vgic_ref ref = vgic_state_ref(vgic, 0, VGIC_NR_PRIVATE + spi);

	return irq_drive(&ref, level);
}

/* The two most frequent paths. */
bool vgic_spi_settles(struct vgic *vgic, uint32_t spi, bool level)
{
	struct vgic_bank *bank = &vgic->spi[spi / 32];
	uint32_t bit = BIT32(spi % 32);

	if (!(bank->plain & ~bank->enabled & bit)) {
		return false;
	}
	if (level) {
		bank->line |= bit;
	} else {
		bank->line &= ~bit;
	}
	return true;
}

int vgic_set_spi(struct vgic *vgic, uint32_t spi, bool level, vgic_kick_t *kick)
{
	struct vgic_bank *bank = &vgic->spi[spi / 32];
	uint32_t bit = BIT32(spi % 32);
	struct vgic_ref ref;

	if (bank->plain & bit) {
		uint32_t same = bank->line;

		if (!level) {
			same = ~same;
		}
		if (same & bit) {
			return 0;
		}
		bank->line ^= bit;
		if (!(bank->enabled & bit)) {
			return 0;
		}
	} else {
		int moves = irq_drive_spi(vgic, spi, level);

		if (moves <= 0) {
			return moves;
		}
	}
	ref = (struct vgic_ref) {
		.bank = bank, .irq = &vgic->spi_irq[spi], .bit = bit, .intid = VGIC_NR_PRIVATE + spi
	};
	vgic_irq_update_here(vgic, &ref, kick);
	return 0;
}

const struct vgic_bank *vgic_spi_banks(const struct vgic *vgic)
{
	return vgic->spi;
}

const struct vgic_bank *vgic_spi_bank(const struct vgic_bank *banks, uint32_t spi)
{
	return &banks[spi / 32 % VGIC_MAX_WORDS];
}

/* Two words as one: banks of SPIs are aligned to 8 bytes (vgic_init). */
_Static_assert(offsetof(struct vgic_bank, line) % 8 == 0 &&
		       offsetof(struct vgic_bank, plain) == offsetof(struct vgic_bank, line) + 4,
	       "one doubleword, with the lines in its lower half");

uint32_t vgic_spi_stays(const struct vgic_bank *bank, bool level)
{
	uint64_t pair = pair_load(&bank->line);
	uint32_t lines = (uint32_t)pair;
	uint32_t plain = (uint32_t)(pair >> 32);

	return level ? plain & lines : plain & ~lines;
}

COLD void vgic_irq_watched_end(struct vgic *vgic, const struct vgic_ref *ref)
{
	ref->bank->line &= ~ref->bit;
	ref->bank->ended |= ref->bit;
	vgic->ended_sum |= BIT32(ref->intid / 32);
}

/* Another CPU that finds its list register empty could not tell it in time: each kick is needed. */
COLD void vgic_watch_spi(struct vgic *vgic, uint32_t spi, bool on)
{
	struct vgic_bank *bank = &vgic->spi[spi / 32];
	uint32_t bit = BIT32(spi % 32);

	vgic->reach = 0;
	bank->watch &= ~bit;
	bank->watch |= on ? bit : 0;
	bank->ended &= bank->watch;
}

bool vgic_has_ended(const struct vgic *vgic)
{
	return vgic->ended_sum != 0;
}

COLD uint32_t vgic_take_ended(struct vgic *vgic)
{
	for (uint32_t words = vgic->ended_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);
		struct vgic_bank *bank = &vgic->spi[word - 1];
		uint32_t ended = bank->ended;

		bank->ended = ended & (ended - 1u);
		if (!bank->ended) {
			vgic->ended_sum &= ~BIT32(word);
		}
		if (ended) {
			return 32 * word + bits_first(ended);
		}
	}
	return 0;
}

void vgic_device_line(struct vgic *vgic, uint32_t intid, bool level, vgic_kick_t *kick)
{
	struct vgic_ref ref;
	struct vgic_bank *bank;

	if (intid < VGIC_NR_PRIVATE || intid >= vgic->nr_irqs) {
		return;
	}
	ref = vgic_state_ref(vgic, 0, intid);
	bank = ref.bank;
	if (!(bank->driven & ~bank->timer & ~bank->passed & ref.bit) ||
	    ((bank->line & ref.bit) != 0) == level) {
		return;
	}
	if (irq_line_moves(bank, ref.bit, level)) {
		vgic_irq_update(vgic, &ref, kick);
	}
}

COLD void vgic_irq_release(struct vgic *vgic, const struct vgic_ref *ref)
{
	ref->bank->line &= ~ref->bit;
	ref->bank->held &= ~ref->bit;
	ref->bank->held_active &= ~ref->bit;
	ref->bank->release |= ref->bit;
	vgic->cpu[ref->vcpu].cif.has_release = true;
	if (ref->intid >= VGIC_NR_PRIVATE) {
		vgic->release_sum |= BIT32(ref->intid / 32);
	}
}

COLD void vgic_irq_release_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits)
{
	for (; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		vgic_irq_release(vgic, &ref);
	}
}

VGIC_INLINE bool irq_is_away(const struct vgic *vgic, const struct vgic_ref *ref)
{
	uint32_t vcpu = ref->irq->vcpu;

	if (ref->bank->in_lr & ref->bit) {
		return true;
	}
	if (!(ref->bank->active & ref->bit)) {
		return false;
	}
	/*@ admit placed: vcpu < vgic->nr_vcpus; */
	return !vgic->cpu[vcpu].folded;
}

bool vgic_irq_is_away(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return irq_is_away(vgic, ref);
}

/* For the vCPU that has the interrupt, when it folds. */
VGIC_INLINE void irq_leave_op(struct vgic *vgic, uint32_t vcpu)
{
	/*@ admit placed: vcpu < vgic->nr_vcpus; */
	vgic->cpu[vcpu].ops = true;
}

COLD void vgic_irq_activate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	struct vgic_bank *bank = ref->bank;
	struct vgic_irq *irq = ref->irq;

	if (irq_is_away(vgic, ref)) {
		bank->op_activate |= ref->bit;
		bank->op_deactivate &= ~ref->bit;
		irq_leave_op(vgic, irq->vcpu);
		vgic_irq_recall(vgic, ref, kick);
		return;
	}
	if (bank->active & ref->bit) {
		return;
	}
	bank->active |= ref->bit;
	/* It was not acknowledged, so GICH_APR does not contain it and a plain EOI does not end
	 * it. */
	irq->active_priority = 0xff;
	vgic_levels_set(bank->active_level, VGIC_ACTIVES, ref->bit, 0xff);
	irq->active_source = 0;
	if (irq->vcpu == VGIC_NOWHERE) {
		irq->vcpu = (uint8_t)ref->vcpu;
		if (ref->intid >= VGIC_NR_PRIVATE && vgic->nr_vcpus > 1 && irq->targets) {
			irq->vcpu = (uint8_t)bits_first(irq->targets);
		}
		vgic_irq_set_ready(&vgic->cpu[irq->vcpu], ref->intid);
	} else if (vgic->cpu[irq->vcpu].barred[ref->intid / 32] & ref->bit) {
		vgic_irq_unlist(&vgic->cpu[irq->vcpu], ref);
		vgic_irq_set_ready(&vgic->cpu[irq->vcpu], ref->intid);
	}
	vgic_irq_notify(vgic, ref, irq->vcpu, kick);
}

static void irq_deactivate_away(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	ref->bank->op_deactivate |= ref->bit;
	ref->bank->op_activate &= ~ref->bit;
	irq_leave_op(vgic, ref->irq->vcpu);
	vgic_irq_recall(vgic, ref, kick);
}

void vgic_irq_deactivate_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits,
			      vgic_kick_t *kick)
{
	struct vgic_bank *bank;

	for (uint32_t left = bits; left; left &= left - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(left));

		if (irq_is_away(vgic, &ref)) {
			irq_deactivate_away(vgic, &ref, kick);
			bits &= ~ref.bit;
		}
	}
	if (!bits) {
		return; /* also for a word that does not exist */
	}
	bank = vgic_state_bank(vgic, vcpu, word);
	bits &= bank->active;
	bank->active &= ~bits;
	for (uint32_t ends = bits & bank->watch & ~bank->edge; ends; ends &= ends - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(ends));

		vgic_irq_watched_end(vgic, &ref);
	}
	vgic_irq_release_word(vgic, vcpu, word, bits & bank->held_active);
	vgic_irq_update_word(vgic, vcpu, word, bits, kick);
}

void vgic_irq_deactivate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick)
{
	vgic_irq_deactivate_word(vgic, ref->vcpu, ref->intid / 32, ref->bit, kick);
}
