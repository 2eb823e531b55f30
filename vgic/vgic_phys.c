/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual interrupts of physical ones, and the guest's GICV_DIR. */
#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"

static bool phys_exists(const struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	return vcpu < vgic->nr_vcpus && intid < vgic->nr_irqs;
}

static void phys_own(struct vgic *vgic, uint32_t vcpu, uint32_t intid, enum vgic_owner owner,
		     uint32_t physid)
{
	struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);

	ref.bank->driven &= ~ref.bit;
	ref.bank->timer &= ~ref.bit;
	ref.bank->passed &= ~ref.bit;
	ref.bank->driven |= owner != VGIC_OWNER_LINE ? ref.bit : 0;
	if (owner == VGIC_OWNER_TIMER) {
		ref.bank->timer |= ref.bit;
	} else if (owner == VGIC_OWNER_PASSED) {
		ref.bank->passed |= ref.bit;
	}
	ref.irq->physid = (uint16_t)physid;
	vgic_state_set_plain(ref.bank);
}

void vgic_phys_set_owner(struct vgic *vgic, uint32_t intid, enum vgic_owner owner, uint32_t physid)
{
	if (intid < VGIC_NR_SGIS || intid >= vgic->nr_irqs) {
		return;
	}
	if (intid >= VGIC_NR_PRIVATE) {
		phys_own(vgic, 0, intid, owner, physid);
		return;
	}
	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		phys_own(vgic, n, intid, owner, physid);
	}
}

void vgic_phys_set_edge(struct vgic *vgic, uint32_t intid)
{
	struct vgic_ref ref;

	if (intid < VGIC_NR_PRIVATE || intid >= vgic->nr_irqs) {
		return;
	}
	ref = vgic_state_ref(vgic, 0, intid);
	ref.bank->edge |= ref.bit;
	vgic_state_set_plain(ref.bank);
	ref.irq->trigger |= VGIC_TRIGGER_EDGE;
}

void vgic_phys_set_soft_eoi(struct vgic *vgic)
{
	vgic->soft_eoi = true;
}

/* The interrupt has fired again, so the guest's EOI has deactivated it: its list register is empty,
 * and need not be read. So a timer tick of a loaded vCPU costs no read of the hardware. */
VGIC_INLINE void phys_list_register_is_empty(struct vgic *vgic, const struct vgic_ref *ref)
{
	struct vgic_bank *bank = ref->bank;
	struct vgic_cpu *cpu = &vgic->cpu[ref->irq->vcpu];
	uint32_t n = ref->irq->lr;

	bank->in_lr &= ~ref->bit;
	bank->loan &= ~ref->bit;
	bank->active &= ~ref->bit;
	bank->op_activate &= ~ref->bit;
	bank->op_deactivate &= ~ref->bit;
	bank->held_active &= ~ref->bit;
	ref->irq->vcpu = VGIC_NOWHERE;
	cpu->lr_irq[n] = VGIC_NO_IRQ;
	cpu->cif.used &= ~BIT32(n);
	cpu->recall &= ~BIT32(n);
	cpu->cif.lr[n] &= ~GICH_LR_STATE;
	cpu->nr_free++;
}

VGIC_INLINE void phys_hold(struct vgic *vgic, const struct vgic_ref *ref)
{
	struct vgic_bank *bank = ref->bank;

	if ((bank->in_lr & ref->bit) &&
	    (vgic->cpu[ref->irq->vcpu].cif.lr[ref->irq->lr] & GICH_LR_HW)) {
		phys_list_register_is_empty(vgic, ref);
	}
	bank->held |= ref->bit;
	if (bank->edge & ref->bit) {
		bank->latch |= ref->bit;
	} else {
		bank->line |= ref->bit;
	}
}

/* Any vCPU may check its line. */
static __attribute__((noinline)) void phys_fire_spi(struct vgic *vgic, uint32_t intid,
						    vgic_kick_t *kick)
{
	struct vgic_ref ref = vgic_state_ref(vgic, 0, intid);

	if (!((ref.bank->timer | ref.bank->passed) & ref.bit)) {
		return;
	}
	vgic->held_sum |= BIT32(intid / 32);
	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		vgic->cpu[n].cif.has_held = true;
	}
	phys_hold(vgic, &ref);
	vgic_irq_update(vgic, &ref, kick);
}

