/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/psci.h"
#include "hyp/base/bits.h"
#include <string.h>

/* Function numbers: DEN 0022D section 5.1; SMCCC: DEN 0028 section 7. */
#define PSCI_FN_CPU_SUSPEND	  UINT32_C(0x84000001)
#define PSCI_FN_CPU_OFF		  UINT32_C(0x84000002)
#define PSCI_FN_CPU_ON		  UINT32_C(0x84000003)
#define PSCI_FN_AFFINITY_INFO	  UINT32_C(0x84000004)
#define PSCI_FN_MIGRATE_INFO_TYPE UINT32_C(0x84000006)
#define PSCI_FN_SYSTEM_OFF	  UINT32_C(0x84000008)
#define PSCI_FN_SYSTEM_RESET	  UINT32_C(0x84000009)
#define PSCI_FN_FEATURES	  UINT32_C(0x8400000a)
#define SMCCC_FN_VERSION	  UINT32_C(0x80000000)
#define SMCCC_FN_ARCH_FEATURES	  UINT32_C(0x80000001)

#define SMCCC_VERSION_1_1 0x00010001

enum psci_error {
	PSCI_SUCCESS = 0,
	PSCI_NOT_SUPPORTED = -1,
	PSCI_INVALID_PARAMETERS = -2,
	PSCI_ALREADY_ON = -4,
	PSCI_INVALID_ADDRESS = -9,
};

#define PSCI_AFFINITY_ON	 0
#define PSCI_AFFINITY_OFF	 1
#define PSCI_AFFINITY_ON_PENDING 2
#define PSCI_AFFINITY_LEVELS	 4 /* levels 0..3, of 8 bits each */

#define PSCI_MIGRATE_NOT_NEEDED 2 /* no Trusted OS to migrate */

/* power_state, original format (bit 1 of PSCI_FEATURES is 0). */
#define PSCI_STATE_TYPE	   BIT32(16) /* 1: powerdown */
#define PSCI_STATE_INVALID GENMASK32(31, 17)

static struct psci_result psci_value(int32_t value)
{
	return (struct psci_result) { .value = value, .effect = PSCI_DO_NOTHING };
}

static struct psci_result psci_effect(enum psci_effect effect)
{
	return (struct psci_result) { .value = PSCI_SUCCESS, .effect = effect };
}

/* Bit 0 selects Thumb; an ARM entry must be word-aligned, because any other return to the guest
 * would be UNPREDICTABLE (ARM ARM B9.3.3). */
static bool psci_entry_ok(uint32_t entry, bool (*entry_valid)(const void *, ipa_t),
			  const void *cookie)
{
	if ((entry & 3u) == 2u) {
		return false;
	}
	return entry_valid(cookie, ipa_make(entry & ~UINT32_C(1)));
}

/*
 * A standby state is a WFI. So is a powerdown state: the specification permits an implementation to
 * enter a shallower state than requested, and then to return as after a standby, with the caller's
 * state retained (DEN 0022 section 5.4; KVM does the same, citing 5.4.2 of the 0.2 issue). The
 * entry point is still checked, because that error can be reported to the guest. There is no power
 * domain above a vCPU, so a level other than 0 does not exist.
 */
static struct psci_result psci_cpu_suspend(uint32_t state, uint32_t entry,
					   bool (*entry_valid)(const void *, ipa_t),
					   const void *cookie)
{
	if ((state & PSCI_STATE_INVALID) != 0) {
		return psci_value(PSCI_INVALID_PARAMETERS);
	}
	if ((state & PSCI_STATE_TYPE) != 0 && !psci_entry_ok(entry, entry_valid, cookie)) {
		return psci_value(PSCI_INVALID_ADDRESS);
	}
	return psci_effect(PSCI_DO_SUSPEND);
}

/* Never DENIED: no vCPU of a partition must stay on, not even the last one. */
static struct psci_result psci_cpu_off(struct psci_vm *vm, uint32_t caller)
{
	vm->power[caller] = PSCI_OFF;
	return psci_effect(PSCI_DO_STOP);
}

/*
 * The first caller finds the vCPU off. All others get ALREADY_ON, also while the vCPU is still
 * starting: ON_PENDING is permitted there, but KVM never returns it to guests, the start time
 * depends only on the monitor, and ALREADY_ON shows a caller that another one was first.
 */
