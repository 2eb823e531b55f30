/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register page of shared memory, one for each peer. The first five registers are those of
 * Jailhouse's IVSHMEM version 2, with vector 0 only; the others are Plumbline's
 * (docs/shared-memory.md). Pure. The caller holds the lock of the shared memory around every call.
 */
#ifndef HYP_DEV_IVSHMEM_H
#define HYP_DEV_IVSHMEM_H

#include "hyp/base/addr.h"
#include "hyp/base/mmio.h"

#define IVSHMEM_MAX_PEERS  8u
#define IVSHMEM_TABLE_SIZE UINT32_C(0x1000) /* bytes of the state table */

struct ivshmem_peer {
	uint32_t state;
	uint32_t events; /* bit n: peer n has rung; bit 16 + n: its state has changed */
	bool enabled;	 /* Interrupt Control */
	ipa_t ipa;	 /* of the memory, as this peer sees it */
};

struct ivshmem {
	uint32_t nr_peers;
	uint32_t common_size, output_size; /* bytes */
	struct ivshmem_peer peer[IVSHMEM_MAX_PEERS];
};

/* What an access does beyond its own peer's registers. Sets of peers: bit n is peer n. */
struct ivshmem_effect {
	uint8_t told;	   /* they have a new event: an edge for each */
	uint8_t look;	   /* the level of their interrupt may have changed; includes `told` */
	bool state_is_new; /* of the peer that made the access: for the state table */
};

/* An access of peer `self` (below nr_peers) to its page, at mmio->offset below 4 KiB. Always
 * MMIO_OK: what is no register reads as zero and ignores writes, as do accesses of other sizes than
 * 4 bytes. */
enum mmio_result ivshmem_access(struct ivshmem *device, uint32_t self, struct mmio *mmio,
				struct ivshmem_effect *effect);

/* The partition of peer `self` has ended: its registers are as after reset, and its state is 0. */
void ivshmem_reset(struct ivshmem *device, uint32_t self, struct ivshmem_effect *effect);

/* The level of a peer's interrupt. */
bool ivshmem_irq(const struct ivshmem *device, uint32_t peer);

#endif
