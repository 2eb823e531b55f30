/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of a partition to the monitor: HVC #0 with SMC Calling Convention 1.1 fast-call numbers
 * in r0, arguments in r1..r3, result in r0; r4..r11 are preserved. docs/control-abi.md has the
 * semantics. Assembly may include this file.
 */
#ifndef PLUMBLINE_ABI_H
#define PLUMBLINE_ABI_H

#include "kvm_compat.h"

/* PSCI (ARM DEN 0022), the 32-bit calls, and SMCCC discovery (ARM DEN 0028). */
#define PSCI_VERSION	       0x84000000
#define PSCI_CPU_SUSPEND       0x84000001
#define PSCI_CPU_OFF	       0x84000002
#define PSCI_CPU_ON	       0x84000003
#define PSCI_AFFINITY_INFO     0x84000004
#define PSCI_MIGRATE_INFO_TYPE 0x84000006
#define PSCI_SYSTEM_OFF	       0x84000008
#define PSCI_SYSTEM_RESET      0x84000009
#define PSCI_FEATURES	       0x8400000a
#define SMCCC_VERSION	       0x80000000
#define SMCCC_ARCH_FEATURES    0x80000001

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_ON_PENDING		(-5)
#define PSCI_INTERNAL_FAILURE	(-6)
#define PSCI_INVALID_ADDRESS	(-9)
#define SMCCC_NOT_SUPPORTED	(-1)

/* Vendor-hypervisor range: the low byte is that of the KVM ioctl mirrored. */
#define PLUMB_HVC_BASE	      0x86000000
#define PLUMB_CALL_COUNT      0x8600ff00 /* -> number of calls in this range */
#define PLUMB_CALL_UID	      0x8600ff01 /* -> r0..r3, the UID below */
#define PLUMB_CALL_REVISION   0x8600ff03 /* -> r0 major, r1 minor */
#define PLUMB_GET_API_VERSION 0x86000000 /* -> 12 */
#define PLUMB_CHECK_EXTENSION 0x86000003 /* r1 capability -> 0, 1 or a count */
#define PLUMB_IRQ_LINE	      0x86000061 /* r1 handle, r2 irq, r3 level -> 0, -errno */
#define PLUMB_IRQ_LINE_STATUS 0x86000067 /* the same */
#define PLUMB_IRQ_LINE_MANY   0x86000f61 /* r1 handle, r2 IPA of kvm_irq_level[], r3 count */
#define PLUMB_SET_GSI_ROUTING 0x8600006a /* r1 handle, r2 IPA of a table, r3 count -> 0, -errno */
#define PLUMB_GSI_LINE	      0x86000f6a /* r1 handle, r2 gsi, r3 level -> 0, -errno */
#define PLUMB_GET_IRQ_STATE   0x86000062 /* r1 handle, r2 irq -> r0 0/-errno, r1 PLUMB_IRQ_* */
#define PLUMB_GET_VM_INFO     0x86000f00 /* r1 handle -> r0 0/-errno, r1 shape, r2, r3 name */
#define PLUMB_GET_VM_NAME     0x86000f01 /* r1 handle, r2 first -> r0 0/-errno, r1..r3 name */
#define PLUMB_GET_STATS	      0x860000ce /* r1 handle, r2 vcpu, r3 index -> r0, r1 low, r2 high */
#define PLUMB_SYSTEM_EXIT     0x86000f08 /* r1 status: as SYSTEM_OFF; non-zero: a crash */
#define PLUMB_VM_START	      0x86000f10 /* r1 handle -> 0, -errno */
#define PLUMB_VM_STOP	      0x86000f11 /* the same, of these five */
#define PLUMB_VM_RESET	      0x86000f12
#define PLUMB_VM_PAUSE	      0x86000f13
#define PLUMB_VM_RESUME	      0x86000f14
#define PLUMB_VM_WATCH	      0x86000f15 /* -> r0 0/-errno, r1, r2 partitions that have changed */
#define PLUMB_GET_ONE_REG     0x860000ab /* r1 handle | vcpu << 16, r2, r3 ID -> r0, r1, r2 value */
#define PLUMB_SET_ONE_REG     0x860000ac /* the same, r4, r5 value -> 0, -errno */
#define PLUMB_GET_REG_LIST    0x860000b0 /* r2 index -> r0 0/-errno, r1, r2 ID */
#define PLUMB_GET_CRASH	      0x86000f18 /* r1 handle, r2 vcpu, r3 index -> r0, r1..r3 words */
#define PLUMB_GET_TIMES	      0x86000f19 /* r1 handle, r2 vcpu, r3 PLUMB_TIMES_* -> r0, r1, r2 */
#define PLUMB_TRACE	      0x86000f1a /* r1 PLUMB_TRACE_*, r2 CPU, r3 event -> r0..r3 by that */
#define PLUMB_VIRTIO_TAKE     0x86000f20 /* -> r0 PLUMB_VIRTIO_*, -errno; r1..r3 by that */
#define PLUMB_VIRTIO_ANSWER   0x86000f21 /* r1 id, r2 value -> 0, -errno */
#define PLUMB_VIRTIO_INFO     0x86000f22 /* r1 node, r2 part -> r0 0/-errno, r1..r3 by that */

