/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Manifests: libfdt writes a sound tree by a byte program, of the manifest's own words and values
 * (docs/manifest.md) for the most part. What is taken is compared with what libfdt reads, and all
 * that boot code relies on is looked at anew; a refusal has its words.
 */
#include "test/verify/fuzz/fuzz.h"
#include "hyp/manifest.h"

/* libfdt has a function of this name too; it is not called here. */
#define fdt_next_node libfdt_next_node
#include <libfdt.h>
#undef fdt_next_node

#define ROOM 16384

static uint8_t blob[ROOM] __attribute__((aligned(8)));
static struct manifest manifest;

/* ---- a tree by bytes ---- */

/* p partition, d device, r root; c cells, w two cells, s string, f flag, b bytes, n names */
struct word {
	const char *name;
	char where, value;
};

static const struct word words[] = {
	{ "vcpus", 'p', 'c' },
	{ "cpus", 'p', 'c' },
	{ "priority", 'p', 'c' },
	{ "memory-size", 'p', 'c' },
	{ "memory-size", 'p', 'w' },
	{ "memory-at", 'p', 'w' },
	{ "identity", 'p', 'f' },
	{ "gic", 'p', 's' },
	{ "irqs", 'p', 'c' },
	{ "firmware", 'p', 'b' },
	{ "kernel", 'p', 'b' },
	{ "kernel-address", 'p', 'c' },
	{ "kernel-space", 'p', 'c' },
	{ "entry", 'p', 'c' },
	{ "initrd", 'p', 'b' },
	{ "initrd-address", 'p', 'c' },
	{ "dtb", 'p', 'b' },
	{ "dtb-address", 'p', 'c' },
	{ "no-dtb", 'p', 'f' },
	{ "bootargs", 'p', 's' },
	{ "rights", 'p', 'n' },
	{ "console", 'p', 's' },
	{ "rtc", 'p', 's' },
	{ "virtio-windows", 'p', 'f' },
	{ "pmu", 'p', 'f' },
	{ "no-autostart", 'p', 'f' },
	{ "pa", 'd', 'w' },
	{ "ipa", 'd', 'c' },
	{ "size", 'd', 'c' },
	{ "interrupt", 'd', 'c' },
	{ "interrupt-edge", 'd', 'c' },
	{ "interrupt-edge", 'd', 'f' },
	{ "dt-compatible", 'd', 's' },
	{ "dt-step", 'd', 'c' },
	{ "dt-coherent", 'd', 'f' },
	{ "time-slice-us", 'r', 'c' },
	{ "raw-console", 'r', 'f' },
	{ "model", 'r', 's' },
	{ "compatible", 'p', 's' },
	{ "memory-sizes", 'p', 'c' },
	{ "#address-cells", 'r', 'c' },
};

static const uint32_t cells[] = {
	0,	    1,		2,	    3,		7,	    8,		9,
	32,	    33,		34,	    64,		128,	    992,	1019,
	1020,	    0x100,	0x1000,	    0x10000,	0x10004,    0x20000,	0x40000,
	0x100000,   0x200000,	0x1000000,  0x4000000,	0x4040000,  0x7fff000,	0x8000000,
	0x8030000,  0x9000000,	0x9010000,  0x9011000,	0xa000000,  0xa004000,	0x3ff00000,
	0x40000000, 0x40010000, 0x40010001, 0x40080000, 0x40100000, 0xbfff0000, 0xc0000000,
	0xfff00000, 0xfffff000, 0xffffffff,
};

static const char *const strings[] = { "v2",	"none",	 "pl011",
				       "pl031", "a",	 "b",
				       "",	"x,dev", "plumbline,partition" };

static uint32_t any_cell(struct fuzz_input *in)
{
	uint32_t byte = fuzz_byte(in);

	return byte < 240 ? cells[byte % (sizeof(cells) / sizeof(cells[0]))] : fuzz_word(in);
}

static const char *any_string(struct fuzz_input *in)
{
	return strings[fuzz_byte(in) % (sizeof(strings) / sizeof(strings[0]))];
}

static void put_cells(struct fuzz_input *in, const char *name)
{
	uint32_t how = fuzz_byte(in);
	uint32_t count = how < 128 ? 1 : how % 10u;
	fdt32_t value[10];

	for (uint32_t n = 0; n < count; n++) {
		value[n] = cpu_to_fdt32(any_cell(in));
	}
	(void)fdt_property(blob, name, value, (int)(4 * count));
}

