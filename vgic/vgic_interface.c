/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_interface.h"
#include "hyp/base/cold.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_lr.h"

#define INTERFACE_ALL 256u /* lower than every priority */

static bool interface_in_group1(const struct vgic_ref *ref)
{
	return (ref->bank->group & ref->bit) != 0;
}

static uint32_t interface_pmr(const struct vgic_cif *cif)
{
	return FIELD_GET(GICH_VMCR_PMR, cif->vmcr) << VGIC_LR_PRIORITY_DROP;
}

/* The first priority that does not preempt the active interrupt: with the group priority bits of
 * the binary point, some higher priorities may not preempt it either (table 3-2). */
static uint32_t interface_running(const struct vgic_cif *cif, bool group1)
{
	bool own = group1 && !(cif->vmcr & GICH_VMCR_CBPR);
	uint32_t below =
		own ? FIELD_GET(GICH_VMCR_ABP, cif->vmcr) : FIELD_GET(GICH_VMCR_BP, cif->vmcr) + 1;
	uint32_t running;

	if (!cif->apr) {
		return INTERFACE_ALL;
	}
	running = bits_first(cif->apr) << VGIC_LR_PRIORITY_DROP;
	return (uint32_t)bits_align_up(running, BIT32(below));
}

uint32_t vgic_interface_limit(const struct vgic_cif *cif, bool group1)
{
	if (!(cif->vmcr & (group1 ? GICH_VMCR_GRP1EN : GICH_VMCR_GRP0EN))) {
		return 0;
	}
	return bits_min(interface_pmr(cif), interface_running(cif, group1));
}

bool vgic_interface_signals(const struct vgic_cif *cif, const struct vgic_ref *ref)
{
	return ref->irq->priority < vgic_interface_limit(cif, interface_in_group1(ref));
}

bool vgic_irq_wakes(const struct vgic_cif *cif, const struct vgic_ref *ref)
{
	return !(ref->bank->active & ref->bit) && vgic_interface_signals(cif, ref);
}

enum vgic_hold vgic_interface_hold(const struct vgic_cif *cif, const struct vgic_ref *ref)
{
	if (vgic_interface_signals(cif, ref)) {
		return VGIC_HOLD_NONE;
	}
	if (!(cif->vmcr & (interface_in_group1(ref) ? GICH_VMCR_GRP1EN : GICH_VMCR_GRP0EN))) {
		return VGIC_HOLD_INTERFACE;
	}
	return ref->irq->priority >= interface_pmr(cif) ? VGIC_HOLD_PMR : VGIC_HOLD_ACTIVE;
}

/* Of a word: is the priority of any of `bits` below the limit, which is a PMR or less? */
VGIC_INLINE bool interface_opens_group(const struct vgic_bank *bank, uint32_t bits, uint32_t limit)
{
	limit >>= VGIC_LR_PRIORITY_DROP;
	return limit && bits && vgic_levels_below(bank, bits, limit);
}

/* Of a word: would any of `bits` be signalled, by priorities and groups? */
VGIC_INLINE bool interface_opens(const struct vgic_bank *bank, uint32_t bits,
				 const uint32_t limit[2])
{
	if (limit[0] == limit[1]) {
		return interface_opens_group(bank, bits, limit[0]);
	}
	return interface_opens_group(bank, bits & ~bank->group, limit[0]) ||
	       interface_opens_group(bank, bits & bank->group, limit[1]);
}

/* Does a list register, as last read, show it as pending? */
static COLD bool interface_shows(const struct vgic_cif *cif, uint32_t n, const uint32_t limit[2])
{
	uint32_t lr = cif->lr[n];

	return (lr & GICH_LR_STATE) == GICH_LR_PENDING && FIELD_GET(GICH_LR_PRIORITY, lr)
									  << VGIC_LR_PRIORITY_DROP <
								  limit[(lr & GICH_LR_GRP1) != 0];
}

/* Separate, because mostly there is nothing to look at. */
static __attribute__((noinline)) bool interface_has_pending(const struct vgic *vgic, uint32_t vcpu,
							    uint32_t words, uint32_t used)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	const uint32_t limit[2] = { vgic_interface_limit(&cpu->cif, false),
				    vgic_interface_limit(&cpu->cif, true) };

	/* What is barred is not forwarded, unless GICD_CTLR was written since it was sorted. */
	for (; words; words &= words - 1) {
		uint32_t word = bits_first(words);
		const struct vgic_bank *bank = vgic_state_bank(vgic, vcpu, word);
		uint32_t bits = (cpu->ready[word] | cpu->barred[word]) & ~bank->active;

		if (bits && interface_opens(bank, bits & vgic_state_forwards(vgic, bank), limit)) {
			return true;
		}
	}
	for (; used; used &= used - 1) {
		if (interface_shows(&cpu->cif, bits_first(used), limit)) {
			return true;
		}
	}
	return false;
}

bool vgic_has_pending(const struct vgic *vgic, uint32_t vcpu)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t words = cpu->unsorted ? GENMASK32(31, 0) >> (VGIC_MAX_WORDS - vgic->nr_words)
				       : cpu->ready_sum;
	uint32_t used = cpu->folded ? 0 : cpu->cif.used;

	return (words | used) && interface_has_pending(vgic, vcpu, words, used);
}
