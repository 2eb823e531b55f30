/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every interleaving of the model in remote_model.h, breadth first. In each state:
 *  - an interrupt is in one list register at most, and none is in a CPU without its vCPU;
 *  - the interrupt that the guest handles is active;
 *  - an edge is taken at most as often as it was driven, a level only if it was high since the
 *    vCPU's CPU last looked;
 *  - left to itself, the system comes to rest, and then nothing is pending and no work is left: all
 *    was taken, or is taken without another interrupt being driven.
 * A protocol that lacks one of its rules breaks one of these: the search finds how.
 */
#include "test/unit/remote_model.h"
#include "test/unit/test.h"

#ifndef STATES
#define STATES 400000u /* at most */
#define LINES  0x11    /* that the two remote CPUs drive */
#endif

/* ---- steps: each returns false if it is not possible ---- */

enum step {
	/* of the system, by itself */
	OWNER_GOES_ON,
	ACKNOWLEDGE,
	END,
	LOWER, /* the handler of the level */
	OWNER_WRITE_ARRIVES,
	KICK_ELSEWHERE,
	LOADS_ON_0,
	LOADS_ON_1,
	REMOTE_GOES_ON,
	REMOTE_GOES_ON_1,
	WRITE_ARRIVES,
	WRITE_ARRIVES_1,
	/* of its own will */
	EXITS,
	WAITS,
	LEAVES, /* the end of a slice */
	DRIVES, /* remote 0: each interrupt; the level, low */
	DRIVES_LAST = DRIVES + REMOTES * (IRQS + 1) - 1,
	STEPS
};

static bool take(struct world *w, uint8_t who)
{
	if (flaw == UNLOCKED && who != OWNER) {
		return true;
	}
	if (w->holder) {
		return false;
	}
	w->holder = who;
	return true;
}

static void drop(struct world *w, uint8_t who)
{
	if (w->holder == who) {
		w->holder = 0;
	}
}

static void kick(struct world *w)
{
	if (w->state == BLOCKED) {
		w->state = READY;
	} else if (w->state == RUNNING) {
		w->sgi |= BIT(w->cpu);
	}
}

/* -- of the vCPU's CPU -- */

static void unload(struct world *w)
{
	fold(w);
	memset(w->lr, 0, sizeof(w->lr));
	w->armed = w->npie = w->loaded = false;
	w->late = 0;
}

static void sync_do(struct world *w)
{
	if (w->folded) {
		rebuild(w);
	} else if (w->seen == ADD) {
		add(w);
	} else {
		look(w);
	}
}

static void read_empty(struct world *w)
{
	w->empty = elrsr(w, true);
	for (uint32_t n = 0; n < LRS && w->maintain; n++) {
		bool ended = !w->lr[n].state && w->lr[n].eoi;

		w->empty = ended ? w->empty | BIT(n) : w->empty;
	}
}

static bool takes_exit(struct world *w)
{
	if (w->sgi & BIT(w->cpu)) {
		w->sgi &= (uint8_t)~BIT(w->cpu);
		w->at = FINISH;
		return true;
	}
	if (maintenance(w)) {
		w->at = SYNC_TAKE;
		w->seen = LOOK;
		w->maintain = true;
		return true;
	}
	return false;
}

