/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's share of CPU time: at most `budget` in each period. A period ends when the counter
 * reaches a multiple of `period`, whatever the vCPU does; the budget is whole again then, less what
 * the vCPU has used beyond the last one (the monitor cannot take it off its CPU in the middle of
 * its own work). What is left of a budget is not carried over. Pure. Lock: vm_sched_lock.
 *
 * All times are ticks of the board's counter, which counts from the board's reset. Nothing is
 * rounded.
 */
#ifndef HYP_SCHED_BUDGET_H
#define HYP_SCHED_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_MAX_PERIOD (UINT32_C(1) << 30)

struct budget {
	uint64_t since;	 /* while it runs: it has paid until then */
	uint64_t ends;	 /* its period, as last looked at; a multiple of `period` */
	uint32_t budget; /* 1..period */
	uint32_t period; /* 1..BUDGET_MAX_PERIOD; 0: no budget, always eligible */
	int32_t left;	 /* -budget..budget; 0 and less: not eligible in this period */
};

/* A whole budget in each period. False, and no budget: a number is out of range. */
bool budget_init(struct budget *b, uint32_t budget, uint32_t period);

/* It does not run at counter value `now`. */
void budget_renew(struct budget *b, uint64_t now);

/* It has run from `since` until `now`, and pays for it: each period's time out of that period's
 * budget. A debt is at most one budget: it can be more only if the monitor did not run, either
 * (an emulator whose host was busy). */
void budget_charge(struct budget *b, uint64_t now);

/* It pays for `ticks` of the current period that it did not run. */
void budget_pay(struct budget *b, uint64_t ticks);

/* It runs, and does not pay for `ticks` since it has paid last. */
void budget_excuse(struct budget *b, uint64_t ticks);

/* The counter value at which nothing is left, if it runs on from `since`, with something left;
 * UINT64_MAX: it never is. */
uint64_t budget_last(const struct budget *b);

#endif