static void put_bytes(struct fuzz_input *in, const char *name)
{
	static const uint8_t starts[][4] = { { 0x7f, 'E', 'L', 'F' },
					     { 0x27, 0x05, 0x19, 0x56 },
					     { 0xd0, 0x0d, 0xfe, 0xed } };
	uint8_t value[64] = { 0 };
	uint32_t how = fuzz_byte(in);

	if (how % 4 < 3) {
		memcpy(value, starts[how % 4], 4);
	}
	(void)fdt_property(blob, name, value, (int)(how / 4));
}

static void put_word(struct fuzz_input *in, const struct word *word)
{
	const char *text;

	switch (word->value) {
	case 'c':
		put_cells(in, word->name);
		break;
	case 'w':
		(void)fdt_property_u64(blob, word->name,
				       (uint64_t)(fuzz_byte(in) % 4u ? 0 : any_cell(in)) << 32 |
					       any_cell(in));
		break;
	case 'b':
		put_bytes(in, word->name);
		break;
	case 'f':
		(void)fdt_property(blob, word->name, NULL, 0);
		break;
	case 'n':
		(void)fdt_property(blob, word->name, "a\0b\0c", (int)(fuzz_byte(in) % 4u) * 2);
		break;
	default:
		text = any_string(in);
		(void)fdt_property_string(blob, word->name, text);
		break;
	}
}

/* What every such node needs comes by itself; once in a while it does not. */
static void put_start(char where, uint32_t how)
{
	if (how % 16 == 15) {
		return;
	}
	if (where == 'p') {
		(void)fdt_property_string(blob, "compatible", "plumbline,partition");
		if (how & 16) {
			(void)fdt_property_u32(blob, "memory-size", 0x100000);
		}
		if (how & 32) {
			(void)fdt_property(blob, "kernel", "\0\0\xa0\xe1\xfe\xff\xff\xea", 8);
		}
	} else {
		(void)fdt_property_string(blob, "compatible", "plumbline,device");
		if (how & 16) {
			(void)fdt_property_u64(blob, "pa", 0xc000000 + (how >> 5) * 0x1000);
			(void)fdt_property_u32(blob, "size", 0x1000);
		}
	}
}

/* A property of this kind of node; most of the others are refused at once. */
static void put_property(struct fuzz_input *in, char where)
{
	uint32_t first = fuzz_byte(in) % (sizeof(words) / sizeof(words[0]));

	while (words[first].where != where) {
		first = (first + 1) % (sizeof(words) / sizeof(words[0]));
	}
	put_word(in, &words[first]);
}

/* Properties, then the nodes inside: depth 0 the root, 1 a partition, 2 a device. */
static void put_nodes(struct fuzz_input *in, uint32_t depth)
{
	static const char where[] = "rpdd";
	uint32_t properties = fuzz_byte(in) % 8u;
	uint32_t nodes = fuzz_byte(in) % (depth == 0 ? 18u : depth == 1 ? 10u : 2u);

	for (uint32_t n = 0; n < properties && fuzz_more(in); n++) {
		put_property(in, where[depth]);
	}
	for (uint32_t n = 0; n < nodes && fuzz_more(in) && depth < 3; n++) {
		uint32_t how = fuzz_byte(in);
		char name[20] = { (char)('a' + n), 0 };

		if (how >= 250) {
			snprintf(name, sizeof(name), "%s", how == 255 ? "a" : "a-name-too-long-of");
		}
		(void)fdt_begin_node(blob, name);
		put_start(where[depth + 1], how);
		put_nodes(in, depth + 1);
		(void)fdt_end_node(blob);
	}
}

/* False: it does not fit. */
static bool make_tree(struct fuzz_input *in)
{
	if (fdt_create(blob, sizeof(blob)) != 0 || fdt_finish_reservemap(blob) != 0 ||
	    fdt_begin_node(blob, "") != 0 ||
	    fdt_property_string(blob, "compatible", "plumbline,system-1") != 0) {
		return false;
	}
	put_nodes(in, 0);
	return fdt_end_node(blob) == 0 && fdt_finish(blob) == 0;
}

/* ---- what boot code relies on ---- */

static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size == 0 || b_size == 0 || a + a_size <= b || b + b_size <= a;
}

static uint64_t cell_of(int node, const char *name, uint64_t missing)
{
	int length = 0;
	const uint8_t *value = fdt_getprop(blob, node, name, &length);

	if (!value) {
		return missing;
	}
	return length == 8 ? fdt64_ld((const fdt64_t *)(const void *)value)
			   : fdt32_ld((const fdt32_t *)(const void *)value);
}

