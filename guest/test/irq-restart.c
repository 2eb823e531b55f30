/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines across SYSTEM_RESET of the target, and before it initialises its GIC (agent.c, bootargs
 * 'late'): levels belong to the one who drives them and stay; latches and configuration go.
 */
#include "guest/test/peer.h"

#define RESTART_LEVEL 40u
#define RESTART_EDGE  41u
#define RESTART_DIST  0x08000000u
#define RESTART_IAR   0x0801000cu
#define RESTART_EOIR  0x08010010u

static struct peer restart_target;

static void restart_line(uint32_t spi, uint32_t level)
{
	(void)report_equal((uint32_t)kvm_irq_line(restart_target.handle, 0x01000000 | spi, level),
			   0, "SPI %u to %u", (unsigned)spi, (unsigned)level);
}

static void restart_acked(uint32_t want, const char *what)
{
	(void)report_equal(peer_read(&restart_target, RESTART_IAR), want, "%s", what);
}

static void restart_set_up(void)
{
	(void)peer_call(&restart_target, AGENT_INIT, 0, 0);
	peer_write(&restart_target, RESTART_DIST + 0xc08, 2u << (2 * (RESTART_EDGE - 32)));
	(void)peer_call(&restart_target, AGENT_ENABLE, RESTART_LEVEL, 0);
	(void)peer_call(&restart_target, AGENT_ENABLE, RESTART_EDGE, 0);
}

static void restart_before_init(void)
{
	(void)report_equal(peer_read(&restart_target, RESTART_DIST), 0, "GICD_CTLR is 0 at first");
	restart_line(RESTART_LEVEL, 1);
	(void)report_equal(peer_state(&restart_target, 0x01000000 | RESTART_LEVEL) & 0xf, 3,
			   "before initialisation: high, pending, not enabled");
	restart_acked(1023, "before initialisation: nothing");
	restart_set_up();
	restart_acked(RESTART_LEVEL, "after initialisation: the line is delivered");
	peer_write(&restart_target, RESTART_EOIR, RESTART_LEVEL);
	restart_line(RESTART_LEVEL, 0);
	restart_acked(1023, "and is over when lowered");
}

static void restart_again(uint32_t active)
{
	uint32_t state;

	if (active) {
		restart_acked(1023, "nothing pends");
	}
	restart_line(RESTART_LEVEL, 1);
	restart_line(RESTART_EDGE, 1);
	restart_line(RESTART_EDGE, 0);
	if (active) {
		restart_acked(RESTART_LEVEL, "active at the reset");
	}
	(void)report_equal(peer_call(&restart_target, AGENT_BOOTS, 0, 0), active ? AGENT_MARK : 0,
			   "memory is what it should be");
	(void)report_equal(peer_call(&restart_target, AGENT_BOOTS, 0, 0), AGENT_MARK,
			   "memory holds what is written");
	(void)peer_call(&restart_target, AGENT_RESET, 0, 0);
	(void)report_equal(peer_call(&restart_target, AGENT_BOOTS, 0, 0), 0,
			   "memory is fresh after SYSTEM_RESET");
	(void)report_equal(peer_read(&restart_target, RESTART_DIST), 0, "GICD_CTLR is 0 again");
	(void)report_equal(peer_read(&restart_target, RESTART_DIST + 0x104), 0,
			   "nothing is enabled");
	(void)report_equal(peer_read(&restart_target, RESTART_DIST + 0xc08), 0,
			   "SPIs are level-configured again");
	(void)report_equal(peer_read(&restart_target, RESTART_DIST + 0x304), 0,
			   "nothing is active");
	state = peer_state(&restart_target, 0x01000000 | RESTART_LEVEL);
	(void)report_equal(state & 0xf, 3, "the level line is still high");
	state = peer_state(&restart_target, 0x01000000 | RESTART_EDGE);
	(void)report_equal(state & 0xf, 0, "the latched edge is gone");
	restart_set_up();
	restart_acked(RESTART_LEVEL, "the level line is delivered after the restart");
	restart_line(RESTART_LEVEL, 0);
	peer_write(&restart_target, RESTART_EOIR, RESTART_LEVEL);
	restart_acked(1023, "and nothing else");
}

/* Lines that change while the partition is being restarted: its calls still succeed. */
static void restart_meanwhile(void)
{
	uint32_t failed = 0;

	(void)peer_call(&restart_target, AGENT_RESET, 0, 0);
	peer_send(&restart_target, AGENT_PING, 1, 2);
	for (uint32_t i = 0; i < 2000; i++) {
		failed +=
			kvm_irq_line(restart_target.handle, 0x01000000 | RESTART_LEVEL, i & 1) != 0;
		if (i % 100 == 0) {
			nap(200);
		}
	}
	(void)kvm_irq_line(restart_target.handle, 0x01000000 | RESTART_LEVEL, 1);
	(void)report_equal(failed, 0, "lines are accepted during a restart");
	(void)report_equal(peer_receive(&restart_target, AGENT_PING), 3, "it restarts meanwhile");
	restart_set_up();
	restart_acked(RESTART_LEVEL, "the last level counts");
	restart_line(RESTART_LEVEL, 0);
	peer_write(&restart_target, RESTART_EOIR, RESTART_LEVEL);
}

int main(void)
{
	peer_init();
	restart_target = peer_open("target", 0);
	restart_before_init();
	restart_again(0);
	restart_again(1);
	restart_meanwhile();
	peer_exit(&restart_target);
	report_summary();
}
