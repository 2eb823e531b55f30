/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_IRQ_LINE's decoder against the oracle, for every VM shape that a manifest can ask for. Two
 * programs are made of this: where the decoder is compiled into the loop, the compiler decides once
 * for a run of words what does not depend on the number, and all 2^32 words of all shapes take
 * minutes; where it is a function, each word is a call, of fewer words and shapes.
 */
#include "test/verify/irq_line_compare.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VERIFY_ALL	  UINT32_MAX
#define VERIFY_KNOWN	  0x03ffffffu /* the three types, and the first that is none */
#define VERIFY_COMPLAINTS 3u	      /* shapes: a mutant may take minutes for each */

struct verify {
	uint64_t words;
	uint32_t shapes, bad;
};

static void verify_shape(struct verify *verify, uint32_t index, uint32_t last)
{
	static struct oracle_map map;
	struct oracle_shape shape = compare_shape(index);

	if (verify->bad >= VERIFY_COMPLAINTS) {
		return;
	}
	oracle_draw(&map, &shape);
	if (!compare_map_is_whole(&shape, &map)) {
		printf("the oracle's map of shape %u has gaps\n", index);
		verify->bad++;
	}
	verify->bad += compare_words(&shape, &map, 0, last) ? 0 : 1;
	verify->shapes++;
	verify->words += (uint64_t)last + 1;
}

static int verify_report(const struct verify *verify, const char *what)
{
	printf("%s irq-line, %s: %u VM shapes, %" PRIu64 " words in all\n",
	       verify->bad ? "FAIL" : "PASS", what, verify->shapes, verify->words);
	return verify->bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int verify_every_word(void)
{
	struct verify verify = { 0 };

	for (uint32_t index = 0; index < SHAPES; index++) {
		verify_shape(&verify, index, VERIFY_ALL);
	}
	return verify_report(&verify, "every word of every shape");
}

/* The smallest, a middle and the greatest, with a GIC and without: every word. */
static int verify_calls(void)
{
	static const uint32_t corners[] = { 0, 1, 2 * 3 + 16, 2 * 3 + 17, SHAPES - 2, SHAPES - 1 };
	struct verify known = { 0 };
	struct verify all = { 0 };
	int status;

	for (uint32_t index = 0; index < SHAPES; index++) {
		verify_shape(&known, index, VERIFY_KNOWN);
	}
	status = verify_report(&known, "a call a word, types 0 to 3");
	for (size_t n = 0; n < sizeof(corners) / sizeof(corners[0]); n++) {
		verify_shape(&all, corners[n], VERIFY_ALL);
	}
	return verify_report(&all, "a call a word, every word") | status;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 1) {
		return verify_every_word();
	}
	if (argc == 2 && strcmp(argv[1], "--calls") == 0) {
		return verify_calls();
	}
	puts("usage: irq_line [--calls]\n"
	     "The irq words of KVM_IRQ_LINE, decoded and compared with irq_line_oracle.h:\n"
	     "all 2^32 for every VM shape; with --calls, 2^26 for every shape and all for six.");
	return argc == 2 && strcmp(argv[1], "--help") == 0 ? EXIT_SUCCESS : 5;
}
