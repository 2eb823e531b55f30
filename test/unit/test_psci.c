/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/psci.h"
#include "test/unit/test.h"

/* Memory at 0x40000000..0x4fffffff. The cookie must come through. */
static const int cookie = 42;

static bool entry_valid(const void *c, ipa_t ipa)
{
	CHECK(c == &cookie);
	CHECK_EQ(ipa.ipa & 1, 0);
	return ipa.ipa >= 0x40000000u && ipa.ipa <= 0x4fffffffu;
}

static struct psci_vm vm;

static struct psci_result call(uint32_t caller, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
	const uint32_t args[4] = { r0, r1, r2, r3 };

	return psci_call(&vm, caller, args, entry_valid, &cookie);
}

#define CHECK_CALL(want, wanted_effect, ...)                         \
	do {                                                         \
		struct psci_result result_ = call(__VA_ARGS__);      \
		CHECK_EQ((uint32_t)result_.value, (uint32_t)(want)); \
		CHECK_EQ(result_.effect, wanted_effect);             \
	} while (0)

static void run_reset(void)
{
	memset(&vm, 0xa5, sizeof(vm));
	psci_reset(&vm, 8);
	CHECK_EQ(vm.nr_vcpus, 8);
	CHECK_EQ(vm.power[0], PSCI_ON);
	for (int n = 1; n < 8; n++) {
		CHECK_EQ(vm.power[n], PSCI_OFF);
	}
	psci_reset(&vm, 1000);
	CHECK_EQ(vm.nr_vcpus, 8);
}

static void run_versions(void)
{
	psci_reset(&vm, 2);
	CHECK_CALL(0x00010000, PSCI_DO_NOTHING, 0, 0x84000000, 0, 0, 0);
	CHECK_CALL(0x00010001, PSCI_DO_NOTHING, 0, 0x80000000, 0, 0, 0);
	CHECK_CALL(2, PSCI_DO_NOTHING, 1, 0x84000006, 0, 0, 0);
	CHECK_CALL(0, PSCI_DO_NOTHING, 0, 0x80000001, 0x80000000, 0, 0);
	CHECK_CALL(0, PSCI_DO_NOTHING, 0, 0x80000001, 0x80000001, 0, 0);
	CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x80000001, 0x80008000, 0, 0);
	CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x80000001, 0x84000000, 0, 0);
	CHECK_CALL(0, PSCI_DO_SYSTEM_OFF, 1, 0x84000008, 0, 0, 0);
	CHECK_CALL(0, PSCI_DO_SYSTEM_RESET, 0, 0x84000009, 0, 0, 0);
}

static void run_features(void)
{
	/* Bit n: 0x84000000 + n is implemented: 0..4, 6, 8, 9, 10. */
	const uint32_t implemented = 0x75f;

	psci_reset(&vm, 1);
	for (uint32_t n = 0; n < 256; n++) {
		bool known = n < 32 && (implemented >> n & 1) != 0;

		CHECK_CALL(known ? 0 : -1, PSCI_DO_NOTHING, 0, 0x8400000a, 0x84000000 + n, 0, 0);
		CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x8400000a, 0xc4000000 + n, 0, 0);
		/* What FEATURES denies is NOT_SUPPORTED when called. */
		if (!known) {
			CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x84000000 + n, 0, 0, 0);
		}
		if (n > 1) {
			CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x80000000 + n, 0, 0, 0);
		}
	}
	CHECK_CALL(0, PSCI_DO_NOTHING, 0, 0x8400000a, 0x80000000, 0, 0);
	CHECK_CALL(-1, PSCI_DO_NOTHING, 0, 0x8400000a, 0x80000001, 0, 0);
	CHECK(psci_owns(0x84000000) && psci_owns(0x840000ff) && psci_owns(0x80000001));
	CHECK(!psci_owns(0xc4000003) && !psci_owns(0x86000061) && !psci_owns(0x84000100));
	CHECK(!psci_owns(0x04000000) && !psci_owns(0x80008000));
}

/* Called without the lock: they must neither change the state nor depend on it. */
static void run_queries(void)
{
	for (uint32_t n = 0; n < 512; n++) {
		uint32_t function = n < 256 ? 0x84000000 + n : 0x80000000 + n - 256;
		struct psci_vm before;
		struct psci_result r, other;

		if (!psci_is_query(function)) {
			continue;
		}
		psci_reset(&vm, 2);
		before = vm;
		r = call(0, function, 1, 0x40000000, 0);
		CHECK(memcmp(&vm, &before, sizeof(vm)) == 0);
		CHECK_EQ(r.effect, PSCI_DO_NOTHING);
		vm.power[1] = PSCI_ON;
		other = call(1, function, 1, 0x40000000, 0);
		CHECK_EQ(r.value, other.value);
	}
	CHECK(psci_is_query(0x84000000) && psci_is_query(0x80000000));
	CHECK(!psci_is_query(0x84000001) && !psci_is_query(0x84000002));
	CHECK(!psci_is_query(0x84000003) && !psci_is_query(0x84000004));
	CHECK(!psci_is_query(0x84000008) && !psci_is_query(0x84000009));
}

