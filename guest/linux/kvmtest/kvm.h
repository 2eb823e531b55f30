/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM's ABI on 32-bit Arm, as 'The Definitive KVM API Documentation' and the last headers that had
 * it give it, typed here again: numbers of ioctls with direction and size, and layouts.
 */
#ifndef KVMTEST_KVM_H
#define KVMTEST_KVM_H

#include <stdint.h>

#define KVM_GET_API_VERSION	      0x0000ae00
#define KVM_CREATE_VM		      0x0000ae01
#define KVM_CHECK_EXTENSION	      0x0000ae03
#define KVM_GET_VCPU_MMAP_SIZE	      0x0000ae04
#define KVM_CREATE_VCPU		      0x0000ae41
#define KVM_GET_DIRTY_LOG	      0x4010ae42
#define KVM_SET_USER_MEMORY_REGION    0x4020ae46
#define KVM_CREATE_IRQCHIP	      0x0000ae60
#define KVM_IRQ_LINE		      0x4008ae61
#define KVM_REGISTER_COALESCED_MMIO   0x4010ae67
#define KVM_IRQ_LINE_STATUS	      0xc008ae67
#define KVM_UNREGISTER_COALESCED_MMIO 0x4010ae68
#define KVM_SET_GSI_ROUTING	      0x4008ae6a
#define KVM_IRQFD		      0x4020ae76
#define KVM_IOEVENTFD		      0x4040ae79
#define KVM_RUN			      0x0000ae80
#define KVM_SET_SIGNAL_MASK	      0x4004ae8b
#define KVM_GET_MP_STATE	      0x8004ae98
#define KVM_SET_MP_STATE	      0x4004ae99
#define KVM_GET_VCPU_EVENTS	      0x8040ae9f
#define KVM_SET_VCPU_EVENTS	      0x4040aea0
#define KVM_GET_ONE_REG		      0x4010aeab
#define KVM_KVMCLOCK_CTRL	      0x0000aead /* not on Arm */
#define KVM_ARM_SET_DEVICE_ADDR	      0x4010aeab /* of a VM */
#define KVM_SET_ONE_REG		      0x4010aeac
#define KVM_ARM_VCPU_INIT	      0x4020aeae
#define KVM_ARM_PREFERRED_TARGET      0x8020aeaf
#define KVM_GET_REG_LIST	      0xc008aeb0
#define KVM_CREATE_DEVICE	      0xc00caee0
#define KVM_SET_DEVICE_ATTR	      0x4018aee1
#define KVM_GET_DEVICE_ATTR	      0x4018aee2
#define KVM_HAS_DEVICE_ATTR	      0x4018aee3

#define KVM_CAP_IRQCHIP		      0
#define KVM_CAP_USER_MEMORY	      3
#define KVM_CAP_NR_VCPUS	      9
#define KVM_CAP_NR_MEMSLOTS	      10
#define KVM_CAP_MP_STATE	      14
#define KVM_CAP_COALESCED_MMIO	      15
#define KVM_CAP_SYNC_MMU	      16
#define KVM_CAP_DESTROY_MEMORY_REGION 21
#define KVM_CAP_IRQ_ROUTING	      25
#define KVM_CAP_IRQFD		      32
#define KVM_CAP_IOEVENTFD	      36
#define KVM_CAP_VCPU_EVENTS	      41
#define KVM_CAP_MAX_VCPUS	      66
#define KVM_CAP_ONE_REG		      70
#define KVM_CAP_READONLY_MEM	      81
#define KVM_CAP_IRQFD_RESAMPLE	      82
#define KVM_CAP_ARM_PSCI	      87
#define KVM_CAP_ARM_SET_DEVICE_ADDR   88
#define KVM_CAP_DEVICE_CTRL	      89
#define KVM_CAP_ARM_PSCI_0_2	      102
#define KVM_CAP_CHECK_EXTENSION_VM    105
#define KVM_CAP_IOEVENTFD_ANY_LENGTH  122
#define KVM_CAP_MULTI_ADDRESS_SPACE   118
#define KVM_CAP_MSI_DEVID	      131
#define KVM_CAP_IMMEDIATE_EXIT	      136
#define KVM_CAP_VCPU_ATTRIBUTES	      127
#define KVM_CAP_ARM_USER_IRQ	      144
#define KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 174
#define KVM_CAP_ARM_INJECT_EXT_DABT   178

