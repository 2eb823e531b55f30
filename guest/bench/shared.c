/* SPDX-License-Identifier: BSD-2-Clause */
/* The shared memory of bench and its peer: the doorbell, and what a message takes. */
#include "guest/bench/bench.h"
#include "guest/lib/channel.h"
#include <stddef.h>

#define SHARED_BYTES 32u /* of a message */

static struct shared link;
static struct channel loop; /* to itself: nobody waits, and no doorbell rings */
static uint32_t message[SHARED_BYTES / 4];

/* On both sides: with interrupts enabled in its registers. */
bool bench_open_shared(void)
{
	if (!shared_open(&link, "link")) {
		return false;
	}
	shared_enable(&link, true);
	return true;
}

struct bench_op bench_doorbell(void)
{
	return (struct bench_op) { bench_op_write, link.registers + SHARED_DOORBELL,
				   (1 - link.id) << 16, 0, 0 };
}

static void shared_send(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
	(void)a0;
	(void)a1;
	(void)a2;
	(void)a3;
	(void)channel_send(&loop, message, sizeof(message));
}

static void shared_receive(uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
	uint32_t words[CHANNEL_MAX / 4];

	(void)a0;
	(void)a1;
	(void)a2;
	(void)a3;
	(void)channel_peek(&loop, words);
	channel_done(&loop);
}

void bench_messages(void)
{
	const struct bench_op send = { shared_send, 0, 0, 0, 0 };
	const struct bench_op receive = { shared_receive, 0, 0, 0, 0 };
	const struct bench_op nowhere = { bench_op_write, link.registers + SHARED_DOORBELL,
					  SHARED_MAX_PEERS << 16, 0, 0 };

	bench_op("doorbell of no peer", nowhere, NULL);
	if (channel_open(&loop, &link, link.id)) {
		bench_op("message of 32 bytes: send", send, &receive);
		bench_op("message of 32 bytes: receive", receive, &send);
	}
}
