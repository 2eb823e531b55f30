/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/sched/life.c: two partitions of two vCPUs on two CPUs, every interleaving of what the CPUs
 * do, breadth first. A step is what one CPU does in one hold of vm_sched_lock, or between two. In
 * each state that is met:
 *  - a vCPU is in the registers of one CPU at most, and that is the one which loaded_on names;
 *  - no vCPU of an ended life runs; `leaving` counts those that have not left;
 *  - who clears a partition up is alone, and meets no vCPU that is loaded or may be picked;
 *  - no vCPU of a paused partition is in a CPU or on the scheduler's list, and one CPU has been
 *    told that it is paused;
 *  - a call on a partition's life has the result of docs/control-abi.md's table, and one that is
 *    refused changes nothing;
 *  - left to themselves, the CPUs come to rest, and then no partition ends, pauses or loads, every
 *    start has happened or waits for a CPU that is busy, and nobody sleeps on an interrupt.
 */
#include "hyp/sched/life.h"
#include "test/unit/test.h"

#define CPUS   2u
#define VMS    2u
#define VCPUS  2u
#define ALL    (VMS * VCPUS)
#define NOBODY 0xffu
#define BOOT   0x40008000u
#define ENTRY  0x40100000u

enum phase {
	GUEST,
	IDLE,
	LOOK, /* at the top of the loop */
	PICK,
	GIVE, /* the loaded world is in memory */
	TAKE,
	LOADS, /* the last step of a partition's memory */
	CLEAR,
	ENDED,
	WAIT, /* WFI: nothing pended. Its world is in memory, and the VGIC's lock is held */
	KICK, /* an interrupt is pending for `other`: wake it */
};

struct cpu_state {
	uint8_t phase, loaded, picked, other;
	uint8_t then; /* phase after CLEAR, KICK */
	bool resched, yield;
};

struct world {
	struct sched s;
	struct life life[VMS];
	struct cpu_state cpu[CPUS];
	uint8_t pending;
	uint8_t rests; /* partitions (bits) of which a CPU was told that they are paused */
};

static const char *broken;

static void demand(bool ok, const char *what)
{
	if (!ok && !broken) {
		broken = what;
	}
}

static struct life *life_of(struct world *w, uint32_t e)
{
	return &w->life[e / VCPUS];
}

static struct life_vcpu *vcpu_of(struct world *w, uint32_t e)
{
	return &life_of(w, e)->vcpu[e % VCPUS];
}

static void tell(struct world *w, uint8_t target)
{
	if (target != SCHED_NO_CPU) {
		w->cpu[target].resched = true;
	}
}

static bool anywhere(const void *cookie, ipa_t ipa)
{
	(void)cookie;
	(void)ipa;
	return true;
}

static void go_on(struct cpu_state *cpu)
{
	cpu->phase = cpu->resched ? LOOK : cpu->loaded == NOBODY ? IDLE : GUEST;
}

static void kick(struct world *w, uint32_t e)
{
	if (w->s.entity[e].state == SCHED_BLOCKED) {
		tell(w, sched_wake(&w->s, e));
	}
}

/* ---- what a CPU does by itself ---- */

static void clear_next(struct cpu_state *cpu, uint32_t e, uint8_t then)
{
	cpu->phase = CLEAR;
	cpu->other = (uint8_t)e;
	cpu->then = then;
}

static void rests(struct world *w, uint32_t e)
{
	uint8_t vm = (uint8_t)(1u << e / VCPUS);

	demand(life_of(w, e)->state == LIFE_PAUSED && !(w->rests & vm), "is paused, and told so");
	w->rests |= vm;
}

/* A call has returned for a vCPU of e's partition that it was the last. True: to clear up. */
static bool is_last(struct world *w, uint32_t e, enum life_last last)
{
	if (last == LIFE_LAST_PAUSES) {
		rests(w, e);
	}
	return last == LIFE_LAST_ENDS;
}

