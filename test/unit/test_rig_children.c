/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VMs that a partition makes at run time, on several CPUs: its vCPUs make them, run their vCPUs,
 * answer their accesses, drive their lines and destroy them, while it is itself paused, stopped,
 * restarted and crashes. No wake is lost, and when a VM has ended, by its creator's call or with
 * its creator, nothing of it is left.
 */
#include "hyp/base/bits.h"
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/rig/rig_mix.h"
#include "test/unit/child_guest.h"
#include "test/unit/test.h"

#define DOORBELL  38u
#define OWN_LINE  40u
#define EBADF	  9
#define EAGAIN	  11
#define EBUSY	  16
#define ENOMEM	  12
#define EEXIST	  17
#define THREADS	  2u
#define NOBODY	  0xffu
#define RUNS_IPA  0x40010000u /* in the creator's memory: an array for PLUMB_MAP, by vCPU */
#define KID_PAGES 0x40018u    /* its pages that children get */

#define PARTS                                                                                     \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"

static const char moving[] = HEAD
	"a { " PARTS "vcpus = <2>; vms = <3>; vm-pool = <0x80000>; on-crash = \"restart\"; };\n"
	"b { " PARTS "rights = \"a\"; manages = \"a\"; }; };\n";
static const char beside[] =
	HEAD "a { " PARTS "vcpus = <2>; vms = <3>; vm-pool = <0x80000>; on-crash = \"restart\"; "
	     "cpus = <1 2>; };\n"
	     "b { " PARTS "rights = \"a\"; manages = \"a\"; cpus = <1>; }; };\n";

/* ---- the creator's account ---- */

enum task { T_NONE, T_CREATE, T_MAKE, T_RUN, T_MAP, T_LINE, T_UNLINE, T_DESTROY, T_PAGES };

static struct thread {
	enum task task;
	bool stays; /* its run is to end before the vCPU runs */
	uint32_t slot, vcpu, life, step, intid, taken, calls;
	bool beside; /* another's PLUMB_RUN of it was under way */
	bool tells;  /* the VM that it makes */
	bool opened; /* its GIC was open when the line's call began */
} threads[THREADS];

static uint32_t ends, orders, own_owed, nr_lines;
static struct { /* of all runs */
	uint32_t made, destroyed, busy, in_use, late, wakes, told, kicks, mmio, mapped, off, starts,
		pages, ends;
} met;

/* Is a PLUMB_RUN under way, of this vCPU or (NOBODY) any? */
static bool runs(uint32_t slot, uint32_t v)
{
	for (uint32_t n = 0; n < THREADS; n++) {
		if (threads[n].task == T_RUN && threads[n].slot == slot &&
		    (v == NOBODY || threads[n].vcpu == v)) {
			return true;
		}
	}
	return false;
}

static void forget(struct kid *kid)
{
	uint32_t life = kid->life + 1;

	memset(kid, 0, sizeof(*kid));
	guest_of((uint32_t)(kid - kids), 0)->ready = false;
	guest_of((uint32_t)(kid - kids), 1)->ready = false;
	kid->life = life;
	kid->due[0] = kid->due[1] = RIG_NEVER;
}

/* ---- the creator: a loop on each vCPU ---- */

static void call(struct rig_guest *g, struct guest_regs *regs, enum task task, uint32_t number,
		 uint32_t r1, uint32_t r2, uint32_t r3)
{
	struct thread *t = &threads[g->index];

	t->beside = runs(t->slot, task == T_RUN ? t->vcpu : NOBODY);
	t->task = task;
	t->life = kids[t->slot].life;
	t->calls = kids[t->slot].calls += task == T_RUN;
	rig_hvc(g, regs, number, r1, r2, r3);
}

static uint32_t handle_of(uint32_t slot)
{
	return 0x100 + slot;
}

