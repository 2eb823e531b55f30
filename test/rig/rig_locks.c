/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of locks (hyp/core/locks.h), asserted each time that one is taken; and who waits
 * longest is served first. */
#include "test/rig/rig_locks.h"
#include "hyp/core/locks.h"
#include "hyp/core/vm.h"
#include "test/rig/rig.h"

static void check_order(const struct rig_cpu *self, uint32_t rank)
{
	for (uint32_t n = 0; n < self->nr_held; n++) {
		if (self->held[n]->rank >= rank) {
			rig_fail("CPU %u: a lock of rank %u is taken with one of rank %u held",
				 rig_self, rank, self->held[n]->rank);
		}
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

void fake_lock_take(struct lock *lock, uint32_t rank)
{
	struct rig_cpu *self = rig_this();

	rig_point(RIG_AT_LOCKS);
	rig_demand(lock->holder != rig_self + 1, "a CPU takes a lock that it holds");
	rig_demand(rank != 0, "a lock has no rank");
	check_order(self, rank);
	if (lock->holder || is_waited_for(lock)) {
		self->lock = lock;
		self->ticket = rig.ticket++;
		rig_sleep(RIG_AT_LOCK);
	}
	rig_demand(lock->holder == 0, "a lock has two holders");
	lock->holder = rig_self + 1;
	lock->rank = rank;
	self->held[self->nr_held++] = lock;
	if (rig_on_barrier) {
		rig_on_barrier();
	}
}

void fake_lock_drop(struct lock *lock)
{
	struct rig_cpu *self = rig_this();
	uint32_t at = 0;

	rig_point(RIG_AT_LOCKS);
	rig_demand(lock->holder == rig_self + 1, "a CPU drops a lock that it does not hold");
	if (lock == &vm_sched_lock) {
		rig_published();
	}
	rig_demand(!self->remote_late || lock->rank != LOCK_RANK_VGIC || rig_is_booting(),
		   "a VGIC's lock is dropped with no DSB behind what was written to another CPU");
	while (self->held[at] != lock) {
		at++;
	}
	self->held[at] = self->held[--self->nr_held];
	if (rig_on_barrier) {
		rig_on_barrier();
	}
	lock->holder = 0;
	rig_point(RIG_AT_LOCKS);
}
