/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's VGIC and the list registers of the CPU that has it loaded, in step: read back, fold,
 * look at lines, let go of physical interrupts, flush, write. The order of these lies here alone;
 * the VGIC's models and fuzzers run it on modelled list registers.
 */
#ifndef HYP_CORE_VSYNC_H
#define HYP_CORE_VSYNC_H

#include "hyp/base/mmio.h"
#include "hyp/core/vm.h"

/* What the mirror of the loaded vCPU asks for, before its guest goes on. Takes vgic_lock, kicks. */
void vsync_work(struct vcpu *vcpu, enum vgic_work work);
/* The same, where the lock is held anyway: then vsync_work need not take it again. Returns whom to
 * kick when it is dropped. */
vgic_kick_t vsync_now(struct vgic_locked held, struct vcpu *vcpu);
/* After a maintenance interrupt: something in the list registers has ended. Takes the lock, kicks.
 */
void vsync_maintain(struct vcpu *vcpu);
/* List registers read back, before their state is looked at. Nothing without a VGIC. Takes the
 * lock, kicks; vsync_work must follow before the guest goes on, and its mirror says so. */
void vsync_fold(struct vcpu *vcpu);

/* Accesses of the loaded vCPU to the distributor, and to GICC_DIR (the second page of the CPU
 * interface, where nothing else is). Take the lock, kick. */
enum mmio_result vsync_dist(struct vcpu *vcpu, struct mmio *mmio);
enum mmio_result vsync_dir(struct vcpu *vcpu, struct mmio *mmio);

/* One of the loaded vCPU's own timers, or its performance monitors, has fired: INTID as the guest
 * sees it. The physical interrupt stays active until the guest deactivates the virtual one, or for
 * good without a VGIC. Takes the lock. */
void vsync_own_fired(struct vcpu *vcpu, uint32_t intid);

/* Parts of a world switch. Unload: list registers into memory, which says whom to kick. Load: into
 * the mirror, which the hardware then gets (vgic_hw_restore). */
void vsync_unload(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick);
void vsync_load(struct vgic_locked held, struct vcpu *vcpu);

/* A vCPU starts, and is not loaded: what its own timers and performance monitors asked for before
 * it was off is no more, their lines are low. The physical interrupts were given back as it left.
 * Takes the lock. */
void vsync_forget_own(const struct vcpu *vcpu);

/* Looks at the line of a held SPI of the partition, on any CPU, and lets go of it if it is low. */
void vsync_look_at_spi(struct vgic_locked held, uint32_t intid);

/* The level of a timer by its control register (CNTx_CTL, ARM ARM B4.1.29). */
bool vsync_timer_is_high(uint32_t control);

#endif