/* A VM, step by step. False: it is made. */
static bool make(struct rig_guest *g, struct guest_regs *regs)
{
	struct thread *t = &threads[g->index];
	uint32_t h = handle_of(t->slot);

	switch (t->step++) {
	case 0:
	case 1:
		call(g, regs, T_MAKE, 0x86000041, h, t->step - 1, 0);
		break;
	case 2:
		call(g, regs, T_MAKE, 0x860000e0, h, 5, 0);
		break;
	case 3:
	case 4:
		regs->r[4] = t->step == 4 ? gicd_of(t->slot) : gicc_of(t->slot);
		regs->r[5] = 0;
		call(g, regs, T_MAKE, 0x860000e1, h, 0, t->step - 4);
		break;
	case 5:
	case 6:
		call(g, regs, T_MAKE, 0x860000ae, h | (t->step - 6) << 16, 0, 2 + (t->step - 6));
		break;
	default:
		kids[t->slot].state = KID_ALIVE;
		kids[t->slot].want = 3;
		t->task = T_NONE;
		return false;
	}
	return true;
}

static void map(struct rig_guest *g, struct guest_regs *regs, uint32_t page)
{
	struct thread *t = &threads[g->index];
	uint32_t ipa = RUNS_IPA + 0x100 * g->index;
	uint32_t *run = (uint32_t *)(void *)rig_memory(0, ipa);

	run[0] = KID_PAGES + (page & 7);
	run[1] = 1;
	regs->r[4] = 1;
	regs->r[5] = rig_throw(g, 2) * 2; /* with a log */
	call(g, regs, T_MAP, 0x86000046, handle_of(t->slot), page, ipa);
}

static void run(struct rig_guest *g, struct guest_regs *regs, uint32_t slot, uint32_t v)
{
	struct kid *kid = &kids[slot];
	struct thread *t = &threads[g->index];
	uint32_t value = kid->value[v], action = kid->action[v];

	t->slot = slot;
	t->vcpu = v;
	t->stays = action == 3;
	kid->want &= (uint8_t)~BIT32(v);
	kid->value[v] = kid->action[v] = 0;
	kid->due[v] = RIG_NEVER;
	call(g, regs, T_RUN, 0x86000080, handle_of(slot) | v << 16, value, action);
}

/* PLUMB_RUN has returned an access. True: memory is to be mapped first. */
static bool accessed(struct rig_guest *g, struct kid *kid, uint32_t v)
{
	uint32_t ipa = g->more[0], value = g->more[1], how = g->more[2];

	met.mmio++;
	rig_demand(how == 4 || how == 0x104 || how == 0x101, "an access of another size");
	kid->want |= (uint8_t)BIT32(v);
	if (ipa >= KID_RAM) {
		kid->action[v] = 1;
		return true;
	}
	rig_demand(is_device((uint32_t)(kid - kids), ipa), "an access to another address");
	/* Of a byte, the rest is not said. */
	rig_demand(!(how >> 8) || ((value ^ answer_of(ipa)) & (how == 0x101 ? 0xff : ~0u)) == 0,
		   "a store has another value");
	kid->value[v] = how >> 8 ? 0 : answer_of(ipa);
	kid->action[v] = mix.stays && met.mmio % 4 == 0 ? 3 : 0;
	return false;
}

