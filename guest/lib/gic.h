/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv2 (ARM IHI 0048B) at the addresses of QEMU's virt: distributor and CPU interface. */
#ifndef GUEST_LIB_GIC_H
#define GUEST_LIB_GIC_H

#include "guest/lib/mmio.h"
#include <stdbool.h>
#include <stdint.h>

#define GIC_DIST_BASE 0x08000000u
#define GIC_CPU_BASE  0x08010000u

/* Distributor, offsets (table 4-1) */
#define GICD_CTLR	0x000u
#define GICD_TYPER	0x004u
#define GICD_IIDR	0x008u
#define GICD_IGROUPR	0x080u
#define GICD_ISENABLER	0x100u
#define GICD_ICENABLER	0x180u
#define GICD_ISPENDR	0x200u
#define GICD_ICPENDR	0x280u
#define GICD_ISACTIVER	0x300u
#define GICD_ICACTIVER	0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR	0x800u
#define GICD_ICFGR	0xc00u
#define GICD_NSACR	0xe00u
#define GICD_SGIR	0xf00u
#define GICD_CPENDSGIR	0xf10u
#define GICD_SPENDSGIR	0xf20u

/* CPU interface, offsets (table 4-2) */
#define GICC_CTLR  0x0000u
#define GICC_PMR   0x0004u
#define GICC_BPR   0x0008u
#define GICC_IAR   0x000cu
#define GICC_EOIR  0x0010u
#define GICC_RPR   0x0014u
#define GICC_HPPIR 0x0018u
#define GICC_ABPR  0x001cu
#define GICC_APR0  0x00d0u
#define GICC_IIDR  0x00fcu
#define GICC_DIR   0x1000u

#define GIC_INTID(iar)	(0x3ffu & (iar))
#define GIC_SOURCE(iar) (((iar) >> 10) & 7u) /* of an SGI: the sender's CPU interface */
#define GIC_SPURIOUS	1023u

#define GIC_PPI_CNTV 27u
#define GIC_PPI_CNTP 30u
#define GIC_SPI_UART 33u

/* GICD_SGIR.TargetListFilter */
enum gic_sgi_filter { GIC_SGI_LISTED = 0, GIC_SGI_OTHERS = 1, GIC_SGI_SELF = 2 };

static inline uint32_t gic_dist_read(uint32_t offset)
{
	return mmio_read32(GIC_DIST_BASE + offset);
}

static inline void gic_dist_write(uint32_t offset, uint32_t value)
{
	mmio_write32(GIC_DIST_BASE + offset, value);
}

static inline uint32_t gic_cpu_read(uint32_t offset)
{
	return mmio_read32(GIC_CPU_BASE + offset);
}

static inline void gic_cpu_write(uint32_t offset, uint32_t value)
{
	mmio_write32(GIC_CPU_BASE + offset, value);
}

/* Once, from the first CPU: every SPI disabled, not pending, not active, level, priority 0xa0,
 * target CPU 0; the distributor on; then gic_init_cpu. */
void gic_init(void);
/* On every other CPU: SGIs enabled, PPIs disabled, priority 0xa0, PMR 0xff, BPR 0, interface on. */
void gic_init_cpu(void);

uint32_t gic_nr_irqs(void); /* GICD_TYPER: 32 * (ITLinesNumber + 1) */

void gic_enable(uint32_t intid);
void gic_disable(uint32_t intid);
bool gic_is_enabled(uint32_t intid);
void gic_set_priority(uint32_t intid, uint8_t priority);
uint8_t gic_priority(uint32_t intid);
void gic_set_targets(uint32_t intid, uint8_t cpus); /* SPIs: bit n is CPU interface n */
void gic_set_edge(uint32_t intid, bool edge);	    /* GICD_ICFGR; disable the interrupt before */
bool gic_is_edge(uint32_t intid);
void gic_set_pending(uint32_t intid);
void gic_clear_pending(uint32_t intid);
bool gic_is_pending(uint32_t intid);
void gic_set_active(uint32_t intid);
void gic_clear_active(uint32_t intid);
bool gic_is_active(uint32_t intid);

/* `targets` counts for GIC_SGI_LISTED. */
void gic_send_sgi(uint32_t sgi, enum gic_sgi_filter filter, uint8_t targets);

void gic_set_pmr(uint8_t mask);
/* GICC_CTLR.EOImodeNS (bit 9): EOIR only drops the priority, gic_dir deactivates. */
void gic_set_eoi_mode(bool split);

static inline uint32_t gic_ack(void)
{
	return gic_cpu_read(GICC_IAR);
}

/* Takes the whole value of gic_ack. */
static inline void gic_eoi(uint32_t iar)
{
	gic_cpu_write(GICC_EOIR, iar);
}

static inline void gic_dir(uint32_t iar)
{
	gic_cpu_write(GICC_DIR, iar);
}

#endif
