/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/irq.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/smp.h"
#include "guest/lib/start.h"
#include <stdio.h>
#include <stdlib.h>

struct irq_slot {
	irq_handler_fn handler;
	void *arg;
};

static struct irq_slot irq_slots[IRQ_MAX_INTIDS];
static volatile irq_raw_fn irq_raw, irq_fiq;

static volatile uint32_t irq_count_unexpected[SMP_MAX_CPUS];

void irq_set_handler(uint32_t intid, irq_handler_fn handler, void *arg)
{
	uint32_t masks;

	if (intid >= IRQ_MAX_INTIDS) {
		return;
	}
	masks = cpu_irq_save();
	irq_slots[intid].arg = arg;
	cpu_dmb();
	irq_slots[intid].handler = handler;
	cpu_irq_restore(masks);
}

void irq_set_raw_handler(irq_raw_fn handler)
{
	irq_raw = handler;
}

void irq_set_fiq_handler(irq_raw_fn handler)
{
	irq_fiq = handler;
}

uint32_t irq_unexpected(uint32_t cpu)
{
	return irq_count_unexpected[start_cpu_slot(cpu)];
}

static void irq_run(uint32_t iar)
{
	uint32_t intid = GIC_INTID(iar);
	irq_handler_fn handler = irq_slots[intid].handler;

	if (handler == NULL) {
		irq_count_unexpected[start_cpu_slot(smp_cpu())]++;
		gic_disable(intid);
		gic_eoi(iar);
		return;
	}
	handler(iar, irq_slots[intid].arg);
	gic_eoi(iar);
}

void irq_dispatch(void)
{
	irq_raw_fn raw = irq_raw;
	uint32_t iar;

	if (raw != NULL) {
		raw();
		return;
	}
	iar = gic_ack();
	if (GIC_INTID(iar) < IRQ_MAX_INTIDS) { /* else it is spurious */
		irq_run(iar);
	}
}

void irq_dispatch_fiq(void)
{
	irq_raw_fn fiq = irq_fiq;

	if (fiq == NULL) {
		printf("cpu %u: unexpected FIQ\n", (unsigned)smp_cpu());
		exit(GUEST_STATUS_EXCEPTION);
	}
	fiq();
}
