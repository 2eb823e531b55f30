/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small preemptive kernel for one CPU: tasks with fixed priorities, a tick from the virtual
 * timer, absolute delays, counting semaphores. All tasks run in SVC mode, each on its own
 * stack.
 */
#ifndef GUEST_RTOS_KERNEL_H
#define GUEST_RTOS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* A task's number is its priority, the highest runs; 0 is the caller of kernel_init, which idles.
 */
#define KERNEL_TASKS	   8u
#define KERNEL_IDLE	   0u
#define KERNEL_STACK_WORDS 512u

struct kernel_semaphore {
	volatile uint32_t count;
	uint32_t waiting; /* bit n: task n */
};

/* Latencies, in ticks of the counter. */
struct kernel_jitter {
	uint32_t count;
	uint64_t sum;
	uint64_t worst;
};

/* Measured by the tick's handler. Jitter: from CVAL to the vector's first instructions. */
struct kernel_timing {
	struct kernel_jitter asleep; /* the tick ended the idle task's WFI */
	struct kernel_jitter busy;   /* it preempted a task */
	uint32_t overdue;	     /* ticks whose successor was due already */
	uint32_t early;
	uint32_t strangers; /* other interrupts, spurious ones too */
};

/* The GIC is initialised; interrupts are masked. */
void kernel_init(void);
void kernel_add(uint32_t priority, void (*run)(void));
/* Interrupts on, `ticks` ticks of `period` (counter ticks); returns to the idle task when they are
 * over and every other task waits. Masks interrupts again. */
void kernel_run(uint32_t ticks, uint64_t period);

uint32_t kernel_ticks(void);
/* Counter value at which this tick was due. */
uint64_t kernel_tick_due(uint32_t tick);

/* The task sleeps until tick `tick`; not at all if that has passed. */
void kernel_sleep_until(uint32_t tick);
void kernel_wait(struct kernel_semaphore *semaphore);
/* A waiting task of a higher priority has run before this returns. */
void kernel_post(struct kernel_semaphore *semaphore);

void kernel_jitter_add(struct kernel_jitter *jitter, uint64_t late);
const struct kernel_timing *kernel_timing(void);
/* How often the tick preempted a task that was ready. */
uint32_t kernel_preempted(uint32_t task);
/* Words at the stack's end that were never written; 0: the canary is gone. */
uint32_t kernel_stack_free(uint32_t task);

#endif
