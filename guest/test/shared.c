/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers 0 and 1 of shared memory exchange messages, each way at once: every message arrives whole,
 * once and in order. Bootargs: count=N messages each way (default 100000); restart=N: this
 * partition restarts when it has received N, and again after 2 N; restarts=N: the peer's restarts,
 * which this one must notice. With a common section, each counts its lives there, so that
 * restarts by others count, too.
 */
#include "guest/lib/channel.h"
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/messages.h"
#include "guest/test/nap.h"
#include <stdio.h>

static struct shared link;
static struct channel channel;
static volatile uint32_t events, interrupts;
static volatile uint32_t changes;	/* of the peer's state */
static uint32_t wrong, peer_lives, met; /* the peer's life now; when this life began */

static void on_link(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	uint32_t now = shared_take_events(&link);

	interrupts++;
	events |= now;
	changes += (now & SHARED_CHANGED(channel.peer)) != 0;
}

static bool send_some(uint32_t count)
{
	uint32_t words[MESSAGE_WORDS];
	bool any = false;

	while (channel_sent(&channel) < count) {
		uint32_t size = make_message(words, link.id, channel_sent(&channel));

		if (!channel_send(&channel, words, size)) {
			break;
		}
		any = true;
	}
	return any;
}

/* Ends this life when it has received `restart` messages, or twice as many. */
static bool receive_some(uint32_t restart)
{
	uint32_t words[MESSAGE_WORDS];
	bool any = false;
	int32_t size;

	while ((size = channel_peek(&channel, words)) >= 0) {
		uint32_t n = channel_received(&channel);

		wrong += is_message(words, size, channel.peer, n) ? 0 : 1;
		channel_done(&channel);
		any = true;
		if (restart && (n + 1 == restart || n + 1 == 2 * restart)) {
			printf("restarts at message %u\n", (unsigned)n);
			psci_system_reset();
		}
	}
	wrong += size == CHANNEL_BROKEN;
	return any;
}

/* A peer's state is the number of its life; 0 between two. */
static void look_at_peer(void)
{
	uint32_t state = shared_state(&link, channel.peer);

	peer_lives = state ? state : peer_lives;
}

/* Asleep until the peer rings, or its state changes. False: it has not, for long, and it is on. */
static bool sleep_some(void)
{
	bool late = false;

	if (!events) {
		late = nap_once(TIMER_PATIENCE_US) && !events;
	}
	events = 0;
	look_at_peer();
	return !late || shared_state(&link, channel.peer) == 0;
}

static uint32_t count_life(uint32_t restart)
{
	volatile uint32_t *lives = shared_common(&link);

	if (link.common_size) {
		return ++lives[link.id];
	}
	return 1 + (restart ? channel_received(&channel) / restart : 0);
}

int main(void)
{
	uint32_t count = guest_arg("count", 100000), restart = guest_arg("restart", 0);
	uint32_t restarts = guest_arg("restarts", 0), life;
	bool late = false;

	gic_init();
	nap_init();
	if (!report_check(shared_open(&link, "link") && link.id < 2,
			  "the device tree has the shared memory")) {
		report_summary();
	}
	(void)report_check(channel_open(&channel, &link, 1 - link.id), "%u slots",
			   (unsigned)channel.slots);
	life = count_life(restart);
	printf("life %u begins at message %u\n", (unsigned)life,
	       (unsigned)channel_received(&channel));
	irq_set_handler(link.intid, on_link, NULL);
	gic_enable(link.intid);
	shared_enable(&link, true);
	met = shared_state(&link, channel.peer); /* what comes later is an event */
	shared_set_state(&link, life);
	for (;;) {
		bool sent = send_some(count), received = receive_some(restart);

		if (wrong || (channel_received(&channel) == count &&
			      channel_sent(&channel) == count && channel_unread(&channel) == 0)) {
			break;
		}
		if (!sent && !received && !sleep_some()) {
			late = true;
			break;
		}
	}
	(void)nap_once(1000); /* for an event that is on its way */
	(void)report_check(!late, "no event is lost");
	(void)report_equal(wrong, 0, "messages that are damaged or out of order");
	(void)report_equal(channel_received(&channel), count, "messages received");
	(void)report_equal(count - channel_unread(&channel), count, "messages that the peer has");
	(void)report_equal(peer_lives, restarts + 1, "the peer's last life");
	(void)report_check(changes > 0 || peer_lives == met,
			   "an interrupt for the peer's restarts");
	printf("%u interrupts in this life\n", (unsigned)interrupts);
	report_summary();
}
