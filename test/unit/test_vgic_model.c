/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random guests and devices against a plain model of the GICv2. In lock-step (every kick is served
 * before the next step) what a guest acknowledges must be exactly what the model would give it. In
 * the other mode kicks come late and guests run on with old list registers; then the invariants
 * hold at each step, and at the end nothing is lost. In the third, vCPU 0 waits in WFI again and
 * again, its CPU interface half shut, while the others go on.
 */
#include "test/unit/vgic_model.h"

static uint32_t seed;

uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static void begin(uint32_t run)
{
	seed = 0x9e3779b9u * (run + 1);
	start();
}

static void lock_step(void)
{
	for (uint32_t run = 0; run < 2000 && !test_failures; run++) {
		begin(run);
		for (uint32_t n = 0; n < 1500 && !test_failures; n++) {
			lock_step_one();
			if (test_failures) {
				printf("run %u step %u lrs %u vcpus %u\n", run, n, rig.nr_lrs,
				       model.nr_vcpus);
			}
		}
		rig_free(&rig);
	}
}

static void late(void)
{
	for (uint32_t run = 0; run < 2000 && !test_failures; run++) {
		begin(1000 + run);
		late_begin();
		for (uint32_t n = 0; n < 1500 && !test_failures; n++) {
			late_one();
		}
		late_end();
		if (test_failures) {
			printf("run %u lrs %u vcpus %u\n", run, rig.nr_lrs, model.nr_vcpus);
		}
		rig_free(&rig);
	}
}

/* ---- WFI ---- */

/* IHI 0048B 3.3: does the CPU interface signal anything to vCPU 0? */
static bool is_signalled(void)
{
	for (size_t n = 0; n < NR_USED; n++) {
		const struct model_irq *irq = model_irq(0, used[n]);
		bool open = (rig.cpu[0].vmcr >> (irq->group ? 1 : 0)) & 1;

		if (may_take(0, used[n]) && open && irq->priority / 8u < rig.cpu[0].vmcr >> 27) {
			return true;
		}
	}
	return false;
}

/* As run_wait: true if it sleeps. */
static bool wait(void)
{
	bool signalled, waits;

	look(0, TIMER);
	look(0, FIRED);
	rig.cpu[0].vmcr = rnd(32) << 27 | rnd(4);
	signalled = is_signalled();
	waits = rig_waits(&rig, 0);
	CHECK_EQ(waits, !signalled);
	CHECK(vgic_is_folded(rig.vgic, 0) || vgic_is_quiet(vgic_cif(rig.vgic, 0)));
	if (!waits) {
		rig.cpu[0].vmcr = RIG_VMCR;
		rig_enter(&rig, 0);
		return false;
	}
	do_unload(0);
	rig_settle(&rig);
	rig.woken = 0;
	return true;
}

/* SPIs have one target: which of several sees one is not told. */
static void wait_target(void)
{
	uint32_t intid = used[rnd(NR_USED)];

	if (intid >= 32) {
		model_irq(0, intid)->targets = (uint8_t)(1u << rnd(model.nr_vcpus));
		byte(model.nr_vcpus - 1, ITARGETSR, intid, model_irq(0, intid)->targets);
	}
}

static bool has_one_target(void)
{
	for (size_t n = 0; n < NR_USED; n++) {
		uint32_t targets = targets_of(0, used[n]);

		if (targets & (targets - 1)) {
			return false;
		}
	}
	return true;
}

/* Has the SPI's level fallen, so that its owner may have been woken before anybody looked? */
static bool has_fallen(void)
{
	const struct model_irq *irq = model_irq(0, FIRED);

	return irq->held && !irq->held_active && !irq->edge && rig.low[physid_of(0, FIRED)];
}

/* Whatever the others do: it is woken if and only if it would be signalled something now. */
static void wait_asleep(void)
{
	uint32_t before = rnd(8) ? 1 : 0;
	bool fell;

	if (before) {
		step(false);
	} else {
		wait_target();
	}
	fell = has_fallen();
	look(0, FIRED);
	if (rig.cpu[0].loaded) {
		return; /* another vCPU takes its CPU interface over in no world */
	}
	for (uint32_t c = 0; c < model.nr_vcpus; c++) {
		rig_enter(&rig, c);
	}
	rig_settle(&rig);
	if (has_one_target() && !fell && (rig.woken & 1) != is_signalled()) {
		report(is_signalled() ? "not woken" : "woken for nothing", 0, 0, rig.woken);
	}
	CHECK(!has_one_target() || vgic_has_pending(rig.vgic, 0) == is_signalled());
}

static void waiting(void)
{
	uint32_t sleeps = 0;
	uint32_t wakes = 0;

	for (uint32_t run = 0; run < 2000 && !test_failures; run++) {
		bool asleep = false;

		begin(2000 + run);
		for (uint32_t n = 0; n < 1500 && !test_failures; n++) {
			if (asleep) {
				wait_asleep();
				asleep = !rig.cpu[0].loaded && !(rig.woken & 1);
				wakes += asleep ? 0 : 1;
				if (!asleep) {
					rig.cpu[0].vmcr = RIG_VMCR;
				}
			} else if (!rig.cpu[0].loaded) {
				rig_load(&rig, 0);
				look(0, TIMER);
				look(0, FIRED);
			} else if (has_one_target() && rnd(8) == 0) {
				asleep = wait();
				sleeps += asleep;
			} else {
				lock_step_one();
				wait_target();
				rig_settle(&rig);
			}
		}
		if (test_failures) {
			printf("run %u lrs %u vcpus %u\n", run, rig.nr_lrs, model.nr_vcpus);
		}
		rig_free(&rig);
	}
	CHECK(sleeps > 10000 && wakes > 10000);
}

static const struct test_case cases[] = {
	{ "lock_step", lock_step },
	{ "late", late },
	{ "waiting", waiting },
};

TEST_MAIN("vgic_model", cases)
