/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest is answered when it traps: CP15 and CP14 registers against a table typed from the
 * ARM ARM (DDI 0406C, B3.17, C11.11), exceptions as TakeException has them (B1.9), and which faults
 * are told, and when they are a loop.
 */
#include "hyp/trap/cp15.h"
#include "hyp/trap/fault.h"
#include "hyp/trap/inject.h"
#include "test/verify/fuzz/fuzz.h"

#define NONE 0xffffffffu

/* What reading gives: a word of the ID registers, a number, the monitors', or the operation. */
enum gives { ID, VALUE, MONITOR, CLEAN };

struct row {
	uint8_t coproc, opc1, crn, crm, opc2;
	uint8_t rights; /* 1 PL1 reads, 2 PL1 writes, 4 PL0 reads, 8 PL0 writes */
	enum gives gives;
	uint32_t value; /* ID: the place in the ID registers below */
};

static const struct row rows[] = {
	{ 10, 7, 6, 0, 0, 1, ID, 15 }, /* MVFR1 */
	{ 10, 7, 7, 0, 0, 1, ID, 14 },
	{ 15, 0, 0, 1, 0, 1, ID, 0 }, /* ID_PFR0 */
	{ 15, 0, 0, 1, 1, 1, ID, 1 },
	{ 15, 0, 0, 1, 2, 1, ID, 2 },
	{ 15, 0, 0, 1, 3, 1, ID, 3 },
	{ 15, 0, 0, 1, 4, 1, ID, 4 }, /* ID_MMFR0 */
	{ 15, 0, 0, 1, 7, 1, ID, 7 },
	{ 15, 0, 0, 2, 0, 1, ID, 8 }, /* ID_ISAR0 */
	{ 15, 0, 0, 2, 5, 1, ID, 13 },
	{ 15, 0, 0, 2, 6, 1, VALUE, 0 },
	{ 15, 0, 0, 7, 7, 1, VALUE, 0 },
	{ 15, 0, 1, 0, 1, 3, ID, 16 },	 /* ACTLR */
	{ 15, 0, 7, 6, 2, 2, CLEAN, 0 }, /* DCISW */
	{ 15, 0, 7, 10, 2, 2, CLEAN, 0 },
	{ 15, 0, 7, 14, 2, 2, CLEAN, 0 },
	{ 15, 0, 9, 12, 0, 3, MONITOR, 0 }, /* PMCR */
	{ 15, 0, 9, 12, 3, 3, MONITOR, 0 },
	{ 15, 0, 9, 12, 4, 2, MONITOR, 0 }, /* PMSWINC */
	{ 15, 0, 9, 12, 5, 3, MONITOR, 0 },
	{ 15, 0, 9, 12, 6, 1, MONITOR, 0 },
	{ 15, 0, 9, 12, 7, 1, MONITOR, 0 },
	{ 15, 0, 9, 13, 0, 3, MONITOR, 0 }, /* PMCCNTR */
	{ 15, 0, 9, 13, 2, 3, MONITOR, 0 },
	{ 15, 0, 9, 14, 0, 7, MONITOR, 0 }, /* PMUSERENR */
	{ 15, 0, 9, 14, 1, 3, MONITOR, 0 },
	{ 15, 0, 9, 14, 3, 3, MONITOR, 0 },
	{ 15, 1, 9, 0, 3, 3, VALUE, 0 },	  /* L2ECTLR */
	{ 14, 0, 0, 0, 0, 5, VALUE, 0x01050000 }, /* DBGDIDR */
	{ 14, 0, 0, 1, 0, 5, VALUE, 0 },
	{ 14, 0, 0, 5, 0, 15, VALUE, 0 }, /* DBGDTRRXint */
	{ 14, 0, 0, 7, 0, 3, VALUE, 0 },
	{ 14, 0, 0, 0, 4, 3, VALUE, 0 }, /* DBGBVR0 */
	{ 14, 0, 1, 0, 0, 5, VALUE, 0 }, /* DBGDRAR */
	{ 14, 0, 1, 0, 4, 2, VALUE, 0 },
	{ 14, 0, 1, 1, 4, 1, VALUE, 0 },
	{ 14, 0, 7, 14, 6, 1, VALUE, 0 }, /* DBGAUTHSTATUS */
	/* What nobody has: debug of the fourth breakpoint, TTBR0, jumps of Jazelle, TCM */
	{ 14, 0, 0, 3, 4, 0, VALUE, 0 },
	{ 15, 0, 2, 0, 0, 0, VALUE, 0 },
	{ 14, 7, 0, 0, 0, 0, VALUE, 0 },
	{ 15, 0, 9, 1, 0, 0, VALUE, 0 },
	{ 15, 0, 15, 0, 0, 0, VALUE, 0 },
	{ 15, 0, 0, 0, 0, 0, VALUE, 0 },
};

