/* SPDX-License-Identifier: BSD-2-Clause */
/* A physical CPU, and how another one gets its attention. */
#ifndef HYP_CORE_CPU_H
#define HYP_CORE_CPU_H

#include "hyp/base/guest_regs.h"
#include "hyp/hw/world.h"
#include "hyp/manifest/manifest.h"
#include "hyp/sched/sched.h"

struct vcpu;
struct vm;

struct cpu {
	volatile uint32_t pmu_enabled; /* CPU_PMU_ENABLED: hyp/hw/pmu.h */
	struct vcpu *loaded;	       /* whose world is in the registers; NULL: nobody's */
	uintptr_t panic_stack;	       /* CPU_PANIC_STACK: its top, for vectors.S */
	volatile bool resched;	       /* look for something else to run */
	volatile bool contended; /* the loaded vCPU gets slices; written under vm_sched_lock */
	volatile bool report;	 /* report_sample is wanted, when it looks */
	volatile bool parked;	 /* the system ends: it runs nothing any more (halt.h) */
	bool yield;		 /* and let equals go first */
	uint8_t kicks;		 /* taken since others had their turn (irq_kicked) */
	uint8_t gic_mask;
	uint8_t index;
	const struct vm *last_vm; /* whose vCPU was loaded last */
	/* And of each partition: its index + 1; 0: none was. */
	uint8_t last_vcpu[MANIFEST_MAX_PARTITIONS];
	uint64_t loading;   /* counter ticks spent on partitions' memory */
	uint64_t tick_at;   /* counter value at which the console wants a tick; 0: it does not */
	uint64_t slice_end; /* counter value; 0: the loaded vCPU runs alone */
	uint64_t timer_at;  /* likewise, for which its HYP timer was set last; UINT64_MAX: not */
};

_Static_assert(offsetof(struct cpu, pmu_enabled) == CPU_PMU_ENABLED &&
		       (offsetof(struct cpu, panic_stack) == CPU_PANIC_STACK ||
			sizeof(void *) != 4),
	       "vectors.S");

extern struct cpu cpus[BOARD_MAX_CPUS];

static inline struct cpu *cpu_this(void)
{
	return (struct cpu *)world_cpu();
}

/* CPU `index`, if it is not this one, leaves its guest for a moment, and sees what others have
 * written before. SCHED_NO_CPU: nobody does. */
void cpu_interrupt(uint32_t index);

/* CPU `index`, this one too, looks for something else to run before it goes on. */
void cpu_poke(uint32_t index);

#endif
