/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/manager.h"
#include "hyp/base/bits.h"
#include "hyp/core/remote.h"

/* The doorbell is a wire: high as long as something is marked. So it needs no configuration, and a
 * change is not lost when the manager restarts. A partition without a GIC only has the marks. */
static void manager_drive(struct vgic_locked held)
{
	struct vm *manager = held.vm;
	vgic_kick_t kick = 0;

	if (manager->vgic) {
		vgic_device_line(manager->vgic, machine_spis[MACHINE_MANAGER].intid,
				 (manager->changed[0] | manager->changed[1]) != 0, &kick);
		kick = remote_do(held, kick);
	}
	vm_unlock_vgic(held);
	vm_kick(manager, kick);
}

static void manager_ring(struct vm *manager, uint32_t index)
{
	struct vgic_locked held = vm_lock_vgic(manager);

	manager->changed[index / 32] |= BIT32(index % 32);
	manager_drive(held);
}

void manager_tell(const struct vm *vm)
{
	uint32_t left = vm->nr_managers;

	for (uint32_t n = 0; left; n++) {
		if (manifest_may_manage(vms[n].config, vm->index)) {
			manager_ring(&vms[n], vm->index);
			left--;
		}
	}
}

void manager_take(struct vm *manager, uint32_t changed[2])
{
	struct vgic_locked held = vm_lock_vgic(manager);

	for (uint32_t n = 0; n < 2; n++) {
		changed[n] = manager->changed[n];
		manager->changed[n] = 0;
	}
	manager_drive(held);
}
