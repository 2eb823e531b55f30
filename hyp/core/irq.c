/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/irq.h"
#include "hyp/core/halt.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/core/main.h"
#include "hyp/regs/gic.h"
#include "hyp/core/run.h"
#include "hyp/core/tty.h"
#include "hyp/core/vpmu.h"
#include "vgic/vgic_hw.h"

/* By INTID: the partition it is passed through to, + 1; 0: none. Boot writes it. */
static uint8_t irq_owner[VGIC_MAX_IRQS];

static bool irq_hw_bit; /* irq_trust_hw_bit */

#define IRQ_KICKS 16u /* in a row, before others have their turn */

/* GICD_ICFGR: 16 interrupts share a register, whosever they are. */
static struct lock irq_config_lock;

/* One of the guest's own timers, or its performance monitors, has fired while its vCPU is loaded.
 * The physical interrupt stays active until the guest deactivates the virtual one. */
static void irq_own(struct cpu *cpu, uint32_t iar, uint32_t intid)
{
	struct vcpu *vcpu = cpu->loaded;
	struct vgic *vgic;
	vgic_kick_t kick = 0;

	if (!vcpu) {
		gic_deactivate(iar); /* the line fell as its world was saved */
		return;
	}
	if (!vcpu->vm->vgic) {
		return; /* active for good: run_timers_held */
	}
	vgic = vcpu->vm->vgic;
	lock_take(&vcpu->vm->vgic_lock);
	vgic_phys_fired(vgic, vcpu->index, intid, &kick);
	if (vgic_cif_work(vcpu->cif) == VGIC_WORK_ADD) { /* nearly always: no need to come back */
		vgic_flush(vgic, vcpu->index);
		vgic_hw_write(vcpu->cif);
	}
	lock_drop(&vcpu->vm->vgic_lock);
}

static bool irq_timer_is_high(uint32_t control)
{
	return (control & (TIMER_ENABLE | TIMER_MASKED | TIMER_FIRED)) ==
	       (TIMER_ENABLE | TIMER_FIRED);
}

/* The timers' own word for it is there at once (KVM asks them, too); any other line's, including
 * that of the performance monitors, the distributor has. */
static bool irq_line_is_high(uint32_t intid, uint32_t physid)
{
	switch (intid) {
	case VM_TIMER_VIRT:
		return irq_timer_is_high(sysreg_read(CNTV_CTL));
	case VM_TIMER_PHYS:
		return irq_timer_is_high(sysreg_read(CNTP_CTL));
	default:
		return gic_is_pending(physid);
	}
}

__attribute__((noinline)) void irq_look_at_lines(const struct vcpu *vcpu, bool own)
{
	struct vgic *vgic = vcpu->vm->vgic;
	uint32_t intid = own ? 0 : VGIC_NR_PRIVATE;
	uint32_t physid;

	hw_dsb(); /* the guest's write that lowered a line has arrived at its device */
	for (; vgic_phys_level_next(vgic, vcpu->index, &intid, &physid); intid++) {
		vgic_phys_level(vgic, vcpu->index, intid, irq_line_is_high(intid, physid));
	}
}

void irq_look_at_spi(struct vm *vm, uint32_t intid)
{
	if (vgic_phys_held(vm->vgic, 0, intid)) {
		vgic_phys_level(vm->vgic, 0, intid, gic_is_pending(intid));
		run_vgic_release(&vm->vcpus[0]);
	}
}

void irq_forget_own(const struct vcpu *vcpu)
{
	static const uint32_t intids[] = { VM_TIMER_VIRT, VM_TIMER_PHYS, VM_PMU_INTID };
	struct vm *vm = vcpu->vm;

	if (!vm->vgic) {
		return;
	}
	lock_take(&vm->vgic_lock);
	for (uint32_t n = 0; n < ARRAY_SIZE(intids); n++) {
		(void)vgic_phys_release(vm->vgic, vcpu->index, intids[n]);
	}
	lock_drop(&vm->vgic_lock);
}

