/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/gic.h"
#include "hyp/base/cold.h"
#include "hyp/hw/io.h"
#include "hyp/hw/sysreg.h"
#include "hyp/regs/gic.h"

#define GIC_PRIORITY  (GIC_OTHERS_PRIORITY * 0x01010101u)
#define GIC_PMR_ALL   0xf0u
#define GIC_FIRST_SPI 32u

#define GIC_MOST 1020u /* IHI 0048B 2.2.1 */
#define GIC_PAGE 0x1000u

static struct gic_map gic;

COLD void gic_init(const struct gic_map *map)
{
	uint32_t words;

	gic = *map;
	words = FIELD_GET(GICD_TYPER_ITLINES, io_read32(gic.gicd + GICD_TYPER)) + 1;
	io_write32(gic.gicd + GICD_CTLR, 0);
	for (uint32_t w = 1; w < words; w++) {
		io_write32(gic.gicd + GICD_ICENABLER + 4 * w, 0xffffffff);
		io_write32(gic.gicd + GICD_ICPENDR + 4 * w, 0xffffffff);
		io_write32(gic.gicd + GICD_ICACTIVER + 4 * w, 0xffffffff);
	}
	for (uint32_t w = 8; w < words * 8; w++) {
		io_write32(gic.gicd + GICD_IPRIORITYR + 4 * w, GIC_PRIORITY);
	}
	io_write32(gic.gicd + GICD_CTLR, GICD_CTLR_GRP0 | GICD_CTLR_GRP1);
}

uint32_t gic_nr_intids(void)
{
	uint32_t words = FIELD_GET(GICD_TYPER_ITLINES, io_read32(gic.gicd + GICD_TYPER)) + 1;

	return words * 32 < GIC_MOST ? words * 32 : GIC_MOST;
}

/* The second page contains only GICC_DIR (IHI 0048B 4.4.15), so GICC_IIDR (4.4.14) is not readable
 * there. QEMU's GIC (7.2) has no GICC_IIDR. */
bool gic_page_repeats(void)
{
	uint32_t iidr = io_read32(gic.gicc + GICC_IIDR);

	return iidr && iidr == io_read32(gic.gicc + GIC_PAGE + GICC_IIDR);
}

COLD void gic_init_cpu(void)
{
	io_write32(gic.gicc + GICC_CTLR, 0);
	io_write32(gic.gicd + GICD_ICENABLER, 0xffff0000);
	io_write32(gic.gicd + GICD_ICPENDR, 0xffffffff);
	io_write32(gic.gicd + GICD_ICACTIVER, 0xffffffff);
	for (uint32_t w = 0; w < 8; w++) {
		io_write32(gic.gicd + GICD_IPRIORITYR + 4 * w, GIC_PRIORITY);
	}
	gic_set_priority(GIC_SGI_KICK, GIC_KICK_PRIORITY);
	gic_enable(GIC_SGI_KICK);
	io_write32(gic.gicc + GICC_PMR, GIC_PMR_ALL);
	io_write32(gic.gicc + GICC_CTLR, GICC_CTLR_GRP0 | GICC_CTLR_GRP1 | GICC_CTLR_EOIMODE);
	hw_dsb();
}

COLD void gic_enable(uint32_t intid)
{
	io_write32(gic.gicd + GICD_ISENABLER + 4 * (intid / 32), BIT32(intid % 32));
}

void gic_disable(uint32_t intid)
{
	io_write32(gic.gicd + GICD_ICENABLER + 4 * (intid / 32), BIT32(intid % 32));
}

void gic_set_edge(uint32_t intid, bool edge)
{
	uintptr_t address = gic.gicd + GICD_ICFGR + 4 * (intid / 16);
	uint32_t bit = GICD_ICFGR_EDGE << (2 * (intid % 16));
	uint32_t old;

	gic_disable(intid);
	old = io_read32(address);
	io_write32(address, edge ? old | bit : old & ~bit);
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
	io_write8(gic.gicd + GICD_IPRIORITYR + intid, priority);
}

COLD void gic_clear_pending(uint32_t intid)
{
	io_write32(gic.gicd + GICD_ICPENDR + 4 * (intid / 32), BIT32(intid % 32));
}

void gic_set_pending(uint32_t intid)
{
	io_write32(gic.gicd + GICD_ISPENDR + 4 * (intid / 32), BIT32(intid % 32));
}

