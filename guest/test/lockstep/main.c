/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/fdt.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/test/lockstep/lockstep.h"
#include <stdio.h>

#define MAIN_PROGRESS 500u

static uint32_t *const record_base = (uint32_t *)LOCKSTEP_RECORD;
static uint32_t record_at = 3, record_head, record_index;

void record_operation(uint32_t index)
{
	record_index = index;
}

void record_begin(uint32_t id)
{
	record_head = record_at;
	record_base[record_at++] = id;
	record_base[record_at++] = 0;
	record_index = 0;
}

void record_add(enum lockstep_kind kind, uint32_t value)
{
	record_base[record_at++] = (uint32_t)kind | smp_cpu() << 8 | record_index << 16;
	record_base[record_at++] = value;
	record_base[record_head + 1]++;
}

void record_end(void)
{
	record_base[0] = LOCKSTEP_RECORDS;
	record_base[1]++;
	record_base[2] = record_at;
}

static void main_reset_cpu(const void *arg)
{
	(void)arg;
	steps_reset_cpu();
}

static void main_reset_common(const void *arg)
{
	(void)arg;
	steps_reset_common();
}

static void main_step(const void *arg)
{
	const uint32_t *words = arg;
	struct lockstep_step step = { .op = (uint8_t)words[0],
				      .cpu = (uint8_t)(words[0] >> 8),
				      .argument = (uint16_t)(words[0] >> 16),
				      .value = words[1] };

	steps_run(&step);
}

/* The program at `at`; where the next one is. */
static const uint32_t *main_program(const uint32_t *at, uint32_t nr_cpus)
{
	uint32_t id = *at++, steps = *at++;

	for (uint32_t cpu = 0; cpu < nr_cpus; cpu++) {
		turns_run(cpu, main_reset_cpu, NULL);
	}
	turns_run(0, main_reset_common, NULL);
	record_begin(id);
	for (uint32_t n = 0; n < steps; n++, at += 2) {
		uint32_t cpu = (at[0] >> 8) & 0xffu;

		record_operation(n);
		if (cpu < nr_cpus) {
			turns_run(cpu, main_step, at);
		}
	}
	record_end();
	return at;
}

static const uint32_t *main_initrd(uint32_t *end)
{
	fdt_node chosen = fdt_find("/chosen");
	uint32_t length, cells, start = 0;

	if (fdt_property(chosen, "linux,initrd-start", &length) == NULL) {
		return NULL;
	}
	cells = length / 4; /* the lower word of one or two */
	if (!fdt_cell(chosen, "linux,initrd-start", cells - 1, &start) ||
	    !fdt_cell(chosen, "linux,initrd-end", cells - 1, end)) {
		return NULL;
	}
	return (const uint32_t *)start;
}

int main(void)
{
	uint32_t end = 0, done = 0, count;
	const uint32_t *at = main_initrd(&end);
	uint32_t nr_cpus = turns_start();

	if (at == NULL || *at++ != LOCKSTEP_PROGRAMS) {
		(void)report_check(false, "programs as initial RAM disk");
		report_summary();
	}
	count = *at++;
	record_base[0] = record_base[1] = 0;
	while (done < count && (uint32_t)at < end && record_at < LOCKSTEP_RECORD_SIZE / 4 - 65536) {
		at = main_program(at, nr_cpus);
		if (++done % MAIN_PROGRESS == 0) {
			printf("lockstep: %u of %u\n", (unsigned)done, (unsigned)count);
		}
	}
	(void)report_equal(done, count, "programs run, on %u CPUs", (unsigned)nr_cpus);
	report_summary();
}
