/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/halt.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/log.h"
#include "hyp/core/soc.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/monitor.h"
#include "hyp/hw/smc.h"
#include "hyp/hw/timer.h"

#define HALT_DATA_ABORT 4u /* number of its vector */
#define HALT_NOBODY	0u /* not a valid MPIDR: there bit 31 is 1 (B4.1.106) */

extern const char image_stacks[];

volatile bool halt_wanted;

static bool halt_armed; /* HTPIDR, the GIC and the other CPUs are ready */

static uint32_t halt_caller; /* MPIDR of the CPU that ends the system */

void halt_arm(void)
{
	halt_armed = true;
}

void halt_park(struct cpu *cpu)
{
	cpu->parked = true;
	for (;;) {
		hw_wfi();
	}
}

static bool halt_all_parked(const struct cpu *self)
{
	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		if (&cpus[n] != self && !cpus[n].parked) {
			return false;
		}
	}
	return true;
}

void halt_others(void)
{
	uint32_t self = sysreg_read(MPIDR);
	uint32_t nobody = HALT_NOBODY;
	uint64_t deadline;

	if (!halt_armed) {
		return;
	}
	if (!__atomic_compare_exchange_n(&halt_caller, &nobody, self, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST)) {
		if (nobody != self) {
			halt_park(cpu_this());
		}
		return;
	}
	halt_wanted = true;
	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		cpu_interrupt(n);
	}
	deadline = timer_now() + facts_timer_hz() / 20;
	while (!halt_all_parked(cpu_this()) && timer_now() < deadline) {
		hw_yield();
	}
	hw_dmb(); /* their last writes, to the console too, are complete */
}

void halt_system(enum halt_status status)
{
	halt_others();
	log_last_words("end", "status %d", (int)status);
	if (facts_board.psci == BOARD_PSCI_SMC && facts_board.psci_system_off &&
	    !monitor_is_active()) {
		smc_call(facts_board.psci_system_off, 0, 0, 0);
	}
	soc_power_off();
	for (;;) {
		hw_wfi();
	}
}

void halt_panic(const char *what)
{
	halt_others();
	log_last_words("panic", "%s", what);
	halt_system(HALT_PANIC);
}

void halt_smashed(uint32_t pc)
{
	halt_others();
	log_last_words("panic", "stack overwritten in the function at %08x", (unsigned)pc);
	halt_system(HALT_PANIC);
}

/* Below each CPU's stack is a page that is not mapped (mmu_init). */
static void halt_say_overflow(uint32_t address)
{
	uint32_t offset = address - (uint32_t)(uintptr_t)image_stacks;

	if (offset < LAYOUT_MAX_CPUS * LAYOUT_STACK_SIZE &&
	    offset % LAYOUT_STACK_SIZE < LAYOUT_STACK_SIZE / 2) {
		log_last_words("panic", "stack overflow of CPU %u",
			       (unsigned)(offset / LAYOUT_STACK_SIZE));
	}
}

void halt_exception(uint32_t number, const struct guest_regs *regs)
{
	static const char *const names[] = { "reset", "undefined instruction", "supervisor call",
					     "prefetch abort", "data abort" };

	halt_others();
	if (number == HALT_DATA_ABORT) {
		halt_say_overflow(sysreg_read(HDFAR));
	}
	log_last_words("panic", "%s in the monitor: cpsr %08x hsr %08x hdfar %08x hifar %08x",
		       names[number], (unsigned)regs->cpsr, (unsigned)sysreg_read(HSR),
		       (unsigned)sysreg_read(HDFAR), (unsigned)sysreg_read(HIFAR));
	log_last_words("panic", "pc %08x lr %08x r0 %08x %08x %08x %08x r4 %08x %08x %08x %08x",
		       (unsigned)regs->pc, (unsigned)regs->lr_usr, (unsigned)regs->r[0],
		       (unsigned)regs->r[1], (unsigned)regs->r[2], (unsigned)regs->r[3],
		       (unsigned)regs->r[4], (unsigned)regs->r[5], (unsigned)regs->r[6],
		       (unsigned)regs->r[7]);
	halt_system(HALT_PANIC);
}