/* VMs made at run time (docs/vms.md): r1 is their handle (`h`), or handle | vcpu << 16 (`v`). */
#define PLUMB_CREATE_VM	      0x86000001 /* r1 type, 0 or PLUMB_VM_TELLS -> handle, -errno */
#define PLUMB_VM_TELLS	      1 /* its lines, driven by its creator, say in r0 whom they wake */
#define PLUMB_DESTROY_VM      0x86000f02 /* r1 h -> 0, -errno; -EAGAIN: call again */
#define PLUMB_CREATE_VCPU     0x86000041 /* r1 h, r2 index -> 0, -errno */
#define PLUMB_MAP	      0x86000046 /* r1 h, r2 page, r3 IPA of plumb_run[], r4 n, r5 PLUMB_MAP_* */
#define PLUMB_UNMAP	      0x86000f46 /* r1 h, r2 page, r3 pages -> pages done, -errno */
#define PLUMB_DIRTY	      0x86000042 /* r1 h, r2 page, r3 pages, r4 IPA of a bitmap -> dirty pages */
#define PLUMB_CREATE_DEVICE   0x860000e0 /* r1 h, r2 type -> 0, -errno */
#define PLUMB_SET_DEVICE_ATTR 0x860000e1 /* r1 h, r2 group, r3 attr, r4, r5 value -> 0, -errno */
#define PLUMB_GET_DEVICE_ATTR 0x860000e2 /* the same -> r0 0/-errno, r1, r2 value */
#define PLUMB_VCPU_INIT	      0x860000ae /* r1 v, r2 target, r3 features -> 0, -errno */
#define PLUMB_GET_MP_STATE    0x86000098 /* r1 v -> r0 0/-errno, r1 state */
#define PLUMB_SET_MP_STATE    0x86000099 /* r1 v, r2 state -> 0, -errno */
#define PLUMB_RUN	      0x86000080 /* r1 v, r2 value, r3 PLUMB_RUN_DO_* -> r0 PLUMB_RUN_*, -errno */
#define PLUMB_WAKE_MASK	      0x86000f80 /* r1 h -> r0 0/-errno, r1 PLUMB_WAKE_*, r2 VM, r3 more */
#define PLUMB_GET_VCPU_EVENTS 0x8600009f /* r1 v -> r0 0/-errno, r1 PLUMB_EVENT_* */
#define PLUMB_SET_VCPU_EVENTS 0x860000a0 /* r1 v, r2 PLUMB_EVENT_* -> 0, -errno */
#define PLUMB_IRQ_WATCH	      0x86000f76 /* r1 h, r2 irq, r3 on -> 0, -errno */
#define PLUMB_IRQ_ENDED	      0x86000f77 /* r1 h -> r0 0/-errno, r1 INTID, 0: none */

