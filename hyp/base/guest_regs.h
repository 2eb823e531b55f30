/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every exit saves these: the frame that vectors.S stores, and the exit record, read once from the
 * syndrome registers. The offsets below share the layout with assembly.
 */
#ifndef HYP_BASE_GUEST_REGS_H
#define HYP_BASE_GUEST_REGS_H

#define GUEST_REGS_PC	56
#define GUEST_REGS_CPSR 60
#define GUEST_REGS_SIZE 64

/* Offsets in struct cpu, which HTPIDR points at: the vectors save PMCNTENSET there; the stack of a
 * panic; what they test before a return to the guest, and in the mirror that CPU_CIF points at. */
#define CPU_PMU_ENABLED 0
#define CPU_PANIC_STACK 4
#define CPU_LOADED	8 /* and CPU_TRAIL: one doubleword */
#define CPU_TRAIL	12
#define CPU_RESCHED	16
#define CPU_CIF		20
#define CPU_CIF_WORK	13

/* In struct vcpu: the count of its calls. */
#define VCPU_HVC 64

/* What the vectors take off the number of a call: all that are frequent are short constants then.
 */
#define HVC_BASE 0x86000000

/* From a vector table (HVBAR), where this bit is 0, to its twin for performance monitors. */
#define VECTORS_PMU   0x40
/* The same for the trace (hyp/core/trace.h); the two can be combined. */
#define VECTORS_TRACE 0x80

#ifndef __ASSEMBLER__
#include <stdint.h>

/* r[14] is LR_usr (shared with HYP); the other modes' r8..r14 stay in their banks. */
struct guest_regs {
	uint32_t r[13];
	uint32_t lr_usr;
	uint32_t pc;
	uint32_t cpsr;
};
_Static_assert(__builtin_offsetof(struct guest_regs, pc) == GUEST_REGS_PC, "vectors.S");
_Static_assert(__builtin_offsetof(struct guest_regs, cpsr) == GUEST_REGS_CPSR, "vectors.S");
_Static_assert(sizeof(struct guest_regs) == GUEST_REGS_SIZE, "vectors.S");

/* The syndrome of one exit; the fault addresses are valid for aborts only. */
struct exit_record {
	uint32_t hsr;
	uint32_t far;	     /* HDFAR or HIFAR: guest-virtual address */
	uint32_t fault_page; /* 39..12 of the IPA: from HPFAR, or ATS1CPR */
};

/* A guest's tables hold 40-bit addresses; no partition has memory above 4 GiB. */
static inline uint64_t exit_fault_ipa(const struct exit_record *record)
{
	return (uint64_t)record->fault_page << 12 | (record->far & 0xfffu);
}
#endif
#endif
