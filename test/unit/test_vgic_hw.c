/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vgic/vgic_hw.c on a model of GICH, typed from IHI 0048B 5.3: a world switch leaves nothing in any
 * list register, and no end of an interrupt is told for ever, whatever the mirror believes. The
 * alias of another CPU's GICH (DDI 0438, 8.2.1) is found only where it works.
 */
#include "hyp/hw/fence.h"
#include "hyp/hw/io.h"
#include "hyp/hw/sysreg.h"
#include "hyp/hw/world.h"
#include "hyp/regs/gic.h"
#include "test/unit/test.h"
#include "vgic/vgic_hw.h"

#define GICH	0x2c004000u
#define LRS	4u
#define PENDING 0x10000000u /* GICH_LR 29:28 */
#define ACTIVE	0x20000000u
#define HW	0x80000000u
#define EOI	0x00080000u /* bit 19, with HW = 0 */

#define CPUS 4u

/* How the second page of GICH behaves. */
enum second {
	SECOND_ABSENT,
	SECOND_ZERO,	/* reads as 0, ignores writes */
	SECOND_EXACT,	/* DDI 0438 */
	SECOND_SHIFTED, /* QEMU 7.2: a write to LRn reaches LRn+1 */
	SECOND_REPEATS, /* the first page again */
	SECOND_READS,	/* ignores writes */
	SECOND_MIRROR,	/* whichever CPU is addressed, it is that which accesses */
};

struct bank {
	uint32_t hcr, vmcr, apr, lr[LRS];
};

static struct bank banks[CPUS];
static struct bank gich; /* of this CPU, whose interface has this number: */
static uint32_t self;
static enum second second;
static uint32_t remote_writes;

static bool gich_holds(uint32_t n)
{
	return (gich.lr[n] & (PENDING | ACTIVE)) != 0;
}

static uint32_t gich_ended(void)
{
	uint32_t eisr = 0;

	for (uint32_t n = 0; n < LRS; n++) {
		eisr |= !gich_holds(n) && (gich.lr[n] & (HW | EOI)) == EOI ? 1u << n : 0;
	}
	return eisr;
}

static struct bank *bank_of(uint32_t cpu)
{
	return cpu == self || second == SECOND_MIRROR ? &gich : &banks[cpu];
}

static bool has_alias(void)
{
	return second == SECOND_EXACT || second == SECOND_SHIFTED || second == SECOND_READS ||
	       second == SECOND_MIRROR;
}

/* 0x200 bytes for each CPU. */
static uint32_t alias_read(uint32_t offset)
{
	const struct bank *bank = bank_of(offset / 0x200 % CPUS);
	uint32_t elrsr = 0;

	CHECK(second != SECOND_ABSENT);
	if (second == SECOND_REPEATS) {
		return offset < 0x100 + 4 * LRS ? io_read32(GICH + offset) : 0;
	}
	if (!has_alias()) {
		return 0;
	}
	switch (offset % 0x200) {
	case 0x004:
		return 0x90000003;
	case 0x030:
		for (uint32_t n = 0; n < LRS; n++) {
			elrsr |= bank->lr[n] & (PENDING | ACTIVE) ? 0 : 1u << n;
		}
		return elrsr;
	default:
		CHECK(offset % 0x200 >= 0x100 && offset % 0x200 < 0x100 + 4 * LRS);
		return bank->lr[(offset % 0x200 - 0x100) / 4 % LRS];
	}
}

static void alias_write(uint32_t offset, uint32_t value)
{
	uint32_t n = (offset % 0x200 - 0x100) / 4 + (second == SECOND_SHIFTED ? 1 : 0);

	remote_writes++;
	CHECK(second != SECOND_ABSENT);
	CHECK(offset % 0x200 >= 0x100); /* list registers only */
	if (second == SECOND_REPEATS && offset >= 0x100 && offset < 0x100 + 4 * LRS) {
		io_write32(GICH + offset, value);
	}
	if (has_alias() && second != SECOND_READS && n < LRS) {
		bank_of(offset / 0x200 % CPUS)->lr[n] = value;
	}
}

bool fence_read32(uintptr_t address, uint32_t *value)
{
	CHECK(address >= GICH + 0x1000 && address < GICH + 0x2000);
	if (second == SECOND_ABSENT) {
		return false;
	}
	*value = io_read32(address);
	return true;
}

