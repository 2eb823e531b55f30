/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/hypercall_elsewhere.h"
#include "hyp/base/cold.h"
#include "hyp/core/child.h"
#include "hyp/core/child_call.h"
#include "hyp/core/cpu.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/right.h"
#include "hyp/core/route_call.h"
#include "hyp/core/virtio.h"

static __attribute__((noinline)) void elsewhere_refused(const struct vcpu *caller,
							struct guest_regs *regs)
{
	struct vm *vm;

	regs->r[0] = caller->vm->child ? (uint32_t)SMCCC_NOT_SUPPORTED
				       : (uint32_t)right_on_vm(caller, regs->r[1], &vm);
}

static bool elsewhere_is_child(const struct vcpu *caller, const struct guest_regs *regs)
{
	return caller->vm->creator && right_names_child(regs->r[1]);
}

/* A line of the child is driven between these two. The second puts those that it has woken in the
 * place of 0; also what another call has woken, and rung for: who asks then finds none. */
static inline void elsewhere_begin(struct cpu *cpu, const struct child *child)
{
	cpu->tells = child->tells;
}

static inline void elsewhere_end(struct cpu *cpu, struct child *child, struct guest_regs *regs)
{
	if (cpu->tells) {
		cpu->tells = false;
		if (child->life.wake && regs->r[0] == 0) {
			regs->r[0] = child_take_wake(&child->vm) & ~PLUMB_WAKE_LINES;
		}
	}
	child_put(cpu);
}

/* Any line, or GSI, of a creator's child. */
static COLD void elsewhere_child(const struct vcpu *caller, struct guest_regs *regs, bool gsi)
{
	struct cpu *cpu = cpu_this();
	struct vm *vm;
	int32_t error = right_on_lines(caller, regs->r[1], &vm);

	if (error) {
		regs->r[0] = (uint32_t)error;
		child_put(cpu);
		return;
	}
	elsewhere_begin(cpu, vm->child);
	if (gsi) {
		route_call_line(vm, regs);
	} else {
		regs->r[0] = (uint32_t)irq_call_line(vm, regs->r[2], regs->r[3]);
	}
	elsewhere_end(cpu, vm->child, regs);
}

/* A line of a creator's child. Frequent: an SPI of one that has its GIC. */
static inline void elsewhere_child_line(const struct vcpu *caller, struct guest_regs *regs)
{
	struct cpu *cpu = cpu_this();
	struct child *child = child_find_here(cpu, caller->vm, regs->r[1]);
	uint32_t spi;

	if (!child || !child->formed) {
		elsewhere_child(caller, regs, false);
		return;
	}
	hw_dmb(); /* as in child_form */
	if (!irq_line_is_spi(regs->r[2], child->vm.nr_spis, &spi)) {
		elsewhere_child(caller, regs, false);
		return;
	}
	if (irq_call_spi_stays(&child->vm, spi, regs->r[3])) {
		regs->r[0] = 0;
		child_put(cpu);
		return;
	}
	elsewhere_begin(cpu, child);
	regs->r[0] = (uint32_t)irq_call_spi(&child->vm, spi, regs->r[3]);
	elsewhere_end(cpu, child, regs);
}

/* Without the right: a backend may still drive the interrupts of the windows that it serves. */
static COLD void elsewhere_line_refused(const struct vcpu *caller, struct guest_regs *regs)
{
	struct vm *client =
		caller->vm->child ? NULL : virtio_may_drive(caller->vm, regs->r[1], regs->r[2]);

	if (client) {
		regs->r[0] = (uint32_t)irq_call_line(client, regs->r[2], regs->r[3]);
	} else {
		elsewhere_refused(caller, regs);
	}
}

__attribute__((noinline)) void hypercall_elsewhere_line(const struct vcpu *caller,
							struct guest_regs *regs)
{
	if (elsewhere_is_child(caller, regs)) {
		elsewhere_child_line(caller, regs);
	} else {
		elsewhere_line_refused(caller, regs);
	}
}

__attribute__((noinline)) void hypercall_elsewhere_gsi(const struct vcpu *caller,
						       struct guest_regs *regs)
{
	if (elsewhere_is_child(caller, regs)) {
		elsewhere_child(caller, regs, true);
	} else {
		elsewhere_refused(caller, regs);
	}
}
