/* SPDX-License-Identifier: BSD-2-Clause */
/* The device-tree reader: by cases, and against libfdt over mutated blobs. */
#define _POSIX_C_SOURCE 200809L
#include "fdt_compare.h"
#include "test.h"
#include "tree.h"

static const char source[] =
	"/dts-v1/; /memreserve/ 0x1000 0x2000; /memreserve/ 0x100000000 0x3000;\n"
	"/ { #address-cells = <2>; #size-cells = <1>; model = \"a\"; compatible = \"x,y\", "
	"\"x,z\";\n"
	" chosen { bootargs = \"one two\"; empty; };\n"
	" memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0x1000 1 2 3>; };\n"
	" bus@5 { #address-cells = <1>; #size-cells = <1>; ranges = <0x100 1 0x20000000 0x100>,\n"
	"   <0x1000 0 0x30000000 0x1000>; compatible = \"simple-bus\";\n"
	"  a: dev@180 { reg = <0x180 0x10>, <0x1800 0x20>, <0x200 4>; compatible = \"x,dev\"; };\n"
	"  dev@1000 { reg = <0x1000 4>; status = \"disabled\"; compatible = \"q\", \"x,dev\";\n"
	"   deep { ranges; #address-cells = <1>; #size-cells = <0>; leaf@1001 { reg = <0x1001>; }; "
	"};\n"
	"  }; };\n"
	" same { #address-cells = <1>; #size-cells = <1>; ranges;\n"
	"   dev@7 { reg = <7 8>; friend = <&a>; status = \"ok\"; }; };\n"
	" none { #address-cells = <1>; dev@9 { reg = <9 1>; }; };\n"
	" pci { #address-cells = <3>; #size-cells = <2>; ranges;\n"
	"   dev@3 { reg = <1 2 3 4 5>; }; }; };\n";

/* ------------------------------------------------------------------ cases */
static struct tree blob;
static struct fdt tree;

static void open_source(void)
{
	blob = tree_compile(source, "");
	CHECK(fdt_open(&tree, blob.blob, blob.size) == NULL);
}

static bool is_node(fdt_node_t node, const char *name)
{
	return node != FDT_NONE && strcmp(fdt_node_name(&tree, node), name) == 0;
}

static void paths(void)
{
	fdt_node_t node;

	open_source();
	CHECK(is_node(fdt_find_path(&tree, "/"), ""));
	CHECK(is_node(fdt_find_path(&tree, "/memory"), "memory@40000000"));
	CHECK(is_node(fdt_find_path(&tree, "/memory@40000000"), "memory@40000000"));
	CHECK(fdt_find_path(&tree, "/memory@4") == FDT_NONE);
	CHECK(fdt_find_path(&tree, "/mem") == FDT_NONE);
	CHECK(fdt_find_path(&tree, "memory") == FDT_NONE);
	CHECK(fdt_find_path(&tree, "") == FDT_NONE);
	CHECK(is_node(fdt_find_path(&tree, "/bus/dev"), "dev@180"));
	CHECK(is_node(fdt_find_path(&tree, "//bus@5//dev@1000/"), "dev@1000"));
	CHECK(is_node(fdt_find_path(&tree, "/bus/dev@1000:115200n8"), "dev@1000"));
	CHECK(is_node(fdt_find_path(&tree, "/bus/dev@1000/deep/leaf"), "leaf@1001"));
	CHECK(fdt_find_path(&tree, "/chosen/dev") == FDT_NONE);
	node = fdt_find_path(&tree, "/bus/dev@1000/deep/leaf");
	CHECK(is_node(fdt_parent(&tree, node), "deep"));
	CHECK(is_node(fdt_parent(&tree, fdt_parent(&tree, node)), "dev@1000"));
	CHECK(fdt_parent(&tree, fdt_root(&tree)) == FDT_NONE);
	CHECK(fdt_parent(&tree, FDT_NONE) == FDT_NONE);
	CHECK(fdt_first_child(&tree, node) == FDT_NONE);
	CHECK(fdt_next_sibling(&tree, node) == FDT_NONE);
	CHECK(is_node(fdt_next_node(&tree, node), "same"));
	CHECK(fdt_next_sibling(&tree, fdt_root(&tree)) == FDT_NONE);
	node = fdt_find_path(&tree, "/bus");
	CHECK(is_node(fdt_next_sibling(&tree, node), "same"));
	tree_free(&blob);
}

