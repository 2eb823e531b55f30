/* SPDX-License-Identifier: BSD-2-Clause */
/* The distributor's registers (IHI 0048B 4.3), as a guest reads and writes them. */
#include "test/unit/test_vgic.h"

static struct rig rig;

static uint32_t read_size(uint32_t v, uint32_t offset, uint32_t size)
{
	return rig_access(&rig, v, (struct mmio) { offset, size, false, 0xdead });
}

static void write_size(uint32_t v, uint32_t offset, uint32_t size, uint32_t value)
{
	rig_access(&rig, v, (struct mmio) { offset, size, true, value });
}

static void shapes(void)
{
	static const uint32_t bad[][2] = {
		{ 0, 64 },   { 9, 64 },	  { 1, 0 },    { 1, 31 },	  { 1, 33 },
		{ 1, 1019 }, { 1, 1021 }, { 1, 1024 }, { 1, 0xffffffff }, { 0xffffffff, 64 },
	};
	static const uint32_t good[][3] = {
		{ 1, 32, 0x000 },  { 1, 64, 0x001 },  { 2, 128, 0x023 },
		{ 4, 256, 0x067 }, { 8, 992, 0x0fe }, { 8, 1020, 0x0ff },
	};

	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		CHECK_EQ(vgic_size(bad[n][0], bad[n][1]), 0);
	}
	for (size_t n = 0; n < sizeof(good) / sizeof(good[0]); n++) {
		rig_make(&rig, good[n][0], good[n][1], 4);
		CHECK_EQ(vgic_nr_irqs(rig.vgic), good[n][1]);
		CHECK_EQ(rig_read(&rig, 0, 0x004), good[n][2]);
		write_size(0, 0x004, 4, 0xffffffff);
		CHECK_EQ(rig_read(&rig, 0, 0x004), good[n][2]);
		rig_free(&rig);
	}
}

static void control_and_id(void)
{
	static const uint8_t ids[12] = { 4, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 5, 0xb1 };

	rig_make(&rig, 2, 64, 4);
	CHECK_EQ(rig_read(&rig, 0, CTLR), 0);
	rig_write(&rig, 0, CTLR, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 1, CTLR), 3);
	rig_write(&rig, 1, CTLR, 2);
	CHECK_EQ(rig_read(&rig, 0, CTLR), 2);
	CHECK_EQ(rig_read(&rig, 0, 0x008) & 0xfff, 0x43b);
	CHECK_EQ(rig_read(&rig, 0, 0x00c), 0);
	for (uint32_t n = 0; n < 12; n++) {
		CHECK_EQ(rig_read(&rig, 0, 0xfd0 + 4 * n), ids[n]);
		rig_write(&rig, 0, 0xfd0 + 4 * n, 0xffffffff);
		CHECK_EQ(rig_read(&rig, 0, 0xfd0 + 4 * n), ids[n]);
	}
	CHECK_EQ(rig_read(&rig, 0, 0xfcc), 0);
	CHECK_EQ(rig_read(&rig, 0, 0xf80), 0);
	rig_free(&rig);
}

static void reset_values(void)
{
	rig_make(&rig, 2, 128, 4);
	for (uint32_t v = 0; v < 2; v++) {
		CHECK_EQ(rig_read(&rig, v, ISENABLER), 0xffff);
		CHECK_EQ(rig_read(&rig, v, ICFGR), 0xaaaaaaaa);
		CHECK_EQ(rig_read(&rig, v, ITARGETSR), v ? 0x02020202 : 0x01010101);
		CHECK_EQ(rig_read(&rig, v, ITARGETSR + 28), v ? 0x02020202 : 0x01010101);
	}
	for (uint32_t w = 0; w < 4; w++) {
		CHECK_EQ(rig_read(&rig, 0, IGROUPR + 4 * w), 0);
		CHECK_EQ(rig_read(&rig, 0, ISPENDR + 4 * w), 0);
		CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 4 * w), 0);
	}
	for (uint32_t n = 4; n < 0x20; n += 4) {
		CHECK_EQ(rig_read(&rig, 0, ICFGR + n), 0);
	}
	CHECK_EQ(rig_read(&rig, 0, ISENABLER + 4), 0);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 32), 0);
	CHECK_EQ(rig_read(&rig, 0, ITARGETSR + 32), 0);
	rig_free(&rig);
}

