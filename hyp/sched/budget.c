/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/budget.h"

bool budget_init(struct budget *b, uint32_t budget, uint32_t period)
{
	*b = (struct budget) { .period = 0 };
	if (budget == 0 || budget > period || period > BUDGET_MAX_PERIOD) {
		return false;
	}
	b->budget = budget;
	b->period = period;
	b->left = (int32_t)budget;
	return true;
}

/* `now` is not before the end of its period: goes to the period of `now`. Returns the number of
 * whole periods in between. */
static uint64_t budget_skip(struct budget *b, uint64_t now)
{
	uint64_t late = now - b->ends;
	uint64_t whole = late < b->period ? 0 : late / b->period;

	b->ends += (whole + 1) * b->period;
	return whole;
}

/* A new period: a debt is paid first. */
static void budget_refill(struct budget *b)
{
	b->left = (b->left < 0 ? b->left : 0) + (int32_t)b->budget;
}

void budget_renew(struct budget *b, uint64_t now)
{
	if (now < b->ends) {
		return;
	}
	budget_refill(b);
	if (budget_skip(b, now) != 0) { /* which pays any debt */
		b->left = (int32_t)b->budget;
	}
}

void budget_pay(struct budget *b, uint64_t ticks)
{
	int32_t least = -(int32_t)b->budget;

	b->left = ticks >= (uint64_t)((int64_t)b->left - least) ? least : b->left - (int32_t)ticks;
}

void budget_charge(struct budget *b, uint64_t now)
{
	uint64_t from = b->since;

	if (now <= from) {
		return;
	}
	budget_renew(b, from); /* budget_excuse */
	if (now >= b->ends) {
		uint64_t whole;

		budget_pay(b, b->ends - from);
		budget_refill(b);
		/* Of each whole period it has used all, and the next budget pays the rest. */
		whole = budget_skip(b, now) * (b->period - b->budget);
		b->left = whole >= (uint64_t)b->left ? 0 : b->left - (int32_t)whole;
		from = b->ends - b->period;
	}
	budget_pay(b, now - from);
	b->since = now;
}

void budget_excuse(struct budget *b, uint64_t ticks)
{
	b->since += ticks;
}

uint64_t budget_last(const struct budget *b)
{
	uint64_t last = b->since + (uint64_t)b->left;

	if (last < b->ends) {
		return last;
	}
	return b->budget == b->period ? UINT64_MAX : b->ends + b->budget;
}
