/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk of translation tables at boot: tables that are right, and every fault that it exists
 * for. Descriptors are typed from the ARM ARM (DDI 0406C), B3.6.1, B3.6.2 and tables B3-20, B3-21.
 */
#include "hyp/stage2/audit.h"
#include "test.h"

static struct audit_fault fault;

static bool said(const char *why, uint64_t address)
{
	if (strcmp(fault.why, why) != 0 || fault.address != address) {
		printf("0x%llx: %s\n", (unsigned long long)fault.address, fault.why);
		return false;
	}
	return true;
}

/* ---- the monitor's tables ---- */

#define IMAGE_PA UINT64_C(0x8040123000) /* above 4 GiB, and aligned to 4 KiB only */
#define POOL_PA	 UINT64_C(0x48600000)
#define BLOB_PA	 UINT64_C(0x48000000)
#define TABLE_PA UINT64_C(0x8040180000)

#define TEXT	  UINT64_C(0x00000000000007c7) /* page, AttrIndx 1, AP 0b11, SH 0b11, AF */
#define CONSTANTS UINT64_C(0x00400000000007c7) /* the same, XN */
#define DATA	  UINT64_C(0x0040000000000747) /* AP 0b01, XN */
#define DEVICE	  UINT64_C(0x0040000000000443) /* AttrIndx 0, AP 0b01, SH 0, XN */
#define BLOB	  UINT64_C(0x00400000000007c5) /* blocks */
#define POOL	  UINT64_C(0x0040000000000745)

#define TEXT_PAGES 40u
#define RO_PAGES   5u
#define DATA_PAGES 13u
#define STACKS	   (TEXT_PAGES + RO_PAGES + DATA_PAGES)

static uint64_t l1[4], l2[512], image[512], devices[512];

static const struct audit_table tables[] = {
	{ l1, { TABLE_PA } },
	{ l2, { TABLE_PA + 0x1000 } },
	{ image, { TABLE_PA + 0x2000 } },
	{ devices, { TABLE_PA + 0x3000 } },
};
static const struct audit_range ranges[] = {
	{ 0xc0000000, 0x400000, AUDIT_DATA, { POOL_PA } },
	{ 0xe0000000, 0x10000000, AUDIT_CONSTANTS, { UINT64_MAX } },
	{ 0xffa00000, 0x200000, AUDIT_DEVICES, { UINT64_MAX } },
	{ 0xffc00000, TEXT_PAGES * 4096, AUDIT_TEXT, { IMAGE_PA } },
	{ 0xffc00000 + TEXT_PAGES * 4096,
	  RO_PAGES * 4096,
	  AUDIT_CONSTANTS,
	  { IMAGE_PA + TEXT_PAGES * 4096 } },
	{ 0xffc00000 + (TEXT_PAGES + RO_PAGES) * 4096,
	  DATA_PAGES * 4096,
	  AUDIT_DATA,
	  { IMAGE_PA + (TEXT_PAGES + RO_PAGES) * 4096 } },
	{ 0xffc00000 + (STACKS + 1) * 4096, 4096, AUDIT_DATA, { IMAGE_PA + (STACKS + 1) * 4096 } },
	{ 0xffc00000 + (STACKS + 3) * 4096, 4096, AUDIT_DATA, { IMAGE_PA + (STACKS + 3) * 4096 } },
};
static struct audit_hyp hyp;

static const struct audit_span spans_all[] = {
	{ { IMAGE_PA }, 0x200000, 0 },	 { { POOL_PA }, 0x400000, 0 },
	{ { 0x50000000 }, 0x600000, 1 }, { { 0x60000000 }, 0x3000, 2 },
	{ { 0x70000000 }, 0x204000, 3 },
};
static const struct audit_span views[] = {
	{ { 0x60001000 }, 0x1000, 1 }, /* a page of partition 1's, which partition 0 sees */
};
static const struct audit_spans spans = { spans_all, 5, views, 1 };

