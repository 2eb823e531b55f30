/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The short steps of vgic/vgic_alone.c against the general path. From random states each event is
 * played twice: as it is, and with a vCPU that has work already (VGIC_WORK_LOOK), which no short
 * step accepts. What the guest can take, what the physical GIC was told, and, after a fold of all
 * list registers, all of the VGIC's memory must be the same.
 */
#include "test/unit/test_vgic.h"
#include "vgic/vgic_state.h"

#define IRQS	 64
#define STEPS	 2000
#define RUNS	 1500
#define DEPTH	 64
#define TIMER	 27u
#define OTHER	 30u /* the other timer */
#define MONITORS 23u /* passed through */

static struct rig rig;
static uint32_t seed;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

/* ---- states ---- */

struct state {
	uint8_t vgic[16384];
	struct rig_cpu cpu[8];
	uint8_t physical[64];
	uint32_t deactivated;
	vgic_kick_t kick;
};

static size_t state_size(void)
{
	size_t size = vgic_size(rig.nr_vcpus, IRQS);

	CHECK(size <= sizeof(((struct state *)0)->vgic));
	return size;
}

static void state_get(struct state *state)
{
	memcpy(state->vgic, rig.vgic, state_size());
	memcpy(state->cpu, rig.cpu, sizeof(state->cpu));
	memcpy(state->physical, rig.physical, sizeof(state->physical));
	state->deactivated = rig.deactivated;
	state->kick = rig.kick;
}

static void state_set(const struct state *state)
{
	memcpy(rig.vgic, state->vgic, state_size());
	memcpy(rig.cpu, state->cpu, sizeof(state->cpu));
	memcpy(rig.physical, state->physical, sizeof(state->physical));
	rig.deactivated = state->deactivated;
	rig.kick = state->kick;
}

/* What the guest sees of a list register. If an active interrupt may be pending again behind
 * itself, the general path may have found that out: then it is pending there, too (with its own
 * priority), or a maintenance interrupt comes at its end. */
static uint32_t guest_view(uint32_t lr, uint32_t intid)
{
	if (!hw_state(lr)) {
		return 0;
	}
	return (hw_state(lr) & 2) && (lr & 0x3ff) != intid ? lr & 0xe007ffffu : lr;
}

/* What hardware holds, in whichever list register: sorted. `intid`: the event's. */
static void sort_held(uint32_t v, uint32_t intid, uint32_t held[16])
{
	for (uint32_t n = 0; n < 16; n++) {
		uint32_t lr = n < rig.nr_lrs ? guest_view(rig.cpu[v].lr[n], intid) : 0;
		uint32_t at = n;

		for (; at > 0 && held[at - 1] < lr; at--) {
			held[at] = held[at - 1];
		}
		held[at] = lr;
	}
}

struct seen {
	uint32_t held[8][16];
	uint32_t hcr[8], misr[8], work[8];
	uint8_t physical[64];
	uint32_t deactivated;
	vgic_kick_t kick;
};

static void see(struct seen *seen, uint32_t intid)
{
	memset(seen, 0, sizeof(*seen));
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		sort_held(v, intid, seen->held[v]);
		/* Else NPIE and LRENPIE have no effect, or the next flush sets them. */
		if (rig.vgic->cpu[v].nr_ready && !rig.vgic->cpu[v].folded) {
			seen->hcr[v] = rig.cpu[v].hcr;
		}
		seen->misr[v] = hw_misr(&rig, v) & 1;
		seen->work[v] = rig_work(&rig, v);
	}
	memcpy(seen->physical, rig.physical, sizeof(seen->physical));
	seen->deactivated = rig.deactivated;
	seen->kick = rig.kick;
}