/* True: there is more to do for it at once. */
static bool has_run(struct rig_guest *g, struct guest_regs *regs)
{
	struct thread *t = &threads[g->index];
	struct kid *kid = &kids[t->slot];
	uint32_t v = t->vcpu;
	uint64_t ticks = g->more[0] | (uint64_t)g->more[1] << 32;

	if (kid->life != t->life) {
		return false;
	}
	if ((int32_t)g->result == -EBUSY) {
		met.busy++;
		rig_demand(t->beside || kid->calls != t->calls, "a vCPU is busy that nobody runs");
		return false; /* it is the other's */
	}
	rig_demand(!t->stays || g->result == 1 || g->result == 6 || (int32_t)g->result < 0,
		   "a vCPU that stays has run");
	switch (g->result) {
	case 1:
		kid->want |= (uint8_t)BIT32(v);
		break;
	case 2:
		if (accessed(g, kid, v)) {
			map(g, regs, g->more[0] >> 12);
			return true;
		}
		break;
	case 3:
		if (ticks == 0) { /* an interrupt is pending for it */
			kid->want |= (uint8_t)BIT32(v);
		} else {
			kid->due[v] = ticks == UINT64_MAX ? RIG_NEVER : rig.now + ticks;
		}
		break;
	case 4:
		rig_demand(g->more[0] == 1 || g->more[0] == 2, "a VM ends in another way");
		kid->state = kid->state == KID_ALIVE ? KID_ENDS : kid->state;
		break;
	case 5:
		met.kicks++;
		rig_demand(g->more[0] != 0, "a kick of nobody");
		kid->want |= (uint8_t)(g->more[0] | BIT32(v));
		break;
	case 6:
		met.off++;
		break;
	default:
		met.late++;
		rig_demand((int32_t)g->result == -EBADF && kid->state != KID_ALIVE,
			   "PLUMB_RUN fails");
		break;
	}
	return false;
}

static void destroyed(struct rig_guest *g)
{
	struct thread *t = &threads[g->index];
	struct kid *kid = &kids[t->slot];
	int32_t said = (int32_t)g->result;

	if (kid->life != t->life) {
		t->task = T_NONE;
	} else if (said == -EBUSY) {
		met.in_use++;
		rig_demand(t->beside || kid->calls != t->calls,
			   "a VM is busy of which nothing runs");
		kid->state = KID_ALIVE;
		t->task = T_NONE;
	} else if (said == 0) {
		met.destroyed++;
		forget(kid);
		t->task = T_NONE;
	} else {
		rig_demand(said == -EAGAIN, "PLUMB_DESTROY_VM fails");
	}
}

/* The result of a line's call, without those that are to be run. The VM may be the next one in its
 * slot. */
static int32_t woken_by_line(struct kid *kid, uint32_t life, int32_t said)
{
	if (said <= 0) {
		return said;
	}
	rig_demand((kid->tells || kid->life != life) && said < 4,
		   "a line wakes nobody that is there");
	met.told++;
	kid->want |= (uint8_t)said;
	return 0;
}

/* The results of the last call. True: its next one is made. */
static bool goes_on(struct rig_guest *g, struct guest_regs *regs)
{
	struct thread *t = &threads[g->index];
	struct kid *kid = &kids[t->slot];
	int32_t said = (int32_t)g->result;

	switch (t->task) {
	case T_CREATE:
		t->task = T_NONE;
		if (said == -ENOMEM) {
			return false;
		}
		rig_demand(said >= 0x100 && said < 0x100 + (int32_t)SLOTS, "PLUMB_CREATE_VM fails");
		t->slot = (uint32_t)said - 0x100;
		if (kids[t->slot].state == KID_ENDS && threads[!g->index].task == T_DESTROY) {
			forget(&kids[t->slot]); /* the other does not know yet */
		}
		rig_demand(kids[t->slot].state == KID_FREE, "a handle is there twice");
		kids[t->slot].state = KID_MADE;
		kids[t->slot].tells = t->tells;
		kids[t->slot].spoilt = nr_lines != t->intid || threads[!g->index].task == T_LINE ||
				       threads[!g->index].task == T_UNLINE;
		met.made++;
		t->step = 0;
		return make(g, regs);
	case T_MAKE:
		if (said == -EBUSY && kid->spoilt) { /* it has its GIC already */
			kid->state = KID_ENDS;
			t->task = T_NONE;
			return false;
		}
		rig_demand(said == 0, "a call that makes a VM fails");
		return make(g, regs);
	case T_RUN:
		t->task = T_NONE;
		return has_run(g, regs);
	case T_MAP:
		t->task = T_NONE;
		met.mapped += said == 1;
		rig_demand(said == 1 || said == -EEXIST || kid->life != t->life ||
				   (said == -EBADF && kid->state != KID_ALIVE),
			   "PLUMB_MAP fails");
		return false;
	case T_LINE:
		said = woken_by_line(kid, t->life, said);
		rig_demand(said == 0 || kid->life != t->life ||
				   (said == -EBADF && kid->state != KID_ALIVE),
			   "a line of a child is refused");
		if (said == 0 && kid->life == t->life && t->opened &&
		    kid->taken[t->intid] == t->taken) {
			kid->owed[t->intid] = true;
		}
		nr_lines++;
		call(g, regs, T_UNLINE, 0x86000061, handle_of(t->slot), 1u << 24 | t->intid, 0);
		return true;
	case T_PAGES:
		t->task = T_NONE;
		met.pages += said > 0;
		rig_demand((said >= 0 && said <= 8) || kid->life != t->life ||
				   (said == -EBADF && kid->state != KID_ALIVE),
			   "PLUMB_UNMAP or PLUMB_DIRTY fails");
		return false;
	case T_UNLINE: /* what it takes may be another call's */
		(void)woken_by_line(kid, t->life, said);
		t->task = T_NONE;
		return false;
	case T_DESTROY:
		destroyed(g);
		if (t->task == T_DESTROY) {
			call(g, regs, T_DESTROY, 0x86000f02, handle_of(t->slot), 0, 0);
			return true;
		}
		return false;
	default:
		t->task = T_NONE;
		return false;
	}
}

