/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/cpu.h"
#include "guest/lib/irq.h"

#define GIC_PRIORITY_WORD 0xa0a0a0a0u

static uint32_t gic_bit_register(uint32_t base, uint32_t intid)
{
	return base + intid / 32 * 4;
}

static uint32_t gic_bit(uint32_t intid)
{
	return 1u << (intid % 32);
}

static void gic_write_bit(uint32_t base, uint32_t intid)
{
	gic_dist_write(gic_bit_register(base, intid), gic_bit(intid));
	cpu_dsb();
}

static bool gic_read_bit(uint32_t base, uint32_t intid)
{
	return (gic_dist_read(gic_bit_register(base, intid)) & gic_bit(intid)) != 0;
}

uint32_t gic_nr_irqs(void)
{
	uint32_t nr = 32 * ((gic_dist_read(GICD_TYPER) & 0x1f) + 1);

	return nr < IRQ_MAX_INTIDS ? nr : IRQ_MAX_INTIDS;
}

void gic_init(void)
{
	uint32_t nr = gic_nr_irqs();

	gic_dist_write(GICD_CTLR, 0);
	for (uint32_t intid = 32; intid < nr; intid += 32) {
		gic_dist_write(GICD_ICENABLER + intid / 8, 0xffffffffu);
		gic_dist_write(GICD_ICPENDR + intid / 8, 0xffffffffu);
		gic_dist_write(GICD_ICACTIVER + intid / 8, 0xffffffffu);
		gic_dist_write(GICD_ICFGR + intid / 4, 0);
		gic_dist_write(GICD_ICFGR + intid / 4 + 4, 0);
	}
	for (uint32_t intid = 32; intid < nr; intid += 4) {
		gic_dist_write(GICD_IPRIORITYR + intid, GIC_PRIORITY_WORD);
		gic_dist_write(GICD_ITARGETSR + intid, 0x01010101u);
	}
	gic_dist_write(GICD_CTLR, 1);
	gic_init_cpu();
}

void gic_init_cpu(void)
{
	gic_dist_write(GICD_ICENABLER, 0xffff0000u);
	gic_dist_write(GICD_ISENABLER, 0x0000ffffu);
	for (uint32_t intid = 0; intid < 32; intid += 4) {
		gic_dist_write(GICD_IPRIORITYR + intid, GIC_PRIORITY_WORD);
	}
	gic_cpu_write(GICC_PMR, 0xff);
	gic_cpu_write(GICC_BPR, 0);
	gic_cpu_write(GICC_CTLR, 1);
	cpu_dsb();
}

void gic_enable(uint32_t intid)
{
	gic_write_bit(GICD_ISENABLER, intid);
}

void gic_disable(uint32_t intid)
{
	gic_write_bit(GICD_ICENABLER, intid);
}

bool gic_is_enabled(uint32_t intid)
{
	return gic_read_bit(GICD_ISENABLER, intid);
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
	mmio_write8(GIC_DIST_BASE + GICD_IPRIORITYR + intid, priority);
	cpu_dsb();
}

uint8_t gic_priority(uint32_t intid)
{
	return mmio_read8(GIC_DIST_BASE + GICD_IPRIORITYR + intid);
}

void gic_set_targets(uint32_t intid, uint8_t cpus)
{
	mmio_write8(GIC_DIST_BASE + GICD_ITARGETSR + intid, cpus);
	cpu_dsb();
}

void gic_set_edge(uint32_t intid, bool edge)
{
	uint32_t at = GICD_ICFGR + intid / 16 * 4;
	uint32_t bit = 2u << (intid % 16 * 2);
	uint32_t config = gic_dist_read(at);

	gic_dist_write(at, edge ? config | bit : config & ~bit);
	cpu_dsb();
}

bool gic_is_edge(uint32_t intid)
{
	return (gic_dist_read(GICD_ICFGR + intid / 16 * 4) & (2u << (intid % 16 * 2))) != 0;
}

/* ISPENDR and ICPENDR are read-only for SGIs, which are pending per source (IHI 0048B, 4.3.7,
 * 4.3.17). */
void gic_set_pending(uint32_t intid)
{
	if (intid < 16) {
		mmio_write8(GIC_DIST_BASE + GICD_SPENDSGIR + intid, (uint8_t)(1u << cpu_index()));
		cpu_dsb();
		return;
	}
	gic_write_bit(GICD_ISPENDR, intid);
}

void gic_clear_pending(uint32_t intid)
{
	if (intid < 16) {
		mmio_write8(GIC_DIST_BASE + GICD_CPENDSGIR + intid, 0xff);
		cpu_dsb();
		return;
	}
	gic_write_bit(GICD_ICPENDR, intid);
}

bool gic_is_pending(uint32_t intid)
{
	return gic_read_bit(GICD_ISPENDR, intid);
}

void gic_set_active(uint32_t intid)
{
	gic_write_bit(GICD_ISACTIVER, intid);
}

void gic_clear_active(uint32_t intid)
{
	gic_write_bit(GICD_ICACTIVER, intid);
}

bool gic_is_active(uint32_t intid)
{
	return gic_read_bit(GICD_ISACTIVER, intid);
}

void gic_send_sgi(uint32_t sgi, enum gic_sgi_filter filter, uint8_t targets)
{
	cpu_dsb();
	gic_dist_write(GICD_SGIR, (uint32_t)filter << 24 | (uint32_t)targets << 16 | (sgi & 0xfu));
}

void gic_set_pmr(uint8_t mask)
{
	gic_cpu_write(GICC_PMR, mask);
	cpu_dsb();
}

void gic_set_eoi_mode(bool split)
{
	uint32_t control = gic_cpu_read(GICC_CTLR) & ~(1u << 9);

	gic_cpu_write(GICC_CTLR, split ? control | 1u << 9 : control);
	cpu_dsb();
}
