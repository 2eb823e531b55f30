/* SPDX-License-Identifier: BSD-2-Clause */
/* The line decoder, given any word and any VM. */
#include "proof.h"
#include "vgic/irq_line.c"

void proof_irq_line(void)
{
	struct irq_line_vm vm = { .has_gic = any_below(2),
				  .nr_vcpus = any_word(),
				  .nr_irqs = any_word() };
	struct irq_line line = { .vcpu = any_word(), .number = any_word() };

	irq_line_decode(any_word(), &vm, &line);
	cover();
}