/* The vCPU's CPU holds the lock from a ..._TAKE to a ..._DROP. */
static bool owner_goes_on(struct world *w)
{
	switch (w->at) {
	case GUEST:
		return takes_exit(w);
	case FINISH:
		w->seen = w->work;
		w->maintain = false;
		w->at = w->work == NONE ? GUEST : SYNC_TAKE;
		return true;
	case SYNC_TAKE:
	case WAIT_TAKE:
	case UNLOAD_TAKE:
	case LOAD_TAKE:
		if (!take(w, OWNER)) {
			return false;
		}
		w->at++;
		return true;
	case SYNC_READ:
		read_empty(w);
		w->at++;
		return true;
	case SYNC_DO:
		sync_do(w);
		w->at++;
		return true;
	case SYNC_DROP:
		drop(w, OWNER);
		w->was_high = w->line || (w->was_high && w->work != NONE);
		w->at = GUEST;
		return true;
	case LOWER_TAKE:
		if (!take(w, OWNER)) {
			return false;
		}
		(void)change_line(w, LEVEL, false);
		w->at = LOWER_DROP;
		return true;
	case LOWER_DROP:
	case LOAD_DROP:
		drop(w, OWNER);
		w->at = FINISH;
		return true;
	case WAIT_FOLD:
		fold(w);
		w->at = flaw == NO_RECHECK ? WAIT_DROP : LOAD_DROP;
		if (flaw != NO_RECHECK && !pending(w)) { /* it waits, before the lock is dropped */
			unload(w);
			w->state = BLOCKED;
			w->at = UNLOAD_DROP;
		}
		return true;
	case WAIT_DROP:
	case UNLOAD_DROP:
		drop(w, OWNER);
		w->at++;
		return true;
	case WAIT_LOOK:
		if (w->holder) {
			return false;
		}
		w->at = pending(w) ? FINISH : WAIT_BLOCK;
		return true;
	case WAIT_BLOCK:
		w->state = BLOCKED;
		w->at = PICK;
		return true;
	case PICK:
		if (w->state == READY) {
			w->state = RUNNING;
			w->at = FINISH;
		} else {
			w->at = UNLOAD_TAKE;
		}
		return true;
	case UNLOAD:
		unload(w);
		w->at++;
		return true;
	case LOAD:
		w->loaded = true;
		rebuild(w);
		w->at++;
		return true;
	default:
		return false;
	}
}

static bool acknowledges(struct world *w)
{
	uint32_t best = NO_LR;

	for (uint32_t n = 0; n < LRS; n++) {
		bool first = best == NO_LR || w->lr[n].irq < w->lr[best].irq;

		best = (w->lr[n].state & PENDING) && first ? n : best;
	}
	if (w->at != GUEST || any(w, ACTIVE) || best == NO_LR) {
		return false;
	}
	if (w->lr[best].irq == LEVEL) {
		demand(w->was_high, "a level is taken that is low");
	} else {
		demand(w->credit[w->lr[best].irq] > 0, "an edge is taken twice");
		w->credit[w->lr[best].irq]--;
	}
	w->lr[best].state = ACTIVE;
	w->handles = (uint8_t)(1 + w->lr[best].irq);
	return true;
}

static bool ends(struct world *w, bool lowers)
{
	for (uint32_t n = 0; w->at == GUEST && n < LRS; n++) {
		if (!(w->lr[n].state & ACTIVE)) {
			continue;
		}
		if (lowers) {
			w->at = w->lr[n].irq == LEVEL && w->line ? LOWER_TAKE : w->at;
			return w->at == LOWER_TAKE;
		}
		w->lr[n].state &= (uint8_t)~ACTIVE;
		w->handles = 0;
		return true;
	}
	return false;
}

static bool loads(struct world *w, uint8_t cpu)
{
	if (w->at != AWAY || w->state != READY) {
		return false;
	}
	w->state = RUNNING;
	w->cpu = cpu;
	w->at = LOAD_TAKE;
	return true;
}

static bool waits(struct world *w)
{
	w->at = WAIT_TAKE;
	return !any(w, ACTIVE);
}

static bool leaves(struct world *w)
{
	w->state = READY;
	w->at = UNLOAD_TAKE;
	return true;
}

/* -- of the CPUs that drive lines -- */

static bool drives(struct world *w, uint32_t n)
{
	struct remote *r = &w->remote[n / (IRQS + 1)];
	uint32_t which = n % (IRQS + 1);

	if (r->at != REST || !r->left || r->late) {
		return false;
	}
	r->left--;
	r->at = TAKE;
	r->level = which != IRQS;
	r->irq = (uint8_t)(r->level ? which : LEVEL);
	r->cpu = w->cpu;
	if (r->irq != LEVEL) {
		w->credit[r->irq]++;
	}
	return true;
}

static void put_remotely(struct world *w, struct remote *r, uint32_t irq, uint32_t n)
{
	put(w, irq, n);
	r->value[n] = w->mirror[n];
	r->writes |= BIT(n);
}

/* What is ready, as far as there is room in reach. All of the work is done then, or it is left, and
 * the kick with it. */
static void fill(struct world *w, struct remote *r)
{
	for (uint32_t irq = 0; irq < IRQS; irq++) {
		uint8_t room = (uint8_t)(~w->used & reach);

		if ((ready(w) & BIT(irq)) && room) {
			put_remotely(w, r, irq, (uint32_t)__builtin_ctz(room));
		}
	}
	w->work = count(ready(w)) > nr_free(w) ? LOOK : ready(w) ? ADD : NONE;
	r->kicks = w->work != NONE;
	r->at = r->writes ? WRITE : DROP;
}

