/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtio windows on several CPUs: two clients and their backend, which restart, stop, pause and
 * start each other. Each access is answered, by the backend or as an empty window, and no
 * notification is lost, whoever goes on when. */
#include "hyp/base/bits.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

#define GICD	 0x08000000u
#define WINDOWS	 0x0a000000u
#define DOORBELL 37u
#define FIRST	 48u /* the interrupt of window 0 */
#define ALL_ON	 0xf8000003u
#define TAKE	 0x86000f20u
#define ANSWER	 0x86000f21u
#define ESRCH	 3
#define CLIENTS	 2u /* partitions 0 and 1; 2 is the backend */
#define BACKEND	 2u

#define PARTITION                                                                                 \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
#define NODES                                                                                   \
	"v { compatible = \"plumbline,virtio\"; client = \"c\"; backend = \"b\"; windows = <0 " \
	"1>; ipa = <0x80000000>; };\n"                                                          \
	"u { compatible = \"plumbline,virtio\"; client = \"d\"; backend = \"b\"; windows = "    \
	"<3>; ipa = <0x90000000>; }; };\n"

static const char moving[] =
	HEAD "c { " PARTITION "vcpus = <2>; manages = \"b\"; };\n"
	     "d { " PARTITION "gic = \"none\"; console = \"none\"; manages = \"b\"; };\n"
	     "b { " PARTITION "manages = \"c\", \"d\"; };\n" NODES;
static const char alone[] = HEAD
	"c { " PARTITION "cpus = <1 4>; vcpus = <2>; manages = \"b\"; };\n"
	"d { " PARTITION "cpus = <1>; gic = \"none\"; console = \"none\"; manages = \"b\"; };\n"
	"b { " PARTITION "cpus = <2>; manages = \"c\", \"d\"; };\n" NODES;

static uint32_t nr_actions, nr_orders;
static uint32_t nr_late; /* answers, of all runs */
static bool may_stop;	 /* the backend: then windows may be empty */

/* ---- the account ---- */

static struct {
	uint32_t owed[CLIENTS][4]; /* [client][window]: queues notified and not taken */
	uint32_t fate[CLIENTS][4]; /* ... or taken by a backend whose life ended just then */
	bool asked;		   /* the backend takes, and has not seen the result */
	uint32_t orders, answers, late, empty;
} account;

/* What the backend answers; never 0. */
static uint32_t answer_of(uint32_t client, uint32_t offset)
{
	return 0x5a000000u | client << 16 | offset;
}

/* Virtio 1.1, 4.2.2, as an empty window has it. */
static uint32_t empty_of(uint32_t offset)
{
	switch (offset & 0x1ff) {
	case 0:
		return 0x74726976;
	case 4:
		return 1;
	case 0xc:
		return 0x554d4551;
	default:
		return 0;
	}
}

/* ---- all ---- */

static void timer(uint32_t ticks)
{
	uint64_t *reg = rig_this()->reg;

	reg[FAKE_CNTV_CVAL] = rig.now - reg[FAKE_CNTVOFF] + ticks;
	reg[FAKE_CNTV_CTL] = 1;
}

static bool is_backend(const struct rig_guest *g)
{
	return g->vm == BACKEND;
}

/* GICD: the timer's interrupt, and the two windows' or the doorbell. */
static void open(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t own = is_backend(g) ? BIT32(DOORBELL - 32) : 3u << (FIRST - 32);
	const struct {
		uint32_t at, value;
	} opening[] = {
		{ GICD + 0x824, 0x00000100 },
		{ GICD + 0x830, 0x00000101 },
		{ GICD + 0x100, 1 << 27 },
		{ GICD + 0x104, own },
		{ GICD, 3 },
	};
	uint32_t at = g->phase++;

	if (at < ARRAY_SIZE(opening) && vms[g->vm].vgic) {
		rig_store(g, regs, opening[at].at, opening[at].value);
		return;
	}
	g->ready = true;
	g->left = 1 + rig_throw(g, nr_actions);
	if (!is_backend(g) && g->index == 0 && vms[g->vm].nr_vcpus > 1) {
		rig_hvc(g, regs, PSCI_CPU_ON, 1, 0x40010000, 0);
	}
}

/* ---- a client ---- */

static uint32_t window_of(struct rig_guest *g)
{
	return g->vm == 0 ? rig_throw(g, 2) : 3;
}

static void check_load(const struct rig_guest *g)
{
	uint32_t offset = g->text_at;

	if (g->result == empty_of(offset)) {
		account.empty++;
		rig_demand(may_stop, "an access is answered by nobody");
	} else {
		rig_demand(g->result == answer_of(g->vm, offset),
			   "an access has the answer of another");
	}
}

