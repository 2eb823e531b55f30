/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/irq_call.h"
#include "hyp/base/error.h"
#include "hyp/hw/sysreg.h"
#include "hyp/core/irq.h"
#include "hyp/regs/hcr.h"
#include "hyp/core/rtc.h"

static uint32_t irq_call_cpu_bit(const struct irq_line *line)
{
	return line->type == IRQ_LINE_CPU_IRQ ? HCR_VI : HCR_VF;
}

/* The virtual IRQ or FIQ input of a vCPU. No change: nobody is disturbed. */
static void irq_call_set_cpu_line(struct vm *vm, const struct irq_line *line, bool level,
				  vgic_kick_t *kick)
{
	struct vcpu *vcpu = &vm->vcpus[line->vcpu];
	uint32_t bit = irq_call_cpu_bit(line);
	uint32_t old = vcpu->lines;

	vcpu->lines = level ? old | bit : old & ~bit;
	vcpu->cif->work = VGIC_WORK_SYNC;
	*kick |= vcpu->lines != old ? BIT32(line->vcpu) : 0;
}

/* The line is the partition's. vgic_lock is held. */
static inline int irq_call_set(struct vm *vm, const struct irq_line *line, bool level,
			       vgic_kick_t *kick)
{
	if (!vm->vgic) {
		irq_call_set_cpu_line(vm, line, level, kick);
		return 0;
	}
	if (line->type == IRQ_LINE_SPI && ((line->number == VM_UART_INTID && vm->config->console) ||
					   (line->number == RTC_INTID && vm->config->rtc))) {
		return -HYP_EBUSY; /* an emulated device drives this one */
	}
	return vgic_set_line(vm->vgic, line, level, kick);
}

int irq_call_line(struct vm *vm, uint32_t irq, bool level)
{
	struct irq_line line;
	vgic_kick_t kick = 0;
	int error = irq_line_decode(irq, &vm->lines, &line);

	if (error) {
		return error;
	}
	lock_take(&vm->vgic_lock);
	error = irq_call_set(vm, &line, level, &kick);
	lock_drop(&vm->vgic_lock);
	if (kick) {
		vm_kick(vm, kick);
	}
	return error;
}

int irq_call_lines(struct vm *vm, const struct kvm_irq_level *lines, uint32_t count, uint32_t *done,
		   vgic_kick_t *kick)
{
	struct irq_line line;
	int error = 0;

	lock_take(&vm->vgic_lock);
	for (*done = 0; *done < count; (*done)++) {
		error = irq_line_decode(lines[*done].irq, &vm->lines, &line);
		error = error ? error : irq_call_set(vm, &line, lines[*done].level != 0, kick);
		if (error) {
			break;
		}
	}
	lock_drop(&vm->vgic_lock);
	return error;
}

/*
 * What a loaded vCPU's list register holds, memory knows as of the last fold only. The caller's own
 * are folded on the spot; another's vCPU is asked to, and the caller runs its call again until it
 * has once: then memory is as true as any moment since the first attempt. Nobody waits with
 * interrupts masked, so two that ask each other get on.
 */
static bool irq_call_state_is_known(struct vcpu *caller, struct vm *vm, const struct irq_line *line)
{
	uint32_t seq = 0;
	uint32_t holder = vgic_irq_holder(vm->vgic, line->vcpu, line->number, &seq);
	struct vcpu *vcpu = holder < vm->nr_vcpus ? &vm->vcpus[holder] : NULL;

	if (!vcpu || (caller->query_holder == vcpu && caller->query_irq == line->number &&
		      caller->query_seq != seq)) {
		caller->query_holder = NULL;
		return true;
	}
	caller->query_holder = vcpu;
	caller->query_seq = seq;
	caller->query_irq = line->number;
	vgic_ask_fold(vm->vgic, holder);
	return false;
}

int irq_call_state(struct vcpu *caller, struct vm *vm, uint32_t irq, uint32_t *state)
{
	struct irq_line line;
	int error = irq_line_decode(irq, &vm->lines, &line);
	bool known;

	if (error) {
		return error;
	}
	if (!vm->vgic) {
		*state = vm->vcpus[line.vcpu].lines & irq_call_cpu_bit(&line)
				 ? PLUMB_IRQ_LEVEL | PLUMB_IRQ_PENDING | PLUMB_IRQ_ENABLED
				 : PLUMB_IRQ_ENABLED;
		return 0;
	}
	lock_take(&vm->vgic_lock);
	known = irq_call_state_is_known(caller, vm, &line);
	if (line.type == IRQ_LINE_SPI) {
		irq_look_at_spi(vm, line.number);
	}
	*state = known ? vgic_irq_state(vm->vgic, line.vcpu, line.number) : 0;
	lock_drop(&vm->vgic_lock);
	if (!known) {
		vcpu_kick(caller->query_holder);
		hw_yield(); /* the caller spins through its HVC: let the other vCPU's CPU on */
		return IRQ_CALL_AGAIN;
	}
	return 0;
}
