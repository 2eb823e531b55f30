/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/irq.h"
#include "hyp/hw/gic.h"
#include "hyp/main.h"
#include "hyp/regs/gic.h"
#include "hyp/run.h"
#include "hyp/tty.h"

/* One of the guest's own timers has fired while its vCPU is loaded. The physical interrupt stays
 * active until the guest deactivates the virtual one. */
static void irq_timer(struct cpu *cpu, uint32_t iar, uint32_t intid)
{
	struct vcpu *vcpu = cpu->loaded;
	vgic_kick_t kick = 0;

	gic_drop(iar);
	if (!vcpu || !vcpu->vm->vgic) {
		gic_deactivate(iar); /* the line fell as its world was saved */
		return;
	}
	lock_take(&vcpu->vm->vgic_lock);
	vgic_hw_fired(vcpu->vm->vgic, vcpu->index, intid, &kick);
	lock_drop(&vcpu->vm->vgic_lock);
}

static void irq_handle(struct cpu *cpu, uint32_t iar)
{
	const struct board *board = &main_board;
	uint32_t intid = FIELD_GET(GICC_IAR_ID, iar);

	if (intid == board->timer_virt_intid) {
		irq_timer(cpu, iar, VM_TIMER_VIRT);
		return;
	}
	if (intid == board->timer_phys_intid) {
		irq_timer(cpu, iar, VM_TIMER_PHYS);
		return;
	}
	gic_drop(iar);
	if (intid == board->maintenance_intid) {
		if (cpu->loaded) {
			run_vgic_refold(cpu->loaded);
		}
	} else if (intid == board->timer_hyp_intid) {
		run_timer_fired(cpu);
	} else if (intid == board->uart_intid) {
		tty_irq();
	} else if (intid != GIC_SGI_KICK) {
		print("interrupt %u from nowhere: switched off\n", (unsigned)intid);
		gic_disable(intid);
	}
	gic_deactivate(iar);
}

void exit_irq(struct guest_regs *regs)
{
	struct cpu *cpu = cpu_this();
	uint32_t iar = gic_acknowledge();

	cpu->loaded->stats[PLUMB_STAT_IRQ]++;
	if (FIELD_GET(GICC_IAR_ID, iar) < GICC_IAR_SPURIOUS) {
		irq_handle(cpu, iar);
	}
	run_finish(cpu, regs);
}

void irq_poll(struct cpu *cpu)
{
	for (;;) {
		uint32_t iar = gic_acknowledge();

		if (FIELD_GET(GICC_IAR_ID, iar) >= GICC_IAR_SPURIOUS) {
			return;
		}
		irq_handle(cpu, iar);
	}
}