static void step_pick(struct world *w, uint32_t c)
{
	struct cpu_state *cpu = &w->cpu[c];
	const struct life_vcpu *loaded = cpu->loaded == NOBODY ? NULL : vcpu_of(w, cpu->loaded);
	uint32_t current = w->s.current[c];
	bool some = current != SCHED_NONE;
	enum life_last last;
	uint32_t e = life_pick(&w->s, c, some ? life_of(w, current) : NULL,
			       some ? vcpu_of(w, current) : NULL, cpu->yield, &last);

	cpu->yield = false;
	cpu->picked = e == SCHED_NONE ? NOBODY : (uint8_t)e;
	tell(w, sched_spread(&w->s));
	if (cpu->picked == cpu->loaded && (!loaded || !loaded->start)) {
		go_on(cpu);
	} else {
		cpu->phase = cpu->loaded == NOBODY ? TAKE : GIVE;
	}
	if (is_last(w, current, last)) {
		clear_next(cpu, current, cpu->phase);
	}
}

static void step_take(struct world *w, uint32_t c)
{
	struct cpu_state *cpu = &w->cpu[c];
	uint32_t e = cpu->picked;

	if (e == NOBODY) {
		go_on(cpu);
		return;
	}
	switch (life_take(&w->s, c, life_of(w, e), vcpu_of(w, e))) {
	case LIFE_ENTERS:
		demand(vcpu_of(w, e)->pc == (vcpu_of(w, e)->boots ? BOOT : ENTRY), "entry");
		/* fallthrough */
	case LIFE_RESUMES:
		cpu->loaded = (uint8_t)e;
		go_on(cpu);
		break;
	case LIFE_LOADS:
		cpu->phase = LOADS;
		break;
	case LIFE_LAST:
		clear_next(cpu, e, LOOK);
		break;
	case LIFE_RESTS:
		rests(w, e);
		/* fallthrough */
	case LIFE_LEFT:
		cpu->phase = LOOK;
		break;
	default:
		cpu->phase = TAKE;
		break;
	}
}

static void step_give(struct world *w, uint32_t c)
{
	struct cpu_state *cpu = &w->cpu[c];
	uint32_t e = cpu->loaded;

	cpu->loaded = NOBODY;
	if (is_last(w, e, life_unload(&w->s, life_of(w, e), vcpu_of(w, e)))) {
		clear_next(cpu, e, TAKE);
	} else {
		step_take(w, c);
	}
}

/* No interrupt has come since it was looked for: what pends one takes the lock. */
static void step_wait(struct world *w, uint32_t c)
{
	struct cpu_state *cpu = &w->cpu[c];
	uint32_t e = cpu->loaded;

	cpu->resched = true;
	cpu->yield = true;
	cpu->phase = LOOK;
	if (w->pending & (1u << e)) {
		return;
	}
	sched_stop(&w->s, e, SCHED_BLOCKED);
	cpu->loaded = NOBODY;
	if (is_last(w, e, life_unload(&w->s, life_of(w, e), vcpu_of(w, e)))) {
		clear_next(cpu, e, LOOK);
	}
}

static void check_clear(struct world *w, uint32_t c)
{
	uint32_t vm = w->cpu[c].other / VCPUS;

	demand(w->life[vm].state == LIFE_ENDING && w->life[vm].leaving == 0, "clears what lives");
	for (uint32_t e = vm * VCPUS; e < (vm + 1) * VCPUS; e++) {
		demand(vcpu_of(w, e)->loaded_on == SCHED_NO_CPU, "reset meets a loaded vCPU");
		demand(w->s.entity[e].state == SCHED_OFF, "reset meets a vCPU on the list");
	}
	for (uint32_t n = 0; n < CPUS; n++) {
		demand(n == c || (w->cpu[n].phase != CLEAR && w->cpu[n].phase != ENDED) ||
			       w->cpu[n].other / VCPUS != vm,
		       "two CPUs clear one partition");
	}
}

/* False: nothing to do, unless its guest does something. */
static bool step_cpu(struct world *w, uint32_t c)
{
	struct cpu_state *cpu = &w->cpu[c];
	/* By enum life_end: off, reset, crash, and a crash with a restart. */
	static const uint8_t after[] = { LIFE_OFF, LIFE_LOADING, LIFE_CRASHED, LIFE_LOADING };
	uint8_t to, how;

	switch (cpu->phase) {
	case GUEST:
	case IDLE:
		if (!cpu->resched) {
			return false;
		}
		cpu->phase = LOOK;
		break;
	case LOOK:
		cpu->resched = false;
		cpu->phase = PICK;
		break;
	case PICK:
		step_pick(w, c);
		break;
	case GIVE:
		step_give(w, c);
		break;
	case TAKE:
		step_take(w, c);
		break;
	case LOADS:
		life_loaded(life_of(w, cpu->picked), BOOT);
		cpu->resched = true;
		cpu->phase = LOOK;
		break;
	case CLEAR:
		check_clear(w, c);
		cpu->phase = ENDED;
		break;
	case ENDED:
		check_clear(w, c);
		to = SCHED_NO_CPU;
		how = life_of(w, cpu->other)->end;
		if (life_ended(&w->s, life_of(w, cpu->other), &to)) {
			tell(w, to);
		}
		demand(life_of(w, cpu->other)->state == after[how], "how it ended");
		cpu->phase = cpu->then;
		break;
	case WAIT:
		step_wait(w, c);
		break;
	default:
		kick(w, cpu->other);
		cpu->phase = cpu->then;
		if (cpu->phase == GUEST) {
			go_on(cpu);
		}
		break;
	}
	return true;
}