static struct psci_result psci_cpu_on(struct psci_vm *vm, const uint32_t args[4],
				      bool (*entry_valid)(const void *, ipa_t), const void *cookie)
{
	uint32_t target = args[1];

	if (target >= vm->nr_vcpus) {
		return psci_value(PSCI_INVALID_PARAMETERS);
	}
	if (vm->power[target] != PSCI_OFF) {
		return psci_value(PSCI_ALREADY_ON);
	}
	if (!psci_entry_ok(args[2], entry_valid, cookie)) {
		return psci_value(PSCI_INVALID_ADDRESS);
	}
	vm->power[target] = PSCI_ON_PENDING_STATE;
	return (struct psci_result) {
		.value = PSCI_SUCCESS,
		.effect = PSCI_DO_START,
		.target = target,
		.entry = args[2],
		.context = args[3],
	};
}

/* An affinity instance is ON if one of its vCPUs is; else ON_PENDING, if one is; else OFF. Affinity
 * fields below `level` are ignored (DEN 0022 section 5.7). */
static struct psci_result psci_affinity_info(const struct psci_vm *vm, uint32_t target,
					     uint32_t level)
{
	int32_t info = PSCI_AFFINITY_OFF;
	uint32_t ignored;
	bool found = false;

	if (level >= PSCI_AFFINITY_LEVELS) {
		return psci_value(PSCI_INVALID_PARAMETERS);
	}
	ignored = BIT32(8 * level) - 1u;
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		if ((target & ~ignored) != (n & ~ignored)) {
			continue;
		}
		found = true;
		if (vm->power[n] == PSCI_ON) {
			return psci_value(PSCI_AFFINITY_ON);
		}
		if (vm->power[n] == PSCI_ON_PENDING_STATE) {
			info = PSCI_AFFINITY_ON_PENDING;
		}
	}
	return psci_value(found ? info : PSCI_INVALID_PARAMETERS);
}

/* 0 for CPU_SUSPEND means: original format of power_state, no OS-initiated mode. */
static int32_t psci_features(uint32_t function)
{
	switch (function) {
	case PSCI_FN_VERSION:
	case PSCI_FN_CPU_SUSPEND:
	case PSCI_FN_CPU_OFF:
	case PSCI_FN_CPU_ON:
	case PSCI_FN_AFFINITY_INFO:
	case PSCI_FN_MIGRATE_INFO_TYPE:
	case PSCI_FN_SYSTEM_OFF:
	case PSCI_FN_SYSTEM_RESET:
	case PSCI_FN_FEATURES:
	case SMCCC_FN_VERSION:
		return PSCI_SUCCESS;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

static int32_t psci_arch_features(uint32_t function)
{
	bool known = function == SMCCC_FN_VERSION || function == SMCCC_FN_ARCH_FEATURES;

	return known ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

int32_t psci_query(uint32_t function, uint32_t argument)
{
	switch (function) {
	case PSCI_FN_VERSION:
		return PSCI_VERSION_1_0;
	case PSCI_FN_MIGRATE_INFO_TYPE:
		return PSCI_MIGRATE_NOT_NEEDED;
	case PSCI_FN_FEATURES:
		return psci_features(argument);
	case SMCCC_FN_VERSION:
		return SMCCC_VERSION_1_1;
	case SMCCC_FN_ARCH_FEATURES:
		return psci_arch_features(argument);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

struct psci_result psci_call(struct psci_vm *vm, uint32_t caller, const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie)
{
	if (caller >= vm->nr_vcpus) {
		return psci_value(PSCI_NOT_SUPPORTED);
	}
	switch (args[0]) {
	case PSCI_FN_CPU_SUSPEND:
		return psci_cpu_suspend(args[1], args[2], entry_valid, cookie);
	case PSCI_FN_CPU_OFF:
		return psci_cpu_off(vm, caller);
	case PSCI_FN_CPU_ON:
		return psci_cpu_on(vm, args, entry_valid, cookie);
	case PSCI_FN_AFFINITY_INFO:
		return psci_affinity_info(vm, args[1], args[2]);
	case PSCI_FN_SYSTEM_OFF:
		return psci_effect(PSCI_DO_SYSTEM_OFF);
	case PSCI_FN_SYSTEM_RESET:
		return psci_effect(PSCI_DO_SYSTEM_RESET);
	default:
		return psci_value(psci_query(args[0], args[1]));
	}
}

void psci_vcpu_entered(struct psci_vm *vm, uint32_t vcpu)
{
	if (vcpu < vm->nr_vcpus && vm->power[vcpu] == PSCI_ON_PENDING_STATE) {
		vm->power[vcpu] = PSCI_ON;
	}
}

void psci_reset(struct psci_vm *vm, uint32_t nr_vcpus)
{
	memset(vm, 0, sizeof(*vm));
	vm->nr_vcpus = bits_min(nr_vcpus, PSCI_MAX_VCPUS);
	vm->power[0] = PSCI_ON;
}