static void run_suspend(void)
{
	psci_reset(&vm, 2);
	CHECK_CALL(0, PSCI_DO_SUSPEND, 0, 0x84000001, 0x00000000, 0, 0);
	CHECK_CALL(0, PSCI_DO_SUSPEND, 0, 0x84000001, 0x0000ffff, 0, 0); /* any StateID */
	CHECK_CALL(0, PSCI_DO_SUSPEND, 0, 0x84000001, 0x00010000, 0x40001000, 7);
	CHECK_CALL(-9, PSCI_DO_NOTHING, 0, 0x84000001, 0x00010000, 0x30000000, 7);
	CHECK_CALL(-9, PSCI_DO_NOTHING, 0, 0x84000001, 0x00010000, 0x40000002, 7);
	for (uint32_t bit = 17; bit < 32; bit++) {
		CHECK_CALL(-2, PSCI_DO_NOTHING, 0, 0x84000001, 1u << bit, 0x40000000, 0);
	}
	CHECK_EQ(vm.power[0], PSCI_ON);
}

static void run_on_off(void)
{
	struct psci_result r;

	psci_reset(&vm, 3);
	r = call(0, 0x84000003, 2, 0x40008001, 0xcafe);
	CHECK_EQ(r.value, 0);
	CHECK_EQ(r.effect, PSCI_DO_START);
	CHECK_EQ(r.target, 2);
	CHECK_EQ(r.entry, 0x40008001);
	CHECK_EQ(r.context, 0xcafe);
	CHECK_CALL(-4, PSCI_DO_NOTHING, 0, 0x84000003, 2, 0x40008000, 0);
	psci_vcpu_entered(&vm, 2);
	CHECK_EQ(vm.power[2], PSCI_ON);
	CHECK_CALL(-4, PSCI_DO_NOTHING, 1, 0x84000003, 2, 0x40008000, 0);
	CHECK_CALL(-4, PSCI_DO_NOTHING, 0, 0x84000003, 0, 0x40008000, 0); /* oneself */
	CHECK_CALL(0, PSCI_DO_STOP, 2, 0x84000002, 0, 0, 0);
	CHECK_EQ(vm.power[2], PSCI_OFF);
	CHECK_CALL(0, PSCI_DO_START, 0, 0x84000003, 2, 0x40008000, 0);
	CHECK_CALL(0, PSCI_DO_STOP, 0, 0x84000002, 0, 0, 0);
	/* A stale report changes nothing. */
	psci_vcpu_entered(&vm, 0);
	psci_vcpu_entered(&vm, 8);
	psci_vcpu_entered(&vm, 0xffffffff);
	CHECK_EQ(vm.power[0], PSCI_OFF);
}

static void run_bad_on(void)
{
	static const uint32_t targets[] = { 2,	     3,		 0x80000001, 0x40000001, 0x01000001,
					    0x10001, 0x00000101, 0x100,	     0xffffffff };

	psci_reset(&vm, 2);
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		CHECK_CALL(-2, PSCI_DO_NOTHING, 0, 0x84000003, targets[i], 0x40000000, 0);
	}
	CHECK_CALL(-9, PSCI_DO_NOTHING, 0, 0x84000003, 1, 0x3ffffffc, 0);
	CHECK_CALL(-9, PSCI_DO_NOTHING, 0, 0x84000003, 1, 0x50000001, 0);
	CHECK_CALL(-9, PSCI_DO_NOTHING, 0, 0x84000003, 1, 0x40000002, 0); /* ARM, not a word */
	CHECK_EQ(vm.power[1], PSCI_OFF);
	CHECK_CALL(0, PSCI_DO_START, 0, 0x84000003, 1, 0x40000003, 0); /* Thumb */
	/* A caller that is none of the partition's vCPUs gets nowhere. */
	CHECK_CALL(-1, PSCI_DO_NOTHING, 2, 0x84000002, 0, 0, 0);
	CHECK_CALL(-1, PSCI_DO_NOTHING, 0xffffffff, 0x84000002, 0, 0, 0);
}

