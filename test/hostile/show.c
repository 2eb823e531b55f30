/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints steps of the fuzzer (guest/test/fuzz/generate.h) as words: test/tool fuzz-guest --show. */
#include "guest/test/fuzz/generate.h"
#include <stdio.h>
#include <stdlib.h>

static void show_words(const char *name, const uint32_t *words, uint32_t count)
{
	printf("%s", name);
	for (uint32_t i = 0; i < count; i++) {
		printf(" %08x", (unsigned)words[i]);
	}
	putchar('\n');
}

static void show(const struct fuzz_step *step, uint32_t number)
{
	printf("step %u kind %u psr %08x spsr %08x sctlr %08x ttbcr %08x ttbr0 %02x%08x dacr %08x "
	       "budget %u fiq %u\n",
	       (unsigned)number, (unsigned)step->kind, (unsigned)step->psr, (unsigned)step->spsr,
	       (unsigned)step->sctlr, (unsigned)step->ttbcr, (unsigned)step->ttbr0_high,
	       (unsigned)step->ttbr0, (unsigned)step->dacr, (unsigned)step->budget_us,
	       (unsigned)step->fiq);
	show_words("regs", step->regs, 15);
	for (uint32_t i = 0; i < step->nr_pokes; i++) {
		printf("poke %08x %08x\n", (unsigned)step->pokes[i].address,
		       (unsigned)step->pokes[i].value);
	}
	show_words("words", step->words, step->nr_words);
	if (step->has_stub) {
		show_words("stub", step->stub, FUZZ_WORDS);
	}
}

int main(int argc, char **argv)
{
	struct fuzz_step step;

	if (argc < 3) {
		fprintf(stderr, "usage: show SEED STEP...\n");
		return 2;
	}
	for (int n = 2; n < argc; n++) {
		uint32_t number = (uint32_t)strtoul(argv[n], NULL, 0);

		fuzz_generate(&step, (uint32_t)strtoul(argv[1], NULL, 0), number);
		show(&step, number);
	}
	return 0;
}
