/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/runner.h"
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/lib/psci.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include "guest/vmm/access.h"
#include "guest/vmm/console.h"
#include "guest/vmm/demo.h"
#include "guest/vmm/tally.h"
#include "guest/vmm/vmm.h"
#include <stdio.h>
#include <string.h>

#define RUNNER_SGI	1u
#define RUNNER_SLICE_US 2000u
#define RUNNER_TALLY_US 100u
#define RUNNER_NEVER	UINT64_MAX
#define RUNNER_LONG	((uint64_t)1 << 56) /* ticks: what takes longer never comes */

/* A vCPU of the VM. Its runner has it, except `woken`. */
struct runner_vcpu {
	volatile bool woken; /* to be run again: set by any runner, cleared before each run */
	volatile bool runs;
	bool waits;		/* until it is woken, or `due` */
	uint64_t due;		/* of this partition's virtual counter; RUNNER_NEVER */
	uint32_t value, action; /* of the next run */
};

static struct runner_vcpu runner_vcpus[VMM_MAX_VCPUS];
static struct runner_counts runner_counts[SMP_MAX_CPUS]; /* by runner */

/* ---- who is to run ---- */

static uint32_t runner_of(uint32_t vcpu)
{
	return vcpu % vmm.nr_runners;
}

/* The mark first: a runner looks at it after it has masked its interrupts. */
static void runner_wake(uint32_t vcpus)
{
	uint32_t others = 0;

	for (uint32_t n = 0; n < vmm.nr_vcpus; n++) {
		if (vcpus >> n & 1) {
			runner_vcpus[n].woken = true;
			others |= 1u << runner_of(n);
		}
	}
	others &= ~(1u << smp_cpu());
	cpu_dsb();
	if (others) {
		gic_send_sgi(RUNNER_SGI, GIC_SGI_LISTED, (uint8_t)others);
	}
}

static void runner_on_doorbell(uint32_t iar, void *arg)
{
	uint32_t vm, vcpus = 0;

	(void)iar;
	(void)arg;
	do {
		vm = 0;
		if (vms_wake_mask(&vm, &vcpus) == 0) {
			runner_wake(vcpus);
		}
	} while (vcpus);
}

static void runner_on_sgi(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg; /* it has ended a run or a WFI */
}

static void runner_on_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
}

/* ---- a run ---- */

static void runner_end(enum vmm_state state)
{
	vmm.state = state;
	cpu_dsb();
	gic_send_sgi(RUNNER_SGI, GIC_SGI_OTHERS, 0);
}

static void runner_fail(uint32_t vcpu, const struct smccc_result *said)
{
	printf("vCPU %u: %s: 0x%x 0x%x 0x%x\n", (unsigned)vcpu, hvc_errno_name((int32_t)said->r0),
	       (unsigned)said->r1, (unsigned)said->r2, (unsigned)said->r3);
	runner_end(VMM_FAILED);
}

static void runner_waits(struct runner_vcpu *vcpu, uint64_t ticks)
{
	uint64_t now = timer_count();

	vcpu->waits = true;
	vcpu->due = ticks > RUNNER_LONG ? RUNNER_NEVER : now + ticks;
}

/* What it has left for. True: it goes on at once. */
static bool runner_answer(uint32_t index, const struct smccc_result *said)
{
	struct runner_counts *count = &runner_counts[smp_cpu()];
	struct runner_vcpu *vcpu = &runner_vcpus[index];

	switch (said->r0) {
	case PLUMB_RUN_INTR:
		count->interrupts++;
		return false;
	case PLUMB_RUN_MMIO:
	case PLUMB_RUN_FAULT:
		count->accesses += said->r0 == PLUMB_RUN_MMIO;
		count->faults += said->r0 == PLUMB_RUN_FAULT;
		vcpu->action = access_answer(said, &vcpu->value);
		return true;
	case PLUMB_RUN_WFI:
		count->waits++;
		runner_waits(vcpu, said->r1 | (uint64_t)said->r2 << 32);
		return false;
	case PLUMB_RUN_KICK:
		count->kicks++;
		runner_wake(said->r1);
		return false;
	case PLUMB_RUN_OFF:
		count->offs++;
		runner_waits(vcpu, RUNNER_NEVER);
		return false;
	case PLUMB_RUN_SYSTEM:
		runner_end(said->r1 == PLUMB_SYSTEM_RESET ? VMM_RESET : VMM_OFF);
		return false;
	default:
		runner_fail(index, said);
		return false;
	}
}

