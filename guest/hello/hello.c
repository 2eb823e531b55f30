/* SPDX-License-Identifier: BSD-2-Clause */
/* The quick start's guest: raises one of its own lines and takes the interrupt. */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define HELLO_SPI     40u
#define HELLO_WAIT_US 1000000u

static volatile uint32_t hello_taken;

static void hello_on_spi(uint32_t iar, void *arg)
{
	(void)arg;
	hello_taken++;
	(void)kvm_irq_line(0, kvm_irq_spi(GIC_INTID(iar)), 0); /* or it pends again after the EOI */
}

int main(void)
{
	int32_t result;

	gic_init();
	irq_set_handler(HELLO_SPI, hello_on_spi, NULL);
	gic_enable(HELLO_SPI);
	cpu_irq_enable();
	result = kvm_irq_line(0, kvm_irq_spi(HELLO_SPI), 1); /* 0: this partition */
	if (result != 0) {
		printf("KVM_IRQ_LINE: %s\n", hvc_errno_name(result));
		return 1;
	}
	(void)timer_wait_count(&hello_taken, 1, HELLO_WAIT_US);
	printf("hello: SPI %u taken, count %u\n", (unsigned)HELLO_SPI, (unsigned)hello_taken);
	return hello_taken == 1 ? 0 : 1;
}
