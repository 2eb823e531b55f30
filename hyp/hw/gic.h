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
 * Priorities, lower first. The monitor's own timer and kick precede all interrupts that a guest can
 * make pending. The timer precedes the kick, because guests can cause any number of kicks.
 * GIC_LAST: after all the others.
 */
#define GIC_TIMER_PRIORITY  0x40u
#define GIC_KICK_PRIORITY   0x60u
#define GIC_OTHERS_PRIORITY 0xa0u
#define GIC_LAST_PRIORITY   0xe0u

/* Boot CPU, once: every SPI off, at GIC_OTHERS_PRIORITY, to the boot CPU. */
void gic_init(const struct gic_map *map);
/* How many interrupts there are (GICD_TYPER): a multiple of 32, or 1020. */
uint32_t gic_nr_intids(void);
/* Is GICC's second page a copy of the first, as on SoCs that repeat each page over 64 KiB? */
bool gic_page_repeats(void);
/* Each CPU: its banked interrupts and its interface. */
void gic_init_cpu(void);

void gic_enable(uint32_t intid);
void gic_disable(uint32_t intid);
/* Sets an SPI to edge-triggered or level-sensitive. The field of an enabled interrupt must not be
 * changed (4.3.13), so the SPI is disabled after this. 16 SPIs share a register: one caller at a
 * time. */
void gic_set_edge(uint32_t intid, bool edge);
/* GICD_IPRIORITYR of an interrupt; this CPU's if the interrupt is private. */
void gic_set_priority(uint32_t intid, uint8_t priority);
/* Clears the pending latch; an interrupt whose line is high stays pending. */
void gic_clear_pending(uint32_t intid);
/* Sets the pending latch: a level-sensitive interrupt, too, stays pending once after its line has
 * fallen (4.3.7). */
void gic_set_pending(uint32_t intid);
/* GICD_ICFGR of an SPI. */
bool gic_is_edge(uint32_t intid);
/* The target of an SPI: a CPU's mask bit (gic_cpu_mask of that CPU). */
void gic_target(uint32_t intid, uint8_t cpu_mask);

/* GICC_IAR; GICC_EOIR (priority drop); GICC_DIR (deactivate). `iar` as acknowledge returned it. */
uint32_t gic_acknowledge(void);
void gic_drop(uint32_t iar);
/* GICC_HPPIR (4.4.7): what gic_acknowledge would return now. */
uint32_t gic_highest(void);
void gic_deactivate(uint32_t iar);

/* The active state of a physical interrupt of this CPU: HW-backed ones are switched with their
 * vCPU. */
void gic_set_active(uint32_t intid, bool active);
/* The same of several private ones of this CPU: bit n is INTID n, 16..31; 0: of none. */
void gic_set_active_own(uint32_t mask, bool active);

/* For an SPI, or a private interrupt of this CPU: a level-sensitive one is pending while its line
 * is high, active or not (4.3.7). */
bool gic_is_pending(uint32_t intid);

/* The same of 32 interrupts: bit n is INTID 32 * word + n. Word 0: of this CPU. */
uint32_t gic_pending(uint32_t word);

/* SGI 0 to the CPU whose interface has this mask bit (gic_cpu_mask of that CPU): 1..0x80. */
void gic_kick(uint32_t cpu_mask);
/* This CPU's bit in GICD_ITARGETSR0. */
uint8_t gic_cpu_mask(void);

/*
 * Does a physical level-sensitive interrupt whose line is still high fire again when it is
 * deactivated through a list register's HW bit? IHI 0048B 5.2.1 requires that; QEMU's model (7.2)
 * does not do it before another event. Acts as the guest on this CPU: `gicv` is the present mapping
 * of the virtual CPU interface, `intid` an enabled private interrupt that is pending and stays so.
 */
bool gic_hw_bit_refires(uintptr_t gicv, uint32_t intid);

#endif
