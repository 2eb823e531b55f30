/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every kind of instruction that the monitor emulates, in ARM and Thumb state, inside IT blocks,
 * under conditions that hold and that do not, from every mode: the right registers change, and no
 * others. ARM DDI 0406C, A8.3 (conditions, IT), B3.13.6 (what a data abort's syndrome says).
 */
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include "guest/test/traps/traps.h"
#include <stdio.h>

#define TRAPS_HIGH(n) (0x8f00 + (n)) /* what r8 to r12 hold throughout */
#define TRAPS_FLAGS   0xf0000000u

static bool traps_same(const struct traps_row *row, const struct traps_state *state)
{
	bool same = (state->psr & TRAPS_FLAGS) == row->psr;

	for (uint32_t n = 0; n < 8; n++) {
		same = same && state->r[n] == (n < row->outs ? row->out[n] : row->in[n]);
	}
	for (uint32_t n = 8; n < 13; n++) {
		same = same && state->r[n] == TRAPS_HIGH(n);
	}
	return same;
}

static void traps_row(const struct traps_row *row)
{
	struct traps_state state = { .psr = row->psr };
	uint32_t after = 0;

	for (uint32_t n = 0; n < 13; n++) {
		state.r[n] = n < 8 ? row->in[n] : TRAPS_HIGH(n);
	}
	if (row->at != 0) {
		mmio_write32(row->at, row->before);
	}
	traps_call(&state, row->code);
	if (row->at != 0) {
		after = mmio_read32(row->at);
	}
	if (!report_check(traps_same(row, &state) && (row->at == 0 || after == row->after), "%s",
			  row->name)) {
		for (uint32_t n = 0; n < 8; n++) {
			printf("  r%u 0x%08x\n", (unsigned)n, (unsigned)state.r[n]);
		}
		printf("  cpsr 0x%08x, device 0x%08x\n", (unsigned)state.psr, (unsigned)after);
	}
}

void traps_rows(const struct traps_row *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		traps_row(&rows[i]);
	}
}

struct traps_attempt {
	struct traps_state state;
	void (*code)(void);
};

static void traps_attempt(void *arg)
{
	struct traps_attempt *attempt = arg;

	traps_call(&attempt->state, attempt->code);
}

struct guest_exception traps_try(void (*code)(void), uint32_t psr, uint32_t r0, uint32_t r1)
{
	struct traps_attempt attempt = { .code = code, .state = { .psr = psr } };

	attempt.state.r[0] = r0;
	attempt.state.r[1] = r1;
	return exception_try(traps_attempt, &attempt);
}

int main(void)
{
	gic_init();
	nap_init();
	traps_memory();
	traps_registers();
	traps_system();
	traps_exceptions();
	traps_vfp();
	(void)report_check(nap_once(100000), "a timer interrupt comes afterwards");
	report_summary();
}
