/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record of each vCPU of a partition that has crashed (PLUMB_GET_CRASH): registers, stack, last
 * exits. It stays, also over restarts, until the next crash. A vCPU that is on a CPU is recorded
 * when it leaves that, since its memory is found by its own translation then; the rest when all
 * have left. Until then there is no record to be read.
 */
#ifndef HYP_CORE_CRASH_H
#define HYP_CORE_CRASH_H

#include "hyp/core/vm.h"

struct crash_cause {
	uint32_t reason; /* PLUMB_CRASH_BY_* */
	int32_t status;
	const struct vcpu *vcpu;  /* that causes it; NULL: none */
	struct exit_record fault; /* BY_VECTORS; else 0 */
};

/* A vCPU starts: it has had no exit yet. Not loaded. */
void crash_start(struct vcpu *vcpu);

/* The vCPUs that are not off (bit n), before the partition begins to end. */
uint32_t crash_look(struct sched_locked held, const struct vm *vm);
/* It begins to end by this crash; `on`: crash_look. */
void crash_begin(struct sched_locked held, struct vm *vm, const struct crash_cause *cause,
		 uint32_t on);

/* The loaded vCPU is about to leave its CPU, because its partition ends or pauses. No lock is
 * held. */
void crash_leaves(struct vcpu *vcpu, const struct guest_regs *regs);

/* All its vCPUs have left. A piece: vCPU n, from 0 on. False: there is nothing to do for it. The
 * last piece logs, too, and makes the record visible. No lock is held. */
bool crash_take(struct vm *vm, uint32_t n);

/* PLUMB_GET_CRASH: 0 and the words, -HYP_EINVAL (no such vCPU or index), -HYP_ENOENT (none). No
 * lock is held. */
int32_t crash_read(struct vm *vm, uint32_t vcpu, uint32_t index, uint32_t words[3]);

#endif