/* Its own interrupt only, and no work is left. */
static void fill_unguarded(struct world *w, struct remote *r)
{
	uint8_t room = (uint8_t)(~w->used & reach);

	r->at = DROP;
	if (!room || !(ready(w) & BIT(r->irq))) {
		return;
	}
	put_remotely(w, r, r->irq, (uint32_t)__builtin_ctz(room));
	w->work = NONE;
	r->kicks = false;
	r->at = WRITE;
}

static void change(struct world *w, struct remote *r)
{
	bool folded = w->folded && flaw != WHILE_FOLDED;

	r->kicks = change_line(w, r->irq, r->level);
	w->was_high = w->was_high || w->line;
	r->cpu = flaw == BY_LOADED_ON ? r->cpu : w->cpu;
	r->at = DROP;
	if (!r->kicks || !w->loaded) {
		return;
	}
	if (folded) {
		r->kicks = !quiet_if_folded; /* the vCPU's CPU will look */
	} else if (w->npie || w->work == SYNC) {
		return;
	} else if (flaw == NO_GUARD) {
		fill_unguarded(w, r);
	} else if (w->work == LOOK || !((uint8_t)~w->used & reach)) {
		r->at = READ;
	} else {
		fill(w, r);
	}
}

/* A list register that shows a pending interrupt, written with what it showed. */
static void pend_again(struct world *w, struct remote *r)
{
	uint32_t n = lr_of(w, r->irq);
	struct list_register now = r->value[n];

	now.state |= PENDING;
	put_remotely(w, r, r->irq, n);
	r->value[n] = now;
	w->work = NONE;
	w->recall = 0;
	r->kicks = false;
	r->at = WRITE;
}

static void refill(struct world *w, struct remote *r)
{
	if (w->recall & (uint8_t)~r->empty) {
		r->at = DROP;
		if (flaw == NOT_EMPTY && r->irq != LEVEL && (w->in_lr & BIT(r->irq)) &&
		    (reach & BIT(lr_of(w, r->irq)))) {
			pend_again(w, r);
		}
		return;
	}
	w->recall = 0;
	for (uint32_t n = 0; n < LRS; n++) {
		if (w->used & r->empty & BIT(n)) {
			take_empty(w, n);
		}
	}
	fill(w, r);
}

static bool remote_goes_on(struct world *w, uint32_t n)
{
	struct remote *r = &w->remote[n];
	uint32_t lr;

	switch (r->at) {
	case TAKE:
		if (!take(w, (uint8_t)(1 + n))) {
			return false;
		}
		r->at = CHANGE;
		return true;
	case CHANGE:
		change(w, r);
		return true;
	case READ:
		r->empty = elrsr(w, false);
		memcpy(r->value, w->lr, sizeof(r->value));
		r->at = REFILL;
		return true;
	case REFILL:
		refill(w, r);
		return true;
	case WRITE:
		lr = (uint32_t)__builtin_ctz(r->writes);
		r->writes &= (uint8_t)~BIT(lr);
		r->late |= BIT(lr);
		r->at = r->writes ? WRITE : DSB;
		return true;
	case DSB:
		if (r->late && flaw != NO_DSB) {
			return false;
		}
		r->at = DROP;
		return true;
	case DROP:
		drop(w, (uint8_t)(1 + n));
		r->at = r->kicks && flaw != NO_KICK ? KICK : REST;
		return true;
	case KICK:
		kick(w);
		r->at = REST;
		return true;
	default:
		return false;
	}
}

static bool write_arrives(struct world *w, uint32_t n)
{
	struct remote *r = &w->remote[n];
	uint32_t lr;

	if (!r->late) {
		return false;
	}
	lr = (uint32_t)__builtin_ctz(r->late);
	r->late &= (uint8_t)~BIT(lr);
	arrives(w, r->cpu, lr, r->value[lr]);
	return true;
}

