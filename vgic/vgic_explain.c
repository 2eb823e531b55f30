/* SPDX-License-Identifier: BSD-2-Clause */
/* Why an interrupt is not taken, or could not be: follows IHI 0048B 3.2 and 3.3 from the
 * distributor through the CPU interface, to print the result. Not in a frequent path. */
#include "hyp/regs/gic.h"
#include "vgic/vgic_interface.h"

#define EXPLAIN_IDLE  0x100u /* lower than every priority */
#define EXPLAIN_PIECE 3u     /* words */

/* Is the interrupt reported for this vCPU? An SPI without a target is reported for vCPU 0. */
static bool explain_is_ours(const struct vgic *vgic, const struct vgic_ref *ref)
{
	uint32_t targets;

	if (ref->intid < VGIC_NR_PRIVATE || vgic->nr_vcpus == 1) {
		return true;
	}
	if (ref->irq->vcpu != VGIC_NOWHERE) {
		return ref->irq->vcpu == ref->vcpu;
	}
	targets = ref->irq->targets & (BIT32(vgic->nr_vcpus) - 1u);
	return targets ? bits_first(targets) == ref->vcpu : ref->vcpu == 0;
}

static bool explain_in_group1(const struct vgic_ref *ref)
{
	return (ref->bank->group & ref->bit) != 0;
}

/* Why the distributor does not forward it. */
static enum vgic_hold explain_distributor(const struct vgic *vgic, const struct vgic_ref *ref)
{
	if (!(ref->bank->enabled & ref->bit)) {
		return VGIC_HOLD_DISABLED;
	}
	if (!(vgic_state_eligible(vgic, ref->bank) & ref->bit)) {
		return VGIC_HOLD_GROUP;
	}
	if (ref->intid >= VGIC_NR_PRIVATE && vgic->nr_vcpus > 1 &&
	    !(ref->irq->targets & (BIT32(vgic->nr_vcpus) - 1u))) {
		return VGIC_HOLD_TARGETS;
	}
	return VGIC_HOLD_NONE;
}

/* An interrupt that is idle: would it be signalled? */
static void explain_open(const struct vgic_cif *cif, const struct vgic_ref *ref,
			 const uint32_t timer[2], struct vgic_view *view)
{
	if (!vgic_interface_signals(cif, ref)) {
		return;
	}
	if (ref->intid < VGIC_NR_SGIS) {
		view->open_sgi = true;
	} else if (ref->intid == timer[0] || ref->intid == timer[1]) {
		view->open_timer[ref->intid == timer[1]] = true;
	} else if (view->open_other == VGIC_NO_IRQ) {
		view->open_other = ref->intid;
	}
}

/* The order of reasons: an interrupt that is signalled precedes one that the distributor holds
 * back, and enabled precedes disabled. */
static uint32_t explain_rank(enum vgic_hold hold)
{
	return hold == VGIC_HOLD_DISABLED			      ? 0
	       : hold == VGIC_HOLD_GROUP || hold == VGIC_HOLD_TARGETS ? 1
								      : 2;
}

static void explain_pending(const struct vgic_cif *cif, const struct vgic_ref *ref,
			    enum vgic_hold hold, struct vgic_view *view)
{
	uint32_t rank = explain_rank(hold);
	uint32_t old = view->hold == VGIC_HOLD_IDLE ? 0 : explain_rank(view->hold);

	if (view->hold != VGIC_HOLD_IDLE &&
	    (rank < old || (rank == old && ref->irq->priority >= view->intid_priority))) {
		return;
	}
	view->intid_priority = ref->irq->priority;
	view->intid = ref->intid;
	view->fiq = !explain_in_group1(ref) && (cif->vmcr & GICH_VMCR_FIQEN);
	if (hold == VGIC_HOLD_NONE) {
		hold = ref->bank->active & ref->bit ? VGIC_HOLD_ACTIVE
						    : vgic_interface_hold(cif, ref);
	}
	view->hold = hold;
}

static void explain_one(const struct vgic_cif *cif, const struct vgic_ref *ref, enum vgic_hold hold,
			struct vgic_view *view)
{
	if ((ref->bank->active & ref->bit) && ref->irq->active_priority < view->active_priority) {
		view->active_priority = ref->irq->active_priority;
		view->active = ref->intid;
	}
	if ((vgic_state_pending(ref->bank) | ref->bank->loan) & ref->bit) {
		explain_pending(cif, ref, hold, view);
	}
}

static void explain_word(const struct vgic *vgic, uint32_t vcpu, uint32_t word,
			 const uint32_t timer[2], struct vgic_view *view)
{
	const struct vgic_cif *cif = &vgic->cpu[vcpu].cif;
	const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
	uint32_t bits = vgic_state_pending(bank) | bank->loan | bank->active |
			vgic_state_eligible(vgic, bank);

	for (bits &= vgic_state_valid(vgic, word); bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));
		enum vgic_hold hold = explain_distributor(vgic, &ref);

		if (!explain_is_ours(vgic, &ref)) {
			continue;
		}
		explain_one(cif, &ref, hold, view);
		if (hold == VGIC_HOLD_NONE) {
			explain_open(cif, &ref, timer, view);
		}
	}
}

bool vgic_explain_piece(const struct vgic *vgic, uint32_t vcpu, const uint32_t timer[2],
			uint32_t piece, struct vgic_view *view)
{
	uint32_t first = EXPLAIN_PIECE * piece;
	uint32_t end = bits_min(first + EXPLAIN_PIECE, vgic->nr_words);

	if (piece == 0) {
		*view = (struct vgic_view) { .intid = VGIC_NO_IRQ,
					     .active = VGIC_NO_IRQ,
					     .open_other = VGIC_NO_IRQ,
					     .intid_priority = EXPLAIN_IDLE,
					     .active_priority = EXPLAIN_IDLE };
	}
	for (uint32_t word = first; word < end; word++) {
		explain_word(vgic, vcpu, word, timer, view);
	}
	return end < vgic->nr_words;
}
