/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/life.h"
#include "hyp/base/bits.h"
#include <string.h>

void life_init(struct life *life, uint32_t nr_vcpus)
{
	memset(life, 0, sizeof(*life));
	life->psci.nr_vcpus = bits_min(nr_vcpus, PSCI_MAX_VCPUS);
	for (uint32_t n = 0; n < PSCI_MAX_VCPUS; n++) {
		life->vcpu[n].loaded_on = SCHED_NO_CPU;
	}
}

/* On the scheduler's list, with nothing of it in any cache. */
static uint8_t life_wake(struct sched *s, const struct life_vcpu *vcpu)
{
	s->entity[vcpu->entity].pinned = false;
	return sched_wake(s, vcpu->entity);
}

bool life_begin(struct sched *s, struct life *life, uint8_t *tell)
{
	if (life->state != LIFE_OFF && life->state != LIFE_CRASHED) {
		return false;
	}
	life->state = LIFE_LOADING;
	psci_reset(&life->psci, life->psci.nr_vcpus);
	*tell = life_wake(s, &life->vcpu[0]);
	return true;
}

void life_loaded(struct life *life, uint32_t pc)
{
	struct life_vcpu *vcpu = &life->vcpu[0];

	if (life->state != LIFE_LOADING) {
		return;
	}
	life->state = LIFE_RUNNING;
	vcpu->pc = pc;
	vcpu->r0 = 0;
	vcpu->boots = true;
	vcpu->start = true;
}

/* CPU_ON. The vCPU may not have left the CPU yet on which it called CPU_OFF: then only that CPU may
 * pick it (sched.h), and it enters anew. */
static uint8_t life_turn_on(struct sched *s, struct life_vcpu *vcpu,
			    const struct psci_result *result)
{
	vcpu->pc = result->entry;
	vcpu->r0 = result->context;
	vcpu->boots = false;
	vcpu->start = true;
	return life_wake(s, vcpu);
}

struct psci_result life_call(struct sched *s, struct life *life, uint32_t caller,
			     const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie,
			     uint8_t *tell)
{
	struct psci_result result = { .value = PSCI_CALL_DENIED, .effect = PSCI_DO_NOTHING };

	*tell = SCHED_NO_CPU;
	if (life->state != LIFE_RUNNING) {
		return result; /* not used: the caller does not return to its guest */
	}
	result = psci_call(&life->psci, caller, args, entry_valid, cookie);
	if (result.effect == PSCI_DO_START) {
		*tell = life_turn_on(s, &life->vcpu[result.target], &result);
	} else if (result.effect == PSCI_DO_STOP) {
		sched_stop(s, life->vcpu[caller].entity, SCHED_OFF);
	}
	return result;
}

/* Does a CPU have it in its registers, or will soon? */
static bool life_is_away(const struct sched *s, const struct life_vcpu *vcpu)
{
	return vcpu->loaded_on != SCHED_NO_CPU || s->entity[vcpu->entity].state == SCHED_RUNNING;
}

bool life_end(struct sched *s, struct life *life, enum life_end how, uint32_t *tell, bool *last)
{
	*tell = 0;
	*last = false;
	if (life->state != LIFE_RUNNING && life->state != LIFE_LOADING) {
		return false;
	}
	life->state = LIFE_ENDING;
	life->end = (uint8_t)how;
	for (uint32_t n = 0; n < life->psci.nr_vcpus; n++) {
		struct life_vcpu *vcpu = &life->vcpu[n];
		const struct sched_entity *entity = &s->entity[vcpu->entity];

		vcpu->start = false;
		if (!life_is_away(s, vcpu)) {
			sched_stop(s, vcpu->entity, SCHED_OFF);
			continue;
		}
		vcpu->stop = true;
		life->leaving++;
		*tell |= BIT32(entity->state == SCHED_RUNNING ? entity->cpu : vcpu->loaded_on);
	}
	*last = life->leaving == 0;
	return true;
}

bool life_ended(struct sched *s, struct life *life, uint8_t *tell)
{
	life->state = life->end == LIFE_END_CRASH ? LIFE_CRASHED : LIFE_OFF;
	if (life->end != LIFE_END_RESET) {
		return false;
	}
	return life_begin(s, life, tell);
}

/* Turns it off in the scheduler, unless a CPU still has it. Two CPUs may have it: the one that
 * unloads it, and another that has picked it since; the second call counts. True: no other vCPU has
 * to leave. */
static bool life_leave(struct sched *s, struct life *life, struct life_vcpu *vcpu)
{
	if (!vcpu->stop || life_is_away(s, vcpu)) {
		return false;
	}
	sched_stop(s, vcpu->entity, SCHED_OFF);
	vcpu->stop = false;
	return --life->leaving == 0;
}

static __attribute__((noinline)) bool life_stop(struct sched *s, struct life *life,
						struct life_vcpu *vcpu)
{
	sched_stop(s, vcpu->entity, SCHED_OFF);
	return life_leave(s, life, vcpu);
}

uint32_t life_pick(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *current,
		   bool yield, bool *last)
{
	*last = current && current->stop && life_stop(s, life, current);
	return sched_pick(s, cpu, yield);
}

bool life_unload(struct sched *s, struct life *life, struct life_vcpu *vcpu)
{
	vcpu->loaded_on = SCHED_NO_CPU;
	return life_leave(s, life, vcpu);
}

/* Separate, because most vCPUs resume. */
static __attribute__((noinline)) enum life_take life_enter(struct life *life,
							   struct life_vcpu *vcpu)
{
	vcpu->start = false;
	psci_vcpu_entered(&life->psci, (uint32_t)(vcpu - life->vcpu));
	return LIFE_ENTERS;
}

enum life_take life_take(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *vcpu)
{
	if (vcpu->stop) {
		return life_stop(s, life, vcpu) ? LIFE_LAST : LIFE_LEFT;
	}
	if (life->state == LIFE_LOADING) {
		return LIFE_LOADS;
	}
	if (vcpu->loaded_on != SCHED_NO_CPU) {
		return LIFE_BUSY;
	}
	vcpu->loaded_on = (uint8_t)cpu;
	return vcpu->start ? life_enter(life, vcpu) : LIFE_RESUMES;
}
