/* SPDX-License-Identifier: BSD-2-Clause */
/* Is held, and tells what it finds when it continues. */
#include "guest/lib/cpu.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/vfp.h"
#include "guest/test/held/held.h"

#define MANAGER 1u
#define PSR_N	0x80000000u

static uint32_t main_sp_irq(void)
{
	uint32_t sp;

	__asm__ volatile(".arch_extension virt\n\tmrs %0, sp_irq" : "=r"(sp));
	return sp;
}

static void main_set_ids(void)
{
	uint64_t bank[32];

	for (uint32_t n = 0; n < 32; n++) {
		bank[n] = held_d(n);
	}
	vfp_enable();
	vfp_load(bank);
	CPU_CP15_WRITE(0, c13, c0, 2, HELD_VALUE);
}

static void main_check(void)
{
	uint64_t bank[32];
	uint32_t wrong = 0, tpidrurw;

	for (uint32_t n = 0; n < 15; n++) {
		if (n != 5 && n != 10 && n != 11) {
			wrong += held_after[n] != HELD_VALUE + n;
		}
	}
	(void)report_equal(wrong, 0, "the registers that nobody set are as they were");
	(void)report_equal(held_after[5], HELD_R5, "r5");
	(void)report_check((held_after[15] & PSR_N) != 0, "the flags");
	vfp_save(bank);
	wrong = 0;
	for (uint32_t n = 0; n < 32; n++) {
		wrong += bank[n] != (n == 7 ? HELD_D7 : held_d(n));
	}
	(void)report_equal(wrong, 0, "d7, and the others of VFP");
	CPU_CP15_READ(0, c13, c0, 2, tpidrurw);
	(void)report_equal(tpidrurw, HELD_TPIDRURW, "TPIDRURW");
	(void)report_equal(main_sp_irq(), HELD_SP_IRQ, "the stack pointer of IRQ mode");
	(void)report_check(timer_count() - HELD_COUNT < timer_us_to_ticks(TIMER_PATIENCE_US),
			   "the virtual counter goes on from where it was set");
}

int main(void)
{
	uint64_t id = KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE, value = 0;
	bool refused = kvm_get_one_reg(MANAGER, 0, id, &value) == -EPERM &&
		       kvm_set_one_reg(MANAGER, 0, id, 0) == -EPERM &&
		       kvm_get_one_reg(0, 0, id, &value) == -EPERM &&
		       kvm_get_one_reg(99, 0, id, &value) == -EBADF;

	main_set_ids();
	held_spin();
	(void)report_check(refused, "its own calls were refused");
	main_check();
	report_summary();
}
