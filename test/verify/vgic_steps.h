/* SPDX-License-Identifier: BSD-2-Clause */
/* What can happen in the world of vgic_world.h: one step each, of a guest, of a line, or of the
 * monitor. */
#ifndef TEST_VERIFY_VGIC_STEPS_H
#define TEST_VERIFY_VGIC_STEPS_H

#include "test/verify/vgic_world.h"

enum step_kind {
	STEP_ACK,
	STEP_EOI,
	STEP_DIR,    /* arg: the unit */
	STEP_SGI,    /* arg: the target */
	STEP_ENABLE, /* arg, here and below: the key of an SPI */
	STEP_DISABLE,
	STEP_PEND,
	STEP_UNPEND,
	STEP_TARGET, /* to the other vCPU */
	STEP_LINE,   /* the other level */
	STEP_LOOK,   /* a kick or a maintenance interrupt is served */
	STEP_LOAD,
	STEP_UNLOAD,
};

struct step {
	enum step_kind kind;
	uint8_t v, arg;
};

static const struct step steps[] = {
	/* vCPU 0 */
	{ STEP_ACK, 0, 0 },
	{ STEP_EOI, 0, 0 },
	{ STEP_DIR, 0, 0 },
	{ STEP_DIR, 0, 2 },
	{ STEP_DIR, 0, 3 },
	{ STEP_SGI, 0, 0 },
	{ STEP_SGI, 0, 1 },
	{ STEP_ENABLE, 0, 4 },
	{ STEP_DISABLE, 0, 4 },
	{ STEP_PEND, 0, 4 },
	{ STEP_UNPEND, 0, 4 },
	{ STEP_ENABLE, 0, 5 },
	{ STEP_DISABLE, 0, 5 },
	{ STEP_PEND, 0, 5 },
	{ STEP_UNPEND, 0, 5 },
	{ STEP_TARGET, 0, 4 },
	{ STEP_TARGET, 0, 5 },
	{ STEP_LOOK, 0, 0 },
	{ STEP_LOAD, 0, 0 },
	{ STEP_UNLOAD, 0, 0 },
	/* vCPU 1 */
	{ STEP_ACK, 1, 0 },
	{ STEP_EOI, 1, 0 },
	{ STEP_DIR, 1, 1 },
	{ STEP_DIR, 1, 2 },
	{ STEP_DIR, 1, 3 },
	{ STEP_SGI, 1, 0 },
	{ STEP_SGI, 1, 1 },
	{ STEP_ENABLE, 1, 4 },
	{ STEP_DISABLE, 1, 4 },
	{ STEP_PEND, 1, 4 },
	{ STEP_UNPEND, 1, 4 },
	{ STEP_ENABLE, 1, 5 },
	{ STEP_DISABLE, 1, 5 },
	{ STEP_PEND, 1, 5 },
	{ STEP_UNPEND, 1, 5 },
	{ STEP_TARGET, 1, 4 },
	{ STEP_TARGET, 1, 5 },
	{ STEP_LOOK, 1, 0 },
	{ STEP_LOAD, 1, 0 },
	{ STEP_UNLOAD, 1, 0 },
	/* any time */
	{ STEP_LINE, 0, 4 },
	{ STEP_LINE, 0, 5 },
};
#define NR_STEPS (sizeof(steps) / sizeof(steps[0]))

static inline void step_print(const struct step *step)
{
	static const char *const names[] = { "acknowledges", "ends (EOI)", "deactivates (DIR)",
					     "sends SGI to", "enables",	   "disables",
					     "pends",	     "clears",	   "retargets",
					     "line toggles", "looks",	   "is loaded",
					     "is unloaded" };
	static const char *const units[] = { "SGI", "SGI", "level", "edge" };

	printf("  vCPU %u %s", (unsigned)step->v, names[step->kind]);
	if (step->kind == STEP_DIR) {
		printf(" %s", units[step->arg]);
	} else if (step->kind == STEP_SGI) {
		printf(" vCPU %u", (unsigned)step->arg);
	} else if (step->arg >= 4) {
		printf(" %s", units[step->arg - 2]);
	}
}

/* The state that it leads to is another one, or may be. */
static inline bool step_is_possible(const struct step *step)
{
	const struct world_account *account = &world.account;
	bool loaded = world.rig.cpu[step->v].loaded;

	if (world_flow && step->kind >= STEP_ENABLE && step->kind <= STEP_TARGET) {
		return false;
	}
	switch (step->kind) {
	case STEP_LINE:
		return true;
	case STEP_LOAD:
		return !loaded;
	case STEP_LOOK:
		return loaded && !world_looked(step->v);
	case STEP_ACK:
		return loaded && hw_best(&world.rig, step->v) >= 0;
	case STEP_EOI:
		return loaded && account->depth[step->v];
	case STEP_DIR:
		return loaded && world_has(account->dropped[step->v], step->arg);
	case STEP_ENABLE:
		return loaded && !world_has(account->enabled, step->arg);
	case STEP_DISABLE:
		return loaded && world_has(account->enabled, step->arg);
	default:
		return loaded;
	}
}

