/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of partitions and of their vCPUs, as decisions: which may start, which must leave their
 * CPU, and which may be loaded. Pure. Lock: vm_sched_lock, around every call, so that a decision
 * and its effect on the scheduler are one step for all CPUs.
 *
 * A partition:  OFF, CRASHED -> LOADING -> RUNNING -> ENDING -> OFF, CRASHED, or LOADING again
 *   LOADING  the turns of vCPU 0 load its memory (life_take returns LIFE_LOADS, then life_loaded)
 *   ENDING   its vCPUs leave their CPUs, each once; the call for the last one returns that,
 *            and only its caller clears up, then calls life_ended
 *
 * A CPU, each time that it chooses a vCPU to run:
 *   life_pick     the next vCPU. If that is another one, or its life begins: take the loaded one's
 *                 world out of the registers, and in one hold of the lock:
 *   life_unload   the world is in memory now
 *   life_take     may the picked vCPU be loaded?
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
	uint8_t loaded_on; /* CPU whose registers hold its world; SCHED_NO_CPU: none */
	bool stop;	   /* its partition is ending, and it has not left its CPU yet */
	bool start;	   /* enters at `pc` (bit 0: Thumb) with r0 when it is taken */
	bool boots; /* ... as the partition's first vCPU: r1, r2 by the Linux boot protocol */
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

/* The partition begins to load. Returns false, and does nothing, unless it is OFF or CRASHED.
 * *tell: as sched_wake returns it. */
bool life_begin(struct sched *s, struct life *life, uint8_t *tell);

/* Its memory is loaded: vCPU 0 enters at `pc` when it is taken next. Does nothing if the partition
 * has ended meanwhile. */
void life_loaded(struct life *life, uint32_t pc);

/* A PSCI call of vCPU `caller`, with its effect on power, CPU_ON and CPU_OFF and their vCPUs. The
 * result holds the remaining effect: SUSPEND, SYSTEM_OFF, SYSTEM_RESET; START: *tell as sched_wake
 * returns it; STOP: the caller's CPU picks another vCPU. For a partition that is ending, nothing
 * happens. */
struct psci_result life_call(struct sched *s, struct life *life, uint32_t caller,
			     const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie,
			     uint8_t *tell);

/* The partition begins to end. Returns false if it is ending already, or off. *tell: CPUs that must
 * pick again (bit n). *last: no vCPU has to leave a CPU, and the caller clears up. */
bool life_end(struct sched *s, struct life *life, enum life_end how, uint32_t *tell, bool *last);

/* To be called after clearing up. True: the partition begins to load again; *tell as for
 * life_begin. */
bool life_ended(struct sched *s, struct life *life, uint8_t *tell);

/* The entity to run on `cpu`, as sched_pick. `current`, of `life`: the vCPU that this CPU picked
 * last, loaded or not; NULL: none. *last: it was the last to leave, and the caller clears up. */
uint32_t life_pick(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *current,
		   bool yield, bool *last);

/* The vCPU's world has moved from its CPU's registers to memory, visible to all CPUs. True: it was
 * the last to leave, and the caller clears up. */
bool life_unload(struct sched *s, struct life *life, struct life_vcpu *vcpu);

enum life_take {
	LIFE_RESUMES, /* its world may be loaded on this CPU */
	LIFE_ENTERS,  /* the same, with reset registers, at `pc` */
	LIFE_LOADS,   /* its partition is loading: do one step, then pick again */
	LIFE_BUSY,    /* its former CPU has not unloaded it yet: call again */
	LIFE_LEFT,    /* its partition is ending: pick again */
	LIFE_LAST,    /* the same, and it was the last to leave: clear up first */
};

/* `cpu`, which has no vCPU loaded, has picked this one. */
enum life_take life_take(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *vcpu);

#endif
