/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/sched/child_life.c: each function; and all that CPUs of a creator, the guest and those who
 * drive its lines can do one after the other, in all orders. Each function is one step, as it is
 * under the VM's vgic_lock.
 */
#include "hyp/sched/child_life.h"
#include "test/unit/test.h"

/* Linux's errno.h */
#define ENOEXEC 8
#define EBADF	9
#define EBUSY	16
#define EINVAL	22

static struct child_life life;

static void begin(uint8_t made, uint8_t ready)
{
	memset(&life, 0, sizeof(life));
	life.made = made;
	life.ready = ready;
}

/* ---- each function ---- */

static void claims(void)
{
	begin(0x07, 0x03);
	CHECK_EQ(child_life_claim(&life, 0, 3), 0);
	CHECK_EQ(life.runs, 0x01);
	CHECK_EQ(life.cpu[0], 3);
	CHECK_EQ(child_life_claim(&life, 0, 2), -EBUSY);
	CHECK_EQ(life.cpu[0], 3);
	CHECK_EQ(child_life_claim(&life, 1, 2), 0);
	CHECK_EQ(life.runs, 0x03);
	CHECK_EQ(child_life_claim(&life, 2, 2), -ENOEXEC);
	CHECK_EQ(child_life_claim(&life, 3, 2), -EINVAL);
	CHECK_EQ(child_life_claim(&life, 7, 2), -EINVAL);
	CHECK_EQ(child_life_claim(&life, 8, 2), -EINVAL);
	CHECK_EQ(child_life_claim(&life, 32, 2), -EINVAL);
	CHECK_EQ(child_life_claim(&life, 0xffff, 2), -EINVAL);
	CHECK_EQ(life.runs, 0x03);
	child_life_release(&life, 0, false);
	CHECK_EQ(life.runs, 0x02);
	CHECK_EQ(child_life_claim(&life, 0, 1), 0);
	CHECK_EQ(life.cpu[0], 1);
}

static void who_runs(void)
{
	begin(0xff, 0xff);
	CHECK_EQ(child_life_cpus(&life), 0);
	CHECK_EQ(child_life_claim(&life, 1, 3), 0);
	CHECK_EQ(child_life_claim(&life, 7, 0), 0);
	CHECK_EQ(child_life_cpus(&life), 0x9);
	child_life_release(&life, 1, true);
	CHECK_EQ(child_life_cpus(&life), 0x1);
	child_life_release(&life, 7, false);
	CHECK_EQ(child_life_cpus(&life), 0);
}

static void where_it_ran(void)
{
	begin(0xff, 0xff);
	CHECK_EQ(child_life_claim(&life, 7, 3), 0);
	CHECK_EQ(life.began, 0);
	child_life_enter(&life, 7);
	CHECK_EQ(life.began, 0x80);
	CHECK(!child_life_moved(&life, 7));
	child_life_release(&life, 7, false);
	CHECK_EQ(child_life_claim(&life, 7, 0), 0);
	CHECK(child_life_moved(&life, 7)); /* CPU 3's caches */
	child_life_enter(&life, 7);
	CHECK(child_life_moved(&life, 7));
	child_life_forget(&life); /* it runs on */
	CHECK(!child_life_moved(&life, 7));
	child_life_release(&life, 7, false);
	CHECK_EQ(child_life_claim(&life, 7, 3), 0);
	CHECK(child_life_moved(&life, 7));
	child_life_release(&life, 7, false);
	child_life_forget(&life); /* it does not run: nowhere */
	CHECK_EQ(child_life_claim(&life, 7, 2), 0);
	CHECK(!child_life_moved(&life, 7));
	CHECK_EQ(life.began, 0x80);
	CHECK_EQ(life.ran[0], 0);
}

static void last_of_all(void)
{
	begin(0xff, 0xff);
	CHECK_EQ(child_life_claim(&life, 7, 3), 0);
	CHECK_EQ(life.runs, 0x80);
	child_life_release(&life, 7, true);
	CHECK_EQ(life.runs, 0);
	CHECK_EQ(life.waits, 0x80);
}

