/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/rtos/kernel.h"
#include "guest/lib/gic.h"
#include "guest/lib/timer.h"
#include "guest/rtos/switch.h"
#include <string.h>

#define KERNEL_CANARY 0x5ca1ab1eu

struct kernel_task {
	uint32_t sp; /* while it does not run: a struct switch_frame */
	uint32_t wake;
	uint32_t preempted;
};

/* Interrupts are masked wherever these change. */
static struct kernel_task kernel_tasks[KERNEL_TASKS];
static uint32_t kernel_stacks[KERNEL_TASKS][KERNEL_STACK_WORDS] __attribute__((aligned(8)));
static volatile uint32_t kernel_current;
static volatile uint32_t kernel_ready;	 /* bit n: task n */
static uint32_t kernel_asleep;		 /* bit n: until task n's `wake` */
static volatile uint32_t kernel_tick_nr; /* since kernel_run */
static uint32_t kernel_last_tick;
static uint64_t kernel_start, kernel_period;
static struct kernel_timing kernel_times;

/* ---- choosing ---- */

static uint32_t kernel_highest(uint32_t set)
{
	return 31u - (uint32_t)__builtin_clz(set);
}

uint32_t kernel_switch(uint32_t sp)
{
	kernel_tasks[kernel_current].sp = sp;
	kernel_current = kernel_highest(kernel_ready);
	return kernel_tasks[kernel_current].sp;
}

/* Switches to the highest ready task, if that is not the caller. */
static void kernel_reschedule(uint32_t psr)
{
	if (kernel_highest(kernel_ready) != kernel_current) {
		switch_away(psr);
	} else {
		cpu_irq_restore(psr);
	}
}

/* ---- the tick ---- */

void kernel_jitter_add(struct kernel_jitter *jitter, uint64_t late)
{
	jitter->count++;
	jitter->sum += late;
	jitter->worst = late > jitter->worst ? late : jitter->worst;
}

static void kernel_measure(uint64_t due, uint64_t stamp)
{
	bool idle = kernel_current == KERNEL_IDLE;

	if (stamp < due) {
		kernel_times.early++;
		return;
	}
	kernel_jitter_add(idle ? &kernel_times.asleep : &kernel_times.busy, stamp - due);
	kernel_times.overdue += stamp - due >= kernel_period;
}

static void kernel_wake_sleepers(void)
{
	for (uint32_t set = kernel_asleep; set != 0; set &= set - 1) {
		uint32_t task = (uint32_t)__builtin_ctz(set);

		if (kernel_tasks[task].wake <= kernel_tick_nr) {
			kernel_asleep &= ~(1u << task);
			kernel_ready |= 1u << task;
		}
	}
}

/* One tick, even if late: the next compare value is absolute, and fires at once if passed. */
static void kernel_tick(uint64_t stamp)
{
	kernel_tick_nr++;
	kernel_measure(kernel_tick_due(kernel_tick_nr), stamp);
	if (kernel_tick_nr == kernel_last_tick) {
		timer_stop();
	} else {
		timer_set_cval(kernel_tick_due(kernel_tick_nr + 1));
		cpu_isb(); /* the line has fallen before the end of interrupt */
	}
	kernel_wake_sleepers();
}

uint32_t kernel_interrupt(uint32_t sp, uint32_t unused, uint64_t stamp)
{
	uint32_t iar = gic_ack(), gone = kernel_current;

	(void)unused;
	if (GIC_INTID(iar) == GIC_PPI_CNTV) {
		kernel_tick(stamp);
	} else {
		kernel_times.strangers++;
	}
	if (GIC_INTID(iar) != GIC_SPURIOUS) {
		gic_eoi(iar);
	}
	sp = kernel_switch(sp);
	kernel_tasks[gone].preempted += kernel_current != gone;
	return sp;
}

/* ---- calls of tasks ---- */

uint32_t kernel_ticks(void)
{
	return kernel_tick_nr;
}