static void destroy(struct rig_guest *g, struct guest_regs *regs, uint32_t slot)
{
	threads[g->index].slot = slot;
	kids[slot].state = KID_ENDS;
	call(g, regs, T_DESTROY, 0x86000f02, handle_of(slot), 0, 0);
}

/* A line of a child's guest that looks for it. */
static void drive(struct rig_guest *g, struct guest_regs *regs, uint32_t slot)
{
	struct thread *t = &threads[g->index];

	t->slot = slot;
	t->intid = KID_EDGE + rig_throw(g, 2);
	t->taken = kids[slot].taken[t->intid];
	t->opened = guest_of(slot, 0)->ready;
	call(g, regs, T_LINE, 0x86000061, handle_of(slot), 1u << 24 | t->intid, 1);
}

/* One that is to be run, or with rivals one that runs. False: none. */
static bool run_any(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t first = rig_throw(g, SLOTS * 2);

	for (uint32_t n = 0; n < SLOTS * 2; n++) {
		uint32_t slot = (first + n) % (SLOTS * 2) / 2, v = (first + n) % 2;
		const struct kid *kid = &kids[slot];

		if (kid->state == KID_ALIVE && !runs(slot, v) && kid->want >> v & 1) {
			run(g, regs, slot, v);
			return true;
		}
		if (kid->state == KID_ALIVE && runs(slot, v) && mix.rivals &&
		    rig_throw(g, 4) == 0) {
			run(g, regs, slot, v);
			return true;
		}
	}
	return false;
}

/* A VM whose guest has ended. */
static bool end_any(struct rig_guest *g, struct guest_regs *regs)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const struct thread *other = &threads[!g->index];

		if (kids[slot].state == KID_ENDS && !runs(slot, NOBODY) &&
		    !(other->task == T_DESTROY && other->slot == slot)) {
			destroy(g, regs, slot);
			return true;
		}
	}
	return false;
}

static bool is_idle(void)
{
	return threads[0].task == T_NONE && threads[1].task == T_NONE;
}

/* All that is left, at the end. */
static bool wind_up(struct rig_guest *g, struct guest_regs *regs)
{
	for (uint32_t slot = 0; slot < SLOTS && is_idle(); slot++) {
		if (kids[slot].state == KID_ALIVE && kids[slot].due[0] == RIG_NEVER &&
		    kids[slot].due[1] == RIG_NEVER) {
			destroy(g, regs, slot);
			return true;
		}
	}
	return false;
}