static bool has(int node, const char *name)
{
	return fdt_getprop(blob, node, name, NULL) != NULL;
}

static void check_image(const struct manifest_partition *p, const struct manifest_image *image,
			int node, const char *name)
{
	int length = 0;
	const void *value = fdt_getprop(blob, node, name, &length);

	CHECK(image->data == value && image->size == (value ? (uint32_t)length : 0));
	if (image->size) {
		CHECK(image->ipa % 4 == 0 && image->ipa >= p->memory_ipa);
		CHECK((uint64_t)image->ipa + image->size <=
		      (uint64_t)p->memory_ipa + p->memory_size);
	}
}

static void check_images(const struct manifest_partition *p, int node)
{
	check_image(p, &p->initrd, node, "initrd");
	check_image(p, &p->dtb, node, "dtb");
	if (p->nr_regions == 0 && !has(node, "firmware")) {
		check_image(p, &p->kernel, node, "kernel");
		CHECK(p->kernel_space >= p->kernel.size);
		CHECK((uint64_t)p->kernel.ipa + p->kernel_space <=
		      (uint64_t)p->memory_ipa + p->memory_size);
		CHECK(p->entry >= p->memory_ipa && p->entry - p->memory_ipa < p->memory_size);
		CHECK(apart(p->kernel.ipa, p->kernel_space, p->initrd.ipa, p->initrd.size));
		CHECK(apart(p->kernel.ipa, p->kernel_space, p->dtb.ipa, p->dtb.size));
	}
	CHECK(p->entry % 4 != 2);
	CHECK(apart(p->dtb.ipa, p->dtb.size, p->initrd.ipa, p->initrd.size));
	CHECK(has(node, "firmware") || !p->autostart || p->kernel.data);
}

static void check_memory(const struct manifest_partition *p, int node)
{
	CHECK_EQ(p->memory_size, cell_of(node, "memory-size", 0));
	CHECK(p->memory_size != 0 && p->memory_size % 0x1000 == 0);
	CHECK_EQ(p->memory_pa, cell_of(node, "memory-at", 0));
	CHECK_EQ(p->memory_ipa, has(node, "identity") ? p->memory_pa : 0x40000000);
	CHECK((uint64_t)p->memory_ipa + p->memory_size <= UINT64_C(0x100000000));
	CHECK(p->memory_pa + p->memory_size <= UINT64_C(0x10000000000));
	CHECK(apart(p->memory_ipa, p->memory_size, 0x08000000, 0x30000));
	CHECK(!p->console || apart(p->memory_ipa, p->memory_size, 0x09000000, 0x1000));
	CHECK(!p->rtc || apart(p->memory_ipa, p->memory_size, 0x09010000, 0x1000));
	CHECK(!p->virtio_windows || apart(p->memory_ipa, p->memory_size, 0x0a000000, 0x4000));
	CHECK(p->nr_regions <= 2);
	for (uint32_t n = 0; n < p->nr_regions; n++) {
		CHECK(p->region[n].ipa % 0x1000 == 0 && p->region[n].size % 0x1000 == 0);
		CHECK(p->region[n].data_size <= p->region[n].size);
		CHECK(apart(p->memory_ipa, p->memory_size, p->region[n].ipa, p->region[n].size));
	}
}

static void check_device(const struct manifest_partition *p, uint32_t index, int node)
{
	const struct manifest_device *d = &p->device[index];

	CHECK_EQ(d->pa, cell_of(node, "pa", 0));
	CHECK_EQ(d->ipa, cell_of(node, "ipa", d->pa));
	CHECK_EQ(d->size, cell_of(node, "size", 0));
	CHECK(d->size != 0 && (d->pa | d->ipa | d->size) % 0x1000 == 0);
	CHECK((uint64_t)d->ipa + d->size <= UINT64_C(0x100000000));
	CHECK(d->pa + d->size <= UINT64_C(0x10000000000));
	CHECK(apart(d->ipa, d->size, p->memory_ipa, p->memory_size));
	CHECK(apart(d->ipa, d->size, 0x08000000, 0x30000));
	CHECK(!p->console || apart(d->ipa, d->size, 0x09000000, 0x1000));
	CHECK(!p->rtc || apart(d->ipa, d->size, 0x09010000, 0x1000));
	for (uint32_t n = 0; n < p->nr_regions; n++) {
		CHECK(apart(d->ipa, d->size, p->region[n].ipa, p->region[n].size));
	}
	for (uint32_t n = 0; n < index; n++) {
		CHECK(apart(d->ipa, d->size, p->device[n].ipa, p->device[n].size));
	}
	CHECK(d->nr_interrupts <= 8 && d->edges >> d->nr_interrupts == 0);
	for (uint32_t n = 0; n < d->nr_interrupts; n++) {
		CHECK(p->has_gic && d->intid[n] >= 32 && d->intid[n] < p->nr_irqs);
		CHECK(!p->console || d->intid[n] != 33);
		CHECK(!p->rtc || d->intid[n] != 34);
	}
}