bool gic_is_edge(uint32_t intid)
{
	uint32_t fields = io_read32(gic.gicd + GICD_ICFGR + 4 * (intid / 16));

	return fields & (GICD_ICFGR_EDGE << (2 * (intid % 16)));
}

void gic_target(uint32_t intid, uint8_t cpu_mask)
{
	io_write8(gic.gicd + GICD_ITARGETSR + intid, cpu_mask);
}

/* Another CPU's writes before its SGI must be read after the acknowledge: a load from Normal memory
 * may precede one from Device memory (ARM ARM A3.8.2). gic_kick has the other barrier. */
uint32_t gic_acknowledge(void)
{
	uint32_t iar = io_read32(gic.gicc + GICC_IAR);

	hw_dmb();
	return iar;
}

uint32_t gic_highest(void)
{
	return io_read32(gic.gicc + GICC_HPPIR);
}

void gic_drop(uint32_t iar)
{
	io_write32(gic.gicc + GICC_EOIR, iar);
}

/* A CPU other than the one that took an SPI may deactivate it (IHI 0048B 3.2.1). QEMU's GICC_DIR
 * (7.2) stores an SPI's active state per CPU and clears only this CPU's; GICD_ICACTIVER clears
 * all. */
void gic_deactivate(uint32_t iar)
{
	uint32_t intid = FIELD_GET(GICC_IAR_ID, iar);

	if (intid < GIC_FIRST_SPI) {
		io_write32(gic.gicc + GICC_DIR, iar);
	} else {
		gic_set_active(intid, false);
	}
}

COLD_THUMB void gic_set_active(uint32_t intid, bool active)
{
	uint32_t base = active ? GICD_ISACTIVER : GICD_ICACTIVER;
	uintptr_t address = gic.gicd + base + 4 * (intid / 32);

	io_write32(address, BIT32(intid % 32));
	if (active) {
		(void)io_read32(address); /* the write has reached the GIC: the line may rise now */
	}
}

void gic_set_active_own(uint32_t mask, bool active)
{
	uintptr_t address = gic.gicd + (active ? GICD_ISACTIVER : GICD_ICACTIVER);

	io_write32(address, mask);
	if (active) {
		(void)io_read32(address); /* as above */
	}
}

uint32_t gic_pending(uint32_t word)
{
	return io_read32(gic.gicd + GICD_ISPENDR + 4 * word);
}

bool gic_is_pending(uint32_t intid)
{
	return gic_pending(intid / 32) >> (intid % 32) & 1u;
}

void gic_kick(uint32_t cpu_mask)
{
	hw_dsb(); /* earlier writes must be visible to the other CPU */
	io_write32(gic.gicd + GICD_SGIR, cpu_mask * GICD_SGIR_TARGET_0 | GIC_SGI_KICK);
}

/* Only bytes of implemented private interrupts hold the mask; on uniprocessor GICs they read 0. */
uint8_t gic_cpu_mask(void)
{
	return (uint8_t)(io_read32(gic.gicd + GICD_ITARGETSR) & 0xffu);
}

#define GIC_PROBE_READS 1000 /* more than any GIC needs */

COLD bool gic_hw_bit_refires(uintptr_t gicv, uint32_t intid)
{
	bool refires = false;
	uint32_t iar = gic_acknowledge();

	gic_drop(iar);
	io_write32(gic.gich + GICH_VMCR, GICH_VMCR_GRP0EN | GICH_VMCR_PMR);
	io_write32(gic.gich + GICH_LR,
		   GICH_LR_HW | GICH_LR_PENDING | FIELD_PREP(GICH_LR_PHYSID, intid) | intid);
	io_write32(gic.gich + GICH_HCR, GICH_HCR_EN);
	io_write32(gicv + GICC_EOIR, io_read32(gicv + GICC_IAR));
	for (uint32_t n = 0; n < GIC_PROBE_READS && !refires; n++) {
		refires = FIELD_GET(GICC_IAR_ID, io_read32(gic.gicc + GICC_HPPIR)) == intid;
	}
	io_write32(gic.gich + GICH_HCR, 0);
	io_write32(gic.gich + GICH_LR, 0);
	io_write32(gic.gich + GICH_VMCR, 0);
	gic_set_active(intid, false); /* if the EOI has not deactivated it */
	return refires;
}