/* ---- what its guest does ---- */

enum event {
	ON,
	OFF,
	WFI,
	YIELD,
	INTERRUPT, /* for the other vCPU */
	ACKNOWLEDGE,
	END_OFF,
	END_RESET,
	END_CRASH,
	END_RETRY,
	MANAGE_SELF, /* + n: enum life_order */
	MANAGE_OTHER = MANAGE_SELF + 5,
	EVENTS = MANAGE_OTHER + 5
};

static void must_look(struct world *w, uint32_t told)
{
	for (uint32_t n = 0; n < CPUS; n++) {
		if (told & (1u << n)) {
			tell(w, (uint8_t)n);
		}
	}
}

static void after_call(struct world *w, uint32_t c, uint32_t vm, enum life_last last)
{
	go_on(&w->cpu[c]);
	if (is_last(w, vm * VCPUS, last)) {
		clear_next(&w->cpu[c], vm * VCPUS, w->cpu[c].phase);
	}
}

static void end(struct world *w, uint32_t c, uint32_t vm, enum life_end how)
{
	enum life_last last;
	uint32_t told;
	struct life before = w->life[vm];
	bool begins = life_end(&w->s, &w->life[vm], how, &told, &last);

	demand(begins == (before.state != LIFE_ENDING), "ends, or does already");
	demand(begins || memcmp(&before, &w->life[vm], sizeof(before)) == 0, "ends twice");
	must_look(w, told);
	after_call(w, c, vm, last);
}

/* docs/control-abi.md, the life of a partition: EAGAIN 11, EBUSY 16, EINVAL 22. */
static int32_t want_of(const struct life *life, enum life_order order)
{
	static const int8_t want[5][7] = {
		/* off, loading, running, ending, crashed, pausing, paused */
		{ 0, -16, -16, -11, 0, -16, -16 },   /* start */
		{ -22, 0, 0, 0, -22, 0, 0 },	     /* stop */
		{ -22, 0, 0, -11, -22, 0, 0 },	     /* reset */
		{ -22, -11, 0, -11, -22, -16, -16 }, /* pause */
		{ -22, -22, -22, -22, -22, -11, 0 }, /* resume */
	};

	if (life->state == LIFE_ENDING &&
	    (life->end == LIFE_END_RESET || life->end == LIFE_END_RETRY)) {
		if (order == LIFE_RESET) {
			return 0;
		}
		if (order == LIFE_STOP && life->leaving == 0) {
			return -11;
		}
	}
	return want[order][life->state];
}

static void check_order(const struct life *before, const struct life *life, enum life_order order)
{
	switch (order) {
	case LIFE_START:
		demand(life->state == LIFE_LOADING && life->psci.power[0] == PSCI_ON &&
			       life->psci.power[1] == PSCI_OFF,
		       "started");
		break;
	case LIFE_STOP:
		demand(life->state == LIFE_ENDING &&
			       life->end == (before->state == LIFE_ENDING &&
							     before->end >= LIFE_END_CRASH
						     ? LIFE_END_CRASH
						     : LIFE_END_OFF),
		       "stopped");
		break;
	case LIFE_RESET:
		demand(life->state == LIFE_ENDING &&
			       (life->end == LIFE_END_RESET ||
				(before->state == LIFE_ENDING && life->end == LIFE_END_RETRY)),
		       "reset");
		break;
	case LIFE_PAUSE:
		demand(life->state == (life->leaving ? LIFE_PAUSING : LIFE_PAUSED), "paused");
		break;
	default:
		demand(life->state == LIFE_RUNNING && life->leaving == 0, "resumed");
		break;
	}
	demand(order < LIFE_PAUSE || memcmp(&before->psci, &life->psci, sizeof(life->psci)) == 0,
	       "a pause changes power");
}