/* Its next ones go to `cpu_mask`. A GIC that keeps what pends by the CPUs that it came for (QEMU's)
 * moves nothing, and an edge comes once: it pends anew, as a whole, or it would come to each. */
static void irq_retarget(uint32_t intid, uint8_t cpu_mask)
{
	gic_target(intid, cpu_mask);
	if (gic_is_pending(intid) && gic_is_edge(intid)) {
		gic_clear_pending(intid);
		gic_set_pending(intid);
	}
}

/* Who ends a device's interrupt pays for the next: it goes to the CPU that ends it. Else a vCPU
 * with a CPU of its own could make a level that never falls fire without end on another's. This one
 * deactivates with its interrupts masked: nothing can come between. */
__attribute__((noinline)) void irq_release_device(uint32_t physid)
{
	irq_retarget(physid, cpu_this()->gic_mask);
	gic_set_active(physid, false);
}

/* With the HW bit no exit tells who ends it: it will be the vCPU that has it in a list register,
 * or will have, woken by it or not: one that would not be signalled it may end it all the same when
 * it wakes by itself. The target changes when it is no longer active (4.3.12); QEMU's GIC would
 * signal it at once. vgic_lock is held: nobody has ended it. */
static void irq_follow(const struct vm *vm, uint32_t intid)
{
	uint32_t n = vgic_phys_goes_to(vm->vgic, intid);
	const struct vcpu *vcpu;
	uint8_t there;

	if (n >= vm->nr_vcpus) {
		return;
	}
	vcpu = &vm->vcpus[n];
	there = vcpu->life->loaded_on;
	if (there == SCHED_NO_CPU) {
		there = sched.entity[vcpu->entity].cpu; /* it sleeps: where it ran last */
	}
	if (there != SCHED_NO_CPU) {
		irq_retarget(intid, cpus[there].gic_mask);
	}
}

/* A device of a partition: active until the guest deactivates the virtual interrupt (the list
 * register's HW bit). */
static void irq_passed(struct vm *vm, uint32_t iar, uint32_t intid)
{
	vgic_kick_t kick = 0;

	lock_take(&vm->vgic_lock);
	if (vm->life.state != LIFE_OFF && vm->life.state != LIFE_CRASHED) {
		vgic_phys_fired(vm->vgic, 0, intid, &kick);
		if (irq_hw_bit) {
			irq_follow(vm, intid);
		}
	} else {
		gic_deactivate(iar); /* of a life that has ended since it was acknowledged */
	}
	lock_drop(&vm->vgic_lock);
	vm_kick(vm, kick);
}

static void irq_set_trigger(uint32_t intid, bool edge)
{
	lock_take(&irq_config_lock);
	gic_set_edge(intid, edge);
	lock_drop(&irq_config_lock);
}

void irq_change_trigger(uint32_t intid, bool edge)
{
	irq_set_trigger(intid, edge);
	gic_enable(intid);
}

void irq_trust_hw_bit(void)
{
	irq_hw_bit = true;
}

/* To the first CPU that vCPU 0 may use: whoever has the others does not pay for the device. */
static void irq_give_one(const struct vm *vm, uint32_t intid, bool edge)
{
	uint32_t there = (UINT32_C(1) << main_board.nr_cpus) - 1;

	irq_owner[intid] = (uint8_t)(vm->index + 1);
	irq_set_trigger(intid, edge);
	gic_target(intid, cpus[bits_first(vm->config->affinity[0] & there)].gic_mask);
	gic_clear_pending(intid); /* an edge of the life before */
	gic_enable(intid);
}

void irq_give(const struct vm *vm)
{
	for (uint32_t n = 0; vm->vgic && n < vm->config->nr_devices; n++) {
		const struct manifest_device *device = &vm->config->device[n];

		for (uint32_t i = 0; i < device->nr_interrupts; i++) {
			irq_give_one(vm, device->intid[i], (device->edges >> i & 1u) != 0);
		}
	}
}

