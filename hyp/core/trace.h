/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trace: what each CPU does, in a ring of its own (docs/tracing.md). While it is on, the CPU
 * uses other vectors (VECTORS_TRACE), which call trace_exit, trace_irq and trace_entry. So an exit
 * costs nothing for it while it is off. All else that is recorded follows there, too, from what has
 * changed since; or it is seen where a CPU looks at a flag for another reason.
 */
#ifndef HYP_CORE_TRACE_H
#define HYP_CORE_TRACE_H

#include "hyp/core/vm.h"
#include "hyp/trap/events.h"

/* One CPU's. Written by that CPU; `events` and `run` are read by others (trace_call.c). */
struct trace {
	struct events events;
	uint32_t run;  /* trace_run when it began */
	uint32_t high; /* of the time of the newest event */
	/* This CPU's list registers, as they were seen last, and whose they were. */
	const struct vcpu *of;
	uint32_t used; /* bit n: lr[n] holds an interrupt */
	uint32_t lr[VGIC_MAX_LRS];
	const struct vcpu *chosen; /* of the last PLUMB_TRACE_SCHEDULE */
};

/* Odd: the trace is on. Changed by PLUMB_TRACE, under vm_sched_lock; followed by each CPU when it
 * schedules next. */
extern volatile uint32_t trace_run;

/* Called by vectors.S, on the way from and to a guest: `regs` is the frame. */
void trace_exit(struct cpu *cpu, const struct guest_regs *regs, uint32_t hsr);
void trace_irq(struct cpu *cpu, const struct guest_regs *regs);
void trace_entry(struct cpu *cpu, const struct guest_regs *regs);

/* This CPU kicks another one. */
void trace_kick(struct cpu *cpu, uint32_t target);
/* This CPU is about to write the dirty list registers of a vCPU that another CPU runs. Lock: its
 * VGIC's. */
void trace_remote(struct cpu *cpu, const struct vcpu *vcpu);
/* This CPU has chosen a vCPU (NULL: it has nothing to run), and something is asked of it, or it is
 * traced. True: it must choose again. */
bool trace_chose(struct cpu *cpu, const struct vcpu *vcpu);
/* This CPU follows trace_run, if that was asked of it. */
void trace_follow(struct cpu *cpu);

#endif
