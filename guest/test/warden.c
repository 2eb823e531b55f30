/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A manager resets the partition "second", peer 1 of shared memory, while that one exchanges
 * messages with peer 0: at any instruction. It sees their positions as a third peer, which may only
 * read. Bootargs: count=N messages each way; resets=N, evenly spread over them.
 */
#include "guest/lib/channel.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define WARDEN_LOOK_US 1000u

static struct shared link, second; /* as this partition sees it, and as peer 1 does */
static struct channel channel;
static volatile uint32_t changes; /* of the states of peer 1 */

static void on_link(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	changes += (shared_take_events(&link) & SHARED_CHANGED(1)) != 0;
}

/* False: it receives no more. Another partition may have to boot before the first one comes. */
static bool has_received(uint32_t messages)
{
	uint64_t end = timer_count() + timer_us_to_ticks(2 * TIMER_PATIENCE_US);
	uint32_t now, last = 0;

	while ((now = channel_received(&channel)) < messages) {
		if (now != last) {
			end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);
		} else if (timer_count() >= end) {
			return false;
		}
		last = now;
		(void)nap_once(WARDEN_LOOK_US);
	}
	return true;
}

/* It has begun another life than this one. */
static bool lives_again(uint32_t life)
{
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);
	uint32_t now;

	while ((now = shared_state(&link, 1)) == 0 || now == life) {
		if (timer_count() >= end) {
			return false;
		}
		(void)nap_once(WARDEN_LOOK_US);
	}
	return true;
}

static bool reset(uint32_t handle, uint32_t number, uint32_t at)
{
	uint32_t life;

	if (!report_check(has_received(at), "reset %u: it has received messages",
			  (unsigned)number)) {
		return false;
	}
	life = shared_state(&link, 1);
	printf("resets second in its life %u at message %u\n", (unsigned)life,
	       (unsigned)channel_received(&channel));
	return report_equal((uint32_t)vm_reset(handle), 0, "reset %u: accepted",
			    (unsigned)number) &&
	       report_check(lives_again(life), "reset %u: it is there again", (unsigned)number);
}

int main(void)
{
	uint32_t count = guest_arg("count", 100000), resets = guest_arg("resets", 2);
	uint32_t handle = vm_find("second");

	gic_init();
	nap_init();
	if (!report_check(handle != 0 && shared_open(&link, "link") && link.id == 2,
			  "it is the third peer")) {
		report_summary();
	}
	second = link;
	second.id = 1;
	(void)channel_open(&channel, &second, 0);
	irq_set_handler(link.intid, on_link, NULL);
	gic_enable(link.intid);
	shared_enable(&link, true);
	for (uint32_t n = 1; n <= resets; n++) {
		if (!reset(handle, n, (uint32_t)((uint64_t)count * n / (resets + 1)))) {
			break;
		}
	}
	(void)report_check(changes >= resets, "an interrupt for each reset");
	report_summary();
}
