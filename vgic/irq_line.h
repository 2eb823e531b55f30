/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE's irq word: decoding and its checks, in the order of docs/control-abi.md. Pure. */
#ifndef VGIC_IRQ_LINE_H
#define VGIC_IRQ_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum irq_line_type { IRQ_LINE_CPU_IRQ, IRQ_LINE_CPU_FIQ, IRQ_LINE_SPI, IRQ_LINE_PPI };

struct irq_line {
	enum irq_line_type type;
	uint32_t vcpu;	 /* CPU and PPI lines; 0 for an SPI */
	uint32_t number; /* INTID of an SPI or PPI */
};

/* What the decoder must know of the target. */
struct irq_line_vm {
	bool has_gic;
	uint32_t nr_vcpus;
	uint32_t nr_irqs; /* SPIs are 32..nr_irqs-1 */
};

/* 0 and *line, or -HYP_ENXIO, -HYP_EINVAL. */
int irq_line_decode(uint32_t irq, const struct irq_line_vm *vm, struct irq_line *line);

#endif