#define PLUMB_REVISION_MAJOR 1
/* 1: PLUMB_GET_VM_NAME; 2: the two calls for GSIs; 3: PLUMB_VM_START to PLUMB_VM_WATCH; 4:
 * PLUMB_VIRTIO_TAKE to PLUMB_VIRTIO_INFO; 5: PLUMB_GET_TIMES; 6: KVM's
 * ONE_REG, PLUMB_TRACE, PLUMB_GET_CRASH; 7: PLUMB_CREATE_VM to PLUMB_WAKE_MASK; 8:
 * PLUMB_GET_VCPU_EVENTS to PLUMB_IRQ_ENDED; 9: PLUMB_VM_TELLS, PLUMB_WAKE_MASK's r3 */
#define PLUMB_REVISION_MINOR 9

/* PLUMB_CHECK_EXTENSION, beside KVM's capabilities: interrupts for a vCPU that runs on another CPU
 * reach it without an exit of that vCPU; the number of list registers that CPUs can write for each
 * other. 0: each such interrupt makes the vCPU exit. */
#define PLUMB_CAP_IRQ_NO_EXIT 0x10000061

/* One PLUMB_IRQ_LINE_MANY applies at most this many entries and returns their number. The caller
 * calls again for the rest. */
#define PLUMB_IRQ_LINE_MANY_MAX 64

/* A table of PLUMB_SET_GSI_ROUTING has at most PLUMB_GSI_MAX entries, for GSIs 0 to
 * PLUMB_GSI_MAX - 1 (KVM_CAP_IRQ_ROUTING). One GSI has at most PLUMB_GSI_LINES_MAX lines, and the
 * lines behind the first ones of all GSIs are at most PLUMB_GSI_MORE_MAX. */
#define PLUMB_GSI_MAX	    256
#define PLUMB_GSI_LINES_MAX 8
#define PLUMB_GSI_MORE_MAX  32

/* A type of struct kvm_irq_routing_entry beside KVM's: u.pad[0] is an irq word of KVM_IRQ_LINE. */
#define PLUMB_IRQ_ROUTING_LINE 0x80000001

/* This hypervisor's UID, as PLUMB_CALL_UID returns it in r0..r3. */
#define PLUMB_UID_R0 0x0b8f41d2
#define PLUMB_UID_R1 0x6a4c1c95
#define PLUMB_UID_R2 0xb1d2f3a0
#define PLUMB_UID_R3 0x5e2764c7

/* PLUMB_GET_IRQ_STATE, r1 */
#define PLUMB_IRQ_LEVEL	  0x01 /* the line is high */
#define PLUMB_IRQ_PENDING 0x02
#define PLUMB_IRQ_ACTIVE  0x04
#define PLUMB_IRQ_ENABLED 0x08
#define PLUMB_IRQ_EDGE	  0x10

/* PLUMB_GET_VM_INFO, r1: vCPUs in 7..0, interrupts of its VGIC (0: none) in 23..8, state in 31..24;
 * r2, r3: the first eight characters of its name, little-endian, zero-padded. The call ignores the
 * caller's r2 and r3. PLUMB_GET_VM_NAME gives the rest. */
#define PLUMB_VM_OFF	 0
#define PLUMB_VM_RUNNING 1
#define PLUMB_VM_LOADING 2
#define PLUMB_VM_CRASHED 3
#define PLUMB_VM_PAUSED	 4

/* The interrupt that tells a manager to call PLUMB_VM_WATCH: an SPI, high until the call. */
#define PLUMB_VM_WATCH_INTID 35

/* The interrupt that tells a backend to call PLUMB_VIRTIO_TAKE: an SPI, high until that returns
 * PLUMB_VIRTIO_NOTHING. */
