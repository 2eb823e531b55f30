// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * The timers of a vCPU without a GIC in the kernel: the VMM learns of their levels from struct
 * kvm_run (KVM_CAP_ARM_USER_IRQ). The monitor says nothing of them, so they are looked at after
 * each run, and a timer of the kernel ends a run when one of them becomes due.
 */
#include "vm.h"

#define TIMERS_VIRT_CTL	 0x40200000000f7181ull /* CNTV_CTL, CNTV_CVAL, CNTVCT */
#define TIMERS_VIRT_CVAL 0x40300000000f0718ull
#define TIMERS_VIRT_CNT	 0x40300000000f0708ull
#define TIMERS_PHYS_CTL	 0x40200000000f7101ull /* CNTP_CTL, CNTP_CVAL, CNTPCT */
#define TIMERS_PHYS_CVAL 0x40300000000f0710ull
#define TIMERS_PHYS_CNT	 0x40300000000f0700ull

#define TIMERS_ENABLE 1
#define TIMERS_MASK   2

static u64 timers_read(const struct vcpu *vcpu, u64 id)
{
	struct plumb_result said = plumb_call(PLUMB_GET_ONE_REG, vcpu->word, lower_32_bits(id),
					      upper_32_bits(id), 0, 0);

	return said.r0 ? 0 : said.r1 | (u64)said.r2 << 32;
}

/* Ticks until it is due; 0: its output is high; U64_MAX: it is off, or masked. */
static u64 timers_due(const struct vcpu *vcpu, u64 ctl, u64 cval, u64 cnt)
{
	u64 now, at;

	if ((timers_read(vcpu, ctl) & (TIMERS_ENABLE | TIMERS_MASK)) != TIMERS_ENABLE)
		return U64_MAX;
	at = timers_read(vcpu, cval);
	now = timers_read(vcpu, cnt);
	return at > now ? at - now : 0;
}

u64 timers_look(const struct vcpu *vcpu, u64 *levels)
{
	u64 virt = timers_due(vcpu, TIMERS_VIRT_CTL, TIMERS_VIRT_CVAL, TIMERS_VIRT_CNT);
	u64 phys = timers_due(vcpu, TIMERS_PHYS_CTL, TIMERS_PHYS_CVAL, TIMERS_PHYS_CNT);

	*levels = (virt ? 0 : KVM_ARM_DEV_EL1_VTIMER) | (phys ? 0 : KVM_ARM_DEV_EL1_PTIMER);
	return min(virt ? virt : U64_MAX, phys ? phys : U64_MAX);
}