/* SPIs are handled separately, because a timer's tick is a frequent path. */
void vgic_phys_fired(struct vgic *vgic, uint32_t vcpu, uint32_t intid, vgic_kick_t *kick)
{
	struct vgic_ref ref;

	if (!phys_exists(vgic, vcpu, intid)) {
		return;
	}
	if (intid >= VGIC_NR_PRIVATE) {
		phys_fire_spi(vgic, intid, kick);
		return;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	if (!((ref.bank->timer | ref.bank->passed) & ref.bit)) {
		return;
	}
	vgic->cpu[vcpu].cif.has_held = true;
	phys_hold(vgic, &ref);
	if (ref.bank->in_lr & ref.bit) {
		vgic_irq_recall(vgic, &ref, kick);
	} else {
		vgic_irq_place_pending(vgic, &ref, kick);
	}
}

uint32_t vgic_phys_goes_to(const struct vgic *vgic, uint32_t intid)
{
	struct vgic_ref ref;
	uint32_t targets;

	if (intid < VGIC_NR_PRIVATE || intid >= vgic->nr_irqs) {
		return VGIC_MAX_VCPUS;
	}
	ref = vgic_state_ref(vgic, 0, intid);
	if (ref.irq->vcpu != VGIC_NOWHERE) {
		return ref.irq->vcpu;
	}
	targets = vgic->nr_vcpus == 1 ? 1 : ref.irq->targets;
	return targets ? bits_first(targets) : VGIC_MAX_VCPUS;
}

bool vgic_phys_held(const struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	struct vgic_ref ref;

	if (!phys_exists(vgic, vcpu, intid)) {
		return false;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	return (ref.bank->held & ref.bit) != 0;
}

/* In a list register, clearing the line is enough: fold detects whether the guest has acknowledged
 * it before, and vgic_phys_release_next returns it then. An edge, and a pending state set by the
 * guest, stay. */
bool vgic_phys_release(struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	vgic_kick_t none = 0; /* less is pending: no vCPU to wake */
	struct vgic_ref ref;
	struct vgic_bank *bank;

	if (!vgic_phys_held(vgic, vcpu, intid)) {
		return false;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	bank = ref.bank;
	if (bank->held_active & ref.bit) {
		return false;
	}
	bank->line &= ~ref.bit;
	if (bank->in_lr & ref.bit) {
		return false;
	}
	bank->held &= ~ref.bit;
	vgic_irq_update(vgic, &ref, &none);
	return true;
}

/* Held level-sensitive interrupts whose state in memory is up to date. */
static uint32_t phys_levels(const struct vgic_bank *bank)
{
	return bank->held & ~bank->edge & ~bank->in_lr;
}

/* The first of a word from *intid on; false: none. */
static bool phys_find_level(const struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t *intid,
			    uint32_t *physid)
{
	uint32_t bits = phys_levels(vgic_state_bank(vgic, vcpu, word));

	if (word == *intid / 32) {
		bits &= GENMASK32(31, 0) << (*intid % 32);
	}
	if (!bits) {
		return false;
	}
	*intid = 32 * word + bits_first(bits);
	*physid = vgic_state_ref(vgic, vcpu, *intid).irq->physid;
	return true;
}

bool vgic_phys_level_next(struct vgic *vgic, uint32_t vcpu, uint32_t *intid, uint32_t *physid)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	if (*intid < VGIC_NR_PRIVATE && phys_find_level(vgic, vcpu, 0, intid, physid)) {
		return true;
	}
	for (uint32_t words = vgic->held_sum; words; words &= words - 1) {
		uint32_t word = bits_first(words);

		if (!vgic->spi[word - 1].held) {
			vgic->held_sum &= ~BIT32(word);
		} else if (word >= *intid / 32 &&
			   phys_find_level(vgic, vcpu, word, intid, physid)) {
			return true;
		}
	}
	cpu->cif.has_held = (cpu->bank.held | vgic->held_sum) != 0;
	return false;
}

void vgic_phys_level(struct vgic *vgic, uint32_t vcpu, uint32_t intid, bool high)
{
	vgic_kick_t none = 0; /* less is pending: no vCPU to wake */
	struct vgic_ref ref;
	struct vgic_bank *bank;

	if (!phys_exists(vgic, vcpu, intid)) {
		return;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	bank = ref.bank;
	if (!(phys_levels(bank) & ref.bit)) {
		return;
	}
	if (bank->held_active & ref.bit) {
		bank->high = high ? bank->high | ref.bit : bank->high & ~ref.bit;
	} else if (!high) {
		vgic_irq_release(vgic, &ref);
		vgic_irq_update(vgic, &ref, &none);
	}
}

/* Their lines have fallen. Most are neither pending any more nor active: their place is none. */
static void phys_fall(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t low)
{
	struct vgic_bank *bank = &vgic->spi[word - 1];
	vgic_kick_t none = 0; /* less is pending: no vCPU to wake */
	uint32_t stay;

	bank->line &= ~low;
	bank->held &= ~low;
	bank->release |= low;
	vgic->release_sum |= BIT32(word);
	vgic->cpu[vcpu].cif.has_release = true;
	stay = low & (vgic_state_pending(bank) | bank->active);
	for (uint32_t bits = low & ~stay; bits; bits &= bits - 1) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, 32 * word + bits_first(bits));

		if (ref.irq->vcpu != VGIC_NOWHERE) {
			vgic_irq_unlist(&vgic->cpu[ref.irq->vcpu], &ref);
			ref.irq->vcpu = VGIC_NOWHERE;
		}
	}
	vgic_irq_update_word(vgic, vcpu, word, stay, &none);
}

void vgic_phys_levels(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t high)
{
	struct vgic_bank *bank;
	uint32_t levels, low;

	if (vcpu >= vgic->nr_vcpus || word < 1 || word >= vgic->nr_words) {
		return;
	}
	bank = &vgic->spi[word - 1];
	levels = phys_levels(bank);
	low = levels & ~bank->held_active & ~high;
	levels &= bank->held_active;
	bank->high = (bank->high & ~levels) | (high & levels);
	if (low) {
		phys_fall(vgic, vcpu, word, low);
	}
}

/* Removes the lowest bit from a bank's list. */
static uint32_t phys_take(struct vgic_bank *bank)
{
	uint32_t n = bits_first(bank->release);

	bank->release &= bank->release - 1;
	return n;
}

bool vgic_phys_release_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	bool found = true;

	if (cpu->bank.release) {
		*physid = cpu->irq[phys_take(&cpu->bank)].physid;
	} else if (vgic->release_sum) {
		uint32_t word = bits_first(vgic->release_sum);
		struct vgic_bank *bank = &vgic->spi[word - 1];

		*physid = vgic->spi_irq[32 * (word - 1) + phys_take(bank)].physid;
		if (!bank->release) {
			vgic->release_sum &= ~BIT32(word);
		}
	} else {
		found = false;
	}
	cpu->cif.has_release = (cpu->bank.release | vgic->release_sum) != 0;
	return found;
}