/* B4.1: what a guest does not have, of each ID register. */
static const struct {
	uint32_t cleared, set;
} hidden[17] = {
	[0] = { 0x0000f000, 0 },  [1] = { 0x0000f0f0, 0 },
	[2] = { 0xffffffff, 5 },  [11] = { 0xf0000000, 0 },
	[12] = { 0x0000f000, 0 }, [16] = { 0xfffffffe, 0x40 }, /* IBE is shown, SMP set */
};

/* HSR of EC 3 (CP15), 5 (CP14), 8 (CP10): B3.13.6. */
static uint32_t syndrome(const struct row *row, uint32_t rt, bool read)
{
	uint32_t ec = row->coproc == 15 ? 3 : row->coproc == 14 ? 5 : 8;

	return ec << 26 | (uint32_t)row->opc2 << 17 | (uint32_t)row->opc1 << 14 |
	       (uint32_t)row->crn << 10 | rt << 5 | (uint32_t)row->crm << 1 | (read ? 1 : 0);
}

static uint32_t want_read(const struct row *row, const uint32_t host[17], bool monitors)
{
	uint32_t value = row->value;

	if (row->gives == ID) {
		value = (host[value] & ~hidden[value].cleared) | hidden[value].set;
		value |= row->value != 2 ? 0 : monitors ? 0x02000000 : 0x0f000000;
	}
	return value;
}

static void try_register(struct fuzz_input *in)
{
	const struct row *row = &rows[fuzz_byte(in) % (sizeof(rows) / sizeof(rows[0]))];
	uint32_t how = fuzz_byte(in);
	bool user = how & 1, read = how & 2, monitors = how & 4;
	uint32_t rt = how & 8 ? 15 : how >> 4;
	uint32_t host[17];
	struct cp15_id id;
	struct cp15_ctx ctx;
	struct cp15_access access = cp15_decode(syndrome(row, rt, read));
	uint64_t value = UINT64_C(0x5a5a5a5a);
	bool may = row->rights >> (read ? 0 : 1) >> (user ? 2 : 0) & 1;

	for (uint32_t n = 0; n < 17; n++) {
		host[n] = fuzz_word(in);
	}
	CHECK_EQ(sizeof(id), sizeof(host));
	memcpy(&id, host, sizeof(id));
	cp15_reset(&ctx, &id, 1 + fuzz_byte(in) % 8u, monitors);
	CHECK_EQ(cp15_access(&ctx, &access, user, &value), !may || rt == 15	 ? CP15_UNDEF
							   : row->gives == CLEAN ? CP15_FLUSH
							   : row->gives == MONITOR && monitors
								   ? CP15_PMU
								   : CP15_OK);
	CHECK_EQ(value, may && rt != 15 && read && !(row->gives == MONITOR && monitors)
				? want_read(row, host, monitors)
				: 0x5a5a5a5a);
	CHECK_EQ(cp15_has_pmu(&id), (host[2] >> 24 & 15) >= 2 && (host[2] >> 24 & 15) != 15);
}

/* By MIDR less variant and revision: the Cortex-A15 and its like need ACTLR[0] (DDI 0438, 4.3.28).
 */
static void try_predictor(uint32_t byte, bool always)
{
	static const uint32_t midrs[] = { 0x410fc0f0, 0x420f00f0, 0x410fc070, 0x410fd030,
					  0x410fc0e0 };
	uint32_t part = byte % 5u;
	uint32_t midr = midrs[part] | (byte & 0xfu) | (byte & 0xf0u) << 16;
	bool a15 = part < 2, set = byte & 0x10;

	CHECK_EQ(cp15_predictor(midr, set ? ~0u : ~1u, always), a15 && (set || always)
									? CP15_PREDICTOR_ICIALLU
								: part == 4 ? CP15_PREDICTOR_BPIALL
									    : CP15_PREDICTOR_LEFT);
}

