/* SPDX-License-Identifier: BSD-2-Clause */
/* Hypercalls and GIC registers with whatever comes: a linear congruential generator, so that a
 * failure comes again. */
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/hazards/hazards.h"

#define CALLS_ROUNDS 20000u

/* Those that end or park the caller by intention. */
static bool calls_final(uint32_t function)
{
	return function == 0x84000001 || function == 0x84000002 || function == 0x84000003 ||
	       function == 0x84000008 || function == 0x84000009 || function == 0x86000f08;
}

static uint32_t calls_number(void)
{
	static const uint32_t bases[] = { 0x80000000, 0x84000000, 0x86000000, 0x86000f00,
					  0x8600ff00, 0x00000000, 0xc4000000, 0xc6000000 };
	uint32_t random = hazard_random();

	return bases[random >> 8 & 7] | (random & 0xff);
}

static uint32_t calls_word(void)
{
	static const uint32_t edges[] = { 0,	      1,	  0xffffffff, 0x80000000,
					  0x01000028, 0x40010000, 0x7fffffff, 0x00000100 };
	uint32_t random = hazard_random();

	return random & 8 ? edges[random & 7] : hazard_random() >> (random >> 4 & 31);
}

static void calls_random(void)
{
	uint32_t made = 0;

	for (uint32_t i = 0; i < CALLS_ROUNDS; i++) {
		uint32_t function = calls_number();

		if (!calls_final(function)) {
			(void)hvc_call(function, calls_word(), calls_word(), calls_word());
			made++;
		}
	}
	(void)report_check(hvc_is_plumbline(), "%u hypercalls at random", (unsigned)made);
}

static void calls_gic(void)
{
	for (uint32_t i = 0; i < CALLS_ROUNDS; i++) {
		uint32_t random = hazard_random(), offset = random >> 8 & 0xfff;
		uint32_t value = calls_word();

		switch (random & 7) {
		case 0:
			(void)mmio_read8(GIC_DIST_BASE + offset);
			break;
		case 1:
			(void)mmio_read16(GIC_DIST_BASE + (offset & 0xffe));
			break;
		case 2:
			(void)mmio_read32(GIC_DIST_BASE + (offset & 0xffc));
			break;
		case 3:
			mmio_write8(GIC_DIST_BASE + offset, (uint8_t)value);
			break;
		case 4:
			mmio_write16(GIC_DIST_BASE + (offset & 0xffe), (uint16_t)value);
			break;
		case 5:
			mmio_write32(GIC_DIST_BASE + GICD_SGIR, value);
			break;
		case 6:
			/* Acknowledges, ends, deactivates what is not there. */
			gic_eoi(random & 1 ? gic_ack() : value & 0x1fff);
			gic_dir(value & 0x3ff);
			break;
		default:
			mmio_write32(GIC_DIST_BASE + (offset & 0xffc), value);
			break;
		}
	}
	(void)report_equal(gic_dist_read(0xfe8) >> 4 & 0xf, 2, "%u GIC accesses at random",
			   (unsigned)CALLS_ROUNDS);
}

/* GICV's active priorities and masks are the guest's own to spoil, and to put right. */
static void calls_cpu_interface(void)
{
	for (uint32_t offset = 0; offset < 0x100; offset += 4) {
		(void)gic_cpu_read(offset);
		gic_cpu_write(offset, 0xffffffff);
	}
	for (uint32_t i = 0; i < 64; i++) {
		gic_eoi(i);
		gic_dir(i);
	}
	gic_cpu_write(GICC_CTLR, 0);
	gic_cpu_write(GICC_APR0, 0);
	(void)report_equal(gic_cpu_read(GICC_RPR), 0xff, "the CPU interface, spoilt and put right");
}

static void calls_drain(void)
{
	gic_dist_write(GICD_CTLR, 0);
	for (uint32_t i = 0; i < 32; i++) {
		gic_dist_write(GICD_ICENABLER + 4 * i, 0xffffffff);
		gic_dist_write(GICD_ICPENDR + 4 * i, 0xffffffff);
		gic_dist_write(GICD_ICACTIVER + 4 * i, 0xffffffff);
	}
	for (uint32_t i = 0; i < 16; i += 4) {
		gic_dist_write(GICD_CPENDSGIR + i, 0xffffffff);
	}
	for (uint32_t i = 1; i < 64; i++) {
		gic_dist_write(GICD_ICFGR + 4 * i, 0);
	}
	for (uint32_t i = 0; i < 256; i++) {
		gic_dist_write(GICD_IGROUPR + i / 8 * 4, 0);
	}
}

void hazard_calls(void)
{
	calls_random();
	calls_gic();
	calls_drain();
	calls_cpu_interface();
	calls_drain();
}
