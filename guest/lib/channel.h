/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between two peers of shared memory, in order, each way by a ring in the sender's output
 * section. The receiver's position is in the receiver's section, so no partition writes to
 * another's. Both positions count messages, and memory keeps them when a peer restarts: it then
 * continues where it was, and no message is lost. A message whose receiver ends before
 * channel_done is received again.
 *
 * All peers use the same layout: for each peer a line of 64 bytes, then for each peer a ring of
 * 64-byte slots. Memory as at boot, all zeros, is an empty channel.
 */
#ifndef GUEST_LIB_CHANNEL_H
#define GUEST_LIB_CHANNEL_H

#include "guest/lib/shared.h"

#define CHANNEL_SLOT 64u
#define CHANNEL_MAX  (CHANNEL_SLOT - 4u) /* bytes of a message */

struct channel_line;
struct channel_slot;

struct channel {
	const struct shared *shared;
	uint32_t peer;
	uint32_t slots; /* of a ring: a power of 2 */
	volatile struct channel_line *mine;
	const volatile struct channel_line *theirs;
	volatile struct channel_slot *out;
	const volatile struct channel_slot *in;
};

/* Positions are as in memory. False: output sections are too small. */
bool channel_open(struct channel *channel, const struct shared *shared, uint32_t peer);

/* Sends a copy of 0 to CHANNEL_MAX bytes; rings if the peer waits. False: the ring is full; the
 * peer will ring when half of it is free. */
bool channel_send(struct channel *channel, const void *data, uint32_t size);

/* Copies the next message, of at most CHANNEL_MAX bytes, without removing it. Returns its size;
 * CHANNEL_NONE: there is none, and the peer will ring when there is; CHANNEL_BROKEN: the peer has
 * written what no correct peer writes. */
#define CHANNEL_NONE   (-1)
#define CHANNEL_BROKEN (-2)
int32_t channel_peek(struct channel *channel, void *data);
/* Removes it, after channel_peek has returned its size; rings if the peer waits for room. */
void channel_done(struct channel *channel);

/* Messages sent, and removed, since boot (modulo 2^32). */
uint32_t channel_sent(const struct channel *channel);
uint32_t channel_received(const struct channel *channel);
/* Messages sent that the peer has not removed. */
uint32_t channel_unread(const struct channel *channel);

#endif
