/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition that crashes in each of its lives, in a way of its own. */
#include "guest/test/crash.h"
#include "guest/lib/cpu.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
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

int main(void)
{
	uint32_t role = guest_arg("role", CRASH_ROLES);
	uint32_t life = kvm_irq_spi(CRASH_LIFE(role));

	if (vm_start(CRASH_HANDLE(role)) != -EPERM) {
		printf("FAIL: role %u: calls are refused\n", (unsigned)role);
	}
	(void)kvm_irq_line(CRASH_MANAGER, life, 1);
	(void)kvm_irq_line(CRASH_MANAGER, life, 0);
	if (role == CRASH_VECTORS) {
		crash_vectors();
	}
	return CRASH_STATUS;
}
