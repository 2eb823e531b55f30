/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Manifests by a byte program: a sound one first, of up to eight partitions with devices, each with
 * memory, windows and interrupts of its own, and up to three shared memories; then a few edits, of
 * which many leave it sound, or make it wrong in one place: a value of another property, or beside
 * its own; a property too many or too few.
 */
#ifndef TEST_VERIFY_FUZZ_MANIFEST_TREE_H
#define TEST_VERIFY_FUZZ_MANIFEST_TREE_H

#include "hyp/manifest/manifest.h"
#include "test/verify/fuzz/fuzz.h"

/* libfdt has a function of this name too; it is not called here. */
#define fdt_next_node libfdt_next_node
#include <libfdt.h>
#undef fdt_next_node

#define ROOM 16384

static uint8_t blob[ROOM] __attribute__((aligned(8)));

/* c cells, w two cells, s string, f flag, b bytes */
struct word {
	const char *name;
	char value;
};

static const struct word root_words[] = {
	{ "time-slice-us", 'c' }, { "raw-console", 'f' },    { "model", 's' },
	{ "compatible", 's' },	  { "#address-cells", 'c' },
};

static const struct word partition_words[] = {
	{ "vcpus", 'c' },	 { "cpus", 'c' },
	{ "priority", 'c' },	 { "memory-size", 'c' },
	{ "memory-size", 'w' },	 { "memory-at", 'w' },
	{ "identity", 'f' },	 { "gic", 's' },
	{ "irqs", 'c' },	 { "firmware", 'b' },
	{ "kernel", 'b' },	 { "kernel-address", 'c' },
	{ "kernel-space", 'c' }, { "entry", 'c' },
	{ "initrd", 'b' },	 { "initrd-address", 'c' },
	{ "dtb", 'b' },		 { "dtb-address", 'c' },
	{ "no-dtb", 'f' },	 { "bootargs", 's' },
	{ "rights", 's' },	 { "console", 's' },
	{ "rtc", 's' },		 { "virtio-windows", 'f' },
	{ "pmu", 'f' },		 { "no-autostart", 'f' },
	{ "traces", 'f' },	 { "compatible", 's' },
	{ "memory-sizes", 'c' }, { "manages", 's' },
	{ "on-crash", 's' },	 { "watchdog", 's' },
	{ "crash-limit", 'c' },	 { "crash-limit", 'w' },
};

static const struct word device_words[] = {
	{ "pa", 'w' },
	{ "ipa", 'c' },
	{ "size", 'c' },
	{ "interrupt", 'c' },
	{ "interrupt-edge", 'c' },
	{ "interrupt-edge", 'f' },
	{ "dt-compatible", 's' },
	{ "dt-step", 'c' },
	{ "dt-coherent", 'f' },
	{ "compatible", 's' },
};

static const struct word shared_words[] = {
	{ "peers", 's' },	   { "read-only", 's' },   { "ipa", 'c' },
	{ "common-size", 'c' },	   { "output-size", 'c' }, { "interrupt", 'c' },
	{ "interrupt-edge", 'f' }, { "memory-at", 'w' },   { "compatible", 's' },
};

static const uint32_t cells[] = {
	0,	    1,		2,	    3,		7,	    8,		9,
	32,	    33,		34,	    40,		64,	    128,	992,
	1019,	    1020,	0x100,	    0x1000,	0x10000,    0x10004,	0x11000,
	0x40000,    0x100000,	0x200000,   0x4000000,	0x4040000,  0x7fff000,	0x8000000,
	0x8030000,  0x9000000,	0x9010000,  0x9011000,	0xa000000,  0xa004000,	0x10000000,
	0x40000000, 0x40010000, 0x40010001, 0x40080000, 0x40100000, 0x80000000, 0xc0000000,
	0xfff00000, 0xfffff000, 0xffffffff,
};