static void manage(struct world *w, uint32_t c, uint32_t vm, enum life_order order)
{
	struct world before = *w;
	int32_t want = want_of(&w->life[vm], order);
	struct life_effect effect;
	int32_t error = life_manage(&w->s, &w->life[vm], order, &effect);

	demand(error == want, "the result of a call on a life");
	if (error) {
		demand(memcmp(&before, w, sizeof(before)) == 0, "a refused call changes something");
		demand(!effect.tell && effect.last == LIFE_NOT_LAST, "a refused call has effects");
	} else {
		check_order(&before.life[vm], &w->life[vm], order);
	}
	for (uint32_t n = 0; n < PSCI_MAX_VCPUS; n++) {
		demand(n < VCPUS || effect.wake[n] == SCHED_NO_CPU, "wakes what is not there");
		tell(w, effect.wake[n]);
	}
	must_look(w, effect.tell);
	after_call(w, c, vm, effect.last);
}

static void call(struct world *w, uint32_t c, uint32_t function)
{
	struct cpu_state *cpu = &w->cpu[c];
	uint32_t e = cpu->loaded;
	uint32_t args[4] = { function, 1 - e % VCPUS, ENTRY, 7 };
	struct life *life = life_of(w, e);
	bool ending = life->state == LIFE_ENDING;
	bool on = life->psci.power[1 - e % VCPUS] != PSCI_OFF;
	uint8_t to;
	struct psci_result result = life_call(&w->s, life, e % VCPUS, args, anywhere, NULL, &to);

	if (function == 0x84000003u) {
		demand(result.value == (ending ? -3 : on ? -4 : 0), "CPU_ON");
		tell(w, to);
	} else if (result.effect == PSCI_DO_STOP) {
		cpu->resched = true;
	}
	go_on(cpu);
}

static bool guest(struct world *w, uint32_t c, enum event event)
{
	struct cpu_state *cpu = &w->cpu[c];
	uint32_t e = cpu->loaded;
	uint32_t vm = e / VCPUS;
	uint32_t sibling = vm * VCPUS + 1 - e % VCPUS;

	if (cpu->phase != GUEST) {
		return false;
	}
	switch (event) {
	case ON:
		call(w, c, 0x84000003u);
		return true;
	case OFF:
		call(w, c, 0x84000002u);
		return true;
	case WFI:
		if (w->pending & (1u << e)) {
			return false;
		}
		cpu->phase = WAIT;
		return true;
	case YIELD:
		cpu->yield = true;
		cpu->resched = true;
		cpu->phase = LOOK;
		return true;
	case INTERRUPT:
		w->pending |= (uint8_t)(1u << sibling);
		cpu->phase = KICK;
		cpu->other = (uint8_t)sibling;
		cpu->then = GUEST;
		return true;
	case ACKNOWLEDGE:
		w->pending = (uint8_t)(w->pending & ~(1u << e));
		return true;
	case END_OFF:
	case END_RESET:
	case END_CRASH:
	case END_RETRY:
		end(w, c, vm, (enum life_end)(event - END_OFF));
		return true;
	default:
		manage(w, c, event < MANAGE_OTHER ? vm : 1 - vm,
		       (enum life_order)((event - MANAGE_SELF) % LIFE_ORDERS));
		return true;
	}
}

/* ---- what must hold ---- */

static void check(struct world *w)
{
	for (uint32_t e = 0; e < ALL; e++) {
		const struct life_vcpu *vcpu = vcpu_of(w, e);
		uint8_t on = SCHED_NO_CPU;

		for (uint32_t c = 0; c < CPUS; c++) {
			if (w->cpu[c].loaded == e) {
				demand(on == SCHED_NO_CPU, "in the registers of two CPUs");
				on = (uint8_t)c;
			}
		}
		demand(vcpu->loaded_on == on, "loaded_on");
		if (on != SCHED_NO_CPU) {
			const struct life *life = life_of(w, e);

			demand(life->state == LIFE_RUNNING || ((life->state == LIFE_ENDING ||
								life->state == LIFE_PAUSING) &&
							       vcpu->stop),
			       "a vCPU of an ended life");
			demand(w->cpu[on].phase != GUEST || life->state == LIFE_ENDING ||
				       life->psci.power[e % VCPUS] == PSCI_ON,
			       "runs, and is off");
		}
	}
	for (uint32_t vm = 0; vm < VMS; vm++) {
		const struct life *life = &w->life[vm];
		bool paused = life->state == LIFE_PAUSED;

		demand(life->leaving == life->vcpu[0].stop + life->vcpu[1].stop, "leaving counts");
		demand(life->state != LIFE_PAUSING || life->leaving, "pauses, and all have left");
		for (uint32_t n = 0; n < VCPUS && paused; n++) {
			demand(life->vcpu[n].loaded_on == SCHED_NO_CPU &&
				       w->s.entity[vm * VCPUS + n].state == SCHED_OFF,
			       "a vCPU of a paused partition runs, or will");
		}
		demand(!paused || (w->rests >> vm & 1u), "is paused, and nobody was told");
		w->rests = (uint8_t)(paused ? w->rests : w->rests & ~(1u << vm));
	}
}