void vgic_phys_release_others(struct vgic *vgic, uint32_t vcpu, vgic_kick_t *kick)
{
	for (uint32_t n = 0; n < vgic->nr_vcpus; n++) {
		if (n != vcpu) {
			vgic->cpu[n].cif.has_release = true;
			vgic->cpu[n].cif.work = VGIC_WORK_SYNC;
			*kick |= BIT32(n);
		}
	}
}

/* The first of a word that has changed; VGIC_NO_IRQ: none. */
static uint32_t phys_find_trigger(const struct vgic *vgic, uint32_t word)
{
	for (uint32_t n = 32 * word; n < 32 * (word + 1) && n < vgic->nr_irqs; n++) {
		if (vgic->spi_irq[n - VGIC_NR_PRIVATE].trigger & VGIC_TRIGGER_CHANGED) {
			return n;
		}
	}
	return VGIC_NO_IRQ;
}

bool vgic_phys_trigger_next(struct vgic *vgic, uint32_t vcpu, uint32_t *physid, bool *edge)
{
	while (vgic->trigger_sum) {
		uint32_t word = bits_first(vgic->trigger_sum);
		uint32_t intid = phys_find_trigger(vgic, word);
		struct vgic_ref ref;

		if (intid != VGIC_NO_IRQ) {
			ref = vgic_state_ref(vgic, vcpu, intid);
			ref.irq->trigger &= (uint8_t)~VGIC_TRIGGER_CHANGED;
			*physid = ref.irq->physid;
			*edge = (ref.bank->edge & ref.bit) != 0;
			return true;
		}
		vgic->trigger_sum &= ~BIT32(word);
	}
	vgic->cpu[vcpu].cif.has_trigger = false;
	return false;
}

/* GICV_DIR's source field is not needed: only one source of an SGI is active at a time. */
bool vgic_cpu_dir(struct vgic *vgic, uint32_t vcpu, uint32_t value, uint32_t *physid,
		  vgic_kick_t *kick)
{
	uint32_t intid = FIELD_GET(GICC_IAR_ID, value);
	struct vgic_ref ref;
	bool held;

	if (!phys_exists(vgic, vcpu, intid)) {
		return false;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	held = (ref.bank->held_active & ref.bit) && !vgic_irq_is_away(vgic, &ref);
	if (held) {
		ref.bank->held &= ~ref.bit;
		ref.bank->held_active &= ~ref.bit;
		*physid = ref.irq->physid;
	}
	vgic_irq_deactivate(vgic, &ref, kick);
	return held;
}
