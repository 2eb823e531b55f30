/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three VMs whose stage 2 changes share a pool: their steps at random, each VM beside a model of
 * its own (stage2_model.h). Pages come from hyp/stage2/pages.c when there is no table left, and go
 * back when a VM ends, at any moment. After each step all pages of the others are what they were.
 */
#define MODEL_WATCH  16
#define MODEL_MEMORY 20u /* fewer than three VMs want */
#include "hyp/stage2/pages.h"
#include "test/unit/stage2_model.h"

#define VMS 3u
#define PA  UINT64_C(0x8040000000)

/* Ranges begin and end at these pages; the page at each of them stands for those up to the next. */
static const uint32_t edge[MODEL_WATCH + 1] = { 0,    1,    255,  256,	511,  512,  513,  700, 1023,
						1024, 1025, 1300, 1535, 1536, 1537, 2047, 2048 };

static struct pages pool;
static uint8_t owners[MODEL_MEMORY];

static struct vm {
	bool lives;
	struct model model;
	struct model_split split;
	struct stage2_live live;
} vms[VMS];

static struct {
	uint32_t given, none, ends, divided, inherited;
} counts;

static uint8_t last_owner[MODEL_MEMORY];

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed ^ seed >> 15) * n >> 32);
}

/* ---- one VM ---- */

static void load(const struct vm *vm)
{
	model = vm->model;
	model_split = vm->split;
	live = vm->live;
}

static void store(struct vm *vm)
{
	vm->model = model;
	vm->split = model_split;
	vm->live = live;
}

static uint32_t take(uint8_t number)
{
	uint32_t page = pages_take(&pool, number, 1);

	if (page == PAGES_NONE) {
		counts.none++;
		return page;
	}
	CHECK(page > 0 && page < MODEL_MEMORY && model_owner[page] == 0);
	counts.inherited += last_owner[page] && last_owner[page] != number;
	last_owner[page] = number;
	return page;
}

/* As the glue does it. */
static void add(uint32_t first, uint32_t pages, uint64_t pa, uint32_t flags)
{
	for (uint32_t turn = 0; turn < 5; turn++) {
		uint32_t page;

		if (model_add(first, pages, pa, flags) != STAGE2_FULL ||
		    model.pages == MODEL_POOL) {
			return;
		}
		CHECK(turn < 4);
		page = take(model.vm);
		if (page == PAGES_NONE) {
			return;
		}
		model_give(page);
		counts.given++;
	}
}

static void step(void)
{
	uint32_t from = any(MODEL_WATCH);
	uint32_t to = from + 1 + any(MODEL_WATCH - from);
	uint32_t flight = any(MODEL_FLIGHTS);

	switch (any(8)) {
	default:
		while (edge[to] - edge[from] > 512) {
			to--;
		}
		add(edge[from], edge[to] - edge[from],
		    PA + (any(4) ? edge[from] : any(512)) * 4096u, any(3) ? 0 : any(8));
		break;
	case 3:
		model_remove(edge[from], edge[to] - edge[from]);
		break;
	case 4:
		model_write(edge[from]);
		break;
	case 5:
		model_collect(edge[from], edge[from + 1] - edge[from]);
		break;
	case 6:
	case 7:
		if (model.flight[flight].on) {
			model_flush_end(flight);
		} else {
			model_flush_begin(flight);
		}
	}
	counts.divided += live.split != 0;
}

/* ---- its life ---- */

static void make(struct vm *vm)
{
	uint8_t number = (uint8_t)(vm - vms + 1);
	uint32_t root = take(number);

	if (root != PAGES_NONE) {
		model_make(number, root);
		store(vm);
		vm->lives = true;
	}
}

