/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vpmu.h"
#include "hyp/base/bits.h"
#include "hyp/core/log.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"
#include "vgic/vgic.h"
#include <string.h>

#define VPMU_PROBE_READS 1000 /* more than any GIC needs */

uint32_t vpmu_intid;

/* Written by boot. A vCPU may run on any CPU, so the number of event counters is the lowest of all
 * CPUs. */
static bool vpmu_wanted;
static uint32_t vpmu_events = PMU_MAX_EVENTS;

/* Raises (lowers) the monitors' level, and returns the private interrupts that have become
 * pending. */
static uint32_t vpmu_rise(uint32_t before, bool high)
{
	uint32_t changed = 0;

	pmu_raise(high);
	for (uint32_t n = 0; n < VPMU_PROBE_READS && !changed; n++) {
		changed = (gic_pending(0) ^ before) & GENMASK32(31, 16);
	}
	return changed;
}

/* Finds a level that follows the overflow. Boards whose monitors use one SPI per CPU have none. */
static uint32_t vpmu_find(void)
{
	uint32_t rose = vpmu_rise(gic_pending(0), true);
	uint32_t fell = vpmu_rise(gic_pending(0), false);

	return rose && rose == fell && !(rose & (rose - 1)) ? bits_first(rose) : 0;
}

void vpmu_init(void)
{
	vpmu_wanted = true;
	vpmu_init_cpu();
	vpmu_intid = vpmu_find();
	if (vpmu_intid) {
		gic_enable(vpmu_intid);
	}
	log_line("performance monitors: %u event counters, %s\n", (unsigned)vpmu_events,
		 vpmu_intid ? "overflow interrupt" : "no overflow interrupt (PPI) found");
}

void vpmu_init_cpu(void)
{
	if (!vpmu_wanted) {
		return;
	}
	vpmu_events = bits_min(vpmu_events, pmu_init_cpu());
	if (vpmu_intid) {
		gic_enable(vpmu_intid);
	}
}

/* Without a VGIC the guest cannot take the interrupt: it stays active, as those of the timers. */
static void vpmu_set_active(const struct vcpu *vcpu, bool active)
{
	const struct vgic *vgic = vcpu->vm->vgic;

	if (vpmu_intid && (!vgic || vgic_phys_held(vgic, vcpu->index, MACHINE_PMU))) {
		gic_set_active(vpmu_intid, active);
	}
}

void vpmu_hold(struct vcpu *vcpu)
{
	vpmu_set_active(vcpu, true);
	pmu_open(vcpu->pmu, vpmu_events);
}

/* The level has fallen when the interrupt is deactivated. An overflow that was not signalled yet
 * becomes pending now, and wakes the vCPU, because its counters are no longer in the CPU to do it
 * later. */
void vpmu_take(struct vcpu *vcpu, vgic_kick_t *kick)
{
	struct vgic *vgic = vcpu->vm->vgic;

	pmu_close(vcpu->pmu, vpmu_events);
	vpmu_set_active(vcpu, false);
	if (!vpmu_intid || !vgic) {
		return;
	}
	if (!pmu_wants_interrupt(vcpu->pmu)) {
		(void)vgic_phys_release(vgic, vcpu->index, MACHINE_PMU);
	} else if (!vgic_phys_held(vgic, vcpu->index, MACHINE_PMU)) {
		vgic_phys_fired(vgic, vcpu->index, MACHINE_PMU, kick);
	}
}

bool vpmu_use(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;

	if (vcpu->pmu_used) {
		return false;
	}
	vcpu->pmu_used = true;
	held = vm_lock_vgic(vm);
	vpmu_hold(vcpu);
	vm_unlock_vgic(held);
	return true;
}

void vpmu_reset(struct vcpu *vcpu)
{
	vcpu->pmu_used = false;
	if (vcpu->pmu) {
		memset(vcpu->pmu, 0, sizeof(*vcpu->pmu));
	}
}
