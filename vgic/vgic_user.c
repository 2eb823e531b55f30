/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers as KVM's device attributes show them (KVM_DEV_ARM_VGIC_GRP_*), for who saves and
 * restores the VGIC. What guests may not write, or not in this way, is here; all else is as guests
 * access it. No vCPU is loaded: memory holds all state.
 */
#include "hyp/base/error.h"
#include "hyp/regs/gic.h"
#include "vgic/vgic_interface.h"
#include "vgic/vgic_irq.h"

/* GICC_IIDR: product 0x4b, GICv2, ARM; as KVM tells those that save a VGIC. */
#define USER_GICC_IIDR 0x04b2043bu

/* GICC_CTLR's bits are at the same places in GICH_VMCR. */
#define USER_CTLR 0x21fu /* EOImode, CBPR, FIQEn, AckCtl, both enables */

/* As in GICD_TYPER: whole words of interrupts. */
static bool user_dist_exists(const struct vgic *vgic, uint32_t offset)
{
	uint32_t words = vgic->nr_words;

	if (offset < GICD_IGROUPR) {
		return offset <= GICD_IIDR;
	}
	if (offset < GICD_IPRIORITYR) {
		return offset % 0x80u < 4 * words;
	}
	if (offset < GICD_ICFGR) {
		return offset % 0x400u < 32 * words;
	}
	if (offset < GICD_PPISR) {
		return offset % 0x100u < 8 * words;
	}
	return offset == GICD_SGIR ||
	       (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + VGIC_NR_SGIS);
}

/* The active ones of `count` interrupts were acknowledged with the priority that they have, as far
 * as anybody can tell: who restores GICC_APR means these. */
static void user_rank(struct vgic *vgic, uint32_t vcpu, uint32_t first, uint32_t count)
{
	for (uint32_t n = first; n < first + count && n < vgic->nr_irqs; n++) {
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, n);

		if (ref.bank->active & ref.bit) {
			ref.irq->active_priority = ref.irq->priority;
			vgic_levels_set(ref.bank->active_level, VGIC_ACTIVES, ref.bit,
					ref.irq->priority);
		}
	}
}

/* A timer is pending by its own registers, and has no latch to restore. Groups may be written by
 * those alone who have shown that they know this VGIC. */
static int user_prepare_write(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio)
{
	struct mmio iidr = { .offset = GICD_IIDR, .size = 4 };
	vgic_kick_t none = 0;

	if (mmio->offset == GICD_IIDR) {
		(void)vgic_dist_access(vgic, vcpu, &iidr, &none);
		if (mmio->value != iidr.value) {
			return -HYP_EINVAL;
		}
		vgic->user_groups = true;
	} else if (mmio->offset == GICD_ISPENDR) {
		mmio->value &= ~vgic->cpu[vcpu].bank.timer;
	}
	return 0;
}

static bool user_ignores(const struct vgic *vgic, const struct mmio *mmio)
{
	return mmio->is_write && mmio->offset >= GICD_IGROUPR && mmio->offset < GICD_ISENABLER &&
	       !vgic->user_groups;
}

int vgic_user_dist(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick)
{
	uint32_t offset = mmio->offset;
	int error;

	if (offset % 4 || !user_dist_exists(vgic, offset)) {
		return -HYP_ENXIO;
	}
	error = mmio->is_write ? user_prepare_write(vgic, vcpu, mmio) : 0;
	if (error || user_ignores(vgic, mmio)) {
		return error;
	}
	(void)vgic_dist_access(vgic, vcpu, mmio, kick); /* nothing is away: no read waits */
	vgic->cpu[vcpu].bank.release = 0;		/* of an unloaded vCPU no timer is active */
	if (mmio->is_write && offset >= GICD_ISACTIVER && offset < GICD_ICACTIVER) {
		user_rank(vgic, vcpu, offset % 0x80u * 8, 32);
	} else if (mmio->is_write && offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
		user_rank(vgic, vcpu, offset - GICD_IPRIORITYR, 4);
	}
	return 0;
}

/* ---- the CPU interface ---- */

/* Where GICH_VMCR has the register; 0: it does not. */
static uint32_t user_vmcr_field(uint32_t offset)
{
	switch (offset) {
	case GICC_CTLR:
		return USER_CTLR;
	case GICC_PMR:
		return GICH_VMCR_PMR;
	case GICC_BPR:
		return GICH_VMCR_BP;
	case GICC_ABPR:
		return GICH_VMCR_ABP;
	default:
		return 0;
	}
}

static bool user_is_apr(uint32_t offset)
{
	return offset % 4 == 0 && offset >= GICC_APR && offset < GICC_APR + 16;
}

static uint32_t user_cif_read(const struct vgic_cif *cif, uint32_t offset)
{
	uint32_t field = user_vmcr_field(offset);

	if (offset == GICC_IIDR) {
		return USER_GICC_IIDR;
	}
	if (!field) { /* GICC_APR0; the others would be more levels than there are */
		return offset == GICC_APR ? cif->apr : 0;
	}
	return (cif->vmcr & field) >> bits_first(field);
}

static void user_cif_write(struct vgic_cif *cif, uint32_t offset, uint32_t value)
{
	uint32_t field = user_vmcr_field(offset);

	if (offset == GICC_APR) {
		cif->apr = value;
	} else if (field) {
		cif->vmcr = (cif->vmcr & ~field) | (value << bits_first(field) & field);
	}
}

int vgic_user_cif(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick)
{
	struct vgic_cif *cif = &vgic->cpu[vcpu].cif;
	uint32_t offset = mmio->offset;

	if (!user_vmcr_field(offset) && !user_is_apr(offset) && offset != GICC_IIDR) {
		return -HYP_ENXIO;
	}
	if (!mmio->is_write) {
		mmio->value = user_cif_read(cif, offset);
		return 0;
	}
	user_cif_write(cif, offset, mmio->value);
	*kick |= vgic_has_pending(vgic, vcpu) ? BIT32(vcpu) : 0;
	return 0;
}

/* ---- lines ---- */

int vgic_user_lines(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio, vgic_kick_t *kick)
{
	uint32_t word = mmio->offset / 32;
	struct vgic_bank *bank;
	uint32_t mine, changed;

	if (mmio->offset % 32 || word >= vgic->nr_words) {
		return -HYP_EINVAL;
	}
	bank = vgic_state_bank(vgic, vcpu, word);
	mine = vgic_state_valid(vgic, word) & ~bank->driven;
	mine &= word == 0 ? ~GENMASK32(VGIC_NR_SGIS - 1, 0) : GENMASK32(31, 0);
	if (!mmio->is_write) {
		mmio->value = bank->line & mine;
		return 0;
	}
	changed = (bank->line ^ mmio->value) & mine;
	bank->line ^= changed;
	vgic_irq_update_word(vgic, vcpu, word, changed, kick);
	return 0;
}
