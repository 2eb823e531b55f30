/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/channel.h"
#include "guest/lib/cpu.h"
#include <string.h>

/* In the section of one peer, for its channel with another. Only its owner writes it. */
struct channel_line {
	uint32_t head;	     /* messages sent */
	uint32_t tail;	     /* messages removed of the other's */
	uint32_t wants;	     /* 1: waits for a message; the other rings */
	uint32_t wants_room; /* 1: the ring was full; the other rings when half of it is free */
	uint32_t spare[12];
};

struct channel_slot {
	uint32_t size;
	uint32_t data[CHANNEL_MAX / 4];
};

_Static_assert(sizeof(struct channel_line) == 64 && sizeof(struct channel_slot) == CHANNEL_SLOT,
	       "a cache line each");

/* The largest power of 2 of which each peer's rings fit into a section. */
static uint32_t channel_slots(const struct shared *shared)
{
	uint32_t lines = shared->peers * (uint32_t)sizeof(struct channel_line);
	uint32_t room = shared->output_size > lines
				? (shared->output_size - lines) / shared->peers / CHANNEL_SLOT
				: 0;
	uint32_t slots = 1;

	while (slots <= room / 2) {
		slots *= 2;
	}
	return room ? slots : 0;
}

/* The line that `owner` has for its channel with `other`; the ring follows all lines. */
static struct channel_line *channel_line(const struct shared *shared, uint32_t owner,
					 uint32_t other)
{
	return (struct channel_line *)shared_output(shared, owner) + other;
}

static struct channel_slot *channel_ring(const struct shared *shared, uint32_t owner,
					 uint32_t other)
{
	struct channel_line *end = channel_line(shared, owner, shared->peers);

	return (struct channel_slot *)(void *)end + other * channel_slots(shared);
}

bool channel_open(struct channel *channel, const struct shared *shared, uint32_t peer)
{
	*channel = (struct channel) {
		.shared = shared,
		.peer = peer,
		.slots = channel_slots(shared),
		.mine = channel_line(shared, shared->id, peer),
		.theirs = channel_line(shared, peer, shared->id),
		.out = channel_ring(shared, shared->id, peer),
		.in = channel_ring(shared, peer, shared->id),
	};
	return channel->slots != 0;
}

/* After this CPU's store: has the peer asked for a doorbell? The barrier orders the store before
 * the read: either the peer sees the store after it has asked, or it is seen here that it asks. */
static void channel_tell(const struct channel *channel, const volatile uint32_t *wants)
{
	cpu_dmb();
	if (*wants) {
		shared_ring(channel->shared, channel->peer);
	}
}

/* Whole words are copied by one access each: what another partition may write is read once. */
static void channel_copy_out(volatile struct channel_slot *slot, const uint8_t *data, uint32_t size)
{
	uint32_t words = size / 4, word;

	slot->size = size;
	for (uint32_t n = 0; n < words; n++) {
		memcpy(&word, data + 4 * n, 4);
		slot->data[n] = word;
	}
	if (size % 4) {
		word = 0;
		memcpy(&word, data + 4 * words, size % 4);
		slot->data[words] = word;
	}
}

static void channel_copy_in(const volatile struct channel_slot *slot, uint8_t *data, uint32_t size)
{
	uint32_t words = size / 4, word;

	for (uint32_t n = 0; n < words; n++) {
		word = slot->data[n];
		memcpy(data + 4 * n, &word, 4);
	}
	if (size % 4) {
		word = slot->data[words];
		memcpy(data + 4 * words, &word, size % 4);
	}
}

static bool channel_is_full(const struct channel *channel)
{
	return channel->mine->head - channel->theirs->tail >= channel->slots;
}

bool channel_send(struct channel *channel, const void *data, uint32_t size)
{
	uint32_t head = channel->mine->head;

	if (channel_is_full(channel)) {
		channel->mine->wants_room = 1;
		cpu_dmb(); /* as in channel_tell, on the other side */
		if (channel_is_full(channel)) {
			return false;
		}
	}
	channel->mine->wants_room = 0;
	cpu_dmb(); /* the peer has read the slot before it moved its tail */
	channel_copy_out(&channel->out[head % channel->slots], data, size);
	cpu_dmb(); /* the message is visible before the head */
	channel->mine->head = head + 1;
	channel_tell(channel, &channel->theirs->wants);
	return true;
}

int32_t channel_peek(struct channel *channel, void *data)
{
	uint32_t tail = channel->mine->tail;
	uint32_t waiting = channel->theirs->head - tail;
	uint32_t size;

	if (waiting == 0) {
		channel->mine->wants = 1;
		cpu_dmb(); /* as in channel_tell */
		waiting = channel->theirs->head - tail;
		if (waiting == 0) {
			return CHANNEL_NONE;
		}
	}
	if (channel->mine->wants) {
		channel->mine->wants = 0;
	}
	cpu_dmb(); /* the head is read before the message */
	size = channel->in[tail % channel->slots].size;
	if (waiting > channel->slots || size > CHANNEL_MAX) {
		return CHANNEL_BROKEN;
	}
	channel_copy_in(&channel->in[tail % channel->slots], data, size);
	return (int32_t)size;
}

void channel_done(struct channel *channel)
{
	uint32_t tail = channel->mine->tail + 1;

	cpu_dmb(); /* the message is read before its slot is free */
	channel->mine->tail = tail;
	if (channel->theirs->head - tail <= channel->slots / 2) {
		channel_tell(channel, &channel->theirs->wants_room);
	}
}

uint32_t channel_unread(const struct channel *channel)
{
	return channel->mine->head - channel->theirs->tail;
}

uint32_t channel_sent(const struct channel *channel)
{
	return channel->mine->head;
}

uint32_t channel_received(const struct channel *channel)
{
	return channel->mine->tail;
}
