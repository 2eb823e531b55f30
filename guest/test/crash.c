/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition that crashes in each of its lives, in a way of its own. */
#include "guest/test/crash.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <stdio.h>

/* With the MMU off: a branch to an address without memory, with vectors there, too. */
static void crash_vectors(void)
{
	uint32_t sctlr;

	CPU_CP15_READ(0, c1, c0, 0, sctlr);
	CPU_CP15_WRITE(0, c1, c0, 0, sctlr & ~5u);  /* M, C */
	CPU_CP15_WRITE(0, c12, c0, 0, 0x10000000u); /* VBAR */
	cpu_isb();
	__asm__ volatile("mov pc, %0" : : "r"(0x10001000u));
}

/* SP805 (ARM DDI 0270) as its drivers use it. */
#define WATCHDOG	 0x09050000u
#define WATCHDOG_LOAD	 (WATCHDOG + 0x000u)
#define WATCHDOG_CONTROL (WATCHDOG + 0x008u)
#define WATCHDOG_INTCLR	 (WATCHDOG + 0x00cu)
#define WATCHDOG_LOCK	 (WATCHDOG + 0xc00u)
#define WATCHDOG_KEY	 0x1acce551u
#define WATCHDOG_MHZ	 24u
#define WATCHDOG_INTID	 36u

static void watchdog_start(void)
{
	mmio_write32(WATCHDOG_LOCK, WATCHDOG_KEY);
	mmio_write32(WATCHDOG_LOAD, CRASH_WATCHDOG_US * WATCHDOG_MHZ - 1);
	mmio_write32(WATCHDOG_INTCLR, 1);
	mmio_write32(WATCHDOG_CONTROL, 3);
	mmio_write32(WATCHDOG_LOCK, 0);
}

static void crash_spin(void *arg)
{
	(void)arg;
	for (;;) {
		cpu_relax();
	}
}

static void crash_hang(void)
{
	(void)smp_start(1, crash_spin, NULL);
	watchdog_start();
	__asm__ volatile("cpsid aif");
	for (;;) {
	}
}

static void crash_on_watchdog(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	mmio_write32(WATCHDOG_LOCK, WATCHDOG_KEY);
	mmio_write32(WATCHDOG_INTCLR, 1);
	mmio_write32(WATCHDOG_LOCK, 0);
	(void)kvm_irq_line(CRASH_MANAGER, kvm_irq_spi(CRASH_PAT), 1);
	(void)kvm_irq_line(CRASH_MANAGER, kvm_irq_spi(CRASH_PAT), 0);
}

static void crash_pat(void)
{
	gic_init();
	irq_set_handler(WATCHDOG_INTID, crash_on_watchdog, NULL);
	gic_enable(WATCHDOG_INTID);
	watchdog_start();
	cpu_irq_enable();
	for (;;) {
		cpu_wfi();
	}
}

static bool crash_is_taken(void *life)
{
	uint32_t state = 0;

	/* Control, at its prompt, does not count them. */
	return irq_state(CRASH_MANAGER, *(uint32_t *)life, &state) != 0 ||
	       !(state & PLUMB_IRQ_ENABLED) || !(state & (PLUMB_IRQ_PENDING | PLUMB_IRQ_ACTIVE));
}

/* The manager counts this life, before the next one's edge would be one with this. */
static void crash_tell(uint32_t life)
{
	(void)kvm_irq_line(CRASH_MANAGER, life, 1);
	(void)kvm_irq_line(CRASH_MANAGER, life, 0);
	(void)timer_wait_until(crash_is_taken, &life, TIMER_PATIENCE_US);
}

/* The end: r0 = PLUMB_SYSTEM_EXIT, r1 = CRASH_STATUS, and r4 to r12, sp, lr as crash.h says. */
#define CRASH_LOAD(n) "	movw	r" #n ", #0xfee" #n "\n	movt	r" #n ", #0x0c0f\n"
#define CRASH_REGISTERS                                                                   \
	"	mov	sp, %0\n"                                                                   \
	"	mov	lr, %1\n" CRASH_LOAD(4) CRASH_LOAD(5) CRASH_LOAD(6) CRASH_LOAD(7) \
		CRASH_LOAD(8) CRASH_LOAD(9) "	movw	r10, #0xfeea\n	movt	r10, #0x0c0f\n"    \
					    "	movw	r11, #0xfeeb\n	movt	r11, #0x0c0f\n"    \
					    "	movw	r12, #0xfeec\n	movt	r12, #0x0c0f\n"

static void crash_with(uint32_t sp)
{
	register uint32_t call __asm__("r0") = PLUMB_SYSTEM_EXIT;
	register uint32_t status __asm__("r1") = CRASH_STATUS;

	__asm__ volatile(".arch_extension virt\n" CRASH_REGISTERS "	hvc	#0\n"
			 :
			 : "r"(sp), "r"(CRASH_R(14)), "r"(call), "r"(status));
}

static void crash_told(uint32_t sp)
{
	volatile uint32_t *stack = (volatile uint32_t *)(uintptr_t)sp;

	for (uint32_t n = 0; n < 16 && sp + 4 * n < CRASH_LAST + 8; n++) {
		stack[n] = CRASH_STACK(n);
	}
	for (uint32_t n = 0; n < 64; n++) {
		(void)mmio_read32(0x08000004u); /* the third last exit: GICD_TYPER */
	}
	(void)hvc_call(PSCI_VERSION, 0, 0, 0);
	crash_with(sp);
}

static void crash_in_thumb(void)
{
	register uint32_t call __asm__("r0") = PLUMB_SYSTEM_EXIT;
	register uint32_t status __asm__("r1") = CRASH_STATUS;

	__asm__ volatile(".arch_extension virt\n" CRASH_REGISTERS "	setend	be\n"
			 "	blx	1f\n"
			 "	.balign	4\n"
			 "	.thumb\n"
			 "1:	nop\n"
			 "	hvc	#0\n"
			 "	.arm\n"
			 :
			 : "r"(CRASH_DEVICE), "r"(CRASH_R(14)), "r"(call), "r"(status));
}

int main(void)
{
	uint32_t role = guest_arg("role", CRASH_ROLES);
	uint32_t life = kvm_irq_spi(CRASH_LIFE(role));

	if (vm_start(CRASH_HANDLE(role)) != -EPERM) {
		printf("FAIL: role %u: calls are refused\n", (unsigned)role);
	}
	crash_tell(life);
	switch (role) {
	case CRASH_VECTORS:
		crash_vectors();
		break;
	case CRASH_HANGS:
		crash_hang();
		break;
	case CRASH_PATS:
		crash_pat();
		break;
	case CRASH_TELLS:
		crash_told(CRASH_SP);
		break;
	case CRASH_THUMB:
		crash_in_thumb();
		break;
	case CRASH_END:
		crash_told(CRASH_LAST);
		break;
	default:
		break;
	}
	return CRASH_STATUS;
}