static void values(void)
{
	fdt_node_t node;
	struct fdt_prop prop;
	uint32_t cell;
	uint64_t wide;

	open_source();
	node = fdt_find_path(&tree, "/chosen");
	CHECK(fdt_get_prop(&tree, node, "empty", &prop) && prop.length == 0);
	CHECK(!fdt_prop_u32(&prop, 0, &cell) && fdt_prop_string(&prop, 0) == NULL);
	CHECK(!fdt_get_prop(&tree, node, "bootarg", &prop));
	CHECK(!fdt_get_prop(&tree, FDT_NONE, "bootargs", &prop));
	CHECK(fdt_get_prop(&tree, fdt_root(&tree), "compatible", &prop));
	CHECK(strcmp(fdt_prop_string(&prop, 1), "x,z") == 0);
	CHECK(fdt_prop_string(&prop, 2) == NULL);
	prop.length -= 1; /* the terminator is gone */
	CHECK(fdt_prop_string(&prop, 1) == NULL);
	CHECK(fdt_get_prop(&tree, fdt_find_path(&tree, "/memory"), "reg", &prop));
	CHECK(fdt_prop_u32(&prop, 5, &cell) && cell == 3);
	CHECK(!fdt_prop_u32(&prop, 6, &cell) && !fdt_prop_u32(&prop, UINT32_MAX, &cell));
	CHECK(!fdt_prop_u32(&prop, UINT32_C(0x40000001), &cell));
	CHECK(fdt_prop_cells(&prop, 3, 2, &wide) && wide == UINT64_C(0x100000002));
	CHECK(!fdt_prop_cells(&prop, 5, 2, &wide) && !fdt_prop_cells(&prop, 0, 3, &wide));
	CHECK(!fdt_prop_cells(&prop, 0, 0, &wide));
	CHECK(fdt_is_compatible(&tree, fdt_root(&tree), "x,z"));
	CHECK(!fdt_is_compatible(&tree, fdt_root(&tree), "x,"));
	CHECK(!fdt_is_compatible(&tree, fdt_root(&tree), "z"));
	CHECK(fdt_is_enabled(&tree, fdt_root(&tree)));
	CHECK(fdt_is_enabled(&tree, fdt_find_path(&tree, "/same/dev")));
	CHECK(!fdt_is_enabled(&tree, fdt_find_path(&tree, "/bus/dev@1000")));
	tree_free(&blob);
}

static void check_reg(const char *path, uint32_t index, uint64_t base, uint64_t size)
{
	uint64_t got_base = 1;
	uint64_t got_size = 1;

	CHECK(fdt_reg(&tree, fdt_find_path(&tree, path), index, &got_base, &got_size));
	CHECK_EQ(got_base, base);
	CHECK_EQ(got_size, size);
}

static bool has_reg(const char *path, uint32_t index)
{
	uint64_t base;
	uint64_t size;

	return fdt_reg(&tree, fdt_find_path(&tree, path), index, &base, &size);
}

static void addresses(void)
{
	uint64_t base = 0;
	uint64_t size = 0;

	open_source();
	check_reg("/memory", 0, 0x40000000, 0x1000);
	check_reg("/memory", 1, UINT64_C(0x100000002), 3);
	CHECK(!has_reg("/memory", 2) && !has_reg("/memory", UINT32_MAX));
	check_reg("/bus/dev@180", 0, UINT64_C(0x120000080), 0x10);
	check_reg("/bus/dev@180", 1, 0x30000800, 0x20);
	CHECK(!has_reg("/bus/dev@180", 2)); /* just past the first range */
	check_reg("/same/dev", 0, 7, 8);
	check_reg("/bus/dev@1000", 0, 0x30000000, 4);
	CHECK(!has_reg("/none/dev", 0)); /* no ranges: not memory-mapped */
	CHECK(!has_reg("/pci/dev", 0));
	CHECK(!has_reg("/", 0) && !has_reg("/nowhere", 0));
	CHECK(fdt_reserved(&tree, 0, &base, &size) && base == 0x1000 && size == 0x2000);
	CHECK(fdt_reserved(&tree, 1, &base, &size) && base == UINT64_C(0x100000000));
	CHECK(!fdt_reserved(&tree, 2, &base, &size) &&
	      !fdt_reserved(&tree, UINT32_MAX, &base, &size));
	tree_free(&blob);
}

