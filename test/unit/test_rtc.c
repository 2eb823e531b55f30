/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/rtc.c: who is disturbed by an alarm that a guest writes, and who looks after it. */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/rtc.h"
#include "hyp/core/vm.h"

#define HZ    1000u
#define MATCH 0x04u /* DDI 0224: RTCMR */
#define MASK  0x10u /* RTCIMSC */
#define CLEAR 0x1cu /* RTCICR */
#define NEVER UINT64_MAX

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count = 1;
struct cpu cpus[BOARD_MAX_CPUS];

static struct vcpu guest = { .vm = &vms[0] };
static uint64_t now; /* counter ticks */

uint32_t facts_timer_hz(void)
{
	return HZ;
}

uint64_t test_now(void)
{
	return now;
}

void vm_kick(struct vm *vm, uint32_t mask)
{
	CHECK(vm == &vms[0] && !mask);
}

static void boot(void)
{
	memset(vms, 0, sizeof(vms));
	memset(cpus, 0, sizeof(cpus));
	cpus[1].index = 1;
	cpus[0].timer_at = NEVER;
	cpus[1].timer_at = NEVER;
	cpus[0].devices_at = NEVER;
	cpus[1].devices_at = NEVER;
	now = 100 * HZ;
	rtc_init(0);
}

/* Its vCPU runs on `cpu`. True: that CPU sets its timer anew. No other ever does. */
static bool writes(uint32_t cpu, uint32_t offset, uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };
	bool asked;

	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[cpu];
	CHECK_EQ(rtc_access(&guest, &mmio), MMIO_OK);
	CHECK(!cpus[1 - cpu].resched);
	asked = cpus[cpu].resched;
	cpus[cpu].resched = false;
	if (asked) {
		cpus[cpu].devices_at = rtc_due(&vms[0], &cpus[cpu], now);
		cpus[cpu].timer_at = cpus[cpu].devices_at;
	}
	return asked;
}

/* Only who writes, and only for an alarm before what its timer is set for. */
static void earlier(void)
{
	boot();
	CHECK(writes(1, MATCH, 200));
	CHECK_EQ(cpus[1].timer_at, 200 * HZ);
	CHECK(!writes(1, MATCH, 300));
	CHECK(!writes(1, MATCH, 200));
	CHECK(!writes(1, MASK, 1));
	CHECK(!writes(1, CLEAR, 1));
	CHECK(writes(1, MATCH, 150));
	CHECK_EQ(cpus[1].timer_at, 150 * HZ);
	cpus[1].timer_at = 120 * HZ; /* a slice ends there */
	CHECK(!writes(1, MATCH, 121));
	CHECK_EQ(cpus[1].devices_at, 121 * HZ); /* for then */
	CHECK_EQ(rtc_due(&vms[0], &cpus[1], now), 121 * HZ);
}

/* The alarm is where it was written last. */
static void follows(void)
{
	boot();
	CHECK(writes(0, MATCH, 200));
	CHECK(writes(1, MATCH, 250));
	CHECK_EQ(rtc_due(&vms[0], &cpus[0], now), NEVER);
	CHECK_EQ(rtc_due(&vms[0], &cpus[1], now), 250 * HZ);
	now = 250 * HZ;
	CHECK_EQ(rtc_due(&vms[0], &cpus[0], now), NEVER);
	CHECK(!vms[0].rtc.raised);
	CHECK_EQ(rtc_due(&vms[0], &cpus[1], now), NEVER);
	CHECK(vms[0].rtc.raised);
}

/* A line that is not the clock's is whoever's: a restart leaves it as it is. */
static void of_somebody_else(void)
{
	const struct irq_line line = { IRQ_LINE_SPI, 0, 34 };
	vgic_kick_t kick = 0;

	for (uint32_t has = 0; has < 2; has++) {
		boot();
		vms[0].vgic = vgic_init(calloc(1, vgic_size(1, 64)), 1, 64, 4);
		CHECK_EQ(vgic_set_line(vms[0].vgic, &line, true, &kick), 0);
		vgic_phys_set_owner(vms[0].vgic, 34, has ? VGIC_OWNER_DEVICE : VGIC_OWNER_LINE, 0);
		rtc_reset(&vms[0]);
		CHECK_EQ(vgic_irq_state(vms[0].vgic, 0, 34) & PLUMB_IRQ_LEVEL,
			 has ? 0 : PLUMB_IRQ_LEVEL);
		free(vms[0].vgic);
	}
}

static const struct test_case cases[] = {
	{ "earlier", earlier },
	{ "follows", follows },
	{ "of_somebody_else", of_somebody_else },
};

TEST_MAIN("rtc", cases)
