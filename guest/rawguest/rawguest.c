/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition without a GIC: control drives its vCPU's IRQ and FIQ inputs. Both are levels: a
 * handler stays until its input is low, which the Interrupt Status Register shows (ARM DDI 0406C,
 * B4.1.84). It answers on lines of control (demo/protocol.h).
 */
#include "guest/demo/protocol.h"
#include "guest/lib/cpu.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include <stdio.h>

#define RAWGUEST_ISR_I 0x80u
#define RAWGUEST_ISR_F 0x40u

static volatile uint32_t rawguest_irqs, rawguest_fiqs, rawguest_refused;
static volatile uint32_t rawguest_fiqs_within; /* the IRQ that is being handled */
static volatile bool rawguest_ended;
static uint32_t rawguest_control;

static void rawguest_answer(uint32_t spi, uint32_t level)
{
	int32_t result = kvm_irq_line(rawguest_control, kvm_irq_spi(spi), level);

	if (result != 0) {
		rawguest_refused++;
		printf("SPI %u of control: refused, %s\n", (unsigned)spi, hvc_errno_name(result));
	}
}

static uint32_t rawguest_inputs(void)
{
	uint32_t isr;

	CPU_CP15_READ(0, c12, c1, 0, isr);
	return isr;
}

static void rawguest_wait_low(uint32_t input)
{
	while ((rawguest_inputs() & input) != 0) {
		cpu_relax();
	}
}

static void rawguest_on_irq(void)
{
	rawguest_irqs++;
	rawguest_fiqs_within = 0;
	printf("vCPU 0 took an IRQ, %u so far\n", (unsigned)rawguest_irqs);
	rawguest_answer(DEMO_ACK_IRQ, 1);
	rawguest_wait_low(RAWGUEST_ISR_I);
	rawguest_answer(DEMO_ACK_IRQ, 0);
}

/* FIQ is not masked in the IRQ handler. */
static void rawguest_on_fiq(void)
{
	if ((rawguest_inputs() & RAWGUEST_ISR_I) == 0) {
		rawguest_fiqs_within = 0;
	}
	rawguest_fiqs++;
	rawguest_fiqs_within++;
	printf("vCPU 0 took an FIQ, %u so far\n", (unsigned)rawguest_fiqs);
	rawguest_answer(DEMO_ACK_FIQ, 1);
	rawguest_wait_low(RAWGUEST_ISR_F);
	rawguest_ended = rawguest_fiqs_within == DEMO_RAW_END_FIQS;
	rawguest_answer(DEMO_ACK_FIQ, 0);
}

static int rawguest_check(uint32_t expect)
{
	/* The end itself is one IRQ and some FIQs. */
	uint32_t irqs = expect + 1, fiqs = expect + DEMO_RAW_END_FIQS;
	bool ok = rawguest_irqs == irqs && rawguest_fiqs == fiqs && rawguest_refused == 0;

	printf("%u IRQs of %u, %u FIQs of %u\n", (unsigned)rawguest_irqs, (unsigned)irqs,
	       (unsigned)rawguest_fiqs, (unsigned)fiqs);
	printf("%s\n", ok ? "all as expected" : "NOT as expected");
	return ok ? 0 : 1;
}

int main(void)
{
	rawguest_control = vm_find("control");
	if (rawguest_control == 0) {
		printf("there is no partition 'control' that this one may call\n");
		return 1;
	}
	irq_set_raw_handler(rawguest_on_irq);
	irq_set_fiq_handler(rawguest_on_fiq);
	printf("ready, without a GIC\n");
	rawguest_answer(DEMO_RAW_READY, 1);
	/* Masked between the test and the WFI: a pending interrupt ends WFI although masked. */
	while (!rawguest_ended) {
		cpu_wfi();
		cpu_fiq_enable();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
		cpu_fiq_disable();
	}
	return guest_has_arg("expect") ? rawguest_check(guest_arg("expect", DEMO_ROUNDS)) : 0;
}
