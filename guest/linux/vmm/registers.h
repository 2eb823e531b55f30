/* SPDX-License-Identifier: BSD-2-Clause */
/* All registers of a vCPU, by KVM_GET_REG_LIST, and its state (KVM_GET_MP_STATE). No vCPU runs
 * meanwhile. */
#ifndef LINUX_VMM_REGISTERS_H
#define LINUX_VMM_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define REGISTERS_MAX 512u

struct registers {
	uint32_t state, count;
	struct {
		uint64_t id, value;
	} all[REGISTERS_MAX];
};

/* False: an error. */
bool registers_get(uint32_t vcpu, struct registers *registers);
/* Of a vCPU that has been initialised, and has not run. */
bool registers_set(uint32_t vcpu, const struct registers *registers);
/* Bytes of the part that is used. */
uint32_t registers_size(const struct registers *registers);

/* The virtual counter, which all vCPUs have in common. To set it back makes the time since then not
 * have been, for the guest. */
uint64_t registers_time(void);
void registers_set_time(uint64_t time);

#endif