#define PLUMB_VIRTIO_INTID 37

/* The interrupt that tells the creator of a VM to call PLUMB_WAKE_MASK: an SPI, high while any of
 * its VMs has a vCPU to run again. */
#define PLUMB_WAKE_INTID 38

/* The handle of the first VM that a partition has made; each has its own handles. */
#define PLUMB_VM_FIRST 0x100

/* PLUMB_WAKE_MASK, r1, and PLUMB_RUN_KICK: bit n: vCPU n, 0 to 7, is to be run again; and */
#define PLUMB_WAKE_LINES 0x80000000 /* watched lines have fallen: PLUMB_IRQ_ENDED */

/* PLUMB_GET_VCPU_EVENTS, r1: as the first bytes of KVM's struct kvm_vcpu_events. */
#define PLUMB_EVENT_SERROR 0x000001 /* an asynchronous abort is pending (HCR.VA) */
#define PLUMB_EVENT_ABORT  0x010000 /* set: it takes a synchronous external data abort */

/* PLUMB_RUN, r3: what is to become of the access with which the vCPU has left (MMIO, FAULT). */
#define PLUMB_RUN_DO_EMULATED 0 /* it is done: a load gets r2 */
#define PLUMB_RUN_DO_RETRY    1 /* the guest executes it again: memory has been mapped there */
#define PLUMB_RUN_DO_ABORT    2 /* the guest takes the abort */
#define PLUMB_RUN_DO_STAY     3 /* it is done, as 0, and the vCPU does not go on: r0 is INTR */

/* PLUMB_RUN, r0: why the vCPU has left. */
#define PLUMB_RUN_INTR                                                                             \
	1		   /* the caller has an interrupt to take, or its CPU something else to do \
			    */
#define PLUMB_RUN_MMIO	 2 /* r1 IPA, r2 value of a store, r3 bytes | store << 8 */
#define PLUMB_RUN_WFI	 3 /* r1, r2: ticks until one of its timers is due; all ones: never */
#define PLUMB_RUN_SYSTEM 4 /* r1 PLUMB_SYSTEM_*: the VM ends by PSCI */
#define PLUMB_RUN_KICK	 5 /* r1 PLUMB_WAKE_*: this one has woken them */
#define PLUMB_RUN_OFF	 6 /* the vCPU is off: it runs again after a CPU_ON */
#define PLUMB_RUN_FAULT	 7 /* r1, r3 IPA, r2 PLUMB_FAULT_*: nothing is there, and no MMIO can do */

#define PLUMB_SYSTEM_SHUTDOWN 1 /* as KVM_SYSTEM_EVENT_SHUTDOWN and _RESET */
#define PLUMB_SYSTEM_RESET    2

#define PLUMB_FAULT_WRITE 1
#define PLUMB_FAULT_FETCH 2

/* PLUMB_MAP, r5 */
#define PLUMB_MAP_READ_ONLY 1
#define PLUMB_MAP_LOG	    2 /* PLUMB_DIRTY tells which pages were written to */

/* PLUMB_MAP takes at most so many runs. */
#define PLUMB_MAP_RUNS_MAX 64

/* PLUMB_VIRTIO_TAKE, r0. In r2: the client's handle in 31..24, a store in 20, bytes in 18..16, and
 * the offset from the client's first virtio window, 0x0a000000, in 13..0. */
#define PLUMB_VIRTIO_NOTHING 0
#define PLUMB_VIRTIO_ACCESS  1 /* waits: r1 id for the answer, r3 value of a store */
#define PLUMB_VIRTIO_NOTIFY  2 /* r1 queues, bit n: n was written to the window's QueueNotify */
#define PLUMB_VIRTIO_ENDED   3 /* the client has ended: its devices are to be reset */