/* Until something comes. */
static void sleep(struct rig_guest *g, struct guest_regs *regs)
{
	uint64_t due = RIG_NEVER;

	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		for (uint32_t v = 0; v < 2; v++) {
			due = kids[slot].due[v] < due ? kids[slot].due[v] : due;
		}
	}
	if (due != RIG_NEVER) {
		timer(due > rig.now ? due - rig.now : 1);
	} else if (g->left) {
		timer(1 + rig_throw(g, 500));
	}
	rig_wfi(g, regs);
}

static void act(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, 32), slot = rig_throw(g, SLOTS);

	g->left--;
	if (which < 8) {
		threads[g->index].intid = nr_lines;
		threads[g->index].tells = rig_throw(g, 2) != 0;
		call(g, regs, T_CREATE, 0x86000001, threads[g->index].tells, 0, 0);
	} else if (which < 20 && kids[slot].state == KID_ALIVE) {
		drive(g, regs, slot);
	} else if (which == 20 && kids[slot].state == KID_ALIVE) {
		destroy(g, regs, slot);
	} else if (which == 21 && ends < mix.ends) {
		ends++;
		met.ends++;
		rig_hvc(g, regs, rig_throw(g, 2) ? PSCI_SYSTEM_RESET : PLUMB_SYSTEM_EXIT, 1, 0, 0);
	} else if (which == 22) {
		rig_store(g, regs, GICD + 0xf00, 1u << (16 + !g->index) | 1);
	} else if (which < 25 && kids[slot].state == KID_ALIVE) {
		threads[g->index].slot = slot;
		regs->r[4] = RUNS_IPA + 0x1000 + 0x100 * g->index;
		call(g, regs, T_PAGES, which == 23 ? 0x86000f46 : 0x86000042, handle_of(slot),
		     KID_RAM >> 12, 8);
	} else if (which < 28) {
		timer(1 + rig_throw(g, 200)); /* and on it goes: it may end a run */
	}
}

static void creator_step(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		if (opened(g, regs, GICD)) {
			g->ready = true;
			g->left = 1 + rig_throw(g, mix.actions);
			if (g->index == 0) {
				rig_hvc(g, regs, PSCI_CPU_ON, 1, 0x40010000, 0);
			}
		}
		return;
	}
	if (goes_on(g, regs)) {
		return;
	}
	if (g->left && rig_throw(g, 3) == 0) {
		act(g, regs);
	} else if (!run_any(g, regs) && !end_any(g, regs)) {
		if (g->left) {
			act(g, regs);
		} else if (rig_guest[0][!g->index].left || !wind_up(g, regs)) {
			sleep(g, regs);
		}
	}
}

static void wake_due(void)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		for (uint32_t v = 0; v < 2; v++) {
			if (kids[slot].due[v] <= rig.now) {
				kids[slot].due[v] = RIG_NEVER;
				kids[slot].want |= (uint8_t)BIT32(v);
			}
		}
	}
}

/* The doorbell: asks until it rings no more. */
static bool creator_handles(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t slot = regs->r[2] - 0x100;

	if (g->handling++) {
		rig_demand(regs->r[0] == 0, "PLUMB_WAKE_MASK fails");
		if (!regs->r[1]) {
			return true;
		}
		met.wakes++;
		rig_demand(slot < SLOTS && regs->r[1] < 4, "a wake of nobody");
		kids[slot].want |= (uint8_t)regs->r[1];
		rig_demand(regs->r[3] < 2, "there is more than more");
		if (!regs->r[3]) {
			return true;
		}
	}
	rig_hvc(g, regs, 0x86000f80, 0, 0, 0);
	return false;
}

/* ---- the neighbour ---- */