/* Of any partition that it manages. */
static void order(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t calls[] = { PLUMB_VM_RESET, PLUMB_VM_PAUSE, PLUMB_VM_RESUME,
					  PLUMB_VM_START, PLUMB_VM_STOP };
	uint32_t target = is_backend(g) ? 1 + rig_throw(g, 2) : BACKEND + 1;
	uint32_t which = rig_throw(g, may_stop || is_backend(g) ? 5 : 1);

	account.orders++;
	rig_hvc(g, regs, calls[which], target, 0, 0);
}

static void act(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, 16), window = window_of(g), queue = rig_throw(g, 3);
	uint32_t at = WINDOWS + window * 0x200;

	g->left--;
	if (which < 5) {
		g->at = 1; /* to be checked */
		g->text_at = at - WINDOWS + 4 * rig_throw(g, 64);
		rig_load(g, regs, WINDOWS + g->text_at);
	} else if (which < 8) {
		rig_store(g, regs, at + 0x70, g->left);
	} else if (which < 11) {
		account.owed[g->vm][window] |= BIT32(queue);
		account.fate[g->vm][window] &= ~BIT32(queue);
		rig_store(g, regs, at + 0x50, queue);
	} else if (which == 11 && account.orders < nr_orders) {
		order(g, regs);
	} else if (which == 12 && account.orders < nr_orders) {
		account.orders++;
		rig_hvc(g, regs, PSCI_SYSTEM_RESET, 0, 0, 0);
	} else if (which == 13 && vms[g->vm].vgic) {
		timer(1 + rig_throw(g, 100));
	} else if (which == 14 && vms[g->vm].vgic) {
		timer(200);
		rig_wfi(g, regs);
	}
}

static void client_step(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->at == 1) {
		g->at = 0;
		check_load(g);
	}
	if (g->left) {
		act(g, regs);
	} else {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
	}
}

/* ---- the backend: its handler takes until there is nothing ---- */

enum { ASK, ASKED, LOWERED, ANSWERED, RAISED };

static void taken(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t where = regs->r[2], client = (where >> 24) - 1, window = (where & 0x3fff) / 0x200;

	rig_demand(client < CLIENTS && window < 4, "an event of nobody");
	rig_demand(regs->r[0] == 3 || (client == 0 ? window < 2 : window == 3),
		   "an event of another window");
	g->handling = ASK;
	if (regs->r[0] == 2) {
		/* A restart of the client forgets what it has notified. */
		account.owed[client][window] &= ~regs->r[1];
		if (client == 0) {
			g->handling = RAISED;
			rig_hvc(g, regs, PLUMB_IRQ_LINE, 1, 1u << 24 | (FIRST + window), 1);
		}
	} else if (regs->r[0] == 1) {
		g->left = regs->r[1]; /* id */
		g->text_at = answer_of(client, where & 0x3fff);
		rig_demand((where >> 16 & 7) == 4, "an access of another size");
		if ((where & 0x1001ff) == 0x100064 && client == 0) {
			g->handling = LOWERED;
			rig_hvc(g, regs, PLUMB_IRQ_LINE, 1, 1u << 24 | (FIRST + window), 0);
		} else {
			g->handling = ANSWERED;
			rig_hvc(g, regs, ANSWER, g->left, g->text_at, 0);
		}
	}
}

static bool backend_handles(struct rig_guest *g, struct guest_regs *regs)
{
	switch (g->handling) {
	case ASK:
		g->handling = ASKED;
		account.asked = true;
		rig_hvc(g, regs, TAKE, 0, 0, 0);
		return false;
	case ASKED:
		account.asked = false;
		if (regs->r[0] == 0) {
			return true;
		}
		rig_demand(regs->r[0] <= 3, "PLUMB_VIRTIO_TAKE fails");
		taken(g, regs);
		return false;
	case LOWERED:
		rig_demand(regs->r[0] == 0, "KVM_IRQ_LINE of an own window is refused");
		g->handling = ANSWERED;
		rig_hvc(g, regs, ANSWER, g->left, g->text_at, 0);
		return false;
	case RAISED:
		rig_demand(regs->r[0] == 0, "KVM_IRQ_LINE of an own window is refused");
		break;
	default:
		rig_demand(regs->r[0] == 0 || (int32_t)regs->r[0] == -ESRCH,
			   "PLUMB_VIRTIO_ANSWER fails");
		account.answers += regs->r[0] == 0;
		account.late += regs->r[0] != 0;
		break;
	}
	g->handling = ASK;
	return false;
}

static bool both_off(void)
{
	return vms[0].life.state == LIFE_OFF && vms[1].life.state == LIFE_OFF;
}

static void backend_step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, 24);

	if (both_off()) {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
	} else if (which == 0 && account.orders < nr_orders) {
		order(g, regs);
	} else if (which == 1 && account.orders < nr_orders) {
		account.orders++;
		rig_hvc(g, regs, PSCI_SYSTEM_RESET, 0, 0, 0);
	} else {
		rig_wfi(g, regs);
	}
}

