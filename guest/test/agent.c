/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that does what a control partition asks for (agent.h), with a GIC or without
 * (bootargs 'raw'). Bootargs: bank=N of the mailbox; late: no GIC set-up before AGENT_INIT.
 * It holds rights on the control partition, and on itself to lower its own lines.
 */
#include "guest/test/agent.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmu.h"
#include "guest/lib/psci.h"
#include "guest/test/mailbox.h"
#include "guest/test/nap.h"
#include <stdio.h>
#include <stdlib.h>

#define AGENT_CPUS     2u
#define AGENT_INTIDS   1020u
#define AGENT_QUIET_US 100000000u /* without a command for so long: something hangs elsewhere */

struct agent_job {
	volatile uint32_t posted, done;
	uint32_t op, a, b, result;
};

static struct mailbox agent_box;
static bool agent_raw;
static struct agent_job agent_job; /* for CPU 1 */
static volatile uint32_t agent_counts[AGENT_CPUS][AGENT_INTIDS];
static volatile uint32_t agent_total[AGENT_CPUS];
static volatile uint32_t agent_policies[AGENT_INTIDS];
static volatile uint32_t agent_woken[AGENT_CPUS];
static uint32_t agent_fault, agent_worked;
static uint64_t agent_gap;
static bool agent_idle;
/* In .data, at a fixed place of the image: a restart must bring the image's zero back. */
static volatile uint32_t agent_mark __attribute__((section(".data.mark"))) = 0;

static void agent_count(uint32_t cpu, uint32_t id)
{
	agent_counts[cpu][id]++;
	agent_total[cpu]++;
}

static void agent_interrupt(uint32_t iar, void *arg)
{
	uint32_t id = GIC_INTID(iar), cpu = smp_cpu();
	uint32_t limit = agent_policies[id] >> 8;

	(void)arg;
	agent_count(cpu, id);
	if (agent_policies[id] & AGENT_LOWER) {
		(void)kvm_irq_line(0, id < 32 ? kvm_irq_ppi(cpu, id) : kvm_irq_spi(id), 0);
	}
	if (limit != 0 && agent_counts[cpu][id] >= limit) {
		gic_disable(id);
	}
}

/* A raw line stays up until it is lowered: the handler does it at the limit, as nothing else would
 * end the storm. */
static void agent_raw_interrupt(uint32_t line)
{
	uint32_t cpu = smp_cpu(), limit = agent_policies[line] >> 8;

	agent_count(cpu, line);
	if (agent_counts[cpu][line] >= limit) {
		(void)kvm_irq_line(0, kvm_irq_cpu(cpu, line), 0);
	}
}

static void agent_raw_irq(void)
{
	agent_raw_interrupt(KVM_ARM_IRQ_CPU_IRQ);
}

static void agent_raw_fiq(void)
{
	agent_raw_interrupt(KVM_ARM_IRQ_CPU_FIQ);
}

static void agent_init(uint32_t cpu)
{
	if (agent_raw) {
		irq_set_raw_handler(agent_raw_irq);
		irq_set_fiq_handler(agent_raw_fiq);
		return;
	}
	if (cpu != 0) {
		gic_init_cpu();
	} else {
		gic_init();
		for (uint32_t id = 16; id < gic_nr_irqs(); id++) {
			irq_set_handler(id, agent_interrupt, NULL);
		}
	}
	nap_init();
}

static uint32_t agent_access(uint32_t op, uint32_t address, uint32_t value)
{
	struct exception_access access = { .address = address, .value = value };
	void (*fn)(void *) = op == AGENT_READ32	   ? exception_read32
			     : op == AGENT_READ8   ? exception_read8
			     : op == AGENT_WRITE32 ? exception_write32
						   : exception_write8;

	agent_fault = exception_try(fn, &access).kind;
	return access.value;
}

static void agent_set_masks(uint32_t masks)
{
	uint32_t psr = cpu_cpsr() & ~(CPU_PSR_I | CPU_PSR_F);

	cpu_irq_restore(psr | (masks & (CPU_PSR_I | CPU_PSR_F)));
	cpu_isb();
}

static void agent_clear(void)
{
	for (uint32_t cpu = 0; cpu < AGENT_CPUS; cpu++) {
		agent_woken[cpu] = 0;
		for (uint32_t id = 0; id < AGENT_INTIDS; id++) {
			agent_counts[cpu][id] = 0;
		}
	}
}

static uint32_t agent_boots(void)
{
	uint32_t before = agent_mark;

	agent_mark = AGENT_MARK;
	mmu_clean_invalidate((const void *)&agent_mark, sizeof(agent_mark));
	return before;
}

static void agent_worker(void *arg);

