/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/shared.h"
#include "hyp/base/bits.h"
#include "hyp/core/mem.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"
#include "hyp/dev/ivshmem.h"

_Static_assert(MANIFEST_MAX_PEERS == IVSHMEM_MAX_PEERS && IVSHMEM_TABLE_SIZE == PAGE_SIZE,
	       "the manifest's limits are the device's");

/* One for each shared memory. The lock: device, and the table of states in memory. Interrupts are
 * driven under it, so levels arrive in order. */
static struct shared {
	struct lock lock;
	const struct manifest_shared *config;
	pa_t pa;
	uint16_t intid[MANIFEST_MAX_PEERS]; /* 0: none */
	struct ivshmem device;
} shared_all[MANIFEST_MAX_SHARED];

/* ---- boot ---- */

void shared_make(uint32_t index, const struct manifest_shared *config, pa_t pa)
{
	struct shared *shared = &shared_all[index];

	shared->config = config;
	shared->pa = pa;
	shared->device.nr_peers = config->nr_peers;
	shared->device.common_size = config->common_size;
	shared->device.output_size = config->output_size;
	mem_clear_shared(pa, manifest_shared_size(config));
}

pa_t shared_pa(uint32_t index)
{
	return shared_all[index].pa;
}

/* The next section: *done bytes of the share are mapped. */
static bool shared_map_section(struct stage2 *s2, const struct manifest_share *share,
			       uint32_t *done, uint32_t size, bool writable)
{
	pa_t pa = pa_add(shared_all[share->shared].pa, *done);
	ipa_t ipa = ipa_add(share->ipa, *done);

	*done += size;
	return size == 0 ||
	       stage2_map(s2, ipa, pa, size, writable ? STAGE2_SHARED : STAGE2_SHARED_READ);
}

bool shared_map(struct stage2 *s2, const struct manifest_share *share)
{
	struct shared *shared = &shared_all[share->shared];
	const struct manifest_shared *config = shared->config;
	bool reads = (config->readers >> share->peer & 1) != 0;
	uint32_t done = 0;
	bool ok;

	shared->device.peer[share->peer].ipa = share->ipa;
	shared->intid[share->peer] = share->intid;
	ok = shared_map_section(s2, share, &done, IVSHMEM_TABLE_SIZE, false) &&
	     shared_map_section(s2, share, &done, config->common_size, !reads);
	for (uint32_t n = 0; n < config->nr_peers; n++) {
		ok = ok && shared_map_section(s2, share, &done, config->output_size,
					      !reads && n == share->peer);
	}
	return ok;
}

/* ---- states and interrupts; the lock is held ---- */

/* In memory, where peers read it without an exit, with their caches on or off. */
static void shared_show_state(const struct shared *shared, uint32_t peer)
{
	mem_put_shared(pa_add(shared->pa, peer * sizeof(uint32_t)),
		       shared->device.peer[peer].state);
}

/* `told`: there is a new event. */
static void shared_drive(const struct shared *shared, uint32_t peer, bool told)
{
	struct vm *vm = &vms[shared->config->peer[peer]];
	uint32_t intid = shared->intid[peer];
	bool edge = shared->config->edge, level;
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	if (!intid) {
		return;
	}
	held = vm_lock_vgic(vm);
	for (uint32_t n = 0; n < (edge ? 2u : 1u); n++) { /* an edge goes high and low again */
		level = edge ? told && n == 0 : ivshmem_irq(&shared->device, peer);
		vgic_device_line(vm->vgic, intid, level, &kick);
	}
	kick = remote_do(held, kick);
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
}

static void shared_apply(const struct shared *shared, uint32_t self,
			 const struct ivshmem_effect *effect)
{
	if (effect->state_is_new) {
		shared_show_state(shared, self);
	}
	for (uint32_t left = effect->look; left; left &= left - 1) {
		uint32_t peer = bits_first(left);

		shared_drive(shared, peer, (effect->told >> peer & 1) != 0);
	}
}

/* ---- */

enum mmio_result shared_access(struct vcpu *vcpu, struct mmio *mmio)
{
	const struct manifest_partition *config = vcpu->vm->config;
	uint32_t n = mmio->offset / PAGE_SIZE;
	struct ivshmem_effect effect;
	enum mmio_result result;
	struct shared *shared;

	if (n >= config->nr_shares) {
		return MMIO_ABORT;
	}
	shared = &shared_all[config->share[n].shared];
	mmio->offset %= PAGE_SIZE;
	hw_dmb(); /* what this vCPU has stored is there for the peer when its interrupt comes */
	lock_take(&shared->lock, LOCK_RANK_SHARED);
	result = ivshmem_access(&shared->device, config->share[n].peer, mmio, &effect);
	shared_apply(shared, config->share[n].peer, &effect);
	lock_drop(&shared->lock);
	return result;
}

bool shared_write(struct vcpu *vcpu, uint32_t offset, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = 4, .is_write = true, .value = value };

	return shared_access(vcpu, &mmio) == MMIO_OK;
}

void shared_reset(struct vm *vm, uint32_t n)
{
	const struct manifest_share *share = &vm->config->share[n];
	struct shared *shared = &shared_all[share->shared];
	struct ivshmem_effect effect;

	lock_take(&shared->lock, LOCK_RANK_SHARED);
	ivshmem_reset(&shared->device, share->peer, &effect);
	shared_apply(shared, share->peer, &effect);
	lock_drop(&shared->lock);
}
