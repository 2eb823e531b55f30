/* SPDX-License-Identifier: BSD-2-Clause */
/* PSCI 1.0 (ARM DEN 0022) and SMCCC discovery (ARM DEN 0028) for one partition, as decisions: glue
 * applies the effects. Pure. Called by hyp/sched/life.c, under its lock. */
#ifndef HYP_TRAP_PSCI_H
#define HYP_TRAP_PSCI_H

#include "hyp/base/addr.h"
#include <stdbool.h>
#include <stdint.h>

#define PSCI_MAX_VCPUS	 8
#define PSCI_CALL_DENIED (-3) /* the result DENIED (DEN 0022D section 5.2.2) */

/* The most frequent query, and its result. */
#define PSCI_FN_VERSION	 UINT32_C(0x84000000)
#define PSCI_VERSION_1_0 0x00010000

enum psci_power { PSCI_OFF, PSCI_ON_PENDING_STATE, PSCI_ON };

struct psci_vm {
	uint32_t nr_vcpus;	       /* 1..8; MPIDR of vCPU n is 0x80000000 | n */
	uint8_t power[PSCI_MAX_VCPUS]; /* enum psci_power */
};

/* Calls whose result depends only on the argument: they change nothing and need no lock. */
static inline bool psci_is_query(uint32_t function)
{
	return function == PSCI_FN_VERSION || function == 0x84000006u || function == 0x8400000au ||
	       (function & 0xff000000u) == 0x80000000u;
}

/* The result of such a call; NOT_SUPPORTED for any other. */
int32_t psci_query(uint32_t function, uint32_t argument);

/* The action of glue after the call. SUSPEND: wait for an interrupt, then return the result. */
enum psci_effect {
	PSCI_DO_NOTHING,
	PSCI_DO_START, /* vCPU `target` at `entry` (bit 0: Thumb) with r0 = `context` */
	PSCI_DO_STOP,  /* of the caller: the call does not return */
	PSCI_DO_SUSPEND,
	PSCI_DO_SYSTEM_OFF,
	PSCI_DO_SYSTEM_RESET,
};

struct psci_result {
	int32_t value; /* r0 */
	enum psci_effect effect;
	uint32_t target; /* PSCI_DO_START only, as are the next two */
	uint32_t entry;	 /* never 2 modulo 4: no ARM instruction starts there */
	uint32_t context;
};

/* True for the ranges that psci_call handles: PSCI and SMCCC architecture (unknown functions:
 * NOT_SUPPORTED). */
static inline bool psci_owns(uint32_t function)
{
	uint32_t owner = function & 0xffffff00u;

	return owner == 0x84000000u || owner == 0x80000000u;
}

/* args: r0..r3, args[0] the function. `entry_valid` returns whether an address lies in the
 * partition's memory. A vCPU that stops is OFF at once; glue that starts it again waits until it
 * has left its CPU. */
struct psci_result psci_call(struct psci_vm *vm, uint32_t caller, const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa),
			     const void *cookie);

/* The started vCPU has entered its code: ON_PENDING -> ON. */
void psci_vcpu_entered(struct psci_vm *vm, uint32_t vcpu);

/* Boot and reset: vCPU 0 on, the others off. */
void psci_reset(struct psci_vm *vm, uint32_t nr_vcpus);

#endif