/* At the limits of budgets and periods. */
static const uint32_t times[] = { 99,  101,  100,   999,    1000,   1001,    2000,   5000,
				  500, 1500, 10000, 500000, 999999, 1000000, 1000001 };

static const char *const strings[] = { "v2", "none", "pl011", "pl031",
				       "a",  "h",    "",      "plumbline,partition" };

static const struct word budget_words[] = { { "budget-us", 'c' }, { "period-us", 'c' } };

static const struct word creator_words[] = { { "vms", 'c' }, { "vm-pool", 'c' } };

static const struct word virtio_words[] = {
	{ "client", 's' }, { "backend", 's' }, { "windows", 'c' },    { "ipa", 'c' },
	{ "offset", 'c' }, { "size", 'c' },    { "compatible", 's' },
};

static bool is_node_of(int node, const char *kind)
{
	const char *compatible = fdt_getprop(blob, node, "compatible", NULL);

	return compatible && strcmp(compatible, kind) == 0;
}

static bool is_shared_node(int node)
{
	return is_node_of(node, "plumbline,shared-memory");
}

static bool is_virtio_node(int node)
{
	return is_node_of(node, "plumbline,virtio");
}

static uint32_t any_cell(struct fuzz_input *in)
{
	uint32_t byte = fuzz_byte(in);

	if (byte >= 225 && byte < 240) {
		return times[byte - 225];
	}
	return byte < 225 ? cells[byte % (sizeof(cells) / sizeof(cells[0]))] : fuzz_word(in);
}

/* ---- a sound one ---- */

static void put_flags(uint32_t how, const struct word *words, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		if (how >> n & 1) {
			(void)fdt_property(blob, words[n].name, NULL, 0);
		}
	}
}

static void put_image(const char *name, uint32_t size)
{
	static const uint8_t branch[64] = { 0xfe, 0xff, 0xff, 0xea };
	static const uint8_t dtb[64] = { 0xd0, 0x0d, 0xfe, 0xed };

	(void)fdt_property(blob, name, strcmp(name, "dtb") == 0 ? dtb : branch, (int)size);
}

/* `index` counts devices of all partitions: 64 KiB and two interrupts for each. */
static void put_device(struct fuzz_input *in, uint32_t index)
{
	uint32_t how = fuzz_byte(in);
	fdt32_t both[] = { cpu_to_fdt32(40 + 2 * index), cpu_to_fdt32(41 + 2 * index) };
	char name[8];

	snprintf(name, sizeof(name), "d%u", index);
	(void)fdt_begin_node(blob, name);
	(void)fdt_property_string(blob, "compatible", "plumbline,device");
	(void)fdt_property_u64(blob, "pa",
			       (how & 1 ? UINT64_C(0x1000000000) : 0x10000000) + index * 0x10000u);
	(void)fdt_property_u32(blob, "size", how & 2 ? 0x10000 : 0x1000);
	if (how & 1) {
		(void)fdt_property_u32(blob, "ipa", 0x20000000 + index * 0x10000u);
	}
	if (how & 12) {
		(void)fdt_property(blob, "interrupt", both, how & 8 ? 8 : 4);
	}
	if ((how & 12) && (how & 16)) {
		(void)fdt_property(blob, "interrupt-edge", &both[how >> 3 & 1], how & 32 ? 4 : 0);
	}
	if (how & 64) {
		(void)fdt_property_string(blob, "dt-compatible", "x,dev");
		put_flags(how >> 7, &device_words[8], 1);
	}
	(void)fdt_end_node(blob);
}

/* Memory and images. `mapped`: at a place of its own on the board. */
static void put_memory(uint32_t how, uint32_t index)
{
	static const uint32_t sizes[] = { 0x11000, 0x100000, 0x400000, 0x8000000 };

	(void)fdt_property_u32(blob, "memory-size", sizes[how & 3]);
	if (how & 4) {
		(void)fdt_property_u64(blob, "memory-at", 0x80000000u + index * 0x8000000u);
		put_flags(how >> 3, &partition_words[6], 1);
	}
	put_image(how & 16 ? "firmware" : "kernel", 8);
	if (how & 32) {
		put_image("initrd", 16);
	}
	if (how & 64) {
		put_image("dtb", 64);
	} else {
		put_flags(how >> 7, &partition_words[18], 1); /* no-dtb */
	}
}