static void check_partition(const struct manifest_partition *p, int node)
{
	uint32_t device = 0;
	int child;

	CHECK(strcmp(p->name, fdt_get_name(blob, node, NULL)) == 0 && strlen(p->name) <= 15);
	CHECK_EQ(p->nr_vcpus, cell_of(node, "vcpus", 1));
	CHECK(p->nr_vcpus >= 1 && p->nr_vcpus <= 8);
	for (uint32_t n = 0; n < p->nr_vcpus; n++) {
		CHECK(p->affinity[n] != 0);
	}
	CHECK_EQ(p->priority, cell_of(node, "priority", 3));
	CHECK(p->priority <= 7);
	CHECK_EQ(p->nr_irqs, p->has_gic ? cell_of(node, "irqs", 128) : 0);
	CHECK(!p->has_gic || p->nr_irqs == 1020 ||
	      (p->nr_irqs % 32 == 0 && p->nr_irqs >= 32 && p->nr_irqs <= 992));
	CHECK_EQ(p->pmu, has(node, "pmu"));
	CHECK_EQ(p->autostart, !has(node, "no-autostart"));
	CHECK_EQ(p->rights >> manifest.nr_partitions, 0);
	check_memory(p, node);
	check_images(p, node);
	fdt_for_each_subnode(child, blob, node)
	{
		CHECK(device < p->nr_devices && p->nr_devices <= 8);
		if (device < p->nr_devices) {
			check_device(p, device++, child);
		}
	}
	CHECK_EQ(device, p->nr_devices);
}

/* Nothing of the board is given to two. */
static void check_pair(const struct manifest_partition *p, const struct manifest_partition *q)
{
	CHECK(strcmp(p->name, q->name) != 0);
	CHECK(!p->memory_pa || !q->memory_pa ||
	      apart(p->memory_pa, p->memory_size, q->memory_pa, q->memory_size));
	for (uint32_t i = 0; i < p->nr_devices; i++) {
		const struct manifest_device *d = &p->device[i];

		CHECK(!q->memory_pa || apart(d->pa, d->size, q->memory_pa, q->memory_size));
		for (uint32_t j = 0; j < q->nr_devices; j++) {
			const struct manifest_device *e = &q->device[j];

			CHECK(apart(d->pa, d->size, e->pa, e->size));
			for (uint32_t n = 0; n < d->nr_interrupts * e->nr_interrupts; n++) {
				CHECK(d->intid[n / e->nr_interrupts] !=
				      e->intid[n % e->nr_interrupts]);
			}
		}
	}
}

static void check_taken(void)
{
	uint32_t index = 0, vcpus = 0;
	int node;

	CHECK(manifest.nr_partitions >= 1 && manifest.nr_partitions <= 16);
	CHECK(manifest.time_slice_us >= 100 && manifest.time_slice_us <= 1000000);
	fdt_for_each_subnode(node, blob, 0)
	{
		CHECK(index < manifest.nr_partitions);
		if (index < manifest.nr_partitions) {
			check_partition(&manifest.partition[index], node);
			vcpus += manifest.partition[index++].nr_vcpus;
		}
	}
	CHECK(index == manifest.nr_partitions && vcpus <= 64);
	for (uint32_t i = 0; i < index; i++) {
		for (uint32_t j = 0; j < index; j++) {
			if (i != j) {
				check_pair(&manifest.partition[i], &manifest.partition[j]);
			}
		}
	}
}

unsigned fuzz_manifest(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct refusal why = { 0 };
	struct fdt fdt;

	if (!make_tree(&in)) {
		return 0;
	}
	CHECK(fdt_open(&fdt, blob, fdt_totalsize(blob)) == NULL);
	if (test_failures == 0 && manifest_read(&fdt, &manifest, &why)) {
		check_taken();
	} else {
		CHECK(why.node && why.parent && why.property && why.reason && why.reason[0]);
	}
	return fuzz_failures();
}
