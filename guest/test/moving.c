/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a vCPU that moves between CPUs, each assertion answered by an interrupt of the other
 * side: none is lost, none comes twice. Three roles by bootargs: 'control' asserts, 'target' (it
 * may run on two CPUs, and shares both) takes and answers, 'busy' keeps a CPU's slices short.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define MOVING_EDGE  40u
#define MOVING_LEVEL 41u
#define MOVING_PPI   20u
#define MOVING_DONE  48u /* no interrupt: its level says that control is through */
#define MOVING_READY 49u /* of control: the target is there */
#define MOVING_ACK   50u /* of control: the target has taken one */

#define MOVING_END_US (10 * TIMER_PATIENCE_US)

static uint32_t moving_peer;
static volatile uint32_t moving_taken[64], moving_total, moving_acks;

static void moving_wait_ready(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(MOVING_END_US);
	uint32_t state = 0;

	while ((state & PLUMB_IRQ_LEVEL) == 0 && timer_count() < end) {
		(void)irq_state(0, kvm_irq_spi(MOVING_READY), &state);
		(void)nap_once(1000);
	}
	(void)report_check((state & PLUMB_IRQ_LEVEL) != 0, "the target is there");
}

static void moving_ack(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	moving_acks++;
}

/* Asleep or busy by turns while it waits. Stops at the first that is not answered. */
static void moving_assert(uint32_t irq, bool pulse, uint32_t count, const char *name)
{
	uint32_t before = moving_acks, sent = 0, refused = 0;

	for (bool answered = true; sent < count && answered; sent++) {
		refused += kvm_irq_line(moving_peer, irq, 1) != 0;
		if (pulse) {
			refused += kvm_irq_line(moving_peer, irq, 0) != 0;
		}
		if (sent % 16 == 15) {
			cpu_irq_enable();
			answered = timer_wait_count(&moving_acks, before + sent + 1,
						    TIMER_PATIENCE_US);
			cpu_irq_disable();
		} else {
			answered =
				nap_wait_count(&moving_acks, before + sent + 1, TIMER_PATIENCE_US);
		}
	}
	nap(2000);
	(void)report_equal(refused, 0, "%s: accepted", name);
	(void)report_equal(moving_acks - before, count, "%s: %u answers", name, (unsigned)count);
}

static void moving_control(void)
{
	uint32_t count = guest_arg("count", 5000);

	moving_peer = vm_find("target");
	irq_set_handler(MOVING_ACK, moving_ack, NULL);
	gic_set_edge(MOVING_ACK, true);
	gic_enable(MOVING_ACK);
	moving_wait_ready();
	moving_assert(kvm_irq_spi(MOVING_EDGE), true, count, "edges");
	moving_assert(kvm_irq_spi(MOVING_LEVEL), false, count, "levels");
	moving_assert(kvm_irq_ppi(0, MOVING_PPI), false, count / 5, "PPI levels");
	(void)kvm_irq_line(moving_peer, kvm_irq_spi(MOVING_DONE), 1);
	report_summary();
}

static void moving_interrupt(uint32_t iar, void *arg)
{
	uint32_t id = GIC_INTID(iar);

	(void)arg;
	moving_taken[id]++;
	moving_total++;
	if (id != MOVING_EDGE) {
		(void)kvm_irq_line(0, id < 32 ? kvm_irq_ppi(0, id) : kvm_irq_spi(id), 0);
	}
	(void)kvm_irq_line(moving_peer, kvm_irq_spi(MOVING_ACK), 1);
	(void)kvm_irq_line(moving_peer, kvm_irq_spi(MOVING_ACK), 0);
}

static bool moving_is_done(void)
{
	uint32_t state = 0;

	(void)irq_state(0, kvm_irq_spi(MOVING_DONE), &state);
	return (state & PLUMB_IRQ_LEVEL) != 0;
}

static void moving_target(void)
{
	static const uint8_t ids[] = { MOVING_EDGE, MOVING_LEVEL, MOVING_PPI };
	uint32_t count = guest_arg("count", 5000);
	uint64_t end = timer_count() + timer_us_to_ticks(MOVING_END_US);

	moving_peer = vm_find("control");
	gic_set_edge(MOVING_EDGE, true);
	for (uint32_t i = 0; i < sizeof(ids); i++) {
		irq_set_handler(ids[i], moving_interrupt, NULL);
		gic_enable(ids[i]);
	}
	(void)kvm_irq_line(moving_peer, kvm_irq_spi(MOVING_READY), 1);
	while (!moving_is_done() && timer_count() < end) {
		uint32_t before = moving_total;

		if (before % 3 == 0) {
			cpu_irq_enable();
			(void)timer_wait_count(&moving_total, before + 1, 300);
			cpu_irq_disable();
		} else {
			(void)nap_once(1000);
		}
	}
	(void)report_equal(moving_taken[MOVING_EDGE], count, "edges taken");
	(void)report_equal(moving_taken[MOVING_LEVEL], count, "levels taken");
	(void)report_equal(moving_taken[MOVING_PPI], count / 5, "PPI levels taken");
	(void)report_equal(irq_unexpected(0), 0, "and no other");
	report_summary();
}

/* Until the target is off. */
static void moving_busy(void)
{
	uint32_t target = vm_find("target");
	struct vm_info info = { .state = PLUMB_VM_RUNNING };
	uint64_t end = timer_count() + timer_us_to_ticks(MOVING_END_US);

	while (timer_count() < end && vm_info(target, &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING)) {
		timer_delay_us(500);
	}
	(void)report_equal(info.state, PLUMB_VM_OFF, "busy: the target is off");
	report_summary();
}

int main(void)
{
	gic_init();
	nap_init();
	if (guest_has_arg("control")) {
		moving_control();
	} else if (guest_has_arg("target")) {
		moving_target();
	}
	moving_busy();
}
