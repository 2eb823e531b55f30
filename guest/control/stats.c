/* SPDX-License-Identifier: BSD-2-Clause */
/* Each vCPU's counts: since boot, and per second since they were printed last. */
#include "guest/control/shell.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define STATS_HANDLES (SHELL_MAX_HANDLE + 1) /* 1 to 16 */
#define STATS_VCPUS   8u

/* A vCPU's counts at one moment. */
struct stats_sample {
	uint64_t ticks;
	uint64_t counts[PLUMB_STAT_COUNT];
};

/* The counts at the last output, or at the start of the prompt. */
static struct stats_sample stats_last[STATS_HANDLES][STATS_VCPUS];

static int32_t stats_take(uint32_t handle, uint32_t vcpu, struct stats_sample *sample)
{
	int32_t result = 0;

	sample->ticks = timer_count();
	for (uint32_t index = 0; index < PLUMB_STAT_COUNT && result == 0; index++) {
		result = vm_stats(handle, vcpu, index, &sample->counts[index]);
	}
	return result;
}

static void stats_print(const uint64_t counts[PLUMB_STAT_COUNT])
{
	static const char *const names[PLUMB_STAT_COUNT] = { "exits",	 "hvc",	 "mmio",  "cp15",
							     "wfi",	 "irq",	 "abort", "other",
							     "switches", "kicks" };

	for (uint32_t index = 0; index < PLUMB_STAT_COUNT; index++) {
		printf(" %s %llu", names[index], (unsigned long long)counts[index]);
	}
	printf("\n");
}

/* Rounded; nothing is printed for less than a millisecond. */
static void stats_print_rates(const struct stats_sample *now, const struct stats_sample *last)
{
	uint64_t ms = timer_ticks_to_us(now->ticks - last->ticks) / 1000;
	uint64_t rates[PLUMB_STAT_COUNT];

	if (ms == 0) {
		return;
	}
	for (uint32_t index = 0; index < PLUMB_STAT_COUNT; index++) {
		rates[index] = ((now->counts[index] - last->counts[index]) * 1000 + ms / 2) / ms;
	}
	printf("  per second, for %llu.%03u s:", (unsigned long long)(ms / 1000),
	       (unsigned)(ms % 1000));
	stats_print(rates);
}

static void stats_show_vcpu(uint32_t handle, uint32_t vcpu)
{
	struct stats_sample now, *last = &stats_last[handle % STATS_HANDLES][vcpu % STATS_VCPUS];
	int32_t result = stats_take(handle, vcpu, &now);

	printf("vCPU %u:", (unsigned)vcpu);
	if (result != 0) {
		printf("\n");
		shell_explain(result);
		return;
	}
	stats_print(now.counts);
	stats_print_rates(&now, last);
	*last = now;
}

void shell_list_stats(uint32_t handle)
{
	struct vm_info info;
	int32_t result = vm_info(handle, &info);

	if (result != 0) {
		shell_explain(result);
		return;
	}
	for (uint32_t vcpu = 0; vcpu < info.nr_vcpus; vcpu++) {
		stats_show_vcpu(handle, vcpu);
	}
}

void shell_list_all_stats(void)
{
	struct vm_info info;

	for (uint32_t handle = 1; handle < STATS_HANDLES; handle++) {
		int32_t result = vm_info(handle, &info);

		if (result == 0) {
			printf("%s\n", info.name);
			shell_list_stats(handle);
		} else if (result != -EPERM) {
			break;
		}
	}
}

void shell_begin_stats(void)
{
	struct vm_info info;

	for (uint32_t handle = 1; handle < STATS_HANDLES; handle++) {
		uint32_t vcpus = vm_info(handle, &info) == 0 ? info.nr_vcpus : 0;

		for (uint32_t vcpu = 0; vcpu < vcpus && vcpu < STATS_VCPUS; vcpu++) {
			(void)stats_take(handle, vcpu, &stats_last[handle][vcpu]);
		}
	}
}