static bool step(struct world *w, enum step which)
{
	switch (which) {
	case OWNER_GOES_ON:
		return owner_goes_on(w);
	case ACKNOWLEDGE:
		return acknowledges(w);
	case END:
		return ends(w, false);
	case LOWER:
		return ends(w, true);
	case OWNER_WRITE_ARRIVES:
		w->late &= (uint8_t)(w->late - 1);
		return true;
	case KICK_ELSEWHERE:
		if (!(w->sgi & (w->at == AWAY ? 0xff : ~BIT(w->cpu)))) {
			return false;
		}
		w->sgi &= w->at == AWAY ? 0 : BIT(w->cpu);
		return true;
	case LOADS_ON_0:
	case LOADS_ON_1:
		return loads(w, (uint8_t)(which - LOADS_ON_0));
	case REMOTE_GOES_ON:
	case REMOTE_GOES_ON_1:
		return remote_goes_on(w, which - REMOTE_GOES_ON);
	case WRITE_ARRIVES:
	case WRITE_ARRIVES_1:
		return write_arrives(w, which - WRITE_ARRIVES);
	case EXITS:
		w->at = FINISH;
		return true;
	case WAITS:
		return waits(w);
	case LEAVES:
		return leaves(w);
	default:
		return drives(w, which - DRIVES);
	}
}

/* EXITS, WAITS and LEAVES are a guest's; so is OWNER_WRITE_ARRIVES of one that is late. */
static bool step_is_possible(const struct world *w, enum step which)
{
	if (which >= EXITS && which <= LEAVES) {
		return w->at == GUEST;
	}
	return which != OWNER_WRITE_ARRIVES || w->late;
}

/* ---- what must hold ---- */

static void check(const struct world *w)
{
	bool active = !w->handles || (w->active & BIT(w->handles - 1));

	for (uint32_t n = 0; n < LRS; n++) {
		active = active || ((w->lr[n].state & ACTIVE) && w->lr[n].irq == w->handles - 1);
		demand(!w->lr[n].state || w->loaded, "a list register of a vCPU that is away");
		for (uint32_t m = 0; m < n; m++) {
			demand(!w->lr[n].state || !w->lr[m].state || w->lr[n].irq != w->lr[m].irq,
			       "an interrupt is in two list registers");
		}
	}
	demand(active, "the guest handles an interrupt that is not active");
}

/* Nothing happens by itself any more. */
static bool is_at_rest(const struct world *w)
{
	bool rests = !w->sgi && !w->late;

	for (uint32_t n = 0; n < REMOTES; n++) {
		rests = rests && w->remote[n].at == REST && !w->remote[n].late;
	}
	if (w->at == GUEST) {
		return rests && !any(w, PENDING | ACTIVE) && !maintenance(w);
	}
	return rests && w->at == AWAY && w->state == BLOCKED;
}

static void check_rest(const struct world *w)
{
	demand(!pending(w), "an interrupt is lost");
	demand(w->at == AWAY || w->work == NONE, "work is left, and nobody is told");
	demand(w->at == AWAY || !any(w, PENDING), "an interrupt is not taken");
}

/* ---- exploration ---- */

#define NO_ROOM "more states than there is room for"

struct edge {
	uint32_t from, to;
};

struct search {
	struct world *world;
	uint32_t *parent, *place; /* by state; by hash: 1 + the state */
	uint8_t *by;
	bool *rests;
	struct edge *edge; /* steps that happen by themselves */
	uint32_t states, size, edges, room;
};

static uint32_t hash_of(const struct world *w)
{
	const uint8_t *bytes = (const uint8_t *)w;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t n = 0; n < sizeof(*w); n++) {
		h = (h ^ bytes[n]) * 0x100000001b3u;
	}
	return (uint32_t)(h ^ h >> 32);
}

/* What a step has left behind, and nothing will read. */
static void normalize(struct world *w)
{
	for (uint32_t n = 0; n < LRS; n++) {
		if (!w->lr[n].state && !w->lr[n].eoi) {
			w->lr[n].irq = 0;
		}
		if (!(w->used & BIT(n))) {
			w->lr_irq[n] = 0;
		}
		if (!(w->late & BIT(n))) {
			memset(&w->before[n], 0, sizeof(w->before[n]));
		}
	}
	memset(w->mirror, 0, sizeof(w->mirror));
	if (w->at != SYNC_DO) {
		w->empty = 0;
	}
	if (w->at < SYNC_TAKE || w->at > SYNC_DO) {
		w->seen = w->maintain = 0;
	}
	for (uint32_t r = 0; r < REMOTES; r++) {
		struct remote *remote = &w->remote[r];
		uint8_t needed = remote->writes | remote->late;

		for (uint32_t n = 0; n < LRS; n++) {
			if (!(needed & BIT(n)) && remote->at != REFILL) {
				memset(&remote->value[n], 0, sizeof(remote->value[n]));
			}
		}
		if (remote->at != REFILL) {
			remote->empty = 0;
		}
		if (remote->at == REST) {
			remote->irq = remote->level = remote->kicks = 0;
			remote->cpu = remote->late ? remote->cpu : 0;
		}
	}
}

