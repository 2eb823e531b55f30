/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/isolate.h"
#include "hyp/core/cpu.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/tlb.h"
#include "hyp/regs/hcr.h"

bool isolate_unload(struct vcpu *vcpu, uint32_t pc)
{
	bool aborts = world_take_abort();

	if (aborts) {
		isolate_abort(vcpu, pc);
	}
	return aborts;
}

/* HCR as it is: hardware clears VA when the guest takes it. */
void isolate_abort(struct vcpu *vcpu, uint32_t pc)
{
	guest_log_access(vcpu, pc, "asynchronous abort", 0);
	world_set_hcr(sysreg_read(HCR) | HCR_VA);
}

void isolate_start(struct cpu *cpu, const struct vcpu *vcpu)
{
	tlb_flush_vmid_of(vcpu->world.vttbr);
	cache_icache_flush();
	cpu->last_vcpu[vcpu->vm->index] = 0;
}

/*
 * Another vCPU of the partition has the same VMID, so its translations would be taken for this
 * one's, global ones and those of an ASID that both use; and with its MMU off it has fetched from
 * memory what is newer in a cache. What the vCPU itself has left here stays: HCR.FB made its
 * maintenance elsewhere reach this CPU, too.
 */
void isolate_load(struct cpu *cpu, const struct vcpu *vcpu)
{
	uint8_t *last = &cpu->last_vcpu[vcpu->vm->index];
	bool another = *last != vcpu->index + 1;

	if (another) {
		tlb_flush_vmid_here();
	}
	if (another || cpu->last_vm != vcpu->vm) {
		world_forget_branches();
	}
	*last = (uint8_t)(vcpu->index + 1);
	cpu->last_vm = vcpu->vm;
}
