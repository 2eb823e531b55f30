/* SPDX-License-Identifier: BSD-2-Clause */
/* Coprocessor instructions: ARM DDI 0406C, A8.8.98 (MCR), A8.8.107 (MRC), B3.17 (CP15). */
#include "guest/lib/report.h"
#include "guest/test/hazards/hazards.h"
#include <stdio.h>

static uint32_t cp_word(uint32_t coproc, uint32_t read, uint32_t crn, uint32_t opc1, uint32_t crm,
			uint32_t opc2)
{
	return 0xee000010 | opc1 << 21 | read << 20 | crn << 16 | coproc << 8 | opc2 << 5 | crm;
}

struct cp_count {
	uint32_t tried, undef, odd;
};

static void cp_try(struct cp_count *count, uint32_t word)
{
	enum exception_kind kind = hazard_word(word, 0);

	count->tried++;
	count->undef += kind == EXCEPTION_UNDEF;
	if (kind != EXCEPTION_UNDEF && kind != EXCEPTION_NONE && count->odd++ < 8) {
		printf("0x%08x: %s\n", (unsigned)word, exception_name(kind));
	}
}

/* All of one CRn; opc1 4 and 6 of CP15 (HYP's registers) apart. */
static void cp_sweep(struct cp_count *count, uint32_t coproc, uint32_t read, uint32_t crn)
{
	for (uint32_t i = 0; i < 8 * 16 * 8; i++) {
		cp_try(count, cp_word(coproc, read, crn, i >> 7, i >> 3 & 15, i & 7));
	}
}

static void cp_sweeps(uint32_t coproc, uint32_t read, uint32_t crns, const char *what)
{
	struct cp_count count = { 0 };

	for (uint32_t crn = 0; crn < 16; crn++) {
		if (crns >> crn & 1) {
			cp_sweep(&count, coproc, read, crn);
		}
	}
	(void)report_equal(count.odd, 0, "%s: %u, of them %u undefined", what,
			   (unsigned)count.tried, (unsigned)count.undef);
}

static void cp_hyp(void)
{
	static const uint8_t registers[][4] = {
		/* opc1, CRn, CRm, opc2 */
		{ 4, 1, 0, 0 },	 { 4, 1, 0, 1 }, { 4, 1, 1, 0 },  /* HSCTLR, HACTLR, HCR */
		{ 4, 1, 1, 1 },	 { 4, 1, 1, 2 }, { 4, 1, 1, 3 },  /* HDCR, HCPTR, HSTR */
		{ 4, 2, 0, 2 },	 { 4, 2, 1, 2 }, { 4, 5, 2, 0 },  /* HTCR, VTCR, HSR */
		{ 4, 6, 0, 0 },	 { 4, 6, 0, 4 }, { 4, 12, 0, 0 }, /* HDFAR, HPFAR, HVBAR */
		{ 4, 14, 1, 0 }, { 4, 8, 7, 0 }, { 4, 8, 7, 4 },  /* CNTHCTL, TLBIALLH, -NSNH */
		{ 4, 0, 0, 0 },	 { 4, 0, 0, 5 },		  /* VPIDR, VMPIDR */
		{ 0, 1, 1, 0 },	 { 0, 1, 1, 1 }, { 0, 12, 0, 1 }, /* SCR, SDER, MVBAR */
	};
	static const uint32_t wide[] = {
		0xec510f62, 0xec410f62, /* VTTBR: mrrc, mcrr p15, 6, .., c2 */
		0xec510f42, 0xec410f42, /* HTTBR: opc1 4 */
		0xec510f4e, 0xec410f4e, /* CNTVOFF: opc1 4, c14 */
		0xec510f6e, 0xec410f6e, /* CNTHP_CVAL: opc1 6, c14 */
	};
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		const uint8_t *r = registers[i];

		for (uint32_t read = 0; read < 2; read++) {
			uint32_t word = cp_word(15, read, r[1], r[0], r[2], r[3]);

			wrong += hazard_words(&word, 1, 0, EXCEPTION_UNDEF);
		}
	}
	wrong += hazard_words(wide, 8, 0, EXCEPTION_UNDEF);
	(void)report_equal(wrong, 0, "HYP's and the Secure world's registers: undefined");
}

static uint32_t cp_read(uint32_t crn, uint32_t opc1, uint32_t crm, uint32_t opc2)
{
	struct hazard hazard = { .word = cp_word(15, 1, crn, opc1, crm, opc2) };

	(void)hazard_run(&hazard);
	return hazard.result;
}

static void cp_actlr(void)
{
	uint32_t before = cp_read(1, 0, 0, 1);
	struct hazard write = { .word = cp_word(15, 0, 1, 0, 0, 1), .r = { before ^ 0x40 } };

	(void)report_equal(hazard_run(&write), EXCEPTION_NONE, "ACTLR can be written");
	(void)report_equal(cp_read(1, 0, 0, 1), before, "ACTLR's SMP bit stays");
	write.r[0] = 0;
	(void)hazard_run(&write);
	(void)report_equal(cp_read(1, 0, 0, 1), before, "ACTLR is what it was");
}

/* DCISW, DCCSW, DCCISW over more sets and ways than there are. */
static void cp_set_way(void)
{
	static const uint8_t crms[] = { 6, 10, 14 };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 3; i++) {
		for (uint32_t level = 0; level < 8; level++) {
			for (uint32_t set = 0; set < 256; set += 5) {
				struct hazard hazard = { .word = cp_word(15, 0, 7, 0, crms[i], 2),
							 .r = { (set & 3) << 30 | set << 6 |
								level << 1 } };

				wrong += hazard_run(&hazard) != EXCEPTION_NONE;
			}
		}
	}
	(void)report_equal(wrong, 0, "maintenance by set and way");
}

/* CDP, LDC, STC, MCR, MRC, MCRR, MRRC of coprocessors 0 to 13; 10 and 11 are VFP, which is off. */
static void cp_others(void)
{
	static const uint32_t words[] = { 0xee000000, 0xed900000, 0xed800000, 0xee000010,
					  0xee100010, 0xec400000, 0xec500000, 0xfe000010,
					  0xfe100010, 0xfd900000 };
	struct cp_count count = { 0 };

	for (uint32_t coproc = 0; coproc < 14; coproc++) {
		for (uint32_t i = 0; i < 10; i++) {
			cp_try(&count, words[i] | coproc << 8);
		}
	}
	(void)report_equal(count.undef, count.tried, "coprocessors 0 to 13: undefined");
}

void hazard_cp15(void)
{
	/* Reads: all. Writes: lockdown, TCM, performance monitors, implementation-defined, and all
	 * of CP14. c10 and c13 hold memory attributes and thread IDs: not ours to break. */
	cp_sweeps(15, 1, 0xffff, "reading CP15");
	cp_sweeps(14, 1, 0xffff, "reading CP14");
	cp_sweeps(15, 0, 1u << 9 | 1u << 11 | 1u << 15, "writing c9, c11, c15");
	cp_sweeps(15, 0, 1u << 0 | 1u << 4 | 1u << 14, "writing c0, c4, c14");
	cp_sweeps(14, 0, 0xffff, "writing CP14");
	cp_hyp();
	cp_actlr();
	cp_set_way();
	cp_others();
}
