/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a vCPU as text: where it is, which interrupt it does not take and why, and which
 * event could wake it. Pure: glue takes the sample (report.c). */
#ifndef HYP_TEXT_EXPLAIN_H
#define HYP_TEXT_EXPLAIN_H

#include "abi/plumbline.h"
#include "vgic/vgic.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLAIN_LINES 4	  /* the most for one vCPU */
#define EXPLAIN_TEXT  190 /* bytes of a line, with the terminating zero */

enum explain_where {
	EXPLAIN_OFF,   /* by PSCI */
	EXPLAIN_START, /* will start at pc */
	EXPLAIN_WAITS, /* its WFI, or CPU_SUSPEND, was trapped */
	EXPLAIN_READY, /* waits for a CPU */
	EXPLAIN_SPENT, /* waits for its next period (hyp/sched/budget.h) */
	EXPLAIN_ON_CPU,
	EXPLAIN_MUTE, /* its CPU did not answer */
};

/* The instruction that it has just executed. */
enum explain_insn { EXPLAIN_OTHER, EXPLAIN_WFI, EXPLAIN_WFE };

struct explain_timer {
	bool armed;   /* enabled and not masked (CNTx_CTL) */
	int32_t left; /* milliseconds until it is due */
};

struct explain_vcpu {
	const char *name; /* the partition's */
	uint32_t index;
	bool alone; /* the partition's other vCPUs are off */
	enum explain_where where;
	enum explain_insn insn;
	uint32_t cpu;
	uint32_t pc, cpsr;
	uint32_t vectors; /* address of its exception vectors, if known */
	bool loops;	  /* in faults: fault_is_loop */
	bool has_gic;
	bool irq_line, fiq_line; /* without a GIC */
	struct vgic_view view;
	struct explain_timer timer[2]; /* virtual, physical */
	uint64_t stats[PLUMB_STAT_COUNT];
};

/* Line n of its state, without a line end. Returns the length; 0: there are no more. */
size_t explain_line(const struct explain_vcpu *vcpu, uint32_t n, char *buf, size_t size);

/* WFI or WFE? `word` as of mem_read_insn. */
enum explain_insn explain_instruction(uint32_t word, bool thumb, bool wide);

/* Counter ticks, `rate` a second, from `now` to `deadline` in milliseconds; bounded. */
int32_t explain_milliseconds(uint64_t deadline, uint64_t now, uint32_t rate);

#endif
