/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/isolate.h"
#include "hyp/base/cold.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/tlb.h"
#include "hyp/regs/hcr.h"

/* Reads HCR from hardware, which clears VA when the guest takes the abort. */
COLD void isolate_abort(struct vcpu *vcpu, uint32_t pc)
{
	guest_log_access(vcpu, pc, "asynchronous abort", 0);
	world_set_hcr(sysreg_read(HCR) | HCR_VA);
}

COLD void isolate_start(struct cpu *cpu, const struct vcpu *vcpu)
{
	tlb_flush_vmid_of(vcpu->world.vttbr);
	cache_icache_flush();
	vcpu->vm->last_vcpu[cpu->index] = 0;
}

/*
 * Another vCPU of the partition has the same VMID, so its translations, global ones and those of an
 * ASID that both use, would apply to this one; and with its MMU off it has fetched instructions
 * from memory that are newer in a cache. Entries of the vCPU itself on this CPU can stay: HCR.FB
 * broadcasts its maintenance on other CPUs to this CPU, too.
 *
 * Another partition has other memory, and instruction caches are tagged by physical address, or by
 * VMID (CTR.L1Ip, B3.11.2): what one has fetched is never another's. Only the branch predictor
 * knows neither; on a Cortex-A15 its invalidation empties the instruction cache, so it is the
 * manifest's choice.
 */
void isolate_load(struct cpu *cpu, const struct vcpu *vcpu)
{
	const struct vm *vm = vcpu->vm;
	uint8_t *last = &vcpu->vm->last_vcpu[cpu->index];

	if (*last != vcpu->index + 1) {
		*last = (uint8_t)(vcpu->index + 1);
		tlb_flush_vmid_here();
	} else if (cpu->last_vm == vm || !facts_forgets_branches) {
		cpu->last_vm = vm;
		return;
	}
	cpu->last_vm = vm;
	world_forget_branches();
}
