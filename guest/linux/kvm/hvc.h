/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * Plumbline's calls for VMs that are made at run time, by HVC #0 with the numbers of SMC Calling
 * Convention 1.1. The numbers are those of abi/plumbline.h, with which a test compares them; this
 * folder builds without it.
 */
#ifndef PLUMBLINE_KVM_HVC_H
#define PLUMBLINE_KVM_HVC_H

#include <linux/types.h>
#include <asm/opcodes-virt.h>

#define PLUMB_CALL_UID	      0x8600ff01
#define PLUMB_CALL_REVISION   0x8600ff03
#define PLUMB_GET_API_VERSION 0x86000000
#define PLUMB_CHECK_EXTENSION 0x86000003
#define PLUMB_IRQ_LINE	      0x86000061
#define PLUMB_GET_ONE_REG     0x860000ab
#define PLUMB_SET_ONE_REG     0x860000ac
#define PLUMB_GET_REG_LIST    0x860000b0
#define PLUMB_CREATE_VM	      0x86000001
#define PLUMB_DESTROY_VM      0x86000f02
#define PLUMB_CREATE_VCPU     0x86000041
#define PLUMB_MAP	      0x86000046
#define PLUMB_UNMAP	      0x86000f46
#define PLUMB_DIRTY	      0x86000042
#define PLUMB_CREATE_DEVICE   0x860000e0
#define PLUMB_SET_DEVICE_ATTR 0x860000e1
#define PLUMB_GET_DEVICE_ATTR 0x860000e2
#define PLUMB_VCPU_INIT	      0x860000ae
#define PLUMB_GET_MP_STATE    0x86000098
#define PLUMB_SET_MP_STATE    0x86000099
#define PLUMB_RUN	      0x86000080
#define PLUMB_WAKE_MASK	      0x86000f80
#define PLUMB_GET_VCPU_EVENTS 0x8600009f
#define PLUMB_SET_VCPU_EVENTS 0x860000a0
#define PLUMB_IRQ_WATCH	      0x86000f76
#define PLUMB_IRQ_ENDED	      0x86000f77

#define PLUMB_UID_R0 0x0b8f41d2
#define PLUMB_UID_R1 0x6a4c1c95
#define PLUMB_UID_R2 0xb1d2f3a0
#define PLUMB_UID_R3 0x5e2764c7

#define PLUMB_REVISION_MAJOR 1

#define PLUMB_VM_TELLS \
	1 /* a type of VM: PLUMB_IRQ_LINE says in r0 which vCPUs are to be run again */
#define PLUMB_VM_FIRST 0x100 /* handle of the first VM that a partition has made */

#define PLUMB_RUN_DO_EMULATED 0 /* the access is done: a load gets the value */
#define PLUMB_RUN_DO_RETRY    1
#define PLUMB_RUN_DO_ABORT    2
#define PLUMB_RUN_DO_STAY     3 /* emulated, and the vCPU does not go on */

#define PLUMB_RUN_INTR	 1
#define PLUMB_RUN_MMIO	 2 /* r1 address, r2 value of a store, r3 bytes | store << 8 */
#define PLUMB_RUN_WFI	 3 /* r1, r2: ticks until one of its timers is due; all ones: never */
#define PLUMB_RUN_SYSTEM 4 /* r1: 1 off, 2 reset */
#define PLUMB_RUN_KICK	 5 /* r1: vCPUs to run again */
#define PLUMB_RUN_OFF	 6
#define PLUMB_RUN_FAULT	 7 /* r1, r3 address, r2 PLUMB_FAULT_* */

#define PLUMB_WAKE_LINES 0x80000000 /* beside the vCPUs to run again: PLUMB_IRQ_ENDED */

#define PLUMB_EVENT_SERROR 0x000001
#define PLUMB_EVENT_ABORT  0x010000

/* A type of struct kvm_irq_routing_entry: u.pad[0] is an irq word of KVM_IRQ_LINE. */
#define PLUMB_IRQ_ROUTING_LINE 0x80000001

#define PLUMB_FAULT_WRITE 1
#define PLUMB_FAULT_FETCH 2

#define PLUMB_MAP_READ_ONLY 1
#define PLUMB_MAP_LOG	    2

#define PLUMB_MAP_RUNS_MAX 64

/* This partition's memory: `pages` of 4 KiB, from its page `pfn` on. */
struct plumb_run {
	u32 pfn, pages;
};

struct plumb_result {
	s32 r0; /* the call's result, or a negative errno */
	u32 r1, r2, r3;
};

static inline struct plumb_result plumb_call6(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e,
					      u32 f)
{
	register u32 r0 asm("r0") = function;
	register u32 r1 asm("r1") = a;
	register u32 r2 asm("r2") = b;
	register u32 r3 asm("r3") = c;
	register u32 r4 asm("r4") = d;
	register u32 r5 asm("r5") = e;
	register u32 r6 asm("r6") = f;

	asm volatile(__HVC(0)
		     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
		     : "r"(r4), "r"(r5), "r"(r6)
		     : "memory");
	return (struct plumb_result) { r0, r1, r2, r3 };
}

/* r6 is no argument of the call. */
static inline struct plumb_result plumb_call(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e)
{
	register u32 r0 asm("r0") = function;
	register u32 r1 asm("r1") = a;
	register u32 r2 asm("r2") = b;
	register u32 r3 asm("r3") = c;
	register u32 r4 asm("r4") = d;
	register u32 r5 asm("r5") = e;

	asm volatile(__HVC(0)
		     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
		     : "r"(r4), "r"(r5)
		     : "memory");
	return (struct plumb_result) { r0, r1, r2, r3 };
}

/* r4 and r5 are no arguments, either. */
static inline s32 plumb_call3(u32 function, u32 a, u32 b, u32 c)
{
	register u32 r0 asm("r0") = function;
	register u32 r1 asm("r1") = a;
	register u32 r2 asm("r2") = b;
	register u32 r3 asm("r3") = c;

	asm volatile(__HVC(0) : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "memory");
	return r0;
}

#endif
