/* SPDX-License-Identifier: BSD-2-Clause */
/* Trapped coprocessor registers, WFI, WFE and hypercalls. ACTLR reads as 0x40 (SMP), writes to it
 * change nothing. */
#include "guest/lib/gic.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/nap.h"
#include "guest/test/traps/traps.h"

#define ACTLR_SMP 0x40u

#define SYS_LONG_US  300000u
#define SYS_SHORT_US 150000u
#define SYS_TURNS    20u

void code_a_mrc(void);
void code_a_mrc_cond(void);
void code_t_mrc(void);
void code_t_mrc_it(void);
void code_a_mrc_high(void);
void code_a_wfi(void);
void code_a_wfi_cond(void);
void code_t_wfi(void);
void code_t_wfi_it(void);
void code_t_wfe(void);
void code_t_hvc(void);

static const struct traps_row sys_cp15[] = {
	{ .name = "ACTLR", .code = code_a_mrc, .out = { 0, ACTLR_SMP }, .outs = 2 },
	{ .name = "ACTLR, Thumb", .code = code_t_mrc, .out = { 0, ACTLR_SMP, 1 }, .outs = 3 },
	{ .name = "ACTLR under EQ, which holds",
	  .code = code_a_mrc_cond,
	  .psr = TRAPS_Z,
	  .in = { 0, 1, 2, 3, 4 },
	  .out = { 0, ACTLR_SMP, 2, 3, 5 },
	  .outs = 5 },
	{ .name = "ACTLR under EQ, which fails",
	  .code = code_a_mrc_cond,
	  .psr = TRAPS_N,
	  .in = { 0, 1, 2, 3, 4 },
	  .out = { 0, 1, ACTLR_SMP, 3, 5 },
	  .outs = 5 },
	{ .name = "ACTLR in IT blocks, EQ holds",
	  .code = code_t_mrc_it,
	  .psr = TRAPS_Z,
	  .in = { 0, 1, 2, 3, 4, 5, 6, 7 },
	  .out = { 0, ACTLR_SMP, 2, 3, 4, 6, 6, 8 },
	  .outs = 8 },
	{ .name = "ACTLR in IT blocks, EQ fails",
	  .code = code_t_mrc_it,
	  .psr = 0,
	  .in = { 0, 1, 2, 3, 4, 5, 6, 7 },
	  .out = { 0, 1, ACTLR_SMP, 3, 5, 6, ACTLR_SMP, 8 },
	  .outs = 8 },
	{ .name = "ACTLR into LR and SP",
	  .code = code_a_mrc_high,
	  .out = { 0, ACTLR_SMP, 0, ACTLR_SMP },
	  .outs = 4 },
};

/* An interrupt pends, masked: none of these waits. */
static const struct traps_row sys_wfi[] = {
	{ .name = "WFI", .code = code_a_wfi },
	{ .name = "WFI under EQ", .code = code_a_wfi_cond, .psr = TRAPS_Z },
	{ .name = "WFI, Thumb, two and four bytes",
	  .code = code_t_wfi,
	  .out = { 0, 2 },
	  .outs = 2 },
	{ .name = "WFI in an IT block, EQ holds",
	  .code = code_t_wfi_it,
	  .psr = TRAPS_Z,
	  .out = { 0, 1, 0, 1 },
	  .outs = 4 },
	{ .name = "WFI in an IT block, EQ fails",
	  .code = code_t_wfi_it,
	  .out = { 0, 0, 1, 1 },
	  .outs = 4 },
	{ .name = "WFE, Thumb", .code = code_t_wfe, .out = { 0, 1 }, .outs = 2 },
	{ .name = "WFE in an IT block",
	  .code = code_t_wfe,
	  .psr = TRAPS_Z,
	  .out = { 0, 1 },
	  .outs = 2 },
};

/* How long the snippet takes when nothing but a timer pends, and that in 300 ms. Its interrupt is
 * ended by hand: no exit tells the monitor that the timer was stopped. */
static uint32_t sys_wait_us(void (*code)(void), uint32_t psr)
{
	struct traps_state state = { .psr = psr };
	uint64_t start = timer_count();

	timer_start_us(SYS_LONG_US);
	traps_call(&state, code);
	start = timer_count() - start;
	timer_stop();
	gic_eoi(gic_ack());
	return (uint32_t)timer_ticks_to_us(start);
}

/* Once is enough: the host may be away for as long, but a WFI that waits always does. */
static bool sys_does_not_wait(void (*code)(void))
{
	for (uint32_t turn = 0; turn < SYS_TURNS; turn++) {
		if (sys_wait_us(code, 0) < SYS_SHORT_US) {
			return true;
		}
	}
	return false;
}

static void sys_waits(void)
{
	(void)report_check(sys_wait_us(code_a_wfi_cond, TRAPS_Z) >= SYS_SHORT_US,
			   "WFI under EQ, which holds: waits");
	(void)report_check(sys_does_not_wait(code_a_wfi_cond),
			   "WFI under EQ, which fails: does not");
	(void)report_check(sys_wait_us(code_t_wfi_it, TRAPS_Z) >= SYS_SHORT_US,
			   "WFI in an IT block: waits");
}

static void sys_hvc(void)
{
	struct traps_row row = {
		.name = "HVC in Thumb state: PSCI_VERSION",
		.code = code_t_hvc,
		.in = { 0x84000000, 1, 2, 3 },
		.out = { 0x00010000 },
		.outs = 1,
	};

	traps_rows(&row, 1);
}

void traps_system(void)
{
	traps_rows(sys_cp15, sizeof(sys_cp15) / sizeof(sys_cp15[0]));
	gic_send_sgi(3, GIC_SGI_SELF, 0);
	traps_rows(sys_wfi, sizeof(sys_wfi) / sizeof(sys_wfi[0]));
	gic_clear_pending(3);
	sys_waits();
	sys_hvc();
}
