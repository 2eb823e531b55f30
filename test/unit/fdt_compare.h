/* SPDX-License-Identifier: BSD-2-Clause */
/* The device-tree reader against libfdt: what both make of a blob. */
#ifndef TEST_UNIT_FDT_COMPARE_H
#define TEST_UNIT_FDT_COMPARE_H

#include "hyp/fdt/fdt.h"
#include "test/unit/test.h"

/* libfdt has a function of this name too; it is not called here. */
#define fdt_next_node libfdt_next_node
#include <libfdt.h>
#undef fdt_next_node

static int32_t libfdt_offset(fdt_node_t node)
{
	return node == FDT_NONE ? -1 : (int32_t)node;
}

static int32_t none_if_error(int offset)
{
	return offset < 0 ? -1 : offset;
}

static void compare_props(const struct fdt *fdt, const uint8_t *data, fdt_node_t node)
{
	struct fdt_prop prop;
	uint32_t cursor = 0;
	int offset = fdt_first_property_offset(data, (int)node);
	bool more = fdt_first_prop(fdt, node, &prop, &cursor);

	for (; more; more = fdt_next_prop(fdt, &prop, &cursor)) {
		const char *name = NULL;
		int length = -1;
		const void *value =
			offset < 0 ? NULL : fdt_getprop_by_offset(data, offset, &name, &length);

		CHECK(value == prop.data && length == (int)prop.length);
		CHECK(name && strcmp(name, prop.name) == 0);
		if (test_failures) {
			return;
		}
		offset = fdt_next_property_offset(data, offset);
	}
	CHECK(offset < 0);
}

static void compare_node(const struct fdt *fdt, const uint8_t *data, fdt_node_t node)
{
	int offset = (int)node;
	const char *name = fdt_get_name(data, offset, NULL);
	struct fdt_prop prop;

	CHECK(name && strcmp(name, fdt_node_name(fdt, node)) == 0);
	CHECK_EQ(libfdt_offset(fdt_parent(fdt, node)),
		 none_if_error(fdt_parent_offset(data, offset)));
	CHECK_EQ(libfdt_offset(fdt_first_child(fdt, node)),
		 none_if_error(fdt_first_subnode(data, offset)));
	if (node != fdt_root(fdt)) {
		CHECK_EQ(libfdt_offset(fdt_next_sibling(fdt, node)),
			 none_if_error(fdt_next_subnode(data, offset)));
	}
	/* libfdt looks one byte past a list whose last string is not terminated. */
	if (!fdt_get_prop(fdt, node, "compatible", &prop) || prop.length == 0 ||
	    prop.data[prop.length - 1] == 0) {
		CHECK_EQ(fdt_is_compatible(fdt, node, "x,dev"),
			 fdt_node_check_compatible(data, offset, "x,dev") == 0);
	}
	compare_props(fdt, data, node);
}

static void compare_searches(const struct fdt *fdt, const uint8_t *data)
{
	static const char *const path[] = { "/memory", "/bus@5/dev@1000/deep", "/bus/dev",
					    "/",       "/same/dev@7",	       "/nowhere" };
	uint64_t base[2] = { 0 };
	uint64_t size[2] = { 0 };

	for (uint32_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		CHECK_EQ(libfdt_offset(fdt_find_path(fdt, path[i])),
			 none_if_error(fdt_path_offset(data, path[i])));
	}
	CHECK_EQ(libfdt_offset(fdt_find_phandle(fdt, 1)),
		 none_if_error(fdt_node_offset_by_phandle(data, 1)));
	/* libfdt ends the list at a size of 0, the specification at two zeros. */
	for (int i = 0; i < fdt_num_mem_rsv(data); i++) {
		CHECK(fdt_get_mem_rsv(data, i, &base[0], &size[0]) == 0);
		CHECK(fdt_reserved(fdt, (uint32_t)i, &base[1], &size[1]));
		CHECK(base[0] == base[1] && size[0] == size[1]);
	}
}

/* Everything that takes a node or a value, for the sanitizers to watch. */
static void use_all(const struct fdt *fdt)
{
	uint64_t base;
	uint64_t size;

	for (fdt_node_t node = fdt_root(fdt); node != FDT_NONE; node = fdt_next_node(fdt, node)) {
		struct fdt_prop prop;
		uint32_t cursor = 0;
		bool more = fdt_first_prop(fdt, node, &prop, &cursor);

		for (uint32_t i = 0; i < 4; i++) {
			fdt_reg(fdt, node, i, &base, &size);
		}
		fdt_is_enabled(fdt, node);
		for (; more; more = fdt_next_prop(fdt, &prop, &cursor)) {
			fdt_prop_string(&prop, 3);
			fdt_prop_cells(&prop, 1, 2, &base);
		}
	}
}