/* Leaves out what has no meaning any more after a fold, and where an interrupt was last. */
static void forget(void)
{
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		struct vgic_cpu *cpu = &rig.vgic->cpu[v];

		cpu->fold_seq = 0;
		cpu->recall = 0;
		cpu->cif.used = 0;
		cpu->cif.dirty = 0;
		cpu->cif.hcr = 0;
		cpu->cif.hcr_dirty = false;
		memset(cpu->cif.lr, 0, sizeof(cpu->cif.lr));
		memset(cpu->lr_irq, 0, sizeof(cpu->lr_irq));
	}
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		for (uint32_t n = 0; n < IRQS; n++) {
			struct vgic_ref ref = vgic_state_ref(rig.vgic, v, n);

			ref.irq->lr = 0;
			if (!(ref.bank->active & ref.bit)) {
				ref.irq->active_priority = 0;
				ref.irq->active_source = 0;
				vgic_levels_set(ref.bank->active_level, VGIC_ACTIVES, ref.bit, 0);
			}
		}
	}
}

struct outcome {
	struct seen now;    /* when the guest goes on */
	struct seen folded; /* the list registers as they were, memory up to date */
	struct seen again;  /* and filled again */
	uint8_t vgic[16384];
};

static void outcome_get(struct outcome *outcome, uint32_t intid)
{
	see(&outcome->now, intid);
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		if (rig.cpu[v].loaded) {
			rig_fold(&rig, v);
		}
	}
	see(&outcome->folded, intid);
	memcpy(outcome->vgic, rig.vgic, state_size());
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		rig_enter(&rig, v);
	}
	see(&outcome->again, VGIC_NO_IRQ);
	memcpy(rig.vgic, outcome->vgic, state_size());
	forget();
	memcpy(outcome->vgic, rig.vgic, state_size());
}

/* ---- events ---- */

enum event { SENT, FIRED, ENDED, EVENTS };

/* How often a short step was taken, and in which of the situations that could matter. */
static struct {
	uint32_t all[EVENTS], hw[EVENTS], group1[EVENTS];
	uint32_t several, pending, active, split, refused[EVENTS];
} taken;

struct play {
	enum event event;
	uint32_t v, intid, value; /* GICD_SGIR, GICV_EOIR */
};

static void play(const struct play *play)
{
	struct mmio sgir = { SGIR, 4, true, play->value };

	switch (play->event) {
	case SENT:
		CHECK_EQ(rig_try(&rig, play->v, &sgir), MMIO_OK);
		break;
	case FIRED:
		rig_fires(&rig, play->v, play->intid, play->intid);
		break;
	default:
		hw_eoi(&rig, play->v, play->value);
		rig_maintains(&rig, play->v);
		rig_enter(&rig, play->v);
		break;
	}
}

static uint32_t lr_of(uint32_t v, uint32_t intid)
{
	for (uint32_t n = 0; n < rig.nr_lrs; n++) {
		if (hw_state(rig.cpu[v].lr[n]) && (rig.cpu[v].lr[n] & 0x3ff) == intid) {
			return rig.cpu[v].lr[n];
		}
	}
	return 0;
}

static void count(const struct play *play, uint32_t before, bool alone)
{
	uint32_t after = lr_of(play->v, play->intid);

	if (!alone) {
		taken.refused[play->event]++;
		return;
	}
	taken.all[play->event]++;
	taken.hw[play->event] += after >> 31;
	taken.group1[play->event] += after >> 30 & 1;
	taken.split += rig.cpu[play->v].eoimode;
	if (play->event == SENT) {
		taken.several += rig.nr_vcpus > 1;
		taken.pending += hw_state(before) == 1;
		taken.active += hw_state(before) == 2 && hw_state(after) == 3;
	}
}

