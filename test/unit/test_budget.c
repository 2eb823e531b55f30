/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Budgets, against a restatement that counts tick by tick: at each multiple of its period a vCPU
 * has its budget anew, less its debt; each tick on a CPU costs one. Several CPUs that act late,
 * guests that wait, wake, yield, stop, restart and move, and what each got in each of its periods.
 */
#include "hyp/sched/alarm.h"
#include "hyp/sched/budget.h"
#include "hyp/sched/sched.h"
#include "test/unit/test.h"

#define NONE   0xffffffffu
#define NO_CPU 0xff
#define NEVER  UINT64_MAX

enum { OFF = 0, BLOCKED = 1, READY = 2, RUNNING = 3, SPENT = 4 };

static uint64_t seed;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* ---- one budget ---- */

/* What is left at the beginning of tick t, for a vCPU that begins at tick 0 with a whole budget. */
struct counted {
	int64_t left, budget, period;
	int64_t t;
};

static void count_begin(struct counted *c)
{
	if (c->t % c->period == 0) {
		c->left = (c->left < 0 ? c->left : 0) + c->budget;
	}
}

static void count_tick(struct counted *c, bool runs)
{
	if (runs && c->left > -c->budget) {
		c->left--;
	}
	c->t++;
	count_begin(c);
}

/* The tick at which nothing is left; -1: not in three periods. */
static int64_t count_last(struct counted c)
{
	int64_t from = c.t;

	while (c.left > 0 && c.t < from + 3 * c.period) {
		count_tick(&c, true);
	}
	return c.left > 0 ? -1 : c.t;
}

static void run_numbers(void)
{
	struct budget b;

	CHECK(!budget_init(&b, 0, 10));
	CHECK(!budget_init(&b, 0, 0));
	CHECK(!budget_init(&b, 11, 10));
	CHECK(!budget_init(&b, 1, 0x40000001));
	CHECK(!budget_init(&b, 0xffffffff, 0xffffffff));
	CHECK_EQ(b.period, 0);
	CHECK(budget_init(&b, 10, 10));
	CHECK(budget_init(&b, 0x40000000, 0x40000000));
	CHECK_EQ(b.left, 0x40000000);
}

/* Runs and rests of any length, also of many periods: equal to the count. */
static void run_counted(void)
{
	for (uint32_t round = 0; round < 3000 && !test_failures; round++) {
		struct counted c = { .t = 0 };
		struct budget b;

		seed = round + 1;
		c.period = 1 + rnd(30);
		c.budget = 1 + rnd((uint32_t)c.period);
		CHECK(budget_init(&b, (uint32_t)c.budget, (uint32_t)c.period));
		count_begin(&c);
		for (uint32_t n = 0; n < 40; n++) {
			bool runs = rnd(2) != 0;
			uint32_t turns = 1 + rnd(3);

			budget_renew(&b, (uint64_t)c.t);
			b.since = (uint64_t)c.t;
			CHECK_EQ(b.left, c.left);
			CHECK_EQ(b.ends, (c.t / c.period + 1) * c.period);
			CHECK(b.left <= 0 || budget_last(&b) == (uint64_t)count_last(c));
			while (turns-- > 0) {
				uint32_t length = rnd(rnd(4) ? (uint32_t)c.period : 200);

				for (uint32_t i = 0; i < length; i++) {
					count_tick(&c, runs);
				}
				if (runs) {
					budget_charge(&b, (uint64_t)c.t);
				} else {
					budget_renew(&b, (uint64_t)c.t);
				}
				CHECK_EQ(b.left, c.left);
				CHECK(b.left <= 0 || !runs ||
				      budget_last(&b) == (uint64_t)count_last(c));
			}
		}
	}
}

/* At the largest numbers, and late in the counter's life. */
static void begin(struct budget *b, uint64_t now)
{
	budget_renew(b, now);
	b->since = now;
}

