/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/test/fuzz/generate.h"
#include "guest/test/fuzz/draw.h"
#include "guest/test/fuzz/encode.h"

#define PSR_T	 0x20u
#define PSR_E	 0x200u
#define PSR_J	 0x01000000u
#define PSR_SVC	 0x13u
#define SCTLR_M	 0x1u
#define SCTLR_V	 0x2000u
#define SCTLR_TE 0x40000000u
#define SCTLR_EE 0x02000000u
#define SECTION	 0x00100000u

static void generate_regs(struct fuzz_draw *draw, struct fuzz_step *step)
{
	for (uint32_t i = 0; i < 15; i++) {
		step->regs[i] = draw_value(draw);
	}
	if (draw_one_of(draw, 4) != 0) {
		step->regs[13] = FUZZ_DATA + (draw_next(draw) & 0x7fff8u);
	}
}

static void generate_state(struct fuzz_draw *draw, struct fuzz_step *step)
{
	static const uint8_t modes[] = { 0x13, 0x13, 0x13, 0x13, 0x13, 0x10, 0x11, 0x12,
					 0x17, 0x1b, 0x1f, 0x10, 0x1f, 0x13, 0x1a, 0x16 };
	uint32_t mode = modes[draw_one_of(draw, draw_one_of(draw, 16) ? 14 : 16)];

	step->psr = mode | (draw_next(draw) & 0xf80f0000u);
	/* A, I, F: all clear in half of the steps */
	step->psr |= draw_one_of(draw, 2) ? draw_next(draw) & 0x1c0u : 0u;
	step->psr |= draw_one_of(draw, 16) ? 0u : PSR_E;
	step->psr |= draw_one_of(draw, 128) ? 0u : PSR_J;
	step->spsr = draw_next(draw);
	step->sctlr = 0x1805u & draw_next(draw); /* M, C, Z, I */
	step->sctlr |= draw_one_of(draw, 4) ? SCTLR_M : 0u;
	step->sctlr |= draw_one_of(draw, 4) ? 0u : draw_next(draw) & 0x30000402u; /* A, SW, TRE */
	if (draw_one_of(draw, 64) == 0) { /* with the MMU on, its tables would be big-endian, too */
		step->sctlr = (step->sctlr & ~SCTLR_M) | SCTLR_EE;
	}
	/* Vectors that are not there end the partition; with the MMU on they stop QEMU. */
	if (draw_one_of(draw, 65536) == 0) {
		step->sctlr =
			(step->sctlr & ~SCTLR_M) | (draw_one_of(draw, 2) ? SCTLR_V : SCTLR_TE);
	}
	step->dacr = draw_one_of(draw, 4) ? 1u : draw_next(draw) | 1u;
	step->budget_us = 20u + draw_one_of(draw, 60);
	step->fiq = draw_one_of(draw, 4) == 0;
}

static void generate_words(struct fuzz_draw *draw, struct fuzz_step *step,
			   uint32_t (*a32)(struct fuzz_draw *), uint32_t (*t32)(struct fuzz_draw *))
{
	bool thumb = t32 != NULL && draw_one_of(draw, 3) == 0;

	step->nr_words = 1 + draw_one_of(draw, FUZZ_WORDS - 2);
	for (uint32_t i = 0; i < step->nr_words; i++) {
		step->words[i] = thumb ? t32(draw) : a32(draw);
	}
	encode_tame(step->words, step->nr_words);
	if (thumb) {
		step->psr |= PSR_T;
	}
}

/* Up to three calls: each takes its r0 to r3 from four other registers. */
static void generate_calls(struct fuzz_draw *draw, struct fuzz_step *step)
{
	uint32_t calls = 1 + draw_one_of(draw, 3), n = 0;

	step->psr = (step->psr & ~0x1fu) | PSR_SVC;
	for (uint32_t call = 0; call < calls; call++) {
		for (uint32_t i = 0; call && i < 4; i++) {
			step->words[n++] = 0xe1a00000u | i << 12 | (4 * call + i); /* mov */
		}
		step->words[n++] = 0xe1400070u; /* hvc #0 */
		draw_call(draw, &step->regs[4 * call]);
	}
	step->nr_words = n;
}

/* Addresses in r0 to r6, values in the others. */
static void generate_accesses(struct fuzz_draw *draw, struct fuzz_step *step)
{
	step->psr = (step->psr & ~0x1fu) | PSR_SVC;
	step->nr_words = 2 + draw_one_of(draw, FUZZ_WORDS - 4);
	for (uint32_t i = 0; i < 7; i++) {
		step->regs[i] = draw_device(draw);
	}
	for (uint32_t i = 0; i < step->nr_words; i++) {
		step->words[i] = encode_plain(draw, 7 + draw_one_of(draw, 6), draw_one_of(draw, 7));
	}
}

static void generate_timers(struct fuzz_draw *draw, struct fuzz_step *step)
{
	step->psr = (step->psr & ~0x1fu) | PSR_SVC;
	step->nr_words = 2 + draw_one_of(draw, 8);
	for (uint32_t i = 0; i < step->nr_words; i++) {
		step->words[i] = encode_timer(draw);
	}
	for (uint32_t i = 0; i < 8; i++) {
		step->regs[i] = draw_one_of(draw, 3) ? draw_next(draw) >> draw_one_of(draw, 32)
						     : ~0u - draw_one_of(draw, 4);
	}
}

