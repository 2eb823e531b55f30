/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/smp.h"
#include "guest/test/lockstep/lockstep.h"

static volatile uint32_t turns_round;		   /* counts */
static volatile uint32_t turns_seen[SMP_MAX_CPUS]; /* the round that a CPU has seen */
static volatile uint32_t turns_cpu = SMP_MAX_CPUS; /* whose turn it is in this round */
static void (*volatile turns_fn)(const void *);
static const void *volatile turns_arg;
static uint32_t turns_nr_cpus;

/* After each turn: once for what was done; once more for what others did about it (an interrupt
 * that moves leaves one CPU before it reaches the next). vCPUs that share a CPU need none: each is
 * loaded before it acts. */
#define TURNS_LOOKS 2u
static uint32_t turns_nr_looks;

/* Where instructions are counted, WFE passes the turn to the next CPU; that is slow, and of no use
 * where there is one. */
static void turns_wait(void)
{
	if (turns_nr_looks != 0) {
		cpu_wfe();
	}
}

static void turns_look_on(void *arg)
{
	uint32_t me = smp_cpu();
	uint32_t seen = 0;

	(void)arg;
	steps_init_cpu();
	for (;;) {
		while (turns_round == seen) {
			turns_wait();
		}
		seen = turns_round;
		cpu_dmb();
		if (turns_cpu == me) {
			turns_fn(turns_arg);
		}
		cpu_isb();
		turns_seen[me] = seen;
		cpu_sev();
	}
}

static void turns_everybody(uint32_t cpu)
{
	turns_cpu = cpu;
	cpu_dmb();
	turns_round++;
	cpu_sev();
	for (uint32_t n = 1; n < turns_nr_cpus; n++) {
		while (turns_seen[n] != turns_round) {
			turns_wait();
		}
	}
	cpu_dmb();
}

void turns_run(uint32_t cpu, void (*fn)(const void *), const void *arg)
{
	if (cpu == 0) {
		fn(arg);
		cpu_isb();
	} else {
		turns_fn = fn;
		turns_arg = arg;
		turns_everybody(cpu);
	}
	for (uint32_t n = 0; n < turns_nr_looks; n++) {
		turns_everybody(SMP_MAX_CPUS);
	}
}

uint32_t turns_start(void)
{
	turns_nr_looks = guest_arg("looks", TURNS_LOOKS);
	steps_init_cpu();
	turns_nr_cpus = smp_start_all(turns_look_on, NULL);
	return turns_nr_cpus;
}
