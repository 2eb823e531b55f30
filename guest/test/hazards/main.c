/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmu.h"
#include "guest/lib/report.h"
#include "guest/test/hazards/hazards.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define HAZARD_WORDS 0x4000u

static uint32_t hazard_code[16] __attribute__((aligned(64)));
static uint32_t hazard_memory_words[HAZARD_WORDS];
static uint32_t hazard_seed = 1;

uint32_t hazard_random(void)
{
	hazard_seed = hazard_seed * 1664525u + 1013904223u;
	return hazard_seed ^ hazard_seed >> 16;
}

typedef uint32_t hazard_fn(uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3);

static void hazard_call(void *arg)
{
	struct hazard *hazard = arg;
	hazard_fn *code = (hazard_fn *)(uintptr_t)hazard_code;

	hazard->result = code(hazard->r[0], hazard->r[1], hazard->r[2], hazard->r[3]);
}

enum exception_kind hazard_run(struct hazard *hazard)
{
	hazard->result = hazard->r[0];
	hazard_code[0] = hazard->word;
	hazard_code[1] = 0xe12fff1e; /* bx lr */
	mmu_sync_code(hazard_code, 8);
	return exception_try(hazard_call, hazard).kind;
}

enum exception_kind hazard_word(uint32_t word, uint32_t value)
{
	struct hazard hazard = { .word = word, .r = { value, value, value, value } };

	return hazard_run(&hazard);
}

uint32_t hazard_words(const uint32_t *words, uint32_t count, uint32_t value,
		      enum exception_kind want)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < count; i++) {
		enum exception_kind kind = hazard_word(words[i], value);

		if (kind != want) {
			printf("0x%08x: %s\n", (unsigned)words[i], exception_name(kind));
			wrong++;
		}
	}
	return wrong;
}

static void hazard_fill(void)
{
	for (uint32_t i = 0; i < HAZARD_WORDS; i++) {
		hazard_memory_words[i] = i * 2654435761u;
	}
}

void hazard_healthy(const char *after)
{
	uint32_t wrong = 0, psr = cpu_cpsr();

	(void)report_equal(psr & 0xff, 0xd3, "after %s: SVC mode, all masked", after);
	gic_init();
	gic_dist_write(GICD_ICACTIVER, 0xffffffff);
	for (uint32_t id = 0; id < 16; id++) {
		gic_clear_pending(id);
	}
	nap_init();
	(void)report_check(nap_once(100000), "after %s: a timer interrupt comes", after);
	for (uint32_t i = 0; i < HAZARD_WORDS; i++) {
		wrong += hazard_memory_words[i] != i * 2654435761u;
	}
	(void)report_equal(wrong, 0, "after %s: memory is what it was", after);
}

int main(void)
{
	if (!hvc_is_plumbline()) {
		report_skip("what a guest must not do to a real machine");
		report_summary();
	}
	hazard_fill();
	hazard_healthy("nothing");
	hazard_cp15();
	hazard_healthy("coprocessor accesses");
	hazard_modes();
	hazard_healthy("mode changes");
	hazard_memory();
	hazard_healthy("device and cache accesses");
	hazard_calls();
	hazard_healthy("calls at random");
	hazard_state();
	hazard_healthy("awkward state");
	report_summary();
}