/* Ours refuses what libfdt takes in these ways only: */
static bool stricter(const char *why, const uint8_t *data)
{
	static const char *const known[] = { "a property follows a child node",
					     "the memory reservations do not end",
					     "it has two roots", "it has no root",
					     "nodes are nested too deeply" };

	for (uint32_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(why, known[i]) == 0) {
			return true;
		}
	}
	/* The version: 2 to 15 are not for us, and up to 16 libfdt does not look at the strings'
	 * size, which the header had all along. */
	return data[23] < 17;
}

/* libfdt 1.6.1 lets a property's length of about 2^31 and more wrap, and can crash of it. A
 * tree of plain text has no such byte. It can crash of versions before 16 as well. */
static bool libfdt_survives(const uint8_t *data, size_t size)
{
	if (data[23] < 16) {
		return false;
	}
	for (size_t at = 40; at < size; at++) {
		if (data[at] >= 0x7f) {
			return false;
		}
	}
	return true;
}

/* The index changes no result of a search: for each node, and for numbers that are no nodes. */
static void compare_index(const struct fdt *plain)
{
	static struct fdt_entry entries[2000];
	struct fdt fdt = *plain;
	uint32_t count = 0;

	for (fdt_node_t node = fdt_root(plain); node != FDT_NONE;
	     node = fdt_next_node(plain, node)) {
		count++;
	}
	if (count > 1) {
		CHECK(!fdt_index(&fdt, entries, count - 1));
		CHECK_EQ(fdt.nr_entries, 0);
	}
	if (count > 2000) {
		return;
	}
	CHECK(fdt_index(&fdt, entries, count));
	CHECK_EQ(fdt.nr_entries, count);
	CHECK(fdt_next_node(&fdt, FDT_NONE) == FDT_NONE);
	CHECK(fdt_parent(&fdt, FDT_NONE) == FDT_NONE);
	CHECK(fdt_first_child(&fdt, UINT32_MAX - 1) == FDT_NONE);
	CHECK(fdt_next_sibling(&fdt, fdt_root(plain) + 1) == FDT_NONE);
	for (fdt_node_t node = fdt_root(plain); node != FDT_NONE && test_failures == 0;
	     node = fdt_next_node(plain, node)) {
		CHECK_EQ(fdt_next_node(&fdt, node), fdt_next_node(plain, node));
		CHECK_EQ(fdt_first_child(&fdt, node), fdt_first_child(plain, node));
		CHECK_EQ(fdt_next_sibling(&fdt, node), fdt_next_sibling(plain, node));
		CHECK_EQ(fdt_parent(&fdt, node), fdt_parent(plain, node));
		CHECK_EQ(fdt_find_compatible(&fdt, node, "x,dev"),
			 fdt_find_compatible(plain, node, "x,dev"));
		CHECK_EQ(fdt_find_compatible(&fdt, node, "simple-bus"),
			 fdt_find_compatible(plain, node, "simple-bus"));
	}
	for (uint32_t phandle = 0; phandle < 4; phandle++) {
		CHECK_EQ(fdt_find_phandle(&fdt, phandle), fdt_find_phandle(plain, phandle));
	}
	CHECK(fdt_find_phandle(&fdt, UINT32_MAX) == FDT_NONE);
}

static uint32_t accepted;
static uint32_t refused;

static void compare(const uint8_t *data, size_t size)
{
	struct fdt fdt;
	const char *why = fdt_open(&fdt, data, size);
	int theirs;

	if (why && !libfdt_survives(data, size)) {
		refused++;
		return;
	}
	theirs = fdt_check_full(data, size);
	if (why) {
		refused++;
		if (theirs == 0 && !stricter(why, data)) {
			printf("libfdt takes it, not so ours: %s\n", why);
			test_failures++;
		}
		return;
	}
	accepted++;
	use_all(&fdt);
	compare_index(&fdt);
	if (theirs != 0) {
		printf("ours takes it, not so libfdt: %s\n", fdt_strerror(theirs));
		test_failures++;
		return;
	}
	for (fdt_node_t node = fdt_root(&fdt); node != FDT_NONE && test_failures == 0;
	     node = fdt_next_node(&fdt, node)) {
		compare_node(&fdt, data, node);
	}
	compare_searches(&fdt, data);
}

#endif
