/* SPDX-License-Identifier: BSD-2-Clause */
/* `top`: what each vCPU did since the table before. `plumb top` reads the lines that begin with
 * "top" (scripts/plumblib/top.py). */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>

#define TOP_HANDLES (SHELL_MAX_HANDLE + 1) /* 1 to 16 */
#define TOP_VCPUS   8u
#define TOP_CLASSES 7u /* of exits: PLUMB_STAT_HVC and the following ones */
#define TOP_SECONDS 3600u

/* A vCPU's values at one moment: ticks, and counts since boot. */
struct top_sample {
	uint64_t at, cpu, wait;
	uint64_t exits[TOP_CLASSES];
	uint32_t injected, taken;
};

static struct top_sample top_last[TOP_HANDLES][TOP_VCPUS];

static int32_t top_take(uint32_t handle, uint32_t vcpu, struct top_sample *sample)
{
	uint64_t interrupts = 0;
	int32_t result;

	sample->at = timer_physical_count();
	result = vm_times(handle, vcpu, PLUMB_TIMES_CPU, &sample->cpu);
	if (result == 0) {
		result = vm_times(handle, vcpu, PLUMB_TIMES_WAIT, &sample->wait);
	}
	if (result == 0) {
		result = vm_times(handle, vcpu, PLUMB_TIMES_INTERRUPTS, &interrupts);
	}
	for (uint32_t n = 0; n < TOP_CLASSES && result == 0; n++) {
		result = vm_stats(handle, vcpu, PLUMB_STAT_HVC + n, &sample->exits[n]);
	}
	sample->injected = (uint32_t)interrupts;
	sample->taken = (uint32_t)(interrupts >> 32);
	return result;
}

/* Tenths of a percent, rounded. */
static unsigned top_share(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : (unsigned)((part * 1000 + whole / 2) / whole);
}

/* A second's worth of a count, rounded. */
static unsigned long long top_rate(uint64_t count, uint64_t ticks)
{
	return ticks == 0 ? 0 : (count * timer_frequency() + ticks / 2) / ticks;
}

static void top_print(const char *name, uint32_t vcpu, const char *state,
		      const struct top_sample *now, const struct top_sample *last)
{
	uint64_t ticks = now->at - last->at;
	unsigned cpu = top_share(now->cpu - last->cpu, ticks);
	unsigned wait = top_share(now->wait - last->wait, ticks);
	uint64_t exits = 0;

	for (uint32_t n = 0; n < TOP_CLASSES; n++) {
		exits += now->exits[n] - last->exits[n];
	}
	printf("top %-15s %u %-7s %3u.%u %3u.%u %7llu", name, (unsigned)vcpu, state, cpu / 10,
	       cpu % 10, wait / 10, wait % 10, top_rate(exits, ticks));
	for (uint32_t n = 0; n < TOP_CLASSES; n++) {
		printf(" %5llu", top_rate(now->exits[n] - last->exits[n], ticks));
	}
	printf(" %6llu %6llu\n", top_rate(now->injected - last->injected, ticks),
	       top_rate(now->taken - last->taken, ticks));
}

/* One table, or with `quiet` only the values for the next one. Returns the number of vCPUs. */
static uint32_t top_table(bool quiet)
{
	struct top_sample now = { 0 };
	struct vm_info info;
	uint32_t shown = 0;

	for (uint32_t handle = 1; handle < TOP_HANDLES; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == -EBADF) {
			break;
		}
		for (uint32_t n = 0; result == 0 && n < info.nr_vcpus && n < TOP_VCPUS; n++) {
			if (top_take(handle, n, &now) == 0) {
				if (!quiet) {
					top_print(info.name, n, shell_state_name(info.state), &now,
						  &top_last[handle][n]);
				}
				top_last[handle][n] = now;
				shown++;
			}
		}
	}
	return shown;
}

static void top_head(uint32_t number, uint32_t seconds)
{
	printf("top %u, %u s\n", (unsigned)number, (unsigned)seconds);
	printf("top %-15s %s %-7s %5s %5s %7s %5s %5s %5s %5s %5s %5s %5s %6s %6s\n", "name", "v",
	       "state", "cpu%", "wait%", "exits/s", "hvc", "mmio", "cp15", "wfi", "irq", "abort",
	       "other", "inj/s", "taken");
}

enum shell_next shell_top(const char *const *words, uint32_t count)
{
	uint32_t seconds = 1, tables = UINT32_MAX;

	if ((count > 0 && !words_number(words[0], &seconds)) ||
	    (count > 1 && !words_number(words[1], &tables)) || seconds == 0 ||
	    seconds > TOP_SECONDS) {
		return SHELL_USAGE;
	}
	if (top_table(true) == 0) {
		printf("control manages no partition: add names to 'manages' in the manifest\n");
		return SHELL_GO_ON;
	}
	if (count < 2) {
		printf("any key ends it\n");
	}
	for (uint32_t n = 1; n - 1 < tables && !prompt_pause(seconds * 1000); n++) {
		top_head(n, seconds);
		(void)top_table(false);
		printf("top end\n");
	}
	return SHELL_GO_ON;
}
