/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that ends while its vCPUs come and go, 120 times: vCPU 1 asks for a restart in the
 * very moment in which vCPU 0 starts vCPU 2, or wakes vCPU 1 that was about to wait. No vCPU may
 * live on, none may hold the restart up. vCPU 2 has interrupts of the highest priority in its list
 * registers: the neighbour on its CPU looks out for them (guest/test/stray.c). Lines 40 to 46 of
 * its own count the lives (a right on itself): they outlive a restart.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <string.h>

#define LIVES	      120u
#define LIVES_COUNTER 40u
#define LIVES_BITS    7u
#define LIVES_STRAY   50u /* the first of four */

extern const char lives_code[], lives_end[];

/* vCPU 2, position independent, MMU off. r0 = 0: asks for its own partition's state for ever, and
 * says once what it finds if that is not 'running'; r0 = 1: keeps what pends in its list registers.
 */
__asm__(".arch_extension virt\n"
	".arm\n"
	".balign 4\n"
	".globl lives_code, lives_end\n"
	"lives_code:\n"
	"	cpsid	aif\n"
	"	cmp	r0, #1\n"
	"	beq	5f\n"
	"1:	movw	r0, #0x0f00\n" /* PLUMB_GET_VM_INFO of itself */
	"	movt	r0, #0x8600\n"
	"	mov	r1, #0\n"
	"	hvc	#0\n"
	"	lsr	r1, r1, #24\n"
	"	cmp	r1, #1\n"
	"	beq	1b\n"
	"	adr	r4, 4f\n"
	"	movw	r6, #0x0000\n" /* the UART */
	"	movt	r6, #0x0900\n"
	"2:	ldrb	r7, [r4], #1\n"
	"	str	r7, [r6]\n"
	"	cmp	r7, #10\n"
	"	bne	2b\n"
	"3:	b	3b\n"
	"5:	movw	r0, #0x0000\n"
	"	movt	r0, #0x0020\n"
	"6:	subs	r0, r0, #1\n"
	"	bne	6b\n"
	"	wfi\n"
	"	b	5b\n"
	"4:	.ascii	\"FAIL: vCPU 2 runs while its partition does not\\n\"\n"
	".balign 4\n"
	"lives_end:\n");

enum lives_way { LIVES_START, LIVES_START_PENDING, LIVES_WAKE, LIVES_WAYS };

static volatile uint32_t lives_here;
static volatile uint64_t lives_at;
static uint32_t lives_way;

static uint32_t lives_count(void)
{
	uint32_t count = 0, state = 0;

	for (uint32_t i = 0; i < LIVES_BITS; i++) {
		if (irq_state(0, kvm_irq_spi(LIVES_COUNTER + i), &state) != 0) {
			(void)report_check(false, "a right on itself");
			report_summary();
		}
		count |= (state & 1) << i;
	}
	return count;
}

static void lives_set_count(uint32_t count)
{
	for (uint32_t i = 0; i < LIVES_BITS; i++) {
		(void)kvm_irq_line(0, kvm_irq_spi(LIVES_COUNTER + i), count >> i & 1);
	}
}

static void lives_sleep(void)
{
	gic_init_cpu();
	for (;;) {
		uint32_t iar;

		lives_here++;
		cpu_wfi();
		iar = gic_ack();
		if (GIC_INTID(iar) != GIC_SPURIOUS) {
			gic_eoi(iar);
		}
	}
}

static void lives_second(void *arg)
{
	(void)arg;
	if (lives_way == LIVES_WAKE) {
		lives_sleep();
	}
	lives_here = 1;
	while (!lives_at || timer_count() < lives_at) {
	}
	psci_system_reset();
}

/* A different moment each time: turns of lives_wait. */
static uint32_t lives_moment(uint32_t spread)
{
	uint32_t seed = (uint32_t)timer_physical_count() * 1664525u + 1013904223u;

	return (seed >> 16) % spread;
}

static void lives_wait(uint32_t turns)
{
	for (volatile uint32_t i = 0; i < turns; i++) {
	}
}

static void lives_end_by_wake(void)
{
	uint32_t moment = lives_moment(3000);

	while (lives_here < 2) {
		gic_send_sgi(1, GIC_SGI_LISTED, 2);
		timer_delay_us(50);
	}
	gic_send_sgi(1, GIC_SGI_LISTED, 2);
	lives_wait(moment);
	gic_send_sgi(1, GIC_SGI_LISTED, 2);
	psci_system_reset();
}

static void lives_end_by_start(void)
{
	uint32_t base = guest_memory_base() + guest_memory_size() - 0x1000;
	uint32_t moment = lives_moment(64);

	memcpy((void *)(uintptr_t)base, lives_code, (size_t)(lives_end - lives_code));
	for (uint32_t id = LIVES_STRAY; id < LIVES_STRAY + 4; id++) {
		gic_set_priority(id, 0);
		gic_set_targets(id, 4);
		gic_enable(id);
		gic_set_pending(id);
	}
	while (!lives_here) {
	}
	lives_at = timer_count() + timer_us_to_ticks(200);
	while (timer_count() < lives_at) {
	}
	lives_wait(moment);
	(void)psci_cpu_on(2, base, lives_way == LIVES_START_PENDING);
	timer_delay_us(3000000);
}

int main(void)
{
	uint32_t count = lives_count();

	if (psci_affinity_info(1) != 1 || psci_affinity_info(2) != 1) {
		(void)report_check(false, "life %u: the other vCPUs are off", (unsigned)count);
		report_summary();
	}
	gic_init();
	if (count >= LIVES) {
		(void)report_equal(count, LIVES, "%u lives", (unsigned)LIVES);
		report_summary();
	}
	lives_set_count(count + 1);
	lives_way = count % LIVES_WAYS;
	(void)smp_start(1, lives_second, NULL);
	if (lives_way == LIVES_WAKE) {
		lives_end_by_wake();
	} else {
		lives_end_by_start();
	}
	(void)report_check(false, "life %u ends", (unsigned)count);
	report_summary();
}
