/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/child_life.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"

int child_life_look(const struct child_life *life, uint32_t vcpu)
{
	if (life->ends) {
		return -HYP_EBADF;
	}
	if (vcpu >= PSCI_MAX_VCPUS || !(life->made & BIT32(vcpu))) {
		return -HYP_EINVAL;
	}
	if (life->runs & BIT32(vcpu)) { /* also one that is being initialised */
		return -HYP_EBUSY;
	}
	return life->ready & BIT32(vcpu) ? 0 : -HYP_ENOEXEC;
}

int child_life_seize(struct child_life *life, uint32_t vcpu, uint32_t cpu)
{
	int error = child_life_look(life, vcpu);

	if (error && error != -HYP_ENOEXEC) {
		return error;
	}
	life->runs |= (uint8_t)BIT32(vcpu);
	life->cpu[vcpu] = (uint8_t)cpu;
	return 0;
}

int child_life_claim(struct child_life *life, uint32_t vcpu, uint32_t cpu)
{
	if (life->ends || vcpu >= PSCI_MAX_VCPUS || !(life->ready & ~life->runs & BIT32(vcpu))) {
		return child_life_look(life, vcpu);
	}
	life->runs |= (uint8_t)BIT32(vcpu);
	life->waits &= (uint8_t)~BIT32(vcpu);
	life->wake &= (uint8_t)~BIT32(vcpu);
	life->cpu[vcpu] = (uint8_t)cpu;
	return 0;
}

void child_life_release(struct child_life *life, uint32_t vcpu, bool waits)
{
	life->runs &= (uint8_t)~BIT32(vcpu);
	if (waits) {
		life->waits |= (uint8_t)BIT32(vcpu);
	}
}

static uint32_t life_cpus_of(const struct child_life *life, uint32_t vcpus)
{
	uint32_t cpus = 0;

	for (; vcpus; vcpus &= vcpus - 1) {
		cpus |= BIT32(life->cpu[bits_first(vcpus)]);
	}
	return cpus;
}

uint32_t child_life_cpus(const struct child_life *life)
{
	return life_cpus_of(life, life->runs);
}

uint32_t child_life_kick(struct child_life *life, uint32_t mask, uint32_t *cpus)
{
	uint32_t woken = mask & life->waits;

	*cpus = life_cpus_of(life, mask & life->runs);
	life->waits &= (uint8_t)~woken;
	life->wake |= (uint8_t)woken;
	return woken;
}

uint32_t child_life_take_wake(struct child_life *life)
{
	uint32_t wake = life->wake;

	life->wake = 0;
	return wake;
}

void child_life_enter(struct child_life *life, uint32_t vcpu)
{
	life->began |= (uint8_t)BIT32(vcpu);
	life->ran[vcpu] |= (uint8_t)BIT32(life->cpu[vcpu]);
}

bool child_life_moved(const struct child_life *life, uint32_t vcpu)
{
	return (life->ran[vcpu] & ~BIT32(life->cpu[vcpu])) != 0;
}

void child_life_forget(struct child_life *life)
{
	for (uint32_t n = 0; n < PSCI_MAX_VCPUS; n++) {
		life->ran[n] = life->runs & BIT32(n) ? (uint8_t)BIT32(life->cpu[n]) : 0;
	}
}

bool child_life_end(struct child_life *life)
{
	if (life->runs) {
		return false;
	}
	life->ends = true;
	return true;
}
