/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the monitor does not do for a guest ends in the guest's own exception, with everything that
 * a handler looks at: the instruction, ITSTATE in the SPSR, DFSR, DFAR (ARM DDI 0406C, B1.8,
 * B3.13).
 */
#include "guest/lib/cpu.h"
#include "guest/lib/report.h"
#include "guest/test/traps/traps.h"

#define EXC_ANY_IT  0xffu
#define EXC_IT(psr) (((psr) >> 25 & 3u) | ((psr) >> 8 & 0xfcu)) /* CPSR: IT[1:0], IT[7:2] */

void code_t_smc_it(void);
void code_t_hvc_one(void);
void code_t_ldr_none(void);
void code_t_str_none(void);
void code_t_cp15_none(void);
void code_a_ldrd(void);
void code_a_strd(void);
void code_a_ldm(void);
void code_a_stm(void);
void code_a_ldm_wb(void);
void code_a_ldrex(void);
void code_a_ldr_wbreg(void);
void code_t_ldrd(void);
void code_t_strd_wb(void);
void code_t_ldm(void);
void code_t_push(void);
void code_t_ldrexb(void);
void code_a_ldr(void);
void code_a_str(void);
extern const char code_t_smc_it_at[], code_t_hvc_one_at[], code_t_ldr_none_at[];
extern const char code_t_str_none_at[], code_t_cp15_none_at[];

struct exc_row {
	const char *name;
	void (*code)(void);
	const char *at;
	enum exception_kind kind;
	uint32_t it;  /* ITSTATE at the instruction */
	uint32_t wnr; /* of an abort */
};

/* ITSTATE[7:5] base condition (EQ: 000), [4] its lowest bit, then the mask (A2.5.2). */
static const struct exc_row exc_thumb[] = {
	/* QEMU (7.2) has moved ITSTATE on when it traps an SMC. */
	{ "SMC in an IT block", code_t_smc_it, code_t_smc_it_at, EXCEPTION_UNDEF, EXC_ANY_IT, 0 },
	{ "HVC #1, Thumb", code_t_hvc_one, code_t_hvc_one_at, EXCEPTION_UNDEF, 0, 0 },
	{ "load from nothing in an IT block", code_t_ldr_none, code_t_ldr_none_at,
	  EXCEPTION_DATA_ABORT, 0x0a, 0 },
	{ "store to nothing, an IT block's last", code_t_str_none, code_t_str_none_at,
	  EXCEPTION_DATA_ABORT, 0x08, 1 },
	{ "a c15 register in an IT block", code_t_cp15_none, code_t_cp15_none_at, EXCEPTION_UNDEF,
	  0x04, 0 },
};

static void exc_thumb_row(const struct exc_row *row)
{
	struct guest_exception seen = traps_try(row->code, TRAPS_Z, TRAPS_NONE, 0);

	(void)report_equal(seen.kind, row->kind, "%s", row->name);
	(void)report_equal(seen.pc, (uint32_t)(uintptr_t)row->at, "%s: PC", row->name);
	(void)report_check((seen.psr & CPU_PSR_T) && (seen.psr & 0xf0000000u) == TRAPS_Z,
			   "%s: SPSR", row->name);
	if (row->it != EXC_ANY_IT) {
		(void)report_equal(EXC_IT(seen.psr), row->it, "%s: ITSTATE", row->name);
	}
	if (row->kind == EXCEPTION_DATA_ABORT) {
		(void)report_equal(seen.fault_address, TRAPS_NONE, "%s: DFAR", row->name);
		(void)report_equal(EXCEPTION_WNR(seen.fault_status), row->wnr, "%s: WnR",
				   row->name);
		(void)report_equal(EXCEPTION_FAULT(seen.fault_status),
				   EXCEPTION_FAULT_SYNC_EXTERNAL, "%s: DFSR", row->name);
	}
}

/* Those whose condition fails do nothing at all. */
static void exc_passed_over(void)
{
	static void (*const codes[])(void) = { code_t_smc_it, code_t_ldr_none, code_t_str_none,
					       code_t_cp15_none };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 4; i++) {
		wrong += traps_try(codes[i], 0, TRAPS_NONE, 0).kind != EXCEPTION_NONE;
	}
	(void)report_equal(wrong, 0, "conditions that fail: no exception");
}

/* What the syndrome does not describe and no decoder takes: an external abort at the device. */
static void exc_device(void)
{
	static const struct {
		const char *name;
		void (*code)(void);
		uint32_t low, high, wnr; /* DFAR is in base + low .. base + high */
	} rows[] = {
		{ "LDRD", code_a_ldrd, 0, 7, 0 },
		{ "STRD", code_a_strd, 0, 7, 1 },
		{ "LDM", code_a_ldm, 0, 7, 0 },
		{ "STM", code_a_stm, 0, 7, 1 },
		{ "LDM with writeback", code_a_ldm_wb, 0, 7, 0 },
		{ "LDREX", code_a_ldrex, 0, 3, 0 },
		{ "LDR with writeback by a register", code_a_ldr_wbreg, 0, 3, 0 },
		{ "LDRD, Thumb", code_t_ldrd, 0, 7, 0 },
		{ "STRD with writeback, Thumb", code_t_strd_wb, 0, 7, 1 },
		{ "LDM with writeback, Thumb", code_t_ldm, 0, 7, 0 },
		{ "STMDB, Thumb", code_t_push, (uint32_t)-8, (uint32_t)-1, 1 },
		{ "LDREXB, Thumb", code_t_ldrexb, 0, 0, 0 },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guest_exception seen = traps_try(rows[i].code, 0, TRAPS_PRIO, 0);
		uint32_t offset = seen.fault_address - (TRAPS_PRIO + rows[i].low);

		(void)report_equal(seen.kind, EXCEPTION_DATA_ABORT, "%s to a device: data abort",
				   rows[i].name);
		(void)report_check(offset <= rows[i].high - rows[i].low &&
					   EXCEPTION_WNR(seen.fault_status) == rows[i].wnr &&
					   EXCEPTION_FAULT(seen.fault_status) ==
						   EXCEPTION_FAULT_SYNC_EXTERNAL,
				   "%s: DFAR 0x%08x, DFSR 0x%x", rows[i].name,
				   (unsigned)seen.fault_address, (unsigned)seen.fault_status);
	}
}

static void exc_arm(void)
{
	struct guest_exception seen = traps_try(code_a_str, TRAPS_N, TRAPS_NONE + 0x10, 0);

	(void)report_equal(seen.pc, (uint32_t)(uintptr_t)code_a_str, "store to nothing: PC");
	(void)report_equal(seen.psr & 0xf00001ff, TRAPS_N | 0x1d3, "store to nothing: SPSR");
	(void)report_equal(seen.fault_address, TRAPS_NONE + 0x10, "store to nothing: DFAR");
	(void)report_equal(EXCEPTION_WNR(seen.fault_status), 1, "store to nothing: WnR");
	seen = traps_try(code_a_ldr, 0, TRAPS_NONE, 0);
	(void)report_equal(EXCEPTION_WNR(seen.fault_status), 0, "load from nothing: WnR");
}

void traps_exceptions(void)
{
	for (uint32_t i = 0; i < sizeof(exc_thumb) / sizeof(exc_thumb[0]); i++) {
		exc_thumb_row(&exc_thumb[i]);
	}
	exc_passed_over();
	exc_device();
	exc_arm();
}
