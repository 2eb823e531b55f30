/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which device trees of a user guest/linux/vmm takes, beside libfdt's own reader; and the trees
 * that it makes itself. Offsets in the header are those of the Devicetree Specification 0.3, 5.2.
 */
#include "guest/lib/nodes.h"
#include "guest/linux/vmm/dtb.h"
#include "test/unit/test.h"
#include <libfdt.h>

#define ROOM 4096

static uint8_t tree[ROOM];

/* Exactly so many bytes, so that the sanitizer sees a look behind them. */
static const char *wrong(uint32_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);
	const char *why;

	memcpy(bytes, tree, size);
	why = dtb_wrong(bytes, size);
	free(bytes);
	return why;
}

static uint32_t make(void)
{
	memset(tree, 0, ROOM);
	CHECK(fdt_create_empty_tree(tree, ROOM) == 0);
	CHECK(fdt_setprop_string(tree, 0, "compatible", "a,b") == 0);
	CHECK(fdt_add_subnode(tree, 0, "chosen") > 0);
	CHECK(fdt_pack(tree) == 0);
	return fdt_totalsize(tree);
}

static void put(uint32_t at, uint32_t value)
{
	for (uint32_t n = 0; n < 4; n++) {
		tree[at + n] = (uint8_t)(value >> (24 - 8 * n));
	}
}

static void taken(void)
{
	uint32_t size = make();

	CHECK(!wrong(size));
	CHECK(!wrong(ROOM)); /* what follows it does not matter */
	put(20, 18);	     /* a later version that can be read as this one */
	CHECK(!wrong(size));
}

static bool says(uint32_t size, const char *what)
{
	const char *why = wrong(size);

	return why && strstr(why, what);
}

static void refused(void)
{
	uint32_t size = make();

	for (uint32_t n = 0; n < size; n++) {
		CHECK(says(n, n < 40 ? "no device tree" : "ends too early"));
	}
	tree[0] ^= 1;
	CHECK(says(size, "no device tree"));
	(void)make();
	put(20, 16);
	CHECK(says(size, "version"));
	(void)make();
	put(24, 18);
	CHECK(says(size, "version"));
	(void)make();
	put(fdt32_ld((fdt32_t *)(void *)(tree + 8)), 2); /* begins with the end of a node */
	CHECK(says(size, "broken"));
	(void)make();
	put(fdt32_ld((fdt32_t *)(void *)(tree + 8)) + fdt32_ld((fdt32_t *)(void *)(tree + 36)) - 4,
	    4); /* has no end */
	CHECK(says(size, "broken"));
}

/* Each number of the header: those that lead out of the tree. */
static void numbers(void)
{
	static const uint32_t at[] = { 8, 12, 16, 32, 36 },
			      values[] = { 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc,
					   0xffffffff };

	for (uint32_t n = 0; n < sizeof(at) / sizeof(at[0]); n++) {
		for (uint32_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			uint32_t size = make();

			put(at[n], values[v]);
			CHECK(says(size, "broken"));
		}
	}
	put(4, 0); /* all is outside of a tree without bytes */
	CHECK(wrong(ROOM));
}

static void random_bytes(void)
{
	uint32_t seed = 1;

	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint32_t size = make();

		for (uint32_t n = 0; n < 3; n++) {
			seed = seed * 1664525 + 1013904223;
			tree[(seed >> 8) % (n ? 40 : size)] = (uint8_t)seed;
		}
		(void)wrong(turn % 4 ? size : (seed >> 12) % size);
	}
}

/* ---- trees that monitors of VMs make ---- */

static struct tree made;

static uint32_t make_nodes(uint32_t room)
{
	const struct nodes_gic gic = { 0x3fff0000, 0x1000, 0x3ffd0000, 0x2000, 3 };

	tree_begin(&made, tree, room);
	tree_node(&made, "");
	TREE_CELLS(&made, "#address-cells", 2);
	TREE_CELLS(&made, "#size-cells", 2);
	nodes_chosen(&made, "a=b", 0x81000000, 0x1234);
	tree_end(&made);
	nodes_memory(&made, 0x80000000, 0x4000000);
	nodes_cpus(&made, 3, "arm,cortex-a15");
	nodes_gic(&made, &gic);
	nodes_virtio(&made, 0xa000200, 0x200, 17, 1);
	tree_end(&made);
	return tree_finish(&made);
}

static void check_cells(const char *path, const char *name, const uint32_t *want, int count)
{
	int length = 0, node = fdt_path_offset(tree, path);
	const fdt32_t *cells = fdt_getprop(tree, node, name, &length);

	CHECK(node >= 0 && cells && length == 4 * count);
	for (int n = 0; cells && n < count; n++) {
		CHECK_EQ(fdt32_ld(cells + n), want[n]);
	}
}

static void check_text(const char *path, const char *name, const char *want)
{
	const char *text = fdt_getprop(tree, fdt_path_offset(tree, path), name, NULL);

	CHECK(text && strcmp(text, want) == 0);
}

static void nodes(void)
{
	static const uint32_t memory[] = { 0, 0x80000000, 0, 0x4000000 }, end[] = { 0x81001234 },
			      gic[] = { 0, 0x3fff0000, 0, 0x1000, 0, 0x3ffd0000, 0, 0x2000 },
			      timer[] = { 1, 13, 0x704, 1, 14, 0x704, 1, 11, 0x704, 1, 10, 0x704 },
			      window[] = { 0, 0xa000200, 0, 0x200 }, irq[] = { 0, 17, 1 },
			      two[] = { 2 };
	uint32_t size = make_nodes(ROOM);

	CHECK(size != 0 && fdt_check_full(tree, size) == 0 && !wrong(size));
	check_text("/chosen", "bootargs", "a=b");
	check_cells("/chosen", "linux,initrd-end", end, 1);
	check_cells("/memory@80000000", "reg", memory, 4);
	check_cells("/cpus/cpu@2", "reg", two, 1);
	check_text("/cpus/cpu@2", "enable-method", "psci");
	check_text("/cpus/cpu@2", "compatible", "arm,cortex-a15");
	CHECK(fdt_path_offset(tree, "/cpus/cpu@3") < 0);
	check_text("/psci", "method", "hvc");
	check_cells("/interrupt-controller@3fff0000", "reg", gic, 8);
	check_cells("/timer", "interrupts", timer, 12);
	check_cells("/virtio_mmio@a000200", "reg", window, 4);
	check_cells("/virtio_mmio@a000200", "interrupts", irq, 3);
	for (uint32_t room = 56; room < size; room++) {
		CHECK_EQ(make_nodes(room), 0);
	}
	CHECK_EQ(make_nodes(size), size);
}

static const struct test_case cases[] = {
	{ "a tree is taken", taken },
	{ "what is none is refused, and why", refused },
	{ "numbers that lead out of it", numbers },
	{ "random bytes", random_bytes },
	{ "nodes of a VM", nodes },
};

TEST_MAIN("vmm_dtb", cases)