/* PLUMB_VIRTIO_INFO, r2: 0: r1 client's handle, r2 its windows (bit n: window n). 1: r1 address of
 * the client's memory, r2 its address for the client, r3 bytes. */
#define PLUMB_VIRTIO_WINDOWS 0
#define PLUMB_VIRTIO_MEMORY  1

/* A name has 1 to 15 characters, all of them ASCII. PLUMB_GET_VM_NAME gives twelve of them, from
 * character r2 (0 to 15) on, as PLUMB_GET_VM_INFO does; zeros past the last one. */
#define PLUMB_VM_NAME_MAX  15
#define PLUMB_VM_NAME_PART 12

/* PLUMB_GET_STATS, r3: exits of this vCPU since boot, by class */
#define PLUMB_STAT_EXITS    0
#define PLUMB_STAT_HVC	    1
#define PLUMB_STAT_MMIO	    2
#define PLUMB_STAT_CP15	    3
#define PLUMB_STAT_WFI	    4
#define PLUMB_STAT_IRQ	    5
#define PLUMB_STAT_ABORT    6
#define PLUMB_STAT_OTHER    7
#define PLUMB_STAT_SWITCHES 8
#define PLUMB_STAT_KICKS    9
#define PLUMB_STAT_COUNT    10

/* PLUMB_GET_TIMES, r3: of this vCPU since boot. Times are ticks of the physical counter (CNTPCT),
 * r1 low, r2 high. */
#define PLUMB_TIMES_CPU	       0 /* on a CPU, with the exits it causes */
#define PLUMB_TIMES_WAIT       1 /* it could run, but others had the CPUs */
#define PLUMB_TIMES_INTERRUPTS 2 /* r1 injected, r2 taken by the guest: both modulo 2^32 */
#define PLUMB_TIMES_COUNT      3

/* PLUMB_TRACE, r1. -ENOENT: no such CPU; the event is overwritten, or not there yet. */
#define PLUMB_TRACE_OFF 0 /* r0 0: the CPUs stop recording */
#define PLUMB_TRACE_ON	1 /* r0 0: they begin, each with an empty ring, unless they record */
#define PLUMB_TRACE_INFO \
	2 /* r0 0/-errno, r1 events recorded, r2 of them overwritten: modulo 2^32 */
#define PLUMB_TRACE_READ 3 /* r0 head/-errno, r1 time (low word of CNTPCT), r2, r3 words */

/* An event's head: its kind in 7..0, the partition's handle in 15..8 (0: none), vCPU in 18..16. Its
 * two words, by kind: */
#define PLUMB_TRACE_EPOCH     1	 /* high word of CNTPCT from here on */
#define PLUMB_TRACE_SCHEDULE  2	 /* this vCPU was chosen; without a partition: nothing to run */
#define PLUMB_TRACE_EXIT      3	 /* HSR, PC */
#define PLUMB_TRACE_IRQ	      4	 /* an exit by an interrupt: GICC_HPPIR, PC */
#define PLUMB_TRACE_HYPERCALL 5	 /* an exit by HVC #0: r0, r1 */
#define PLUMB_TRACE_ENTRY     6	 /* PC, r0: the end of an exit */
#define PLUMB_TRACE_LINE      7	 /* by a hypercall: the irq word or GSI, PLUMB_TRACE_LINE_* */
#define PLUMB_TRACE_LR	      8	 /* list register written: its number, PLUMB_TRACE_LR_*; value */
#define PLUMB_TRACE_EOI	      9	 /* the guest has ended an interrupt: INTID, list register */
#define PLUMB_TRACE_KICK      10 /* sent: to this CPU */

#define PLUMB_TRACE_LINE_HIGH	0x80000000
#define PLUMB_TRACE_LINE_GSI	0x40000000
#define PLUMB_TRACE_LINE_HANDLE 0x3fffffff /* of the call's r1 */
#define PLUMB_TRACE_LR_REMOTE	0x100	   /* of a vCPU that another CPU runs */