static void looks(void)
{
	begin(0x03, 0x01);
	CHECK_EQ(child_life_look(&life, 0), 0);
	CHECK_EQ(child_life_look(&life, 1), -ENOEXEC);
	CHECK_EQ(child_life_look(&life, 2), -EINVAL);
	CHECK_EQ(child_life_look(&life, 8), -EINVAL);
	CHECK_EQ(child_life_claim(&life, 0, 0), 0);
	CHECK_EQ(child_life_look(&life, 0), -EBUSY);
	child_life_release(&life, 0, false);
	CHECK(child_life_end(&life));
	CHECK_EQ(child_life_look(&life, 0), -EBADF);
	CHECK_EQ(child_life_look(&life, 1), -EBADF);
	CHECK_EQ(child_life_look(&life, 9), -EBADF);
}

static void seizes(void)
{
	begin(0x03, 0x01);
	CHECK_EQ(child_life_seize(&life, 1, 2), 0); /* not initialised */
	CHECK_EQ(life.runs, 0x02);
	CHECK_EQ(life.cpu[1], 2);
	CHECK_EQ(child_life_seize(&life, 1, 3), -EBUSY);
	CHECK_EQ(child_life_claim(&life, 1, 3), -EBUSY);
	CHECK_EQ(child_life_seize(&life, 0, 1), 0);
	CHECK_EQ(child_life_claim(&life, 0, 2), -EBUSY);
	CHECK(!child_life_end(&life));
	child_life_release(&life, 0, false);
	child_life_release(&life, 1, false);
	CHECK_EQ(child_life_seize(&life, 2, 1), -EINVAL);
	CHECK(child_life_end(&life));
	CHECK_EQ(child_life_seize(&life, 0, 1), -EBADF);
	CHECK_EQ(life.runs, 0);
}

static void kicks(void)
{
	uint32_t cpus = 0xffffffff;

	begin(0x0f, 0x0f);
	CHECK_EQ(child_life_kick(&life, 0x0f, &cpus), 0); /* none runs, none waits */
	CHECK_EQ(cpus, 0);
	CHECK_EQ(life.wake, 0);
	CHECK_EQ(child_life_claim(&life, 0, 3), 0);
	CHECK_EQ(child_life_claim(&life, 1, 1), 0);
	CHECK_EQ(child_life_claim(&life, 2, 0), 0);
	child_life_release(&life, 2, true);
	CHECK_EQ(child_life_kick(&life, 0x01, &cpus), 0);
	CHECK_EQ(cpus, 0x8);
	CHECK_EQ(child_life_kick(&life, 0x0f, &cpus), 0x04);
	CHECK_EQ(cpus, 0xa);
	CHECK_EQ(life.waits, 0);
	CHECK_EQ(life.wake, 0x04);
	CHECK_EQ(child_life_kick(&life, 0x0c, &cpus), 0); /* already woken */
	CHECK_EQ(cpus, 0);
	CHECK_EQ(life.wake, 0x04);
	child_life_release(&life, 1, true);
	CHECK_EQ(child_life_kick(&life, 0x02, &cpus), 0x02); /* the other stays woken */
	CHECK_EQ(child_life_take_wake(&life), 0x06);
	CHECK_EQ(child_life_take_wake(&life), 0);
}

/* Who runs is told no more. */
static void runs_again(void)
{
	uint32_t cpus;

	begin(0x03, 0x03);
	CHECK_EQ(child_life_claim(&life, 0, 0), 0);
	child_life_release(&life, 0, true);
	CHECK_EQ(child_life_claim(&life, 0, 1), 0); /* although nothing came */
	CHECK_EQ(life.waits, 0);
	CHECK_EQ(child_life_kick(&life, 0x01, &cpus), 0);
	CHECK_EQ(cpus, 0x2);
	child_life_release(&life, 0, true);
	CHECK_EQ(child_life_kick(&life, 0x01, &cpus), 0x01);
	CHECK_EQ(child_life_claim(&life, 0, 1), 0);
	CHECK_EQ(child_life_take_wake(&life), 0);
	child_life_release(&life, 0, false);
	CHECK_EQ(life.waits, 0);
}

static void ends(void)
{
	begin(0x03, 0x03);
	CHECK_EQ(child_life_claim(&life, 1, 0), 0);
	CHECK(!child_life_end(&life));
	CHECK(!life.ends);
	CHECK_EQ(child_life_claim(&life, 0, 1), 0); /* it goes on */
	child_life_release(&life, 0, true);
	child_life_release(&life, 1, true);
	CHECK(child_life_end(&life));
	CHECK(life.ends);
	CHECK(child_life_end(&life));
	CHECK_EQ(child_life_claim(&life, 0, 1), -EBADF);
	CHECK_EQ(life.runs, 0);
}