static void tables_of_the_monitor(void)
{
	memset(l1, 0, sizeof(l1));
	memset(l2, 0, sizeof(l2));
	memset(image, 0, sizeof(image));
	memset(devices, 0, sizeof(devices));
	l1[3] = TABLE_PA + 0x1000 + 3;
	l2[0] = POOL_PA | POOL;
	l2[1] = (POOL_PA + 0x200000) | POOL;
	l2[256] = BLOB_PA | BLOB;
	l2[509] = TABLE_PA + 0x3000 + 3;
	l2[510] = TABLE_PA + 0x2000 + 3;
	for (uint32_t n = 0; n < STACKS + 4; n++) {
		image[n] = (IMAGE_PA + n * 4096) | (n < TEXT_PAGES		? TEXT
						    : n < TEXT_PAGES + RO_PAGES ? CONSTANTS
										: DATA);
	}
	image[STACKS] = image[STACKS + 2] = 0; /* guard pages */
	devices[0] = UINT64_C(0x09000000) | DEVICE;
	devices[1] = UINT64_C(0x08000000) | DEVICE;
	devices[2] = UINT64_C(0x08010000) | DEVICE;
	devices[3] = UINT64_C(0x08011000) | DEVICE;
	hyp = (struct audit_hyp) { .httbr = TABLE_PA,
				   .hsctlr = 0x30cd187d,
				   .table = tables,
				   .nr_tables = 4,
				   .range = ranges,
				   .nr_ranges = 8,
				   .attr_normal = 1,
				   .attr_device = 0 };
	memset(&fault, 0, sizeof(fault));
}

static bool finds(uint64_t *entry, uint64_t value, const char *why, uint64_t address)
{
	uint64_t old = *entry;
	bool good;

	memset(&fault, 0, sizeof(fault));
	*entry = value;
	good = !audit_hyp(&hyp, &spans, &fault) && said(why, address) && fault.entry == value;
	*entry = old;
	return good;
}

static void planted(void)
{
	tables_of_the_monitor();
	CHECK(audit_hyp(&hyp, &spans, &fault));
	/* A writable text page; an executable page of data, of a device, of the pool. */
	CHECK(finds(&image[3], image[3] & ~UINT64_C(0x80), "writable and executable", 0xffc03000));
	CHECK(finds(&image[50], image[50] & ~(UINT64_C(1) << 54), "writable and executable",
		    0xffc32000));
	CHECK(finds(&devices[1], devices[1] & ~(UINT64_C(1) << 54), "writable and executable",
		    0xffa01000));
	CHECK(finds(&l2[1], l2[1] & ~(UINT64_C(1) << 54), "writable and executable", 0xc0200000));
	/* Writable constants, executable constants; text as constants. */
	CHECK(finds(&image[41], image[41] & ~UINT64_C(0x80),
		    "attributes are not those of its range", 0xffc29000));
	CHECK(finds(&image[44], image[44] & ~(UINT64_C(1) << 54),
		    "attributes are not those of its range", 0xffc2c000));
	CHECK(finds(&image[0], image[0] | UINT64_C(1) << 54,
		    "attributes are not those of its range", 0xffc00000));
	/* A page twice; the pool elsewhere; memory as a device. */
	CHECK(finds(&image[46], image[45], "not at its physical address", 0xffc2e000));
	CHECK(finds(&l2[1], l2[0], "not at its physical address", 0xc0200000));
	CHECK(finds(&devices[2], (POOL_PA + 0x3000) | DEVICE, "memory is mapped as a device",
		    0xffa02000));
	/* A guard page, an open window, the identity mapping of boot, a block beyond the pool. */
	CHECK(finds(&image[STACKS], (IMAGE_PA + STACKS * 4096) | DATA,
		    "mapped, and nothing belongs there", 0xffc3a000));
	CHECK(finds(&l2[386], UINT64_C(0x50000000) | POOL, "mapped, and nothing belongs there",
		    0xf0400000));
	CHECK(finds(&l2[2], (POOL_PA + 0x400000) | POOL, "mapped, and nothing belongs there",
		    0xc0400000));
	CHECK(finds(&l1[1], UINT64_C(0x40000741), "a table elsewhere", 0x40000000));
	CHECK(finds(&l1[2], TABLE_PA + 0x4003, "a table elsewhere", 0x80000000));
	CHECK(finds(&l2[511], UINT64_C(0x50000003), "a table elsewhere", 0xffe00000));
	CHECK(audit_hyp(&hyp, &spans, &fault));
}

