/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/irq_call.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/core/mem.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/stack.h"
#include "hyp/hw/sysreg.h"
#include "hyp/regs/hcr.h"

static uint32_t irq_call_cpu_bit(const struct irq_line *line)
{
	return line->type == IRQ_LINE_CPU_IRQ ? HCR_VI : HCR_VF;
}

/* Sets the virtual IRQ or FIQ input of a vCPU. If it does not change, no vCPU is kicked. */
static void irq_call_set_cpu_line(struct vgic_locked held, const struct irq_line *line, bool level,
				  vgic_kick_t *kick)
{
	struct vcpu *vcpu = &held.vm->vcpus[line->vcpu];
	uint32_t bit = irq_call_cpu_bit(line);
	uint32_t old = vcpu->lines;

	vcpu->lines = level ? old | bit : old & ~bit;
	vcpu->cif->work = VGIC_WORK_SYNC;
	*kick |= vcpu->lines != old ? BIT32(line->vcpu) : 0;
}

/* The line is the partition's. */
static inline int irq_call_set(struct vgic_locked held, const struct irq_line *line, bool level,
			       vgic_kick_t *kick)
{
	struct vm *vm = held.vm;

	if (!vm->vgic) {
		irq_call_set_cpu_line(held, line, level, kick);
		return 0;
	}
	return vgic_set_line(vm->vgic, line, level, kick);
}

int irq_call_one(struct vgic_locked held, const struct irq_line *line, bool level,
		 vgic_kick_t *kick)
{
	return irq_call_set(held, line, level, kick);
}

COLD_THUMB int irq_call_line(struct vm *vm, uint32_t irq, uint32_t level)
{
	struct vgic_locked held;
	struct irq_line line;
	vgic_kick_t kick = 0;
	int error = irq_line_decode(irq, &vm->lines, &line);

	if (error) {
		return error;
	}
	held = vm_lock_vgic(vm);
	error = irq_call_set(held, &line, level != 0, &kick);
	irq_call_tell(held, kick);
	return error;
}

/* Separate, so that the path without a move needs few registers. */
static __attribute__((noinline, flatten)) int irq_call_move_spi(struct vgic_locked held,
								uint32_t spi, uint32_t level)
{
	vgic_kick_t kick = 0;
	int error = vgic_set_spi(held.vm->vgic, spi, level != 0, &kick);

	irq_call_tell(held, kick);
	return error;
}

int irq_call_drive_spi(struct vgic_locked held, uint32_t spi, uint32_t level)
{
	if (!vgic_spi_settles(held.vm->vgic, spi, level != 0)) {
		return irq_call_move_spi(held, spi, level);
	}
	vm_unlock_vgic(held);
	return 0;
}

int irq_call_spi(struct vm *vm, uint32_t spi, uint32_t level)
{
	return irq_call_drive_spi(vm_lock_vgic(vm), spi, level);
}

/* Applies a few entries, with vgic_lock held, up to the first that is refused: returns its errno,
 * or 0. *done: the number applied. The caller calls vm_kick(vm, *kick) after the last of them. */
static int irq_call_lines(struct vm *vm, const struct kvm_irq_level *lines, uint32_t count,
			  uint32_t *done, vgic_kick_t *kick)
{
	struct vgic_locked held;
	struct irq_line line;
	int error = 0;

	held = vm_lock_vgic(vm);
	for (*done = 0; *done < count; (*done)++) {
		error = irq_line_decode(lines[*done].irq, &vm->lines, &line);
		error = error ? error : irq_call_set(held, &line, lines[*done].level != 0, kick);
		if (error) {
			break;
		}
	}
	*kick = remote_do(held, *kick);
	vm_unlock_vgic(held);
	return error;
}

/*
 * Memory holds the state of an interrupt in a loaded vCPU's list register only as of the last fold.
 * The caller's own list registers are folded at once. Another vCPU is kicked to fold, and the
 * caller repeats its call until that vCPU has folded once: then memory holds a state from after the
 * first attempt. No CPU waits with interrupts masked, so two vCPUs that query each other both make
 * progress.
 */
static bool irq_call_state_is_known(struct vcpu *caller, struct vgic_locked held,
				    const struct irq_line *line)
{
	struct vm *vm = held.vm;
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
	struct vgic_locked held;
	struct irq_line line;
	int error = irq_line_decode(irq, &vm->lines, &line);
	bool known;

	if (error) {
		return error;
	}
	hw_dmb(); /* of a child, what the number of vCPUs counts is there */
	if (!vm->vgic) {
		*state = vm->vcpus[line.vcpu].lines & irq_call_cpu_bit(&line)
				 ? PLUMB_IRQ_LEVEL | PLUMB_IRQ_PENDING | PLUMB_IRQ_ENABLED
				 : PLUMB_IRQ_ENABLED;
		return 0;
	}
	held = vm_lock_vgic(vm);
	known = irq_call_state_is_known(caller, held, &line);
	if (line.type == IRQ_LINE_SPI) {
		vsync_look_at_spi(held, line.number);
	}
	*state = known ? vgic_irq_state(vm->vgic, line.vcpu, line.number) : 0;
	vm_unlock_vgic(held);
	if (!known) {
		vm_kick_vcpu(caller->query_holder);
		hw_yield(); /* the caller repeats its HVC: yield to the other vCPU's CPU */
		return IRQ_CALL_AGAIN;
	}
	return 0;
}

#define IRQ_CALL_TURN 16u /* entries per turn of PLUMB_IRQ_LINE_MANY */

/* Reads up to `count` entries at `ipa` of the caller's memory: all of them, or only the first, or
 * none (0). */
static uint32_t irq_call_read_lines(const struct vm *vm, ipa_t ipa, struct kvm_irq_level *to,
				    uint32_t count)
{
	if (mem_read(vm, ipa, to, count * (uint32_t)sizeof(*to))) {
		return count;
	}
	return mem_read(vm, ipa, to, sizeof(*to)) ? 1 : 0;
}

/* Applies a few more entries. Returns 0 while some are left, else the value for r0. */
static COLD STACK_GUARDED int irq_call_lines_turn(struct vcpu *caller, const uint32_t args[4])
{
	struct kvm_irq_level lines[IRQ_CALL_TURN];
	uint32_t count = bits_min(args[3], PLUMB_IRQ_LINE_MANY_MAX);
	ipa_t first = ipa_make(args[2]);
	ipa_t ipa = ipa_add(first, caller->lines_done * (uint32_t)sizeof(lines[0]));
	uint32_t read = 0, applied = 0;
	vgic_kick_t kick = 0;
	int error;

	if (ipa.ipa >= first.ipa) {
		read = irq_call_read_lines(caller->vm, ipa, lines,
					   bits_min(count - caller->lines_done, IRQ_CALL_TURN));
	}
	error = read ? irq_call_lines(caller->lines_of, lines, read, &applied, &kick) : -HYP_EFAULT;
	caller->lines_done += applied;
	if (kick) {
		vm_kick(caller->lines_of, kick);
	}
	if (!error && caller->lines_done < count) {
		return 0;
	}
	return caller->lines_done ? (int)caller->lines_done : error;
}

void irq_call_rest(struct vcpu *vcpu, struct guest_regs *regs)
{
	int result = irq_call_lines_turn(vcpu, regs->r);

	if (result) {
		vcpu->lines_of = NULL;
		regs->r[0] = (uint32_t)result;
	}
}
