/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Performance monitors of vCPUs whose partition has the property `pmu`. They trap until the vCPU
 * touches them; from then on, until it is reset, they are its own, and come and go with it. Their
 * interrupt is a level, held and deactivated as the timers' are.
 */
#ifndef HYP_CORE_VPMU_H
#define HYP_CORE_VPMU_H

#include "hyp/core/vm.h"

/* The board's private interrupt of the monitors; 0: there is none. Boot writes it. */
extern uint32_t vpmu_intid;

/* Boot, if a partition is to have them: on the CPU that boots, which has them. Finds their
 * interrupt: device trees do not all tell. */
void vpmu_init(void);
/* Every CPU. */
void vpmu_init_cpu(void);

/* The loaded vCPU touches them: its access may now be made again. False: it has them already. */
bool vpmu_use(struct vcpu *vcpu);

/* A vCPU that starts has not used them. */
void vpmu_reset(struct vcpu *vcpu);

/* Parts of a world switch, under vgic_lock if there is a VGIC: who has none has no lock to show. */
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
