/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Breadth first through the states of vgic_world.h: each is visited once, on a shortest path to it.
 * A state is all of the VGIC's memory, the hardware's registers and the account, but for counters
 * that only count. Those seen are remembered by 128 bits of hash; those still to be gone on from as
 * the words in which they differ from the first one.
 */
#ifndef TEST_VERIFY_VGIC_SEARCH_H
#define TEST_VERIFY_VGIC_SEARCH_H

#include "test/verify/vgic_steps.h"

#define SEARCH_WORDS 1024u /* at most, of a state */

struct search_key {
	uint64_t a, b; /* a 0: free */
};

struct search_node {
	uint32_t parent;
	uint32_t step;
};

/* Records: the node, how many words, then (index, word) pairs. */
struct search_queue {
	uint64_t *word;
	size_t used, size;
};

struct search {
	struct search_key *table;
	size_t size; /* a power of two */
	struct search_node *node;
	size_t nr_nodes, room;
	uint64_t transitions;
	uint32_t cover; /* COVER_* */
	bool last;	/* nothing goes on from what is found now */
	struct search_queue now, next;
	uint64_t first[SEARCH_WORDS], packed[SEARCH_WORDS + 64];
	size_t vgic_words, words;
};

static struct search search;

static inline void *search_grow(void *memory, size_t bytes)
{
	void *grown = realloc(memory, bytes);

	if (!grown) {
		printf("FAIL vgic_states: %zu bytes of memory\n", bytes);
		exit(EXIT_FAILURE);
	}
	return grown;
}

/* Counters that decide nothing here: no read is waiting for a fold. */
static inline void search_forget(void)
{
	struct rig *rig = &world.rig;

	rig->woken = 0;
	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		struct vgic_cpu *cpu = &rig->vgic->cpu[v];

		cpu->fold_seq = 0;
		cpu->given -= rig->cpu[v].acked;
		rig->cpu[v].acked = 0;
		memset(cpu->retry_seq, 0, sizeof(cpu->retry_seq));
		rig->cpu[v].reads = 0;
		rig->cpu[v].writes = 0;
		rig->cpu[v].maintained = 0;
		rig->cpu[v].syncs = 0;
	}
}

static inline void search_copy(uint64_t *to)
{
	memcpy(to, world.rig.vgic, search.vgic_words * 8);
	memcpy(to + search.vgic_words, &world, sizeof(world));
}

/* Which words differ, 64 to a word, and those. Returns how many words that is. */
static inline size_t search_pack(void)
{
	static uint64_t state[SEARCH_WORDS];
	size_t maps = (search.words + 63) / 64;
	size_t used = maps;

	search_forget();
	search_copy(state);
	memset(search.packed, 0, maps * 8);
	for (size_t n = 0; n < search.words; n++) {
		if (state[n] != search.first[n]) {
			search.packed[n / 64] |= (uint64_t)1 << (n % 64);
			search.packed[used++] = state[n];
		}
	}
	return used;
}

static inline void search_unpack(const uint64_t *packed)
{
	static uint64_t state[SEARCH_WORDS];
	size_t used = (search.words + 63) / 64;

	memcpy(state, search.first, search.words * 8);
	for (size_t map = 0; map * 64 < search.words; map++) {
		for (uint64_t bits = packed[map]; bits; bits &= bits - 1) {
			state[map * 64 + (size_t)__builtin_ctzll(bits)] = packed[used++];
		}
	}
	memcpy(world.rig.vgic, state, search.vgic_words * 8);
	memcpy(&world, state + search.vgic_words, sizeof(world));
}

static inline uint64_t search_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static inline struct search_key search_hash(size_t count)
{
	struct search_key key = { count, ~(uint64_t)count };

	for (size_t n = 0; n < count; n++) {
		key.a = search_mix(key.a, search.packed[n]);
		key.b = search_mix(key.b + key.a, search.packed[n] * 0xd6e8feb86659fd93u);
	}
	key.a = search_mix(key.a, key.b) | 1;
	return key;
}

/* Its place, or the free one for it. */
static inline struct search_key *search_place(const struct search_key *key)
{
	size_t n = (key->a >> 20) & (search.size - 1);

	while (search.table[n].a && (search.table[n].a != key->a || search.table[n].b != key->b)) {
		n = (n + 1) & (search.size - 1);
	}
	return &search.table[n];
}

static inline void search_widen(void)
{
	struct search_key *old = search.table;
	size_t size = search.size;

	search.size = size ? 2 * size : 1u << 16;
	search.table = search_grow(NULL, search.size * sizeof(*old));
	memset(search.table, 0, search.size * sizeof(*old));
	for (size_t n = 0; n < size; n++) {
		if (old[n].a) {
			*search_place(&old[n]) = old[n];
		}
	}
	free(old);
}

