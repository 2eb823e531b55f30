/* SPDX-License-Identifier: BSD-2-Clause */
/* The HYP timer of each CPU: time slices, timers and alarms of waiting vCPUs, the console's
 * tick. */
#ifndef HYP_CORE_TICK_H
#define HYP_CORE_TICK_H

#include "hyp/core/cpu.h"

/* Sets this CPU's timer to the earliest of: the end of the slice, the timer of a waiting vCPU, an
 * alarm, the console's tick. Events that are due already are handled: waiting vCPUs are woken. */
void tick_set(struct cpu *cpu);

/* Between two pieces of work of the monitor: wakes the waiting vCPUs that are due, also when the
 * timer has fired and is not set anew yet. No lock is held. */
void tick_catch_up(struct cpu *cpu);

/* The timer has fired. This CPU picks a vCPU again, and sets the timer anew. */
void tick_fired(struct cpu *cpu);

#endif
