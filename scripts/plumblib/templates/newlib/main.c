/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest @NAME@: raises an interrupt line of its own partition, and takes the interrupt. */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define GUEST_SPI     40u /* of the partition's GIC: 32 to 127, except 33, the console's */
#define GUEST_WAIT_US 10000000u

static volatile uint32_t guest_taken;

/* The line is a level: lower it, or the interrupt is pending again after the EOI. */
static void guest_on_spi(uint32_t iar, void *arg)
{
	(void)arg;
	guest_taken++;
	(void)kvm_irq_line(0, kvm_irq_spi(GIC_INTID(iar)), 0);
}

/* Runs in SVC mode, MMU and caches on, interrupts masked. The status that it returns ends the
 * partition: 0 is a normal end, any other counts as a crash. */
int main(void)
{
	int32_t result;

	puts("@NAME@: hello");
	gic_init();
	irq_set_handler(GUEST_SPI, guest_on_spi, NULL);
	gic_enable(GUEST_SPI);
	cpu_irq_enable();
	result = kvm_irq_line(0, kvm_irq_spi(GUEST_SPI), 1); /* 0: this partition */
	if (result != 0) {
		printf("@NAME@: KVM_IRQ_LINE: %s\n", hvc_errno_name(result));
		return 1;
	}
	(void)timer_wait_count(&guest_taken, 1, GUEST_WAIT_US);
	printf("@NAME@: SPI %u taken, count %u\n", (unsigned)GUEST_SPI, (unsigned)guest_taken);
	return guest_taken == 1 ? 0 : 1;
}