static const struct word counter_words[] = { { "no-counter-offset", 'f' } };

/* Eight of them have 128 MiB at most, which is the limit. */
static void put_creator(uint32_t how, uint32_t index)
{
	static const uint32_t pools[] = { 0x10000, 0x21000, 0x100000, 0x1000000 };
	uint32_t pool = pools[how % 4u];

	(void)fdt_property_u32(blob, "vms", index == 0 ? 64 : index);
	if (how & 4) {
		(void)fdt_property_u32(blob, "vm-pool", pool);
	} else {
		(void)fdt_property_u64(blob, "vm-pool", pool);
	}
}

/* One CPU's time at most for all vCPUs of a partition. */
static void put_budgets(uint32_t how, uint32_t index, uint32_t vcpus)
{
	fdt32_t value[8];

	for (uint32_t n = 0; n < vcpus; n++) {
		value[n] = cpu_to_fdt32(8000u * (1 + (n + index) % 8));
	}
	(void)fdt_property_u32(blob, "budget-us", how & 64 ? 100 : how & 10 ? 1000 : 8000);
	(void)fdt_property(blob, "period-us", value, how & 8 ? (int)(4 * vcpus) : 4);
}

static void put_partition(struct fuzz_input *in, uint32_t index, uint32_t *devices)
{
	char name[2] = { (char)('a' + index), 0 };
	uint32_t how = fuzz_byte(in);

	(void)fdt_begin_node(blob, name);
	(void)fdt_property_string(blob, "compatible", "plumbline,partition");
	put_memory(fuzz_byte(in), index);
	put_flags(how, &partition_words[23], 3);
	put_flags(how >> 4 & how >> 2, counter_words, 1);
	if (how & 8) {
		(void)fdt_property_u32(blob, "vcpus", 1 + index % 8);
	}
	if (how & 16) {
		(void)fdt_property_string(blob, "rtc", "pl031");
	}
	if (how & 32) {
		(void)fdt_property_string(blob, "console", "none");
	}
	if (how & 64) {
		(void)fdt_property(blob, index & 1 ? "manages" : "rights", "a", 2);
	}
	if (how & 8) {
		(void)fdt_property_string(blob, "watchdog", "sp805");
	}
	if ((how & 72) == 72) {
		(void)fdt_property_string(blob, "on-crash", "restart");
		(void)fdt_property_u64(blob, "crash-limit", UINT64_C(0x500000001));
	}
	if (how & 128) {
		(void)fdt_property_u32(blob, "irqs", index & 1 ? 1020 : 288);
	}
	if ((how & 37) == 37) {
		put_budgets(how, index, how & 8 ? 1 + index % 8 : 1);
	}
	if ((how & 18) == 18) {
		put_creator(how >> 5, index);
	}
	for (uint32_t n = fuzz_byte(in) % 4u; n > 0; n--) {
		put_device(in, (*devices)++);
	}
	(void)fdt_end_node(blob);
}

/* A cell, or one for each peer. */
static void put_cells(const char *name, uint32_t first, uint32_t step, uint32_t count)
{
	fdt32_t value[8];

	for (uint32_t n = 0; n < count; n++) {
		value[n] = cpu_to_fdt32(first + n * step);
	}
	(void)fdt_property(blob, name, value, (int)(4 * count));
}

