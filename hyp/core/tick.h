/* SPDX-License-Identifier: BSD-2-Clause */
/* HYP's own timer on each CPU: slices, sleepers' timers and alarms, the console's tick. */
#ifndef HYP_CORE_TICK_H
#define HYP_CORE_TICK_H

#include "hyp/core/cpu.h"

/* Sets it for this CPU to the first of: the end of the slice, a sleeper's timer, an alarm, the
 * console's tick. What is due already happens: sleepers are woken. */
void tick_set(struct cpu *cpu);

/* It has fired. This CPU looks for something to run, and sets it anew. */
void tick_fired(struct cpu *cpu);

#endif
