/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers are typed from the ARM ARM (DDI 0406C): B1.9.2, B1.9.7, B1.9.8, B4.1 (DFSR, IFSR). */
#include "hyp/trap/inject.h"
#include "test/unit/test.h"

/* ARM: Q, GE and flags set, FIQ masked, SVC. Thumb: in an IT block, user mode. */
#define ARM_SVC	  0xf80f0053u
#define THUMB_USR 0x6000ac30u
#define SCTLR_V	  0x00002000u
#define SCTLR_EE  0x02000000u
#define SCTLR_TE  0x40000000u
#define TTBCR_EAE 0x80000000u
#define VBAR	  0x40300000u
#define PC	  0x40008100u

static struct inject_out inject(enum inject_kind kind, uint32_t cpsr, uint32_t sctlr)
{
	struct inject_in in = {
		.kind = kind,
		.pc = PC,
		.cpsr = cpsr,
		.sctlr = sctlr,
		.vbar = VBAR,
	};

	return inject_exception(&in);
}

static void run_undef(void)
{
	struct inject_out out = inject(INJECT_UNDEF, ARM_SVC, 0);

	CHECK_EQ(out.pc, 0x40300004);
	CHECK_EQ(out.cpsr, 0xf80f00dbu); /* UND, I, F as it was, A untouched */
	CHECK_EQ(out.lr, 0x40008104);
	CHECK_EQ(out.spsr, ARM_SVC);
	CHECK_EQ(out.mode, 0x1b);
	CHECK_EQ(out.fsr, 0);

	out = inject(INJECT_UNDEF, THUMB_USR, 0);
	CHECK_EQ(out.pc, 0x40300004);
	CHECK_EQ(out.cpsr, 0x6000009bu);
	CHECK_EQ(out.lr, 0x40008102);
	CHECK_EQ(out.spsr, THUMB_USR);
}

static void run_prefetch_abort(void)
{
	struct inject_out out = inject(INJECT_PREFETCH_ABORT, ARM_SVC, 0);

	CHECK_EQ(out.pc, 0x4030000c);
	CHECK_EQ(out.cpsr, 0xf80f01d7u); /* ABT, A and I */
	CHECK_EQ(out.lr, 0x40008104);
	CHECK_EQ(out.spsr, ARM_SVC);
	CHECK_EQ(out.mode, 0x17);
	CHECK_EQ(out.fsr, 0x008);

	out = inject(INJECT_PREFETCH_ABORT, THUMB_USR, 0);
	CHECK_EQ(out.cpsr, 0x60000197u);
	CHECK_EQ(out.lr, 0x40008104);
	CHECK_EQ(out.spsr, THUMB_USR);
}

static void run_data_abort(void)
{
	struct inject_out out = inject(INJECT_DATA_ABORT, ARM_SVC, 0);

	CHECK_EQ(out.pc, 0x40300010);
	CHECK_EQ(out.cpsr, 0xf80f01d7u);
	CHECK_EQ(out.lr, 0x40008108);
	CHECK_EQ(out.spsr, ARM_SVC);
	CHECK_EQ(out.mode, 0x17);
	CHECK_EQ(out.fsr, 0x008);

	out = inject(INJECT_DATA_ABORT, THUMB_USR, 0);
	CHECK_EQ(out.cpsr, 0x60000197u);
	CHECK_EQ(out.lr, 0x40008108);
	CHECK_EQ(out.spsr, THUMB_USR);
}

static void run_vectors(void)
{
	struct inject_in in = { .kind = INJECT_DATA_ABORT, .cpsr = ARM_SVC, .vbar = 0xffffffffu };

	CHECK_EQ(inject(INJECT_UNDEF, ARM_SVC, SCTLR_V).pc, 0xffff0004u);
	CHECK_EQ(inject(INJECT_PREFETCH_ABORT, ARM_SVC, SCTLR_V).pc, 0xffff000cu);
	CHECK_EQ(inject(INJECT_DATA_ABORT, ARM_SVC, SCTLR_V).pc, 0xffff0010u);
	/* VBAR's bits 4..0 are not part of it. */
	CHECK_EQ(inject_exception(&in).pc, 0xfffffff0u);
	/* Every bit of SCTLR but V */
	CHECK_EQ(inject(INJECT_UNDEF, ARM_SVC, ~SCTLR_V).pc, 0x40300004u);
}

static void run_state(void)
{
	/* Whatever the state was: T by TE, E by EE, no J, no ITSTATE. */
	CHECK_EQ(inject(INJECT_UNDEF, ARM_SVC, SCTLR_TE).cpsr, 0xf80f00fbu);
	CHECK_EQ(inject(INJECT_UNDEF, ARM_SVC, SCTLR_EE).cpsr, 0xf80f02dbu);
	CHECK_EQ(inject(INJECT_DATA_ABORT, ARM_SVC, SCTLR_TE | SCTLR_EE).cpsr, 0xf80f03f7u);
	CHECK_EQ(inject(INJECT_UNDEF, 0x0700fe30u, 0).cpsr, 0x0000009bu);
	CHECK_EQ(inject(INJECT_DATA_ABORT, 0xffffffffu, 0).cpsr, 0xf8ff01d7u);
	CHECK_EQ(inject(INJECT_UNDEF, 0xffffffffu, 0).spsr, 0xffffffffu);
}

static void run_fault_status(void)
{
	static const struct {
		enum inject_kind kind;
		uint32_t ttbcr, is_write, fsr;
	} cases[] = {
		{ INJECT_DATA_ABORT, 0, 0, 0x008 },
		{ INJECT_DATA_ABORT, 0, 1, 0x808 },
		{ INJECT_DATA_ABORT, 0, 0x40, 0x808 },
		{ INJECT_DATA_ABORT, TTBCR_EAE, 0, 0x210 },
		{ INJECT_DATA_ABORT, TTBCR_EAE, 1, 0xa10 },
		{ INJECT_DATA_ABORT, ~TTBCR_EAE, 0, 0x008 },
		{ INJECT_PREFETCH_ABORT, 0, 1, 0x008 },
		{ INJECT_PREFETCH_ABORT, TTBCR_EAE, 1, 0x210 },
		{ INJECT_UNDEF, TTBCR_EAE, 1, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct inject_in in = { .kind = cases[i].kind,
					.cpsr = ARM_SVC,
					.ttbcr = cases[i].ttbcr,
					.is_write = cases[i].is_write };

		CHECK_EQ(inject_exception(&in).fsr, cases[i].fsr);
	}
}

static const struct test_case cases[] = {
	{ "undef", run_undef },		  { "prefetch_abort", run_prefetch_abort },
	{ "data_abort", run_data_abort }, { "vectors", run_vectors },
	{ "state", run_state },		  { "fault_status", run_fault_status },
};

TEST_MAIN("inject", cases)
