/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that partitions share (docs/shared-memory.md): its registers, its peers' states and its
 * sections. channel.h passes messages in it. For one vCPU at a time.
 */
#ifndef GUEST_LIB_SHARED_H
#define GUEST_LIB_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#define SHARED_MAX_PEERS 8u
#define SHARED_PAGES	 4u /* register pages of a partition */

/* Registers, offsets */
#define SHARED_ID	0x00u
#define SHARED_PEERS	0x04u
#define SHARED_CONTROL	0x08u /* bit 0: interrupts and events enabled */
#define SHARED_DOORBELL 0x0cu /* 31..16: the peer; 15..0: 0 */
#define SHARED_STATE	0x10u
#define SHARED_EVENTS	0x20u /* 1 clears: bit n: peer n has rung; bit 16 + n: its state changed */
#define SHARED_TABLE	0x24u /* bytes of the state table */
#define SHARED_COMMON	0x28u /* bytes of the common section */
#define SHARED_OUTPUT	0x2cu /* bytes of an output section */
#define SHARED_BASE	0x30u /* address of the memory */
#define SHARED_STATES	0x40u /* + 4 n: the state of peer n */

/* Bits of events */
#define SHARED_RUNG(peer)    (1u << (peer))
#define SHARED_CHANGED(peer) (0x10000u << (peer))

struct shared {
	uint32_t registers, base; /* addresses */
	uint32_t id, peers;
	uint32_t common_size, output_size;
	uint32_t intid; /* 0: none */
	bool edge;
};

/* Finds shared memory in the device tree, by the name of its node in the manifest. Maps it with
 * caches, by whole sections of 1 MiB: no device may be in the same MiB. The interrupt is
 * configured in the GIC, not enabled; SHARED_CONTROL is 0. False: there is none. */
bool shared_open(struct shared *shared, const char *name);
/* The same without a device tree: page 0 to 3, in the order of the manifest. `intid`: 0: none. */
void shared_open_page(struct shared *shared, uint32_t page, uint32_t intid, bool edge);

uint32_t shared_read(const struct shared *shared, uint32_t offset);
void shared_write(const struct shared *shared, uint32_t offset, uint32_t value);

/* From the state table: no exit. 0: the peer is off, or has not begun. */
uint32_t shared_state(const struct shared *shared, uint32_t peer);
/* All stores before it are visible to a peer that reads the new state. */
void shared_set_state(const struct shared *shared, uint32_t state);

/* All stores before it are visible to the peer when its interrupt comes. */
void shared_ring(const struct shared *shared, uint32_t peer);

/* The events since the last call, and clears them, so that a level falls. Check what they are
 * about afterwards, not before. */
uint32_t shared_take_events(const struct shared *shared);

/* Enables interrupts and events, or disables them. Check afterwards what may have happened while
 * they were disabled. */
void shared_enable(const struct shared *shared, bool on);

void *shared_common(const struct shared *shared);
/* `peer` has written it; this partition may write its own, shared->id. */
void *shared_output(const struct shared *shared, uint32_t peer);

#endif