static void run_large(void)
{
	const uint64_t p = 0x40000000, far = UINT64_C(0x7fffffffffffffff) / p * p;
	struct budget b;

	CHECK(budget_init(&b, (uint32_t)p, (uint32_t)p));
	begin(&b, far + 5);
	CHECK_EQ(budget_last(&b), NEVER);
	budget_charge(&b, far + 7);
	CHECK_EQ(b.left, p - 2);
	budget_charge(&b, far + 10 * p + 1);
	CHECK_EQ(b.left, p - 1);
	CHECK(budget_init(&b, 1, (uint32_t)p));
	begin(&b, far + 3);
	CHECK_EQ(budget_last(&b), far + 4);
	budget_charge(&b, far + p - 1);
	CHECK_EQ(b.left, -1);
	budget_charge(&b, far + p - 1); /* no time has passed */
	budget_charge(&b, far + 1);	/* nor does it go back */
	CHECK_EQ(b.left, -1);
	budget_renew(&b, far + p);
	CHECK_EQ(b.left, 0);
	budget_renew(&b, far + 2 * p);
	CHECK_EQ(b.left, 1);
	begin(&b, far + 3 * p - 1);
	CHECK_EQ(budget_last(&b), far + 3 * p + 1);
	/* Work of the monitor, until into the next period, that another pays for. */
	budget_excuse(&b, 2);
	budget_charge(&b, far + 3 * p + 1);
	CHECK_EQ(b.left, 1);
	budget_charge(&b, far + 3 * p + 2);
	CHECK_EQ(b.left, 0);
	CHECK_EQ(b.ends, far + 4 * p);
	budget_pay(&b, UINT64_MAX);
	CHECK_EQ(b.left, -1);
}

/* ---- the scheduler, step by step ---- */

static struct sched s;
static struct alarms alarms;

static void set_up(uint32_t cpus)
{
	memset(&alarms, 0, sizeof(alarms));
	sched_init(&s, cpus);
}

static uint32_t pick(uint32_t cpu, uint64_t now, bool yield)
{
	sched_charge(&s, cpu, now);
	return sched_pick(&s, cpu, yield);
}

/* Takes the first alarm of `cpu`, which is entity e's at `at`. */
static void take(uint32_t cpu, uint32_t e, uint64_t at)
{
	CHECK_EQ(alarm_first(&alarms, cpu), at);
	CHECK_EQ(alarm_take(&alarms, cpu, at), e);
}

static void run_spent(void)
{
	uint8_t tell = 77;

	set_up(1);
	CHECK_EQ(sched_add(&s, 1, 5), 0); /* 3 of 10, above */
	CHECK_EQ(sched_add(&s, 1, 3), 1); /* a busy one */
	CHECK(s.alarms == NULL);
	CHECK(!sched_reserve(&s, 0, 0, 10, &alarms));
	CHECK(!sched_reserve(&s, 2, 3, 10, &alarms));
	CHECK(s.alarms == NULL);
	CHECK(sched_reserve(&s, 0, 3, 10, &alarms));
	CHECK(!sched_reserve(&s, 0, 4, 10, &alarms));
	CHECK(s.alarms == &alarms);
	CHECK_EQ(sched_wake(&s, 1), 0);
	CHECK_EQ(pick(0, 100, false), 1);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(pick(0, 101, false), 0);
	take(0, 0, 104);
	CHECK(sched_due(&s, 0, 0, 104, &tell));
	CHECK_EQ(tell, 0);
	CHECK_EQ(pick(0, 105, false), 1); /* one late */
	CHECK_EQ(s.entity[0].state, SPENT);
	CHECK_EQ(sched_wake(&s, 0), NO_CPU); /* a kick changes nothing */
	CHECK_EQ(pick(0, 106, true), 1);
	take(0, 0, 110);
	CHECK(sched_due(&s, 0, 0, 110, &tell));
	CHECK_EQ(tell, 0);
	CHECK_EQ(s.entity[0].state, READY);
	CHECK_EQ(pick(0, 110, false), 0);
	take(0, 0, 112); /* the debt */
	CHECK(sched_due(&s, 0, 0, 112, &tell));
	CHECK_EQ(pick(0, 112, false), 1);
	sched_stop(&s, 1, SCHED_BLOCKED);
	CHECK_EQ(pick(0, 113, false), NONE); /* hard: not even if the CPU is idle */
	take(0, 0, 120);
	CHECK(sched_due(&s, 0, 0, 120, &tell));
	/* It waits, and its budget with it; what is left is not carried over. */
	CHECK_EQ(pick(0, 120, false), 0);
	sched_stop(&s, 0, SCHED_BLOCKED);
	alarm_set(&alarms, 0, 0, NEVER);
	CHECK_EQ(pick(0, 122, false), NONE);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(pick(0, 129, false), 0);
	/* One is left in this period, three in the next: it runs on. */
	take(0, 0, 133);
	sched_stop(&s, 0, SCHED_OFF);
}

