/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that never sleeps, and keeps the monitor busy: as many lines as one call takes,
 * maintenance by set and way, the distributor, its console, interrupts. Runs until the partition in
 * bootargs watch=HANDLE is off; it holds rights on that, and on itself.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define BUSY_LIMIT_US (10 * TIMER_PATIENCE_US)
#define BUSY_TICK_US  700u
#define BUSY_TURNS    20000u
#define BUSY_SGI      3u
#define BUSY_SPI      64u /* and those behind it */
#define BUSY_LINES    64u

static volatile uint32_t busy_ticks, busy_sgis;

static void busy_on_tick(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	busy_ticks++;
	timer_start_us(BUSY_TICK_US);
}

static void busy_on_sgi(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	busy_sgis++;
}

static bool busy_is_over(uint32_t handle)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return vm_info(handle, &info) != 0 || info.state == PLUMB_VM_OFF ||
	       info.state == PLUMB_VM_CRASHED;
}

/* Up and down again, as many as one call takes. */
static uint32_t busy_lines(void)
{
	struct kvm_irq_level lines[BUSY_LINES];
	uint32_t refused = 0;

	for (uint32_t level = 2; level-- != 0;) {
		for (uint32_t i = 0; i < BUSY_LINES; i++) {
			lines[i] = (struct kvm_irq_level) { .irq = kvm_irq_spi(BUSY_SPI + i),
							    .level = level };
		}
		refused += kvm_irq_line_many(0, lines, BUSY_LINES) <= 0;
	}
	return refused;
}

/* A level 1 data cache, 64 sets of 2 ways, line by line. */
static void busy_flush(void)
{
	for (uint32_t set = 0; set < 64; set++) {
		CPU_CP15_WRITE(0, c7, c14, 2, set << 6);	      /* DCCISW, way 0 */
		CPU_CP15_WRITE(0, c7, c14, 2, set << 6 | 0x80000000); /* way 1 */
	}
	cpu_dsb();
}

int main(void)
{
	uint32_t watch = guest_arg("watch", 0), rounds = 0, refused = 0;
	uint64_t end;

	gic_init();
	irq_set_handler(GIC_PPI_CNTV, busy_on_tick, NULL);
	irq_set_handler(BUSY_SGI, busy_on_sgi, NULL);
	gic_enable(GIC_PPI_CNTV);
	cpu_irq_enable();
	timer_start_us(BUSY_TICK_US);
	end = timer_count() + timer_us_to_ticks(BUSY_LIMIT_US);
	while (!busy_is_over(watch) && timer_count() < end) {
		for (volatile uint32_t i = 0; i < BUSY_TURNS; i++) {
		}
		gic_send_sgi(BUSY_SGI, GIC_SGI_SELF, 0);
		gic_set_priority(BUSY_SPI, (uint8_t)(rounds << 3));
		refused += busy_lines();
		if (rounds % 16 == 0) {
			busy_flush();
			printf("busy: round %u\n", (unsigned)rounds);
		}
		rounds++;
	}
	cpu_irq_disable();
	timer_stop();
	(void)report_check(timer_count() < end, "busy: the other ends");
	(void)report_check(rounds > 0, "busy: ran meanwhile (%u rounds)", (unsigned)rounds);
	(void)report_check(busy_ticks > 0, "busy: its timer ticks (%u)", (unsigned)busy_ticks);
	(void)report_equal(busy_sgis, rounds, "busy: every SGI came");
	(void)report_equal(refused, 0, "busy: no call was refused");
	(void)report_equal(irq_unexpected(0), 0, "busy: no other interrupt");
	report_summary();
}
