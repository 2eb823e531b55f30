/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * List registers of a vCPU that runs, written by another CPU, so that the vCPU takes an interrupt
 * without an exit. A list register that is empty stays empty until the monitor writes it
 * (IHI 0048B 5.3.8), and the VGIC lock keeps the vCPU's own CPU out; so an empty one is the only
 * kind that can be written. All others change under the guest's acknowledges and EOIs: no read
 * followed by a write is safe, and the vCPU is kicked.
 *
 * Either all that the mirror asks for is done here, and its work is NONE again, or the work stays:
 * a kick that another call has decided on, and not sent yet, then still finds it.
 */
#include "vgic/vgic_lr.h"

void vgic_set_reach(struct vgic *vgic, uint32_t lrs)
{
	vgic->reach = lrs & vgic->all_lrs;
}

/* A mirror that is folded or dirty is being changed by the vCPU's own CPU, which flushes it before
 * the guest continues. With maintenance interrupts for those that wait, a new choice is needed. */
enum vgic_work vgic_remote_work(const struct vgic *vgic, uint32_t vcpu)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	const struct vgic_cif *cif = &cpu->cif;

	if (!vgic->reach || !cpu->loaded || cpu->folded || cif->dirty || cif->hcr_dirty ||
	    cif->hcr != GICH_HCR_EN || cif->work == VGIC_WORK_SYNC) {
		return VGIC_WORK_NONE;
	}
	/* A list register that is known to be free may be out of reach. */
	return cif->work == VGIC_WORK_ADD && !(vgic->reach & ~cif->used) ? VGIC_WORK_LOOK
									 : vgic_cif_work(cif);
}

/* Ready interrupts -> free list registers in reach, as far as they go. */
static void remote_fill(struct vgic *vgic, uint32_t vcpu)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t free = vgic->reach & ~cpu->cif.used;

	for (; cpu->nr_ready && free; free &= free - 1) {
		uint32_t word = bits_first(cpu->ready_sum);
		uint32_t intid = 32 * word + bits_first(cpu->ready[word]);
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, intid);

		cpu->cif.used |= free & (~free + 1);
		cpu->nr_free--;
		vgic_lr_put(vgic, &ref, bits_first(free), false);
	}
}

/* Those of `empty` that are out of date, or all if more interrupts wait, and that can be used
 * again: no physical interrupt must be deactivated, and one that is out of reach need not be
 * written. */
static uint32_t remote_plain(const struct vgic *vgic, uint32_t vcpu, uint32_t empty)
{
	const struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t wanted = cpu->nr_ready ? cpu->cif.used : cpu->recall;
	uint32_t plain = 0;

	for (uint32_t left = empty & wanted; left; left &= left - 1) {
		uint32_t n = bits_first(left);
		/*@ admit known: cpu->lr_irq[n] < vgic->nr_irqs; */
		struct vgic_ref ref = vgic_state_ref(vgic, vcpu, cpu->lr_irq[n]);

		if (!(ref.bank->held & ref.bit) &&
		    ((vgic->reach & BIT32(n)) ||
		     !vgic_lr_must_clear(cpu->cif.lr[n] & ~GICH_LR_STATE))) {
			plain |= BIT32(n);
		}
	}
	return plain;
}

/* An empty list register that is out of reach: its interrupt, if it is pending again, goes to
 * another one. */
static void remote_leave(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];

	cpu->cif.lr[n] &= ~GICH_LR_STATE;
	vgic_lr_take(vgic, vcpu, n, kick);
	cpu->cif.used &= ~BIT32(n);
	cpu->nr_free++;
}

/* False: a list register is out of date that must stay as it is. */
static bool remote_take(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t plain = remote_plain(vgic, vcpu, empty);

	if (cpu->recall & ~plain) {
		return false;
	}
	cpu->recall = 0;
	for (uint32_t left = plain & ~vgic->reach; left; left &= left - 1) {
		remote_leave(vgic, vcpu, bits_first(left), kick);
	}
	for (uint32_t left = plain & vgic->reach; left; left &= left - 1) {
		vgic_lr_take_empty(vgic, vcpu, bits_first(left), kick);
	}
	return true;
}

/* A separate function, because the common path needs few registers. */
static __attribute__((noinline)) bool remote_all_of_it(struct vgic *vgic, uint32_t vcpu,
						       uint32_t empty, vgic_kick_t *kick)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	vgic_kick_t others = 0;

	if (!remote_take(vgic, vcpu, empty, &others)) {
		return false;
	}
	*kick |= others & ~BIT32(vcpu);
	remote_fill(vgic, vcpu);
	cpu->cif.work = cpu->nr_ready > cpu->nr_free ? VGIC_WORK_LOOK
			: cpu->nr_ready		     ? VGIC_WORK_ADD
						     : VGIC_WORK_NONE;
	return cpu->cif.work == VGIC_WORK_NONE;
}

/* The most frequent case: the guest has ended an SPI or PPI, which comes again and is all that
 * there is to do. The same as above, in fewer instructions. */
VGIC_INLINE bool remote_again(struct vgic *vgic, uint32_t vcpu, uint32_t empty)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t recall = cpu->recall;
	struct vgic_bank *bank;
	struct vgic_ref ref;
	uint32_t n;

	if (cpu->nr_ready || !(recall & empty & vgic->reach) || (recall & (recall - 1u))) {
		return false;
	}
	n = bits_first(recall);
	/*@ admit known: cpu->lr_irq[n] < vgic->nr_irqs; */
	ref = vgic_state_ref(vgic, vcpu, cpu->lr_irq[n]);
	bank = ref.bank;
	if (ref.intid < VGIC_NR_SGIS || ((bank->held | bank->op_activate) & ref.bit) ||
	    !(vgic_state_pending(bank) & vgic_state_eligible(vgic, bank) & ref.bit) ||
	    (ref.intid >= VGIC_NR_PRIVATE && vgic->nr_vcpus > 1 &&
	     !(ref.irq->targets & BIT32(vcpu)))) {
		return false;
	}
	bank->active &= ~ref.bit;
	bank->op_deactivate &= ~ref.bit;
	bank->loan = (bank->loan & ~ref.bit) | (bank->latch & ref.bit);
	bank->latch &= ~ref.bit;
	cpu->cif.lr[n] = GICH_LR_PENDING | vgic_lr_priority(ref.irq->priority) |
			 vgic_lr_again(&ref) | (bank->group & ref.bit ? GICH_LR_GRP1 : 0) |
			 ref.intid;
	cpu->cif.dirty |= recall;
	cpu->recall = 0;
	cpu->cif.work = VGIC_WORK_NONE;
	cpu->given++;
	return true;
}

bool vgic_remote_do(struct vgic *vgic, uint32_t vcpu, uint32_t empty, vgic_kick_t *kick)
{
	return remote_again(vgic, vcpu, empty) || remote_all_of_it(vgic, vcpu, empty, kick);
}
