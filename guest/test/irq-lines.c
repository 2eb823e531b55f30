/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a raised SPI or PPI does, step by step: the target (agent.c, 2 vCPUs) keeps its interrupts
 * masked and acknowledges by hand when told. Bootargs 'shared': control has the higher priority on
 * the target's CPU, so that what it does between two naps happens while the target is off the CPU.
 */
#include "guest/test/peer.h"

#define LINES_LEVEL 40u
#define LINES_EDGE  41u
#define LINES_PPI   20u

#define LINES_DIST 0x08000000u
#define LINES_CPU  0x08010000u

enum { LEVEL = 1, PENDING = 2, ACTIVE = 4, ENABLED = 8, EDGE = 16 }; /* GET_IRQ_STATE */

static struct peer lines_target;

static void lines_set(uint32_t spi, uint32_t level)
{
	if (kvm_irq_line(lines_target.handle, 0x01000000 | spi, level) != 0) {
		(void)report_check(false, "SPI %u accepts %u", (unsigned)spi, (unsigned)level);
	}
}

static void lines_pulse(uint32_t spi)
{
	lines_set(spi, 1);
	lines_set(spi, 0);
}

static uint32_t lines_ack(void)
{
	return peer_read(&lines_target, LINES_CPU + 0x00c);
}

static void lines_eoi(uint32_t iar)
{
	peer_write(&lines_target, LINES_CPU + 0x010, iar);
}

static void lines_write(uint32_t offset, uint32_t value)
{
	peer_write(&lines_target, LINES_DIST + offset, value);
}

/* Bit of SPI 32..63 in the register at `base`. */
static bool lines_bit(uint32_t base, uint32_t spi)
{
	return (peer_read(&lines_target, LINES_DIST + base + 4) >> (spi - 32) & 1) != 0;
}

static void lines_write_bit(uint32_t base, uint32_t spi)
{
	lines_write(base + 4, 1u << (spi - 32));
}

static void lines_enable(uint32_t spi)
{
	lines_write_bit(0x100, spi);
}

static void lines_disable(uint32_t spi)
{
	lines_write_bit(0x180, spi);
}

/* SPIs 32..47: GICD_ICFGR2; only LINES_EDGE is ever edge-configured but for lines_flip. */
static void lines_configure(uint32_t edges)
{
	uint32_t value = 0;

	for (uint32_t i = 0; i < 16; i++) {
		value |= (edges >> i & 1) << (2 * i + 1);
	}
	lines_write(0xc08, value);
}

/* PLUMB_GET_IRQ_STATE of an SPI: the bits in `mask`, given time to become `want` (what the
 * guest did in its CPU interface may be learnt late). */
static void lines_expect(uint32_t spi, uint32_t mask, uint32_t want, const char *what)
{
	uint32_t state = 0;

	for (uint32_t i = 0; i < 10000; i++) {
		state = peer_state(&lines_target, 0x01000000 | spi);
		if ((state & mask) == want) {
			break;
		}
		nap(1000);
	}
	(void)report_equal(state & mask, want, "%s: state", what);
}

static void lines_acked(uint32_t want, const char *what)
{
	(void)report_equal(lines_ack(), want, "%s", what);
}

