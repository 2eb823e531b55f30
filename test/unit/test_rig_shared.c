/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared memory on several CPUs: peers ring, change their states, restart and go off. No event is
 * lost, whoever goes on when, and the table in memory has the states. */
#include "hyp/base/bits.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

#define GICD   0x08000000u
#define PAGE   0x0b000000u
#define TABLE  0x41600000u /* on the board: memory-at */
#define INTID  40u
#define PEERS  3u
#define KEPT   0x5eedu /* in a peer's own section, for good */
#define ALL_ON 0xf8000003u

#define PARTITION                                                                                 \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
#define SHARED                                                                               \
	"s { compatible = \"plumbline,shared-memory\"; peers = \"a\", \"b\", \"c\"; "        \
	"output-size = <0x1000>; ipa = <0x10000000>; memory-at = <0 0x41600000>; interrupt " \
	"= <40>; "

static const char alone[] =
	HEAD "a { " PARTITION "cpus = <1>; }; b { " PARTITION "cpus = <2>; };\nc { " PARTITION
	     "cpus = <4>; };\n" SHARED "}; };\n";
static const char moving[] =
	HEAD "a { " PARTITION "}; b { " PARTITION "}; c { " PARTITION "};\n" SHARED "}; };\n";
static const char edges[] =
	HEAD "a { " PARTITION "}; b { " PARTITION "cpus = <2>; }; c { " PARTITION "};\n" SHARED
	     "interrupt-edge; }; };\n";

static bool is_edge;
static uint32_t nr_actions, nr_resets;

/* ---- the account ---- */

static struct {
	bool open[PEERS];	 /* its interrupts are enabled */
	bool owed[PEERS][PEERS]; /* [to][from]: an event that must still be taken */
	uint32_t state[PEERS];
	bool changing[PEERS]; /* the access that changes it is under way */
	uint32_t resets[PEERS];
} account;

static void owe(uint32_t to, uint32_t from)
{
	account.owed[to][from] = account.owed[to][from] || account.open[to];
}

static void owe_all(uint32_t from)
{
	for (uint32_t n = 0; n < PEERS; n++) {
		if (n != from) {
			owe(n, from);
		}
	}
}

static void forget(uint32_t to)
{
	memset(account.owed[to], 0, sizeof(account.owed[to]));
}

static bool is_owed(uint32_t to)
{
	bool any = false;

	for (uint32_t n = 0; n < PEERS; n++) {
		any = any || account.owed[to][n];
	}
	return any;
}

/* ---- a peer ---- */

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	rig_demand(intid == INTID || intid == 27, "an interrupt that nobody sends");
	g->linger = rig_throw(g, 3) ? 0 : rig_throw(g, 10);
	if (is_edge && intid == INTID) {
		forget(g->vm); /* what it is for is looked at from here on */
	}
}

/* A level: the events are read, then cleared; then what they are for is looked at. */
static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->handling++;

	if ((g->iar & 0x3ff) == 27) {
		rig_this()->reg[FAKE_CNTV_CTL] = 0;
		return true;
	}
	if (is_edge || at < g->linger) {
		return at >= g->linger;
	}
	if (at == g->linger) {
		rig_load(g, regs, PAGE + 0x20);
	} else if (at == g->linger + 1) {
		rig_store(g, regs, PAGE + 0x20, regs->r[0]);
	} else {
		forget(g->vm);
		return true;
	}
	return false;
}

static const struct {
	uint32_t at, value;
} opening[] = {
	{ GICD + 0xc08, 0 },	   { GICD + 0x428, 0x90 },   { GICD + 0x828, 1 },
	{ GICD + 0x100, 1 << 27 }, { GICD + 0x104, 1 << 8 }, { GICD, 3 },
};

static void set_state(struct rig_guest *g, struct guest_regs *regs, uint32_t state)
{
	if (state != account.state[g->vm]) {
		owe_all(g->vm);
	}
	account.state[g->vm] = state;
	account.changing[g->vm] = true;
	rig_store(g, regs, PAGE + 0x10, state);
}

