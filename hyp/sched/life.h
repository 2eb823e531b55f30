/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of partitions and of their vCPUs, as decisions: who may start, who must leave, who may
 * take whose registers. Pure. Lock: vm_sched_lock, around every call, so that a decision and its
 * effect on the scheduler are one step to all CPUs.
 *
 * A partition:  OFF, CRASHED -> LOADING -> RUNNING -> ENDING -> OFF, CRASHED, or LOADING again
 *   LOADING  the turns of vCPU 0 pay for its memory (life_take says LOAD, then life_loaded)
 *   ENDING   its vCPUs leave their CPUs, each once; the call that reports the last one is told so,
 *            and its caller alone clears up, then calls life_ended
 *
 * A CPU, each time that it looks for something to run:
 *   life_pick     who is next. If that is another vCPU, or its life begins: take the loaded one's
 *                 world out of the registers, and in one hold of the lock:
 *   life_unload   the world is in memory
 *   life_take     may the picked one be loaded?
 */
#ifndef HYP_SCHED_LIFE_H
#define HYP_SCHED_LIFE_H

#include "hyp/base/addr.h"
#include "hyp/sched/sched.h"
#include "hyp/trap/psci.h"

enum life_state { LIFE_OFF, LIFE_LOADING, LIFE_RUNNING, LIFE_ENDING, LIFE_CRASHED };
enum life_end { LIFE_END_OFF, LIFE_END_RESET, LIFE_END_CRASH };

struct life_vcpu {
	uint32_t entity;   /* in the scheduler */
	uint8_t loaded_on; /* CPU whose registers hold its world, SCHED_NO_CPU: none */
	bool stop;	   /* its partition ends, and it has not left its CPU yet */
	bool start;	   /* enters at `pc` (bit 0: Thumb) with r0 when it is taken */
	bool boots;	   /* ... as the partition's first: with the Linux boot protocol's r1, r2 */
	uint32_t pc, r0;
};

struct life {
	uint8_t state;	 /* enum life_state */
	uint8_t end;	 /* enum life_end: how, while ENDING */
	uint8_t leaving; /* vCPUs with `stop` */
	struct psci_vm psci;
	struct life_vcpu vcpu[PSCI_MAX_VCPUS];
};

/* A partition that is off; the caller sets each vCPU's `entity`. nr_vcpus: 1..8. */
void life_init(struct life *life, uint32_t nr_vcpus);

/* Begins to load. False, and nothing happens, unless it is OFF or CRASHED. *tell: as sched_wake
 * returns it. */
bool life_begin(struct sched *s, struct life *life, uint8_t *tell);

/* Its memory is in place: vCPU 0 enters at `pc` when it is taken next. Nothing if it has ended
 * meanwhile. */
void life_loaded(struct life *life, uint32_t pc);

/* A PSCI call of vCPU `caller`, with its effect on power, CPU_ON and CPU_OFF and their vCPUs. What
 * is left to do is in the result: SUSPEND, SYSTEM_OFF, SYSTEM_RESET; START: *tell as sched_wake
 * returns it; STOP: the caller looks for something else to run. Of a partition that ends: nothing
 * happens. */
struct psci_result life_call(struct sched *s, struct life *life, uint32_t caller,
			     const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie,
			     uint8_t *tell);

/* It ends. Returns false if it does so already, or is off. *tell: CPUs that must look (bit n);
 * *last: nobody has to leave, the caller clears up. */
bool life_end(struct sched *s, struct life *life, enum life_end how, uint32_t *tell, bool *last);

/* After the clearing up. True: it begins to load again; *tell as life_begin. */
bool life_ended(struct sched *s, struct life *life, uint8_t *tell);

/* Who is to run on `cpu`, as sched_pick. `current`, of `life`: the vCPU that it picked last, loaded
 * or not; NULL: none. *last: that one was the last to leave, the caller clears up. */
uint32_t life_pick(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *current,
		   bool yield, bool *last);

/* The vCPU's world is no longer in its CPU's registers, but in memory for all CPUs to see. True: it
 * was the last to leave, the caller clears up. */
bool life_unload(struct sched *s, struct life *life, struct life_vcpu *vcpu);

enum life_take {
	LIFE_RESUMES, /* its world may be loaded on this CPU */
	LIFE_ENTERS,  /* so, too, with reset registers, at `pc` */
	LIFE_LOADS,   /* its partition's memory is loaded: a step, then pick again */
	LIFE_BUSY,    /* its former CPU has not unloaded it yet: ask again */
	LIFE_LEFT,    /* its partition ends: pick again */
	LIFE_LAST,    /* so, too, and it was the last to leave: clear up first */
};

/* `cpu`, whose registers are nobody's, has picked the vCPU. */
enum life_take life_take(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *vcpu);

#endif
