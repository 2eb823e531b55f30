/* SPDX-License-Identifier: BSD-2-Clause */
/* The control partition's side of mailbox.h: calls to an agent (agent.c). */
#ifndef GUEST_TEST_PEER_H
#define GUEST_TEST_PEER_H

#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/test/agent.h"
#include "guest/test/mailbox.h"
#include "guest/test/nap.h"
#include <stdio.h>
#include <stdlib.h>

struct peer {
	const char *name;
	uint32_t handle;
	struct mailbox box;
	bool strobe;
};

/* Waits for the agent's reply; asleep between polls, so that it may share this CPU at any
 * priority. */
static inline bool peer_replied(struct peer *peer)
{
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while (mailbox_bit(&peer->box, MAILBOX_REPLY_STROBE) != peer->strobe) {
		if (peer->box.broken || timer_count() >= end) {
			return false;
		}
		(void)nap_once(100);
	}
	return true;
}

static inline void peer_send(struct peer *peer, uint32_t op, uint32_t a, uint32_t b)
{
	mailbox_put(&peer->box, MAILBOX_OP, MAILBOX_OP_BITS, op);
	mailbox_put(&peer->box, MAILBOX_A, 32, a);
	mailbox_put(&peer->box, MAILBOX_B, 32, b);
	peer->strobe = !peer->strobe;
	mailbox_set_bit(&peer->box, MAILBOX_STROBE, peer->strobe);
}

/* No answer ends the test: nothing that follows could be trusted. */
static inline uint32_t peer_receive(struct peer *peer, uint32_t op)
{
	if (!peer_replied(peer)) {
		report_check(false, "%s answers operation %u%s", peer->name, (unsigned)op,
			     peer->box.broken ? " (mailbox refused)" : "");
		report_summary();
	}
	return mailbox_get(&peer->box, MAILBOX_REPLY, 32);
}

static inline uint32_t peer_call(struct peer *peer, uint32_t op, uint32_t a, uint32_t b)
{
	peer_send(peer, op, a, b);
	return peer_receive(peer, op);
}

/* The control partition's own start: GIC and timer. */
static inline void peer_init(void)
{
	gic_init();
	nap_init();
}

/* The agent `name` on bank `bank`, alive; the test ends if not. */
static inline struct peer peer_open(const char *name, uint32_t bank)
{
	struct peer peer = { .name = name, .handle = vm_find(name), .box = mailbox_open(0, bank) };

	if (!report_check(peer.handle != 0, "partition %s is there", name)) {
		report_summary();
	}
	(void)report_equal(peer_call(&peer, AGENT_PING, 0x40000001, 0x0badcafe), 0x4badcaff,
			   "%s answers", name);
	return peer;
}

static inline uint32_t peer_read(struct peer *peer, uint32_t address)
{
	return peer_call(peer, AGENT_READ32, address, 0);
}

static inline void peer_write(struct peer *peer, uint32_t address, uint32_t value)
{
	(void)peer_call(peer, AGENT_WRITE32, address, value);
}

static inline uint32_t peer_state(struct peer *peer, uint32_t irq)
{
	uint32_t state = 0;

	return irq_state(peer->handle, irq, &state) == 0 ? state : 0xffffffffu;
}

static inline void peer_exit(struct peer *peer)
{
	(void)peer_call(peer, AGENT_EXIT, 0, 0);
}

#endif
