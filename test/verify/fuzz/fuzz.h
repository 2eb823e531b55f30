/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzz targets: each takes any bytes, does with them whatever a guest, a manifest or a board's tree
 * could, checks what must hold, and returns how many checks failed. test/tools/fuzz.py runs them
 * under libFuzzer (driver.c), test/unit/test_fuzz.c on the stored inputs alone.
 */
#ifndef TEST_VERIFY_FUZZ_FUZZ_H
#define TEST_VERIFY_FUZZ_FUZZ_H

#include "test/unit/test.h"

unsigned fuzz_call(const uint8_t *data, size_t size);
unsigned fuzz_change(const uint8_t *data, size_t size);
unsigned fuzz_console(const uint8_t *data, size_t size);
unsigned fuzz_dist(const uint8_t *data, size_t size);
unsigned fuzz_explain(const uint8_t *data, size_t size);
unsigned fuzz_fdt(const uint8_t *data, size_t size);
unsigned fuzz_insn(const uint8_t *data, size_t size);
unsigned fuzz_manifest(const uint8_t *data, size_t size);
unsigned fuzz_regions(const uint8_t *data, size_t size);
unsigned fuzz_route(const uint8_t *data, size_t size);
unsigned fuzz_rtc(const uint8_t *data, size_t size);
unsigned fuzz_sched(const uint8_t *data, size_t size);
unsigned fuzz_stage2(const uint8_t *data, size_t size);
unsigned fuzz_text(const uint8_t *data, size_t size);
unsigned fuzz_trap(const uint8_t *data, size_t size);
unsigned fuzz_uart(const uint8_t *data, size_t size);
unsigned fuzz_vgic(const uint8_t *data, size_t size);
unsigned fuzz_watchdog(const uint8_t *data, size_t size);

/* The input as a program. Behind its end all is zero. */
struct fuzz_input {
	const uint8_t *data;
	size_t size, at;
};

static inline bool fuzz_more(const struct fuzz_input *in)
{
	return in->at < in->size;
}

static inline uint8_t fuzz_byte(struct fuzz_input *in)
{
	return fuzz_more(in) ? in->data[in->at++] : 0;
}

static inline uint32_t fuzz_word(struct fuzz_input *in)
{
	uint32_t word = 0;

	for (uint32_t n = 0; n < 4; n++) {
		word = word << 8 | fuzz_byte(in);
	}
	return word;
}

static inline uint64_t fuzz_long(struct fuzz_input *in)
{
	uint64_t high = fuzz_word(in);

	return high << 32 | fuzz_word(in);
}

static inline unsigned fuzz_failures(void)
{
	unsigned failures = test_failures;

	test_failures = 0;
	return failures;
}

#endif
