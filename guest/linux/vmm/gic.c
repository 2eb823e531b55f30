/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/gic.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/vm.h"

#define GIC_DIST   1u  /* KVM_DEV_ARM_VGIC_GRP_DIST_REGS */
#define GIC_CPU	   2u  /* KVM_DEV_ARM_VGIC_GRP_CPU_REGS */
#define GIC_BANKED 32u /* interrupts of which each vCPU has its own */

/* Offsets of ARM IHI 0048B. They are set in this order: configuration before states. */
struct gic_range {
	uint32_t group, offset;
	uint32_t bits;	/* for each interrupt; 0: one word, the same for all; 32: one word of each
			   vCPU */
	uint32_t clear; /* a register that clears what is not set; 0: none */
};

static const struct gic_range gic_ranges[] = {
	{ GIC_DIST, 0x008, 0, 0 },	/* GICD_IIDR: says whose registers these are */
	{ GIC_DIST, 0x000, 0, 0 },	/* GICD_CTLR */
	{ GIC_DIST, 0x080, 1, 0 },	/* GICD_IGROUPR */
	{ GIC_DIST, 0x800, 8, 0 },	/* GICD_ITARGETSR */
	{ GIC_DIST, 0xc00, 2, 0 },	/* GICD_ICFGR */
	{ GIC_DIST, 0x100, 1, 0x180 },	/* GICD_ISENABLER */
	{ GIC_DIST, 0x200, 1, 0x280 },	/* GICD_ISPENDR */
	{ GIC_DIST, 0x300, 1, 0x380 },	/* GICD_ISACTIVER */
	{ GIC_DIST, 0x400, 8, 0 },	/* GICD_IPRIORITYR */
	{ GIC_DIST, 0xf20, 32, 0xf10 }, /* GICD_SPENDSGIR */
	{ GIC_DIST, 0xf24, 32, 0xf14 }, { GIC_DIST, 0xf28, 32, 0xf18 },
	{ GIC_DIST, 0xf2c, 32, 0xf1c }, { GIC_CPU, 0x00, 32, 0 }, /* GICC_CTLR */
	{ GIC_CPU, 0x04, 32, 0 },				  /* GICC_PMR */
	{ GIC_CPU, 0x08, 32, 0 },				  /* GICC_BPR */
	{ GIC_CPU, 0x1c, 32, 0 },				  /* GICC_ABPR */
	{ GIC_CPU, 0xd0, 32, 0 },				  /* GICC_APR0 */
};

static uint32_t gic_reset_words[VM_VCPUS][GIC_WORDS_MAX], gic_reset_counts[VM_VCPUS];

static uint32_t gic_range_words(const struct gic_range *range, uint32_t vcpu)
{
	if (range->bits == 0) {
		return vcpu == 0;
	}
	return range->bits == 32 ? 1 : (vcpu ? GIC_BANKED : VM_NR_IRQS) * range->bits / 32;
}

static bool gic_do(uint32_t call, const struct gic_range *range, uint32_t vcpu, uint32_t offset,
		   uint32_t *value)
{
	struct kvm_attr attr = { 0, range->group, (uint64_t)vcpu << 32 | offset, sys_at(value) };

	return sys_ioctl(vm.gic, call, sys_at(&attr)) == 0;
}

uint32_t gic_get(uint32_t vcpu, uint32_t *words)
{
	uint32_t count = 0;

	for (uint32_t r = 0; r < sizeof(gic_ranges) / sizeof(gic_ranges[0]); r++) {
		const struct gic_range *range = &gic_ranges[r];

		for (uint32_t n = 0; n < gic_range_words(range, vcpu); n++) {
			if (!gic_do(KVM_GET_DEVICE_ATTR, range, vcpu, range->offset + 4 * n,
				    &words[count++])) {
				return 0;
			}
		}
	}
	return count;
}

static bool gic_set_range(const struct gic_range *range, uint32_t vcpu, const uint32_t *words)
{
	for (uint32_t n = 0; n < gic_range_words(range, vcpu); n++) {
		uint32_t value = words[n], all = 0xffffffff;

		if ((range->clear &&
		     !gic_do(KVM_SET_DEVICE_ATTR, range, vcpu, range->clear + 4 * n, &all)) ||
		    !gic_do(KVM_SET_DEVICE_ATTR, range, vcpu, range->offset + 4 * n, &value)) {
			return false;
		}
	}
	return true;
}

bool gic_set(uint32_t vcpu, const uint32_t *words, uint32_t count)
{
	uint32_t at = 0;

	for (uint32_t r = 0; r < sizeof(gic_ranges) / sizeof(gic_ranges[0]); r++) {
		uint32_t next = at + gic_range_words(&gic_ranges[r], vcpu);

		if (next > count || !gic_set_range(&gic_ranges[r], vcpu, words + at)) {
			return false;
		}
		at = next;
	}
	return at == count;
}

void gic_keep(void)
{
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		gic_reset_counts[n] = gic_get(n, gic_reset_words[n]);
	}
}

bool gic_reset(void)
{
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		if (!gic_set(n, gic_reset_words[n], gic_reset_counts[n])) {
			return false;
		}
	}
	return true;
}
