/* SPDX-License-Identifier: BSD-2-Clause */
/* A physical CPU, and how another one interrupts it. */
#ifndef HYP_CORE_CPU_H
#define HYP_CORE_CPU_H

#include "hyp/base/bits.h"
#include "hyp/base/guest_regs.h"
#include "hyp/base/trail.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/world.h"
#include "hyp/manifest/manifest.h"
#include "hyp/sched/sched.h"

struct child;
struct trace;
struct vcpu;
struct vgic_cif;
struct vm;

#define CPU_KICK_TRACED BIT32(31)

struct cpu {
	_Alignas(CACHE_LINE) volatile uint32_t pmu_enabled; /* CPU_PMU_ENABLED: hyp/hw/pmu.h */
	uintptr_t panic_stack;	   /* CPU_PANIC_STACK: its top, for vectors.S */
	struct vcpu *loaded;	   /* the vCPU whose world is in the registers; NULL: none */
	struct trail_entry *trail; /* CPU_TRAIL: the oldest entry of its last exits */
	volatile bool resched;	   /* pick a vCPU again */
	volatile bool contended;   /* the loaded vCPU gets slices; written under vm_sched_lock */
	volatile bool parked;	   /* the system is ending: it runs nothing any more (halt.h) */
	bool yield;		   /* ... and others of the same priority go first */
	struct vgic_cif *cif;	   /* of `loaded`, and of the last one when there is none */
	/* All of these are looked at in one load, when the CPU schedules: mostly 0. */
	union {
		volatile uint32_t asked;
		struct {
			volatile bool report;	     /* report_sample is requested */
			volatile bool settle;	     /* settle_answer is (settle.h) */
			volatile bool trace_changes; /* trace_follow is */
			bool traced;		     /* what it does is recorded */
		};
	};
	uint32_t kick;	     /* gic_mask, for others; with CPU_KICK_TRACED if it is traced */
	struct trace *trace; /* its ring; NULL: no partition may read it */
	/* Its call tells which vCPUs of a child are to be run again: the doorbell need not ring. */
	bool tells;
	bool paused;   /* it has just taken interrupts (run_load_memory) */
	uint8_t kicks; /* taken since others had a turn (irq_kicked) */
	uint8_t gic_mask;
	uint8_t gic_cpu; /* the number of its interface: the bit of gic_mask */
	uint8_t index;
	struct vm *ended;	  /* partitions to clear up, by vm->ended_next; NULL: none */
	const struct vm *last_vm; /* whose vCPU was loaded last */
	uint64_t loading;	  /* counter ticks spent on partitions' memory */
	uint64_t tick_at;	  /* counter value of the console's next tick; 0: none */
	uint64_t slice_end;	  /* counter value; 0: the loaded vCPU runs alone */
	/* Counter value that its HYP timer was set to last, but for a run's caller
	 * (child_set_alarm); UINT64_MAX: none. */
	uint64_t timer_at;
	/* The first alarm of vm_alarms for this CPU, when it last looked: other CPUs only clear
	 * alarms, so that there is none before. */
	uint64_t wake_at;
	uint64_t devices_at;	  /* no device has timed work for this CPU before */
	struct guest_regs *frame; /* of exits: run_start */
	struct vm *bitten;	  /* its watchdog has expired: run_schedule ends it; NULL: none */
	/* The vCPU whose PLUMB_RUN has loaded the present one, a child's; NULL: there is none.
	 * Others read it (vm_kick_vcpu). */
	struct vcpu *volatile runner;
	/* The child that a call on this CPU uses: it stays (child_find). NULL: none. */
	const struct child *volatile using;
};

_Static_assert(offsetof(struct cpu, pmu_enabled) == CPU_PMU_ENABLED &&
		       (sizeof(void *) != 4 ||
			(offsetof(struct cpu, loaded) == CPU_LOADED &&
			 offsetof(struct cpu, trail) == CPU_TRAIL &&
			 offsetof(struct cpu, panic_stack) == CPU_PANIC_STACK &&
			 offsetof(struct cpu, resched) == CPU_RESCHED &&
			 offsetof(struct cpu, cif) == CPU_CIF)),
	       "vectors.S");

extern struct cpu cpus[BOARD_MAX_CPUS];

static inline struct cpu *cpu_this(void)
{
	return (struct cpu *)world_cpu();
}

/* CPU `index`, if it is not this one, exits from its guest, and then observes all earlier writes of
 * this CPU. SCHED_NO_CPU: does nothing. */
void cpu_interrupt(uint32_t index);

/* CPU `index`, which may be this one, picks a vCPU again before it continues. */
void cpu_poke(uint32_t index);

#endif
