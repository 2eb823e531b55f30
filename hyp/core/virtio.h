/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio windows of one partition, the client, that another one serves, its backend
 * (docs/virtio.md). An access waits until the backend has answered; a notification of a queue does
 * not wait. No lock is held, unless a parameter says so.
 */
#ifndef HYP_CORE_VIRTIO_H
#define HYP_CORE_VIRTIO_H

#include "hyp/base/mmio.h"
#include "hyp/core/vm.h"
#include "hyp/trap/pending.h"

/* ---- boot ---- */

/* Before partitions are made: node `index` of the manifest; client_pa: the client's RAM. */
void virtio_make(uint32_t index, const struct manifest_virtio *config, pa_t client_pa);

/* Maps the clients' memory that partition `backend` sees. False: it does not fit (stage2_map). */
bool virtio_map(uint32_t backend, struct stage2 *s2);

/* ---- the client ---- */

/* An access of the loaded vCPU; offset from the first window. MMIO_OK, or MMIO_WAIT: it is posted,
 * and vcpu->virtio is set; virtio_how and virtio_answered follow. */
enum mmio_result virtio_access(struct vcpu *vcpu, struct mmio *mmio);

/* How it completes in registers: the decoded instruction, and its syndrome. */
void virtio_how(const struct vcpu *vcpu, const struct insn_access *access, uint32_t hsr);

/* The loaded vCPU has a posted access. True: it is answered, and completes by *effect and *hsr.
 * False: the vCPU is BLOCKED until it is, or until something else wakes it, and its CPU must pick
 * another one. */
bool virtio_answered(struct vcpu *vcpu, struct pending_effect *effect, uint32_t *hsr);

/* ---- both ---- */

/* The partition has ended, and none of its vCPUs is on a CPU. As a client: what it waited for is
 * forgotten, and its backends are told. As a backend: what it had taken can be taken again by its
 * next life, and its interrupts are low. */
void virtio_reset(struct vm *vm);

/* It is off, or has crashed: its clients find windows without a device from now on. */
void virtio_off(struct vm *vm);

/* ---- the backend ---- */

bool virtio_is_backend(const struct vm *vm);

/* The next event (PLUMB_VIRTIO_*), and r1 to r3 of PLUMB_VIRTIO_TAKE. */
int32_t virtio_take(struct vm *backend, struct guest_regs *regs);

/* 0; -HYP_EINVAL: no such id; -HYP_ESRCH: it does not wait, or not any more. */
int32_t virtio_answer(const struct vm *backend, uint32_t id, uint32_t value);

/* PLUMB_VIRTIO_INFO: 0 and r1 to r3, -HYP_EINVAL. */
int32_t virtio_info(const struct vm *backend, struct guest_regs *regs);

/* The client with this handle, if `irq`, a word of KVM_IRQ_LINE, is the interrupt of one of its
 * windows that the caller serves; else NULL. */
struct vm *virtio_may_drive(const struct vm *caller, uint32_t handle, uint32_t irq);

#endif
