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

/* The properties of the target VM that the decoder needs. */
struct irq_line_vm {
	bool has_gic;
	uint32_t nr_vcpus;
	uint32_t nr_irqs; /* SPIs are 32..nr_irqs-1 */
};

/* No type: irq_line_decode refuses the word in each VM, with -HYP_EINVAL. */
static inline bool irq_line_has_no_type(uint32_t irq)
{
	return irq >= 3u << 24; /* above KVM_ARM_IRQ_TYPE_PPI */
}

/* The common words, without a decision per field: an SPI that the VM has, with a vcpu_index of 0.
 * `nr_spis`: those that it has; 0 without a GIC. Fills *spi with its number, from 0. False: any
 * other word; irq_line_decode tells. */
static inline bool irq_line_is_spi(uint32_t irq, uint32_t nr_spis, uint32_t *spi)
{
	*spi = irq - (1u << 24 | 32u); /* KVM_ARM_IRQ_TYPE_SPI */
	return *spi < nr_spis;
}

/*
 * Returns 0 and fills *line, or returns -HYP_ENXIO or -HYP_EINVAL. test/tools/proof.py proves the
 * table of docs/control-abi.md, repeated here, for every word, every VM and every path.
 */
/*@ requires \valid_read(vm) && \valid(line) && \separated(vm, line);
  @ requires vm->has_gic == 0 || vm->has_gic == 1;
  @ assigns *line;
  @ behavior cpu_with_gic:
  @   assumes ((irq >> 24) & 0xff) == 0 && vm->has_gic;
  @   ensures \result == -6 && *line == \old(*line);
  @ behavior cpu_refused:
  @   assumes ((irq >> 24) & 0xff) == 0 && !vm->has_gic;
  @   assumes ((irq >> 16) & 0xff) >= vm->nr_vcpus || (irq & 0xffff) > 1;
  @   ensures \result == -22 && *line == \old(*line);
  @ behavior cpu:
  @   assumes ((irq >> 24) & 0xff) == 0 && !vm->has_gic;
  @   assumes ((irq >> 16) & 0xff) < vm->nr_vcpus && (irq & 0xffff) <= 1;
  @   ensures \result == 0 && line->vcpu == ((irq >> 16) & 0xff) && line->number == 0;
  @   ensures line->type == ((irq & 0xffff) == 1 ? IRQ_LINE_CPU_FIQ : IRQ_LINE_CPU_IRQ);
  @ behavior gic_without:
  @   assumes (((irq >> 24) & 0xff) == 1 || ((irq >> 24) & 0xff) == 2) && !vm->has_gic;
  @   ensures \result == -6 && *line == \old(*line);
  @ behavior spi_refused:
  @   assumes ((irq >> 24) & 0xff) == 1 && vm->has_gic;
  @   assumes (irq & 0xffff) < 32 || (irq & 0xffff) >= vm->nr_irqs;
  @   ensures \result == -22 && *line == \old(*line);
  @ behavior spi:
  @   assumes ((irq >> 24) & 0xff) == 1 && vm->has_gic && 32 <= (irq & 0xffff) < vm->nr_irqs;
  @   ensures \result == 0 && line->type == IRQ_LINE_SPI;
  @   ensures line->vcpu == 0 && line->number == (irq & 0xffff);
  @ behavior ppi_refused:
  @   assumes ((irq >> 24) & 0xff) == 2 && vm->has_gic;
  @   assumes ((irq >> 16) & 0xff) >= vm->nr_vcpus || !(16 <= (irq & 0xffff) <= 31);
  @   ensures \result == -22 && *line == \old(*line);
  @ behavior ppi:
  @   assumes ((irq >> 24) & 0xff) == 2 && vm->has_gic;
  @   assumes ((irq >> 16) & 0xff) < vm->nr_vcpus && 16 <= (irq & 0xffff) <= 31;
  @   ensures \result == 0 && line->type == IRQ_LINE_PPI;
  @   ensures line->vcpu == ((irq >> 16) & 0xff) && line->number == (irq & 0xffff);
  @ behavior other:
  @   assumes ((irq >> 24) & 0xff) != 0 && ((irq >> 24) & 0xff) != 1 && ((irq >> 24) & 0xff) != 2;
  @   ensures \result == -22 && *line == \old(*line);
  @ complete behaviors;
  @ disjoint behaviors;
  @*/
int irq_line_decode(uint32_t irq, const struct irq_line_vm *vm, struct irq_line *line);

#endif
