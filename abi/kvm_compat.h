/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM/ARM's interrupt-line ABI: names, values and layout are Linux's, byte for byte. Code written
 * against <linux/kvm.h> and <asm/kvm.h> for KVM_IRQ_LINE and KVM_SET_GSI_ROUTING compiles against
 * this file. It needs only <stdint.h>; assembly may include it for the numbers.
 *
 * Facts from 'KVM: ARM: Inject IRQs and FIQs from userspace' (2013), Linux 5.5's
 * KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, and Linux's 'KVM_SET_GSI_ROUTING'.
 */
#ifndef PLUMBLINE_KVM_COMPAT_H
#define PLUMBLINE_KVM_COMPAT_H

#define __KVM_HAVE_IRQ_LINE

#define KVM_API_VERSION 12

/* irq: type in 31..24 | vcpu_index in 23..16 | number in 15..0 */
#define KVM_ARM_IRQ_TYPE_SHIFT 24
#define KVM_ARM_IRQ_TYPE_MASK  0xff
#define KVM_ARM_IRQ_VCPU_SHIFT 16
#define KVM_ARM_IRQ_VCPU_MASK  0xff
#define KVM_ARM_IRQ_NUM_SHIFT  0
#define KVM_ARM_IRQ_NUM_MASK   0xffff

/*
 * Linux 5.5 split the type field: vcpu2_index in 31..28 (vCPU = 256 * vcpu2 + vcpu), type
 * in 27..24. A GICv2 machine has at most 8 vCPUs, so a non-zero top nibble is -EINVAL in either
 * reading.
 */
#define KVM_ARM_IRQ_VCPU2_SHIFT 28
#define KVM_ARM_IRQ_VCPU2_MASK	0xf

/* irq_type */
#define KVM_ARM_IRQ_TYPE_CPU 0
#define KVM_ARM_IRQ_TYPE_SPI 1
#define KVM_ARM_IRQ_TYPE_PPI 2

/* irq_number of KVM_ARM_IRQ_TYPE_CPU */
#define KVM_ARM_IRQ_CPU_IRQ 0
#define KVM_ARM_IRQ_CPU_FIQ 1

/* The highest SPI that every virtual GIC has; a machine may have more (up to 1019). */
#define KVM_ARM_IRQ_GIC_MAX 127

/* The type of a struct kvm_irq_routing_entry. */
#define KVM_IRQ_ROUTING_IRQCHIP 1
#define KVM_IRQ_ROUTING_MSI	2

/* KVM_CHECK_EXTENSION */
#define KVM_CAP_IRQCHIP		      0
#define KVM_CAP_NR_VCPUS	      9
#define KVM_CAP_NR_MEMSLOTS	      10
#define KVM_CAP_IRQ_ROUTING	      25
#define KVM_CAP_IRQ_INJECT_STATUS     26
#define KVM_CAP_MAX_VCPUS	      66
#define KVM_CAP_ARM_PSCI	      87
#define KVM_CAP_ARM_PSCI_0_2	      102
#define KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 174

/* Low bytes of the ioctl numbers that the hypercalls mirror. */
#define KVM_NR_GET_API_VERSION 0x00
#define KVM_NR_CHECK_EXTENSION 0x03
#define KVM_NR_IRQ_LINE	       0x61
#define KVM_NR_GET_IRQCHIP     0x62
#define KVM_NR_IRQ_LINE_STATUS 0x67
#define KVM_NR_SET_GSI_ROUTING 0x6a
#define KVM_NR_GET_STATS_FD    0xce

#ifndef __ASSEMBLER__

#include <stdint.h>

#ifdef __linux__
#include <linux/types.h>
#else
typedef uint32_t __u32;
typedef int32_t __s32;
#endif

struct kvm_irq_level {
	union {
		__u32 irq;
		__s32 status;
	};
	__u32 level; /* 0 lowers, anything else raises */
};

struct kvm_irq_routing_irqchip {
	__u32 irqchip;
	__u32 pin;
};

struct kvm_irq_routing_msi {
	__u32 address_lo;
	__u32 address_hi;
	__u32 data;
	union {
		__u32 pad;
		__u32 devid;
	};
};

struct kvm_irq_routing_entry {
	__u32 gsi;
	__u32 type; /* KVM_IRQ_ROUTING_* */
	__u32 flags;
	__u32 pad;
	union {
		struct kvm_irq_routing_irqchip irqchip;
		struct kvm_irq_routing_msi msi;
		__u32 pad[8];
	} u;
};

#ifdef __cplusplus
#define KVM_COMPAT_ASSERT static_assert
#else
#define KVM_COMPAT_ASSERT _Static_assert
#endif
KVM_COMPAT_ASSERT(sizeof(struct kvm_irq_level) == 8, "struct kvm_irq_level is 8 bytes");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_level, irq) == 0, "irq comes first");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_level, status) == 0, "status shares irq");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_level, level) == 4, "level follows irq");
KVM_COMPAT_ASSERT(sizeof(struct kvm_irq_routing_entry) == 48, "a route is 48 bytes");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_entry, gsi) == 0, "gsi comes first");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_entry, type) == 4, "type follows gsi");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_entry, flags) == 8, "then flags");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_entry, u) == 16, "u comes last");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_irqchip, pin) == 4, "irqchip, pin");
KVM_COMPAT_ASSERT(__builtin_offsetof(struct kvm_irq_routing_msi, devid) == 12, "devid is pad");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_TYPE_MASK == 0xff && KVM_ARM_IRQ_TYPE_SHIFT == 24, "type 31..24");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_VCPU_MASK == 0xff && KVM_ARM_IRQ_VCPU_SHIFT == 16, "vcpu 23..16");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_NUM_MASK == 0xffff && KVM_ARM_IRQ_NUM_SHIFT == 0, "number 15..0");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_TYPE_CPU == 0 && KVM_ARM_IRQ_TYPE_SPI == 1, "types CPU 0, SPI 1");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_TYPE_PPI == 2 && KVM_ARM_IRQ_GIC_MAX == 127, "type PPI 2");
KVM_COMPAT_ASSERT(KVM_ARM_IRQ_CPU_IRQ == 0 && KVM_ARM_IRQ_CPU_FIQ == 1, "IRQ 0, FIQ 1");
#undef KVM_COMPAT_ASSERT

#endif
#endif