static void searches(void)
{
	fdt_node_t node;
	struct fdt_prop prop;
	uint32_t phandle = 0;

	open_source();
	node = fdt_find_compatible(&tree, fdt_root(&tree), "x,dev");
	CHECK(is_node(node, "dev@180"));
	node = fdt_find_compatible(&tree, node, "x,dev");
	CHECK(is_node(node, "dev@1000"));
	CHECK(fdt_find_compatible(&tree, node, "x,dev") == FDT_NONE);
	CHECK(fdt_get_prop(&tree, fdt_find_path(&tree, "/same/dev"), "friend", &prop));
	CHECK(fdt_prop_u32(&prop, 0, &phandle));
	CHECK(is_node(fdt_find_phandle(&tree, phandle), "dev@180"));
	CHECK(fdt_find_phandle(&tree, phandle + 1) == FDT_NONE);
	CHECK(fdt_find_phandle(&tree, 0) == FDT_NONE);
	CHECK(fdt_find_phandle(&tree, UINT32_MAX) == FDT_NONE);
	tree_free(&blob);
}

/* -------------------------------------------------------- against libfdt */
static uint64_t seed;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % limit;
}

static void put_cell(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++) {
		at[i] = (uint8_t)(value >> (24 - 8 * i));
	}
}

/* One to three changes: a byte, a cell, an interesting cell, a cell plus or minus a little. */
static void mutate(uint8_t *data, size_t size)
{
	static const uint32_t cells[] = { 0,	      1,	  2,	      3,
					  4,	      9,	  0x7fffffff, 0x80000000,
					  0xffffffff, 0xfffffff0, 0x7ffffffc, 0xfffffffc,
					  16,	      17,	  12 };

	for (uint32_t n = 1 + random_below(3); n != 0; n--) {
		/* Half of them in the header, where every cell counts. */
		uint32_t area = random_below(2) ? 40 : (uint32_t)size;
		uint32_t at = random_below(area);
		uint8_t *cell = data + (at < size - 4 ? at & ~3u : 0);

		switch (random_below(4)) {
		case 0:
			data[at] = (uint8_t)random_below(256);
			break;
		case 1:
			put_cell(cell, cells[random_below(sizeof(cells) / sizeof(cells[0]))]);
			break;
		case 2:
			put_cell(cell, fdt32_ld((const fdt32_t *)(const void *)cell) +
					       random_below(9) - 4);
			break;
		default:
			put_cell(cell, random_below((uint32_t)size + 8));
		}
	}
}

static void differential(const char *options, uint32_t rounds)
{
	struct tree original = tree_compile(source, options);

	accepted = 0;
	refused = 0;
	compare(original.blob, original.size);
	CHECK_EQ(accepted, 1);
	for (uint32_t i = 0; i < rounds && test_failures == 0; i++) {
		size_t size =
			random_below(8) ? original.size : random_below((uint32_t)original.size);
		uint8_t *copy = malloc(original.size);

		memcpy(copy, original.blob, original.size);
		mutate(copy, original.size);
		/* Shrunk, so that the sanitizer watches the true end. */
		copy = realloc(copy, size ? size : 1);
		if (size >= 40) {
			compare(copy, size);
		} else {
			struct fdt fdt;

			CHECK(fdt_open(&fdt, copy, size) != NULL);
		}
		if (test_failures) {
			printf("round %u, options '%s'\n", i, options);
		}
		free(copy);
	}
	/* A mutation that always or never shows would test nothing. */
	CHECK(accepted > rounds / 20 && refused > rounds / 20);
	tree_free(&original);
}

static void mutated_v17(void)
{
	seed = 1;
	differential("", 40000);
}

static void mutated_v16(void)
{
	seed = 2;
	differential("-V 16", 20000);
}

/* ------------------------------------------------- blobs made by hand */
struct writer {
	uint8_t data[4096];
	uint32_t at;
};

static void put(struct writer *w, uint32_t cell)
{
	put_cell(w->data + w->at, cell);
	w->at += 4;
}

static void begin_node(struct writer *w, const char *name)
{
	put(w, 1);
	memcpy(w->data + w->at, name, strlen(name) + 1);
	w->at += (uint32_t)(strlen(name) + 4) & ~3u;
}

/* Header (v17), one closing reservation at 40, structure at 56; strings "n\0" behind it */
static void start(struct writer *w)
{
	memset(w, 0, sizeof(*w));
	w->at = 56;
}

static const char *finish(struct writer *w, struct fdt *fdt)
{
	const uint32_t header[10] = {
		0xd00dfeed, w->at + 2, 56, w->at, 40, 17, 16, 0, 2, w->at - 56
	};

	for (uint32_t i = 0; i < 10; i++) {
		put_cell(w->data + i * 4, header[i]);
	}
	memcpy(w->data + w->at, "n", 2);
	return fdt_open(fdt, w->data, w->at + 2);
}