static void run_affinity(void)
{
	psci_reset(&vm, 3);
	CHECK_CALL(0, PSCI_DO_NOTHING, 0, 0x84000004, 0, 0, 0);
	CHECK_CALL(1, PSCI_DO_NOTHING, 0, 0x84000004, 1, 0, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 0, 0x84000004, 3, 0, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 0, 0x84000004, 0x80000001, 0, 0);
	call(0, 0x84000003, 1, 0x40000000, 0);
	CHECK_CALL(2, PSCI_DO_NOTHING, 0, 0x84000004, 1, 0, 0);
	CHECK_CALL(0, PSCI_DO_NOTHING, 0, 0x84000004, 0, 1, 0); /* one on, one pending: on */
	call(0, 0x84000002, 0, 0, 0);
	for (uint32_t level = 1; level <= 3; level++) {
		CHECK_CALL(2, PSCI_DO_NOTHING, 1, 0x84000004, 0, level, 0);
		CHECK_CALL(2, PSCI_DO_NOTHING, 1, 0x84000004, 0x7f, level, 0);
	}
	psci_vcpu_entered(&vm, 1);
	CHECK_CALL(0, PSCI_DO_NOTHING, 1, 0x84000004, 0xff, 1, 0);
	CHECK_CALL(0, PSCI_DO_NOTHING, 1, 0x84000004, 0xffff, 2, 0);
	CHECK_CALL(0, PSCI_DO_NOTHING, 1, 0x84000004, 0xffffff, 3, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 1, 0x84000004, 0x100, 1, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 1, 0x84000004, 0x10000, 2, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 1, 0x84000004, 0x1000000, 3, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 1, 0x84000004, 0, 4, 0);
	CHECK_CALL(-2, PSCI_DO_NOTHING, 1, 0x84000004, 0, 0xffffffff, 0);
	call(1, 0x84000002, 0, 0, 0);
	CHECK_CALL(1, PSCI_DO_NOTHING, 1, 0x84000004, 0, 1, 0);
}

/*
 * Races: calls are atomic (the partition's lock), so a race is an order of calls. Every order of
 * the actors' scripts is tried. 'n' switches vCPU 3 on, 'e' reports its entry, 'x' is its CPU_OFF,
 * 'i' asks for its state. 'e' and 'x' are possible only where vCPU 3 is at all.
 */
struct race {
	const char *script[3];
	uint32_t orders;
};

static void race_step(char what, uint32_t actor)
{
	enum {
		OFF,
		PENDING,
		ON
	} before = vm.power[3] == PSCI_OFF ? OFF : (vm.power[3] == PSCI_ON ? ON : PENDING);
	struct psci_result r;

	switch (what) {
	case 'n':
		r = call(actor, 0x84000003, 3, 0x40000000 + 4 * actor, actor);
		CHECK_EQ(r.value, before == OFF ? 0 : (uint64_t)-4);
		CHECK_EQ(r.effect, before == OFF ? PSCI_DO_START : PSCI_DO_NOTHING);
		if (before == OFF) {
			/* The winner's own arguments, nobody else's. */
			CHECK_EQ(r.entry, 0x40000000 + 4 * actor);
			CHECK_EQ(r.context, actor);
			CHECK_EQ(r.target, 3);
		}
		CHECK(vm.power[3] != PSCI_OFF);
		break;
	case 'e':
		psci_vcpu_entered(&vm, 3);
		CHECK_EQ(vm.power[3] == PSCI_OFF, before == OFF);
		break;
	case 'x':
		if (before == ON) {
			r = call(3, 0x84000002, 0, 0, 0);
			CHECK_EQ(r.effect, PSCI_DO_STOP);
			CHECK_EQ(vm.power[3], PSCI_OFF);
		}
		break;
	default:
		r = call(actor, 0x84000004, 3, 0, 0);
		CHECK_EQ(r.value, before == OFF ? 1 : (before == ON ? 0 : 2));
		break;
	}
}

static void race_all(struct race *race, uint32_t wins, uint32_t offs)
{
	bool end = true;

	for (uint32_t actor = 0; actor < 3; actor++) {
		const char *rest = race->script[actor];
		struct psci_vm saved = vm;
		uint32_t won = wins, off = offs;

		if (*rest == '\0') {
			continue;
		}
		end = false;
		race_step(*rest, actor);
		won += saved.power[3] == PSCI_OFF && vm.power[3] != PSCI_OFF ? 1 : 0;
		off += saved.power[3] != PSCI_OFF && vm.power[3] == PSCI_OFF ? 1 : 0;
		/* One winner for each time that it was off. */
		CHECK(won == off || won == off + 1);
		race->script[actor] = rest + 1;
		race_all(race, won, off);
		race->script[actor] = rest;
		vm = saved;
	}
	if (end) {
		race->orders++;
		CHECK(wins >= 1);
	}
}

static void run_races(void)
{
	static const struct race races[] = {
		{ { "n", "n", "" }, 2 },
		{ { "n", "n", "n" }, 6 },
		{ { "nn", "nn", "nn" }, 90 },
		{ { "ni", "ni", "e" }, 30 },
		{ { "n", "n", "exe" }, 20 },
		{ { "nin", "nin", "exex" }, 4200 },
		{ { "nnn", "inini", "exe" }, 9240 },
	};

	for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++) {
		struct race race = races[i];

		race.orders = 0;
		psci_reset(&vm, 4);
		race_all(&race, 0, 0);
		CHECK_EQ(race.orders, races[i].orders); /* all of them were tried */
	}
}

static const struct test_case cases[] = {
	{ "reset", run_reset },	    { "versions", run_versions }, { "features", run_features },
	{ "queries", run_queries }, { "suspend", run_suspend },	  { "on_off", run_on_off },
	{ "bad_on", run_bad_on },   { "affinity", run_affinity }, { "races", run_races },
};

TEST_MAIN("psci", cases)
