/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE on a VM: decoding, the VM's lock, the change, and the kick of the vCPUs
 * concerned. */
#ifndef HYP_CORE_IRQ_CALL_H
#define HYP_CORE_IRQ_CALL_H

#include "hyp/base/bits.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"

/* 0 or a negative errno; a refused call changes nothing. `level`: 0 is low, any other value is
 * high. */
int irq_call_line(struct vm *vm, uint32_t irq, uint32_t level);
/* The same for an SPI by its number from 0 (irq_line_is_spi). */
int irq_call_spi(struct vm *vm, uint32_t spi, uint32_t level);
/* The same for a caller that holds the lock: releases it. */
int irq_call_drive_spi(struct vgic_locked held, uint32_t spi, uint32_t level);

/* Would irq_call_spi return 0 and change nothing? Then the lock is not needed. The line is read
 * after all that the caller has stored before has reached other CPUs, as under the lock (or the
 * handler of an edge that another CPU sends meanwhile may miss it). */
static inline bool irq_call_spi_stays(const struct vm *vm, uint32_t spi, uint32_t level)
{
	const struct vgic_bank *bank = vgic_spi_bank(vm->spis, spi);

	hw_dmb();
	return bits_rotate(vgic_spi_stays(bank, level != 0), spi) & 1u;
}

/* Drives a line that irq_line_decode has accepted for this VM: 0 or -HYP_EBUSY. *kick gets further
 * vCPUs, for irq_call_tell. */
int irq_call_one(struct vgic_locked held, const struct irq_line *line, bool level,
		 vgic_kick_t *kick);

/* After a line was driven: vgic_lock is released, and the vCPUs concerned are told. */
static inline void irq_call_tell(struct vgic_locked held, vgic_kick_t kick)
{
	if (kick) {
		kick = remote_do(held, kick);
	}
	vm_unlock_vgic(held);
	if (kick) {
		vm_kick(held.vm, kick);
	}
}

/* PLUMB_IRQ_* of a line or interrupt. Returns 0, a negative errno, or IRQ_CALL_AGAIN: the caller's
 * HVC must run again with unchanged registers. */
#define IRQ_CALL_AGAIN 1
int irq_call_state(struct vcpu *caller, struct vm *vm, uint32_t irq, uint32_t *state);

/* Continues the loaded vCPU's unfinished PLUMB_IRQ_LINE_MANY (vcpu->lines_of), with the rest of its
 * arguments in r2 and r3, by a few entries; the last turn sets r0. */
void irq_call_rest(struct vcpu *vcpu, struct guest_regs *regs);

#endif