/* Stops and starts are not a way to a new budget. */
static void run_restart(void)
{
	uint8_t tell;

	set_up(2);
	sched_add(&s, 3, 3);
	CHECK(sched_reserve(&s, 0, 3, 10, &alarms));
	sched_wake(&s, 0);
	CHECK_EQ(pick(0, 200, false), 0);
	sched_stop(&s, 0, SCHED_OFF); /* stopped and started before its CPU picks */
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(pick(1, 202, false), NONE);
	CHECK_EQ(pick(0, 203, false), NONE);
	CHECK_EQ(s.entity[0].state, SPENT);
	CHECK_EQ(alarm_first(&alarms, 0), 210);
	sched_stop(&s, 0, SCHED_OFF); /* while spent */
	CHECK_EQ(s.entity[0].state, OFF);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
	CHECK_EQ(pick(0, 203, false), NONE);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(pick(0, 204, false), NONE);
	CHECK_EQ(s.entity[0].state, SPENT);
	CHECK_EQ(s.waiting, 0);
	take(0, 0, 210);
	CHECK(sched_due(&s, 0, 0, 210, &tell));
	CHECK_EQ(pick(1, 210, false), 0); /* another CPU */
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
	CHECK_EQ(alarm_first(&alarms, 1), 213);
	sched_stop(&s, 0, SCHED_BLOCKED);
	alarm_set(&alarms, 1, 0, NEVER);
	CHECK_EQ(pick(1, 212, false), NONE);
	CHECK_EQ(sched_wake(&s, 0), 1);
	CHECK_EQ(pick(0, 215, false), 0); /* moved: one is left */
	CHECK_EQ(alarm_first(&alarms, 0), 216);
	sched_stop(&s, 0, SCHED_OFF);
	CHECK_EQ(pick(0, 216, false), NONE);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
	/* Spent, and off into another period. */
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(pick(0, 235, false), 0);
	CHECK_EQ(alarm_first(&alarms, 0), 238);
}

/* Of equal priority: those with budgets first, the shorter period before the longer one. */
static void run_order(void)
{
	static const uint32_t order[] = { 4, 2, 1, 3, 0 };

	set_up(1);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 4);
	CHECK(sched_reserve(&s, 1, 100, 2000, &alarms));
	CHECK(sched_reserve(&s, 2, 100, 1000, &alarms));
	CHECK(sched_reserve(&s, 3, 100, 2000, &alarms));
	for (uint32_t e = 0; e < 5; e++) {
		sched_wake(&s, e);
	}
	for (uint32_t n = 0; n < 5; n++) {
		CHECK_EQ(pick(0, 4000, false), order[n]);
		/* Slices are for equals. */
		CHECK_EQ(sched_contended(&s, 0), order[n] == 1);
		CHECK_EQ(sched_waits_for(&s, 3, 0), order[n] == 1);
		CHECK_EQ(pick(0, 4000, order[n] != 1), order[n]); /* none yields to a lower one */
		sched_stop(&s, order[n], SCHED_BLOCKED);
		alarm_set(&alarms, 0, order[n], NEVER);
	}
	/* Equals take turns; each preempts those without a budget. */
	CHECK_EQ(pick(0, 4000, false), NONE);
	sched_wake(&s, 0);
	CHECK_EQ(pick(0, 4000, false), 0);
	CHECK_EQ(sched_wake(&s, 3), 0);
	CHECK_EQ(pick(0, 4001, false), 3);
	CHECK_EQ(sched_wake(&s, 1), NO_CPU);
	CHECK_EQ(pick(0, 4002, true), 1);
	CHECK_EQ(sched_wake(&s, 2), 0);
	CHECK_EQ(pick(0, 4003, false), 2);
	CHECK_EQ(sched_wake(&s, 4), 0);
	CHECK_EQ(pick(0, 4003, false), 4);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
}

/* It owns no CPU: its WFI must trap, or it would pay for its sleep. */
static void run_owns_none(void)
{
	set_up(2);
	sched_add(&s, 1, 3);
	sched_add(&s, 2, 3);
	CHECK(!sched_shared(&s, 0, 0));
	CHECK(sched_reserve(&s, 0, 10, 10, &alarms));
	CHECK(sched_shared(&s, 0, 0));
	CHECK(!sched_shared(&s, 1, 1));
	sched_wake(&s, 0);
	CHECK_EQ(pick(0, 5, false), 0);
	CHECK(sched_picked_shared(&s, 0));
	CHECK_EQ(alarm_first(&alarms, 0), NEVER); /* all of the time */
	CHECK_EQ(pick(0, 500, false), 0);
}

