/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps a vCPU's VGIC consistent with the list registers of the CPU that has it loaded: read back,
 * fold, check lines, deactivate physical interrupts, flush, write. Only this file defines the order
 * of these; the VGIC's models and fuzzers run it on modelled list registers.
 */
#ifndef HYP_CORE_VSYNC_H
#define HYP_CORE_VSYNC_H

#include "hyp/base/mmio.h"
#include "hyp/core/vm.h"

/* Does the work that the mirror of the loaded vCPU requests, before its guest continues: at least
 * `work`, which was read without the lock. Takes vgic_lock, kicks. */
void vsync_work(struct vcpu *vcpu, enum vgic_work work);
/* The same for a caller that holds the lock already, so that vsync_work need not take it again.
 * Returns the vCPUs to kick after the lock is released. */
vgic_kick_t vsync_now(struct vgic_locked held, struct vcpu *vcpu);
/* After a maintenance interrupt: an interrupt in the list registers has ended. Takes the lock,
 * kicks. */
void vsync_maintain(struct vcpu *vcpu);
/* Reads the list registers back, before their state is used. Does nothing without a VGIC. Takes
 * the lock, kicks. The mirror then requests vsync_work, which must follow before the guest
 * continues. */
void vsync_fold(struct vcpu *vcpu);

/* The loaded vCPU executes WFI: folds, if there is anything to fold, and reads its CPU interface.
 * False: an interrupt is pending that ends it (vsync_work must follow, as for vsync_fold). `*kick`:
 * vCPUs to kick after the lock is released. */
bool vsync_waits(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick);

/* Accesses of the loaded vCPU to the distributor, and to GICC_DIR (the only register of the CPU
 * interface's second page). Take the lock, kick. */
enum mmio_result vsync_dist(struct vcpu *vcpu, struct mmio *mmio);
enum mmio_result vsync_dir(struct vcpu *vcpu, struct mmio *mmio);
/* The short way of vsync_dist, for frequent words of the distributor. False: another register, or a
 * store that is more than that. Reads take no lock (vgic_dist_read_word). */
bool vsync_dist_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value);
bool vsync_dist_write(struct vcpu *vcpu, uint32_t offset, uint32_t value);

/* The loaded vCPU writes `value` to its GICD_SGIR: if that is an SGI to itself, and nothing else
 * waits, sends it and returns true. Takes the lock. */
bool vsync_sgi(struct vcpu *vcpu, uint32_t value);

/* One of the loaded vCPU's own timers, or its performance monitors, has fired: INTID as the guest
 * sees it. The physical interrupt stays active until the guest deactivates the virtual one, or for
 * good without a VGIC. Takes the lock. */
void vsync_own_fired(struct vcpu *vcpu, uint32_t intid);
/* The same for its virtual timer, from exit_irq: the shortest path. True: the interrupt is in a
 * list register (VM_STAT_TICK). */
bool vsync_ticked(const struct vcpu *vcpu);

/* PLUMB_TIMES_INTERRUPTS: injected in the low half, taken in the high half. `own`: the vCPU is
 * loaded on this CPU, and its list registers are read. Of a vCPU that another CPU has, an interrupt
 * counts as taken only when its list register has been read. Takes the lock. */
uint64_t vsync_interrupts(struct vcpu *vcpu, bool own);

/* Parts of a world switch. Unload: folds the list registers into memory, and returns the vCPUs to
 * kick. Load: fills the mirror, which vgic_hw_restore then writes to hardware. */
void vsync_unload(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick);
void vsync_load(struct vgic_locked held, struct vcpu *vcpu);
/* Unload, if no interrupt is there, in a list register or elsewhere, and none is held: as mostly.
 */
bool vsync_unload_quiet(struct vgic_locked held, struct vcpu *vcpu);

/* A vCPU starts, and is not loaded: the pending interrupts of its timers and performance monitors
 * from before are cleared, and their lines are low. The physical interrupts were deactivated when
 * it was unloaded. Takes the lock. */
void vsync_forget_own(const struct vcpu *vcpu);

/* Checks the line of a held SPI of the partition, on any CPU, and releases the SPI if the line is
 * low. */
void vsync_look_at_spi(struct vgic_locked held, uint32_t intid);

/* The level of a timer's output, from its control register (CNTx_CTL, ARM ARM B4.1.29). */
bool vsync_timer_is_high(uint32_t control);

#endif
