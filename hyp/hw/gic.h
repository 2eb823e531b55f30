/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical GICv2, as HYP uses it: EOImode 1, so that EOIR drops the priority and DIR (or the
 * guest's own EOI, through a list register's HW bit) deactivates. IHI 0048B 3.2, 4.3, 4.4. */
#ifndef HYP_HW_GIC_H
#define HYP_HW_GIC_H

#include <stdbool.h>
#include <stdint.h>

/* Addresses where the registers are mapped. */
struct gic_map {
	uintptr_t gicd, gicc, gich;
};

#define GIC_SGI_KICK 0u

/*
 * Priorities, lower first. The monitor's own timer and kick go before all that a guest can make
 * pend; the timer before the kick, of which guests cause as many as they like. GIC_LAST: after all
 * the others.
 */
#define GIC_TIMER_PRIORITY  0x40u
#define GIC_KICK_PRIORITY   0x60u
#define GIC_OTHERS_PRIORITY 0xa0u
#define GIC_LAST_PRIORITY   0xe0u

/* Boot CPU, once: every SPI off, at GIC_OTHERS_PRIORITY, to the boot CPU. */
void gic_init(const struct gic_map *map);
/* How many interrupts there are (GICD_TYPER): a multiple of 32, or 1020. */
uint32_t gic_nr_intids(void);
/* Is GICC's second page the first again, as SoCs have it that repeat each page over 64 KiB? */
bool gic_page_repeats(void);
/* Each CPU: its banked interrupts and its interface. */
void gic_init_cpu(void);

void gic_enable(uint32_t intid);
void gic_disable(uint32_t intid);
/* What an SPI's line means. 4.3.13: an enabled one must not be changed, so it is disabled after
 * this. 16 share a register: one caller at a time. */
void gic_set_edge(uint32_t intid, bool edge);
/* GICD_IPRIORITYR of an interrupt, of this CPU if it is private. */
void gic_set_priority(uint32_t intid, uint8_t priority);
/* Takes back what was latched; a level that is high stays pending. */
void gic_clear_pending(uint32_t intid);
/* A latch: a level, too, would pend once after its line has fallen (4.3.7). */
void gic_set_pending(uint32_t intid);
/* GICD_ICFGR of an SPI. */
bool gic_is_edge(uint32_t intid);
/* Where an SPI goes: a CPU's mask bit (gic_cpu_mask of that CPU). */
void gic_target(uint32_t intid, uint8_t cpu_mask);

/* GICC_IAR; GICC_EOIR (priority drop); GICC_DIR (deactivate). `iar` as acknowledge returned it. */
uint32_t gic_acknowledge(void);
void gic_drop(uint32_t iar);
void gic_deactivate(uint32_t iar);

/* The active state of a physical interrupt of this CPU, for HW-backed ones that a vCPU takes along.
 */
void gic_set_active(uint32_t intid, bool active);

/* Of an SPI, or this CPU's private interrupt: a level is pending while its line is high, whether it
 * is active or not (4.3.7). */
bool gic_is_pending(uint32_t intid);

/* Which of this CPU's SGIs and PPIs are pending: bit n, INTID n. */
uint32_t gic_pending_private(void);

/* SGI 0 to the CPU whose interface has this mask bit (gic_cpu_mask of that CPU). */
void gic_kick(uint8_t cpu_mask);
/* This CPU's bit in GICD_ITARGETSR0. */
uint8_t gic_cpu_mask(void);

/*
 * Does a physical level that is still high fire again when it is deactivated through a list
 * register's HW bit? IHI 0048B 5.2.1 says so; QEMU's model (7.2) waits until something else
 * happens. Plays the guest on this CPU: `gicv` is where the virtual CPU interface is mapped for the
 * moment, `intid` an enabled private interrupt that is pending and stays so.
 */
bool gic_hw_bit_refires(uintptr_t gicv, uint32_t intid);

#endif