static void registers(void)
{
	static const unsigned bits[] = { 0, 2, 12, 19 }; /* HSCTLR.M, C, I, WXN: B4.1.71 */

	tables_of_the_monitor();
	for (unsigned n = 0; n < 4; n++) {
		hyp.hsctlr = 0x30cd187d & ~(1u << bits[n]);
		CHECK(!audit_hyp(&hyp, &spans, &fault));
		CHECK(said("HSCTLR lacks M, C, I or WXN", 0));
	}
	hyp.hsctlr = 0x30cd187d;
	hyp.httbr = TABLE_PA + 32;
	CHECK(!audit_hyp(&hyp, &spans, &fault));
	CHECK(said("HTTBR holds another table", 0));
}

/* Each bit of each entry that is valid, except those of addresses that are not fixed; and an entry
 * in each place that has none. */
static void every_bit(void)
{
	uint64_t *const table[] = { l2, image, devices };
	unsigned found = 0;

	tables_of_the_monitor();
	for (unsigned t = 0; t < 3; t++) {
		for (unsigned n = 0; n < 512; n++) {
			uint64_t old = table[t][n];
			bool loose = table[t] == devices || (table[t] == l2 && n == 256);

			for (unsigned bit = old ? 1 : 0; bit < 64; bit++) {
				uint64_t wrong =
					old ? old ^ UINT64_C(1) << bit : UINT64_C(1) << bit | 1;

				if (old && loose && bit >= 12 && bit < 40) {
					continue;
				}
				if (!old && t == 2) {
					continue; /* a page of devices is free to be used */
				}
				table[t][n] = wrong;
				if (audit_hyp(&hyp, &spans, &fault)) {
					printf("table %u, entry %u, bit %u\n", t, n, bit);
					table[t][n] = old;
					CHECK(false);
					return;
				}
				found++;
			}
			table[t][n] = old;
		}
	}
	CHECK(found > 50000);
	CHECK(audit_hyp(&hyp, &spans, &fault));
}

/* ---- physical memory ---- */

static void owners(void)
{
	struct audit_span span[5];
	struct audit_spans set = { .span = span, .count = 5 };

	CHECK(audit_spans(&spans, &fault));
	memcpy(span, spans_all, sizeof(span));
	span[3].pa = pa_make(POOL_PA + 0x3ff000); /* the last page of the monitor's tables */
	CHECK(!audit_spans(&set, &fault));
	CHECK(said("memory has two owners", POOL_PA + 0x3ff000));
	CHECK_EQ(fault.entry, POOL_PA);
	span[3].pa = pa_make(POOL_PA + 0x400000);
	CHECK(audit_spans(&set, &fault));
	span[3].pa = pa_make(POOL_PA - 0x2000);
	CHECK(!audit_spans(&set, &fault));
	span[3].pa = pa_make(POOL_PA - 0x3000);
	CHECK(audit_spans(&set, &fault));
}

/* ---- a partition's tables ---- */

#define TABLES 8u

static uint8_t pool[TABLES * 4096] __attribute__((aligned(4096)));
static struct stage2 s2;

/* Partition 0: RAM in blocks, a page of a device, shared memory that it writes, and reads. */
static void tables_of_a_partition(void)
{
	struct stage2_pool from = { pool, pa_make(POOL_PA + 0x10000), TABLES, 0 };

	memset(pool, 0, sizeof(pool));
	stage2_init(&s2, &from);
	CHECK(stage2_map(&s2, ipa_make(0x40000000), pa_make(0x50000000), 0x600000, STAGE2_RAM));
	CHECK(stage2_map(&s2, ipa_make(0x08010000), pa_make(0x08040000), 0x1000, STAGE2_DEVICE));
	CHECK(stage2_map(&s2, ipa_make(0x10000000), pa_make(0x70000000), 0x202000, STAGE2_SHARED));
	CHECK(stage2_map(&s2, ipa_make(0x10202000), pa_make(0x70202000), 0x2000,
			 STAGE2_SHARED_READ));
	CHECK(audit_stage2(&s2, 0, &spans, &fault));
}

