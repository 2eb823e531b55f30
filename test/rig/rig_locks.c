/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of locks (docs/architecture.md, Locks), asserted each time that one is taken. */
#include "test/rig/rig_locks.h"
#include "hyp/core/tty_own.h"
#include "hyp/core/vm.h"
#include "test/rig/rig.h"

/* Those whose address nobody tells get a number when they are first met; of them the rig finds out
 * the order, and that it is one. */
#define OF_VM	 1u
#define OF_TTY	 3u
#define OF_VGIC	 4u
#define OF_SCHED 5u
#define UNKNOWN	 8u
#define CLASSES	 16u

static const struct lock *unknown[CLASSES - UNKNOWN];
static bool before[CLASSES][CLASSES]; /* seen: the second taken with the first held */

static uint32_t class_of(const struct lock *lock)
{
	uint32_t n = 0;

	if (lock == &tty_lock || lock == &sched_lock) {
		return lock == &tty_lock ? OF_TTY : OF_SCHED;
	}
	for (uint32_t v = 0; v < vm_count; v++) {
		if (lock == &vms[v].lock || lock == &vms[v].vgic_lock) {
			return lock == &vms[v].lock ? OF_VM : OF_VGIC;
		}
	}
	while (unknown[n] && unknown[n] != lock) {
		n++;
	}
	rig_demand(n < CLASSES - UNKNOWN - 1, "more locks than the rig knows");
	unknown[n] = lock;
	return UNKNOWN + n;
}

static bool leads_to(uint32_t from, uint32_t to, uint32_t depth)
{
	if (from == to || depth == 0) {
		return from == to;
	}
	for (uint32_t n = 0; n < CLASSES; n++) {
		if (before[from][n] && leads_to(n, to, depth - 1)) {
			return true;
		}
	}
	return false;
}

static void check_order(const struct rig_cpu *self, const struct lock *lock)
{
	uint32_t inner = class_of(lock);

	for (uint32_t n = 0; n < self->nr_held; n++) {
		uint32_t outer = class_of(self->held[n]);

		if (inner == outer || (inner < UNKNOWN && outer < UNKNOWN && inner < outer) ||
		    leads_to(inner, outer, CLASSES)) {
			rig_fail("CPU %u: a lock of kind %u is taken with one of kind %u held",
				 rig_self, inner, outer);
		}
		before[outer][inner] = true;
	}
}

bool rig_lock_is_next(uint32_t cpu)
{
	const struct rig_cpu *c = &rig.cpu[cpu];

	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		if (rig.cpu[n].wait == RIG_AT_LOCK && rig.cpu[n].lock == c->lock &&
		    rig.cpu[n].ticket < c->ticket) {
			return false;
		}
	}
	return c->lock->holder == 0;
}

static bool is_waited_for(const struct lock *lock)
{
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		if (rig.cpu[n].wait == RIG_AT_LOCK && rig.cpu[n].lock == lock) {
			return true;
		}
	}
	return false;
}

void fake_lock_take(struct lock *lock)
{
	struct rig_cpu *self = rig_this();

	rig_point(RIG_AT_LOCKS);
	rig_demand(lock->holder != rig_self + 1, "a CPU takes a lock that it holds");
	check_order(self, lock);
	if (lock->holder || is_waited_for(lock)) {
		self->lock = lock;
		self->ticket = rig.ticket++;
		rig_sleep(RIG_AT_LOCK);
	}
	rig_demand(lock->holder == 0, "a lock has two holders");
	lock->holder = rig_self + 1;
	self->held[self->nr_held++] = lock;
}

void rig_published(void);

void fake_lock_drop(struct lock *lock)
{
	struct rig_cpu *self = rig_this();
	uint32_t at = 0;

	rig_point(RIG_AT_LOCKS);
	rig_demand(lock->holder == rig_self + 1, "a CPU drops a lock that it does not hold");
	if (lock == &sched_lock) {
		rig_published();
	}
	while (self->held[at] != lock) {
		at++;
	}
	self->held[at] = self->held[--self->nr_held];
	lock->holder = 0;
	rig_point(RIG_AT_LOCKS);
}