/* ---- all orders ---- */

#define MOST_CPUS 3u
#define VCPUS	  2u

/* What a CPU of the creator does: a loop that runs vCPUs which are to be run, and asks for those
 * that are to be run again when the doorbell is high. */
enum at { AT_LOOP, AT_RUNS, AT_RINGS, AT_LOWERS, AT_LOOKS, AT_RAISES };

struct thread {
	uint8_t at, vcpu;
	bool noticed; /* the guest on it looks at its interrupts */
	bool resched; /* its call is to end */
	uint8_t said; /* vCPUs that the call's result names */
};

/* All that there is; no padding that could differ. */
struct state {
	uint8_t runs, waits, wake, ends, cpu[VCPUS];
	uint8_t pending; /* by vCPU */
	uint8_t want;	 /* vCPUs that the creator is to run */
	uint8_t doorbell;
	uint8_t rings;	      /* one who has driven a line is about to */
	uint8_t lines, calls; /* that may yet come: of anybody; of siblings */
	uint8_t may_end;
	struct thread thread[MOST_CPUS];
};

static uint32_t nr_cpus;

#define SLOTS (1u << 21)
#define QUEUE (1u << 20)

static struct state *queue;
static uint64_t *seen;
static uint32_t nr_states, nr_found;
static uint32_t nr_rests, nr_wakes, nr_busy, nr_refused_ends;

static void to_life(const struct state *s)
{
	begin(0x03, 0x03);
	life.runs = s->runs;
	life.waits = s->waits;
	life.wake = s->wake;
	life.ends = s->ends;
	memcpy(life.cpu, s->cpu, VCPUS);
}

static void from_life(struct state *s)
{
	s->runs = life.runs;
	s->waits = life.waits;
	s->wake = life.wake;
	s->ends = life.ends;
	for (uint32_t v = 0; v < VCPUS; v++) {
		s->cpu[v] = life.runs >> v & 1 ? life.cpu[v] : 0; /* else of no meaning */
	}
}

static uint64_t key_of(const struct state *s)
{
	const uint8_t *bytes = (const uint8_t *)s;
	uint64_t key = 1469598103934665603u;

	for (size_t n = 0; n < sizeof(*s); n++) {
		key = (key ^ bytes[n]) * 1099511628211u;
	}
	return key ? key : 1;
}

static const char *wrong_with(const struct state *s)
{
	uint32_t on_cpus = 0, twice = 0;

	for (uint32_t c = 0; c < nr_cpus; c++) {
		if (s->thread[c].at == AT_RUNS) {
			twice |= on_cpus & 1u << s->thread[c].vcpu;
			on_cpus |= 1u << s->thread[c].vcpu;
		}
	}
	if (twice) {
		return "a vCPU is on two CPUs";
	}
	if (on_cpus != s->runs) {
		return "other vCPUs run than are said to";
	}
	if (s->ends && on_cpus) {
		return "a vCPU runs after the end";
	}
	if (s->waits & (s->runs | s->wake) || s->wake & s->runs) {
		return "a vCPU is two of: running, waiting, woken";
	}
	for (uint32_t c = 0; c < nr_cpus; c++) {
		if (s->thread[c].at == AT_RUNS && s->pending >> s->thread[c].vcpu & 1 &&
		    !s->thread[c].noticed) {
			return "a vCPU runs, and nobody tells its CPU of its interrupt";
		}
	}
	if (s->waits & s->pending) {
		return "a vCPU waits that has an interrupt";
	}
	return NULL;
}

static bool any_wrong;

static void wrong(const struct state *s, const char *what)
{
	CHECK(!any_wrong);
	if (!any_wrong) {
		printf("%s: runs %x waits %x wake %x ends %u pending %x want %x doorbell %u\n",
		       what, s->runs, s->waits, s->wake, s->ends, s->pending, s->want, s->doorbell);
		for (uint32_t c = 0; c < nr_cpus; c++) {
			printf(" CPU %u: at %u vCPU %u noticed %u\n", c, s->thread[c].at,
			       s->thread[c].vcpu, s->thread[c].noticed);
		}
	}
	any_wrong = true;
}

