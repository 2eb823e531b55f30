/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two partitions drive lines of a third from two CPUs at once, at random, while that one restarts
 * in a loop: every call is accepted, the target works in each of its lives, and the system ends.
 * Roles by bootargs: 'storm' drives (seed=N), without it the target (lives=N), which counts its
 * lives in levels of its own lines 64 to 69 (a right on itself): they outlive a restart.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define STORM_FIRST    40u /* SPIs; half of them edges */
#define STORM_LINES    16u
#define STORM_PPI      20u
#define STORM_LIVES    64u /* the first of six bits */
#define STORM_BITS     6u
#define STORM_WANTED   50u /* interrupts in each life */
#define STORM_MANY     16u
#define STORM_LIMIT_US (10 * TIMER_PATIENCE_US)

static uint32_t storm_seed;
static volatile uint32_t storm_taken;

static uint32_t storm_random(void)
{
	storm_seed = storm_seed * 1664525u + 1013904223u;
	return storm_seed >> 8;
}

static uint32_t storm_line(void)
{
	uint32_t random = storm_random();

	return random % 8 == 0 ? kvm_irq_ppi(random >> 3 & 1, STORM_PPI)
			       : kvm_irq_spi(STORM_FIRST + (random >> 3) % STORM_LINES);
}

static uint32_t storm_many(uint32_t target)
{
	static struct kvm_irq_level lines[STORM_MANY];

	for (uint32_t i = 0; i < STORM_MANY; i++) {
		lines[i].irq = storm_line();
		lines[i].level = storm_random() & 1;
	}
	return kvm_irq_line_many(target, lines, STORM_MANY) != (int32_t)STORM_MANY;
}

static void storm_drive(void)
{
	uint32_t target = vm_find("target"), calls = 0, refused = 0;
	struct vm_info info = { .state = PLUMB_VM_RUNNING };
	uint64_t end = timer_count() + timer_us_to_ticks(STORM_LIMIT_US);

	storm_seed = guest_arg("seed", 1);
	while (timer_count() < end && vm_info(target, &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING)) {
		uint32_t state = 0;

		for (uint32_t i = 0; i < 20; i++) {
			refused += kvm_irq_line(target, storm_line(), storm_random() & 1) != 0;
		}
		refused += storm_many(target);
		refused += irq_state(target, storm_line(), &state) != 0;
		calls += 22;
		if (storm_random() % 4 == 0) {
			(void)nap_once(100);
		}
	}
	(void)report_equal(info.state, PLUMB_VM_OFF, "storm: the target ends well");
	(void)report_check(calls > 1000, "storm: %u calls", (unsigned)calls);
	(void)report_equal(refused, 0, "storm: none refused");
	report_summary();
}

static uint32_t storm_life(void)
{
	uint32_t life = 0, state = 0;

	for (uint32_t i = 0; i < STORM_BITS; i++) {
		(void)irq_state(0, kvm_irq_spi(STORM_LIVES + i), &state);
		life |= (state & PLUMB_IRQ_LEVEL) << i;
	}
	return life;
}

/* The line may be high for long: it is lowered here, so that others get their turn. */
static void storm_interrupt(uint32_t iar, void *arg)
{
	uint32_t id = GIC_INTID(iar);

	(void)arg;
	(void)smp_add(&storm_taken, 1);
	(void)kvm_irq_line(0, id < 32 ? kvm_irq_ppi(smp_cpu(), id) : kvm_irq_spi(id), 0);
}

static void storm_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_enable(STORM_PPI);
	cpu_irq_enable();
	for (;;) {
		cpu_wfi();
	}
}

static void storm_listen(void)
{
	irq_set_handler(STORM_PPI, storm_interrupt, NULL);
	gic_enable(STORM_PPI);
	for (uint32_t i = 0; i < STORM_LINES; i++) {
		irq_set_handler(STORM_FIRST + i, storm_interrupt, NULL);
		gic_set_edge(STORM_FIRST + i, i % 2 != 0);
		gic_set_targets(STORM_FIRST + i, i % 4 < 2 ? 1 : 2);
		gic_set_priority(STORM_FIRST + i, (uint8_t)(0x40 + 8 * i));
		gic_enable(STORM_FIRST + i);
	}
}

int main(void)
{
	uint32_t life, lives = guest_arg("lives", 20);

	gic_init();
	nap_init();
	if (guest_has_arg("storm")) {
		storm_drive();
	}
	life = storm_life();
	storm_listen();
	if (smp_start(1, storm_second, NULL) != 0 ||
	    !nap_wait_count(&storm_taken, STORM_WANTED, TIMER_PATIENCE_US)) {
		(void)report_check(false, "life %u: %u interrupts", (unsigned)life,
				   (unsigned)storm_taken);
		report_summary();
	}
	if (life < lives) {
		for (uint32_t i = 0; i < STORM_BITS; i++) {
			(void)kvm_irq_line(0, kvm_irq_spi(STORM_LIVES + i), (life + 1) >> i & 1);
		}
		psci_system_reset();
	}
	(void)report_equal(life, lives, "target: %u lives, interrupts in each", (unsigned)lives);
	(void)report_equal(irq_unexpected(0) + irq_unexpected(1), 0, "target: no other interrupt");
	report_summary();
}
