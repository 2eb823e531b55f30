/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses of every kind to emulated and absent devices, and maintenance of caches at the ends of
 * the address space. Those that the syndrome does not describe (ARM DDI 0406C, B3.13.6) are an
 * abort or done right, never a stop. */
#include "guest/lib/report.h"
#include "guest/test/hazards/hazards.h"
#include <stdio.h>

#define MEMORY_DIST 0x08000000u
#define MEMORY_UART 0x09000000u
#define MEMORY_NONE 0x0a000000u

/* r0: address. The registers that they touch are a called function's own. */
static const uint32_t memory_words[] = {
	0xe8900006, /* ldm r0, {r1, r2} */
	0xe8800006, /* stm r0, {r1, r2} */
	0xe8b00006, /* ldm r0!, {r1, r2} */
	0xe9300006, /* ldmdb r0!, {r1, r2} */
	0xe1c020d0, /* ldrd r2, r3, [r0] */
	0xe1c020f0, /* strd r2, r3, [r0] */
	0xe1901f9f, /* ldrex r1, [r0] */
	0xe1801f92, /* strex r1, r2, [r0] */
	0xe1d01f9f, /* ldrexb r1, [r0] */
	0xe1b02f9f, /* ldrexd r2, r3, [r0] */
	0xe1001092, /* swp r1, r2, [r0]: off since SCTLR.SW is 0 */
	0xe4901004, /* ldr r1, [r0], #4 */
	0xe5b01004, /* ldr r1, [r0, #4]! */
	0xe4801004, /* str r1, [r0], #4 */
	0xe6901001, /* ldr r1, [r0], r1 */
	0xe1d010d0, /* ldrsb r1, [r0] */
	0xe1d010f0, /* ldrsh r1, [r0] */
	0xe0d010f4, /* ldrsh r1, [r0], #4 */
	0xe4b01000, /* ldrt r1, [r0] */
	0xe4a01000, /* strt r1, [r0] */
	0xf5d0f000, /* pld [r0] */
	0xf4d0f000, /* pli [r0] */
	0xf8900a00, /* rfe r0: from a device */
};

#define MEMORY_WORDS (sizeof(memory_words) / sizeof(memory_words[0]))

static bool memory_one(uint32_t word, uint32_t address)
{
	struct hazard hazard = { .word = word, .r = { address, 0, 0, 0 } };
	enum exception_kind kind = hazard_run(&hazard);

	if (kind == EXCEPTION_NONE || kind == EXCEPTION_DATA_ABORT || kind == EXCEPTION_UNDEF) {
		return true;
	}
	printf("0x%08x at 0x%08x: %s\n", (unsigned)word, (unsigned)address, exception_name(kind));
	return false;
}

static void memory_devices(void)
{
	static const uint32_t bases[] = { MEMORY_DIST,	       MEMORY_DIST + 0x400,
					  MEMORY_DIST + 0xffc, MEMORY_UART + 0x18,
					  MEMORY_UART + 0xff8, MEMORY_NONE,
					  0xfffffff8 };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		for (uint32_t j = 0; j + 1 < MEMORY_WORDS; j++) {
			wrong += !memory_one(memory_words[j], bases[i]);
		}
	}
	(void)report_equal(wrong, 0, "multiple, dual, exclusive, written-back device accesses");
	(void)report_equal(hazard_word(0xe8900006, MEMORY_NONE), EXCEPTION_DATA_ABORT,
			   "LDM where nothing is: data abort");
	(void)report_equal(hazard_word(0xe1d010f0, MEMORY_NONE), EXCEPTION_DATA_ABORT,
			   "LDRSH where nothing is: data abort");
	(void)report_equal(hazard_word(memory_words[MEMORY_WORDS - 1], MEMORY_NONE),
			   EXCEPTION_DATA_ABORT, "RFE where nothing is: data abort");
}

/* Device memory: an alignment fault of stage 1, nothing that reaches the monitor (A3.2.1). */
static void memory_unaligned(void)
{
	static const uint32_t words[] = { 0xe5901000, 0xe5801000, 0xe1d010b0, 0xe1c010b0 };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 4; i++) {
		wrong += hazard_word(words[i], MEMORY_DIST + 0x401) != EXCEPTION_DATA_ABORT;
		wrong += hazard_word(words[i], MEMORY_UART + 0x01b) != EXCEPTION_DATA_ABORT;
	}
	(void)report_equal(wrong, 0, "unaligned device accesses: data abort");
}

/* PC and SP as the register of a device access. */
static void memory_registers(void)
{
	uint32_t wrong = 0;

	wrong += !memory_one(0xe580f000, MEMORY_DIST + 0x400);		       /* str pc, [r0] */
	wrong += !memory_one(0xe580d000, MEMORY_DIST + 0x400);		       /* str sp, [r0] */
	wrong += !memory_one(0xe580e000, MEMORY_DIST + 0x400);		       /* str lr, [r0] */
	wrong += hazard_word(0xe590f000, MEMORY_NONE) != EXCEPTION_DATA_ABORT; /* ldr pc, [r0] */
	(void)report_equal(wrong, 0, "PC, SP and LR as a device access's register");
}

/* DCCIMVAC, DCCMVAC, DCIMVAC, DCCMVAU, ICIMVAU, BPIMVA: r0 is the address. */
static void memory_caches(void)
{
	static const uint32_t words[] = { 0xee070f3e, 0xee070f3a, 0xee070f36,
					  0xee070f3b, 0xee070f35, 0xee070fb5 };
	static const uint32_t addresses[] = { 0x00000000, 0x08000000, 0x3fffffc0,
					      0x40000000, 0x7fffffc0, 0x80000000,
					      0xfffff000, 0xffffffc0, 0xffffffff };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 6; i++) {
		for (uint32_t j = 0; j < 9; j++) {
			/* Not an invalidate of what the program has in its caches. */
			if (addresses[j] != 0x40000000 || i != 2) {
				wrong += !memory_one(words[i], addresses[j]);
			}
		}
	}
	(void)report_equal(wrong, 0, "cache maintenance by address, at both ends");
	wrong = hazard_word(0xee070f15, 0) != EXCEPTION_NONE;	 /* ICIALLU */
	wrong += hazard_word(0xee070f11, 0) != EXCEPTION_NONE;	 /* ICIALLUIS */
	wrong += hazard_word(0xee070fd5, 0) != EXCEPTION_NONE;	 /* BPIALL */
	wrong += hazard_word(0xee080f17, 0) != EXCEPTION_NONE;	 /* TLBIALL */
	wrong += hazard_word(0xee080f13, 0) != EXCEPTION_NONE;	 /* TLBIALLIS */
	wrong += hazard_word(0xee080f37, ~0u) != EXCEPTION_NONE; /* TLBIMVA */
	(void)report_equal(wrong, 0, "instruction cache, predictor and TLB");
	/* ATS1CPR and friends at odd addresses: the result is in PAR. ATS12NSOPR: only for HYP and
	 * the Secure world. */
	wrong = hazard_word(0xee070f18, MEMORY_NONE) != EXCEPTION_NONE;
	wrong += hazard_word(0xee070f38, 0xfffffffc) != EXCEPTION_NONE;
	wrong += hazard_word(0xee070f98, 0) != EXCEPTION_UNDEF;
	(void)report_equal(wrong, 0, "address translation operations");
}

void hazard_memory(void)
{
	memory_devices();
	memory_unaligned();
	memory_registers();
	memory_caches();
}