static void lines_level_repends(void)
{
	lines_set(LINES_LEVEL, 1);
	lines_expect(LINES_LEVEL, 0x1f, LEVEL | PENDING | ENABLED, "level: raised");
	(void)report_check(lines_bit(0x200, LINES_LEVEL), "level: raised, ISPENDR says so");
	lines_set(LINES_LEVEL, 1);
	lines_acked(LINES_LEVEL, "level: raised twice, acknowledged");
	lines_acked(1023, "level: not again while active");
	lines_expect(LINES_LEVEL, ACTIVE | LEVEL, ACTIVE | LEVEL, "level: acknowledged");
	(void)report_check(lines_bit(0x300, LINES_LEVEL), "level: ISACTIVER says so");
	lines_eoi(LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: pends again after EOI while high");
	lines_set(LINES_LEVEL, 0);
	lines_expect(LINES_LEVEL, 0x7, ACTIVE, "level: lowered after the acknowledge");
	(void)report_check(lines_bit(0x300, LINES_LEVEL) && !lines_bit(0x200, LINES_LEVEL),
			   "level: active, not pending, until EOI");
	lines_eoi(LINES_LEVEL);
	lines_acked(1023, "level: gone after EOI when low");
	lines_expect(LINES_LEVEL, 0xf, ENABLED, "level: after EOI");
}

static void lines_level_lowered(void)
{
	lines_set(LINES_LEVEL, 1);
	lines_set(LINES_LEVEL, 0);
	lines_acked(1023, "level: lowered before the acknowledge, at once");
	lines_set(LINES_LEVEL, 1);
	(void)peer_call(&lines_target, AGENT_PING, 0, 0); /* it sits in a list register now */
	(void)report_equal(peer_read(&lines_target, LINES_CPU + 0x018), LINES_LEVEL,
			   "level: HPPIR names it");
	lines_set(LINES_LEVEL, 0);
	lines_acked(1023, "level: lowered before the acknowledge, later");
	lines_set(LINES_LEVEL, 0);
	lines_acked(1023, "level: lowering a low line does nothing");
}

static void lines_level_disabled(void)
{
	lines_disable(LINES_LEVEL);
	lines_set(LINES_LEVEL, 1);
	lines_acked(1023, "level, disabled: waits");
	lines_expect(LINES_LEVEL, 0xf, LEVEL | PENDING, "level, disabled: pending");
	lines_enable(LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: raised while disabled, delivered when enabled");
	lines_set(LINES_LEVEL, 0);
	lines_eoi(LINES_LEVEL);
	lines_disable(LINES_LEVEL);
	lines_pulse(LINES_LEVEL);
	lines_enable(LINES_LEVEL);
	lines_acked(1023, "level: raised and lowered while disabled");
	lines_set(LINES_LEVEL, 1);
	lines_disable(LINES_LEVEL);
	lines_acked(1023, "level: disabled while pending");
	lines_enable(LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: and enabled again");
	lines_set(LINES_LEVEL, 0);
	lines_eoi(LINES_LEVEL);
}

/* GICD_CTLR = 0, and priority masks: what is raised meanwhile must not be stuck. */
static void lines_distributor_off(uint32_t spi, const char *name)
{
	lines_write(0x000, 0);
	lines_set(spi, 1);
	(void)report_equal(lines_ack(), 1023, "%s: nothing while GICD_CTLR is 0", name);
	lines_write(0x000, 1);
	(void)report_equal(lines_ack(), spi, "%s: raised while GICD_CTLR was 0", name);
	lines_set(spi, 0);
	lines_eoi(spi);
	peer_write(&lines_target, LINES_CPU + 0x004, 0);
	lines_set(spi, 1);
	(void)report_equal(lines_ack(), 1023, "%s: nothing while PMR is 0", name);
	peer_write(&lines_target, LINES_CPU + 0x004, 0xff);
	(void)report_equal(lines_ack(), spi, "%s: raised while PMR was 0", name);
	lines_set(spi, 0);
	lines_eoi(spi);
	peer_write(&lines_target, LINES_CPU + 0x000, 0);
	lines_set(spi, 1);
	(void)report_equal(lines_ack(), 1023, "%s: nothing while GICC_CTLR is 0", name);
	peer_write(&lines_target, LINES_CPU + 0x000, 1);
	(void)report_equal(lines_ack(), spi, "%s: raised while GICC_CTLR was 0", name);
	lines_set(spi, 0);
	lines_eoi(spi);
	(void)report_equal(lines_ack(), 1023, "%s: and no more", name);
}

static void lines_latch(void)
{
	lines_write_bit(0x200, LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: ISPENDR latches");
	lines_eoi(LINES_LEVEL);
	lines_acked(1023, "level: the latch is used up by the acknowledge");
	lines_write_bit(0x200, LINES_LEVEL);
	lines_pulse(LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: the latch outlives the line");
	lines_eoi(LINES_LEVEL);
	lines_set(LINES_LEVEL, 1);
	lines_write_bit(0x280, LINES_LEVEL);
	lines_acked(LINES_LEVEL, "level: ICPENDR cannot take a high line away");
	lines_set(LINES_LEVEL, 0);
	lines_eoi(LINES_LEVEL);
	lines_write_bit(0x200, LINES_LEVEL);
	lines_write_bit(0x280, LINES_LEVEL);
	lines_acked(1023, "level: ICPENDR takes the latch away");
}

/* Linux's VGIC lost it there. */
static void lines_flip(void)
{
	for (uint32_t disabled = 0; disabled < 2; disabled++) {
		const char *how = disabled ? "disabled" : "enabled";

		if (disabled) {
			lines_disable(LINES_LEVEL);
		}
		lines_set(LINES_LEVEL, 1);
		lines_configure(1u << (LINES_EDGE - 32) | 1u << (LINES_LEVEL - 32));
		lines_configure(1u << (LINES_EDGE - 32));
		lines_enable(LINES_LEVEL);
		(void)report_equal(lines_ack(), LINES_LEVEL, "level to edge and back, %s", how);
		lines_set(LINES_LEVEL, 0);
		lines_eoi(LINES_LEVEL);
		(void)report_equal(lines_ack(), 1023, "level to edge and back, %s: once", how);
	}
}

static void lines_edge(void)
{
	lines_expect(LINES_EDGE, 0x1f, EDGE | ENABLED, "edge: configured");
	lines_set(LINES_EDGE, 1);
	lines_acked(LINES_EDGE, "edge: raised");
	lines_eoi(LINES_EDGE);
	lines_acked(1023, "edge: still high, not again");
	lines_set(LINES_EDGE, 1);
	lines_acked(LINES_EDGE, "edge: raised again without being lowered");
	lines_set(LINES_EDGE, 1);
	lines_expect(LINES_EDGE, 0x7, ACTIVE | PENDING | LEVEL, "edge: and again while active");
	lines_eoi(LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: and again after that");
	lines_eoi(LINES_EDGE);
	lines_set(LINES_EDGE, 0);
	lines_acked(1023, "edge: lowering is ignored");
	lines_pulse(LINES_EDGE);
	lines_expect(LINES_EDGE, 0x7, PENDING, "edge: lowered before the acknowledge");
	lines_acked(LINES_EDGE, "edge: lowered before the acknowledge, delivered");
	lines_eoi(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: three coalesce");
	lines_eoi(LINES_EDGE);
	lines_acked(1023, "edge: into one");
	lines_pulse(LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: one more");
	lines_pulse(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_expect(LINES_EDGE, 0x7, ACTIVE | PENDING, "edge: two while active");
	lines_acked(1023, "edge: not before EOI");
	lines_eoi(LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: raised while active, pends once more");
	lines_eoi(LINES_EDGE);
	lines_acked(1023, "edge: and only once");
}

static void lines_edge_disabled(void)
{
	lines_disable(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_acked(1023, "edge, disabled: waits");
	lines_enable(LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: raised while disabled, delivered when enabled");
	lines_eoi(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_write_bit(0x280, LINES_EDGE);
	lines_acked(1023, "edge: ICPENDR takes it away");
	lines_set(LINES_EDGE, 1);
	lines_write_bit(0x280, LINES_EDGE);
	lines_acked(1023, "edge: ICPENDR takes it away while high");
	lines_set(LINES_EDGE, 0);
	lines_write_bit(0x200, LINES_EDGE);
	lines_acked(LINES_EDGE, "edge: ISPENDR latches");
	lines_eoi(LINES_EDGE);
}

static uint32_t lines_ack_on(uint32_t vcpu)
{
	return peer_call(&lines_target, AGENT_READ32 | (vcpu ? AGENT_CPU1 : 0), LINES_CPU + 0x00c,
			 0);
}

static void lines_eoi_on(uint32_t vcpu, uint32_t iar)
{
	(void)peer_call(&lines_target, AGENT_WRITE32 | (vcpu ? AGENT_CPU1 : 0), LINES_CPU + 0x010,
			iar);
}

static void lines_ppi(uint32_t vcpu)
{
	uint32_t word = 0x02000000 | vcpu << 16 | LINES_PPI, other = 1 - vcpu;

	(void)peer_call(&lines_target, AGENT_ENABLE | (vcpu ? AGENT_CPU1 : 0), LINES_PPI, 0);
	(void)report_equal((uint32_t)kvm_irq_line(lines_target.handle, word, 1), 0,
			   "PPI of vCPU %u: raised", (unsigned)vcpu);
	(void)report_equal(lines_ack_on(other), 1023, "PPI of vCPU %u: not on vCPU %u",
			   (unsigned)vcpu, (unsigned)other);
	(void)report_equal(lines_ack_on(vcpu), LINES_PPI, "PPI of vCPU %u: there", (unsigned)vcpu);
	(void)kvm_irq_line(lines_target.handle, word, 0);
	lines_eoi_on(vcpu, LINES_PPI);
	(void)report_equal(lines_ack_on(vcpu), 1023, "PPI of vCPU %u: and gone", (unsigned)vcpu);
}

static void lines_targets(void)
{
	(void)peer_call(&lines_target, AGENT_WRITE8, LINES_DIST + 0x800 + LINES_LEVEL, 2);
	lines_set(LINES_LEVEL, 1);
	(void)report_equal(lines_ack_on(0), 1023, "SPI for vCPU 1: not on vCPU 0");
	(void)report_equal(lines_ack_on(1), LINES_LEVEL, "SPI for vCPU 1: there");
	lines_set(LINES_LEVEL, 0);
	lines_eoi_on(1, LINES_LEVEL);
	lines_set(LINES_LEVEL, 1);
	(void)peer_call(&lines_target, AGENT_PING, 0, 0);
	(void)peer_call(&lines_target, AGENT_WRITE8, LINES_DIST + 0x800 + LINES_LEVEL, 1);
	(void)report_equal(lines_ack_on(1), 1023, "SPI moved while pending: not on vCPU 1");
	(void)report_equal(lines_ack_on(0), LINES_LEVEL, "SPI moved while pending: on vCPU 0");
	lines_set(LINES_LEVEL, 0);
	lines_eoi_on(0, LINES_LEVEL);
	(void)peer_call(&lines_target, AGENT_WRITE8, LINES_DIST + 0x800 + LINES_LEVEL, 0);
	lines_set(LINES_LEVEL, 1);
	(void)report_check(lines_ack_on(0) == 1023 && lines_ack_on(1) == 1023,
			   "SPI for nobody waits");
	(void)peer_call(&lines_target, AGENT_WRITE8, LINES_DIST + 0x800 + LINES_LEVEL, 1);
	(void)report_equal(lines_ack_on(0), LINES_LEVEL, "and is delivered when it has a target");
	lines_set(LINES_LEVEL, 0);
	lines_eoi_on(0, LINES_LEVEL);
}

/* Control does not sleep in here: on a shared CPU the target is READY, and does not run. */
static void lines_not_scheduled(void)
{
	lines_set(LINES_LEVEL, 1);
	lines_set(LINES_LEVEL, 0);
	lines_pulse(LINES_EDGE);
	lines_pulse(LINES_EDGE);
	lines_acked(LINES_EDGE, "not scheduled: the edges");
	lines_acked(1023, "not scheduled: nothing of the level line that was lowered");
	lines_eoi(LINES_EDGE);
	lines_acked(1023, "not scheduled: edges coalesced");
	lines_set(LINES_LEVEL, 1);
	lines_acked(LINES_LEVEL, "not scheduled: the level line");
	lines_set(LINES_LEVEL, 0);
	lines_eoi(LINES_LEVEL);
}

int main(void)
{
	peer_init();
	lines_target = peer_open("target", 0);
	(void)report_equal(peer_call(&lines_target, AGENT_START_CPU1, 0, 0), 0, "vCPU 1 starts");
	(void)report_equal(peer_read(&lines_target, LINES_DIST + 0xc08), 0,
			   "SPIs are level-configured");
	lines_configure(1u << (LINES_EDGE - 32));
	lines_enable(LINES_LEVEL);
	lines_enable(LINES_EDGE);
	lines_acked(1023, "nothing pends at the start");
	lines_level_repends();
	lines_level_lowered();
	lines_level_disabled();
	lines_distributor_off(LINES_LEVEL, "level");
	lines_distributor_off(LINES_EDGE, "edge");
	lines_latch();
	lines_flip();
	lines_edge();
	lines_edge_disabled();
	lines_ppi(0);
	lines_ppi(1);
	lines_targets();
	if (guest_has_arg("shared")) {
		lines_not_scheduled();
	}
	peer_exit(&lines_target);
	report_summary();
}