static bool has_idle(const struct world *w, uint32_t e)
{
	for (uint32_t c = 0; c < CPUS; c++) {
		if (w->cpu[c].phase == IDLE && (w->s.entity[e].affinity & (1u << c))) {
			return true;
		}
	}
	return false;
}

static void check_rest(struct world *w)
{
	for (uint32_t e = 0; e < ALL; e++) {
		const struct life *life = life_of(w, e);
		uint32_t state = w->s.entity[e].state;
		bool lives = life->state == LIFE_RUNNING && life->psci.power[e % VCPUS] != PSCI_OFF;

		demand(state != SCHED_READY || !has_idle(w, e), "waits beside an idle CPU");
		if (life->state == LIFE_LOADING) {
			demand(state == SCHED_READY || e % VCPUS, "loads without a turn");
			continue;
		}
		demand(life->state != LIFE_ENDING, "ends for ever");
		demand(life->state != LIFE_PAUSING, "pauses for ever");
		demand((state != SCHED_OFF) == lives, "on, and not on the list");
		demand(!vcpu_of(w, e)->start || state == SCHED_READY || life->state == LIFE_PAUSED,
		       "a start that never happens");
		demand(state != SCHED_BLOCKED || !(w->pending & (1u << e)),
		       "sleeps on an interrupt");
	}
}

static void check_liveness(struct world w)
{
	for (uint32_t left = 200; left > 0; left--) {
		bool busy = false;

		for (uint32_t c = 0; c < CPUS; c++) {
			busy = step_cpu(&w, c) || busy;
		}
		if (!busy) {
			check_rest(&w);
			return;
		}
	}
	demand(false, "the CPUs do not come to rest");
}

/* ---- exploration ---- */

/* A state is the same whatever the numbers are that have no meaning left. */
static void normalize(struct world *w)
{
	uint32_t rank[ALL] = { 0 };

	for (uint32_t a = 0; a < ALL; a++) {
		for (uint32_t b = 0; b < ALL && w->s.entity[a].state >= SCHED_READY; b++) {
			rank[a] += w->s.entity[b].state >= SCHED_READY &&
				   w->s.entity[b].queued < w->s.entity[a].queued;
		}
	}
	for (uint32_t e = 0; e < ALL; e++) {
		struct life_vcpu *vcpu = vcpu_of(w, e);

		w->s.entity[e].queued = rank[e];
		if (!vcpu->start) {
			vcpu->pc = 0;
			vcpu->r0 = 0;
			vcpu->boots = false;
		}
	}
	w->s.arrivals = ALL;
	for (uint32_t vm = 0; vm < VMS; vm++) {
		w->life[vm].end = w->life[vm].state == LIFE_ENDING ? w->life[vm].end : 0;
	}
	for (uint32_t c = 0; c < CPUS; c++) {
		struct cpu_state *cpu = &w->cpu[c];

		if (cpu->phase != GIVE && cpu->phase != TAKE && cpu->phase != LOADS &&
		    !((cpu->phase == CLEAR || cpu->phase == ENDED || cpu->phase == KICK))) {
			cpu->picked = NOBODY;
		}
		if (cpu->phase != CLEAR && cpu->phase != ENDED && cpu->phase != KICK) {
			cpu->other = NOBODY;
			cpu->then = 0;
		}
	}
}

struct seen {
	uint64_t *hash;
	uint32_t size; /* a power of two */
	uint32_t count;
};