static inline void step_ack(uint32_t v)
{
	uint32_t iar = hw_ack(&world.rig, v);
	uint32_t key = world_key(v, iar);

	if (key == WORLD_KEYS) {
		world_expect(false, "taken, and none of ours");
		return;
	}
	world_expect(!world_has(world.account.active, world_unit(key)), "taken while active");
	world_expect(world_has(world.account.seen[v], key), "taken, though not due");
	world_take(v, key);
}

static inline void step_eoi(uint32_t v)
{
	struct world_account *account = &world.account;
	uint32_t key = account->stack[v][--account->depth[v]];

	account->stack[v][account->depth[v]] = 0;
	hw_eoi(&world.rig, v, world_intid(key) | (key < 4 ? (key & 1u) << 10 : 0));
	if (world.rig.cpu[v].eoimode) {
		account->dropped[v] |= world_bit(world_unit(key));
	} else {
		account->active &= (uint8_t)~world_bit(world_unit(key));
	}
}

/* The vCPU that has exited goes on. */
static inline void step_enter(uint32_t v)
{
	rig_enter(&world.rig, v);
	world.rig.kick &= ~(1u << v);
}

static inline void step_dir(uint32_t v, uint32_t unit)
{
	struct rig *rig = &world.rig;
	uint32_t source = unit < 2 ? world.account.source[v] : 0u;

	world.account.dropped[v] &= (uint8_t)~world_bit(unit);
	world.account.active &= (uint8_t)~world_bit(unit);
	rig_deactivates(rig, v, (unit < 2 ? WORLD_SGI : unit + 30) | source << 10);
	rig->kick &= ~(1u << v);
}

static inline void step_write(uint32_t v, uint32_t offset, uint32_t size, uint32_t value)
{
	struct mmio mmio = { offset, size, true, value };

	CHECK_EQ(rig_try(&world.rig, v, &mmio), MMIO_OK);
	world.rig.kick &= ~(1u << v);
}

static inline void step_line(uint32_t key)
{
	bool level = !world_has(world.account.line, key);

	if (level && key == WORLD_KEY_EDGE) {
		world_pend(key);
	}
	world.account.line ^= world_bit(key);
	CHECK_EQ(rig_try_line(&world.rig, 0, world_intid(key), level), 0);
}

/* GICD_SGIR with a list of one, and what has a bit or a byte per SPI. */
static inline void step_guest(const struct step *step)
{
	struct world_account *account = &world.account;
	uint32_t arg = step->arg;
	uint32_t bit = 1u << (world_intid(arg) % 32);

	switch (step->kind) {
	case STEP_SGI:
		world_pend(2 * arg + step->v);
		step_write(step->v, SGIR, 4, 1u << (16 + arg) | WORLD_SGI);
		break;
	case STEP_ENABLE:
		account->enabled |= world_bit(arg);
		step_write(step->v, ISENABLER + 4, 4, bit);
		break;
	case STEP_DISABLE:
		account->enabled &= (uint8_t)~world_bit(arg);
		step_write(step->v, ICENABLER + 4, 4, bit);
		break;
	case STEP_PEND:
		world_pend(arg);
		step_write(step->v, ISPENDR + 4, 4, bit);
		break;
	case STEP_UNPEND:
		world_unpend(arg);
		step_write(step->v, ICPENDR + 4, 4, bit);
		break;
	default:
		account->target[arg - 4] ^= 1;
		step_write(step->v, ITARGETSR + world_intid(arg), 1,
			   1u << account->target[arg - 4]);
		break;
	}
}

/* A possible one. */
static inline void step_do(const struct step *step)
{
	switch (step->kind) {
	case STEP_ACK:
		step_ack(step->v);
		break;
	case STEP_EOI:
		step_eoi(step->v);
		break;
	case STEP_DIR:
		step_dir(step->v, step->arg);
		break;
	case STEP_LINE:
		step_line(step->arg);
		break;
	case STEP_LOOK:
		step_enter(step->v);
		break;
	case STEP_LOAD:
		rig_load(&world.rig, step->v);
		world.rig.kick &= ~(1u << step->v);
		break;
	case STEP_UNLOAD:
		rig_unload(&world.rig, step->v);
		world.rig.kick &= ~(1u << step->v);
		break;
	default:
		step_guest(step);
		break;
	}
	world_check();
}

/* The distributor on, all three enabled, both vCPUs loaded, the SPIs to vCPU 0. */
static inline void world_make(const struct world_shape *shape)
{
	struct rig *rig = &world.rig;

	memset(&world, 0, sizeof(world));
	world_fault = NULL;
	world_flow = shape->flow;
	test_failures = 0;
	rig_boot(rig, WORLD_VCPUS, 64, shape->nr_lrs);
	rig->eoi_is_empty = shape->eoi_is_empty;
	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		rig->cpu[v].eoimode = shape->split;
		rig_write8(rig, v, IPRIORITYR + WORLD_SGI, 0x80);
	}
	rig_write8(rig, 0, IPRIORITYR + WORLD_LEVEL, 0xc0);
	rig_write8(rig, 0, IPRIORITYR + WORLD_EDGE, 0x40);
	rig_write(rig, 0, ICFGR + 8, 2u << 2);
	world.account.enabled = (1u << WORLD_KEYS) - 1;
	world_check();
}

#endif
