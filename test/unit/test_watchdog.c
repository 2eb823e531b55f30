/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/watchdog.c: its time, which stands still in a pause; which CPU looks after it; when that
 * CPU is told of a bite. */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/watchdog.h"

#define HZ	62500000u
#define CLOCK	24000000u /* docs/manifest.md */
#define LOAD	0x000u	  /* DDI 0270 */
#define VALUE	0x004u
#define CONTROL 0x008u
#define INTCLR	0x00cu
#define ITCR	0xf00u
#define ITOP	0xf04u
#define INTID	36u
#define NEVER	UINT64_MAX

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count = 2;
struct cpu cpus[BOARD_MAX_CPUS];

static struct manifest_partition config = { .windows = 1u << MACHINE_WATCHDOG };
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
	(void)vm;
	CHECK(!mask);
}

static void boot(uint64_t at)
{
	memset(vms, 0, sizeof(vms));
	memset(cpus, 0, sizeof(cpus));
	for (uint32_t n = 0; n < 2; n++) {
		vms[n].config = &config;
		vms[n].life.state = LIFE_RUNNING;
		vms[n].vgic = vgic_init(calloc(1, vgic_size(1, 64)), 1, 64, 4);
		vgic_phys_set_owner(vms[n].vgic, INTID, VGIC_OWNER_DEVICE, 0);
		watchdog_reset(&vms[n]);
		cpus[n].index = (uint8_t)n;
		cpus[n].timer_at = cpus[n].devices_at = NEVER;
	}
	now = at;
}

static void clear(void)
{
	free(vms[0].vgic);
	free(vms[1].vgic);
}

static void on(uint32_t cpu)
{
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[cpu];
}

static uint32_t get(uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = 4 };

	CHECK_EQ(watchdog_access(&guest, &mmio), MMIO_OK);
	return mmio.value;
}

static void set(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { offset, 4, true, value };

	CHECK_EQ(watchdog_access(&guest, &mmio), MMIO_OK);
}

/* The CPU's timed work; its timer is set for what is left. */
static uint64_t look(uint32_t cpu)
{
	on(cpu);
	cpus[cpu].resched = false;
	cpus[cpu].devices_at = watchdog_due(&vms[0], &cpus[cpu], now);
	cpus[cpu].timer_at = cpus[cpu].devices_at;
	return cpus[cpu].devices_at;
}

static bool rings(void)
{
	return vgic_irq_state(vms[0].vgic, 0, INTID) & 1;
}

static bool takes_bite(void)
{
	struct vgic_locked held = vm_lock_vgic(&vms[0]);
	bool bites = watchdog_take_bite(held);

	vm_unlock_vgic(held);
	return bites;
}

/* One second is 24 million clocks; the timer fires at the first tick that is not too early. */
static void its_time(void)
{
	boot(UINT64_C(40) * HZ);
	on(0);
	set(LOAD, CLOCK - 1);
	set(CONTROL, 3);
	CHECK(cpus[0].resched);
	/* 23999999 clocks of 24000000 in 62500000 ticks: 62499997.4 */
	CHECK_EQ(look(0), UINT64_C(41) * HZ - 2);
	now = UINT64_C(41) * HZ - 3;
	CHECK_EQ(look(0), UINT64_C(41) * HZ - 2);
	CHECK(!rings());
	now = UINT64_C(40) * HZ + HZ / 2;
	CHECK_EQ(get(VALUE), CLOCK / 2 - 1);
	set(INTCLR, 0);
	CHECK_EQ(look(0), UINT64_C(41) * HZ + HZ / 2 - 2);
	now = UINT64_C(41) * HZ + HZ / 2 - 2;
	CHECK_EQ(look(0), UINT64_C(42) * HZ + HZ / 2 - 2);
	CHECK(rings() && !cpus[0].bitten);
	now = UINT64_C(42) * HZ + HZ / 2 - 3;
	CHECK_EQ(look(0), now + 1);
	CHECK(!cpus[0].bitten);
	now++;
	CHECK_EQ(look(0), now); /* until it is taken */
	CHECK(cpus[0].bitten == &vms[0] && cpus[0].resched);
	CHECK(takes_bite() && !takes_bite());
	cpus[0].bitten = NULL;
	CHECK_EQ(look(0), NEVER);
	CHECK(!cpus[0].bitten);
	clear();
	boot(UINT64_C(1) << 62); /* no overflow in between */
	on(0);
	set(LOAD, 0xffffffff);
	set(CONTROL, 1);
	CHECK(look(0) - now - UINT64_C(11184810664) <= 2);
	clear();
}