/* Set and clear registers, of an SPI word and of private ones. */
static void set_and_clear(void)
{
	static const uint32_t pairs[][2] = { { ISENABLER, ICENABLER },
					     { ISPENDR, ICPENDR },
					     { ISACTIVER, ICACTIVER } };

	rig_make(&rig, 2, 96, 4);
	for (uint32_t p = 0; p < 3; p++) {
		uint32_t set = pairs[p][0], clear = pairs[p][1];

		for (uint32_t w = 1; w < 3; w++) {
			rig_write(&rig, 0, set + 4 * w, 0x80f00001);
			CHECK_EQ(rig_read(&rig, 1, set + 4 * w), 0x80f00001);
			CHECK_EQ(rig_read(&rig, 1, clear + 4 * w), 0x80f00001);
			rig_write(&rig, 1, clear + 4 * w, 0x00300002);
			CHECK_EQ(rig_read(&rig, 0, set + 4 * w), 0x80c00001);
			rig_write(&rig, 0, set + 4 * w, 0);
			CHECK_EQ(rig_read(&rig, 0, set + 4 * w), 0x80c00001);
			rig_write(&rig, 0, clear + 4 * w, 0xffffffff);
			CHECK_EQ(rig_read(&rig, 0, clear + 4 * w), 0);
		}
		rig_write(&rig, 1, set, 0xffff0000); /* banked */
		CHECK_EQ(rig_read(&rig, 1, set) >> 16, 0xffff);
		CHECK_EQ(rig_read(&rig, 0, set) >> 16, 0);
		rig_write(&rig, 1, clear, 0x00010000);
		CHECK_EQ(rig_read(&rig, 1, set) >> 16, 0xfffe);
	}
	rig_write(&rig, 0, ICENABLER, 0xffffffff); /* SGIs: read as one, ignore writes */
	CHECK_EQ(rig_read(&rig, 0, ISENABLER), 0xffff);
	rig_write(&rig, 0, ISPENDR, 0x0000ffff);
	CHECK_EQ(rig_read(&rig, 0, ISPENDR), 0);
	rig_free(&rig);
}

static void groups(void)
{
	rig_make(&rig, 2, 64, 4);
	rig_write(&rig, 1, IGROUPR, 0x12345678);
	CHECK_EQ(rig_read(&rig, 1, IGROUPR), 0x12345678);
	CHECK_EQ(rig_read(&rig, 0, IGROUPR), 0);
	rig_write(&rig, 1, IGROUPR + 4, 0x9abcdef0);
	CHECK_EQ(rig_read(&rig, 0, IGROUPR + 4), 0x9abcdef0);
	rig_free(&rig);
}

static void priorities(void)
{
	rig_make(&rig, 2, 64, 4);
	rig_write(&rig, 0, IPRIORITYR + 32, 0xff81470f);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 32), 0xf8804008);
	for (uint32_t n = 0; n < 4; n++) {
		CHECK_EQ(rig_read8(&rig, 0, IPRIORITYR + 32 + n), 0xf8804008u >> (8 * n) & 0xff);
	}
	CHECK_EQ(read_size(0, IPRIORITYR + 34, 2), 0xf880);
	write_size(0, IPRIORITYR + 32, 2, 0x1020);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 32), 0xf8801020);
	rig_write8(&rig, 0, IPRIORITYR + 33, 0xffffff58);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 32), 0xf8805820);
	rig_write(&rig, 1, IPRIORITYR + 4, 0x10101010);
	CHECK_EQ(rig_read(&rig, 1, IPRIORITYR + 4), 0x10101010);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 4), 0);
	rig_free(&rig);
}

static void targets(void)
{
	rig_make(&rig, 3, 64, 4);
	rig_write(&rig, 0, ITARGETSR + 32, 0xff050209);
	CHECK_EQ(rig_read(&rig, 0, ITARGETSR + 32), 0x07050201); /* absent CPUs masked */
	rig_write8(&rig, 0, ITARGETSR + 33, 0x04);
	CHECK_EQ(rig_read(&rig, 0, ITARGETSR + 32), 0x07050401);
	CHECK_EQ(rig_read8(&rig, 2, ITARGETSR + 34), 0x05);
	rig_write(&rig, 1, ITARGETSR + 8, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 1, ITARGETSR + 8), 0x02020202);
	CHECK_EQ(rig_read8(&rig, 2, ITARGETSR + 31), 0x04);
	CHECK_EQ(read_size(0, ITARGETSR + 32, 2), 0);
	rig_free(&rig);
	rig_make(&rig, 1, 64, 4);
	rig_write(&rig, 0, ITARGETSR + 32, 0xff000001);
	CHECK_EQ(rig_read(&rig, 0, ITARGETSR + 32), 0x01000001);
	rig_free(&rig);
}