static void neighbour_acts(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t numbers[] = { PLUMB_VM_PAUSE, PLUMB_VM_STOP, PLUMB_VM_RESET };
	uint32_t which = rig_throw(g, 8);

	g->left--;
	if (vms[0].life.state == LIFE_PAUSED) {
		rig_hvc(g, regs, PLUMB_VM_RESUME, 1, 0, 0);
	} else if (vms[0].life.state == LIFE_OFF || vms[0].life.state == LIFE_CRASHED) {
		rig_hvc(g, regs, PLUMB_VM_START, 1, 0, 0);
	} else if (which == 0 && orders < mix.orders) {
		orders++;
		rig_hvc(g, regs, numbers[rig_throw(g, 3)], 1, 0, 0);
	} else if (which < 3) {
		own_owed |= rig_guest[0][0].ready && !g->at && vms[0].life.state == LIFE_RUNNING;
		g->at ^= 1;
		rig_hvc(g, regs, PLUMB_IRQ_LINE, 1, 1u << 24 | OWN_LINE, g->at);
	} else if (which < 6) {
		timer(1 + rig_throw(g, 600));
		rig_wfi(g, regs);
	}
}

static void neighbour_step(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		if (opened(g, regs, GICD)) {
			g->ready = true;
			g->left = 2 * mix.actions;
		}
	} else if (g->left) {
		neighbour_acts(g, regs);
	} else {
		if (vms[0].life.state != LIFE_RUNNING) {
			g->left = 1;
			timer(100);
		}
		rig_wfi(g, regs);
	}
}

/* ---- ---- */

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	rig_this()->vmcr = 0xf8000003u;
	if (rig_is_kid(g)) {
		kid_step(g, regs);
	} else if (g->vm == 0) {
		creator_step(g, regs);
	} else {
		neighbour_step(g, regs);
	}
}

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	if (rig_is_kid(g)) {
		kid_takes(g);
	} else if (intid == OWN_LINE) {
		own_owed = 0;
	}
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t intid = g->iar & 0x3ff;

	if (intid == VIRT) {
		rig_this()->reg[FAKE_CNTV_CTL] = 0;
		if (g->vm == 0) {
			wake_due();
		}
		return true;
	}
	return g->vm != 0 || intid != DOORBELL || creator_handles(g, regs);
}

static void begins(struct rig_guest *g)
{
	if (g->vm == 0) {
		memset(&threads[g->index], 0, sizeof(threads[g->index]));
	} else if (rig_is_kid(g) && g->index == 1) {
		met.starts++;
		kid_of(g)->owed_start = false;
	}
}

static void changes(uint32_t vm, uint8_t from)
{
	if (vm != 0 || from != LIFE_ENDING) {
		return;
	}
	rig_demand(rig_kids_pool_is_whole(), "a creator has ended, and its pool is not whole");
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		rig_demand(!cpus[n].runner, "a creator has ended, and a CPU has a vCPU's caller");
	}
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		forget(&kids[slot]);
	}
	memset(threads, 0, sizeof(threads));
	rig_guest[0][0].ready = false;
	own_owed = 0;
}

static const char *kid_rests(uint32_t slot)
{
	const struct child *child = rig_kids_in(slot);

	for (uint32_t n = 0; n < 64; n++) {
		if (kids[slot].owed[n]) {
			return "a child's interrupt is lost";
		}
	}
	if (kids[slot].owed_start) {
		return "a child's vCPU was started and does not begin";
	}
	for (uint32_t v = 0; child && v < 2 && rig_next_event() == RIG_NEVER; v++) {
		if ((child->vm.vcpus[v].world.cntv_ctl & 3) == 1 &&
		    child->vm.life.psci.power[v] == PSCI_ON && !(child->life.runs >> v & 1)) {
			return "a child's timer is due, and nobody runs its vCPU";
		}
	}
	return kids[slot].want ? "a vCPU is to be run, and its creator sleeps" : NULL;
}

static const char *rests(void)
{
	const char *why = NULL;

	if (vms[0].life.state == LIFE_RUNNING) {
		for (uint32_t slot = 0; slot < SLOTS && !why; slot++) {
			if (kids[slot].state == KID_ALIVE) {
				why = kid_rests(slot);
			}
		}
		why = why ? why : own_owed ? "an interrupt of the creator is lost" : NULL;
	}
	if (!why && rig_next_event() == RIG_NEVER) {
		if (!rig_kids_pool_is_whole()) {
			return "all VMs are destroyed, and the pool is not whole";
		}
		rig_done();
	}
	return why;
}

