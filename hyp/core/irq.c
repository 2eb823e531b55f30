/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/irq.h"
#include "hyp/base/cold.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/phys.h"
#include "hyp/core/report.h"
#include "hyp/core/tick.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/gic.h"
#include "hyp/regs/gic.h"

#define IRQ_KICKS 16u /* in a row, before other interrupts have a turn */

static bool irq_pmu_asks(void)
{
	const struct pmu pmu = { .pmcr = sysreg_read(PMCR),
				 .interrupts = sysreg_read(PMINTENSET),
				 .overflown = sysreg_read(PMOVSR) };

	return pmu_wants_interrupt(&pmu);
}

/* The level falls when its vCPU is unloaded, but the GIC may have signalled it just before. The
 * next vCPU may then not use the interrupt, and never end it, or its own monitors may not assert
 * it. */
static void irq_pmu(struct cpu *cpu, uint32_t iar)
{
	if (cpu->loaded && cpu->loaded->pmu_used && irq_pmu_asks()) {
		vsync_own_fired(cpu->loaded, MACHINE_PMU);
	} else {
		gic_deactivate(iar);
	}
}

/* The less frequent interrupts. */
static COLD void irq_other(struct cpu *cpu, uint32_t iar, uint32_t intid)
{
	if (intid == vpmu_intid) {
		irq_pmu(cpu, iar);
		return;
	}
	log_line("unexpected interrupt %u: disabled\n", (unsigned)intid);
	gic_disable(intid);
	gic_deactivate(iar);
}

/* Guests can cause kicks without end. After IRQ_KICKS of them the kick gets the lowest priority
 * once, so that all other pending interrupts have a turn. The next kick ends that turn; so does the
 * same number of other interrupts, because a device can interrupt without end, too. */
static COLD void irq_let_others(struct cpu *cpu)
{
	uint32_t taken = 0;
	uint32_t intid;

	gic_set_priority(GIC_SGI_KICK, GIC_LAST_PRIORITY);
	do {
		uint32_t iar = gic_acknowledge();

		intid = FIELD_GET(GICC_IAR_ID, iar);
		if (intid >= GICC_IAR_SPURIOUS) {
			break;
		}
		irq_handle(cpu, iar);
	} while (intid != GIC_SGI_KICK && ++taken < IRQ_KICKS);
	gic_set_priority(GIC_SGI_KICK, GIC_KICK_PRIORITY);
}

/* The purpose of the kick is in `resched` and the mirror's `work`. */
static void irq_kicked(struct cpu *cpu, uint32_t iar)
{
	if (halt_wanted) {
		halt_park(cpu);
	}
	gic_deactivate(iar);
	if (++cpu->kicks == IRQ_KICKS) {
		cpu->kicks = 0;
		irq_let_others(cpu);
	}
}

/* `ctl`: the control register of the loaded vCPU's timer. The GIC may have signalled the timer of
 * the previous vCPU: its level has fallen, but the GIC had not seen that yet. The same holds for a
 * vCPU whose world was saved. */
static inline void irq_timer(struct cpu *cpu, uint32_t iar, uint32_t intid, uint32_t ctl)
{
	if (vsync_timer_is_high(ctl) && cpu->loaded) {
		vsync_own_fired(cpu->loaded, intid);
	} else {
		gic_deactivate(iar);
	}
}

void irq_handle(struct cpu *cpu, uint32_t iar)
{
	const struct board *board = &facts_board;
	uint32_t intid = FIELD_GET(GICC_IAR_ID, iar);
	struct vm *owner;

	gic_drop(iar);
	if (intid == board->timer_virt_intid) {
		hw_isb(); /* read CTL after the acknowledge, not speculatively before it */
		irq_timer(cpu, iar, MACHINE_TIMER_VIRT, sysreg_read(CNTV_CTL));
		return;
	}
	if (intid == board->timer_phys_intid) {
		hw_isb();
		irq_timer(cpu, iar, MACHINE_TIMER_PHYS, sysreg_read(CNTP_CTL));
		return;
	}
	if (intid == board->maintenance_intid) {
		if (cpu->loaded) {
			vsync_maintain(cpu->loaded);
		}
		gic_deactivate(iar);
		return;
	}
	owner = phys_owner_of(intid);
	if (owner) {
		phys_fired(owner, iar, intid);
		return;
	}
	if (intid == board->timer_hyp_intid) {
		tick_fired(cpu);
	} else if (intid == board->uart_intid) {
		report_go_on(tty_irq());
	} else if (intid == GIC_SGI_KICK) {
		irq_kicked(cpu, iar);
		return;
	} else {
		irq_other(cpu, iar, intid);
		return;
	}
	gic_deactivate(iar);
}

/* With other work for this CPU one more is taken, at most: usually there is none, and the work
 * begins just after the GIC was looked at. */
void irq_poll(struct cpu *cpu)
{
	uint32_t taken = 0;
	bool resched;

	do {
		uint32_t iar = gic_acknowledge();

		if (FIELD_GET(GICC_IAR_ID, iar) >= GICC_IAR_SPURIOUS) {
			return;
		}
		resched = cpu->resched;
		irq_handle(cpu, iar);
	} while (!resched && ++taken < IRQ_KICKS);
}
