/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/route_call.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/mem.h"
#include "hyp/hw/stack.h"
#include "vgic/irq_route.h"

/* Releases the lock. As in KVM, a line that is refused does not keep the others from being driven.
 * Separate, so that the path of one SPI needs few registers. */
static COLD STACK_GUARDED int route_call_lines(struct vgic_locked held, uint32_t gsi, bool level)
{
	struct irq_line lines[PLUMB_GSI_LINES_MAX];
	int count = irq_route_map(held.vm->routes, gsi, lines);
	int refusal = count;
	vgic_kick_t kick = 0;
	bool driven = false;

	for (int n = 0; n < count; n++) {
		int error = irq_call_one(held, &lines[n], level, &kick);

		driven = driven || !error;
		refusal = n ? refusal : error; /* the first line's */
	}
	irq_call_tell(held, kick);
	return driven ? 0 : refusal;
}

static inline int route_call_drive(struct vm *vm, uint32_t gsi, uint32_t level)
{
	struct vgic_locked held = vm_lock_vgic(vm);
	uint32_t spi;

	if (irq_route_spi(vm->routes, gsi, &spi)) {
		return irq_call_drive_spi(held, spi, level);
	}
	return route_call_lines(held, gsi, level != 0);
}

/* Separate, so that its callers need no register saved for it. */
__attribute__((noinline)) void route_call_line(struct vm *vm, struct guest_regs *regs)
{
	regs->r[0] = (uint32_t)route_call_drive(vm, regs->r[2], regs->r[3]);
}

/* ---- a new table ---- */

/* The table is built in turns, between which other CPUs use the live one. If another vCPU begins a
 * table of the same VM meanwhile, this call ends with -HYP_EAGAIN. So no call waits for a vCPU that
 * may never run again, and nothing need be cleared up behind one. */

#define ROUTE_CALL_TURN 16u /* entries */
#define ROUTE_CALL_MORE 1   /* the call is not finished */

/* Adds entries to the table that `caller` has begun; the last ones make it live. */
static int route_call_add(struct vcpu *caller, struct vgic_locked held,
			  const struct kvm_irq_routing_entry *entries, uint32_t count, bool last)
{
	struct vm *vm = held.vm;

	if (vm->routes_by != caller) {
		return -HYP_EAGAIN;
	}
	for (uint32_t n = 0; n < count; n++) {
		int error = irq_route_add(vm->routes, &vm->lines, &entries[n]);

		if (error) {
			return error;
		}
	}
	if (!last) {
		return ROUTE_CALL_MORE;
	}
	irq_route_commit(vm->routes);
	vm->routes_by = NULL;
	return 0;
}

static COLD STACK_GUARDED int route_call_turn(struct vcpu *caller, const uint32_t args[4])
{
	struct kvm_irq_routing_entry entries[ROUTE_CALL_TURN];
	uint32_t count = bits_min(args[3] - caller->lines_done, ROUTE_CALL_TURN);
	ipa_t ipa = ipa_add(ipa_make(args[2]), caller->lines_done * (uint32_t)sizeof(entries[0]));
	struct vgic_locked held;
	int result;

	if (count && !mem_read(caller->vm, ipa, entries, count * (uint32_t)sizeof(entries[0]))) {
		return -HYP_EFAULT;
	}
	caller->lines_done += count;
	held = vm_lock_vgic(caller->lines_of);
	result = route_call_add(caller, held, entries, count, caller->lines_done == args[3]);
	vm_unlock_vgic(held);
	return result;
}

void route_call_rest(struct vcpu *vcpu, struct guest_regs *regs)
{
	int result = route_call_turn(vcpu, regs->r);

	if (result != ROUTE_CALL_MORE) {
		vcpu->lines_of = NULL;
		regs->r[0] = (uint32_t)result;
	}
}

/* All that KVM checks before it looks at the entries. */
static int route_call_check(const struct vcpu *caller, ipa_t ipa, uint32_t count)
{
	uint32_t size = count * (uint32_t)sizeof(struct kvm_irq_routing_entry);
	pa_t pa;

	if (count > PLUMB_GSI_MAX) {
		return -HYP_EINVAL;
	}
	return !count || vm_owns(caller->vm, ipa, size, &pa) ? 0 : -HYP_EFAULT;
}

static void route_call_begin(struct vcpu *caller, struct vm *vm)
{
	struct vgic_locked held = vm_lock_vgic(vm);

	irq_route_begin(vm->routes);
	vm->routes_by = caller;
	vm_unlock_vgic(held);
}

void route_call_set(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	int error = route_call_check(caller, ipa_make(regs->r[2]), regs->r[3]);

	if (error) {
		regs->r[0] = (uint32_t)error;
		return;
	}
	route_call_begin(caller, vm);
	caller->lines_of = vm;
	caller->lines_done = 0;
	route_call_rest(caller, regs);
}
