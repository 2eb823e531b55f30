/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cortex-A15 erratum 798181: when the DSB behind a broadcast TLB invalidation is complete, accesses
 * of other CPUs with the old translation may not be. Therefore another broadcast and DSB follow,
 * and then each other CPU that may have such an access leaves its guest and executes a DSB, before
 * what was unmapped is used for anything else.
 */
#ifndef HYP_CORE_SETTLE_H
#define HYP_CORE_SETTLE_H

#include "hyp/core/cpu.h"

/* Has a CPU with this MIDR the erratum? REVIDR tells whether a fix is in some of them; it is not
 * asked, as the message is always right. */
bool settle_is_needed(uint32_t midr);

/* The invalidation is complete on this CPU. When this function returns, none of the CPUs `which`
 * (bit n: CPU n; this one does not count) has an access under way that began before. No lock is
 * held: another CPU may wait for it with interrupts masked. Waits no longer than the other CPUs
 * take to their next look at `resched`. */
void settle_others(uint32_t which);

/* This CPU, which is not in its guest, answers if cpu->settle is set. The guest's accesses are
 * complete before another CPU sees the answer. If a second CPU asks in between, this is the answer
 * to it, too: no guest has run here since. */
static inline void settle_answer(struct cpu *cpu)
{
	if (cpu->settle) {
		hw_dsb();
		cpu->settle = false;
	}
}

#endif