/* Of the first two partitions or more, in any order: 16 MiB and an interrupt for each. */
static void put_shared(struct fuzz_input *in, uint32_t index, uint32_t partitions)
{
	uint32_t how = fuzz_byte(in), peers = 2 + fuzz_byte(in) % (partitions - 1);
	uint32_t first = fuzz_byte(in) % partitions;
	char name[] = { 's', (char)('0' + index), 0 }, names[16];

	for (uint32_t n = 0; n < peers; n++) {
		names[2 * n] = (char)('a' + (first + n) % partitions);
		names[2 * n + 1] = 0;
	}
	(void)fdt_begin_node(blob, name);
	(void)fdt_property_string(blob, "compatible", "plumbline,shared-memory");
	(void)fdt_property(blob, "peers", names, (int)(2 * peers));
	if (how & 1) {
		(void)fdt_property(blob, "read-only", names, 2);
	}
	if (how & 2) {
		put_cells("ipa", 0x30000000 + index * 0x1000000, 0x100000, peers);
	} else {
		put_cells("ipa", 0x30000000 + index * 0x1000000, 0, 1);
	}
	put_cells("output-size", how & 4 ? 0x2000 : 0, 0, 1);
	put_cells("common-size", how & 4 ? how / 64 * 0x1000 : 0x3000, 0, 1);
	if (how & 8) {
		put_cells("interrupt", how & 32 ? 0 : 100 + index, 0, how & 16 ? 1 : peers);
		put_flags(how >> 4, &shared_words[6], 1);
	}
	if (how & 16) {
		(void)fdt_property_u64(blob, "memory-at", 0xd0000000u + index * 0x1000000u);
	}
	(void)fdt_end_node(blob);
}

/* From one partition to the next; windows of its own for each. */
static void put_virtio(struct fuzz_input *in, uint32_t index, uint32_t partitions)
{
	uint32_t how = fuzz_byte(in), client = how % partitions;
	char name[] = { 'v', (char)('0' + index), 0 };
	char from[] = { (char)('a' + client), 0 };
	char to[] = { (char)('a' + (client + 1) % partitions), 0 };

	(void)fdt_begin_node(blob, name);
	(void)fdt_property_string(blob, "compatible", "plumbline,virtio");
	(void)fdt_property(blob, "client", from, sizeof(from));
	(void)fdt_property(blob, "backend", to, sizeof(to));
	put_cells("windows", 24 + 2 * index, 1, 1 + how / 64 % 2);
	put_cells("ipa", 0xc0000000u + index * 0x8000000, 0, 1);
	if (how & 16) {
		put_cells("offset", 0x1000, 0, 1);
	}
	if (how & 32) {
		put_cells("size", 0x2000, 0, 1);
	}
	(void)fdt_end_node(blob);
}

/* *crowded: windows and devices may have the same interrupts, 74 to 77. */
static bool make_sound(struct fuzz_input *in, bool *crowded)
{
	static const char *const hardening[32] = {
		[1] = "auto", [2] = "always", [4] = "never", [5] = "none", [6] = "on"
	};
	uint32_t how = fuzz_byte(in);
	uint32_t partitions = how % 8u + 1;
	uint32_t devices = 0;

	if (fdt_create(blob, sizeof(blob)) != 0 || fdt_finish_reservemap(blob) != 0 ||
	    fdt_begin_node(blob, "") != 0 ||
	    fdt_property_string(blob, "compatible", "plumbline,system-1") != 0) {
		return false;
	}
	if (hardening[how / 8]) {
		const char *value = hardening[how / 8];

		(void)fdt_property(blob, "branch-hardening", value, (int)strlen(value) + 1);
	}
	for (uint32_t n = 0; n < partitions; n++) {
		put_partition(in, n, &devices);
	}
	for (uint32_t n = how >= 128 && partitions > 1 ? how / 32 % 4u : 0; n > 0; n--) {
		put_shared(in, n, partitions);
	}
	*crowded = how / 16 == 7 && devices > 17;
	for (uint32_t n = how / 16 == 7 && partitions > 1 ? how / 8 % 2u + 1 : 0; n > 0; n--) {
		put_virtio(in, n, partitions);
	}
	return fdt_end_node(blob) == 0 && fdt_finish(blob) == 0 &&
	       fdt_open_into(blob, blob, sizeof(blob)) == 0;
}