void irq_take_back(const struct vm *vm)
{
	for (uint32_t n = 0; n < vm->config->nr_devices; n++) {
		const struct manifest_device *device = &vm->config->device[n];

		for (uint32_t i = 0; i < device->nr_interrupts; i++) {
			gic_disable(device->intid[i]);
		}
	}
}

static bool irq_pmu_asks(void)
{
	const struct pmu pmu = { .pmcr = sysreg_read(PMCR),
				 .interrupts = sysreg_read(PMINTENSET),
				 .overflown = sysreg_read(PMOVSR) };

	return pmu_wants_interrupt(&pmu);
}

/* The level falls as its vCPU leaves, but the GIC may have seen it a moment before: whoever came
 * then does not know it, and would never end it, or has monitors of its own that do not ask. */
static void irq_pmu(struct cpu *cpu, uint32_t iar)
{
	if (cpu->loaded && cpu->loaded->pmu_used && irq_pmu_asks()) {
		irq_own(cpu, iar, VM_PMU_INTID);
	} else {
		gic_deactivate(iar);
	}
}

/* What comes seldom. */
static void irq_other(struct cpu *cpu, uint32_t iar, uint32_t intid)
{
	if (intid == vpmu_intid) {
		irq_pmu(cpu, iar);
		return;
	}
	print("interrupt %u from nowhere: switched off\n", (unsigned)intid);
	gic_disable(intid);
	gic_deactivate(iar);
}

static void irq_handle(struct cpu *cpu, uint32_t iar);

/* Guests cause kicks, without end if they like. Every so many of them go last for once, so that
 * whatever else is pending has its turn. The first kick that comes then ends it; so do as many
 * others: a device may ask without end, too. */
static __attribute__((noinline)) void irq_let_others(struct cpu *cpu)
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

/* The kick itself is to be looked for in `resched` and the mirror's `work`. */
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

/* `ctl`: what the loaded vCPU's timer says. The GIC may have signalled that of the vCPU before: its
 * level fell, but had not yet at the GIC. */
static inline void irq_timer(struct cpu *cpu, uint32_t iar, uint32_t intid, uint32_t ctl)
{
	if (irq_timer_is_high(ctl)) {
		irq_own(cpu, iar, intid);
	} else {
		gic_deactivate(iar);
	}
}

static void irq_handle(struct cpu *cpu, uint32_t iar)
{
	const struct board *board = &main_board;
	uint32_t intid = FIELD_GET(GICC_IAR_ID, iar);

	gic_drop(iar);
	if (intid == board->timer_virt_intid) {
		hw_isb(); /* CTL as it is now, not as it was when something else interrupted */
		irq_timer(cpu, iar, VM_TIMER_VIRT, sysreg_read(CNTV_CTL));
		return;
	}
	if (intid == board->timer_phys_intid) {
		hw_isb();
		irq_timer(cpu, iar, VM_TIMER_PHYS, sysreg_read(CNTP_CTL));
		return;
	}
	if (irq_owner[intid]) {
		irq_passed(&vms[irq_owner[intid] - 1], iar, intid);
		return;
	}
	if (intid == board->maintenance_intid) {
		if (cpu->loaded) {
			run_vgic_maintain(cpu->loaded);
		}
	} else if (intid == board->timer_hyp_intid) {
		run_timer_fired(cpu);
	} else if (intid == board->uart_intid) {
		tty_irq();
	} else if (intid == GIC_SGI_KICK) {
		irq_kicked(cpu, iar);
		return;
	} else {
		irq_other(cpu, iar, intid);
		return;
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
	uint32_t taken = 0;

	do {
		uint32_t iar = gic_acknowledge();

		if (FIELD_GET(GICC_IAR_ID, iar) >= GICC_IAR_SPURIOUS) {
			return;
		}
		irq_handle(cpu, iar);
	} while (!cpu->resched && ++taken < IRQ_KICKS);
}
