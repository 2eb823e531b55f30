/* SPDX-License-Identifier: BSD-2-Clause */
/* The partitions that test-manage starts, ends and pauses. None ends by itself. */
#include "guest/test/managed.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/shared.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define MANAGER	      1u
#define MANAGED_WAYS  4u
#define MANAGED_SETS  256u
#define PULSE_US      500u
#define MANAGED_VCPUS 8u

static void managed_set(uint32_t spi, uint32_t level)
{
	(void)kvm_irq_line(MANAGER, kvm_irq_spi(spi), level);
}

static void managed_pulse(uint32_t spi)
{
	managed_set(spi, 1);
	managed_set(spi, 0);
}

/* The calls need `manages`, which this partition does not have. */
static bool managed_is_refused(void)
{
	uint64_t changed;

	return vm_start(MANAGER) == -EPERM && vm_stop(MANAGER) == -EPERM &&
	       vm_reset(MANAGER) == -EPERM && vm_pause(MANAGER) == -EPERM &&
	       vm_resume(MANAGER) == -EPERM && vm_stop(0) == -EPERM && vm_stop(99) == -EBADF &&
	       vm_watch(&changed) == -EPERM;
}

static void managed_on_poke(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	managed_pulse(MANAGED_TAKEN);
}

/* DCCISW, level 1. */
static void managed_clean_for_ever(void)
{
	for (;;) {
		for (uint32_t n = 0; n < MANAGED_WAYS * MANAGED_SETS; n++) {
			CPU_CP15_WRITE(0, c7, c14, 2,
				       (n % MANAGED_WAYS) << 30 | (n / MANAGED_WAYS) << 6);
		}
	}
}

static uint64_t managed_offset(void)
{
	uint64_t virt = timer_count();

	return timer_physical_count() - virt;
}

/* The two counters are read one after the other, and the vCPU may be displaced in between. */
static uint64_t managed_least_offset(void)
{
	uint64_t least = managed_offset();

	for (uint32_t n = 0; n < 8; n++) {
		uint64_t offset = managed_offset();

		least = offset < least ? offset : least;
	}
	return least;
}

static void managed_count(void)
{
	uint64_t first = managed_least_offset();
	uint32_t told = 0;

	irq_set_handler(MANAGED_POKE, managed_on_poke, NULL);
	gic_set_edge(MANAGED_POKE, true);
	gic_enable(MANAGED_POKE);
	cpu_irq_enable();
	for (;;) {
		uint64_t now = managed_least_offset();
		uint64_t gap = now > first ? timer_ticks_to_us(now - first) : 0;
		uint32_t units = (uint32_t)(gap / MANAGED_GAP_UNIT);

		/* Some units are the time between the two readings. */
		for (uint32_t bit = 0; bit < MANAGED_GAP_BITS && units > told + 8; bit++) {
			managed_set(MANAGED_GAP + bit, units >> bit & 1);
		}
		told = units > told + 8 ? units : told;
		managed_pulse(MANAGED_PULSE);
		timer_delay_us(PULSE_US);
	}
}

static void managed_second(void *arg)
{
	(void)arg;
	while (cpu_index() % 2 != 0) {
		cpu_relax();
	}
	for (;;) {
		cpu_wfi();
	}
}

static void managed_many(void)
{
	for (uint32_t n = 1; n < MANAGED_VCPUS; n++) {
		(void)smp_start(n, managed_second, NULL);
	}
}

/* ---- the rival ---- */

static volatile bool rival_poked;

static void rival_on_poke(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	rival_poked = true;
}

static void rival_on_doorbell(uint32_t iar, void *arg)
{
	uint64_t changed;

	(void)iar;
	(void)arg;
	(void)vm_watch(&changed);
}

static void rival_pause(void)
{
	rival_poked = false;
	if (vm_pause(MANAGER) != 0) {
		printf("FAIL: rival: the manager is paused\n");
	}
}

/* Whoever paused the manager: it is resumed after a time. */
static void rival_resume(void)
{
	struct vm_info info = { 0 };

	if (vm_info(MANAGER, &info) == 0 && info.state == PLUMB_VM_PAUSED) {
		timer_delay_us(MANAGED_PAUSE_US);
		if (vm_resume(MANAGER) != 0) {
			printf("FAIL: rival: the manager is resumed\n");
		}
	}
}

static void rival_run(void)
{
	irq_set_handler(PLUMB_VM_WATCH_INTID, rival_on_doorbell, NULL);
	irq_set_handler(MANAGED_POKE, rival_on_poke, NULL);
	gic_set_edge(MANAGED_POKE, true);
	gic_enable(MANAGED_POKE);
	gic_enable(PLUMB_VM_WATCH_INTID);
	for (;;) {
		rival_resume();
		if (rival_poked) {
			rival_pause();
		}
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
}

/* ---- shared memory: every partition tells all its peers of its start and its end ---- */

static struct shared managed_shares[SHARED_PAGES];

static void managed_on_event(uint32_t iar, void *arg)
{
	(void)arg;
	(void)shared_take_events(&managed_shares[GIC_INTID(iar) - MANAGED_SHARE]);
}

static void managed_share(uint32_t pages)
{
	for (uint32_t n = 0; n < pages; n++) {
		irq_set_handler(MANAGED_SHARE + n, managed_on_event, NULL);
		shared_open_page(&managed_shares[n], n, MANAGED_SHARE + n, false);
		gic_enable(MANAGED_SHARE + n);
		shared_enable(&managed_shares[n], true);
		shared_set_state(&managed_shares[n], 1);
	}
}

int main(void)
{
	uint32_t role = guest_arg("role", MANAGED_ROLES);

	gic_init();
	if (role != MANAGED_RIVAL && !managed_is_refused()) {
		printf("FAIL: role %u: calls are refused\n", (unsigned)role);
		return 1;
	}
	managed_share(guest_arg("shares", 0));
	managed_set(MANAGED_ALIVE(role), 1);
	switch (role) {
	case MANAGED_MASKED:
		__asm__ volatile("cpsid aif");
		for (;;) {
		}
	case MANAGED_SETWAY:
		managed_clean_for_ever();
		break;
	case MANAGED_COUNTS:
		managed_count();
		break;
	case MANAGED_RIVAL:
		rival_run();
		break;
	case MANAGED_MANY:
		managed_many();
		break;
	default:
		break;
	}
	for (;;) {
		cpu_wfi();
	}
}
