/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/device.h"
#include "hyp/sched/deadline.h"

static inline __attribute__((always_inline)) void device_reset_one(enum machine_window_id id,
								   struct vm *vm)
{
	if (device_ops[id].reset && machine_has(vm->config->windows, id)) {
		device_ops[id].reset(vm);
	}
}

void device_reset(struct vm *vm)
{
#define ROW(id, ...) device_reset_one(id, vm);
	MACHINE_WINDOWS(ROW)
#undef ROW
}

/* Inline for each device; most of them have no timed work. */
static inline __attribute__((always_inline)) void
device_due_one(enum machine_window_id id, const struct cpu *cpu, uint64_t now, uint64_t *earliest)
{
	for (uint32_t n = 0; device_ops[id].due && n < vm_count; n++) {
		if (machine_has(vms[n].config->windows, id)) {
			uint64_t at = device_ops[id].due(&vms[n], cpu, now);

			*earliest = at < *earliest ? at : *earliest;
		}
	}
}

uint64_t device_due(const struct cpu *cpu, uint64_t now)
{
	uint64_t earliest = DEADLINE_NEVER;

#define ROW(id, ...) device_due_one(id, cpu, now, &earliest);
	MACHINE_WINDOWS(ROW)
#undef ROW
	return earliest;
}