static void compare(const char *when, const struct seen *one, const struct seen *other)
{
	if (memcmp(one, other, sizeof(*one)) == 0) {
		return;
	}
	test_failures++;
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		printf("%s, vCPU %u, hcr %x %x misr %x %x work %u %u:", when, v, one->hcr[v],
		       other->hcr[v], one->misr[v], other->misr[v], one->work[v], other->work[v]);
		for (uint32_t n = 0; n < rig.nr_lrs; n++) {
			printf(" %x %x", one->held[v][n], other->held[v][n]);
		}
		printf("\n");
	}
	printf("kick %x %x deactivated %u %u\n", one->kick, other->kick, one->deactivated,
	       other->deactivated);
}

/* The same state of the machine twice; goes on from the short step's. */
static void both(const struct play *event)
{
	static struct state before, after;
	static struct outcome one, other;
	struct vgic_cif *cif = vgic_cif(rig.vgic, event->v);
	uint32_t lr = lr_of(event->v, event->intid);
	uint32_t alone = rig.cpu[event->v].alone;

	/* The general path may look at lines that have fallen, and a later look sees them, too. */
	memset(rig.low, 0, sizeof(rig.low));
	state_get(&before);
	play(event);
	count(event, lr, rig.cpu[event->v].alone != alone);
	if (rig.cpu[event->v].alone == alone) {
		return;
	}
	state_get(&after);
	outcome_get(&one, event->intid);

	state_set(&before);
	CHECK_EQ(cif->work, VGIC_WORK_NONE);
	cif->work = VGIC_WORK_LOOK;
	play(event);
	CHECK_EQ(rig.cpu[event->v].alone, alone);
	outcome_get(&other, event->intid);

	compare("now", &one.now, &other.now);
	compare("folded", &one.folded, &other.folded);
	compare("again", &one.again, &other.again);
	CHECK(memcmp(one.vgic, other.vgic, state_size()) == 0);
	if (test_failures) {
		printf("event %u of vCPU %u, INTID %u, value %x, list register %x\n", event->event,
		       event->v, event->intid, event->value, lr);
	}
	state_set(&after);
}

/* ---- guests and devices, at random ---- */

static struct {
	uint32_t iar[DEPTH], depth;	  /* acknowledged, innermost last */
	uint32_t dropped[DEPTH], waiting; /* EOImode 1: ended, not yet deactivated */
} guest[8];

static void send(uint32_t v)
{
	uint32_t intid = rnd(4);
	uint32_t others = 1u << rnd(rig.nr_vcpus) | 1u << rnd(rig.nr_vcpus);
	uint32_t filter[] = { 1u << (16 + v), others << 16, 1u << 24, 2u << 24,
			      2u << 24 | 0xff0000 };

	both(&(struct play) { SENT, v, intid, filter[bits_min(rnd(8), 4)] | intid });
}

static void fire(uint32_t v)
{
	static const uint32_t intids[] = { TIMER, TIMER, TIMER, OTHER, MONITORS };
	uint32_t intid = intids[rnd(5)];

	if (v == 0 && rig.cpu[0].loaded && !rig.physical[intid]) {
		both(&(struct play) { FIRED, v, intid, 0 });
	}
}

static void take(uint32_t v)
{
	uint32_t iar;

	if (guest[v].depth == DEPTH || guest[v].waiting == DEPTH) {
		return;
	}
	iar = hw_ack(&rig, v);
	if (iar != SPURIOUS) {
		guest[v].iar[guest[v].depth++] = iar;
	}
}

static void end(uint32_t v)
{
	uint32_t iar;

	if (guest[v].waiting && rnd(2)) {
		uint32_t n = rnd(guest[v].waiting);

		rig_deactivates(&rig, v, guest[v].dropped[n]);
		guest[v].dropped[n] = guest[v].dropped[--guest[v].waiting];
		return;
	}
	if (!guest[v].depth) {
		return;
	}
	iar = guest[v].iar[--guest[v].depth];
	if (rig.cpu[v].eoimode) {
		guest[v].dropped[guest[v].waiting++] = iar;
	}
	both(&(struct play) { ENDED, v, iar & 0x3ff, iar });
}

