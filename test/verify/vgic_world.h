/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small machine whose every state test/verify/vgic_search.h visits: two vCPUs, an SGI, a level
 * and an edge SPI on the real VGIC, with the rig of the unit tests as hardware. Kicks and
 * maintenance interrupts are served late, at a step of their own: guests run on meanwhile with what
 * their list registers hold.
 *
 * Beside it runs a plain account of what is pending and active (IHI 0048B 3.2). What comes while a
 * list register of somebody who has not looked yet still shows the same may, or may not, be taken
 * with it; the account then leaves both open ('maybe') until everybody has looked.
 */
#ifndef TEST_VERIFY_VGIC_WORLD_H
#define TEST_VERIFY_VGIC_WORLD_H

#include "test/unit/test_vgic.h"
#include "vgic/vgic_state.h"

#define WORLD_VCPUS 2u
#define WORLD_SGI   3u
#define WORLD_LEVEL 32u
#define WORLD_EDGE  33u

/* What can be pending, a key each: the SGI 2 * target + source, the SPIs. */
#define WORLD_KEY_LEVEL 4u
#define WORLD_KEY_EDGE	5u
#define WORLD_KEYS	6u
/* What can be active: the SGI of each vCPU, the SPIs. */
#define WORLD_UNITS	4u

struct world_shape {
	const char *name;
	uint32_t nr_lrs;
	bool split; /* GICC_CTLR.EOImode: EOI drops the priority, DIR deactivates */
	bool eoi_is_empty;
	bool flow;	 /* no step but taking, ending, raising, sending and switching */
	uint32_t covers; /* COVER_*: seen by depth COVER_DEPTH, or the search shows little */
};

/* A state where ... */
#define COVER_NPIE    0x01u /* something pending is outside the list registers */
#define COVER_LRENPIE 0x02u /* something active is */
#define COVER_COUNT   0x04u /* one of them was ended, and fold does not know yet */
#define COVER_AGAIN   0x08u /* a list register is active and pending */
#define COVER_DROPPED 0x10u /* something waits for its DIR */
#define COVER_LATE    0x20u /* a list register shows what is no longer so */
#define COVER_DEPTH   7u

/* Sets of keys are bits. */
struct world_account {
	uint8_t must;  /* pending, a high level left out */
	uint8_t maybe; /* may be */
	uint8_t again; /* came again while it was pending */
	uint8_t line;  /* high */
	uint8_t enabled;
	uint8_t active;	   /* units */
	uint8_t target[2]; /* of the SPIs */
	uint8_t seen[2];   /* forwarded to a vCPU at some moment since it last looked */
	uint8_t depth[2];
	uint8_t stack[2][8]; /* keys acknowledged, innermost last */
	uint8_t dropped[2];  /* units that wait for their DIR */
	uint8_t source[2];   /* of the active SGI */
};

struct world {
	struct rig rig;
	struct world_account account;
};

static struct world world;
static const char *world_fault; /* the first one */
static bool world_flow;

static inline uint8_t world_bit(uint32_t n)
{
	return (uint8_t)(1u << n);
}

static inline bool world_has(uint32_t set, uint32_t n)
{
	return (set >> n) & 1u;
}

static inline void world_expect(bool good, const char *what)
{
	if (!good && !world_fault) {
		world_fault = what;
	}
}

static inline uint32_t world_unit(uint32_t key)
{
	return key < 4 ? key / 2 : key - 2;
}

static inline uint32_t world_intid(uint32_t key)
{
	return key < 4 ? WORLD_SGI : key + 28;
}

/* As set up by world_make: the edge first, then SGIs, then the level. */
static inline uint32_t world_priority(uint32_t key)
{
	return key < 4 ? 0x80 : key == WORLD_KEY_LEVEL ? 0xc0 : 0x40;
}

/* What a list register or GICV_IAR of vCPU v names; WORLD_KEYS: none of ours. */
static inline uint32_t world_key(uint32_t v, uint32_t lr)
{
	uint32_t intid = lr & 0x3ffu;
	uint32_t source = (lr >> 10) & 7u;

	if (intid == WORLD_LEVEL || intid == WORLD_EDGE) {
		return intid - 28;
	}
	return intid == WORLD_SGI && source < WORLD_VCPUS ? 2 * v + source : WORLD_KEYS;
}

/* ---- the account ---- */

static inline bool world_is_for(uint32_t v, uint32_t key)
{
	return key < 4 ? key / 2 == v : world.account.target[key - 4] == v;
}

/* A vCPU that nothing calls to look, and nothing in its list registers either. */
static inline bool world_looked(uint32_t v)
{
	return !world.rig.cpu[v].loaded ||
	       (!world_has(world.rig.kick, v) && !hw_misr(&world.rig, v));
}