/* The state as it is: is it new? Then it is to be gone on from. */
static inline void search_arrive(uint32_t parent, uint32_t step)
{
	size_t count = search_pack();
	struct search_key key = search_hash(count);
	struct search_queue *next = &search.next;
	struct search_key *place;

	if (2 * search.nr_nodes >= search.size) {
		search_widen();
	}
	place = search_place(&key);
	if (place->a) {
		return;
	}
	*place = key;
	if (search.nr_nodes == search.room) {
		search.room = search.room ? 2 * search.room : 1024;
		search.node = search_grow(search.node, search.room * sizeof(*search.node));
	}
	search.node[search.nr_nodes++] = (struct search_node) { parent, step };
	search.cover |= world_cover();
	if (search.last) {
		return;
	}
	if (next->used + count + 2 > next->size) {
		next->size = 2 * next->size + count + 4096;
		next->word = search_grow(next->word, next->size * 8);
	}
	next->word[next->used++] = search.nr_nodes - 1;
	next->word[next->used++] = count;
	memcpy(&next->word[next->used], search.packed, count * 8);
	next->used += count;
}

static inline void search_print_lrs(void)
{
	for (uint32_t v = 0; v < WORLD_VCPUS; v++) {
		printf(" |");
		for (uint32_t n = 0; n < world.rig.nr_lrs; n++) {
			printf(" %08x", world.rig.cpu[v].lr[n]);
		}
		printf(" hcr %08x%s", world.rig.cpu[v].hcr, world_looked(v) ? "" : " *");
	}
	printf("\n");
}

/* The shortest way to it, walked once more. */
static inline void search_explain(uint32_t node, uint32_t last)
{
	uint32_t path[256];
	uint32_t count = 0;
	const char *fault = world_fault;

	path[count++] = last;
	for (; node; node = search.node[node].parent) {
		path[count++] = search.node[node].step;
	}
	printf("%s, after %u steps (list registers of each vCPU; *: it has not looked yet):\n",
	       fault, count);
	memset(search.packed, 0, sizeof(search.packed));
	search_unpack(search.packed);
	test_failures = 0;
	world_fault = NULL;
	while (count--) {
		step_print(&steps[path[count]]);
		step_do(&steps[path[count]]);
		search_print_lrs();
	}
	world_fault = fault;
}

/* All steps from the state in `record`. False: a violation. */
static inline bool search_go_on(const uint64_t *record)
{
	uint32_t node = (uint32_t)record[0];

	for (uint32_t n = 0; n < NR_STEPS; n++) {
		search_unpack(record + 2);
		if (!step_is_possible(&steps[n])) {
			continue;
		}
		search.transitions++;
		step_do(&steps[n]);
		if (world_fault) {
			search_explain(node, n);
			return false;
		}
		search_arrive(node, n);
	}
	return true;
}

static inline void search_begin(const struct world_shape *shape)
{
	memset(&search, 0, sizeof(search));
	world_make(shape);
	search.vgic_words = (vgic_size(WORLD_VCPUS, 64) + 7) / 8;
	search.words = search.vgic_words + sizeof(world) / 8;
	if (search.words > SEARCH_WORDS) {
		printf("FAIL vgic_states: a state has %zu words\n", search.words);
		exit(EXIT_FAILURE);
	}
	search_forget();
	search_copy(search.first);
	search_arrive(0, 0);
}

static inline void search_end(void)
{
	struct search_queue *queues[] = { &search.now, &search.next };

	for (size_t n = 0; n < 2; n++) {
		free(queues[n]->word);
	}
	free(search.table);
	free(search.node);
	rig_free(&world.rig);
}

/* All states that `depth` steps reach. */
static inline bool search_run(const struct world_shape *shape, uint32_t depth)
{
	bool good = true;

	search_begin(shape);
	good = !world_fault;
	for (uint32_t level = 0; good && level < depth; level++) {
		struct search_queue done = search.now;

		search.now = search.next;
		search.next = done;
		search.next.used = 0;
		search.last = level + 1 == depth;
		for (size_t at = 0; good && at < search.now.used;
		     at += 2 + (size_t)search.now.word[at + 1]) {
			good = search_go_on(&search.now.word[at]);
		}
	}
	printf("%s: %zu states, %llu transitions, depth %u%s\n", shape->name, search.nr_nodes,
	       (unsigned long long)search.transitions, depth,
	       world_fault ? ": a violated invariant" : "");
	if (good && depth >= COVER_DEPTH && (shape->covers & ~search.cover)) {
		printf("%s: never seen: %02x\n", shape->name, shape->covers & ~search.cover);
		good = false;
	}
	search_end();
	return good;
}

#endif
