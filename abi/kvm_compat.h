/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM/ARM's ABI for interrupt lines, routes and vCPU registers: names, values and layout are
 * Linux's, byte for byte. Code written against <linux/kvm.h> and <asm/kvm.h> for KVM_IRQ_LINE,
 * KVM_SET_GSI_ROUTING and KVM_GET_ONE_REG compiles against this file. It needs only <stdint.h>;
 * assembly may include it for the numbers.
 *
 * Facts from 'KVM: ARM: Inject IRQs and FIQs from userspace' (2013), Linux 5.5's
 * KVM_CAP_ARM_IRQ_LINE_LAYOUT_2, Linux's 'KVM_SET_GSI_ROUTING', and the 32-bit <asm/kvm.h> of
 * Linux 5.6, the last one that has it.
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
#define KVM_CAP_ONE_REG		      70
#define KVM_CAP_ARM_PSCI	      87
#define KVM_CAP_ARM_PSCI_0_2	      102
#define KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 174

/* KVM_CREATE_DEVICE, and the groups and attributes of a VGICv2 */
#define KVM_DEV_TYPE_ARM_VGIC_V2	5
#define KVM_DEV_ARM_VGIC_GRP_ADDR	0
#define KVM_DEV_ARM_VGIC_GRP_DIST_REGS	1
#define KVM_DEV_ARM_VGIC_GRP_CPU_REGS	2
#define KVM_DEV_ARM_VGIC_GRP_NR_IRQS	3
#define KVM_DEV_ARM_VGIC_GRP_CTRL	4
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO 7
#define KVM_DEV_ARM_VGIC_CTRL_INIT	0
#define KVM_VGIC_V2_ADDR_TYPE_DIST	0
#define KVM_VGIC_V2_ADDR_TYPE_CPU	1
#define KVM_VGIC_V2_DIST_SIZE		0x1000
#define KVM_VGIC_V2_CPU_SIZE		0x2000

/* Attributes of groups 1 and 2: the vCPU, and the register's offset */
#define KVM_DEV_ARM_VGIC_CPUID_SHIFT	       32
#define KVM_DEV_ARM_VGIC_CPUID_MASK	       (0xffULL << KVM_DEV_ARM_VGIC_CPUID_SHIFT)
#define KVM_DEV_ARM_VGIC_OFFSET_SHIFT	       0
#define KVM_DEV_ARM_VGIC_OFFSET_MASK	       (0xffffffffULL << KVM_DEV_ARM_VGIC_OFFSET_SHIFT)
/* Of group 7: what, and the first of 32 interrupts */
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT 10
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK 0x3ff
#define VGIC_LEVEL_INFO_LINE_LEVEL	       0

/* KVM_ARM_VCPU_INIT: targets, and numbers of features */
#define KVM_ARM_TARGET_CORTEX_A15 0
#define KVM_ARM_TARGET_CORTEX_A7  1
#define KVM_ARM_VCPU_POWER_OFF	  0
#define KVM_ARM_VCPU_PSCI_0_2	  1

/* KVM_GET_MP_STATE */
#define KVM_MP_STATE_RUNNABLE 0
#define KVM_MP_STATE_STOPPED  5

/* Low bytes of the ioctl numbers that the hypercalls mirror. */
#define KVM_NR_GET_API_VERSION 0x00
#define KVM_NR_CREATE_VM       0x01
#define KVM_NR_CHECK_EXTENSION 0x03
#define KVM_NR_CREATE_VCPU     0x41
#define KVM_NR_GET_DIRTY_LOG   0x42
#define KVM_NR_SET_USER_MEMORY 0x46
#define KVM_NR_IRQ_LINE	       0x61
#define KVM_NR_GET_IRQCHIP     0x62
#define KVM_NR_IRQ_LINE_STATUS 0x67
#define KVM_NR_SET_GSI_ROUTING 0x6a
#define KVM_NR_IRQFD	       0x76
#define KVM_NR_RUN	       0x80
#define KVM_NR_GET_MP_STATE    0x98
#define KVM_NR_SET_MP_STATE    0x99
#define KVM_NR_GET_VCPU_EVENTS 0x9f
#define KVM_NR_SET_VCPU_EVENTS 0xa0
#define KVM_NR_GET_ONE_REG     0xab
#define KVM_NR_SET_ONE_REG     0xac
#define KVM_NR_ARM_VCPU_INIT   0xae
#define KVM_NR_GET_REG_LIST    0xb0
#define KVM_NR_GET_STATS_FD    0xce
#define KVM_NR_CREATE_DEVICE   0xe0
#define KVM_NR_SET_DEVICE_ATTR 0xe1
#define KVM_NR_GET_DEVICE_ATTR 0xe2

#ifndef __ASSEMBLER__

#include <stdint.h>

#ifdef __linux__
#include <linux/types.h>
#else
typedef uint32_t __u32;
typedef int32_t __s32;
#endif

/*
 * A register's ID: architecture in 63..60, size in 55..52, a coprocessor or one of the groups from
 * KVM_REG_ARM_CORE on in 27..16, and by that the register.
 */
#define KVM_REG_ARCH_MASK  0xff00000000000000ULL
#define KVM_REG_ARM	   0x4000000000000000ULL
#define KVM_REG_SIZE_SHIFT 52
#define KVM_REG_SIZE_MASK  0x00f0000000000000ULL
#define KVM_REG_SIZE_U32   0x0020000000000000ULL
#define KVM_REG_SIZE_U64   0x0030000000000000ULL