static void open(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->phase++;
	uint32_t *own = (uint32_t *)(void *)rig_ram(TABLE + 0x1000 + 0x1000 * g->vm);

	if (at == 0) {
		rig_demand(*own == (g->lives > 1 ? KEPT : 0), "a section lost its contents");
		*own = KEPT;
		rig_store(g, regs, GICD + 0xc08, is_edge ? 2u << 16 : 0);
	} else if (at < ARRAY_SIZE(opening)) {
		rig_store(g, regs, opening[at].at, opening[at].value);
	} else if (at == ARRAY_SIZE(opening)) {
		rig_store(g, regs, PAGE + 0x08, 1);
	} else {
		account.open[g->vm] = true;
		g->ready = true;
		g->left = 1 + rig_throw(g, nr_actions);
		set_state(g, regs, 1);
	}
}

/* What it owed is void. The others are told, unless its state was 0 already. */
static void end(struct rig_guest *g, struct guest_regs *regs, uint32_t call)
{
	account.open[g->vm] = false;
	forget(g->vm);
	if (account.state[g->vm]) {
		owe_all(g->vm);
	}
	account.state[g->vm] = 0;
	account.changing[g->vm] = true;
	rig_hvc(g, regs, call, 0, 0, 0);
}

static void timer(uint32_t ticks)
{
	uint64_t *reg = rig_this()->reg;

	reg[FAKE_CNTV_CVAL] = rig.now - reg[FAKE_CNTVOFF] + ticks;
	reg[FAKE_CNTV_CTL] = 1;
}

static void act(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, 12), to = rig_throw(g, PEERS);

	g->left--;
	if (which < 5) {
		owe(to, g->vm);
		rig_store(g, regs, PAGE + 0x0c, to << 16);
	} else if (which < 7) {
		set_state(g, regs, rig_throw(g, 4));
	} else if (which == 7) {
		rig_load(g, regs, PAGE + 0x40 + 4 * to);
	} else if (which == 8 && account.resets[g->vm] < nr_resets) {
		account.resets[g->vm]++;
		end(g, regs, PSCI_SYSTEM_RESET);
	} else if (which < 11) {
		rig_wfi(g, regs);
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	rig_this()->vmcr = ALL_ON;
	account.changing[g->vm] = false;
	if (!g->ready) {
		open(g, regs);
	} else if (g->left) {
		if (!(rig_this()->reg[FAKE_CNTV_CTL] & 1)) {
			timer(200); /* ends a WFI that nobody else ends */
		}
		act(g, regs);
	} else if (!is_owed(g->vm)) {
		end(g, regs, PSCI_SYSTEM_OFF);
	} else {
		rig_wfi(g, regs);
	}
}

static const char *rests(void)
{
	const uint32_t *table = (const uint32_t *)(const void *)rig_ram(TABLE);

	for (uint32_t n = 0; n < PEERS; n++) {
		if (is_owed(n) && rig_guest[n][0].ready && account.open[n] &&
		    !(rig_guest[n][0].iar != RIG_NO_IAR)) {
			return "an event is lost";
		}
		if (!account.changing[n] && table[n] != account.state[n]) {
			return "the table in memory has another state";
		}
	}
	return NULL;
}

static const struct rig_program program = {
	.step = step, .takes = takes, .handle = handle, .at_rest = rests
};

static void begin_run(void)
{
	memset(&account, 0, sizeof(account));
	memset(rig_ram(TABLE), 0, 0x1000 * (1 + PEERS)); /* as boot leaves it */
}

static void chance(const char *manifest, uint32_t nr_cpus, enum rig_alias alias, uint32_t runs)
{
	rig_alias = alias;
	rig_boot(manifest, nr_cpus, alias == RIG_ALIAS);
	rig_program = &program;
	rig_begin_run = begin_run;
	nr_actions = 30;
	nr_resets = 2;
	for (uint64_t seed = 1; seed <= runs; seed++) {
		struct rig_result r = rig_run_random(seed, ~0u);

		CHECK(!r.failed);
		if (r.failed) {
			printf("seed %u: %s\n%s\n", (unsigned)seed, r.why, rig_output);
			return;
		}
	}
}

static void levels(void)
{
	is_edge = false;
	chance(alone, 3, RIG_NO_ALIAS, RUNS(200));
	chance(moving, 2, RIG_NO_ALIAS, RUNS(200));
	chance(moving, 3, RIG_ALIAS, RUNS(100));
}

static void by_edges(void)
{
	is_edge = true;
	chance(edges, 2, RIG_NO_ALIAS, RUNS(200));
	chance(edges, 3, RIG_ALIAS, RUNS(100));
}

static const struct test_case cases[] = {
	{ "levels", levels },
	{ "by_edges", by_edges },
};

TEST_MAIN("rig_shared", cases)