/* A state that can be reached. */
static void reach(const struct state *s)
{
	uint64_t key = key_of(s);
	uint32_t slot = (uint32_t)(key >> 13) % SLOTS;
	const char *what = wrong_with(s);

	if (what) {
		wrong(s, what);
		return;
	}
	while (seen[slot] && seen[slot] != key) {
		slot = (slot + 1) % SLOTS;
	}
	nr_found++;
	if (!seen[slot] && nr_states < QUEUE) {
		seen[slot] = key;
		queue[nr_states++] = *s;
	}
}

/* ---- steps ---- */

static void tell(struct state *s, uint32_t cpus)
{
	for (uint32_t c = 0; c < nr_cpus; c++) {
		s->thread[c].noticed |= cpus >> c & 1;
	}
}

/* A line of vCPU v rises, and its vCPU is kicked: one hold of the lock. The doorbell follows. */
static void line(const struct state *from, uint32_t v)
{
	struct state s = *from;
	uint32_t cpus, woken;

	to_life(&s);
	s.lines--;
	s.pending |= (uint8_t)(1u << v);
	woken = child_life_kick(&life, 1u << v, &cpus);
	from_life(&s);
	tell(&s, cpus);
	s.rings |= woken != 0;
	reach(&s);
}

static void rings(const struct state *from)
{
	struct state s = *from;

	s.rings = 0;
	s.doorbell = 1;
	reach(&s);
}

static void end(const struct state *from)
{
	struct state s = *from;
	bool busy = from->runs != 0;

	to_life(&s);
	if (child_life_end(&life) == busy) {
		wrong(&s, "an end is refused, or is not");
	}
	nr_refused_ends += busy;
	from_life(&s);
	s.may_end = 0;
	reach(&s);
}

static void run(const struct state *from, uint32_t c, uint32_t v)
{
	struct state s = *from;
	int error;

	to_life(&s);
	error = child_life_claim(&life, v, c);
	from_life(&s);
	s.want = (uint8_t)(s.want & ~(1u << v));
	nr_busy += error == -EBUSY;
	if (error != (from->ends ? -EBADF : from->runs >> v & 1 ? -EBUSY : 0)) {
		wrong(&s, "a claim has another answer");
	}
	if (!error) {
		s.thread[c] = (struct thread) { AT_RUNS, (uint8_t)v, s.pending >> v & 1, false, 0 };
	}
	reach(&s);
}

/* Back in the creator; `rings`: the doorbell, first. */
static void leave(struct state *s, uint32_t c, uint32_t said, bool rings)
{
	s->thread[c] = (struct thread) { rings ? AT_RINGS : AT_LOOP, 0, false, false, 0 };
	s->want |= (uint8_t)said;
}

/* Its guest executes WFI: one hold of the lock has the look and the release. */
static void wait(const struct state *from, uint32_t c)
{
	struct state s = *from;
	uint32_t v = s.thread[c].vcpu;

	if (s.pending >> v & 1) {
		return;
	}
	to_life(&s);
	child_life_release(&life, v, true);
	from_life(&s);
	leave(&s, c, 0, s.wake != 0);
	reach(&s);
}

/* The creator's CPU has something else to do: the vCPU is to run on. It says who was woken. */
static void interrupted(const struct state *from, uint32_t c)
{
	struct state s = *from;
	uint32_t v = s.thread[c].vcpu, woken;

	to_life(&s);
	child_life_release(&life, v, false);
	woken = child_life_take_wake(&life);
	from_life(&s);
	nr_wakes += woken != 0;
	leave(&s, c, woken | 1u << v, false);
	reach(&s);
}

/* The guest takes its interrupt. */
static void take(const struct state *from, uint32_t c)
{
	struct state s = *from;

	s.pending = (uint8_t)(s.pending & ~(1u << s.thread[c].vcpu));
	s.thread[c].noticed = false;
	reach(&s);
}

/* The guest sends one to its sibling. */
static void send(const struct state *from, uint32_t c)
{
	struct state s = *from;
	uint32_t other = 1u - s.thread[c].vcpu, cpus, woken;

	to_life(&s);
	s.calls--;
	s.pending |= (uint8_t)(1u << other);
	woken = child_life_kick(&life, 1u << other, &cpus);
	from_life(&s);
	tell(&s, cpus);
	s.thread[c].resched |= woken != 0;
	reach(&s);
}