static const char *nested(uint32_t levels)
{
	static struct writer w;
	struct fdt fdt;

	start(&w);
	for (uint32_t i = 0; i < levels; i++) {
		begin_node(&w, i ? "d" : "");
	}
	for (uint32_t i = 0; i < levels; i++) {
		put(&w, 2);
	}
	put(&w, 9);
	return finish(&w, &fdt);
}

static void structures(void)
{
	static struct writer w;
	struct fdt fdt;
	struct fdt_prop prop;
	fdt_node_t node = FDT_NONE;
	uint32_t cursor;

	CHECK(nested(1) == NULL && nested(16) == NULL && nested(17) != NULL);
	CHECK(strcmp(nested(0), "it has no root") == 0);
	/* NOPs wherever a tag may stand */
	start(&w);
	put(&w, 4);
	begin_node(&w, "");
	put(&w, 4);
	put(&w, 3), put(&w, 4), put(&w, 0), put(&w, 77);
	put(&w, 4);
	begin_node(&w, "abc");
	put(&w, 4), put(&w, 2), put(&w, 4);
	begin_node(&w, "abcd@1");
	put(&w, 2), put(&w, 2), put(&w, 4), put(&w, 9);
	CHECK(finish(&w, &fdt) == NULL);
	CHECK_EQ(fdt_root(&fdt), 4);
	CHECK(fdt_first_prop(&fdt, fdt_root(&fdt), &prop, &cursor));
	CHECK(strcmp(prop.name, "n") == 0 && prop.length == 4 && prop.data[3] == 77);
	CHECK(!fdt_next_prop(&fdt, &prop, &cursor));
	node = fdt_next_sibling(&fdt, fdt_first_child(&fdt, fdt_root(&fdt)));
	CHECK(node != FDT_NONE && strcmp(fdt_node_name(&fdt, node), "abcd@1") == 0);
	CHECK(fdt_find_path(&fdt, "/abcd") == node);
	/* A property behind a child node */
	start(&w);
	begin_node(&w, "");
	begin_node(&w, "a");
	put(&w, 2), put(&w, 3), put(&w, 0), put(&w, 0), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
	/* Two roots; an end too many; no end; an unknown tag; a name offset past the strings */
	start(&w);
	begin_node(&w, ""), put(&w, 2), begin_node(&w, ""), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
	start(&w);
	begin_node(&w, ""), put(&w, 2), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
	start(&w);
	begin_node(&w, ""), put(&w, 2);
	CHECK(finish(&w, &fdt) != NULL);
	start(&w);
	begin_node(&w, ""), put(&w, 5), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
	start(&w);
	begin_node(&w, ""), put(&w, 3), put(&w, 0), put(&w, 2), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
	start(&w);
	begin_node(&w, ""), put(&w, 3), put(&w, 0xfffffffc), put(&w, 0), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) != NULL);
}

/* Reservations that never end, strings without a terminator, a blob cut short */
static void headers(void)
{
	static struct writer w;
	struct fdt fdt;

	start(&w);
	begin_node(&w, ""), put(&w, 3), put(&w, 0), put(&w, 0), put(&w, 2), put(&w, 9);
	CHECK(finish(&w, &fdt) == NULL);
	w.data[w.at + 1] = 'n'; /* "nn" without an end */
	CHECK(fdt_open(&fdt, w.data, w.at + 2) != NULL);
	CHECK(finish(&w, &fdt) == NULL);
	CHECK(fdt_open(&fdt, w.data, w.at + 1) != NULL);
	CHECK(fdt_open(&fdt, w.data, 0) != NULL);
	CHECK(fdt_open(&fdt, w.data, w.at + 1000) == NULL); /* more room than it needs */
	w.data[40 + 15] = 1;				    /* a reservation of size 1 */
	CHECK(fdt_open(&fdt, w.data, w.at + 2) != NULL);
	w.data[40 + 15] = 0;
	put_cell(w.data + 20, 18); /* a later version that says it reads as 17, and one not */
	put_cell(w.data + 24, 17);
	CHECK(fdt_open(&fdt, w.data, w.at + 2) == NULL);
	put_cell(w.data + 24, 18);
	CHECK(fdt_open(&fdt, w.data, w.at + 2) != NULL);
}

static const struct test_case cases[] = {
	{ "paths", paths },
	{ "values", values },
	{ "addresses", addresses },
	{ "searches", searches },
	{ "structures", structures },
	{ "headers", headers },
	{ "mutated_v17", mutated_v17 },
	{ "mutated_v16", mutated_v16 },
};

TEST_MAIN("fdt", cases)