/* ---- edits ---- */

static int nth_child(int node, uint32_t index)
{
	int child = fdt_first_subnode(blob, node);

	for (; child >= 0 && index > 0; index--) {
		child = fdt_next_subnode(blob, child);
	}
	return child;
}

/* The root, a partition or a device, and which words are its own. */
static int any_node(struct fuzz_input *in, const struct word **words, uint32_t *count)
{
	uint32_t how = fuzz_byte(in);
	int partition = nth_child(0, how / 4 % 8);
	int device = nth_child(partition < 0 ? 0 : partition, how / 32 % 4);

	if (how % 4 == 0 && how > 200) {
		*words = root_words;
		*count = sizeof(root_words) / sizeof(root_words[0]);
		return 0;
	}
	if (partition >= 0 && is_shared_node(partition)) {
		*words = shared_words;
		*count = sizeof(shared_words) / sizeof(shared_words[0]);
		return partition;
	}
	if (partition >= 0 && is_virtio_node(partition)) {
		*words = virtio_words;
		*count = sizeof(virtio_words) / sizeof(virtio_words[0]);
		return partition;
	}
	if (how % 4 < 2 || partition < 0 || device < 0) {
		*words = partition_words;
		*count = sizeof(partition_words) / sizeof(partition_words[0]);
		return partition < 0 ? nth_child(0, 0) : partition;
	}
	*words = device_words;
	*count = sizeof(device_words) / sizeof(device_words[0]);
	return device;
}

static const struct word *any_word(struct fuzz_input *in, const struct word *words, uint32_t count)
{
	return &words[fuzz_byte(in) % count];
}

static void set_bytes(struct fuzz_input *in, int node, const char *name)
{
	static const uint8_t starts[][4] = { { 0x7f, 'E', 'L', 'F' },
					     { 0x27, 0x05, 0x19, 0x56 },
					     { 0xd0, 0x0d, 0xfe, 0xed } };
	uint8_t value[64] = { 0 };
	uint32_t how = fuzz_byte(in);

	if (how % 4 < 3) {
		memcpy(value, starts[how % 4], 4);
	}
	(void)fdt_setprop(blob, node, name, value, (int)(how / 4));
}

static void set_cells(struct fuzz_input *in, int node, const char *name)
{
	uint32_t how = fuzz_byte(in);
	uint32_t count = how < 128 ? 1 : how % 10u;
	fdt32_t value[10];

	for (uint32_t n = 0; n < count; n++) {
		value[n] = cpu_to_fdt32(any_cell(in));
	}
	(void)fdt_setprop(blob, node, name, value, (int)(4 * count));
}

static void edit_set(struct fuzz_input *in, int node, const struct word *word)
{
	const char *text;
	uint64_t high;

	switch (word->value) {
	case 'c':
		set_cells(in, node, word->name);
		break;
	case 'w':
		high = fuzz_byte(in) % 4u ? 0 : any_cell(in) & 0x1ffu;
		(void)fdt_setprop_u64(blob, node, word->name, high << 32 | any_cell(in));
		break;
	case 'b':
		set_bytes(in, node, word->name);
		break;
	case 'f':
		(void)fdt_setprop(blob, node, word->name, NULL, 0);
		break;
	default:
		text = strings[fuzz_byte(in) % (sizeof(strings) / sizeof(strings[0]))];
		(void)fdt_setprop(blob, node, word->name, text, (int)strlen(text) + 1);
		break;
	}
}

/* Another property's value, of the same node or any: what is given twice, or overlaps. */
static void edit_copy(struct fuzz_input *in, int node, const struct word *word)
{
	const struct word *words;
	uint32_t count;
	uint8_t value[64];
	int length = 0;
	int from = any_node(in, &words, &count);
	const void *there = fdt_getprop(blob, from, any_word(in, words, count)->name, &length);

	if (there && length <= (int)sizeof(value)) {
		memcpy(value, there, (size_t)length);
		(void)fdt_setprop(blob, node, word->name, value, length);
	}
}