static uint64_t hash_of(const struct world *w)
{
	uint64_t h = 0xcbf29ce484222325u;
	const uint8_t *parts[] = { (const uint8_t *)w->s.entity,
				   (const uint8_t *)w->s.current,
				   (const uint8_t *)w->life,
				   (const uint8_t *)w->cpu,
				   &w->pending,
				   &w->rests };
	const size_t sizes[] = { ALL * sizeof(w->s.entity[0]),
				 sizeof(w->s.current),
				 sizeof(w->life),
				 sizeof(w->cpu),
				 1,
				 1 };

	for (uint32_t p = 0; p < 6; p++) {
		for (size_t n = 0; n < sizes[p]; n++) {
			h = (h ^ parts[p][n]) * 0x100000001b3u;
			h ^= h >> 29;
		}
	}
	return h ? h : 1;
}

static bool seen_add(struct seen *seen, uint64_t h)
{
	uint32_t n = (uint32_t)(h >> 20) & (seen->size - 1);

	while (seen->hash[n]) {
		if (seen->hash[n] == h) {
			return false;
		}
		n = (n + 1) & (seen->size - 1);
	}
	seen->hash[n] = h;
	seen->count++;
	return true;
}

static struct world start_world(const uint8_t affinity[ALL], const uint8_t priority[VMS])
{
	struct world w;

	memset(&w, 0, sizeof(w)); /* padding, too: states are hashed */
	sched_init(&w.s, CPUS);
	for (uint32_t vm = 0; vm < VMS; vm++) {
		life_init(&w.life[vm], VCPUS);
		for (uint32_t n = 0; n < VCPUS; n++) {
			w.life[vm].vcpu[n].entity =
				sched_add(&w.s, affinity[vm * VCPUS + n], priority[vm]);
		}
	}
	for (uint32_t c = 0; c < CPUS; c++) {
		w.cpu[c] = (struct cpu_state) {
			.phase = LOOK, .loaded = NOBODY, .picked = NOBODY, .other = NOBODY
		};
	}
	for (uint32_t vm = 0; vm < VMS; vm++) {
		uint8_t to;

		CHECK(life_begin(&w.s, &w.life[vm], &to));
	}
	return w;
}

static void explore(const uint8_t affinity[ALL], const uint8_t priority[VMS], uint32_t limit)
{
	struct seen seen = { calloc(1u << 22, sizeof(uint64_t)), 1u << 22, 0 };
	struct world *queue = malloc(limit * sizeof(*queue));
	uint32_t head = 0, tail = 0;

	broken = NULL;
	queue[tail++] = start_world(affinity, priority);
	for (; head < tail && !broken; head++) {
		for (uint32_t move = 0; move < CPUS * (EVENTS + 1) && !broken; move++) {
			struct world w = queue[head];
			uint32_t c = move / (EVENTS + 1), event = move % (EVENTS + 1);

			if (!(event == EVENTS ? step_cpu(&w, c)
					      : guest(&w, c, (enum event)event))) {
				continue;
			}
			check(&w);
			normalize(&w);
			if (tail < limit && seen_add(&seen, hash_of(&w))) {
				check_liveness(w);
				queue[tail++] = w;
			}
		}
	}
	printf("%u states, %s\n", tail, tail < limit ? "all that there are" : "the nearest ones");
	if (broken) {
		printf("broken: %s\n", broken);
	}
	CHECK(!broken);
	CHECK(tail > 1000);
	free(queue);
	free(seen.hash);
}

/* `make verify` asks for more. */
#ifndef STATES
#define STATES 60000u
#endif

static void own_cpus(void)
{
	explore((const uint8_t[]) { 1, 2, 1, 2 }, (const uint8_t[]) { 4, 4 }, STATES);
}

static void any_cpu(void)
{
	explore((const uint8_t[]) { 3, 3, 3, 3 }, (const uint8_t[]) { 4, 4 }, STATES);
}

static void priorities(void)
{
	explore((const uint8_t[]) { 3, 3, 2, 1 }, (const uint8_t[]) { 3, 5 }, STATES);
}

static void one_each(void)
{
	explore((const uint8_t[]) { 3, 1, 2, 2 }, (const uint8_t[]) { 4, 4 }, STATES);
}

static const struct test_case cases[] = {
	{ "own_cpus", own_cpus },
	{ "any_cpu", any_cpu },
	{ "priorities", priorities },
	{ "one_each", one_each },
};

TEST_MAIN("life", cases)
