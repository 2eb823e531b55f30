/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/irq_line.h"
#include "abi/kvm_compat.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"

/* The interrupts of the GIC architecture (IHI 0048B 2.2.1). */
#define LINE_FIRST_PPI 16u
#define LINE_FIRST_SPI 32u

static COLD int irq_line_cpu(const struct irq_line_vm *vm, uint32_t vcpu, uint32_t number,
			     struct irq_line *line)
{
	if (vm->has_gic) {
		return -HYP_ENXIO;
	}
	if (vcpu >= vm->nr_vcpus || number > KVM_ARM_IRQ_CPU_FIQ) {
		return -HYP_EINVAL;
	}
	line->type = number == KVM_ARM_IRQ_CPU_FIQ ? IRQ_LINE_CPU_FIQ : IRQ_LINE_CPU_IRQ;
	line->vcpu = vcpu;
	line->number = 0;
	return 0;
}

static int irq_line_ppi(const struct irq_line_vm *vm, uint32_t vcpu, uint32_t number,
			struct irq_line *line)
{
	if (!vm->has_gic) {
		return -HYP_ENXIO;
	}
	if (vcpu >= vm->nr_vcpus || number < LINE_FIRST_PPI || number >= LINE_FIRST_SPI) {
		return -HYP_EINVAL;
	}
	line->type = IRQ_LINE_PPI;
	line->vcpu = vcpu;
	line->number = number;
	return 0;
}

static int irq_line_spi(const struct irq_line_vm *vm, uint32_t number, struct irq_line *line)
{
	if (!vm->has_gic) {
		return -HYP_ENXIO;
	}
	if (number < LINE_FIRST_SPI || number >= vm->nr_irqs) {
		return -HYP_EINVAL;
	}
	line->type = IRQ_LINE_SPI;
	line->vcpu = 0; /* vcpu_index is ignored */
	line->number = number;
	return 0;
}

int irq_line_decode(uint32_t irq, const struct irq_line_vm *vm, struct irq_line *line)
{
	uint32_t vcpu = (irq >> KVM_ARM_IRQ_VCPU_SHIFT) & KVM_ARM_IRQ_VCPU_MASK;
	uint32_t number = (irq >> KVM_ARM_IRQ_NUM_SHIFT) & KVM_ARM_IRQ_NUM_MASK;

	switch ((irq >> KVM_ARM_IRQ_TYPE_SHIFT) & KVM_ARM_IRQ_TYPE_MASK) {
	case KVM_ARM_IRQ_TYPE_CPU:
		return irq_line_cpu(vm, vcpu, number, line);
	case KVM_ARM_IRQ_TYPE_SPI:
		return irq_line_spi(vm, number, line);
	case KVM_ARM_IRQ_TYPE_PPI:
		return irq_line_ppi(vm, vcpu, number, line);
	default:
		return -HYP_EINVAL;
	}
}