bool world_take_abort(void)
{
	return false;
}

void fake_barrier(enum fake_barrier which)
{
	CHECK(which == FAKE_DSB);
}

uint32_t io_read32(uintptr_t address)
{
	uint32_t elrsr = 0;

	if (address >= GICH + 0x1000 && address < GICH + 0x2000) {
		return alias_read((uint32_t)(address - GICH - 0x1000));
	}

	for (uint32_t n = 0; n < LRS; n++) {
		elrsr |= gich_holds(n) ? 0 : 1u << n;
	}
	switch (address - GICH) {
	case 0x000:
		return gich.hcr;
	case 0x004:
		return 0x90000003; /* GICH_VTR of a Cortex-A15: four list registers */
	case 0x008:
		return gich.vmcr;
	case 0x020:
		return gich_ended();
	case 0x030:
		return elrsr;
	case 0x0f0:
		return gich.apr;
	default:
		CHECK(address >= GICH + 0x100 && address < GICH + 0x100 + 4 * LRS);
		return gich.lr[(address - GICH - 0x100) / 4 % LRS];
	}
}

void io_write32(uintptr_t address, uint32_t value)
{
	if (address >= GICH + 0x1000 && address < GICH + 0x2000) {
		alias_write((uint32_t)(address - GICH - 0x1000), value);
		return;
	}
	switch (address - GICH) {
	case 0x000:
		gich.hcr = value;
		break;
	case 0x008:
		gich.vmcr = value;
		break;
	case 0x0f0:
		gich.apr = value;
		break;
	default:
		CHECK(address >= GICH + 0x100 && address < GICH + 0x100 + 4 * LRS);
		gich.lr[(address - GICH - 0x100) / 4 % LRS] = value;
		break;
	}
}

static const uint32_t contents[] = { 0,
				     PENDING | 34,
				     ACTIVE | 35,
				     PENDING | ACTIVE | EOI | 36,
				     EOI | 37,
				     PENDING | HW | 38u << 10 | 38,
				     HW | 39u << 10 | 39 };

#define NR_CONTENTS 7u

/* Every content of every list register, with every idea of which are in use. */
static void nothing_is_left(void)
{
	CHECK_EQ(vgic_hw_init(GICH), LRS);
	for (uint32_t all = 0; all < NR_CONTENTS * NR_CONTENTS * NR_CONTENTS * NR_CONTENTS; all++) {
		for (uint32_t used = 0; used < 1u << LRS; used++) {
			struct vgic_cif cif = { .nr_lrs = LRS, .used = used, .hcr = 1 };
			uint32_t left = all;

			for (uint32_t n = 0; n < LRS; n++, left /= NR_CONTENTS) {
				gich.lr[n] = contents[left % NR_CONTENTS];
			}
			gich.hcr = 1;
			vgic_hw_save(&cif, false);
			CHECK_EQ(gich.hcr, 0);
			CHECK_EQ(gich_ended(), 0);
			CHECK_EQ(gich.lr[0] | gich.lr[1] | gich.lr[2] | gich.lr[3], 0);
		}
	}
}

/* The next one's restore writes what it uses, and only that is there. */
static void restore_is_whole(void)
{
	struct vgic_cif cif = { .nr_lrs = LRS, .hcr = 1 };
	struct vgic_cif next = { .nr_lrs = LRS, .used = 2, .hcr = 1, .lr = { 0, PENDING | 40 } };

	gich.lr[0] = EOI | 34;
	gich.lr[3] = PENDING | 50;
	vgic_hw_save(&cif, false);
	vgic_hw_restore(&next);
	CHECK_EQ(gich.lr[0], 0);
	CHECK_EQ(gich.lr[1], PENDING | 40);
	CHECK_EQ(gich.lr[3], 0);
}

/* A maintenance interrupt for a list register that the mirror believes free. */
static void an_end_is_told_once(void)
{
	struct vgic_cif cif = {
		.nr_lrs = LRS, .used = 2, .hcr = 1, .lr = { 0, PENDING | EOI | 41 }
	};

	memset(&gich, 0, sizeof(gich));
	gich.lr[1] = EOI | 41;
	gich.lr[2] = EOI | 42;
	CHECK_EQ(vgic_hw_ended(&cif), 6);
	vgic_hw_write(&cif);
	CHECK_EQ(gich_ended(), 2); /* the other is the fold's to deal with */
}

