/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables that change: every order of a few steps, breadth-first, beside the model of
 * stage2_model.h. Two CPUs flush at any time, as early and as late as they can. From each state all
 * that is mapped can be removed, and then the pool is as it was.
 */
#define MODEL_WATCH 7
#include "test/unit/stage2_model.h"

#ifndef STATES
#define STATES 12000u /* of each pool, at most */
#endif
#define BUCKETS (4 * STATES)
#define DEPTH	100u

#define PA UINT64_C(0x8040000000)

/* One page of each part of the two 2 MiB around 1 GiB that a step tells apart, and one each of
 * their neighbours */
static const uint32_t watch[MODEL_WATCH] = { 0, 512, 700, 1023, 1024, 1300, 1536 };

enum step { ADD, REMOVE, WRITE, COLLECT, FLIGHT };

static const struct {
	enum step step;
	uint32_t first, pages, pa, flags;
} steps[] = {
	{ ADD, 512, 512, 0, 0 }, /* a block */
	{ ADD, 512, 512, 0, STAGE2_LOG },
	{ ADD, 512, 1, 0x5000, STAGE2_LOG },
	{ ADD, 513, 510, 0x6000, 0 },
	{ ADD, 1023, 2, 0x9000, 0 }, /* across 1 GiB */
	{ ADD, 1024, 512, 0x200000, STAGE2_READ_ONLY },
	{ REMOVE, 512, 1, 0, 0 },
	{ REMOVE, 513, 510, 0, 0 },
	{ REMOVE, 1023, 2, 0, 0 },
	{ REMOVE, 512, 512, 0, 0 },
	{ REMOVE, 512, 1024, 0, 0 },
	{ REMOVE, 1025, 511, 0, 0 },
	{ WRITE, 512, 0, 0, 0 },
	{ WRITE, 700, 0, 0, 0 },
	{ COLLECT, 512, 512, 0, 0 },
	{ FLIGHT, 0, 0, 0, 0 },
	{ FLIGHT, 1, 0, 0, 0 },
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static void make(uint32_t n)
{
	uint32_t first = steps[n].first;

	switch (steps[n].step) {
	case ADD:
		model_add(first, steps[n].pages, PA + steps[n].pa, steps[n].flags);
		break;
	case REMOVE:
		model_remove(first, steps[n].pages);
		break;
	case WRITE:
		model_write(first);
		break;
	case COLLECT:
		model_collect(first, steps[n].pages);
		break;
	case FLIGHT:
		if (model.flight[first].on) {
			model_flush_end(first);
		} else {
			model_flush_begin(first);
		}
	}
}

/* ---- states ---- */

struct state {
	struct model model;
	struct stage2_live live;
	struct stage2_pool_page page[MODEL_MEMORY];
	uint64_t memory[MODEL_MEMORY][512];
	struct model_split split;
};

static void keep(struct state *state)
{
	state->model = model;
	state->live = live;
	memcpy(state->page, live_page, sizeof(live_page));
	memcpy(state->memory, live_memory, (model.pages + 1) * sizeof(live_memory[0]));
	state->split = model_split;
}

static void restore(const struct state *state)
{
	model = state->model;
	live = state->live;
	memcpy(live_page, state->page, sizeof(live_page));
	memcpy(live_memory, state->memory, (model.pages + 1) * sizeof(live_memory[0]));
	model_split = state->split;
}

struct hash {
	uint64_t a, b;
};

static void mix(struct hash *hash, uint64_t value)
{
	hash->a = (hash->a ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	hash->a ^= hash->a >> 29;
	hash->b = (hash->b + value) * UINT64_C(0xd6e8feb86659fd93);
	hash->b ^= hash->b >> 32;
}

static void mix_kept(struct hash *hash, const struct model_kept *kept)
{
	mix(hash, kept->there ? 1u + kept->cover * 2u : 0);
}

static void mix_model(struct hash *hash)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		const struct model_page *page = &model.page[n];

		mix_kept(hash, &page->leaf);
		mix_kept(hash, &page->write);
		mix(hash, page->mapped ? page->pa + page->flags * 2u + page->dirty : 1);
		mix(hash, page->leaf.there ? page->leaf_pa + page->leaf_size : 1);
		mix(hash, page->leaf.there ? page->leaf_bits : 0);
	}
	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		mix_kept(hash, &model.level1[n / 2].kept);
		mix_kept(hash, &model.level2[n].kept);
		mix(hash, model.level1[n / 2].kept.there ? model.level1[n / 2].table : 0);
		mix(hash, model.level2[n].kept.there ? model.level2[n].table : 0);
		mix(hash, model.slot[n]);
	}
	for (uint32_t n = 0; n < model.nr_waiting; n++) {
		mix(hash, 1u + model.waiting[n]);
	}
	mix_kept(hash, &model.removal);
	if (live.split) {
		mix(hash, model.split_cover);
		mix(hash, (uint64_t)model_split.first << 32 | model_split.pages);
	}
}

