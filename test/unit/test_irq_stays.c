/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_IRQ_LINE without the lock, where nothing changes: what other CPUs do before its reads. A
 * CPU's earlier stores reach others at its DMB at the latest, so all that is read counts from there
 * on.
 */
#include "hyp/core/irq_call.h"
#include "test/unit/test.h"
#include "vgic/vgic_state.h"

#define SPI 7u

static struct vm vm;
static struct vgic *vgic;
static uint32_t barriers, act_at;
static bool edge, level;

/* Another CPU: the guest changes GICD_ICFGR, and a device drives the line. */
static void others_act(void)
{
	struct mmio config = { 0xc00 + 4 * ((32 + SPI) / 16), 4, true, 0 };
	vgic_kick_t kick = 0;

	config.value = edge ? 2u << 2 * ((32 + SPI) % 16) : 0;
	CHECK_EQ(vgic_dist_access(vgic, 0, &config, &kick), MMIO_OK);
	CHECK_EQ(vgic_set_spi(vgic, SPI, level, &kick), 0);
}

void fake_barrier(enum fake_barrier which)
{
	CHECK_EQ(which, FAKE_DMB);
	if (++barriers == act_at) {
		others_act();
	}
}

static bool stays(uint32_t at, bool to_edge, bool drives, bool was, bool drive)
{
	static uint64_t memory[4096];
	vgic_kick_t kick = 0;

	CHECK(vgic_size(1, 64) <= sizeof(memory));
	vgic = vgic_init(memory, 1, 64, 4);
	CHECK_EQ(vgic_set_spi(vgic, SPI, was, &kick), 0);
	vm.vgic = vgic;
	vm.spis = vgic_spi_banks(vgic);
	barriers = 0;
	act_at = at;
	edge = to_edge;
	level = drives;
	return irq_call_spi_stays(&vm, SPI, drive);
}

static void alone(void)
{
	for (uint32_t n = 0; n < 4; n++) {
		CHECK_EQ(stays(0, false, false, n & 1, n >> 1), (n & 1) == n >> 1);
	}
}

/* The caller's data may reach others at its first barrier only. Another CPU's edge before that, and
 * a handler that it has started, may not have seen the data: this edge is a further one. */
static void an_edge_before(void)
{
	CHECK(!stays(1, true, true, false, true));
	CHECK(!stays(1, true, true, true, true));
}

/* The line fell before the first barrier. */
static void a_level_before(void)
{
	CHECK(!stays(1, false, false, true, true));
	CHECK(stays(1, false, true, false, true));
	CHECK(stays(1, false, false, true, false));
}

/* One barrier is enough, as trigger and level are read at once (unit short: trigger_and_line). */
static void one_barrier(void)
{
	(void)stays(0, false, false, true, true);
	CHECK_EQ(barriers, 1);
}

static const struct test_case cases[] = {
	{ "alone", alone },
	{ "an_edge_before", an_edge_before },
	{ "a_level_before", a_level_before },
	{ "one_barrier", one_barrier },
};

TEST_MAIN("irq_stays", cases)