/* Every CPU, on every kind of second page: the list registers that can be written, and nothing is
 * left in them. */
static struct vgic_alias find(uint32_t cpu, enum second kind)
{
	struct vgic_alias alias;

	memset(banks, 0, sizeof(banks));
	memset(&gich, 0, sizeof(gich));
	self = cpu;
	second = kind;
	CHECK_EQ(vgic_hw_init(GICH), LRS);
	alias = vgic_hw_find_alias(cpu);
	for (uint32_t n = 0; n < LRS; n++) {
		for (uint32_t other = 0; other < CPUS; other++) {
			CHECK_EQ(bank_of(other)->lr[n], 0);
		}
	}
	return alias;
}

static void the_alias_is_found(void)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		CHECK_EQ(find(cpu, SECOND_EXACT).lrs, 0xf);
		CHECK_EQ(find(cpu, SECOND_EXACT).skew, 0);
		CHECK_EQ(find(cpu, SECOND_SHIFTED).lrs, 0xe); /* LR0 is out of reach */
		CHECK_EQ(find(cpu, SECOND_SHIFTED).skew, 1);
		CHECK_EQ(find(cpu, SECOND_ZERO).lrs, 0);
		CHECK_EQ(find(cpu, SECOND_READS).lrs, 0);
		CHECK_EQ(find(cpu, SECOND_MIRROR).lrs, 0);
		remote_writes = 0;
		CHECK_EQ(find(cpu, SECOND_ABSENT).lrs, 0);
		CHECK_EQ(remote_writes, 0);
	}
	CHECK_EQ(find(1, SECOND_REPEATS).lrs, 0); /* and so no CPU uses it */
	CHECK_EQ(find(2, SECOND_REPEATS).lrs, 0);
}

/* Each list register in reach of each other CPU, and no other one. */
static void only_the_dirty_are_written(enum second kind)
{
	struct vgic_alias alias = find(2, kind);

	vgic_hw_use_alias(&alias);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		for (uint32_t n = alias.skew; n < LRS; n++) {
			struct vgic_cif cif = { .nr_lrs = LRS, .gic_cpu = (uint8_t)cpu };

			cif.dirty = 1u << n;
			cif.lr[n] = PENDING | (40 + n);
			CHECK_EQ(vgic_hw_remote_empty(&cif), 0xf);
			vgic_hw_remote_write(&cif);
			CHECK_EQ(cif.dirty, 0);
			CHECK_EQ(vgic_hw_remote_empty(&cif), 0xf & ~(1u << n));
			CHECK_EQ(bank_of(cpu)->lr[n], PENDING | (40 + n));
			bank_of(cpu)->lr[n] = 0;
			for (uint32_t i = 0; i < CPUS * LRS; i++) {
				CHECK_EQ(bank_of(i / LRS)->lr[i % LRS], 0);
			}
		}
	}
}

static void the_alias_is_written(void)
{
	only_the_dirty_are_written(SECOND_EXACT);
	only_the_dirty_are_written(SECOND_SHIFTED);
}

/* One list register, and no other access. */
static void one_alone(void)
{
	memset(&gich, 0, sizeof(gich));
	for (uint32_t n = 0; n < LRS; n++) {
		struct vgic_lr_write write = { n, PENDING | (60 + n) };

		gich.lr[n] = ACTIVE | (50 + n);
		CHECK_EQ(vgic_hw_read_one(n), ACTIVE | (50 + n));
		vgic_hw_write_one(&write);
		for (uint32_t other = 0; other < LRS; other++) {
			CHECK_EQ(gich.lr[other], other <= n ? PENDING | (60 + other) : 0);
		}
	}
	CHECK_EQ(gich.hcr | gich.vmcr | gich.apr, 0);
}

static const struct test_case cases[] = {
	{ "the_alias_is_found", the_alias_is_found },
	{ "the_alias_is_written", the_alias_is_written },
	{ "nothing_is_left", nothing_is_left },
	{ "restore_is_whole", restore_is_whole },
	{ "an_end_is_told_once", an_end_is_told_once },
	{ "one_alone", one_alone },
};

TEST_MAIN("vgic_hw", cases)