static void generate_poke(struct fuzz_step *step, uint32_t address, uint32_t value)
{
	if (step->nr_pokes < FUZZ_POKES) {
		step->pokes[step->nr_pokes++] = (struct fuzz_poke) { address, value };
	}
}

/* Entries for addresses that the steps use. Those for the image and for the code stay, nearly
 * always: a vCPU that cannot fetch its vectors is lost. */
static void generate_entries(struct fuzz_draw *draw, struct fuzz_step *step, uint32_t cpu)
{
	uint32_t table = FUZZ_TABLES + cpu * 0x4000u, second = FUZZ_SECOND + cpu * 0x400u;
	bool keep = draw_one_of(draw, 8192) != 0;

	for (uint32_t i = 0; i < 6; i++) {
		uint32_t index = draw_address(draw) / SECTION;

		if (keep && (index == FUZZ_RAM / SECTION || index == FUZZ_ARENA / SECTION)) {
			continue;
		}
		if (draw_one_of(draw, 3) == 0) {
			generate_poke(step, table + 4 * index, second | 1u);
			generate_poke(step, second + (draw_next(draw) & 0x3fcu),
				      draw_descriptor(draw));
		} else {
			generate_poke(step, table + 4 * index, draw_descriptor(draw));
		}
	}
}

/* The first of the four GiBs' entries, or a word of those behind them. */
static void generate_long(struct fuzz_draw *draw, struct fuzz_step *step, uint32_t cpu)
{
	uint32_t table = FUZZ_LONG + cpu * 0x1000u;

	for (uint32_t i = 0; i < 3; i++) {
		uint32_t index = draw_one_of(draw, 8);

		if (index / 2 != 1 || draw_one_of(draw, 8192) == 0) { /* the GiB of RAM stays */
			generate_poke(step, table + 4 * index, draw_descriptor(draw));
		}
	}
	step->ttbcr = 0x80000000u | (draw_next(draw) & 0x00003f00u);
	step->ttbr0 = table;
}

static void generate_pages(struct fuzz_draw *draw, struct fuzz_step *step, uint32_t cpu)
{
	step->ttbr0 = (FUZZ_TABLES + cpu * 0x4000u) | (draw_next(draw) & 0x7fu);
	if (step->kind != FUZZ_PAGES) {
		return;
	}
	if (draw_one_of(draw, 4) == 0) {
		generate_long(draw, step, cpu);
	} else {
		generate_entries(draw, step, cpu);
	}
	if (draw_one_of(draw, 16384) == 0) {
		step->ttbr0 = draw_address(draw);
		step->ttbr0_high = draw_next(draw) & 0xffu;
	}
	step->sctlr = (step->sctlr & ~SCTLR_EE) | SCTLR_M;
}

/* Where a sibling is started, behind a new VBAR. One in four steps has other words. */
static void generate_stub(struct fuzz_draw *draw, struct fuzz_step *step, uint32_t number)
{
	step->has_stub = number / FUZZ_CPUS % 4 == 0;
	if (!step->has_stub) {
		return;
	}
	for (uint32_t i = 0; i < FUZZ_WORDS; i++) {
		step->stub[i] = encode_template(draw);
	}
	encode_tame(step->stub, FUZZ_WORDS);
}

static void generate_kind(struct fuzz_draw *draw, struct fuzz_step *step)
{
	switch (step->kind) {
	case FUZZ_RANDOM:
		generate_words(draw, step, encode_random, draw_next);
		break;
	case FUZZ_TEMPLATE:
		generate_words(draw, step, encode_template, encode_template_t32);
		break;
	case FUZZ_COPROC:
		generate_words(draw, step, encode_coproc, encode_coproc_t32);
		break;
	case FUZZ_SYSTEM:
		generate_words(draw, step, encode_system, encode_system_t32);
		break;
	case FUZZ_CALL:
		generate_calls(draw, step);
		break;
	case FUZZ_GIC:
		generate_accesses(draw, step);
		break;
	case FUZZ_TIMER:
		generate_timers(draw, step);
		break;
	case FUZZ_FLOAT:
		generate_words(draw, step, encode_float, NULL);
		break;
	default:
		generate_words(draw, step, encode_memory, encode_memory_t32);
		break;
	}
}

void fuzz_generate(struct fuzz_step *step, uint32_t seed, uint32_t number)
{
	static const uint8_t kinds[] = { FUZZ_RANDOM, FUZZ_RANDOM, FUZZ_TEMPLATE, FUZZ_TEMPLATE,
					 FUZZ_MEMORY, FUZZ_MEMORY, FUZZ_MEMORY,	  FUZZ_MEMORY,
					 FUZZ_COPROC, FUZZ_COPROC, FUZZ_COPROC,	  FUZZ_SYSTEM,
					 FUZZ_SYSTEM, FUZZ_CALL,   FUZZ_CALL,	  FUZZ_CALL,
					 FUZZ_GIC,    FUZZ_GIC,	   FUZZ_GIC,	  FUZZ_TIMER,
					 FUZZ_PAGES,  FUZZ_PAGES,  FUZZ_FLOAT,	  FUZZ_GIC };
	struct fuzz_draw draw = draw_begin(seed, number);

	*step = (struct fuzz_step) { 0 };
	step->kind = kinds[draw_one_of(&draw, sizeof(kinds))];
	generate_regs(&draw, step);
	generate_state(&draw, step);
	generate_pages(&draw, step, number % FUZZ_CPUS);
	generate_kind(&draw, step);
	generate_stub(&draw, step, number);
}
