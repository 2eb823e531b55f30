/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vgic/vgic_hw.c on a model of GICH, typed from IHI 0048B 5.3: a world switch leaves nothing in any
 * list register, and no end of an interrupt is told for ever, whatever the mirror believes.
 */
#include "hyp/hw/io.h"
#include "hyp/regs/gic.h"
#include "test/unit/test.h"
#include "vgic/vgic_hw.h"

#define GICH	0x2c004000u
#define LRS	4u
#define PENDING 0x10000000u /* GICH_LR 29:28 */
#define ACTIVE	0x20000000u
#define HW	0x80000000u
#define EOI	0x00080000u /* bit 19, with HW = 0 */

static struct {
	uint32_t hcr, vmcr, apr, lr[LRS];
} gich;

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

uint32_t io_read32(uintptr_t address)
{
	uint32_t elrsr = 0;

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
			vgic_hw_save(&cif);
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
	vgic_hw_save(&cif);
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

static const struct test_case cases[] = {
	{ "nothing_is_left", nothing_is_left },
	{ "restore_is_whole", restore_is_whole },
	{ "an_end_is_told_once", an_end_is_told_once },
};

TEST_MAIN("vgic_hw", cases)
