/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/cpu.h"
#include "hyp/core/exit.h"
#include "hyp/core/facts.h"
#include "hyp/core/irq.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/trail.h"
#include "hyp/regs/gic.h"

/* The virtual timer of the vCPU that was interrupted, the most frequent interrupt. */
static inline bool exit_ticked(uint32_t intid)
{
	if (intid != facts_board.timer_virt_intid) {
		return false;
	}
	hw_isb(); /* read CTL after the acknowledge, not speculatively before it */
	return vsync_timer_is_high(sysreg_read(CNTV_CTL));
}

void exit_irq(struct cpu *cpu, uint32_t unused, uint32_t pc, uint32_t cpsr)
{
	struct vcpu *vcpu = cpu->loaded;
	uint32_t iar = gic_acknowledge();
	uint32_t intid = FIELD_GET(GICC_IAR_ID, iar);

	(void)unused;
	hw_trail(&cpu->trail, iar, pc, cpsr);
	if (exit_ticked(intid)) {
		gic_drop(iar);
		if (vsync_ticked(vcpu)) {
			hw_count(&vcpu->stats[VM_STAT_TICK]);
		} else {
			hw_count(&vcpu->stats[PLUMB_STAT_IRQ]);
		}
		return;
	}
	hw_count(&vcpu->stats[PLUMB_STAT_IRQ]);
	if (intid < GICC_IAR_SPURIOUS) {
		irq_handle(cpu, iar);
	}
}
