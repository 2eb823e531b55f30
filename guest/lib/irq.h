/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt handlers. They run in SVC mode on the interrupted stack, IRQ masked; a handler may
 * unmask IRQ to permit pre-emption by a higher priority. */
#ifndef GUEST_LIB_IRQ_H
#define GUEST_LIB_IRQ_H

#include <stdint.h>

#define IRQ_MAX_INTIDS 1020u

/* `iar` is the value of GICC_IAR: GIC_INTID(iar), and GIC_SOURCE(iar) for an SGI. */
typedef void (*irq_handler_fn)(uint32_t iar, void *arg);

/* For every CPU. The GIC is initialised first (gic.h); GICC_EOIR is written after the handler.
 * NULL: none (an interrupt without handler is counted in irq_unexpected, disabled and ended). */
void irq_set_handler(uint32_t intid, irq_handler_fn handler, void *arg);

/* For use without a GIC, or without the dispatcher: called directly on an IRQ (FIQ) on any CPU,
 * without an acknowledge. NULL: back to the GIC dispatcher (FIQ: fatal). */
typedef void (*irq_raw_fn)(void);
void irq_set_raw_handler(irq_raw_fn handler);
void irq_set_fiq_handler(irq_raw_fn handler);

/* Since boot, per CPU: interrupts without handler. */
uint32_t irq_unexpected(uint32_t cpu);

#endif