/* The alarm of a vCPU that waits is its timer's. */
static void run_timer(void)
{
	uint8_t tell = 0;

	set_up(1);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 3);
	CHECK(sched_reserve(&s, 0, 3, 10, &alarms));
	sched_wake(&s, 0);
	CHECK_EQ(pick(0, 20, false), 0);
	sched_stop(&s, 0, SCHED_BLOCKED);
	alarm_set(&alarms, 0, 0, 21);
	CHECK_EQ(pick(0, 21, false), NONE);
	take(0, 0, 21);
	CHECK(!sched_due(&s, 0, 0, 21, &tell));
	CHECK_EQ(tell, NO_CPU);
	CHECK(!sched_due(&s, 0, 1, 21, &tell));
	sched_wake(&s, 0);
	CHECK(sched_due(&s, 0, 0, 21, &tell)); /* READY: of no use any more */
	CHECK_EQ(tell, NO_CPU);
	CHECK_EQ(s.entity[0].state, READY);
	/* The CPU of one that is stopped after it has paid. */
	CHECK_EQ(pick(0, 22, false), 0);
	sched_charge(&s, 0, 22);
	sched_stop(&s, 0, SCHED_OFF);
	CHECK(sched_due(&s, 0, 0, 23, &tell));
	CHECK_EQ(tell, NO_CPU);
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	CHECK_EQ(alarm_first(&alarms, 0), NEVER);
}

/* Work for a partition that has ended, on the time of the vCPU that follows. */
static void run_for_another(void)
{
	uint8_t tell;

	set_up(1);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 2);
	CHECK(sched_reserve(&s, 0, 6, 10, &alarms));
	CHECK(sched_reserve(&s, 1, 3, 10, &alarms));
	sched_wake(&s, 0);
	CHECK_EQ(pick(0, 30, false), 0);
	sched_charge_other(&s, 0, 1, 31, 35);
	CHECK_EQ(s.budget[1].left, -1);
	CHECK_EQ(sched_wake(&s, 1), NO_CPU);
	take(0, 0, 36);
	CHECK(sched_due(&s, 0, 0, 36, &tell));
	CHECK_EQ(pick(0, 36, false), 0); /* it had two of its own */
	CHECK_EQ(s.entity[1].state, SPENT);
	take(0, 1, 40); /* both; their order is free */
	CHECK_EQ(s.budget[0].left, 4);
	sched_stop(&s, 0, SCHED_BLOCKED);
	alarm_set(&alarms, 0, 0, NEVER);
	CHECK_EQ(pick(0, 38, false), NONE);
	sched_charge_other(&s, 0, 0, 38, 39); /* nobody runs */
	CHECK_EQ(s.budget[0].left, 1);
	sched_charge_other(&s, 0, 2, 38, 39); /* without a budget */
	CHECK_EQ(sched_wake(&s, 2), 0);
	CHECK_EQ(pick(0, 39, false), 2);
	sched_charge_other(&s, 0, 2, 39, 45); /* itself */
	sched_charge_other(&s, 0, 0, 39, 45); /* a new period, of which it pays 6 */
	CHECK_EQ(s.budget[0].left, 0);
	CHECK_EQ(pick(0, 46, false), 2);
}

/* ---- several CPUs, and time ---- */

#define MAX_LATE 3u /* ticks that a CPU acts late: the stretch of monitor's work */

static struct {
	struct counted of[64]; /* period 0: no budget */
	uint32_t run[8];       /* whom each CPU runs, or has not let go of */
	uint32_t late[8];      /* ticks until it acts; while `acts` */
	bool acts[8];
	bool yields[8];
	uint32_t used[64];  /* in this period */
	uint64_t total[64]; /* and in all */
	uint64_t t;
} w;

static void must_act(uint32_t cpu)
{
	if (cpu != NO_CPU && !w.acts[cpu]) {
		w.acts[cpu] = true;
		w.late[cpu] = rnd(MAX_LATE + 1);
	}
}

