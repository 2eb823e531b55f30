/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines into a target that takes its interrupts: polling, in WFI, in a loop without exits; on both
 * vCPUs; and level lines that nobody lowers. The target's handlers count (agent.c).
 */
#include "guest/test/peer.h"

#define WAKES_SPI  50u
#define WAKES_PPI  21u
#define WAKES_DIST 0x08000000u

static struct peer wakes_target;

static uint32_t wakes_on(uint32_t vcpu, uint32_t op, uint32_t a, uint32_t b)
{
	return peer_call(&wakes_target, op | (vcpu ? AGENT_CPU1 : 0), a, b);
}

static void wakes_raise(uint32_t word)
{
	(void)report_equal((uint32_t)kvm_irq_line(wakes_target.handle, word, 1), 0, "raise 0x%08x",
			   (unsigned)word);
}

/* The handler lowers the line, as a driver does; so there is exactly one for each raise. */
static void wakes_one(uint32_t vcpu, uint32_t op, uint32_t word, uint32_t intid, const char *how)
{
	uint32_t before = wakes_on(vcpu, AGENT_COUNT, intid, 0);
	uint32_t woken = wakes_on(vcpu, AGENT_WOKEN, 0, 0);

	if (op != 0) {
		(void)wakes_on(vcpu, op, TIMER_PATIENCE_US, 0);
		nap(20000); /* it sleeps, or spins, by now */
	}
	wakes_raise(word);
	(void)report_equal(wakes_on(vcpu, AGENT_COUNT, intid, 0) - before, 1,
			   "%u on vCPU %u, %s: delivered once", (unsigned)intid, (unsigned)vcpu,
			   how);
	(void)report_equal(wakes_on(vcpu, AGENT_WOKEN, 0, 0) - woken, op != 0,
			   "%u on vCPU %u, %s: in time", (unsigned)intid, (unsigned)vcpu, how);
	(void)report_equal(peer_state(&wakes_target, word) & 7, 0, "%u on vCPU %u, %s: over",
			   (unsigned)intid, (unsigned)vcpu, how);
}

static void wakes_all(uint32_t vcpu)
{
	uint32_t spi = 0x01000000 | WAKES_SPI, ppi = 0x02000000 | vcpu << 16 | WAKES_PPI;

	(void)peer_call(&wakes_target, AGENT_WRITE8, WAKES_DIST + 0x800 + WAKES_SPI, 1u << vcpu);
	(void)wakes_on(vcpu, AGENT_ENABLE, WAKES_PPI, 0);
	(void)wakes_on(vcpu, AGENT_MASK, 0, 0);
	wakes_one(vcpu, 0, spi, WAKES_SPI, "running");
	wakes_one(vcpu, AGENT_SPIN, spi, WAKES_SPI, "busy without exits");
	wakes_one(vcpu, AGENT_SLEEP, spi, WAKES_SPI, "in WFI");
	wakes_one(vcpu, 0, ppi, WAKES_PPI, "running");
	wakes_one(vcpu, AGENT_SPIN, ppi, WAKES_PPI, "busy without exits");
	wakes_one(vcpu, AGENT_SLEEP, ppi, WAKES_PPI, "in WFI");
	(void)wakes_on(vcpu, AGENT_MASK, 0xc0, 0);
}

static void wakes_storm(void)
{
	uint32_t spi = WAKES_SPI + 1, word = 0x01000000 | spi;

	(void)peer_call(&wakes_target, AGENT_POLICY, spi, AGENT_LET | 7 << 8);
	(void)peer_call(&wakes_target, AGENT_ENABLE, spi, 0);
	(void)peer_call(&wakes_target, AGENT_MASK, 0, 0);
	wakes_raise(word);
	(void)report_equal(peer_call(&wakes_target, AGENT_COUNT, spi, 0), 7,
			   "a high level line interrupts until the guest disables it");
	(void)report_equal(peer_state(&wakes_target, word) & 0xb, 3, "and stays pending");
	(void)kvm_irq_line(wakes_target.handle, word, 0);
	(void)peer_call(&wakes_target, AGENT_ENABLE, spi, 0);
	(void)report_equal(peer_call(&wakes_target, AGENT_COUNT, spi, 0), 7, "lowered: no more");
	(void)peer_call(&wakes_target, AGENT_MASK, 0xc0, 0);
}

/* Each pulse is seen before the next: not one lost, not one too many. */
static void wakes_pulses(void)
{
	uint32_t spi = WAKES_SPI + 2, word = 0x01000000 | spi, lost = 0;

	peer_write(&wakes_target, WAKES_DIST + 0xc0c, 2u << (2 * (spi - 48)));
	(void)peer_call(&wakes_target, AGENT_POLICY, spi, AGENT_LET);
	(void)peer_call(&wakes_target, AGENT_ENABLE, spi, 0);
	(void)peer_call(&wakes_target, AGENT_MASK, 0, 0);
	for (uint32_t i = 1; i <= 40; i++) {
		(void)kvm_irq_line(wakes_target.handle, word, 1);
		(void)kvm_irq_line(wakes_target.handle, word, 0);
		lost += peer_call(&wakes_target, AGENT_COUNT, spi, 0) != i;
	}
	(void)report_equal(lost, 0, "40 pulses of an edge line: 40 interrupts");
	(void)peer_call(&wakes_target, AGENT_MASK, 0xc0, 0);
}

/* CPU_SUSPEND and WFI with what pends already: no sleep. */
static void wakes_pending_before(void)
{
	uint32_t word = 0x01000000 | WAKES_SPI;

	(void)peer_call(&wakes_target, AGENT_WRITE8, WAKES_DIST + 0x800 + WAKES_SPI, 1);
	(void)peer_call(&wakes_target, AGENT_CLEAR, 0, 0);
	wakes_raise(word); /* masked: stays pending */
	(void)peer_call(&wakes_target, AGENT_SLEEP, 3000000, 0);
	(void)report_equal(peer_call(&wakes_target, AGENT_WOKEN, 0, 0), 1,
			   "WFI with a pending interrupt falls through");
	(void)report_equal(peer_call(&wakes_target, AGENT_COUNT, WAKES_SPI, 0), 1,
			   "and it is delivered");
}

int main(void)
{
	peer_init();
	wakes_target = peer_open("target", 0);
	(void)report_equal(peer_call(&wakes_target, AGENT_START_CPU1, 0, 0), 0, "vCPU 1 starts");
	(void)peer_call(&wakes_target, AGENT_POLICY, WAKES_SPI, AGENT_LOWER);
	(void)peer_call(&wakes_target, AGENT_POLICY, WAKES_PPI, AGENT_LOWER);
	(void)peer_call(&wakes_target, AGENT_ENABLE, WAKES_SPI, 0);
	wakes_all(0);
	wakes_all(1);
	wakes_storm();
	wakes_pulses();
	wakes_pending_before();
	peer_exit(&wakes_target);
	report_summary();
}
