/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGIC, from any state of its invariants (docs/verification.md), of the shape that the command
 * line gives: NR_VCPUS, NR_IRQS (a multiple of 32, more than 32), NR_LRS.
 */
#include "proof.h"

/* What the compiler's __builtin_ctz, inside bits_first, does: by cases, or by range (CTZ_RANGE). */
#ifdef CTZ_RANGE
/*@ requires not_zero: word != 0;
  @ assigns \result \from word;
  @ ensures 0 <= \result <= 31;
  @ behavior below_4:
  @   assumes word < 0x4;
  @   ensures \result <= 1;
  @ behavior below_16:
  @   assumes word < 0x10;
  @   ensures \result <= 3;
  @ behavior below_256:
  @   assumes word < 0x100;
  @   ensures \result <= 7;
  @ behavior below_64k:
  @   assumes word < 0x10000;
  @   ensures \result <= 15;
  @*/
static int proof_ctz(uint32_t word);
#else
/*@ requires not_zero: word != 0; */
static int proof_ctz(uint32_t word)
{
	int n = 0;

	/*@ loop unroll 32; */
	while (n < 31 && !(word & (1u << n))) {
		n++;
	}
	return n;
}
#endif

#define __builtin_ctz		     proof_ctz
#define __atomic_load_n(from, order) (*(from))
#include "vgic/vgic_bits.c"
#include "vgic/vgic_dist.c"
#include "vgic/vgic_flush.c"
#include "vgic/vgic_interface.c"
#include "vgic/vgic_irq.c"
#include "vgic/vgic_lr.c"
#include "vgic/vgic_sgi.c"

#define NR_WORDS (NR_IRQS / 32)
#define NR_SPIS	 (NR_IRQS - 32)

static struct vgic_cpu cpus[NR_VCPUS];
static struct vgic_bank spi[NR_WORDS - 1];
static struct vgic_irq spi_irq[NR_SPIS];
static struct vgic vgic;

static void vgic_any_irq(struct vgic_irq *irq)
{
	*irq = (struct vgic_irq) {
		.physid = (uint16_t)any_below(1020),
		.priority = (uint8_t)any_below(256),
		.active_priority = (uint8_t)any_below(256),
		.targets = (uint8_t)any_below(1u << NR_VCPUS),
		.vcpu = (uint8_t)any_below(NR_VCPUS),
		.lr = (uint8_t)any_below(NR_LRS),
		.sources = (uint8_t)any_below(1u << NR_VCPUS),
		.active_source = (uint8_t)any_below(NR_VCPUS),
		.trigger = (uint8_t)any_below(4),
	};
	if (any_below(2)) {
		irq->vcpu = VGIC_NOWHERE;
	}
	if (any_below(2)) {
		irq->lr = VGIC_NO_LR;
	}
}

static void vgic_any_bank(struct vgic_bank *bank)
{
	*bank = (struct vgic_bank) {
		.enabled = any_word(),
		.group = any_word(),
		.edge = any_word(),
		.line = any_word(),
		.plain = any_word(),
		.latch = any_word(),
		.loan = any_word(),
		.active = any_word(),
		.in_lr = any_word(),
		.op_activate = any_word(),
		.op_deactivate = any_word(),
		.held = any_word(),
		.held_active = any_word(),
		.held_lent = any_word(),
		.release = any_word(),
		.high = any_word(),
		.driven = any_word(),
		.timer = any_word(),
		.passed = any_word(),
	};
}

/* Only SPIs are watched (vgic_watch_spi). */
static void vgic_any_spis(struct vgic_bank *bank)
{
	vgic_any_bank(bank);
	bank->watch = any_word();
	bank->ended = any_word();
}

static void vgic_any_cpu(struct vgic_cpu *cpu)
{
	cpu->cif.nr_lrs = NR_LRS;
	cpu->cif.used = any_below(1u << NR_LRS);
	cpu->cif.dirty = any_below(1u << NR_LRS);
	cpu->cif.hcr_dirty = any_below(2);
	cpu->cif.work = (uint8_t)any_below(4);
	cpu->cif.has_held = any_below(2);
	cpu->cif.has_release = any_below(2);
	cpu->cif.has_trigger = any_below(2);
	cpu->cif.hcr = any_word();
	cpu->loaded = any_below(2);
	cpu->folded = any_below(2);
	cpu->unsorted = any_below(2);
	cpu->ops = any_below(2);
	cpu->nr_free = any_word();
	cpu->fold_seq = any_word();
	cpu->nr_ready = any_word();
	cpu->given = any_word();
	cpu->ready_sum = NR_WORDS == 32 ? any_word() : any_below(1u << (NR_WORDS % 32));
	cpu->recall = any_below(1u << NR_LRS);
	cpu->retry_offset = any_word();
	cpu->retry_wait = any_below(1u << NR_VCPUS);
	for (uint32_t n = 0; n < VGIC_MAX_WORDS; n++) {
		cpu->ready[n] = any_word();
		cpu->barred[n] = any_word();
	}
	for (uint32_t n = 0; n < VGIC_MAX_LRS; n++) {
		cpu->cif.lr[n] = any_word();
		cpu->lr_irq[n] = (uint16_t)any_below(NR_IRQS);
	}
	for (uint32_t n = 0; n < VGIC_MAX_VCPUS; n++) {
		cpu->retry_seq[n] = any_word();
	}
	for (uint32_t n = 0; n < VGIC_NR_PRIVATE; n++) {
		vgic_any_irq(&cpu->irq[n]);
	}
	vgic_any_bank(&cpu->bank);
}