#define KVM_EXIT_MMIO	      6
#define KVM_EXIT_INTR	      10
#define KVM_EXIT_SYSTEM_EVENT 24

#define KVM_MEM_LOG_DIRTY_PAGES 1
#define KVM_MEM_READONLY	2

struct kvm_region {
	uint32_t slot, flags;
	uint64_t guest, size, user;
};

struct kvm_dirty_log {
	uint32_t slot, pad;
	uint64_t bitmap;
};

struct kvm_events {
	uint8_t serror_pending, serror_has_esr, ext_dabt_pending, pad[5];
	uint64_t serror_esr;
	uint32_t reserved[12];
};

struct kvm_init {
	uint32_t target, features[7];
};

struct kvm_reg {
	uint64_t id, at;
};

struct kvm_line {
	uint32_t irq, level;
};

struct kvm_device {
	uint32_t type, fd, flags;
};

struct kvm_attr {
	uint32_t flags, group;
	uint64_t attr, at;
};

struct kvm_address {
	uint64_t id, address;
};

struct kvm_ioevent {
	uint64_t match, address;
	uint32_t length;
	int32_t fd;
	uint32_t flags;
	uint8_t pad[36];
};

struct kvm_irqevent {
	uint32_t fd, gsi, flags, resample;
	uint8_t pad[16];
};

struct kvm_zone {
	uint64_t address;
	uint32_t size, pio;
};

/* struct kvm_run, as far as these tests use it. */
struct kvm_state {
	uint8_t window, immediate_exit, padding[6];
	uint32_t exit_reason;
	uint8_t more[20];
	union {
		struct {
			uint64_t address;
			uint8_t data[8];
			uint32_t bytes;
			uint8_t is_write;
		} mmio;
		struct {
			uint32_t type;
			uint64_t flags;
		} system;
	};
};

#define KVM_STATE_LEVELS 304 /* in struct kvm_run: s.regs.device_irq_level */

struct kvm_ring {
	volatile uint32_t first, last;
	struct {
		uint64_t address;
		uint32_t bytes, pio;
		uint8_t data[8];
	} entries[];
};

_Static_assert(sizeof(struct kvm_region) == 32, "struct kvm_userspace_memory_region");
_Static_assert(sizeof(struct kvm_ioevent) == 64, "struct kvm_ioeventfd");
_Static_assert(sizeof(struct kvm_irqevent) == 32, "struct kvm_irqfd");
_Static_assert(sizeof(struct kvm_events) == 64, "struct kvm_vcpu_events");
_Static_assert(sizeof(struct kvm_attr) == 24, "struct kvm_device_attr");
_Static_assert(__builtin_offsetof(struct kvm_state, mmio) == 32, "struct kvm_run");
_Static_assert(__builtin_offsetof(struct kvm_state, mmio.is_write) == 52, "struct kvm_run");
_Static_assert(__builtin_offsetof(struct kvm_state, system.flags) == 40, "struct kvm_run");

/* Registers' IDs */
#define KVM_ID_CORE(word) (0x4020000000100000ull + (word))
#define KVM_ID_R(n)	  KVM_ID_CORE(n)
#define KVM_ID_PC	  KVM_ID_CORE(15)
#define KVM_ID_CPSR	  KVM_ID_CORE(16)
#define KVM_ID_MPIDR	  0x40200000000f0005ull
#define KVM_ID_CNTV_CVAL  0x40300000000f0718ull
#define KVM_ID_PSCI	  0x4030000000140000ull

#endif