static void runner_run(uint32_t index)
{
	struct runner_vcpu *vcpu = &runner_vcpus[index];
	struct smccc_result said;

	vcpu->woken = false;
	vcpu->waits = false;
	cpu_dmb();
	do {
		vcpu->runs = true;
		said = kvm_run(vmm.vm, index, vcpu->value, vcpu->action);
		vcpu->runs = false;
		vcpu->value = 0;
		vcpu->action = PLUMB_RUN_DO_EMULATED;
		if (++runner_counts[smp_cpu()].runs == vmm.die) {
			psci_system_reset();
		}
	} while (runner_answer(index, &said));
}

/* ---- turns ---- */

static bool runner_is_due(const struct runner_vcpu *vcpu)
{
	return !vcpu->waits || vcpu->woken || vcpu->due <= timer_count();
}

static void runner_arm(uint64_t alarm)
{
	if (alarm == RUNNER_NEVER) {
		timer_stop();
	} else {
		timer_set_cval(alarm);
		timer_set_control(TIMER_CTL_ENABLE);
	}
}

/* Does it look at the VM's lines often? */
static bool runner_drives(void)
{
	return tally_is_on() || vmm.demo;
}

static void runner_drive(uint32_t me)
{
	tally_drive(me);
	if (vmm.demo && me == 0) {
		demo_step();
	}
}

/* The alarm of this runner: the end of a turn, if others want one, or what its vCPUs wait for.
 * Returns the number of those that can run. */
static uint32_t runner_set_alarm(uint32_t me)
{
	uint64_t alarm = RUNNER_NEVER;
	uint32_t ready = 0;

	for (uint32_t n = me; n < vmm.nr_vcpus; n += vmm.nr_runners) {
		if (runner_is_due(&runner_vcpus[n])) {
			ready++;
		} else if (runner_vcpus[n].due < alarm) {
			alarm = runner_vcpus[n].due;
		}
	}
	if (ready > 1 || runner_drives()) {
		uint32_t us = tally_is_on() ? RUNNER_TALLY_US : RUNNER_SLICE_US;
		uint64_t slice = timer_count() + timer_us_to_ticks(us);

		alarm = slice < alarm ? slice : alarm;
	}
	runner_arm(alarm);
	return ready;
}

static void runner_take_interrupts(void)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
}

/* One turn of each of its vCPUs that can run, or a sleep. */
static void runner_turn(uint32_t me)
{
	uint32_t ready;

	runner_drive(me);
	ready = runner_set_alarm(me);
	if (ready == 0) {
		console_flush();
		cpu_wfi();
	}
	runner_take_interrupts();
	for (uint32_t n = me; n < vmm.nr_vcpus && vmm.state == VMM_RUNS; n += vmm.nr_runners) {
		if (runner_is_due(&runner_vcpus[n])) {
			(void)runner_set_alarm(me);
			runner_run(n);
			runner_take_interrupts();
		}
	}
}

static void runner_loop(void)
{
	uint32_t me = smp_cpu();

	irq_set_handler(GIC_PPI_CNTV, runner_on_timer, NULL);
	gic_enable(GIC_PPI_CNTV);
	while (vmm.state == VMM_RUNS) {
		runner_turn(me);
	}
	timer_stop();
}

static void runner_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	runner_loop();
}

void runner_init(void)
{
	irq_set_handler(RUNNER_SGI, runner_on_sgi, NULL);
	irq_set_handler(PLUMB_WAKE_INTID, runner_on_doorbell, NULL);
	gic_enable(PLUMB_WAKE_INTID);
}

void runner_run_all(void)
{
	memset(runner_vcpus, 0, sizeof(runner_vcpus));
	vmm.state = VMM_RUNS;
	for (uint32_t n = 1; n < vmm.nr_runners; n++) {
		(void)smp_start(n, runner_second, NULL);
	}
	runner_loop();
	for (uint32_t n = 1; n < vmm.nr_runners; n++) {
		(void)smp_wait_off(n, TIMER_PATIENCE_US);
	}
	console_flush();
}

bool runner_runs(uint32_t vcpu)
{
	return runner_vcpus[vcpu].runs;
}

struct runner_counts runner_sum(void)
{
	struct runner_counts sum = { 0 };

	for (uint32_t n = 0; n < SMP_MAX_CPUS; n++) {
		const struct runner_counts *one = &runner_counts[n];

		sum.runs += one->runs;
		sum.interrupts += one->interrupts;
		sum.accesses += one->accesses;
		sum.faults += one->faults;
		sum.waits += one->waits;
		sum.kicks += one->kicks;
		sum.offs += one->offs;
	}
	return sum;
}
