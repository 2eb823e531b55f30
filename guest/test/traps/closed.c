/* SPDX-License-Identifier: BSD-2-Clause */
/* VFP and NEON: to devices an abort, the first use in an IT block and under a condition. A nap lets
 * the other partition run, which closes VFP: what follows is a first use again. */
#include "guest/lib/report.h"
#include "guest/lib/vfp.h"
#include "guest/test/nap.h"
#include "guest/test/traps/traps.h"

#define CLOSED_ROUNDS 20u

void code_a_vldr(void);
void code_a_vstr(void);
void code_a_vldm(void);
void code_a_vst1(void);
void code_a_vld1(void);
void code_t_vldr(void);
void code_v_it(void);
void code_v_cond(void);

static void closed_devices(void)
{
	static const struct {
		const char *name;
		void (*code)(void);
		uint32_t size, wnr;
	} rows[] = {
		{ "VLDR", code_a_vldr, 8, 0 },	      { "VSTR", code_a_vstr, 4, 1 },
		{ "VLDM", code_a_vldm, 32, 0 },	      { "VST1", code_a_vst1, 8, 1 },
		{ "VLD1 (lane)", code_a_vld1, 4, 0 }, { "VLDR, Thumb", code_t_vldr, 8, 0 },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guest_exception seen = traps_try(rows[i].code, 0, TRAPS_PRIO, 0);

		(void)report_check(seen.kind == EXCEPTION_DATA_ABORT &&
					   seen.fault_address - TRAPS_PRIO < rows[i].size &&
					   EXCEPTION_WNR(seen.fault_status) == rows[i].wnr,
				   "%s to a device: data abort at 0x%08x", rows[i].name,
				   (unsigned)seen.fault_address);
	}
}

static uint32_t closed_wrong(void (*code)(void), uint32_t psr, uint32_t r3, uint32_t r4)
{
	struct traps_state state = { .psr = psr, .r = { 0, 0x3f800000, 0x40000000 } };

	nap(1500);
	traps_call(&state, code);
	return state.r[3] != r3 || state.r[4] != r4 || state.psr >> 28 != psr >> 28;
}

static void closed_first_use(void)
{
	uint32_t taken = 0, skipped = 0, arm = 0;

	for (uint32_t i = 0; i < CLOSED_ROUNDS; i++) {
		taken += closed_wrong(code_v_it, 0, 0x3f800000, 1);
		skipped += closed_wrong(code_v_it, TRAPS_Z, 0, 0);
		arm += closed_wrong(code_v_cond, TRAPS_Z, 0x3f800000, 0);
		arm += closed_wrong(code_v_cond, TRAPS_N, 0x40000000, 0);
	}
	(void)report_equal(taken, 0, "VFP's first use in an IT block, NE holds");
	(void)report_equal(skipped, 0, "VFP's first use in an IT block, NE fails");
	(void)report_equal(arm, 0, "VFP's first use under a condition");
}

void traps_vfp(void)
{
	(void)report_equal(traps_try(code_v_cond, 0, 0, 0).kind, EXCEPTION_UNDEF,
			   "VFP that the guest has not turned on: undefined");
	vfp_enable();
	closed_devices();
	closed_first_use();
	vfp_disable();
	(void)report_equal(traps_try(code_v_cond, 0, 0, 0).kind, EXCEPTION_UNDEF,
			   "VFP that the guest has turned off: undefined");
	vfp_enable();
	(void)report_equal(closed_wrong(code_v_cond, TRAPS_Z, 0x3f800000, 0), 0, "and on again");
}