/* It follows who writes; reading does not move it. */
static void whose(void)
{
	uint64_t at;

	boot(1000);
	on(0);
	set(LOAD, CLOCK);
	set(CONTROL, 3);
	at = look(0);
	on(1);
	CHECK_EQ(get(CONTROL), 3);
	CHECK_EQ(look(0), at);
	CHECK_EQ(look(1), NEVER);
	on(1);
	set(INTCLR, 0);
	CHECK(cpus[1].resched);
	CHECK_EQ(look(0), NEVER);
	CHECK_EQ(look(1), at);
	set(INTCLR, 0); /* nothing before what it is set for */
	CHECK(!cpus[1].resched);
	now += UINT64_C(3) * HZ;
	CHECK_EQ(look(0), NEVER);
	CHECK(!rings() && !cpus[0].bitten);
	(void)look(1);
	CHECK(rings() && cpus[1].bitten == &vms[0]);
	clear();
}

/* One at a time; the second is found when the first is dealt with. */
static void two_bite(void)
{
	boot(1000);
	on(0);
	for (uint32_t n = 0; n < 2; n++) {
		guest.vm = &vms[n];
		set(LOAD, 10);
		set(CONTROL, 3);
	}
	guest.vm = &vms[0];
	now += 1000;
	CHECK_EQ(watchdog_due(&vms[0], &cpus[0], now), now);
	CHECK_EQ(watchdog_due(&vms[1], &cpus[0], now), now);
	CHECK(cpus[0].bitten == &vms[0]);
	CHECK(takes_bite());
	cpus[0].bitten = NULL;
	CHECK_EQ(watchdog_due(&vms[1], &cpus[0], now), now);
	CHECK(cpus[0].bitten == &vms[1]);
	clear();
}

/* At once, by the integration test registers. */
static void by_hand(void)
{
	boot(1000);
	on(0);
	set(ITCR, 1);
	CHECK(!cpus[0].resched);
	set(ITOP, 1);
	CHECK(cpus[0].resched && !cpus[0].bitten);
	(void)look(0);
	CHECK(cpus[0].bitten == &vms[0]);
	clear();
}

/* Neither interrupt nor bite, and the time is that of before, whoever resumes it. */
static void in_a_pause(void)
{
	struct vgic_locked held;

	boot(1000);
	on(0);
	set(LOAD, CLOCK);
	set(CONTROL, 3);
	CHECK_EQ(look(0), 1000 + HZ);
	now += HZ / 4;
	vms[0].life.state = LIFE_PAUSING;
	CHECK_EQ(look(0), NEVER);
	vms[0].life.state = LIFE_PAUSED;
	now += UINT64_C(100) * HZ;
	CHECK_EQ(look(0), NEVER);
	CHECK(!rings());
	on(1);
	held = vm_lock_vgic(&vms[0]);
	watchdog_resume(held, UINT64_C(100) * HZ);
	vms[0].life.state = LIFE_RUNNING;
	vm_unlock_vgic(held);
	CHECK(cpus[1].resched && cpus[1].devices_at <= now);
	CHECK_EQ(look(0), NEVER);
	CHECK_EQ(look(1), 1000 + UINT64_C(101) * HZ);
	on(1);
	CHECK_EQ(get(VALUE), CLOCK - CLOCK / 4);
	/* A bite that is found just before a pause waits for its end. */
	now += UINT64_C(3) * HZ;
	(void)look(1);
	CHECK(cpus[1].bitten == &vms[0]);
	vms[0].life.state = LIFE_PAUSED;
	CHECK(!takes_bite());
	vms[0].life.state = LIFE_RUNNING;
	CHECK(takes_bite());
	clear();
}

/* A restart stops it, and lowers its line; a bite that was found is none any more. */
static void restarts(void)
{
	boot(1000);
	on(0);
	set(LOAD, 10);
	set(CONTROL, 3);
	now += 1000;
	(void)look(0);
	CHECK(rings() && cpus[0].bitten);
	watchdog_reset(&vms[0]);
	CHECK(!rings() && !takes_bite());
	CHECK_EQ(get(CONTROL), 0);
	CHECK_EQ(get(LOAD), 0xffffffff);
	CHECK_EQ(look(0), NEVER);
	config.windows = 0; /* no watchdog: no CPU looks */
	cpus[0].resched = false;
	watchdog_resume((struct vgic_locked) { &vms[1] }, 5);
	CHECK(!cpus[0].resched);
	config.windows = 1u << MACHINE_WATCHDOG;
	clear();
}

static const struct test_case cases[] = {
	{ "its_time", its_time }, { "whose", whose },		{ "two_bite", two_bite },
	{ "by_hand", by_hand },	  { "in_a_pause", in_a_pause }, { "restarts", restarts },
};

TEST_MAIN("watchdog", cases)