uint64_t kernel_tick_due(uint32_t tick)
{
	return kernel_start + tick * kernel_period;
}

void kernel_sleep_until(uint32_t tick)
{
	uint32_t psr = cpu_irq_save(), me = kernel_current;

	if (tick > kernel_tick_nr) {
		kernel_tasks[me].wake = tick;
		kernel_asleep |= 1u << me;
		kernel_ready &= ~(1u << me);
	}
	kernel_reschedule(psr);
}

void kernel_wait(struct kernel_semaphore *semaphore)
{
	uint32_t psr = cpu_irq_save(), me = kernel_current;

	if (semaphore->count != 0) {
		semaphore->count--;
	} else {
		semaphore->waiting |= 1u << me;
		kernel_ready &= ~(1u << me);
	}
	kernel_reschedule(psr);
}

void kernel_post(struct kernel_semaphore *semaphore)
{
	uint32_t psr = cpu_irq_save();

	if (semaphore->waiting == 0) {
		semaphore->count++;
	} else {
		uint32_t task = kernel_highest(semaphore->waiting);

		semaphore->waiting &= ~(1u << task);
		kernel_ready |= 1u << task;
	}
	kernel_reschedule(psr);
}

/* ---- set-up, and the idle task ---- */

void kernel_init(void)
{
	memset(kernel_tasks, 0, sizeof(kernel_tasks));
	kernel_current = KERNEL_IDLE;
	kernel_ready = 1u << KERNEL_IDLE;
	CPU_CP15_WRITE(0, c12, c0, 0, switch_vectors); /* VBAR */
	cpu_isb();
	gic_enable(GIC_PPI_CNTV);
}

static void kernel_task_ended(void)
{
	struct kernel_semaphore never = { 0, 0 };

	for (;;) {
		kernel_wait(&never);
	}
}

void kernel_add(uint32_t priority, void (*run)(void))
{
	uint32_t *stack = kernel_stacks[priority];
	struct switch_frame *frame;

	for (uint32_t i = 0; i < KERNEL_STACK_WORDS; i++) {
		stack[i] = KERNEL_CANARY;
	}
	frame = (struct switch_frame *)(void *)&stack[KERNEL_STACK_WORDS] - 1;
	memset(frame, 0, sizeof(*frame));
	frame->lr = (uint32_t)(uintptr_t)kernel_task_ended;
	frame->pc = (uint32_t)(uintptr_t)run;
	frame->psr = CPU_MODE_SVC | CPU_PSR_A | CPU_PSR_F;
	kernel_tasks[priority].sp = (uint32_t)(uintptr_t)frame;
	kernel_ready |= 1u << priority;
}

/* A pending interrupt ends WFI although it is masked (ARM DDI 0406C, B1.8.13): none is
 * missed between the test and the WFI. */
static void kernel_idle(void)
{
	while (kernel_tick_nr < kernel_last_tick) {
		cpu_irq_disable();
		if (kernel_tick_nr < kernel_last_tick) {
			cpu_wfi();
		}
		cpu_irq_enable();
		cpu_isb();
	}
	cpu_irq_disable();
}

void kernel_run(uint32_t ticks, uint64_t period)
{
	kernel_last_tick = ticks;
	kernel_period = period;
	kernel_start = timer_count();
	timer_set_cval(kernel_tick_due(1));
	timer_set_control(TIMER_CTL_ENABLE);
	switch_away((cpu_cpsr() & ~CPU_PSR_I)); /* each task runs until its first wait */
	kernel_idle();
}

/* ---- afterwards ---- */

const struct kernel_timing *kernel_timing(void)
{
	return &kernel_times;
}

uint32_t kernel_preempted(uint32_t task)
{
	return kernel_tasks[task].preempted;
}

uint32_t kernel_stack_free(uint32_t task)
{
	uint32_t words = 0;

	while (words < KERNEL_STACK_WORDS && kernel_stacks[task][words] == KERNEL_CANARY) {
		words++;
	}
	return words;
}