static const uint32_t used[] = { 0, 1, 2, 3, 20, MONITORS, TIMER, OTHER, 33, 34, 40 };

static uint32_t any_irq(void)
{
	return used[rnd(sizeof(used) / sizeof(used[0]))];
}

static void write(uint32_t v, uint32_t offset, uint32_t size, uint32_t value)
{
	struct mmio mmio = { offset, size, true, value };

	CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
}

static void configure(uint32_t v)
{
	static const uint32_t words[] = { ISENABLER, ISENABLER, ICENABLER, ISPENDR, ICPENDR };
	uint32_t intid = any_irq();
	uint32_t word = words[rnd(5)] + intid / 32 * 4;

	switch (rnd(8)) {
	case 0:
		write(v, IPRIORITYR + intid, 1, rnd(32) * 8);
		break;
	case 1:
		write(v, IGROUPR + intid / 32 * 4, 4, rnd(2) ? 0 : 1u << intid % 32);
		break;
	case 2:
		write(v, CTLR, 4, rnd(8) ? 3 : rnd(4));
		break;
	case 3:
		write(v, ICFGR + intid / 16 * 4, 4, rnd(2) ? 0 : 2u << (2 * (intid % 16)));
		break;
	case 4:
		write(v, (rnd(2) ? CPENDSGIR : SPENDSGIR) + rnd(4), 1, rnd(256));
		break;
	default:
		write(v, word, 4, 1u << intid % 32);
		break;
	}
}

static void step(void)
{
	uint32_t v = rnd(rig.nr_vcpus);
	uint32_t intid = any_irq();

	if (!rig.cpu[v].loaded) {
		if (!rnd(4)) {
			rig_load(&rig, v);
		}
		return;
	}
	switch (rnd(20)) {
	case 0:
		if (!rnd(3)) {
			configure(v);
		} else {
			write(v, ISENABLER + rnd(2) * 4, 4, 0xffffffff);
			write(v, CTLR, 4, 3);
		}
		break;
	case 1:
		if (intid >= 32 || intid == 20) {
			(void)rig_try_line(&rig, v, intid, rnd(2));
		}
		break;
	case 2:
		rig.low[intid] = rig.physical[intid] && rnd(2);
		break;
	case 3:
		if (!rnd(8)) {
			rig_unload(&rig, v);
		}
		break;
	case 4:
	case 5:
		rig_settle(&rig);
		break;
	case 6:
	case 7:
		send(v);
		break;
	case 8:
	case 9:
	case 10:
		fire(v);
		break;
	case 11:
	case 12:
	case 13:
	case 14:
		take(v);
		break;
	default:
		end(v);
		break;
	}
}

static void begin(uint32_t run)
{
	seed = 0x9e3779b9u * (run + 1);
	memset(guest, 0, sizeof(guest));
	rig_boot(&rig, 1 + rnd(3), IRQS, 1 + rnd(8));
	rig_write(&rig, 0, CTLR, 3);
	rig.eoi_is_empty = rnd(2) != 0;
	for (uint32_t v = 0; v < rig.nr_vcpus; v++) {
		rig.cpu[v].eoimode = rnd(4) == 0;
	}
	if (rnd(2)) {
		vgic_phys_set_soft_eoi(rig.vgic);
	}
	vgic_phys_set_owner(rig.vgic, TIMER, VGIC_OWNER_TIMER, TIMER);
	vgic_phys_set_owner(rig.vgic, OTHER, VGIC_OWNER_TIMER, OTHER);
	vgic_phys_set_owner(rig.vgic, MONITORS, VGIC_OWNER_PASSED, MONITORS);
}

static void at_random(void)
{
	for (uint32_t run = 0; run < RUNS && !test_failures; run++) {
		begin(run);
		for (uint32_t n = 0; n < STEPS && !test_failures; n++) {
			step();
			if (test_failures) {
				printf("run %u step %u lrs %u vcpus %u\n", run, n, rig.nr_lrs,
				       rig.nr_vcpus);
			}
		}
		rig_free(&rig);
	}
}