static const struct rig_program program = { .step = step,
					    .begins = begins,
					    .takes = takes,
					    .handle = handle,
					    .at_rest = rests,
					    .changes = changes };

static void begin_run(void)
{
	memset(threads, 0, sizeof(threads));
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		forget(&kids[slot]);
	}
	ends = orders = own_owed = 0;
	rig_kids_keep();
}

static void chance_on(enum rig_alias alias, const char *manifest, uint32_t nr_cpus, uint32_t runs)
{
	rig_alias = alias;
	rig_remote_writes = 0;
	rig_boot(manifest, nr_cpus, alias != RIG_ALIAS_SKEWED);
	rig_program = &program;
	rig_begin_run = begin_run;
	for (uint64_t seed = 1; seed <= runs; seed++) {
		struct rig_result r = rig_run_random(seed, ~0u);

		CHECK(!r.failed);
		if (r.failed) {
			printf("seed %u: %s\n%s\n", (unsigned)seed, r.why, rig_output);
			return;
		}
	}
}

static void chance(const char *manifest, uint32_t nr_cpus, uint32_t runs)
{
	chance_on(RIG_NO_ALIAS, manifest, nr_cpus, runs);
}

static void say_met(void)
{
	printf("made %u destroyed %u busy %u in use %u late %u wakes %u told %u kicks %u accesses "
	       "%u "
	       "mapped %u pages %u off %u starts %u ends %u\n",
	       met.made, met.destroyed, met.busy, met.in_use, met.late, met.wakes, met.told,
	       met.kicks, met.mmio, met.mapped, met.pages, met.off, met.starts, met.ends);
	memset(&met, 0, sizeof(met));
}

static void alone(void)
{
	mix.actions = 30;
	mix.orders = mix.ends = 0;
	mix.rivals = false;
	chance(moving, 1, RUNS(100));
	CHECK(met.made && met.destroyed && met.kicks && met.mapped && met.off && met.starts);
	say_met();
	chance(moving, 2, RUNS(200));
	CHECK(met.made && met.destroyed && met.wakes && met.kicks && met.in_use && met.starts);
	say_met();
}

static void rivals(void)
{
	mix.rivals = true;
	chance(moving, 2, RUNS(200));
	CHECK(met.busy && met.wakes);
	say_met();
	mix.rivals = false;
}

static void power(void)
{
	mix.power = true;
	chance(moving, 2, RUNS(150));
	CHECK(met.off && met.starts);
	say_met();
	mix.power = false;
}

static void with_ends(void)
{
	mix.orders = 4;
	mix.ends = 3;
	chance(moving, 2, RUNS(300));
	CHECK(met.ends > 0);
	chance(beside, 2, RUNS(200));
	chance(moving, 1, RUNS(100));
	chance(moving, 3, RUNS(100));
	say_met();
}

/* CPUs write the list registers of children that others run. */
static void remote(void)
{
	mix.orders = mix.ends = 0;
	for (uint32_t alias = RIG_ALIAS; alias <= RIG_ALIAS_SKEWED; alias++) {
		chance_on(alias, moving, 2, RUNS(80));
		CHECK(rig_remote_writes > 0);
		mix.power = true;
		chance_on(alias, moving, 3, RUNS(40));
		mix.power = false;
		CHECK(met.kicks && met.starts);
		say_met();
	}
}

static void stays(void)
{
	mix.actions = 30;
	mix.orders = mix.ends = 0;
	mix.stays = true;
	chance(moving, 2, RUNS(100));
	CHECK(met.mmio > 100);
	say_met();
	mix.stays = false;
}

static const struct test_case cases[] = {
	{ "alone", alone }, { "stays", stays },	  { "rivals", rivals },
	{ "power", power }, { "remote", remote }, { "with_ends", with_ends },
};

TEST_MAIN("rig_children", cases)
