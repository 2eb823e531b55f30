/* SPDX-License-Identifier: BSD-2-Clause */
/* The first few steps of `make verify-vgic-states`: every state that they reach. */
#include "test/verify/vgic_search.h"
#include "test/verify/vgic_shapes.h"

#define DEPTH 4

static void two(void)
{
	CHECK(search_run(&shapes[0], DEPTH));
}

static void one(void)
{
	CHECK(search_run(&shapes[1], DEPTH));
}

static void split(void)
{
	CHECK(search_run(&shapes[2], DEPTH));
}

static const struct test_case cases[] = {
	{ "two_list_registers", two },
	{ "one_list_register", one },
	{ "split_end", split },
};

TEST_MAIN("vgic_states", cases)