/* ---- ---- */

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	rig_demand(intid == 27 || intid == (is_backend(g) ? DOORBELL : FIRST) ||
			   (!is_backend(g) && intid == FIRST + 1),
		   "an interrupt that nobody sends");
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	if ((g->iar & 0x3ff) == 27) {
		rig_this()->reg[FAKE_CNTV_CTL] = 0;
		return true;
	}
	if (is_backend(g)) {
		return backend_handles(g, regs);
	}
	if (g->handling++ == 0) { /* InterruptACK: a store that waits, in a handler */
		rig_store(g, regs, WINDOWS + ((g->iar & 0x3ff) - FIRST) * 0x200 + 0x64, 1);
		return false;
	}
	return true;
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	rig_demand(!vms[g->vm].vcpus[g->index].virtio, "a guest goes on without an answer");
	rig_this()->vmcr = ALL_ON;
	if (!g->ready) {
		open(g, regs);
	} else if (is_backend(g)) {
		backend_step(g, regs);
	} else {
		client_step(g, regs);
	}
}

/* A partition of which something is owed begins anew: nothing is. A backend that ends between
 * PLUMB_VIRTIO_TAKE and its next instruction has had the event, and does not know it; its next life
 * looks at all queues (docs/virtio.md). */
static void changes(uint32_t vm, uint8_t from)
{
	if (from != LIFE_ENDING) {
		return;
	}
	if (vm < CLIENTS) {
		memset(account.owed[vm], 0, sizeof(account.owed[vm]));
	} else if (account.asked) {
		memcpy(account.fate, account.owed, sizeof(account.fate));
		account.asked = false;
	}
}

static bool any_paused(void)
{
	return vms[0].life.state == LIFE_PAUSED || vms[1].life.state == LIFE_PAUSED ||
	       vms[BACKEND].life.state == LIFE_PAUSED;
}

static const char *rests(void)
{
	uint8_t backend = vms[BACKEND].life.state;

	for (uint32_t v = 0; v < CLIENTS; v++) {
		for (uint32_t n = 0; n < vms[v].nr_vcpus; n++) {
			if (vms[v].vcpus[n].virtio && vms[v].life.state == LIFE_RUNNING &&
			    backend != LIFE_PAUSED) {
				return "a vCPU waits for an answer that does not come";
			}
		}
		for (uint32_t w = 0; w < 4; w++) {
			if ((account.owed[v][w] & ~account.fate[v][w]) && backend == LIFE_RUNNING &&
			    vms[v].life.state == LIFE_RUNNING) {
				return "a notification is lost";
			}
		}
	}
	if (rig_next_event() == RIG_NEVER && (any_paused() || both_off())) {
		rig_done(); /* nobody is left to resume it, or to ring */
	}
	return NULL;
}

static const struct rig_program program = {
	.step = step, .takes = takes, .handle = handle, .at_rest = rests, .changes = changes
};

static void begin_run(void)
{
	memset(&account, 0, sizeof(account));
}

static void chance(const char *manifest, uint32_t nr_cpus, enum rig_alias alias, uint32_t runs)
{
	uint32_t answers = 0, empty = 0;

	rig_alias = alias;
	rig_boot(manifest, nr_cpus, alias == RIG_ALIAS);
	rig_program = &program;
	rig_begin_run = begin_run;
	nr_actions = 40;
	nr_orders = 6;
	for (uint64_t seed = 1; seed <= runs; seed++) {
		struct rig_result r = rig_run_random(seed, ~0u);

		CHECK(!r.failed);
		if (r.failed) {
			printf("seed %u: %s\n%s\n", (unsigned)seed, r.why, rig_output);
			return;
		}
		answers += account.answers;
		nr_late += account.late;
		empty += account.empty;
	}
	/* The runs met what they are for. */
	CHECK(answers > 5 * runs && (empty > 0) == may_stop);
}

static void restarts(void)
{
	may_stop = false;
	nr_late = 0;
	chance(moving, 2, RIG_NO_ALIAS, RUNS(200));
	chance(alone, 3, RIG_ALIAS, RUNS(100));
	CHECK(nr_late > 0);
}

static void ends(void)
{
	may_stop = true;
	nr_late = 0;
	chance(moving, 3, RIG_NO_ALIAS, RUNS(200));
	chance(alone, 3, RIG_NO_ALIAS, RUNS(200));
	chance(moving, 1, RIG_NO_ALIAS, RUNS(100));
	CHECK(nr_late > 0);
}

static const struct test_case cases[] = {
	{ "restarts", restarts },
	{ "ends", ends },
};

TEST_MAIN("rig_virtio", cases)
