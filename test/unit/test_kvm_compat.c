/* SPDX-License-Identifier: BSD-2-Clause */
/* abi/kvm_compat.h against the numbers of 'KVM: ARM: Inject IRQs and FIQs from userspace' (v5,
 * 2013) and of Linux's <linux/kvm.h>, typed here. */
#include "abi/kvm_compat.h"
#include "test/unit/test.h"
#include <stddef.h>

static void irq_word(void)
{
#ifdef __KVM_HAVE_IRQ_LINE
	bool have = true;
#else
	bool have = false;
#endif

	CHECK(have);
	CHECK_EQ(KVM_ARM_IRQ_TYPE_SHIFT, 24);
	CHECK_EQ(KVM_ARM_IRQ_TYPE_MASK, 0xff);
	CHECK_EQ(KVM_ARM_IRQ_VCPU_SHIFT, 16);
	CHECK_EQ(KVM_ARM_IRQ_VCPU_MASK, 0xff);
	CHECK_EQ(KVM_ARM_IRQ_NUM_SHIFT, 0);
	CHECK_EQ(KVM_ARM_IRQ_NUM_MASK, 0xffff);
	CHECK_EQ(KVM_ARM_IRQ_VCPU2_SHIFT, 28);
	CHECK_EQ(KVM_ARM_IRQ_VCPU2_MASK, 0xf);
	CHECK_EQ(KVM_ARM_IRQ_TYPE_CPU, 0);
	CHECK_EQ(KVM_ARM_IRQ_TYPE_SPI, 1);
	CHECK_EQ(KVM_ARM_IRQ_TYPE_PPI, 2);
	CHECK_EQ(KVM_ARM_IRQ_CPU_IRQ, 0);
	CHECK_EQ(KVM_ARM_IRQ_CPU_FIQ, 1);
	CHECK_EQ(KVM_ARM_IRQ_GIC_MAX, 127);
}

/* Attributes of the device; the last ones are those of KVM's GICv3. */
static void device_attributes(void)
{
	CHECK_EQ(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 1);
	CHECK_EQ(KVM_DEV_ARM_VGIC_GRP_CPU_REGS, 2);
	CHECK_EQ(KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 7);
	CHECK_EQ(KVM_DEV_ARM_VGIC_CPUID_SHIFT, 32);
	CHECK_EQ(KVM_DEV_ARM_VGIC_CPUID_MASK, 0xff00000000);
	CHECK_EQ(KVM_DEV_ARM_VGIC_OFFSET_SHIFT, 0);
	CHECK_EQ(KVM_DEV_ARM_VGIC_OFFSET_MASK, 0xffffffff);
	CHECK_EQ(KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT, 10);
	CHECK_EQ(KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK, 0x3ff);
	CHECK_EQ(VGIC_LEVEL_INFO_LINE_LEVEL, 0);
}

static void level_layout(void)
{
	struct kvm_irq_level level;
	uint8_t bytes[8];

	CHECK_EQ(sizeof(level), 8);
	CHECK_EQ(offsetof(struct kvm_irq_level, irq), 0);
	CHECK_EQ(offsetof(struct kvm_irq_level, status), 0);
	CHECK_EQ(offsetof(struct kvm_irq_level, level), 4);
	CHECK_EQ(sizeof(level.irq), 4);
	CHECK_EQ(sizeof(level.status), 4);
	CHECK_EQ(sizeof(level.level), 4);
	level.irq = 0x01020304;
	level.level = 0x0a0b0c0d;
	memcpy(bytes, &level, sizeof(bytes));
	CHECK_EQ(bytes[0], 0x04);
	CHECK_EQ(bytes[3], 0x01);
	CHECK_EQ(bytes[4], 0x0d);
	CHECK_EQ(bytes[7], 0x0a);
	level.irq = 0xffffffff;
	CHECK(level.status == -1); /* signed */
	CHECK(level.irq > 0);	   /* unsigned */
}

static void route_layout(void)
{
	struct kvm_irq_routing_entry entry = { .gsi = 0x01020304 };
	uint8_t bytes[48];

	CHECK_EQ(sizeof(entry), 48);
	CHECK_EQ(offsetof(struct kvm_irq_routing_entry, gsi), 0);
	CHECK_EQ(offsetof(struct kvm_irq_routing_entry, type), 4);
	CHECK_EQ(offsetof(struct kvm_irq_routing_entry, flags), 8);
	CHECK_EQ(offsetof(struct kvm_irq_routing_entry, pad), 12);
	CHECK_EQ(offsetof(struct kvm_irq_routing_entry, u), 16);
	CHECK_EQ(sizeof(entry.u), 32);
	CHECK_EQ(sizeof(struct kvm_irq_routing_irqchip), 8);
	CHECK_EQ(sizeof(struct kvm_irq_routing_msi), 16);
	CHECK_EQ(offsetof(struct kvm_irq_routing_msi, data), 8);
	entry.u.irqchip.irqchip = 0x0a0b0c0d;
	entry.u.irqchip.pin = 0x11121314;
	memcpy(bytes, &entry, sizeof(bytes));
	CHECK_EQ(bytes[0], 0x04);
	CHECK_EQ(bytes[16], 0x0d);
	CHECK_EQ(bytes[20], 0x14);
	CHECK_EQ(bytes[23], 0x11);
	CHECK_EQ(entry.u.msi.address_hi, 0x11121314); /* they share their places */
	CHECK_EQ(entry.u.pad[1], 0x11121314);
	CHECK_EQ(KVM_IRQ_ROUTING_IRQCHIP, 1);
	CHECK_EQ(KVM_IRQ_ROUTING_MSI, 2);
	CHECK_EQ(KVM_NR_SET_GSI_ROUTING, 0x6a);
	CHECK_EQ(KVM_CAP_IRQ_ROUTING, 25);
}

/* ioctl numbers are _IO(0xAE, nr); only nr is mirrored. */
static void numbers(void)
{
	CHECK_EQ(KVM_API_VERSION, 12);
	CHECK_EQ(KVM_NR_GET_API_VERSION, 0x00);
	CHECK_EQ(KVM_NR_CHECK_EXTENSION, 0x03);
	CHECK_EQ(KVM_NR_IRQ_LINE, 0x61);
	CHECK_EQ(KVM_NR_GET_IRQCHIP, 0x62);
	CHECK_EQ(KVM_NR_IRQ_LINE_STATUS, 0x67);
	CHECK_EQ(KVM_NR_GET_STATS_FD, 0xce);
	CHECK_EQ(KVM_CAP_IRQCHIP, 0);
	CHECK_EQ(KVM_CAP_NR_VCPUS, 9);
	CHECK_EQ(KVM_CAP_NR_MEMSLOTS, 10);
	CHECK_EQ(KVM_CAP_IRQ_INJECT_STATUS, 26);
	CHECK_EQ(KVM_CAP_MAX_VCPUS, 66);
	CHECK_EQ(KVM_CAP_ARM_PSCI, 87);
	CHECK_EQ(KVM_CAP_ARM_PSCI_0_2, 102);
	CHECK_EQ(KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, 174);
}

static const struct test_case cases[] = {
	{ "irq_word", irq_word },
	{ "level_layout", level_layout },
	{ "route_layout", route_layout },
	{ "numbers", numbers },
	{ "device_attributes", device_attributes },
};

TEST_MAIN("kvm_compat", cases)