/* The number of the state; 1 + a new one's is search->states. */
static uint32_t arrive(struct search *s, const struct world *w, uint32_t parent, enum step by)
{
	uint32_t at = hash_of(w) & (s->size - 1);

	while (s->place[at]) {
		if (memcmp(&s->world[s->place[at] - 1], w, sizeof(*w)) == 0) {
			return s->place[at] - 1;
		}
		at = (at + 1) & (s->size - 1);
	}
	s->world[s->states] = *w;
	s->parent[s->states] = parent;
	s->by[s->states] = (uint8_t)by;
	s->place[at] = ++s->states;
	return s->states - 1;
}

static const char *name_of(enum step by)
{
	static const char *const names[STEPS] = {
		"the vCPU's CPU goes on",
		"the guest acknowledges",
		"the guest ends",
		"the guest's handler lowers the level",
		"a write of the vCPU's CPU arrives",
		"a kick reaches a CPU without the vCPU",
		"the vCPU is loaded on CPU 0",
		"the vCPU is loaded on CPU 1",
		"remote 0 goes on",
		"remote 1 goes on",
		"a write of remote 0 arrives",
		"a write of remote 1 arrives",
		"the guest exits",
		"the guest waits",
		"the guest's slice ends",
	};

	return by < DRIVES ? names[by] : "an interrupt is driven";
}

static void explain(const struct search *s, uint32_t state)
{
	static uint32_t path[4096];
	uint32_t n = 0;

	for (; state && n < 4096; state = s->parent[state]) {
		path[n++] = state;
	}
	printf("%s, after %u steps:\n", broken, n);
	while (n--) {
		const struct world *w = &s->world[path[n]];

		printf("  %-38s", name_of((enum step)s->by[path[n]]));
		if (s->by[path[n]] >= DRIVES) {
			printf(" %u by remote %u", (s->by[path[n]] - DRIVES) % (IRQS + 1),
			       (s->by[path[n]] - DRIVES) / (IRQS + 1));
		}
		printf(" | at %u, remotes %u %u, lock %u, work %u%s |", w->at, w->remote[0].at,
		       w->remote[1].at, w->holder, w->work, w->folded ? " folded" : "");
		for (uint32_t lr = 0; lr < LRS; lr++) {
			printf(" %u:%u%s", w->lr[lr].irq, w->lr[lr].state,
			       w->lr[lr].eoi ? "e" : "");
		}
		printf(" | latch %x loan %x line %x used %x credit %u %u\n", w->latch, w->loan,
		       w->line, w->used, w->credit[0], w->credit[2]);
	}
}

/* Goes backwards along what happens by itself, from the states at rest: which others come there? */
static uint32_t check_progress(const struct search *s)
{
	uint32_t *first = calloc(s->states + 2, sizeof(*first));
	uint32_t *from = malloc((s->edges + 1) * sizeof(*from));
	uint32_t *queue = malloc((s->states + 1) * sizeof(*queue));
	uint32_t head = 0, tail = 0, stuck = 0;

	for (uint32_t n = 0; n < s->edges; n++) {
		first[s->edge[n].to + 1]++;
	}
	for (uint32_t n = 0; n < s->states; n++) {
		first[n + 1] += first[n];
	}
	for (uint32_t n = s->edges; n--;) {
		from[--first[s->edge[n].to + 1]] = s->edge[n].from;
	}
	/* first[n + 1] is now where n's begin */
	first[s->states + 1] = s->edges;
	for (uint32_t n = 0; n < s->states; n++) {
		if (s->rests[n]) {
			queue[tail++] = n;
		}
	}
	for (; head < tail; head++) {
		uint32_t end = queue[head] + 1 < s->states ? first[queue[head] + 2] : s->edges;

		for (uint32_t n = first[queue[head] + 1]; n < end; n++) {
			if (!s->rests[from[n]]) {
				s->rests[from[n]] = true;
				queue[tail++] = from[n];
			}
		}
	}
	while (stuck < s->states && s->rests[stuck]) {
		stuck++;
	}
	demand(stuck == s->states, "the system does not come to rest");
	free(first);
	free(from);
	free(queue);
	return stuck;
}