static void wake(uint32_t e)
{
	if (s.entity[e].state == BLOCKED) {
		alarm_clear(&alarms, e);
	}
	must_act(sched_wake(&s, e));
}

static void let_due(uint32_t cpu)
{
	uint32_t e;

	while ((e = alarm_take(&alarms, cpu, w.t)) != NONE) {
		uint8_t tell;

		if (sched_due(&s, cpu, e, w.t, &tell)) {
			must_act(tell);
			CHECK(s.entity[e].state != READY || w.of[e].left > 0);
		} else if (s.entity[e].state == BLOCKED) {
			wake(e);
		}
	}
}

static void check_budget(uint32_t e, uint32_t cpu)
{
	if (e != NONE && w.of[e].period) {
		int64_t last = count_last(w.of[e]);

		CHECK_EQ(s.budget[e].left, w.of[e].left);
		CHECK(w.of[e].left > 0);
		CHECK_EQ(alarms.heap[e], last < 0 ? 0 : cpu + 1);
		CHECK(last < 0 || alarms.at[e] == (uint64_t)last);
	}
}

static void act(uint32_t cpu)
{
	bool yield = w.yields[cpu];

	w.acts[cpu] = false;
	w.yields[cpu] = false;
	if (s.alarms) {
		sched_charge(&s, cpu, w.t);
	}
	w.run[cpu] = sched_pick(&s, cpu, yield);
	check_budget(w.run[cpu], cpu);
	must_act(sched_spread(&s));
	let_due(cpu);
}

/* Guests do what they like. */
static void disturb(void)
{
	uint32_t cpu = rnd(s.nr_cpus), e = rnd(s.nr_entities);
	uint32_t mine = w.run[cpu];
	bool runs = mine != NONE && s.entity[mine].state == RUNNING && !w.acts[cpu];

	switch (rnd(9)) {
	case 0:
	case 1:
		wake(e);
		break;
	case 2: /* WFI, perhaps with a timer */
		if (runs) {
			sched_stop(&s, mine, SCHED_BLOCKED);
			alarm_set(&alarms, cpu, mine, rnd(2) ? w.t + rnd(9) : NEVER);
			must_act(cpu);
		}
		break;
	case 3:
		w.yields[cpu] = true;
		must_act(cpu);
		break;
	case 4: /* off and on, from elsewhere */
		if (s.entity[e].state == RUNNING) {
			must_act(s.entity[e].cpu);
		}
		sched_stop(&s, e, SCHED_OFF);
		if (rnd(2)) {
			wake(e);
		}
		break;
	case 5:
		if (runs) {
			s.entity[mine].pinned = rnd(4) == 0;
		}
		break;
	default:
		must_act(cpu);
		break;
	}
}

static void pass_tick(void)
{
	for (uint32_t e = 0; e < s.nr_entities; e++) {
		bool runs = false;

		for (uint32_t cpu = 0; cpu < s.nr_cpus; cpu++) {
			runs = runs || w.run[cpu] == e;
		}
		w.used[e] += runs;
		w.total[e] += runs;
		if (w.of[e].period) {
			int64_t periods;

			count_tick(&w.of[e], runs);
			periods = (w.of[e].t + w.of[e].period - 1) / w.of[e].period;
			CHECK(w.used[e] <= w.of[e].budget + MAX_LATE);
			CHECK(w.of[e].budget <= MAX_LATE ||
			      w.total[e] <= (uint64_t)(periods * w.of[e].budget) + MAX_LATE);
			w.used[e] = w.of[e].t % w.of[e].period == 0 ? 0 : w.used[e];
		}
	}
	w.t++;
}

/* Somebody sees to each that is spent, in time. */
static void check_spent(void)
{
	for (uint32_t e = 0; e < s.nr_entities; e++) {
		int64_t next = (int64_t)w.t;

		if (s.entity[e].state == SPENT) {
			next += w.of[e].period - next % w.of[e].period;
			CHECK(alarms.heap[e] != 0);
			CHECK(alarms.at[e] <= (uint64_t)next);
			CHECK(w.of[e].left <= 0 || alarms.at[e] <= w.t);
		}
	}
}