/* Set and way of any cache, by B4.2.1: the way's bits are the topmost, the set's above the line. */
static void try_set_way(uint32_t operand, uint32_t byte)
{
	uint32_t sets = 1 + (operand * 7 + byte) % 80u, ways = byte % 6u + 1,
		 line = 16u << byte % 3u;
	uint32_t type = byte % 8u, clidr = type << 3 * (byte % 7u), level = operand >> 1 & 7;
	uint32_t way_bits = 0, set_bits = 0, left = operand, csselr;
	uint64_t way, set;

	while (1u << way_bits < ways) {
		way_bits++;
	}
	while (1u << set_bits < sets) {
		set_bits++;
	}
	way = ((uint64_t)operand << way_bits) >> 32;
	set = operand / line % (1u << set_bits);
	CHECK_EQ(cp15_set_way(&left, (sets - 1) << 13 | (ways - 1) << 3 | byte % 3u),
		 way < ways && set < sets);
	CHECK_EQ(left, (way << 32) >> way_bits | set * line | (operand & 14));
	CHECK_EQ(cp15_cache_level(operand, clidr, &csselr),
		 level == byte % 7u && type >= 2 && type <= 4);
	CHECK_EQ(csselr, level << 1);
}

/* MRRC and MCRR, and L2CTLR's count of CPUs, which stops at four (DDI 0438, 4.3.62). */
static void try_wide(struct fuzz_input *in)
{
	static const uint32_t known[] = { 1, 2, 9, 0 }; /* c1 DBGDRAR, c2 DBGDSAR; others none */
	uint32_t which = fuzz_byte(in), vcpus = fuzz_byte(in) % 9u;
	uint32_t rt = which & 4 ? 15 : 1, rt2 = which & 8 ? 15 : 2;
	bool read = which & 16, user = which & 32, cp15 = which & 64;
	uint32_t hsr = (cp15 ? 4u : 12u) << 26 | rt2 << 10 | rt << 5 | known[which & 3] << 1 |
		       (read ? 1 : 0);
	struct cp15_access access = cp15_decode(hsr);
	struct cp15_id id = { 0 };
	struct cp15_ctx ctx;
	uint64_t value = 7;
	bool may = read && !cp15 && (which & 3) < 2 && rt != 15 && rt2 != 15;

	cp15_reset(&ctx, &id, vcpus, false);
	CHECK_EQ(cp15_access(&ctx, &access, user, &value), may ? CP15_OK : CP15_UNDEF);
	CHECK_EQ(value, may ? 0 : 7);
	access = cp15_decode(0x0c000000u | 2u << 17 | 1u << 14 | 9u << 10 | 1); /* MRC L2CTLR */
	CHECK_EQ(cp15_access(&ctx, &access, false, &value), CP15_OK);
	CHECK_EQ(value, (vcpus == 0 ? 0 : vcpus > 4 ? 3 : vcpus - 1) << 24);
	for (uint32_t n = 0; n < 5; n++) {
		try_predictor(which + n, user);
	}
	for (uint32_t n = 0; n < 256; n++) {
		try_set_way((which << 8 | n) * 0x9e3779b1u, n);
	}
}