static void vgic_any(void)
{
	vgic = (struct vgic) {
		.nr_vcpus = NR_VCPUS,
		.nr_irqs = NR_IRQS,
		.nr_words = NR_WORDS,
		.nr_lrs = NR_LRS,
		.all_lrs = (1u << NR_LRS) - 1,
		.ctlr = any_below(4),
		.soft_eoi = any_below(2),
		.user_groups = any_below(2),
		.reach = any_below(1u << NR_LRS),
		.release_sum = any_word(),
		.trigger_sum = any_word(),
		.held_sum = any_word(),
		.ended_sum = any_below(1u << NR_WORDS % 32) & ~1u,
		.cpu = cpus,
		.spi = spi,
		.spi_irq = spi_irq,
	};
	vgic.group_on[0] = vgic.ctlr & 1 ? 0xffffffffu : 0;
	vgic.group_on[1] = vgic.ctlr & 2 ? 0xffffffffu : 0;
	for (uint32_t n = 0; n < NR_VCPUS; n++) {
		vgic_any_cpu(&cpus[n]);
	}
	for (uint32_t n = 0; n < NR_WORDS - 1; n++) {
		vgic_any_spis(&spi[n]);
	}
	for (uint32_t n = 0; n < NR_SPIS; n++) {
		vgic_any_irq(&spi_irq[n]);
	}
}

/* A guest's access: any offset, of a width that the architecture has, aligned or not; the row's
 * first two words apart, as they are what a small shape has. */
static void vgic_any_access(uint32_t row)
{
	/*@ loop unroll 3 * 2 * 3 * NR_VCPUS; */
	for (uint32_t n = 0; n < 3 * 2 * 3 * NR_VCPUS; n++) {
		uint32_t part = n / NR_VCPUS / 6;
		struct mmio mmio = { .size = 1u << (n / NR_VCPUS / 2 % 3),
				     .is_write = n / NR_VCPUS % 2,
				     .value = any_word() };
		vgic_kick_t kick = 0;

		if (row == 32) {
			mmio.offset = 0x1000 + any_below(0xfffff000);
		} else if (part < 2) {
			mmio.offset = row * 0x80 + part * 4 + any_below(4);
		} else {
			mmio.offset = row * 0x80 + 8 + any_below(0x78);
		}
		vgic_any();
		vgic_dist_access(&vgic, n % NR_VCPUS, &mmio, &kick);
	}
}

/* All rows of the table but GICD_SGIR's, and what is past it. */
void proof_vgic_dist(void)
{
	/*@ loop unroll 33; */
	for (uint32_t row = 0; row < 33; row++) {
		if (row != 0xf00 / 0x80) {
			vgic_any_access(row);
		}
	}
	cover();
}

void proof_vgic_sgi(void)
{
	vgic_any_access(0xf00 / 0x80);
	cover();
}

void proof_vgic_watch(void)
{
	uint32_t intid;

	vgic_any();
	vgic_watch_spi(&vgic, any_below(NR_SPIS), any_below(2));
	vgic_any();
	intid = vgic_take_ended(&vgic);
	/*@ assert told: intid < NR_IRQS; */
	cover();
}

void proof_vgic_flush(void)
{
	for (uint32_t vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		vgic_any();
		vgic_flush(&vgic, vcpu);
	}
	cover();
}

void proof_vgic_fold(void)
{
	vgic_kick_t kick = 0;

	for (uint32_t vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		vgic_any();
		vgic_fold(&vgic, vcpu, &kick);
	}
	cover();
}

void proof_vgic_fold_empty(void)
{
	vgic_kick_t kick = 0;

	for (uint32_t vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		vgic_any();
		vgic_fold_empty(&vgic, vcpu, any_word(), &kick);
	}
	cover();
}
