/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls' arguments. KVM_IRQ_LINE's word against the oracle of test/verify; PSCI calls against
 * a restatement of DEN 0022 for vCPUs that are off, on their way, or on.
 */
#include "hyp/trap/psci.h"
#include "test/verify/fuzz/fuzz.h"
#include "test/verify/irq_line_compare.h"

#define RAM_START 0x40000000u
#define RAM_END	  0x4fffffffu

enum power { OFF, PENDING, ON };

struct model {
	uint32_t count;
	enum power power[8];
};

static bool in_ram(const void *cookie, ipa_t ipa)
{
	(void)cookie;
	return ipa.ipa >= RAM_START && ipa.ipa <= RAM_END;
}

static void try_line(struct fuzz_input *in)
{
	static struct oracle_map map;
	struct oracle_shape shape = compare_shape((uint32_t)(fuzz_byte(in) * 2u) % SHAPES);
	uint32_t word = fuzz_word(in);

	shape.gic = fuzz_byte(in) % 2 != 0;
	oracle_draw(&map, &shape);
	CHECK(compare_words(&shape, &map, word, word));
}

/* An address to start at: a word's, or any odd one, in memory. */
static bool may_start(uint32_t entry)
{
	return entry % 4 != 2 && in_ram(NULL, ipa_make(entry - entry % 2));
}

static int32_t want_on(struct model *model, const uint32_t args[4], bool *starts)
{
	if (args[1] >= model->count) {
		return -2; /* INVALID_PARAMETERS: MPIDR of vCPU n is n */
	}
	if (model->power[args[1]] != OFF) {
		return -4; /* ALREADY_ON */
	}
	if (!may_start(args[2])) {
		return -9; /* INVALID_ADDRESS */
	}
	model->power[args[1]] = PENDING;
	*starts = true;
	return 0;
}

/* 0 on, 1 off, 2 on its way; of a group (level > 0) the best. */
static int32_t want_affinity(const struct model *model, uint32_t target, uint32_t level)
{
	bool any[3] = { false, false, false };

	if (level > 3) {
		return -2;
	}
	for (uint32_t n = 0; n < model->count; n++) {
		if (n >> (8 * level) == target >> (8 * level)) {
			any[model->power[n]] = true;
		}
	}
	return any[ON] ? 0 : any[PENDING] ? 2 : any[OFF] ? 1 : -2;
}

static int32_t want_suspend(const uint32_t args[4])
{
	if (args[1] >> 17) {
		return -2;
	}
	return (args[1] & 0x10000u) && !may_start(args[2]) ? -9 : 0;
}

static bool is_known(uint32_t function)
{
	switch (function) {
	case 0x84000000u:
	case 0x84000001u:
	case 0x84000002u:
	case 0x84000003u:
	case 0x84000004u:
	case 0x84000006u:
	case 0x84000008u:
	case 0x84000009u:
	case 0x8400000au:
	case 0x80000000u:
		return true;
	default:
		return false;
	}
}

static int32_t want_call(struct model *model, uint32_t caller, const uint32_t args[4],
			 enum psci_effect *effect)
{
	bool starts = false;
	int32_t value;

	*effect = PSCI_DO_NOTHING;
	if (caller >= model->count) {
		return -1;
	}
	switch (args[0]) {
	case 0x84000000u:
		return 0x10000;
	case 0x84000001u:
		value = want_suspend(args);
		*effect = value == 0 ? PSCI_DO_SUSPEND : PSCI_DO_NOTHING;
		return value;
	case 0x84000002u:
		model->power[caller] = OFF;
		*effect = PSCI_DO_STOP;
		return 0;
	case 0x84000003u:
		value = want_on(model, args, &starts);
		*effect = starts ? PSCI_DO_START : PSCI_DO_NOTHING;
		return value;
	case 0x84000004u:
		return want_affinity(model, args[1], args[2]);
	case 0x84000006u:
		return 2;
	case 0x84000008u:
		*effect = PSCI_DO_SYSTEM_OFF;
		return 0;
	case 0x84000009u:
		*effect = PSCI_DO_SYSTEM_RESET;
		return 0;
	case 0x8400000au:
		return is_known(args[1]) ? 0 : -1;
	case 0x80000000u:
		return 0x10001;
	case 0x80000001u:
		return args[1] == 0x80000000u || args[1] == 0x80000001u ? 0 : -1;
	default:
		return -1;
	}
}

static uint32_t argument(struct fuzz_input *in)
{
	uint32_t how = fuzz_byte(in);

	switch (how % 4) {
	case 0:
		return fuzz_byte(in) % 10u;
	case 1:
		return RAM_START + fuzz_byte(in);
	case 2:
		how = fuzz_byte(in);
		return how & 16 ? 0x80000000u + how % 4 : 0x84000000u + how % 16;
	default:
		return fuzz_word(in);
	}
}

static void try_psci(struct fuzz_input *in, struct psci_vm *vm, struct model *model)
{
	uint32_t caller = fuzz_byte(in) % (model->count + 1);
	uint32_t function = fuzz_byte(in);
	uint32_t args[4];
	enum psci_effect effect;
	struct psci_result got;
	int32_t want;

	args[0] = function < 240 ? 0x84000000u + function % 12 : argument(in);
	for (uint32_t n = 1; n < 4; n++) {
		args[n] = argument(in);
	}
	got = psci_call(vm, caller, args, in_ram, NULL);
	want = want_call(model, caller, args, &effect);
	CHECK_EQ(got.value, want);
	CHECK_EQ(got.effect, effect);
	if (got.effect == PSCI_DO_START) {
		CHECK(got.target < model->count && got.entry == args[2] && got.context == args[3]);
	}
	if (psci_is_query(args[0]) && caller < model->count) {
		CHECK_EQ(psci_query(args[0], args[1]), want);
	}
}

static void check_power(const struct psci_vm *vm, const struct model *model)
{
	CHECK_EQ(vm->nr_vcpus, model->count);
	for (uint32_t n = 0; n < model->count; n++) {
		CHECK_EQ(vm->power[n], model->power[n] == ON	    ? PSCI_ON
				       : model->power[n] == PENDING ? PSCI_ON_PENDING_STATE
								    : PSCI_OFF);
	}
}

unsigned fuzz_call(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct model model = { .count = fuzz_byte(&in) % 8u + 1 };
	struct psci_vm vm;

	model.power[0] = ON;
	psci_reset(&vm, model.count);
	while (fuzz_more(&in) && !test_failures) {
		uint32_t what = fuzz_byte(&in) % 8u;

		if (what < 2) {
			try_line(&in);
		} else if (what == 2) {
			uint32_t vcpu = fuzz_byte(&in) % 12u;

			psci_vcpu_entered(&vm, vcpu);
			if (vcpu < model.count && model.power[vcpu] == PENDING) {
				model.power[vcpu] = ON;
			}
		} else {
			try_psci(&in, &vm, &model);
		}
		check_power(&vm, &model);
	}
	return fuzz_failures();
}