/* Keys for vCPU v, of `pending` (and a high level): to be taken now, or after the end of the same.
 */
static inline uint8_t world_forwarded(uint32_t v, uint32_t pending)
{
	const struct world_account *account = &world.account;
	uint8_t keys = 0;

	pending |= account->line & world_bit(WORLD_KEY_LEVEL);
	for (uint32_t key = 0; key < WORLD_KEYS; key++) {
		if (world_has(pending & account->enabled, key) && world_is_for(v, key)) {
			keys |= world_bit(key);
		}
	}
	return keys;
}

static inline void world_pend(uint32_t key)
{
	struct world_account *account = &world.account;
	uint32_t before = account->must | account->maybe | account->seen[0] | account->seen[1] |
			  (account->line & world_bit(WORLD_KEY_LEVEL));

	account->again |= (uint8_t)(before & world_bit(key));
	account->must |= world_bit(key);
}

static inline void world_unpend(uint32_t key)
{
	world.account.must &= (uint8_t)~world_bit(key);
	world.account.maybe &= (uint8_t)~world_bit(key);
	world.account.again &= (uint8_t)~world_bit(key);
}

static inline void world_take(uint32_t v, uint32_t key)
{
	struct world_account *account = &world.account;
	uint8_t again = account->again & world_bit(key);

	world_unpend(key);
	account->maybe |= again;
	account->active |= world_bit(world_unit(key));
	account->seen[0] &= (uint8_t)~world_bit(key);
	account->seen[1] &= (uint8_t)~world_bit(key);
	account->stack[v][account->depth[v]++] = (uint8_t)key;
	if (key < 4) {
		account->source[v] = key & 1;
	}
}

/* ---- what the VGIC and its hardware say ---- */

static inline struct vgic_ref world_ref(uint32_t key)
{
	return vgic_state_ref(world.rig.vgic, key < 4 ? key / 2 : 0, world_intid(key));
}

/* The loaded vCPU's list register that holds the key in one of these states; -1. */
static inline int world_find(uint32_t v, uint32_t key, uint32_t states)
{
	for (uint32_t n = 0; n < world.rig.nr_lrs; n++) {
		uint32_t lr = world.rig.cpu[v].lr[n];

		if ((hw_state(lr) & states) && world_key(v, lr) == key) {
			return (int)n;
		}
	}
	return -1;
}

/* Pending apart from a high level, in memory or lent to a list register. */
static inline bool world_is_latched(uint32_t key)
{
	struct vgic_ref ref = world_ref(key);
	bool lent = (ref.bank->loan & ref.bit) &&
		    (world_find(0, key, 1) >= 0 || world_find(1, key, 1) >= 0);

	return lent ||
	       (key < 4 ? world_has(ref.irq->sources, key & 1) : (ref.bank->latch & ref.bit) != 0);
}

/* ---- invariants ---- */

static inline void world_check_twice(void)
{
	uint8_t units = 0;

	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		for (uint32_t n = 0; n < world.rig.nr_lrs; n++) {
			uint32_t lr = world.rig.cpu[v].lr[n];
			uint32_t key = world_key(v, lr);

			if (!hw_state(lr)) {
				continue;
			}
			world_expect(key < WORLD_KEYS, "a list register holds nothing of ours");
			if (key < WORLD_KEYS) {
				world_expect(!world_has(units, world_unit(key)),
					     "in two list registers");
				units |= world_bit(world_unit(key));
			}
		}
	}
}

/* In a list register as active, or in memory as active and waiting for a list register there. */
static inline bool world_is_active(uint32_t v, uint32_t key)
{
	struct vgic_ref ref = world_ref(key);

	if (ref.bank->in_lr & ref.bit) {
		return world_find(v, key, 2) >= 0;
	}
	return (ref.bank->active & ref.bit) && ref.irq->vcpu == v &&
	       world_has(world.rig.vgic->cpu[v].ready[ref.intid / 32], ref.intid % 32);
}

static inline void world_check_active(uint32_t v)
{
	const struct world_account *account = &world.account;
	uint8_t units = 0;

	for (uint32_t n = 0; n < account->depth[v]; n++) {
		units |= world_bit(world_unit(account->stack[v][n]));
	}
	units |= account->dropped[v];
	for (uint32_t unit = 0; unit < WORLD_UNITS; unit++) {
		uint32_t key = unit < 2 ? 2 * unit + account->source[unit] : unit + 2;

		if (world_has(units, unit)) {
			world_expect(world_is_active(v, key), "active is lost");
		} else if (world_looked(v)) {
			world_expect(world_find(v, key, 2) < 0, "active again after its end");
			world_expect(!world_is_active(v, key), "active in memory after its end");
		}
	}
}