/* One up or down, by a page or a little; a list gets its first cell again. */
static void edit_bump(struct fuzz_input *in, int node, const struct word *word)
{
	static const int32_t steps[] = { 0x1000, -0x1000, 0x10000, -0x10000, 4, -4, 1, -1 };
	uint32_t step = (uint32_t)steps[fuzz_byte(in) % 8u];
	fdt32_t value[4];
	int length = 0;
	const void *there = fdt_getprop(blob, node, word->name, &length);

	if (!there || length < 4 || length > 12) {
		return;
	}
	memcpy(value, there, (size_t)length);
	value[length / 4] = value[0];
	if (step != 1 || length == 8) {
		value[length / 4 - 1] = cpu_to_fdt32(fdt32_ld(&value[length / 4 - 1]) + step);
		(void)fdt_setprop(blob, node, word->name, value, length);
	} else {
		(void)fdt_setprop(blob, node, word->name, value, length + 4);
	}
}

/* A node too many: of this name, with these children or none. */
static void edit_node(struct fuzz_input *in, int node)
{
	static const char *const names[] = { "b", "z", "name-too-long-of", "Z", "d0", "a-9" };
	int child = fdt_add_subnode(blob, fuzz_byte(in) % 4u ? node : 0, names[fuzz_byte(in) % 6u]);

	if (child >= 0 && fuzz_byte(in) % 4u) {
		(void)fdt_setprop_u32(blob, child, "memory-size", 0x100000);
		(void)fdt_setprop(blob, child, "no-autostart", NULL, 0);
		(void)fdt_setprop(blob, child, "compatible", "plumbline,partition",
				  sizeof("plumbline,partition"));
	}
}

/* Of a partition, or where it is unknown. */
static void edit_other(struct fuzz_input *in, int node, const struct word *word)
{
	uint32_t how = fuzz_byte(in) % 4u;

	if (how == 0) {
		(void)fdt_delprop(blob, node, word->name);
	} else if (how == 1) {
		edit_bump(in, node, word);
	} else {
		edit_set(in, node, word);
	}
}

static void make_edit(struct fuzz_input *in)
{
	const struct word *words;
	uint32_t count;
	uint32_t byte = fuzz_byte(in);
	uint32_t how = byte % 16u;
	int node = any_node(in, &words, &count);
	const struct word *word = any_word(in, words, count);

	if (byte == 255) {
		(void)fdt_setprop_u32(blob, node, "phandle", 1); /* a <&label> refers to it */
	} else if (byte == 254) {
		(void)fdt_add_mem_rsv(blob, 0x48000000, 0x1000);
	} else if (byte >= 250) {
		edit_other(in, node, &budget_words[byte & 1]);
	} else if (byte >= 246) {
		edit_other(in, node, &creator_words[byte & 1]);
	} else if (how < 6) {
		edit_set(in, node, word);
	} else if (how < 10) {
		edit_copy(in, node, word);
	} else if (how < 14) {
		edit_bump(in, node, word);
	} else if (how == 14) {
		(void)fdt_delprop(blob, node, word->name);
	} else {
		edit_node(in, node);
	}
}

/* False: libfdt could not write it. */
static bool make_tree(struct fuzz_input *in, bool *sound)
{
	uint32_t edits;
	bool crowded = false;

	if (!make_sound(in, &crowded)) {
		return false;
	}
	edits = fuzz_byte(in) % 8u;
	*sound = edits == 0 && !crowded &&
		 fdt_stringlist_search(blob, 0, "branch-hardening", "on") < 0;
	for (; edits > 0; edits--) {
		make_edit(in);
	}
	return fdt_pack(blob) == 0;
}

#endif