/* PLUMB_GET_CRASH, r3: words of a vCPU's record of its partition's last crash; r1 has word r3, r2
 * and r3 the two behind it (0 past the end). */
#define PLUMB_CRASH_COUNT      0 /* of the partition's crashes since boot, this one included */
#define PLUMB_CRASH_REASON     1 /* PLUMB_CRASH_BY_* */
#define PLUMB_CRASH_STATUS     2 /* as the monitor's message gives it */
#define PLUMB_CRASH_VCPU       3 /* that caused it; 0xffffffff: none */
#define PLUMB_CRASH_WHERE      4 /* PLUMB_CRASH_WAS_*: this vCPU; off: all that follows is 0 */
#define PLUMB_CRASH_KNOWN      5 /* bits 15..0 the words of the stack, 16 PC_WORD, 17 LR_WORD */
#define PLUMB_CRASH_R0	       6 /* r0 to r14, as its mode has them, and pc */
#define PLUMB_CRASH_CPSR       22
#define PLUMB_CRASH_SPSR       23 /* of its mode; 0 in User and System mode */
#define PLUMB_CRASH_HSR	       24 /* of the abort that ended it (BY_VECTORS); else 0, as the next two */
#define PLUMB_CRASH_FAR	       25 /* the address: virtual */
#define PLUMB_CRASH_FAULT_PAGE 26 /* bits 39..12 of the guest-physical one */
#define PLUMB_CRASH_DFSR       27
#define PLUMB_CRASH_DFAR       28
#define PLUMB_CRASH_IFSR       29
#define PLUMB_CRASH_IFAR       30
#define PLUMB_CRASH_SCTLR      31
#define PLUMB_CRASH_VBAR       32
#define PLUMB_CRASH_TTBR0      33 /* bits 31..0 */
#define PLUMB_CRASH_TTBCR      34
#define PLUMB_CRASH_BANKED     35 /* SP_usr, LR_usr; SP, LR, SPSR of svc, abt, und, irq, fiq */
#define PLUMB_CRASH_R8_FIQ     52 /* to r12_fiq */
#define PLUMB_CRASH_R8_USR     57 /* to r12_usr */
#define PLUMB_CRASH_PC_WORD    62 /* the aligned words at pc and at lr */
#define PLUMB_CRASH_LR_WORD    63
#define PLUMB_CRASH_STACK      64 /* 16 words from SP (aligned) on, as the vCPU would load them */
#define PLUMB_CRASH_EXITS      80 /* the last exits, newest first, of four words each: PLUMB_EXIT_* */
#define PLUMB_CRASH_WORDS      336

#define PLUMB_CRASH_STACK_WORDS 16
#define PLUMB_CRASH_NR_EXITS	64

#define PLUMB_CRASH_BY_EXIT	1 /* PLUMB_SYSTEM_EXIT */
#define PLUMB_CRASH_BY_VECTORS	2 /* no memory at its exception vectors */
#define PLUMB_CRASH_BY_WATCHDOG 3

#define PLUMB_CRASH_WAS_OFF    0
#define PLUMB_CRASH_WAS_ON_CPU 1
#define PLUMB_CRASH_WAS_WAITING                                           \
	2 /* for an interrupt, or for a CPU: as when it left its last one \
	   */

#define PLUMB_EXIT_CAUSE 0 /* HSR of a trap; below 0x2000: GICC_IAR of an interrupt */
#define PLUMB_EXIT_WORD	 1 /* r0 of an HVC #0; the address (HDFAR) of a data abort; else 0 */
#define PLUMB_EXIT_PC	 2
#define PLUMB_EXIT_CPSR	 3 /* 0: there was no such exit yet */

#ifndef __ASSEMBLER__

/* PLUMB_MAP: memory of the caller, contiguous for it: `pages` of 4 KiB from page `pfn` on. */
struct plumb_run {
	__u32 pfn, pages;
};

#endif

#endif