/* What a list register shows as pending is so, for this vCPU. */
static inline void world_check_pending(uint32_t v)
{
	const struct world_account *account = &world.account;
	uint32_t pending =
		account->must | account->maybe | (account->line & world_bit(WORLD_KEY_LEVEL));

	for (uint32_t n = 0; n < world.rig.nr_lrs; n++) {
		uint32_t lr = world.rig.cpu[v].lr[n];
		uint32_t key = world_key(v, lr);

		if ((hw_state(lr) & 1u) && key < WORLD_KEYS) {
			world_expect(world_has(pending, key),
				     "in a list register, though not pending");
			world_expect(world_has(account->enabled, key) && world_is_for(v, key),
				     "in a list register, though disabled or another's");
		}
	}
}

/* Another vCPU that is called to look has it, or has ended it outside its list registers: it then
 * lets go. */
static inline bool world_is_elsewhere(uint32_t v, uint32_t key)
{
	struct vgic_ref ref = world_ref(key);

	return key >= 4 && ((ref.bank->in_lr | ref.bank->active) & ref.bit) && ref.irq->vcpu != v &&
	       !world_looked(ref.irq->vcpu);
}

/* What is due is in a list register, or an interrupt comes when it can be: NPIE or UIE, or the EOI
 * of the same SGI from another source. The first of all is signalled. */
static inline void world_check_due(uint32_t v)
{
	const struct rig_cpu *cpu = &world.rig.cpu[v];
	uint8_t due = world_forwarded(v, world.account.must);
	int best = hw_best(&world.rig, v);
	uint32_t signalled = best < 0 ? hw_running(cpu) : (cpu->lr[best] >> 23) & 31u;

	for (uint32_t key = 0; key < WORLD_KEYS; key++) {
		int other = key < 4 ? world_find(v, key ^ 1u, 1) : -1;

		if (!world_has(due, key) || world_has(world.account.active, world_unit(key)) ||
		    world_is_elsewhere(v, key)) {
			continue;
		}
		world_expect(world_find(v, key, 1) >= 0 || (cpu->hcr & 0xau) ||
				     (other >= 0 && (cpu->lr[other] & 0x00080000u)),
			     "pending, and nobody is told");
		world_expect(world_priority(key) / 8 >= signalled, "a lower one is signalled");
	}
}

/* The latches are the account's; what it left open is settled by what they say. */
static inline void world_check_latches(void)
{
	struct world_account *account = &world.account;
	uint8_t latched = 0;

	for (uint32_t key = 0; key < WORLD_KEYS; key++) {
		latched |= world_is_latched(key) ? world_bit(key) : 0;
	}
	world_expect((account->must & ~latched) == 0, "pending is lost");
	world_expect((latched & ~(account->must | account->maybe)) == 0, "pending out of nothing");
	account->must = latched;
	account->maybe = 0;
	account->again = 0;
}

/* What of COVER_* this state is. */
static inline uint32_t world_cover(void)
{
	const struct world_account *account = &world.account;
	uint32_t cover = account->dropped[0] | account->dropped[1] ? COVER_DROPPED : 0;

	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		const struct rig_cpu *cpu = &world.rig.cpu[v];

		cover |= (cpu->hcr & 8u ? COVER_NPIE : 0) | (cpu->hcr & 4u ? COVER_LRENPIE : 0) |
			 (cpu->hcr >> 27 ? COVER_COUNT : 0);
		for (uint32_t n = 0; n < world.rig.nr_lrs; n++) {
			uint32_t key = world_key(v, cpu->lr[n]);
			uint32_t state = hw_state(cpu->lr[n]);

			cover |= state == 3 ? COVER_AGAIN : 0;
			cover |= (state & 1u) && !world_has(world_forwarded(v, 0x3f), key)
					 ? COVER_LATE
					 : 0;
		}
	}
	return cover;
}

static inline void world_check(void)
{
	struct rig *rig = &world.rig;

	world_check_twice();
	if (world_looked(0) && world_looked(1)) {
		world_check_latches();
	}
	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		const struct vgic_cpu *cpu = &rig->vgic->cpu[v];
		uint8_t keys = world_forwarded(v, world.account.must | world.account.maybe);

		world_check_active(v);
		world_expect(cpu->nr_ready == (uint32_t)__builtin_popcount(cpu->ready[0]) +
						      (uint32_t)__builtin_popcount(cpu->ready[1]),
			     "the count of ready ones");
		if (!world_looked(v)) {
			world.account.seen[v] |= keys;
			continue;
		}
		world.account.seen[v] = keys;
		if (rig->cpu[v].loaded) {
			world_expect(rig_work(rig, v) == VGIC_WORK_NONE,
				     "there is work, and no kick");
			world_check_pending(v);
			world_check_due(v);
		}
	}
	world_expect(!test_failures, "a check of the rig, above");
}

#endif