/* Nothing is returned but by the array of owners, whatever is mapped, waits or is being divided. */
static void end(struct vm *vm)
{
	uint8_t number = vm->model.vm;
	uint32_t before = pages_free(&pool);
	uint32_t cursor = 0;

	CHECK(pages_give_back(&pool, number, &cursor));
	CHECK_EQ(pages_free(&pool), before + vm->model.pages);
	for (uint32_t n = 0; n < MODEL_MEMORY; n++) {
		if (model_owner[n] == number) {
			memset(live_memory[n], MODEL_JUNK, 4096);
			memset(&live_page[n], MODEL_JUNK, sizeof(live_page[n]));
			model_owner[n] = 0;
		}
	}
	vm->lives = false;
	counts.ends++;
}

/* ---- all of them ---- */

static void turn(struct vm *vm)
{
	static uint64_t memory[MODEL_MEMORY][512];
	static struct stage2_pool_page page[MODEL_MEMORY];

	memcpy(memory, live_memory, sizeof(memory));
	memcpy(page, live_page, sizeof(page));
	load(vm);
	step();
	store(vm);
	for (uint32_t n = 0; n < MODEL_MEMORY; n++) {
		CHECK_EQ(owners[n], n ? model_owner[n] : 255);
		if (model_owner[n] != vm->model.vm) {
			CHECK(!memcmp(memory[n], live_memory[n], 4096));
			CHECK(!memcmp(&page[n], &live_page[n], sizeof(page[n])));
		}
	}
}

static void round_of(uint32_t steps)
{
	memcpy(model_watch, edge, sizeof(model_watch));
	memset(last_owner, 0, sizeof(last_owner));
	model_pool();
	pages_init(&pool, owners, MODEL_MEMORY);
	CHECK_EQ(pages_take(&pool, PAGES_OWN, 1), 0);
	for (uint32_t n = 0; n < VMS; n++) {
		make(&vms[n]);
	}
	for (uint32_t n = 0; n < steps && !test_failures; n++) {
		struct vm *vm = &vms[any(VMS)];

		if (!vm->lives) {
			make(vm);
		} else if (any(50) == 0) {
			end(vm);
		} else {
			turn(vm);
		}
	}
	for (uint32_t n = 0; n < VMS && !test_failures; n++) {
		if (vms[n].lives) {
			load(&vms[n]);
			model_drain();
			store(&vms[n]);
			end(&vms[n]);
		}
	}
	CHECK(test_failures || pages_free(&pool) == MODEL_MEMORY - 1);
}

static void three_vms(void)
{
	for (uint32_t n = 0; n < 200 && !test_failures; n++) {
		seed = n + 1;
		round_of(300);
	}
	CHECK(counts.given > 1000 && counts.none > 300 && counts.ends > 1000);
	CHECK(counts.divided > 200 && counts.inherited > 500);
}

/* A VM that takes all that there is leaves the others what they have. */
static void one_takes_all(void)
{
	memcpy(model_watch, edge, sizeof(model_watch));
	model_pool();
	pages_init(&pool, owners, 12);
	CHECK_EQ(pages_take(&pool, PAGES_OWN, 1), 0);
	make(&vms[0]);
	make(&vms[1]);
	load(&vms[0]);
	add(1000, 100, PA, 0);
	store(&vms[0]);
	load(&vms[1]);
	add(1000, 100, PA + 0x800000, 0);
	store(&vms[1]);
	load(&vms[0]);
	add(0, 1, PA, 0);
	CHECK_EQ(pages_free(&pool), 0);
	CHECK_EQ(model_add(1536, 1, PA, 0), STAGE2_FULL);
	CHECK_EQ(take(1), 0xffffffff);
	store(&vms[0]);
	load(&vms[1]);
	model_see();
	CHECK_EQ(model_remove(1000, 100), 100);
	model_flush();
	add(0, 1, PA, 0); /* with tables of its own */
	CHECK(model.page[0].mapped);
	store(&vms[1]);
	end(&vms[1]);
	CHECK_EQ(pages_free(&pool), 5);
	load(&vms[0]);
	add(1536, 1, PA, 0);
	CHECK(model_page(1536)->mapped);
}

static const struct test_case cases[] = {
	{ "one_takes_all", one_takes_all },
	{ "three_vms", three_vms },
};

TEST_MAIN("stage2_pool", cases)
