/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/control/control.h"
#include "guest/demo/protocol.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>

struct partners_answer {
	uint32_t spi;
	bool level;
};

/* Disabled here and level-configured: pending is the line. */
bool partners_answers(uint32_t spi)
{
	return gic_is_pending(spi);
}

static bool partners_is_answered(void *arg)
{
	const struct partners_answer *answer = arg;

	return partners_answers(answer->spi) == answer->level;
}

bool partners_wait_answer(uint32_t spi, bool level)
{
	struct partners_answer answer = { spi, level };

	return timer_wait_until(partners_is_answered, &answer, DEMO_WAIT_US);
}

static bool partners_is_over(void *arg)
{
	struct vm_info info;

	return vm_info(*(const uint32_t *)arg, &info) != 0 || info.state == PLUMB_VM_OFF ||
	       info.state == PLUMB_VM_CRASHED;
}

static bool partners_wait_off(uint32_t handle, const char *name)
{
	struct vm_info info = { 0 };

	if (!timer_wait_until(partners_is_over, &handle, DEMO_WAIT_US)) {
		printf("%s does not end\n", name);
		return false;
	}
	if (vm_info(handle, &info) != 0 || info.state != PLUMB_VM_OFF) {
		printf("%s ended with a failure\n", name);
		return false;
	}
	return true;
}

static bool partners_is_ready(void *arg)
{
	uint32_t state = 0;

	return irq_state(*(const uint32_t *)arg, kvm_irq_spi(DEMO_GIC_READY), &state) != 0 ||
	       (state & PLUMB_IRQ_ENABLED) || partners_is_over(arg);
}

static bool partners_end_gicguest(uint32_t handle)
{
	/* 'quit' may have been typed before gicguest is ready: it would miss the edge. */
	(void)timer_wait_until(partners_is_ready, &handle, DEMO_WAIT_US);
	/* A user of the prompt may have left the line high: raising it is then no edge. */
	if (kvm_irq_line(handle, kvm_irq_spi(DEMO_GIC_END), 0) != 0 ||
	    kvm_irq_line(handle, kvm_irq_spi(DEMO_GIC_END), 1) != 0 ||
	    kvm_irq_line(handle, kvm_irq_spi(DEMO_GIC_END), 0) != 0) {
		return false;
	}
	return partners_wait_off(handle, "gicguest");
}

static bool partners_end_rawguest(uint32_t handle)
{
	uint32_t irq = kvm_irq_cpu(0, KVM_ARM_IRQ_CPU_IRQ);
	uint32_t fiq = kvm_irq_cpu(0, KVM_ARM_IRQ_CPU_FIQ);
	bool ok;

	(void)partners_wait_answer(DEMO_RAW_READY, true);
	/* Lines that were left high. */
	ok = kvm_irq_line(handle, fiq, 0) == 0 && kvm_irq_line(handle, irq, 0) == 0 &&
	     partners_wait_answer(DEMO_ACK_FIQ, false) && partners_wait_answer(DEMO_ACK_IRQ, false);
	ok = ok && kvm_irq_line(handle, irq, 1) == 0 && partners_wait_answer(DEMO_ACK_IRQ, true);
	for (uint32_t i = 0; ok && i < DEMO_RAW_END_FIQS; i++) {
		ok = kvm_irq_line(handle, fiq, 1) == 0 &&
		     partners_wait_answer(DEMO_ACK_FIQ, true) &&
		     kvm_irq_line(handle, fiq, 0) == 0 && partners_wait_answer(DEMO_ACK_FIQ, false);
	}
	ok = kvm_irq_line(handle, irq, 0) == 0 && ok;
	return partners_wait_off(handle, "rawguest") && ok;
}

bool partners_end(uint32_t gicguest, uint32_t rawguest)
{
	bool ok = gicguest == 0 || partners_end_gicguest(gicguest);

	return (rawguest == 0 || partners_end_rawguest(rawguest)) && ok;
}