static void config(void)
{
	rig_make(&rig, 1, 96, 4);
	rig_write(&rig, 0, ICFGR, 0);
	CHECK_EQ(rig_read(&rig, 0, ICFGR), 0xaaaaaaaa); /* SGIs */
	rig_write(&rig, 0, ICFGR + 4, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 4), 0xaaaaaaaa); /* only the upper bits */
	rig_write(&rig, 0, ICFGR + 8, 0x80000006);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 8), 0x80000002);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 12), 0);
	rig_write(&rig, 0, ICFGR + 20, 0x20000008);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 20), 0x20000008);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 16), 0);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 8), 0x80000002);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 94) & 0x10, 0x10);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 95) & 0x10, 0);
	rig_free(&rig);
}

static void sgi_registers(void)
{
	rig_make(&rig, 3, 64, 4);
	rig_write(&rig, 1, SPENDSGIR + 4, 0xff000300);
	CHECK_EQ(rig_read(&rig, 1, SPENDSGIR + 4), 0x07000300); /* sources that exist */
	CHECK_EQ(rig_read(&rig, 1, CPENDSGIR + 4), 0x07000300);
	CHECK_EQ(rig_read(&rig, 0, SPENDSGIR + 4), 0);
	CHECK_EQ(rig_read(&rig, 1, ISPENDR), 0xa0);
	rig_write8(&rig, 1, CPENDSGIR + 7, 0x02);
	CHECK_EQ(rig_read8(&rig, 1, SPENDSGIR + 7), 0x05);
	rig_write(&rig, 1, CPENDSGIR + 4, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 1, ISPENDR), 0);
	rig_write(&rig, 1, ICPENDR, 0xffff);
	rig_write(&rig, 2, SGIR, 0x00020003); /* SGI 3 to vCPU 1 */
	CHECK_EQ(rig_read8(&rig, 1, SPENDSGIR + 3), 0x04);
	rig_write(&rig, 1, ICPENDR, 0xffff); /* not for SGIs */
	CHECK_EQ(rig_read8(&rig, 1, SPENDSGIR + 3), 0x04);
	CHECK_EQ(rig_read(&rig, 1, SGIR), 0);
	write_size(2, SGIR, 1, 0x4);
	write_size(2, SGIR, 2, 0x4);
	CHECK_EQ(rig_read(&rig, 0, ISPENDR), 0);
	rig_free(&rig);
}

static void sgi_filters(void)
{
	rig_make(&rig, 3, 64, 4);
	rig_write(&rig, 1, SGIR, 0x00ff0001); /* the list, with absent CPUs and itself */
	rig_write(&rig, 1, SGIR, 0x01ff0002); /* all but self; the list ignored */
	rig_write(&rig, 1, SGIR, 0x02ff0003); /* self */
	rig_write(&rig, 1, SGIR, 0x03ff0004); /* reserved */
	rig_write(&rig, 1, SGIR, 0x00000005); /* nobody */
	rig_write(&rig, 1, SGIR, 0x00f80006); /* nobody who exists */
	CHECK_EQ(rig_read(&rig, 0, ISPENDR), 0x06);
	CHECK_EQ(rig_read(&rig, 1, ISPENDR), 0x0a);
	CHECK_EQ(rig_read(&rig, 2, ISPENDR), 0x06);
	CHECK_EQ(rig_read(&rig, 2, SPENDSGIR), 0x00020200);
	rig_free(&rig);
}

/* Past the last interrupt, and where nothing is: reads as zero, ignores writes. */
static void what_is_not_there(void)
{
	static const uint32_t offsets[] = {
		0x010, 0x07c, 0x088, 0x0fc, 0x108, 0x17c, 0x188, 0x208, 0x2fc,
		0x308, 0x3fc, 0x440, 0x7fc, 0x840, 0xbfc, 0xc10, 0xcfc, 0xd00,
		0xd04, 0xdfc, 0xe00, 0xefc, 0xf04, 0xf30, 0xf7c, 0xfcc,
	};

	rig_make(&rig, 2, 64, 4);
	for (size_t n = 0; n < sizeof(offsets) / sizeof(offsets[0]); n++) {
		rig_write(&rig, 0, offsets[n], 0xffffffff);
		if (rig_read(&rig, 0, offsets[n]) != 0) {
			printf("offset 0x%x\n", offsets[n]);
			test_failures++;
		}
	}
	rig_free(&rig);
	rig_make(&rig, 1, 1020, 4);
	rig_write(&rig, 0, ISENABLER + 0x7c, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, ISENABLER + 0x7c), 0x0fffffff);
	rig_write(&rig, 0, ISPENDR + 0x7c, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, ISPENDR + 0x7c), 0x0fffffff);
	rig_write(&rig, 0, ISACTIVER + 0x7c, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 0x7c), 0x0fffffff);
	rig_write(&rig, 0, IPRIORITYR + 1016, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 1016), 0xf8f8f8f8);
	rig_write(&rig, 0, IPRIORITYR + 1020, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 1020), 0);
	rig_write(&rig, 0, ICFGR + 0xfc, 0xffffffff);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 0xfc), 0x00aaaaaa);
	rig_free(&rig);
}