/* Returns false, and `found`, where an invariant breaks. */
static bool go_on_from(struct search *s, uint32_t at, uint32_t *found)
{
	for (enum step which = 0; which < STEPS; which++) {
		struct world w = s->world[at];
		uint32_t to;

		if (!step_is_possible(&w, which) || !step(&w, which)) {
			continue;
		}
		normalize(&w);
		check(&w);
		to = arrive(s, &w, at, which);
		*found = to;
		if (is_at_rest(&w)) {
			check_rest(&w);
			s->rests[to] = true;
		}
		if (broken) {
			return false;
		}
		if (which < EXITS) {
			if (s->edges == s->room) {
				s->room = 2 * s->room + 1024;
				s->edge = realloc(s->edge, s->room * sizeof(*s->edge));
			}
			s->edge[s->edges++] = (struct edge) { at, to };
		}
		if (s->states == STATES) {
			demand(false, NO_ROOM);
			return false;
		}
	}
	return true;
}

/* All states; `left`: lines that remote n drives, bits 4 n and up. Returns their number; `broken`
 * is set if an invariant does not hold. */
static uint32_t explore(enum flaw of, uint8_t within, uint8_t left, bool shows)
{
	struct search s = { .size = 1 };
	struct world w;
	uint32_t found = 0;

	flaw = of;
	reach = within;
	broken = NULL;
	while (s.size < 2 * STATES) {
		s.size *= 2;
	}
	s.world = malloc(STATES * sizeof(*s.world));
	s.parent = malloc(STATES * sizeof(*s.parent));
	s.by = malloc(STATES);
	s.rests = calloc(STATES, sizeof(*s.rests));
	s.place = calloc(s.size, sizeof(*s.place));
	memset(&w, 0, sizeof(w));
	w.loaded = true;
	for (uint32_t n = 0; n < REMOTES; n++) {
		w.remote[n].left = left >> 4 * n & 15;
	}
	s.rests[arrive(&s, &w, 0, EXITS)] = true;
	for (uint32_t at = 0; at < s.states && go_on_from(&s, at, &found); at++) {
	}
	if (!broken) {
		found = check_progress(&s);
	}
	if (broken && shows) {
		explain(&s, found);
	}
	free(s.world);
	free(s.parent);
	free(s.by);
	free(s.rests);
	free(s.place);
	free(s.edge);
	return s.states;
}

static void holds(uint8_t within)
{
	uint32_t states = explore(NO_FLAW, within, LINES, true);

	CHECK(!broken);
	CHECK(states > 10000);
	printf("%u states\n", states);
}

/* All list registers in reach; all but the first, as in QEMU. */
static void every_interleaving(void)
{
	holds(3);
}

static void every_interleaving_one_out_of_reach(void)
{
	holds(2);
}

/* Nor is a kick needed for one whose list registers are folded. */
static void every_interleaving_quiet_if_folded(void)
{
	quiet_if_folded = true;
	holds(3);
	quiet_if_folded = false;
}

static void each_rule_is_needed(void)
{
	static const char *const names[FLAWS] = {
		[UNLOCKED] = "without the lock",
		[NOT_EMPTY] = "a list register that is not empty is written",
		[NO_KICK] = "without a kick",
		[NO_RECHECK] = "the lock is dropped between the look and the wait",
		[NO_GUARD] = "the work of others is cleared",
		[WHILE_FOLDED] = "while folded",
		[BY_LOADED_ON] = "the CPU as it was before the lock",
		[NO_DSB] = "without a DSB",
		[OWNER_NO_DSB] = "without a DSB of the vCPU's CPU",
	};

	for (enum flaw of = UNLOCKED; of < FLAWS; of++) {
		uint32_t states = explore(of, 3, of == NO_GUARD ? 0x12 : 0x11, false);

		CHECK(broken && strcmp(broken, NO_ROOM) != 0);
		printf("%s: %s (%u states)\n", names[of], broken ? broken : "nothing is wrong",
		       states);
	}
}

static const struct test_case cases[] = {
	{ "every_interleaving", every_interleaving },
	{ "every_interleaving_one_out_of_reach", every_interleaving_one_out_of_reach },
	{ "every_interleaving_quiet_if_folded", every_interleaving_quiet_if_folded },
	{ "each_rule_is_needed", each_rule_is_needed },
};

TEST_MAIN("remote_protocol", cases)
