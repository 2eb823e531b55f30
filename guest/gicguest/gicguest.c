/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition with a GIC and two vCPUs: takes the interrupts that control asserts, prints and
 * counts them. With expect=N in its bootargs it ends with status 0 only if every line came N times.
 */
#include "guest/demo/protocol.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define GICGUEST_POLL_US  2000
#define GICGUEST_START_US 10000000u

struct gicguest_line {
	volatile uint32_t taken;
	volatile bool held; /* level: disabled until it is low */
};

static struct gicguest_line gicguest_lines[DEMO_GIC_LINES];
static volatile uint32_t gicguest_vcpus, gicguest_strays, gicguest_ended;

static void gicguest_toggle(uint32_t intid)
{
	if (gic_is_enabled(intid)) {
		gic_disable(intid);
	} else {
		gic_enable(intid);
	}
}

static void gicguest_on_line(uint32_t iar, void *arg)
{
	const struct demo_gic_line *line = arg;
	struct gicguest_line *state = &gicguest_lines[line - demo_gic_lines];
	uint32_t intid = GIC_INTID(iar);

	if (smp_cpu() != line->vcpu) {
		printf("%u came on vCPU %u, not %u\n", (unsigned)intid, (unsigned)smp_cpu(),
		       (unsigned)line->vcpu);
		(void)smp_add(&gicguest_strays, 1);
	}
	state->taken++;
	printf("vCPU %u acknowledged %s %u (%s), %u so far\n", (unsigned)smp_cpu(),
	       intid < 32 ? "PPI" : "SPI", (unsigned)intid, line->edge ? "edge" : "level",
	       (unsigned)state->taken);
	if (!line->edge) {
		state->held = true;
		gic_disable(intid);
		timer_start_us(GICGUEST_POLL_US);
	}
	gicguest_toggle(line->echo);
}

/* One handler for both vCPUs' PPI: the caller's banked one. */
static void gicguest_on_ppi(uint32_t iar, void *arg)
{
	(void)arg;
	for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
		const struct demo_gic_line *line = &demo_gic_lines[i];

		if (line->intid == GIC_INTID(iar) && line->vcpu == smp_cpu()) {
			gicguest_on_line(iar, (void *)(uintptr_t)line);
		}
	}
}

/* Level lines of this vCPU that were taken: enabled again when low. */
static void gicguest_on_timer(uint32_t iar, void *arg)
{
	bool again = false;

	(void)iar;
	(void)arg;
	timer_stop();
	for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
		const struct demo_gic_line *line = &demo_gic_lines[i];
		struct gicguest_line *state = &gicguest_lines[i];

		if (line->vcpu != smp_cpu() || !state->held) {
			continue;
		}
		if (gic_is_pending(line->intid)) {
			again = true;
		} else {
			state->held = false;
			gic_enable(line->intid);
		}
	}
	if (again) {
		timer_start_us(GICGUEST_POLL_US);
	}
}

static void gicguest_on_end(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	gicguest_ended = 1;
}

static void gicguest_enable_lines(void)
{
	gic_enable(GIC_PPI_CNTV);
	for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
		const struct demo_gic_line *line = &demo_gic_lines[i];

		if (line->vcpu != smp_cpu()) {
			continue;
		}
		gic_set_edge(line->intid, line->edge);
		if (line->intid < 32) {
			irq_set_handler(line->intid, gicguest_on_ppi, NULL);
		} else {
			irq_set_handler(line->intid, gicguest_on_line, (void *)(uintptr_t)line);
			gic_set_targets(line->intid, (uint8_t)(1u << line->vcpu));
		}
		gic_enable(line->intid);
	}
}

static void gicguest_wait(void)
{
	/* Masked between the test and the WFI: a pending interrupt ends WFI although masked. */
	while (!gicguest_ended) {
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
}

static void gicguest_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gicguest_enable_lines();
	(void)smp_add(&gicguest_vcpus, 1);
	gicguest_wait();
}

/* It has no right on any partition: the monitor must refuse the call, without effect. */
static bool gicguest_try_neighbour(void)
{
	int32_t result;

	if (!hvc_is_plumbline()) {
		return true;
	}
	result = kvm_irq_line(1, kvm_irq_spi(DEMO_ACK_IRQ), 1);
	printf("raising a line of partition 1, on which this one has no right: %s, must be EPERM\n",
	       hvc_errno_name(result));
	return result == -EPERM;
}

static bool gicguest_check(uint32_t expect)
{
	bool ok = gicguest_strays == 0 && irq_unexpected(0) == 0 && irq_unexpected(1) == 0;

	for (uint32_t i = 0; i < DEMO_GIC_LINES; i++) {
		const struct demo_gic_line *line = &demo_gic_lines[i];
		uint32_t taken = gicguest_lines[i].taken;

		printf("%s %u on vCPU %u: taken %u times\n", line->intid < 32 ? "PPI" : "SPI",
		       (unsigned)line->intid, (unsigned)line->vcpu, (unsigned)taken);
		ok = ok && taken == expect;
	}
	return ok;
}

int main(void)
{
	bool ok;

	gic_init();
	irq_set_handler(GIC_PPI_CNTV, gicguest_on_timer, NULL);
	irq_set_handler(DEMO_GIC_END, gicguest_on_end, NULL);
	gic_set_edge(DEMO_GIC_END, true);
	gic_enable(DEMO_GIC_END);
	gicguest_enable_lines();
	ok = gicguest_try_neighbour();
	if (smp_start(1, gicguest_second, NULL) != PSCI_SUCCESS ||
	    !timer_wait_count(&gicguest_vcpus, 1, GICGUEST_START_US)) {
		printf("vCPU 1 does not start\n");
		return 1;
	}
	printf("ready on two vCPUs\n");
	gic_enable(DEMO_GIC_READY);
	gicguest_wait();
	if (!guest_has_arg("expect")) {
		return 0;
	}
	ok = gicguest_check(guest_arg("expect", DEMO_ROUNDS)) && ok;
	printf("%s\n", ok ? "all as expected" : "NOT as expected");
	return ok ? 0 : 1;
}