/* Every offset, width and a few values: nothing but MMIO_OK, and no harm (sanitizers look). */
static void every_access(void)
{
	static const uint32_t values[] = { 0, 1, 0xffffffff, 0x03ffffff, 0x80000000, 0x0f0f0f0f };
	static const uint32_t shape[][2] = { { 1, 32 }, { 8, 1020 }, { 3, 96 } };

	for (size_t s = 0; s < 3; s++) {
		rig_make(&rig, shape[s][0], shape[s][1], 4);
		for (uint32_t offset = 0; offset < 0x1100; offset++) {
			for (uint32_t n = 0; n < 6 * 3; n++) {
				uint32_t size = 1u << (n % 3);
				struct mmio mmio = { offset, size, true, values[n / 3] };
				uint32_t v = offset % shape[s][0];

				CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
				mmio.is_write = false;
				CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
				CHECK(size == 4 || mmio.value >> (8 * size) == 0);
			}
		}
		rig.kick = 0;
		rig_free(&rig);
	}
}

/* Word registers take words; only the byte-per-interrupt ones take less. */
static void widths(void)
{
	static const uint32_t words[] = { CTLR,		 IGROUPR + 4, ISENABLER + 4, ISPENDR + 4,
					  ISACTIVER + 4, ICFGR + 8,   0xfe8,	     0x004 };

	rig_make(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR + 4, 0xffffffff);
	rig_write(&rig, 0, ISENABLER + 4, 0xffffffff);
	rig_write(&rig, 0, ISPENDR + 4, 0xffffffff);
	rig_write(&rig, 0, ISACTIVER + 4, 0xffffffff);
	rig_write(&rig, 0, ICFGR + 8, 0xffffffff);
	for (size_t n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		uint32_t before = rig_read(&rig, 0, words[n]);

		CHECK(before != 0);
		for (uint32_t size = 1; size < 4; size *= 2) {
			CHECK_EQ(read_size(0, words[n], size), 0);
			write_size(0, words[n], size, 0);
			CHECK_EQ(rig_read(&rig, 0, words[n]), before);
		}
	}
	CHECK_EQ(rig_access(&rig, 0, (struct mmio) { 0x002, 4, false, 7 }), 0); /* unaligned */
	CHECK_EQ(rig_access(&rig, 0, (struct mmio) { 0x1000, 4, false, 7 }), 0);
	CHECK_EQ(rig_access(&rig, 0, (struct mmio) { 0xffffffff, 1, false, 7 }), 0);
	rig_free(&rig);
}

static void needs_fold(void)
{
	for (uint32_t offset = 0; offset < 0x1000; offset += 4) {
		bool want =
			(offset >= 0x200 && offset < 0x400) || (offset >= 0xf10 && offset < 0xf30);

		CHECK_EQ(vgic_dist_needs_fold(offset), want);
	}
}

static void irq_state(void)
{
	rig_make(&rig, 2, 64, 4);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 40), 0);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 40), 0x01 | 0x02);
	rig_write(&rig, 0, ISENABLER + 4, 1u << 8);
	rig_write(&rig, 0, ISACTIVER + 4, 1u << 8);
	rig_write(&rig, 0, ICFGR + 8, 2u << 16);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, 40), 0x01 | 0x04 | 0x08 | 0x10);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 0), 0x08 | 0x10);
	rig_line(&rig, 1, 20, true);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 20), 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, 20), 0x03);
	CHECK_EQ(vgic_irq_state(rig.vgic, 2, 20), 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 64), 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 0xffffffff), 0);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "shapes", shapes },
	{ "control_and_id", control_and_id },
	{ "reset_values", reset_values },
	{ "set_and_clear", set_and_clear },
	{ "groups", groups },
	{ "priorities", priorities },
	{ "targets", targets },
	{ "config", config },
	{ "sgi_registers", sgi_registers },
	{ "sgi_filters", sgi_filters },
	{ "what_is_not_there", what_is_not_there },
	{ "every_access", every_access },
	{ "widths", widths },
	{ "needs_fold", needs_fold },
	{ "irq_state", irq_state },
};

TEST_MAIN("vgic_dist", cases)