static void begin_world(void)
{
	memset(&w, 0, sizeof(w));
	memset(w.run, 0xff, sizeof(w.run));
	set_up(1 + rnd(4));
	for (uint32_t n = 1 + rnd(rnd(4) ? 6 : 40); n > 0; n--) {
		uint32_t e = sched_add(&s, (uint8_t)(1 + rnd(255)), (uint8_t)rnd(rnd(2) ? 8 : 2));

		if (e != NONE && rnd(3)) {
			struct counted *c = &w.of[e];

			c->period = 8 * (1 + rnd(6)) + rnd(3);
			c->budget = 1 + rnd((uint32_t)c->period);
			CHECK(sched_reserve(&s, e, (uint32_t)c->budget, (uint32_t)c->period,
					    &alarms));
			count_begin(c);
		}
	}
	if (s.nr_entities == 0) {
		sched_add(&s, 1, 3);
	}
}

static uint32_t moves, spent;

static void run_time(void)
{
	for (uint32_t round = 0; round < 400 && !test_failures; round++) {
		uint32_t wild = 0;

		seed = round * 0x9e3779b97f4a7c15u + 3;
		begin_world();
		wild = 1 + rnd(6);
		for (uint32_t n = 0; n < 1500; n++) {
			for (uint32_t cpu = 0; cpu < s.nr_cpus; cpu++) {
				uint32_t before = w.run[cpu];

				if (alarm_first(&alarms, cpu) <= w.t) {
					must_act(cpu);
				}
				if (w.acts[cpu] && w.late[cpu]-- == 0) {
					act(cpu);
				}
				moves += before != w.run[cpu];
			}
			if (rnd(wild) == 0) {
				disturb();
			}
			check_spent();
			pass_tick();
		}
		for (uint32_t e = 0; e < s.nr_entities; e++) {
			spent += s.entity[e].state == SPENT;
		}
		if (test_failures) {
			printf("round %u\n", round);
		}
	}
	CHECK(moves > 10000);
	CHECK(spent > 100);
}

/* Periods of which each divides the longer ones, together all of a CPU, of equal priority; beside
 * them a busy one without a budget, and below. Each that is always ready gets all of each period's
 * budget, and is without the CPU for no longer than twice the rest of its period. */
static void run_guarantee(void)
{
	static const struct {
		uint32_t budget, period;
	} set[3][3] = { { { 3, 10 }, { 6, 20 }, { 16, 40 } },
			{ { 5, 10 }, { 5, 20 }, { 10, 40 } },
			{ { 1, 8 }, { 14, 16 }, { 0, 0 } } };

	for (uint32_t n = 0; n < 3; n++) {
		uint32_t gap[3] = { 0 }, worst[3] = { 0 };

		memset(&w, 0, sizeof(w));
		memset(w.run, 0xff, sizeof(w.run));
		set_up(1);
		sched_add(&s, 1, 3);
		for (uint32_t i = 0; i < 3 && set[n][i].period; i++) {
			sched_add(&s, 1, 3);
			CHECK(sched_reserve(&s, i + 1, set[n][i].budget, set[n][i].period,
					    &alarms));
		}
		for (uint32_t e = 0; e < s.nr_entities; e++) {
			sched_wake(&s, e);
		}
		for (; w.t < 4000; w.t++) {
			uint8_t tell;
			uint32_t e;

			while ((e = alarm_take(&alarms, 0, w.t)) != NONE) {
				CHECK(sched_due(&s, 0, e, w.t, &tell));
			}
			w.run[0] = pick(0, w.t, w.t % 7 == 0);
			w.used[w.run[0]]++;
			for (uint32_t i = 0; i < 3 && set[n][i].period; i++) {
				gap[i] = w.run[0] == i + 1 ? 0 : gap[i] + 1;
				worst[i] = gap[i] > worst[i] ? gap[i] : worst[i];
				if (w.t % set[n][i].period == set[n][i].period - 1) {
					CHECK_EQ(w.used[i + 1], set[n][i].budget);
					w.used[i + 1] = 0;
				}
				CHECK(worst[i] <= 2 * (set[n][i].period - set[n][i].budget));
			}
		}
	}
}

static const struct test_case cases[] = {
	{ "numbers", run_numbers },
	{ "counted", run_counted },
	{ "large", run_large },
	{ "spent", run_spent },
	{ "restart", run_restart },
	{ "order", run_order },
	{ "owns_none", run_owns_none },
	{ "timer", run_timer },
	{ "for_another", run_for_another },
	{ "time", run_time },
	{ "guarantee", run_guarantee },
};

TEST_MAIN("budget", cases)
