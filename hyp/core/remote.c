/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/remote.h"
#include "hyp/core/trace.h"
#include "hyp/hw/sysreg.h"
#include "vgic/vgic_hw.h"

uint32_t remote_reach;

/* The work of one of them, in its list registers. */
static void remote_one(const struct vm *vm, uint32_t index, enum vgic_work work, vgic_kick_t *kick)
{
	struct vgic *vgic = vm->vgic;
	struct vgic_cif *cif = vgic_cif(vgic, index);
	uint32_t empty = work == VGIC_WORK_LOOK ? vgic_hw_remote_empty(cif) : 0;

	if (vgic_remote_do(vgic, index, empty, kick)) {
		*kick &= ~BIT32(index);
	}
	if (cif->traced) {
		trace_remote(cpu_this(), &vm->vcpus[index]);
	}
	vgic_hw_remote_write(cif);
}

__attribute__((noinline)) vgic_kick_t remote_all(struct vgic_locked held, vgic_kick_t kick)
{
	struct vgic *vgic = held.vm->vgic;
	bool written = false;

	if (!vgic) {
		return kick; /* the CPU lines are in HCR */
	}
	for (uint32_t left = kick; left; left &= left - 1) {
		uint32_t index = bits_first(left);
		enum vgic_work work = vgic_remote_work(vgic, index);

		if (work != VGIC_WORK_NONE) {
			remote_one(held.vm, index, work, &kick);
			written = true;
		}
	}
	if (written) {
		hw_dsb(); /* before its CPU can take the lock, and read or write them itself */
	}
	return kick;
}