/* Each of the steps, in each situation, often enough; and the general path where it must be. */
static void often_enough(void)
{
	printf("SGIs %u (of several vCPUs %u, pending %u, active %u), fired %u (HW %u), "
	       "ended %u, group 1 %u %u, EOImode 1 %u; refused %u %u %u\n",
	       taken.all[SENT], taken.several, taken.pending, taken.active, taken.all[FIRED],
	       taken.hw[FIRED], taken.all[ENDED], taken.group1[SENT], taken.group1[FIRED],
	       taken.split, taken.refused[SENT], taken.refused[FIRED], taken.refused[ENDED]);
	CHECK(taken.all[SENT] > 1000 && taken.several > 1000 && taken.pending > 1000 &&
	      taken.active > 100);
	CHECK(taken.all[FIRED] - taken.hw[FIRED] > 1000 && taken.hw[FIRED] > 1000);
	CHECK(taken.all[ENDED] > 1000 && taken.split > 100);
	CHECK(taken.group1[SENT] > 100 && taken.group1[FIRED] > 100);
	CHECK(taken.refused[SENT] > 1000 && taken.refused[FIRED] > 1000 &&
	      taken.refused[ENDED] > 1000);
}

/* None has ended, or a second one before the maintenance interrupt of the first was taken: no short
 * step. */
static void none_or_two(void)
{
	struct vgic_lr_write write;
	uint32_t physid;

	rig_boot(&rig, 1, 96, 4);
	vgic_phys_set_soft_eoi(rig.vgic);
	for (uint32_t intid = 40; intid < 42; intid++) {
		vgic_phys_set_owner(rig.vgic, intid, VGIC_OWNER_PASSED, 100 + intid);
		rig_fire(&rig, 0, intid, 100 + intid);
	}
	CHECK(!vgic_alone_ended(rig.vgic, 0, 0, &physid, &write));
	for (uint32_t n = 0; n < 2; n++) {
		uint32_t iar = hw_ack(&rig, 0);

		CHECK(iar == 40 || iar == 41);
		hw_eoi(&rig, 0, iar);
	}
	CHECK_EQ(rig.physical[140] + rig.physical[141], 2);
	rig_maintains(&rig, 0);
	CHECK_EQ(rig.physical[140] + rig.physical[141], 0);
	rig_settle(&rig);
	CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* An SGI that was active in memory has ended, and comes again with another priority: while it is
 * active and pending, the order of EOIs needs the priority of the acknowledge. */
static void another_one_is_active(void)
{
	uint32_t iar;

	rig_boot(&rig, 1, IRQS, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write8(&rig, 0, IPRIORITYR + 1, 0x80);
	rig_write(&rig, 0, SGIR, 2u << 24 | 1);
	iar = rig_ack(&rig, 0);
	rig_write(&rig, 0, SGIR, 2u << 24 | 1);
	rig_write8(&rig, 0, IPRIORITYR + 1, 0x40); /* is folded: active and pending */
	rig_enter(&rig, 0);
	CHECK_EQ(hw_state(lr_of(0, 1)), 3);
	rig_eoi(&rig, 0, iar);
	CHECK_EQ(rig_ack(&rig, 0), iar);
	CHECK_EQ(hw_state(lr_of(0, 1)), 2);
	rig_write(&rig, 0, SGIR, 2u << 24 | 1);
	rig_enter(&rig, 0);
	CHECK_EQ(hw_state(lr_of(0, 1)), 3);
	rig_fold(&rig, 0);
	CHECK_EQ(rig.vgic->cpu[0].irq[1].active_priority, 0x40);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "at_random", at_random },
	{ "another_one_is_active", another_one_is_active },
	{ "often_enough", often_enough },
	{ "none_or_two", none_or_two },
};

TEST_MAIN("vgic_alone", cases)