/* B1.8.1: vectors; B1.9: the mode, what is masked, LR; B4.1.52, B4.1.96: status. */
static void try_exception(struct fuzz_input *in)
{
	static const uint32_t vectors[] = { 4, 12, 16 };
	uint32_t kind = fuzz_byte(in) % 3u;
	struct inject_in trap = { (enum inject_kind)kind, fuzz_word(in),    fuzz_word(in),
				  fuzz_word(in),	  fuzz_word(in),    fuzz_word(in),
				  fuzz_word(in),	  fuzz_byte(in) & 1 };
	bool thumb = trap.cpsr & 0x20;
	struct inject_out out = inject_exception(&trap);
	uint32_t psr = trap.cpsr & 0xf80f01c0; /* NZCVQ, GE, A, I, F and reserved stay */

	psr |= kind == 0 ? 0x9b : 0x197;
	psr |= trap.sctlr & 0x40000000 ? 0x20 : 0;
	psr |= trap.sctlr & 0x02000000 ? 0x200 : 0;
	CHECK_EQ(out.pc, (trap.sctlr & 0x2000 ? 0xffff0000 : trap.vbar & ~31u) + vectors[kind]);
	CHECK_EQ(out.cpsr & ~0x00f00000u, psr);
	CHECK_EQ(out.spsr, trap.cpsr);
	CHECK_EQ(out.mode, kind == 0 ? 0x1b : 0x17);
	CHECK_EQ(out.lr, trap.pc + (kind == 2 ? 8 : kind == 0 && thumb ? 2 : 4));
	CHECK_EQ(out.fsr, kind == 0 ? 0
				    : (trap.ttbcr & 0x80000000 ? 0x210u : 0x8u) |
					      (kind == 2 && trap.is_write ? 0x800u : 0));
}

/* Lines about a partition: a burst, then one each eight ticks at most; each that is left out is
 * told of once. */
static void check_budget(uint32_t step)
{
	struct fault_budget budget = { 0 };
	uint32_t told = 0, notes = 0, left_out = 0;
	uint64_t now = 1000;

	for (uint32_t n = 0; n < 200; n++, now += n % 64 == 0 ? 500 : step % 8) {
		told += fault_may_tell(&budget, now, 8) ? 1 : 0;
		if (n % 5 == 4) {
			uint32_t lines = fault_left_out(&budget, now, 8);

			left_out += lines;
			notes += lines ? 1 : 0;
		}
		CHECK(told + notes <= FAULT_BURST + (now - 1000) / 8);
		CHECK_EQ(told + left_out + budget.left_out, n + 1);
	}
	budget.left_out = UINT32_MAX;
	budget.due = now + 8 * (uint64_t)FAULT_BURST;
	CHECK(!fault_may_tell(&budget, now, 8));
	CHECK_EQ(budget.left_out, UINT32_MAX);
}

static void try_faults(struct fuzz_input *in)
{
	struct fault_seen seen = { 0 };
	uint32_t limit = fuzz_byte(in) % (FAULT_LINES + 3u);
	uint32_t most = limit < FAULT_LINES ? limit : FAULT_LINES;
	uint32_t kinds = 0, count = 0;

	for (uint32_t n = fuzz_byte(in) % 64u; n > 0; n--) {
		uint32_t which = fuzz_byte(in) % 32u;
		bool new = !(kinds >> which & 1) && count < most;

		count += new ? 1 : 0;
		kinds |= new ? 1u << which : 0;
		CHECK_EQ(fault_see(&seen, limit, which / 4, which % 4), !new ? FAULT_OLD
									: count == most
										? FAULT_LAST
										: FAULT_NEW);
	}
	check_budget(limit);
}

/* The same fault FAULT_LOOP times in a row with nothing between is a loop, told once. */
static void try_loop(struct fuzz_input *in)
{
	struct fault_loop loop = { .pc = 1 };
	uint32_t last = NONE, row = 0;
	bool told = false;

	while (fuzz_more(in)) {
		uint32_t what = fuzz_byte(in);
		uint32_t times = what >= 252 ? FAULT_LOOP + what % 4 - 2 : 1;

		for (uint32_t n = 0; n < times; n++) {
			bool tells;

			row = what % 8 == last ? row + 1 : 1;
			last = what % 8;
			tells = row >= FAULT_LOOP && !told;
			told = told || tells;
			CHECK_EQ(fault_repeats(&loop, what % 2, what >> 1 & 1, what >> 2 & 1),
				 tells);
			CHECK_EQ(fault_is_loop(&loop, what >> 2 & 1), row >= FAULT_LOOP);
			CHECK(!fault_is_loop(&loop, !(what >> 2 & 1)));
		}
	}
}

unsigned fuzz_trap(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	while (fuzz_more(&in) && !test_failures) {
		switch (fuzz_byte(&in) % 8u) {
		case 0:
			try_exception(&in);
			break;
		case 1:
			try_faults(&in);
			break;
		case 2:
			try_loop(&in);
			break;
		case 3:
			try_wide(&in);
			break;
		default:
			try_register(&in);
			break;
		}
	}
	return fuzz_failures();
}