/* The creator asks who was woken: takes, lowers the doorbell, looks, raises it. */
static void ask(const struct state *from, uint32_t c)
{
	struct state s = *from;
	uint32_t woken;

	to_life(&s);
	woken = child_life_take_wake(&life);
	from_life(&s);
	nr_wakes += woken != 0;
	s.thread[c] = (struct thread) { AT_LOWERS, 0, false, false, (uint8_t)woken };
	reach(&s);
}

static void settle(const struct state *from, uint32_t c)
{
	struct state s = *from;
	struct thread *t = &s.thread[c];

	if (t->at == AT_RINGS) {
		s.doorbell = 1;
		t->at = AT_LOOP;
	} else if (t->at == AT_LOWERS) {
		s.doorbell = 0;
		t->at = AT_LOOKS;
	} else if (t->at == AT_LOOKS && s.wake && !s.ends) {
		t->at = AT_RAISES;
	} else {
		s.doorbell |= t->at == AT_RAISES;
		leave(&s, c, t->said, false);
	}
	reach(&s);
}

static void steps_of(const struct state *s, uint32_t c)
{
	const struct thread *t = &s->thread[c];

	if (t->at == AT_RUNS) {
		interrupted(s, c);
		if (!t->resched) {
			wait(s, c);
		}
		if (t->noticed && s->pending >> t->vcpu & 1) {
			take(s, c);
		}
		if (s->calls) {
			send(s, c);
		}
		return;
	}
	if (t->at != AT_LOOP) {
		settle(s, c);
		return;
	}
	for (uint32_t v = 0; v < VCPUS; v++) {
		if (s->want >> v & 1 || (s->runs >> v & 1 && s->calls)) {
			run(s, c, v); /* also one that runs: refused */
		}
	}
	if (s->doorbell) {
		ask(s, c);
	}
}

static void steps(const struct state *s)
{
	uint32_t before = nr_found;

	for (uint32_t v = 0; s->lines && v < VCPUS; v++) {
		line(s, v);
	}
	if (s->rings) {
		rings(s);
	}
	if (s->may_end) {
		end(s);
	}
	for (uint32_t c = 0; c < nr_cpus; c++) {
		steps_of(s, c);
	}
	if (nr_found == before) {
		nr_rests++;
		if (s->pending && !s->ends) {
			wrong(s, "all sleep, and an interrupt is pending");
		}
	}
}

static void all_orders(uint32_t cpus, uint32_t lines, uint32_t calls, bool may_end)
{
	struct state first;

	nr_cpus = cpus;
	queue = malloc(QUEUE * sizeof(*queue));
	seen = calloc(SLOTS, sizeof(*seen));
	CHECK(queue && seen);
	nr_states = nr_found = nr_rests = nr_wakes = nr_busy = nr_refused_ends = 0;
	any_wrong = false;
	memset(&first, 0, sizeof(first));
	first.want = 0x03;
	first.lines = (uint8_t)lines;
	first.calls = (uint8_t)calls;
	first.may_end = may_end;
	reach(&first);
	for (uint32_t n = 0; n < nr_states && !any_wrong; n++) {
		steps(&queue[n]);
	}
	/* All of them were met, and what the model is about. */
	CHECK(nr_states < QUEUE);
	CHECK(any_wrong ||
	      (nr_rests > 0 && nr_wakes > 0 && (nr_busy > 0 || nr_cpus == 1 || !calls)));
	CHECK(any_wrong || (nr_refused_ends > 0) == may_end);
	printf("%u CPUs: %u states, %u steps, %u at rest\n", cpus, nr_states, nr_found, nr_rests);
	free(queue);
	free(seen);
}

static void one_cpu(void)
{
	all_orders(1, 4, 2, true);
}

static void two_cpus(void)
{
	all_orders(2, 3, 2, false);
}

static void two_cpus_and_an_end(void)
{
	all_orders(2, 2, 1, true);
}

static void three_cpus(void)
{
	all_orders(3, 2, 0, false);
}

static const struct test_case cases[] = {
	{ "claims", claims },
	{ "who_runs", who_runs },
	{ "where_it_ran", where_it_ran },
	{ "last_of_all", last_of_all },
	{ "looks", looks },
	{ "seizes", seizes },
	{ "kicks", kicks },
	{ "runs_again", runs_again },
	{ "ends", ends },
	{ "one_cpu", one_cpu },
	{ "two_cpus", two_cpus },
	{ "two_cpus_and_an_end", two_cpus_and_an_end },
	{ "three_cpus", three_cpus },
};

TEST_MAIN("child_life", cases)
