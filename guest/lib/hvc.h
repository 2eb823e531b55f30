/* SPDX-License-Identifier: BSD-2-Clause */
/* HVC #0 and the control ABI (docs/control-abi.md). */
#ifndef GUEST_LIB_HVC_H
#define GUEST_LIB_HVC_H

#include "abi/plumbline.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

struct smccc_result {
	uint32_t r0, r1, r2, r3;
};

static inline struct smccc_result hvc_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	register uint32_t r0 __asm__("r0") = function;
	register uint32_t r1 __asm__("r1") = a1;
	register uint32_t r2 __asm__("r2") = a2;
	register uint32_t r3 __asm__("r3") = a3;

	__asm__ volatile(".arch_extension virt\n\thvc #0"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
			 :
			 : "r12", "memory");
	return (struct smccc_result) { r0, r1, r2, r3 };
}

/* Does the program run on this monitor (PLUMB_CALL_UID)? False on bare QEMU. */
bool hvc_is_plumbline(void);

/* "ENXIO" for -ENXIO (or ENXIO), "0" for 0, "?" for numbers that the ABI never returns. newlib's
 * errno.h agrees with Linux's on every number that the ABI uses. */
const char *hvc_errno_name(int32_t result);

/* The irq word of KVM_IRQ_LINE. */
static inline uint32_t kvm_irq_word(uint32_t type, uint32_t vcpu, uint32_t number)
{
	return type << KVM_ARM_IRQ_TYPE_SHIFT | vcpu << KVM_ARM_IRQ_VCPU_SHIFT |
	       number << KVM_ARM_IRQ_NUM_SHIFT;
}

static inline uint32_t kvm_irq_spi(uint32_t intid)
{
	return kvm_irq_word(KVM_ARM_IRQ_TYPE_SPI, 0, intid);
}

static inline uint32_t kvm_irq_ppi(uint32_t vcpu, uint32_t intid)
{
	return kvm_irq_word(KVM_ARM_IRQ_TYPE_PPI, vcpu, intid);
}

/* line: KVM_ARM_IRQ_CPU_IRQ or _FIQ */
static inline uint32_t kvm_irq_cpu(uint32_t vcpu, uint32_t line)
{
	return kvm_irq_word(KVM_ARM_IRQ_TYPE_CPU, vcpu, line);
}

/* Handles: 0 is the caller's own partition, n the n-th of the manifest, counted from 1. */
static inline int32_t kvm_irq_line(uint32_t handle, uint32_t irq, uint32_t level)
{
	return (int32_t)hvc_call(PLUMB_IRQ_LINE, handle, irq, level).r0;
}

/* One call: returns the number of entries applied (at most PLUMB_IRQ_LINE_MANY_MAX), or the -errno
 * of the first one. */
static inline int32_t kvm_irq_line_many(uint32_t handle, const struct kvm_irq_level *lines,
					uint32_t count)
{
	return (int32_t)hvc_call(PLUMB_IRQ_LINE_MANY, handle, (uint32_t)(uintptr_t)lines, count).r0;
}

/* 0 or -errno; one call for tables of up to PLUMB_GSI_MAX entries. */
static inline int32_t
kvm_set_gsi_routing(uint32_t handle, const struct kvm_irq_routing_entry *entries, uint32_t count)
{
	return (int32_t)hvc_call(PLUMB_SET_GSI_ROUTING, handle, (uint32_t)(uintptr_t)entries, count)
		.r0;
}

/* The lines of a GSI: 0, or the -errno of the first one if none was driven. */
static inline int32_t kvm_gsi_line(uint32_t handle, uint32_t gsi, uint32_t level)
{
	return (int32_t)hvc_call(PLUMB_GSI_LINE, handle, gsi, level).r0;
}

struct vm_info {
	uint32_t nr_vcpus;
	uint32_t nr_irqs; /* 0: no GIC */
	uint32_t state;	  /* PLUMB_VM_* */
	char name[PLUMB_VM_NAME_MAX + 1];
};

/* 0 or -errno (-EPERM: no right; -EBADF: past the last partition). */
int32_t vm_info(uint32_t handle, struct vm_info *info);
/* The handle of the partition with this name; 0: none that the caller has a right to. */
uint32_t vm_find(const char *name);

/* The life of a partition that the caller manages: 0, or -errno. The change is complete when
 * vm_info returns the new state; the doorbell (PLUMB_VM_WATCH_INTID) rings then. */
static inline int32_t vm_start(uint32_t handle)
{
	return (int32_t)hvc_call(PLUMB_VM_START, handle, 0, 0).r0;
}

static inline int32_t vm_stop(uint32_t handle)
{
	return (int32_t)hvc_call(PLUMB_VM_STOP, handle, 0, 0).r0;
}

static inline int32_t vm_reset(uint32_t handle)
{
	return (int32_t)hvc_call(PLUMB_VM_RESET, handle, 0, 0).r0;
}

static inline int32_t vm_pause(uint32_t handle)
{
	return (int32_t)hvc_call(PLUMB_VM_PAUSE, handle, 0, 0).r0;
}

static inline int32_t vm_resume(uint32_t handle)
{
	return (int32_t)hvc_call(PLUMB_VM_RESUME, handle, 0, 0).r0;
}

/* 0 and the partitions that have changed since the last call (bit n - 1: handle n), or -EPERM; the
 * doorbell goes low. */
int32_t vm_watch(uint64_t *changed);

/* 0 and *state (PLUMB_IRQ_*), or -errno. */
int32_t irq_state(uint32_t handle, uint32_t irq, uint32_t *state);
/* 0 and *value, or -errno; index: PLUMB_STAT_*. */
int32_t vm_stats(uint32_t handle, uint32_t vcpu, uint32_t index, uint64_t *value);
/* The same; index: PLUMB_TIMES_*. Of PLUMB_TIMES_INTERRUPTS the low half is r1, the high half r2.
 */
int32_t vm_times(uint32_t handle, uint32_t vcpu, uint32_t index, uint64_t *value);

/* Registers of a paused partition's vCPU by KVM's IDs: 0, or -errno. */
int32_t kvm_get_one_reg(uint32_t handle, uint32_t vcpu, uint64_t id, uint64_t *value);
int32_t kvm_set_one_reg(uint32_t handle, uint32_t vcpu, uint64_t id, uint64_t value);
/* 0 and the ID with this index, from 0; -EINVAL past the last one. */
int32_t kvm_get_reg_list(uint32_t index, uint64_t *id);

/* The record of its partition's last crash: words `index` to index + 2 (PLUMB_CRASH_*), or -errno.
 */
int32_t vm_crash(uint32_t handle, uint32_t vcpu, uint32_t index, uint32_t words[3]);
/* All of it. -EAGAIN: another crash has come meanwhile. */
int32_t vm_crash_all(uint32_t handle, uint32_t vcpu, uint32_t words[PLUMB_CRASH_WORDS]);

#endif
