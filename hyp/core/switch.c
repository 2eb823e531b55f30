/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/switch.h"
#include "hyp/base/cold.h"
#include "hyp/core/cpu.h"
#include "hyp/core/crash.h"
#include "hyp/core/facts.h"
#include "hyp/core/isolate.h"
#include "hyp/core/log.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/core/vsync.h"
#include "hyp/core/vtimer.h"
#include "hyp/hw/frame.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "vgic/vgic_hw.h"
#include <string.h>

void switch_save_registers(struct vcpu *vcpu, const struct guest_regs *regs)
{
	if (vcpu->vfp_open) {
		world_vfp_save(&vcpu->vfp);
		world_vfp_close();
		vcpu->vfp_open = false;
	}
	hw_frame_copy(&vcpu->regs, regs);
	world_save(&vcpu->world);
}

/* Separate, because mostly there is nothing to fold. */
static __attribute__((noinline)) void switch_fold_lists(struct vgic_locked held, struct vcpu *vcpu,
							vgic_kick_t *kick)
{
	vsync_unload(held, vcpu, kick);
	if (vcpu->cif->has_held) {
		vtimer_hold(vcpu, false);
		vtimer_forget(held, vcpu);
	}
}

bool switch_is_due(struct vgic_locked held, const struct vcpu *vcpu)
{
	return held.vm->vgic ? vgic_has_pending(held.vm->vgic, vcpu->index) : vcpu->lines != 0;
}

bool switch_fold(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick)
{
	bool quiet = false;

	vcpu->deadline = DEADLINE_NEVER;
	if (held.vm->vgic) {
		quiet = vsync_unload_quiet(held, vcpu);
		if (!quiet) {
			switch_fold_lists(held, vcpu, kick);
		}
	} else {
		vtimer_hold_all(false);
		quiet = vcpu->lines == 0;
	}
	if (vcpu->pmu_used) {
		vpmu_take(vcpu, kick);
		quiet = false;
	}
	if (held.vm->vgic && !vtimer_is_idle(&vcpu->world)) {
		uint64_t now = timer_now();

		if (!vtimer_is_ahead(vcpu, now, &vcpu->deadline)) {
			vcpu->deadline = vtimer_check(held, vcpu, now, kick);
			quiet = false;
		}
	}
	return quiet;
}

void switch_save_interrupts(struct vgic_locked held, struct cpu *cpu, struct vcpu *vcpu,
			    vgic_kick_t *kick)
{
	uint64_t now;

	(void)switch_fold(held, vcpu, kick);
	now = timer_now();
	held.vm->left_at = now;
	vcpu->slice_left =
		cpu->slice_end ? sched_slice_left(&vm_sched, vcpu->entity, cpu->slice_end, now) : 0;
	vcpu->trail = cpu->trail;
	cpu->loaded = NULL;
}

COLD void switch_reset(struct vcpu *vcpu, uint32_t pc, uint32_t r0)
{
	world_reset(&vcpu->world);
	vpmu_reset(vcpu);
	vsync_forget_own(vcpu);
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->regs.cpsr = PSR_MODE_SVC | PSR_A | PSR_I | PSR_F | ((pc & 1u) ? PSR_T : 0);
	vcpu->regs.pc = pc & ~UINT32_C(1);
	vcpu->regs.r[0] = r0;
}

static void switch_start(struct vcpu *vcpu)
{
	const struct manifest_partition *config = vcpu->vm->config;

	switch_reset(vcpu, vcpu->life->pc, vcpu->life->r0);
	vcpu->lines_of = NULL;
	crash_start(vcpu);
	if (vcpu->life->boots) {
		vcpu->regs.r[1] = 0xffffffff; /* the Linux boot protocol: no machine number */
		vcpu->regs.r[2] = config->dtb.data ? config->dtb.ipa.ipa : 0;
	}
}

static uint32_t switch_us(uint64_t ticks)
{
	return (uint32_t)(ticks * 1000000u / facts_timer_hz());
}

/* A vCPU is about to enter its first instruction: logs, once, the time since reset. `loading`:
 * counter ticks of this CPU spent on partitions' memory. */
static void switch_say_first(uint64_t loading)
{
	static bool said;

	if (!said) {
		said = true;
		/* The reserve serves, too: what boot has printed may fill the ring. */
		log_end("first guest instruction %u us after reset, %u us of them to scrub and "
			"copy\n",
			(unsigned)switch_us(timer_now()), (unsigned)switch_us(loading));
	}
}

static void switch_load_vgic(const struct cpu *cpu, struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	struct vgic_locked held;

	if (vm->vgic) {
		held = vm_lock_vgic(vm);
		vsync_load(held, vcpu);
		vcpu->cif->gic_cpu = cpu->gic_cpu;
		if (vcpu->cif->has_held) {
			vtimer_hold(vcpu, true);
		}
		vpmu_load(vcpu);
		vgic_hw_restore(vcpu->cif);
		vm_unlock_vgic(held);
	} else {
		vtimer_hold_all(true);
		vpmu_load(vcpu);
	}
}

COLD void switch_enter(struct cpu *cpu, struct vcpu *vcpu)
{
	switch_say_first(cpu->loading);
	switch_start(vcpu);
	isolate_start(cpu, vcpu);
}

void switch_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs)
{
	vcpu->world.hcr = (vcpu->world.hcr & ~(HCR_VI | HCR_VF)) | vcpu->lines;
	switch_load_vgic(cpu, vcpu);
	world_restore(&vcpu->world);
	isolate_load(cpu, vcpu);
	hw_frame_copy(regs, &vcpu->regs);
	hw_count(&vcpu->stats[PLUMB_STAT_SWITCHES]);
	cpu->loaded = vcpu;
	cpu->trail = vcpu->trail;
	cpu->cif = vcpu->cif;
}

void switch_vfp_open(struct vcpu *vcpu)
{
	world_vfp_load(&vcpu->vfp);
	vcpu->vfp_open = true;
}