static uint64_t *entry_of(uint32_t page, uint32_t index)
{
	return (uint64_t *)(void *)(pool + page * 4096) + index;
}

static bool guest_finds(uint64_t *entry, uint64_t value, const char *why, uint64_t address)
{
	uint64_t old = *entry;
	bool good;

	memset(&fault, 0, sizeof(fault));
	*entry = value;
	good = !audit_stage2(&s2, 0, &spans, &fault) && said(why, address);
	*entry = old;
	return good;
}

static void partition(void)
{
	const char *const other = "memory that is not its own";
	uint64_t *ram, *page, *device, *free_entry;

	tables_of_a_partition();
	ram = entry_of(1, 0); /* level 2 of the second GiB: three blocks */
	CHECK_EQ(ram[2], UINT64_C(0x504007fd));
	device = entry_of(3, 0x10); /* pool: root, level 2, level 2, level 3 */
	CHECK_EQ(*device, UINT64_C(0x00400000080407c7));
	page = entry_of(4, 1); /* 0x10201000 */
	CHECK_EQ(*page, UINT64_C(0x00400000702017ff));
	free_entry = entry_of(4, 511);

	CHECK(guest_finds(&ram[1], POOL_PA | 0x7fd, other, 0x40200000)); /* the monitor's tables */
	CHECK(guest_finds(free_entry, (POOL_PA + 0x10000) | 0x7ff, other, 0x103ff000));
	CHECK(guest_finds(free_entry, (IMAGE_PA + 0x1000) | 0x7ff, other, 0x103ff000));
	CHECK(guest_finds(free_entry, 0x600007ff, other, 0x103ff000)); /* partition 1's */
	CHECK(guest_finds(free_entry, 0x900007ff, other, 0x103ff000)); /* nobody's */
	CHECK(guest_finds(&ram[3], 0x506007fd, other, 0x40600000));    /* after its end */
	CHECK(guest_finds(device, UINT64_C(0x0040000050000000) | 0x7c7,
			  "memory is mapped as a device", 0x08010000));
	CHECK(guest_finds(device, 0x080407c7, "an executable device", 0x08010000));
	CHECK(guest_finds(page, 0x702017ff, "executable shared memory", 0x10201000));
	CHECK(guest_finds(page, UINT64_C(0x00400000702017d7), "neither memory nor a device",
			  0x10201000));
	CHECK(guest_finds(page, *page & ~UINT64_C(2), "not a page", 0x10201000));
	CHECK(guest_finds(&ram[100], 0x50000003, "a table elsewhere", 0x4c800000));
	CHECK(guest_finds(&ram[100], (POOL_PA + 0x10000) | 3, "a table elsewhere", 0x4c800000));
	CHECK(guest_finds(entry_of(0, 3), 0x50000003, "a table elsewhere", 0xc0000000));
	CHECK(guest_finds(entry_of(0, 3), 0x50000001, "a table elsewhere", 0xc0000000));
	/* What it sees of partition 1's, and the pages around that. */
	*free_entry = UINT64_C(0x00400000600017ff);
	CHECK(audit_stage2(&s2, 0, &spans, &fault));
	*free_entry = 0;
	CHECK(guest_finds(free_entry, UINT64_C(0x00400000600027ff), other, 0x103ff000));
	CHECK(guest_finds(free_entry, UINT64_C(0x00400000600007ff), other, 0x103ff000));
	CHECK(guest_finds(free_entry, 0x600017ff, "executable shared memory", 0x103ff000));
	CHECK(audit_stage2(&s2, 0, &spans, &fault));
	CHECK(!audit_stage2(&s2, 1, &spans, &fault)); /* these are not partition 1's */
	CHECK(said("memory that is not its own", 0x40000000));
}

static const struct test_case cases[] = {
	{ "planted", planted }, { "registers", registers }, { "every_bit", every_bit },
	{ "owners", owners },	{ "partition", partition },
};

TEST_MAIN("audit", cases)