/* Tickets by their age. */
static void mix_live(struct hash *hash)
{
	mix(hash, live.now - live.flushed);
	mix(hash, stage2_unflushed(&live) ? live.now - live.removed + 1 : 0);
	mix(hash, live.split ? (uint64_t)live.split << 32 | (live.now - live.split_removed) : 0);
	mix(hash, (uint64_t)live.free << 32 | live.first_waiting);
	for (uint32_t n = 0; n < 2; n++) {
		uint32_t age = live.now - model.flight[n].ticket;

		/* One that a later one has overtaken has no effect, however old it is. */
		age = age < live.now - live.flushed ? age : 99;
		mix(hash, model.flight[n].on ? age : 0);
	}
	for (uint32_t n = 1; n < model.pages; n++) {
		mix(hash, (uint64_t)live_page[n].used << 16 | live_page[n].next);
	}
	for (uint32_t n = live.first_waiting; n; n = live_page[n].next) {
		mix(hash, live.now - live_page[n].removed);
	}
	for (uint32_t n = 1; n <= model.pages; n++) {
		for (uint32_t e = 0; e < 512; e++) {
			if (live_memory[n][e]) {
				mix(hash, live_memory[n][e] ^ ((uint64_t)e << 40));
			}
		}
	}
}

/* ---- the search ---- */

static struct node {
	uint32_t parent;
	uint8_t step, depth;
} node[STATES];
static struct hash seen[BUCKETS];
static uint32_t nr_nodes;

static bool is_new(void)
{
	struct hash hash = { 1, 2 };
	uint32_t at;

	mix_model(&hash);
	mix_live(&hash);
	hash.a |= 1;
	for (at = (uint32_t)(hash.a % BUCKETS); seen[at].a; at = (at + 1) % BUCKETS) {
		if (seen[at].a == hash.a && seen[at].b == hash.b) {
			return false;
		}
	}
	seen[at] = hash;
	return true;
}

static uint32_t path_of(uint32_t n, uint8_t *path)
{
	uint32_t length = node[n].depth;

	for (uint32_t at = length; at > 0; at--, n = node[n].parent) {
		path[at - 1] = node[n].step;
	}
	return length;
}

static void replay(uint32_t n, uint32_t pages)
{
	uint8_t path[DEPTH];
	uint32_t length = path_of(n, path);

	model_begin(pages);
	for (uint32_t at = 0; at < length; at++) {
		make(path[at]);
	}
}

static void print_path(uint32_t n, uint32_t last)
{
	static const char *const names[] = { "add", "remove", "write", "collect", "flush" };
	uint8_t path[DEPTH + 1];
	uint32_t length = path_of(n, path);

	path[length++] = (uint8_t)last;
	for (uint32_t at = 0; at < length; at++) {
		printf("  %s %u %u flags %u\n", names[steps[path[at]].step],
		       (unsigned)steps[path[at]].first, (unsigned)steps[path[at]].pages,
		       (unsigned)steps[path[at]].flags);
	}
}

/* The states behind one of them. False: one is wrong, or there are enough. */
static bool expand(uint32_t n, uint32_t *splits)
{
	static struct state state;

	replay(n, model.pages);
	keep(&state);
	for (uint32_t s = 0; s < STEPS; s++) {
		make(s);
		if (!test_failures && is_new()) {
			if (nr_nodes == STATES) {
				return false;
			}
			node[nr_nodes++] =
				(struct node) { n, (uint8_t)s, (uint8_t)(node[n].depth + 1) };
			*splits += live.split != 0;
			model_drain();
		}
		if (test_failures) {
			print_path(n, s);
			return false;
		}
		restore(&state);
	}
	return true;
}

static void search(uint32_t pages)
{
	uint32_t splits = 0;
	uint32_t n = 0;

	memset(seen, 0, sizeof(seen));
	memcpy(model_watch, watch, sizeof(watch));
	nr_nodes = 1;
	node[0] = (struct node) { 0, 0, 0 };
	model_begin(pages);
	CHECK(is_new());
	while (n < nr_nodes && node[n].depth < DEPTH && expand(n, &splits)) {
		n++;
	}
	printf("  %u pages: %u states, all orders of %u steps%s\n", (unsigned)pages,
	       (unsigned)nr_nodes, (unsigned)node[n < nr_nodes ? n : nr_nodes - 1].depth,
	       n == nr_nodes ? ": no more states" : "");
	CHECK(pages < 4 || splits > 10);
}

static void three_pages(void)
{
	search(3);
}

static void four_pages(void)
{
	search(4);
}

static void six_pages(void)
{
	search(6);
}

static const struct test_case cases[] = {
	{ "three_pages", three_pages },
	{ "four_pages", four_pages },
	{ "six_pages", six_pages },
};

TEST_MAIN("stage2_states", cases)
