/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that partitions share: its registers, its peers' states and interrupts, and its rights in
 * stage 2 (docs/shared-memory.md). */
#ifndef HYP_CORE_SHARED_H
#define HYP_CORE_SHARED_H

#include "hyp/base/mmio.h"
#include "hyp/manifest/manifest.h"
#include "hyp/stage2/stage2.h"

struct vm;
struct vcpu;

/* Boot, before partitions are made: shared memory `index` of the manifest is at `pa`, and is
 * zeroed. */
void shared_make(uint32_t index, const struct manifest_shared *config, pa_t pa);

pa_t shared_pa(uint32_t index);

/* Boot: maps a partition's share, by the rights of its peer. False: it does not fit (stage2_map).
 */
bool shared_map(struct stage2 *s2, const struct manifest_share *share);

/* An access of the loaded vCPU; offset from the first of its partition's register pages. Takes the
 * locks, kicks. */
enum mmio_result shared_access(struct vcpu *vcpu, struct mmio *mmio);

/* The short way for a word that it writes. False: there is no such page. */
bool shared_write(struct vcpu *vcpu, uint32_t offset, uint32_t value);

/* The partition has ended: its state in its share `n` becomes 0, and the other peers are told. Its
 * sections keep their contents. Takes the locks, kicks. */
void shared_reset(struct vm *vm, uint32_t n);

#endif
