/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * KVM's ABI on 32-bit Arm, as Linux 5.6 had it: what <linux/kvm.h> needs of it, and what /dev/kvm
 * uses. Linux's headers have no such file for Arm any more.
 */
#ifndef _UAPI_ASM_ARM_KVM_H
#define _UAPI_ASM_ARM_KVM_H

#include <linux/types.h>

#define __KVM_HAVE_IRQ_LINE
#define __KVM_HAVE_READONLY_MEM
#define __KVM_HAVE_VCPU_EVENTS

/* The page of a vCPU's mapping that has the ring of coalesced MMIO. */
#define KVM_COALESCED_MMIO_PAGE_OFFSET 1

/* r0..r15, CPSR and a word that is no register, as struct pt_regs; then SP, LR and SPSR of a mode,
 * and R8..R14 and SPSR of FIQ mode. */
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

#define KVM_ARM_TARGET_CORTEX_A15 0
#define KVM_ARM_TARGET_CORTEX_A7  1

#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_PSCI_0_2  1

struct kvm_vcpu_init {
	__u32 target;
	__u32 features[7];
};

/* KVM_ARM_SET_DEVICE_ADDR: the device in 31..16 of the ID, the address in 15..0. */
#define KVM_ARM_DEVICE_TYPE_SHIFT 0
#define KVM_ARM_DEVICE_TYPE_MASK  (0xffff << KVM_ARM_DEVICE_TYPE_SHIFT)
#define KVM_ARM_DEVICE_ID_SHIFT	  16
#define KVM_ARM_DEVICE_ID_MASK	  (0xffff << KVM_ARM_DEVICE_ID_SHIFT)
#define KVM_ARM_DEVICE_VGIC_V2	  0

#define KVM_VGIC_V2_ADDR_TYPE_DIST 0
#define KVM_VGIC_V2_ADDR_TYPE_CPU  1
#define KVM_VGIC_V2_DIST_SIZE	   0x1000
#define KVM_VGIC_V2_CPU_SIZE	   0x2000

#define KVM_DEV_ARM_VGIC_GRP_ADDR      0
#define KVM_DEV_ARM_VGIC_GRP_DIST_REGS 1
#define KVM_DEV_ARM_VGIC_GRP_CPU_REGS  2
#define KVM_DEV_ARM_VGIC_GRP_NR_IRQS   3
#define KVM_DEV_ARM_VGIC_GRP_CTRL      4
#define KVM_DEV_ARM_VGIC_CTRL_INIT     0

/* Attributes of groups 1 and 2: the vCPU in 39..32, the offset in 31..0. */
#define KVM_DEV_ARM_VGIC_CPUID_SHIFT  32
#define KVM_DEV_ARM_VGIC_CPUID_MASK   (0xffULL << KVM_DEV_ARM_VGIC_CPUID_SHIFT)
#define KVM_DEV_ARM_VGIC_OFFSET_SHIFT 0
#define KVM_DEV_ARM_VGIC_OFFSET_MASK  (0xffffffffULL << KVM_DEV_ARM_VGIC_OFFSET_SHIFT)

#define KVM_ARM_IRQ_TYPE_SHIFT 24
#define KVM_ARM_IRQ_TYPE_SPI   1
#define KVM_ARM_IRQ_TYPE_PPI   2
#define KVM_ARM_IRQ_GIC_MAX    127

/* Attributes of a vCPU. */
#define KVM_ARM_VCPU_TIMER_CTRL	      1
#define KVM_ARM_VCPU_TIMER_IRQ_VTIMER 0
#define KVM_ARM_VCPU_TIMER_IRQ_PTIMER 1

/* One GIC, whose pins are its SPIs. */
#define KVM_NR_IRQCHIPS	     1
#define KVM_IRQCHIP_NUM_PINS (1020 - 32)

struct kvm_sregs {
};

struct kvm_fpu {
};

struct kvm_guest_debug_arch {
};

struct kvm_debug_exit_arch {
};

/* Bits of device_irq_level: headers of before Linux 6.12 have them, too, in <linux/kvm.h>. */
#define KVM_ARM_DEV_EL1_VTIMER (1 << 0)
#define KVM_ARM_DEV_EL1_PTIMER (1 << 1)

struct kvm_sync_regs {
	__u64 device_irq_level; /* KVM_ARM_DEV_*, without a GIC in the kernel */
};

struct kvm_arch_memory_slot {
};

struct kvm_vcpu_events {
	struct {
		__u8 serror_pending;
		__u8 serror_has_esr;
		__u8 ext_dabt_pending;
		__u8 pad[5];
		__u64 serror_esr;
	} exception;
	__u32 reserved[12];
};

#endif
