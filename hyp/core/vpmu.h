/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Performance monitors of vCPUs whose partition has the property `pmu`. They trap until the vCPU's
 * first access. From then on, until its reset, it accesses them directly, and they are part of its
 * world switch. Their interrupt is level-sensitive, and is held and deactivated as those of the
 * timers.
 */
#ifndef HYP_CORE_VPMU_H
#define HYP_CORE_VPMU_H

#include "hyp/core/vm.h"

/* The board's PPI of the performance monitors; 0: there is none. Boot writes it. */
extern uint32_t vpmu_intid;

/* Boot CPU, which must have them, if the manifest gives them to a partition. Finds their interrupt
 * by a test, because not all device trees contain it. */
void vpmu_init(void);
/* Every CPU. */
void vpmu_init_cpu(void);

/* The loaded vCPU accesses them: opens them, and the instruction is executed again. False: they
 * were open already. */
bool vpmu_use(struct vcpu *vcpu);

/* A vCPU that starts has not used them. */
void vpmu_reset(struct vcpu *vcpu);

/* Parts of a world switch, under vgic_lock if there is a VGIC. No proof of the lock is passed,
 * because partitions without a VGIC do not take it. */
void vpmu_hold(struct vcpu *vcpu);
void vpmu_take(struct vcpu *vcpu, vgic_kick_t *kick);

static inline void vpmu_load(struct vcpu *vcpu)
{
	if (vcpu->pmu_used) {
		vpmu_hold(vcpu);
	}
}

static inline void vpmu_unload(struct vcpu *vcpu, vgic_kick_t *kick)
{
	if (vcpu->pmu_used) {
		vpmu_take(vcpu, kick);
	}
}

#endif
