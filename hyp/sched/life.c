/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/life.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include <string.h>

COLD void life_init(struct life *life, uint32_t nr_vcpus)
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

static void life_load(struct sched *s, struct life *life, uint8_t *tell)
{
	life->state = LIFE_LOADING;
	psci_reset(&life->psci, life->psci.nr_vcpus);
	*tell = life_wake(s, &life->vcpu[0]);
}

bool life_begin(struct sched *s, struct life *life, uint8_t *tell)
{
	if (life->state != LIFE_OFF && life->state != LIFE_CRASHED) {
		return false;
	}
	life_load(s, life, tell);
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
 * pick it (sched.h), and it enters anew. While its partition is pausing, it is not woken:
 * life_resume wakes each vCPU that is on. */
static uint8_t life_turn_on(struct sched *s, const struct life *life, struct life_vcpu *vcpu,
			    const struct psci_result *result)
{
	vcpu->pc = result->entry;
	vcpu->r0 = result->context;
	vcpu->boots = false;
	vcpu->start = true;
	return life->state == LIFE_RUNNING ? life_wake(s, vcpu) : SCHED_NO_CPU;
}

struct psci_result life_call(struct sched *s, struct life *life, uint32_t caller,
			     const uint32_t args[4],
			     bool (*entry_valid)(const void *cookie, ipa_t ipa), const void *cookie,
			     uint8_t *tell)
{
	struct psci_result result = { .value = PSCI_CALL_DENIED, .effect = PSCI_DO_NOTHING };

	*tell = SCHED_NO_CPU;
	if (life->state != LIFE_RUNNING && life->state != LIFE_PAUSING) {
		return result; /* not used: the caller does not return to its guest */
	}
	result = psci_call(&life->psci, caller, args, entry_valid, cookie);
	if (result.effect == PSCI_DO_START) {
		*tell = life_turn_on(s, life, &life->vcpu[result.target], &result);
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

/* The partition lives, and its vCPUs may be on CPUs. */
static bool life_is_up(const struct life *life)
{
	return life->state == LIFE_LOADING || life->state == LIFE_RUNNING ||
	       life->state == LIFE_PAUSING || life->state == LIFE_PAUSED;
}

/* Each vCPU is turned off in the scheduler, or is to leave its CPU first. Returns the CPUs that
 * must pick again for it. */
static COLD uint32_t life_call_back(struct sched *s, struct life *life)
{
	uint32_t tell = 0;

	for (uint32_t n = 0; n < life->psci.nr_vcpus; n++) {
		struct life_vcpu *vcpu = &life->vcpu[n];
		const struct sched_entity *entity = &s->entity[vcpu->entity];

		if (!life_is_away(s, vcpu)) {
			sched_stop(s, vcpu->entity, SCHED_OFF);
			continue;
		}
		life->leaving += !vcpu->stop; /* not again: it was pausing */
		vcpu->stop = true;
		tell |= BIT32(entity->state == SCHED_RUNNING ? entity->cpu : vcpu->loaded_on);
	}
	return tell;
}

/* No vCPU has to leave a CPU any more. */
static enum life_last life_all_left(struct life *life)
{
	if (life->state == LIFE_PAUSING) {
		life->state = LIFE_PAUSED;
		return LIFE_LAST_PAUSES;
	}
	return LIFE_LAST_ENDS;
}

COLD bool life_end(struct sched *s, struct life *life, enum life_end how, uint32_t *tell,
		   enum life_last *last)
{
	*tell = 0;
	*last = LIFE_NOT_LAST;
	if (!life_is_up(life)) {
		return false;
	}
	life->state = LIFE_ENDING;
	life->end = (uint8_t)how;
	for (uint32_t n = 0; n < life->psci.nr_vcpus; n++) {
		life->vcpu[n].start = false;
	}
	*tell = life_call_back(s, life);
	if (life->leaving == 0) {
		*last = life_all_left(life);
	}
	return true;
}

/* Does it begin to load again when it has ended? */
static bool life_comes_back(const struct life *life)
{
	return life->end == LIFE_END_RESET || life->end == LIFE_END_RETRY;
}

/* One that comes back is never off in between: its state is read without the lock
 * (PLUMB_GET_VM_INFO). */
bool life_ended(struct sched *s, struct life *life, uint8_t *tell)
{
	if (life_comes_back(life)) {
		life_load(s, life, tell);
		return true;
	}
	life->state = life->end == LIFE_END_CRASH ? LIFE_CRASHED : LIFE_OFF;
	return false;
}

/* Turns it off in the scheduler, unless a CPU still has it. Two CPUs may have it: the one that
 * unloads it, and another that has picked it since; the second call counts. */
static COLD enum life_last life_count_out(struct sched *s, struct life *life,
					  struct life_vcpu *vcpu)
{
	if (life_is_away(s, vcpu)) {
		return LIFE_NOT_LAST;
	}
	sched_stop(s, vcpu->entity, SCHED_OFF);
	vcpu->stop = false;
	return --life->leaving == 0 ? life_all_left(life) : LIFE_NOT_LAST;
}

static inline enum life_last life_leave(struct sched *s, struct life *life, struct life_vcpu *vcpu)
{
	return vcpu->stop ? life_count_out(s, life, vcpu) : LIFE_NOT_LAST;
}

static COLD enum life_last life_stop(struct sched *s, struct life *life, struct life_vcpu *vcpu)
{
	sched_stop(s, vcpu->entity, SCHED_OFF);
	return life_leave(s, life, vcpu);
}

uint32_t life_pick(struct sched *s, uint32_t cpu, struct life *life, struct life_vcpu *current,
		   bool yield, enum life_last *last)
{
	*last = current && current->stop ? life_stop(s, life, current) : LIFE_NOT_LAST;
	return sched_pick(s, cpu, yield);
}

enum life_last life_unload(struct sched *s, struct life *life, struct life_vcpu *vcpu)
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
	static const uint8_t left[] = { [LIFE_NOT_LAST] = LIFE_LEFT,
					[LIFE_LAST_ENDS] = LIFE_LAST,
					[LIFE_LAST_PAUSES] = LIFE_RESTS };

	if (vcpu->stop) {
		return (enum life_take)left[life_stop(s, life, vcpu)];
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

/* ---- calls ---- */

static COLD int life_start(struct sched *s, struct life *life, struct life_effect *effect)
{
	if (life->state == LIFE_ENDING) {
		return -HYP_EAGAIN;
	}
	return life_begin(s, life, &effect->wake[0]) ? 0 : -HYP_EBUSY;
}

/* A partition that is being reset is off instead; one that has crashed stays so. Once its vCPUs
 * have left, that is too late: the CPU that clears up has begun to act on `end`. */
static COLD int life_halt(struct sched *s, struct life *life, struct life_effect *effect)
{
	if (life->state == LIFE_ENDING && life_comes_back(life)) {
		if (life->leaving == 0) {
			return -HYP_EAGAIN;
		}
		life->end = life->end == LIFE_END_RESET ? LIFE_END_OFF : LIFE_END_CRASH;
		return 0;
	}
	if (life->state == LIFE_ENDING) {
		return 0;
	}
	return life_end(s, life, LIFE_END_OFF, &effect->tell, &effect->last) ? 0 : -HYP_EINVAL;
}

static COLD int life_reset(struct sched *s, struct life *life, struct life_effect *effect)
{
	if (life->state == LIFE_ENDING) {
		return life_comes_back(life) ? 0 : -HYP_EAGAIN;
	}
	return life_end(s, life, LIFE_END_RESET, &effect->tell, &effect->last) ? 0 : -HYP_EINVAL;
}

static COLD int life_pause(struct sched *s, struct life *life, struct life_effect *effect)
{
	switch (life->state) {
	case LIFE_RUNNING:
		break;
	case LIFE_PAUSING:
	case LIFE_PAUSED:
		return -HYP_EBUSY;
	case LIFE_LOADING:
	case LIFE_ENDING:
		return -HYP_EAGAIN;
	default:
		return -HYP_EINVAL;
	}
	life->state = LIFE_PAUSING;
	effect->tell = life_call_back(s, life);
	if (life->leaving == 0) {
		effect->last = life_all_left(life);
	}
	return 0;
}

/* One that waited in a WFI looks again whether an interrupt is pending for it; a WFI may end
 * without one (B1.8.14). It stays pinned to its CPU. */
static COLD int life_resume(struct sched *s, struct life *life, struct life_effect *effect)
{
	if (life->state == LIFE_PAUSING) {
		return -HYP_EAGAIN;
	}
	if (life->state != LIFE_PAUSED) {
		return -HYP_EINVAL;
	}
	life->state = LIFE_RUNNING;
	for (uint32_t n = 0; n < life->psci.nr_vcpus; n++) {
		if (life->psci.power[n] != PSCI_OFF) {
			effect->wake[n] = sched_wake(s, life->vcpu[n].entity);
		}
	}
	return 0;
}

COLD int life_manage(struct sched *s, struct life *life, enum life_order order,
		     struct life_effect *effect)
{
	static int (*const orders[LIFE_ORDERS])(struct sched *, struct life *,
						struct life_effect *) = {
		[LIFE_START] = life_start, [LIFE_STOP] = life_halt,	[LIFE_RESET] = life_reset,
		[LIFE_PAUSE] = life_pause, [LIFE_RESUME] = life_resume,
	};

	*effect = (struct life_effect) { .last = LIFE_NOT_LAST };
	memset(effect->wake, SCHED_NO_CPU, sizeof(effect->wake));
	return orders[order](s, life, effect);
}
