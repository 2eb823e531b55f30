/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU lines: the IRQ and FIQ inputs of both vCPUs of a partition without a GIC follow the level
 * (agent.c with bootargs 'raw').
 */
#include "guest/test/peer.h"

static struct peer raw_peer;

static uint32_t raw_on(uint32_t vcpu, uint32_t op, uint32_t a, uint32_t b)
{
	return peer_call(&raw_peer, op | (vcpu ? AGENT_CPU1 : 0), a, b);
}

static void raw_set(uint32_t vcpu, uint32_t line, uint32_t level)
{
	(void)report_equal((uint32_t)kvm_irq_line(raw_peer.handle, vcpu << 16 | line, level), 0,
			   "vCPU %u %s to %u", (unsigned)vcpu, line ? "FIQ" : "IRQ",
			   (unsigned)level);
}

/* CP15 ISR, bits I (7) and F (6). Given some time: the vCPU may run elsewhere. */
static void raw_isr(uint32_t vcpu, uint32_t want, const char *what)
{
	uint32_t isr = 0;

	for (uint32_t i = 0; i < 10000; i++) {
		isr = raw_on(vcpu, AGENT_ISR, 0, 0);
		if (isr == want) {
			break;
		}
		nap(1000);
	}
	(void)report_equal(isr, want, "vCPU %u, %s: ISR", (unsigned)vcpu, what);
}

static void raw_follows(uint32_t vcpu)
{
	uint32_t other = 1 - vcpu;

	raw_isr(vcpu, 0, "at first");
	raw_set(vcpu, 0, 1);
	raw_isr(vcpu, 0x80, "IRQ high");
	raw_isr(other, 0, "IRQ of the other one high");
	raw_set(vcpu, 1, 0xffffffff);
	raw_isr(vcpu, 0xc0, "both high");
	raw_set(vcpu, 0, 1);
	raw_set(vcpu, 0, 0);
	raw_isr(vcpu, 0x40, "FIQ high");
	raw_set(vcpu, 1, 0);
	raw_isr(vcpu, 0, "both low");
	(void)report_equal(peer_state(&raw_peer, vcpu << 16) & 1, 0, "vCPU %u: IRQ level is 0",
			   (unsigned)vcpu);
}

/* Masked: nothing. Unmasked: the handler runs again and again until the line is lowered, which the
 * agent does on the `times`-th. */
static void raw_delivered(uint32_t vcpu, uint32_t line, uint32_t times)
{
	const char *name = line ? "FIQ" : "IRQ";
	uint32_t mask = line ? 0x40 : 0x80;

	(void)peer_call(&raw_peer, AGENT_CLEAR, 0, 0);
	(void)peer_call(&raw_peer, AGENT_POLICY, line, times << 8);
	raw_set(vcpu, line, 1);
	(void)report_equal(raw_on(vcpu, AGENT_COUNT, line, 0), 0, "vCPU %u, %s masked: none",
			   (unsigned)vcpu, name);
	(void)raw_on(vcpu, AGENT_MASK, 0xc0u & ~mask, 0);
	(void)report_equal(raw_on(vcpu, AGENT_COUNT, line, 0), times,
			   "vCPU %u, %s unmasked: until lowered", (unsigned)vcpu, name);
	(void)report_equal(raw_on(vcpu, AGENT_COUNT, 1 - line, 0), 0,
			   "vCPU %u, %s: no other exception", (unsigned)vcpu, name);
	raw_set(vcpu, line, 1); /* taken while running, unmasked */
	(void)report_equal(raw_on(vcpu, AGENT_COUNT, line, 0), times + 1,
			   "vCPU %u, %s while running", (unsigned)vcpu, name);
	(void)raw_on(vcpu, AGENT_MASK, 0xc0, 0);
}

static void raw_wakes(uint32_t vcpu, uint32_t line, uint32_t op, const char *how)
{
	(void)peer_call(&raw_peer, AGENT_CLEAR, 0, 0);
	(void)peer_call(&raw_peer, AGENT_POLICY, line, 1 << 8);
	(void)raw_on(vcpu, op, TIMER_PATIENCE_US, 0);
	nap(20000);
	raw_set(vcpu, line, 1);
	(void)report_equal(raw_on(vcpu, AGENT_WOKEN, 0, 0), 1, "vCPU %u, %s %s: woken",
			   (unsigned)vcpu, line ? "FIQ" : "IRQ", how);
	(void)report_equal(raw_on(vcpu, AGENT_COUNT, line, 0), 1, "vCPU %u, %s %s: once",
			   (unsigned)vcpu, line ? "FIQ" : "IRQ", how);
}

int main(void)
{
	peer_init();
	raw_peer = peer_open("raw", 0);
	(void)report_equal(peer_call(&raw_peer, AGENT_START_CPU1, 0, 0), 0, "vCPU 1 starts");
	for (uint32_t vcpu = 0; vcpu < 2; vcpu++) {
		raw_follows(vcpu);
		for (uint32_t line = 0; line < 2; line++) {
			raw_delivered(vcpu, line, 5);
			raw_wakes(vcpu, line, AGENT_SPIN, "busy without exits");
			raw_wakes(vcpu, line, AGENT_SLEEP, "in WFI");
		}
	}
	(void)peer_call(&raw_peer, AGENT_READ32, 0x08000000, 0);
	(void)report_equal(peer_call(&raw_peer, AGENT_FAULT, 0, 0), 4 /* data abort */,
			   "no distributor");
	(void)peer_call(&raw_peer, AGENT_READ32, 0x0801000c, 0);
	(void)report_equal(peer_call(&raw_peer, AGENT_FAULT, 0, 0), 4, "no CPU interface");
	peer_exit(&raw_peer);
	report_summary();
}