static uint32_t agent_do(uint32_t cpu, uint32_t op, uint32_t a, uint32_t b)
{
	uint32_t id = a < AGENT_INTIDS ? a : 0, isr;

	switch (op) {
	case AGENT_PING:
		return a + b;
	case AGENT_READ32:
	case AGENT_READ8:
	case AGENT_WRITE32:
	case AGENT_WRITE8:
		return agent_access(op, a, b);
	case AGENT_FAULT:
		return agent_fault;
	case AGENT_INIT:
		agent_init(cpu);
		return 0;
	case AGENT_START_CPU1:
		return (uint32_t)smp_start(1, agent_worker, NULL);
	case AGENT_MASK:
		agent_set_masks(a);
		return 0;
	case AGENT_ISR:
		CPU_CP15_READ(0, c12, c1, 0, isr);
		return isr;
	case AGENT_COUNT:
		return agent_counts[cpu][id];
	case AGENT_CLEAR:
		agent_clear();
		return 0;
	case AGENT_POLICY:
		agent_policies[id] = b;
		return 0;
	case AGENT_WOKEN:
		return agent_woken[cpu];
	case AGENT_ENABLE:
		gic_enable(id);
		return 0;
	case AGENT_BOOTS:
		return agent_boots();
	case AGENT_WORKED:
		return agent_worked;
	case AGENT_GAP:
		return (uint32_t)timer_ticks_to_us(agent_gap);
	case AGENT_IDLE:
		agent_idle = a != 0;
		return 0;
	default:
		return 0; /* those that happen after the reply */
	}
}

/* WFI, or a loop without exits, until an interrupt was handled. */
static void agent_wait(uint32_t cpu, uint32_t op, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);
	uint32_t masks = cpu_irq_save(), before = agent_total[cpu];

	while (agent_total[cpu] == before && timer_count() < end) {
		if (op == AGENT_SPIN) {
			cpu_irq_enable();
			cpu_fiq_enable();
			cpu_relax();
		} else if (agent_raw) {
			cpu_wfi(); /* no timer interrupt without a GIC: the line alone ends it */
			cpu_irq_enable();
			cpu_fiq_enable();
		} else {
			(void)nap_once(us);
		}
		cpu_isb();
		cpu_irq_disable();
		cpu_fiq_disable();
	}
	agent_woken[cpu] += agent_total[cpu] != before;
	cpu_irq_restore(masks);
}

static void agent_work(uint32_t us)
{
	uint64_t last = timer_count(), end = last + timer_us_to_ticks(us), now = last;

	agent_worked = 0;
	agent_gap = 0;
	while (now < end) {
		now = timer_count();
		agent_gap = now - last > agent_gap ? now - last : agent_gap;
		last = now;
		agent_worked++;
	}
}

static void agent_do_after(uint32_t cpu, uint32_t op, uint32_t a)
{
	switch (op) {
	case AGENT_SLEEP:
	case AGENT_SPIN:
		agent_wait(cpu, op, a);
		break;
	case AGENT_WORK:
		agent_work(a);
		break;
	case AGENT_RESET:
		psci_system_reset();
		break;
	case AGENT_EXIT:
		exit((int)a);
	default:
		break;
	}
}

static void agent_worker(void *arg)
{
	uint32_t cpu = smp_cpu();

	(void)arg;
	agent_init(cpu);
	for (;;) {
		uint32_t op;

		while (agent_job.posted == agent_job.done) {
			cpu_relax();
		}
		cpu_dmb();
		op = agent_job.op & ~AGENT_CPU1;
		agent_job.result = agent_do(cpu, op, agent_job.a, agent_job.b);
		cpu_dmb();
		agent_job.done = agent_job.posted;
		agent_do_after(cpu, op, agent_job.a);
	}
}

static uint32_t agent_on_cpu1(uint32_t op, uint32_t a, uint32_t b)
{
	agent_job.op = op;
	agent_job.a = a;
	agent_job.b = b;
	cpu_dmb();
	agent_job.posted++;
	if (!timer_wait_count(&agent_job.done, agent_job.posted, TIMER_PATIENCE_US)) {
		printf("FAIL: CPU 1 of the agent does operation %u\n", (unsigned)(op & 0x7f));
	}
	return agent_job.result;
}

static void agent_answer(uint32_t reply, bool strobe)
{
	mailbox_put(&agent_box, MAILBOX_REPLY, 32, reply);
	mailbox_set_bit(&agent_box, MAILBOX_REPLY_STROBE, strobe);
}

static void agent_serve(bool strobe)
{
	uint32_t op = mailbox_get(&agent_box, MAILBOX_OP, MAILBOX_OP_BITS);
	uint32_t a = mailbox_get(&agent_box, MAILBOX_A, 32);
	uint32_t b = mailbox_get(&agent_box, MAILBOX_B, 32);

	if (op & AGENT_CPU1) {
		agent_answer(agent_on_cpu1(op, a, b), strobe);
		return;
	}
	agent_answer(agent_do(0, op, a, b), strobe);
	agent_do_after(0, op, a);
}

int main(void)
{
	/* What was answered before a restart is known by the strobe that still stands. */
	bool strobe;
	uint64_t quiet;

	agent_box = mailbox_open(vm_find("control"), guest_arg("bank", 0));
	agent_raw = guest_has_arg("raw");
	if (!guest_has_arg("late")) {
		agent_init(0);
	}
	strobe = mailbox_bit(&agent_box, MAILBOX_REPLY_STROBE);
	quiet = timer_count();
	while (!agent_box.broken) {
		if (mailbox_bit(&agent_box, MAILBOX_STROBE) != strobe) {
			strobe = !strobe;
			agent_serve(strobe);
			quiet = timer_count();
		} else if (timer_count() - quiet > timer_us_to_ticks(AGENT_QUIET_US)) {
			break;
		}
		if (agent_idle) {
			(void)nap_once(500);
		}
		cpu_relax();
	}
	printf("FAIL: the agent %s\n", agent_box.broken ? "may use its mailbox" : "gets commands");
	return 1;
}
