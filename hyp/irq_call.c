/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/irq_call.h"
#include "hyp/base/error.h"
#include "hyp/regs/hcr.h"

static uint32_t irq_call_cpu_bit(const struct irq_line *line)
{
	return line->type == IRQ_LINE_CPU_IRQ ? HCR_VI : HCR_VF;
}

/* The virtual IRQ or FIQ input of a vCPU. No change: nobody is disturbed. */
static int irq_call_cpu_line(struct vm *vm, const struct irq_line *line, bool level)
{
	struct vcpu *vcpu = &vm->vcpus[line->vcpu];
	uint32_t bit = irq_call_cpu_bit(line);
	uint32_t old, new;

	lock_take(&vm->vgic_lock);
	old = vcpu->lines;
	new = level ? old | bit : old & ~bit;
	vcpu->lines = new;
	vcpu->cif->work = VGIC_WORK_SYNC;
	lock_drop(&vm->vgic_lock);
	if (new != old) {
		vcpu_kick(vcpu);
	}
	return 0;
}

int irq_call_line(struct vm *vm, uint32_t irq, bool level)
{
	struct irq_line line;
	vgic_kick_t kick = 0;
	int error = irq_line_decode(irq, &vm->lines, &line);

	if (error) {
		return error;
	}
	if (!vm->vgic) {
		return irq_call_cpu_line(vm, &line, level);
	}
	if (line.type == IRQ_LINE_SPI && line.number == VM_UART_INTID && vm->config->console) {
		return -HYP_EBUSY; /* the emulated UART drives this one */
	}
	lock_take(&vm->vgic_lock);
	error = vgic_set_line(vm->vgic, &line, level, &kick);
	lock_drop(&vm->vgic_lock);
	if (kick) {
		vm_kick(vm, kick);
	}
	return error;
}

int irq_call_state(struct vm *vm, uint32_t irq, uint32_t *state)
{
	struct irq_line line;
	int error = irq_line_decode(irq, &vm->lines, &line);

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
	*state = vgic_irq_state(vm->vgic, line.vcpu, line.number);
	lock_drop(&vm->vgic_lock);
	return 0;
}
