/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of partitions and of their vCPUs, as decisions: which may start, which must leave their
 * CPU, and which may be loaded. Pure. Lock: vm_sched_lock, around every call, so that a decision
 * and its effect on the scheduler are one step for all CPUs.
 *
 * A partition:  OFF, CRASHED -> LOADING -> RUNNING -> ENDING -> OFF, CRASHED, or LOADING again
 *               RUNNING -> PAUSING -> PAUSED -> RUNNING; it may end from any of these
 *   LOADING  the turns of vCPU 0 load its memory (life_take returns LIFE_LOADS, then life_loaded)
 *   PAUSING  its vCPUs leave their CPUs, each once; the call for the last one makes it PAUSED, and
 *            returns that
 *   ENDING   the same; only the caller for the last one clears up, then calls life_ended
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

enum life_state {
	LIFE_OFF,
	LIFE_LOADING,
	LIFE_RUNNING,
	LIFE_ENDING,
	LIFE_CRASHED,
	LIFE_PAUSING,
	LIFE_PAUSED,
	LIFE_STATES
};
enum life_end {
	LIFE_END_OFF,
	LIFE_END_RESET,
	LIFE_END_CRASH,
	LIFE_END_RETRY, /* a crash, after which it is loaded again */
};

/* Was it the last vCPU that had to leave a CPU? */
enum life_last {
	LIFE_NOT_LAST,
	LIFE_LAST_ENDS,	  /* its partition has ended: the caller clears up */
	LIFE_LAST_PAUSES, /* its partition is PAUSED now */
};

struct life_vcpu {
	uint32_t entity;   /* in the scheduler */
	uint8_t loaded_on; /* CPU whose registers hold its world; SCHED_NO_CPU: none */
	bool stop;	   /* its partition is ending or pausing; it has not left its CPU yet */
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
 * returns it; STOP: the caller's CPU picks another vCPU. A vCPU that is turned on while its
 * partition is pausing starts after that. For a partition that is ending, nothing happens. */
struct psci_result life_call(struct sched *s, struct life *life, uint32_t caller,
			     const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie,
			     uint8_t *tell);

/* The partition begins to end. Returns false if it is ending already, or off. *tell: CPUs that must
 * pick again (bit n). *last: LAST_ENDS if no vCPU has to leave a CPU. */
bool life_end(struct sched *s, struct life *life, enum life_end how, uint32_t *tell,
	      enum life_last *last);

/* To be called after clearing up. True: the partition begins to load again; *tell as for
 * life_begin. */
bool life_ended(struct sched *s, struct life *life, uint8_t *tell);

/* What another partition, or the partition itself, requests by a call (docs/control-abi.md). */
enum life_order { LIFE_START, LIFE_STOP, LIFE_RESET, LIFE_PAUSE, LIFE_RESUME, LIFE_ORDERS };

struct life_effect {
	uint8_t wake[PSCI_MAX_VCPUS]; /* for vCPU n, as sched_wake returns it */
	uint32_t tell;		      /* CPUs that must pick again (bit n) */
	enum life_last last;
};

/* 0, or a negative errno: then nothing has changed.
 *            OFF, CRASHED  LOADING  RUNNING  PAUSING  PAUSED   ENDING
 *   START    0             -EBUSY   -EBUSY   -EBUSY   -EBUSY   -EAGAIN
 *   STOP     -EINVAL       0        0        0        0        0, or -EAGAIN
 *   RESET    -EINVAL       0        0        0        0        0, or -EAGAIN
 *   PAUSE    -EINVAL       -EAGAIN  0        -EBUSY   -EBUSY   -EAGAIN
 *   RESUME   -EINVAL       -EINVAL  -EINVAL  -EAGAIN  0        -EINVAL
 * STOP while ENDING: a reset becomes an off, and a crash is not followed by a restart, unless it is
 * cleared up already (-EAGAIN). RESET while ENDING: 0 if it is being reset, or restarted.
 */
int life_manage(struct sched *s, struct life *life, enum life_order order,
		struct life_effect *effect);

/* The entity to run on `cpu`, as sched_pick. `current`, of `life`: the vCPU that this CPU picked
 * last, loaded or not; NULL: none. */
uint32_t life_pick(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *current,
		   bool yield, enum life_last *last);

/* The vCPU's world has moved from its CPU's registers to memory, visible to all CPUs. */
enum life_last life_unload(struct sched *s, struct life *life, struct life_vcpu *vcpu);

enum life_take {
	LIFE_RESUMES, /* its world may be loaded on this CPU */
	LIFE_ENTERS,  /* the same, with reset registers, at `pc` */
	LIFE_LOADS,   /* its partition is loading: do one step, then pick again */
	LIFE_BUSY,    /* its former CPU has not unloaded it yet: call again */
	LIFE_LEFT,    /* its partition is ending or pausing: pick again */
	LIFE_LAST,    /* the same, and LAST_ENDS: clear up first */
	LIFE_RESTS,   /* the same, and LAST_PAUSES */
};

/* `cpu`, which has no vCPU loaded, has picked this one. */
enum life_take life_take(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *vcpu);

#endif
