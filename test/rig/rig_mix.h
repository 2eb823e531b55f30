/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests that do a bit of everything, by weights: what a scenario is about, it gives weight to. */
#ifndef TEST_RIG_RIG_MIX_H
#define TEST_RIG_RIG_MIX_H

#include "test/rig/rig.h"

enum rig_action {
	MIX_NOTHING,
	MIX_WAIT,  /* WFI, with a timer that ends it at the latest */
	MIX_TIMER, /* one that comes soon, and on it goes */
	MIX_YIELD, /* WFE */
	MIX_EDGE,  /* KVM_IRQ_LINE: an edge of another vCPU's, or its own */
	MIX_LEVEL, /* the same, a level: its handler lowers it */
	MIX_MANY,  /* PLUMB_IRQ_LINE_MANY */
	MIX_STATE, /* PLUMB_GET_IRQ_STATE */
	MIX_GSI,   /* PLUMB_SET_GSI_ROUTING, or an edge by PLUMB_GSI_LINE */
	MIX_ASK,   /* other calls */
	MIX_SGI,
	MIX_GICD,  /* other registers of the distributor */
	MIX_PRINT, /* a line */
	MIX_CPU_ON,
	MIX_CPU_OFF,
	MIX_RESET,  /* the partition */
	MIX_MANAGE, /* PLUMB_VM_START to PLUMB_VM_RESUME, of any partition */
	MIX_CRASH,  /* PLUMB_SYSTEM_EXIT with a status */
	MIX_WATCHDOG,
	MIX_VFP,
	MIX_FAULT, /* a load from nothing, an instruction that is none */
	MIX_CP15,
	MIX_PMU,
	MIX_TRACE, /* PLUMB_TRACE, any operation: the events have the form that they are to have */
	MIX_ACTIONS
};

struct rig_mix {
	uint8_t weight[MIX_ACTIONS];
	uint32_t actions; /* of a life, before its partition goes off */
	uint32_t few;	  /* the same when schedules are laid down: each point of it is met */
	uint32_t devices; /* interrupts that each of partition 1's two devices asks for */
	uint32_t typed;	  /* words on the terminal */
	uint32_t resets;  /* of a partition at most; likewise starts by another */
};

/* Two partitions with a GIC and two vCPUs each (the second has the devices), one without; any CPU.
 */
extern const char rig_mix_manifest[];
/* The same, without the devices: each manages all. A run may also end with partitions that are
 * paused, and nobody to resume them. */
extern const char rig_mix_managed[];
extern const char rig_mix_budgets[];
/* The first, without the devices: the first partition may trace. */
extern const char rig_mix_traced[];
/* The same without the devices, each vCPU on one of two CPUs. */
extern const char rig_mix_pinned[];

/* `make verify` goes further than `make unit`. */
#ifdef RIG_LONG
#define RUNS(n) (RIG_LONG * (n))
#else
#define RUNS(n) (n)
#endif

/* On the board that was booted last. So many random runs, from `seed` on; and with few actions,
 * devices' interrupts and words, for each of so many seeds: schedules of one pre-emption, at each
 * `stride`th point, and `pairs` times two drawn by chance. Prints what fails. */
bool rig_mix_by_chance(const struct rig_mix *mix, uint64_t seed, uint32_t runs);
bool rig_mix_laid_down(const struct rig_mix *mix, uint64_t seed, uint32_t seeds, uint32_t stride,
		       uint32_t pairs);

#endif