#define KVM_REG_ARM_COPROC_MASK	 0x000000000FFF0000
#define KVM_REG_ARM_COPROC_SHIFT 16

/* CP15; a 64-bit register has CRm and opc1 alone */
#define KVM_REG_ARM_32_OPC2_MASK  0x0000000000000007
#define KVM_REG_ARM_32_OPC2_SHIFT 0
#define KVM_REG_ARM_OPC1_MASK	  0x0000000000000078
#define KVM_REG_ARM_OPC1_SHIFT	  3
#define KVM_REG_ARM_CRM_MASK	  0x0000000000000780
#define KVM_REG_ARM_CRM_SHIFT	  7
#define KVM_REG_ARM_32_CRN_MASK	  0x0000000000007800
#define KVM_REG_ARM_32_CRN_SHIFT  11

#define ARM_CP15_REG32(op1, crn, crm, op2)                                         \
	(KVM_REG_ARM | KVM_REG_SIZE_U32 | (15 << KVM_REG_ARM_COPROC_SHIFT) |       \
	 ((op1) << KVM_REG_ARM_OPC1_SHIFT) | ((crn) << KVM_REG_ARM_32_CRN_SHIFT) | \
	 ((crm) << KVM_REG_ARM_CRM_SHIFT) | ((op2) << KVM_REG_ARM_32_OPC2_SHIFT))
#define ARM_CP15_REG64(op1, crm)                                             \
	(KVM_REG_ARM | KVM_REG_SIZE_U64 | (15 << KVM_REG_ARM_COPROC_SHIFT) | \
	 ((op1) << KVM_REG_ARM_OPC1_SHIFT) | ((crm) << KVM_REG_ARM_CRM_SHIFT))

#define KVM_REG_ARM_PTIMER_CTL	ARM_CP15_REG32(0, 14, 2, 1)
#define KVM_REG_ARM_PTIMER_CNT	ARM_CP15_REG64(0, 14)
#define KVM_REG_ARM_PTIMER_CVAL ARM_CP15_REG64(2, 14)
#define KVM_REG_ARM_TIMER_CTL	ARM_CP15_REG32(0, 14, 3, 1)
#define KVM_REG_ARM_TIMER_CNT	ARM_CP15_REG64(1, 14)
#define KVM_REG_ARM_TIMER_CVAL	ARM_CP15_REG64(3, 14)

/* Core registers: the index of a word in struct kvm_regs. */
#define KVM_REG_ARM_CORE	   (0x0010 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_CORE_REG(name) (__builtin_offsetof(struct kvm_regs, name) / 4)

/* Registers that another one selects: CCSIDR by the value of CSSELR. */
#define KVM_REG_ARM_DEMUX	    (0x0011 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_DEMUX_ID_MASK   0x000000000000FF00
#define KVM_REG_ARM_DEMUX_ID_SHIFT  8
#define KVM_REG_ARM_DEMUX_ID_CCSIDR (0x00 << KVM_REG_ARM_DEMUX_ID_SHIFT)
#define KVM_REG_ARM_DEMUX_VAL_MASK  0x00000000000000FF
#define KVM_REG_ARM_DEMUX_VAL_SHIFT 0

/* VFP: d0..d31 from KVM_REG_ARM_VFP_BASE_REG on, 64 bits; the others 32 bits */
#define KVM_REG_ARM_VFP		 (0x0012 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_VFP_MASK	 0x000000000000FFFF
#define KVM_REG_ARM_VFP_BASE_REG 0x0
#define KVM_REG_ARM_VFP_FPSID	 0x1000
#define KVM_REG_ARM_VFP_FPSCR	 0x1001
#define KVM_REG_ARM_VFP_MVFR1	 0x1006
#define KVM_REG_ARM_VFP_MVFR0	 0x1007
#define KVM_REG_ARM_VFP_FPEXC	 0x1008
#define KVM_REG_ARM_VFP_FPINST	 0x1009
#define KVM_REG_ARM_VFP_FPINST2	 0x100A

/* What firmware has. */
#define KVM_REG_ARM_FW		 (0x0014 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_FW_REG(r)	 (KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_FW | (0xffff & (r)))
#define KVM_REG_ARM_PSCI_VERSION KVM_REG_ARM_FW_REG(0)

/* Linux's struct kvm_regs has its struct pt_regs in front: r0..r15, cpsr, and a word that is no
 * register. The others are SP, LR and SPSR of a mode; of FIQ mode R8..R12 before these. */
struct kvm_regs {
	struct {
		__u32 uregs[18];
	} usr_regs;
	__u32 svc_regs[3];
	__u32 abt_regs[3];
	__u32 und_regs[3];
	__u32 irq_regs[3];
	__u32 fiq_regs[8];
};

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
KVM_COMPAT_ASSERT(sizeof(struct kvm_regs) == 38 * 4, "38 core registers");
KVM_COMPAT_ASSERT(KVM_REG_ARM_CORE_REG(svc_regs) == 18, "svc_regs follow cpsr and a word");
KVM_COMPAT_ASSERT(KVM_REG_ARM_CORE_REG(fiq_regs) == 30, "fiq_regs come last");
KVM_COMPAT_ASSERT(KVM_REG_ARM_TIMER_CNT == 0x40300000000f0708ULL, "CNTVCT");
KVM_COMPAT_ASSERT(KVM_REG_ARM_TIMER_CTL == 0x40200000000f7181ULL, "CNTV_CTL");
#undef KVM_COMPAT_ASSERT

#endif
#endif
