/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's own functions of <string.h> (hyp/hw/string.S), as its image has them, beside those
 * of the C library: all alignments, lengths from 0, overlaps, and the bytes around what they may
 * write. The library's are called by pointer, or GCC would put its own code in their place.
 */
#include "guest/lib/report.h"
#include <stddef.h>
#include <string.h>

/* The object of the monitor, with a prefix for each name (guest.mk). */
void *monitor_memcpy(void *to, const void *from, size_t size);
void *monitor_memmove(void *to, const void *from, size_t size);
void *monitor_memset(void *to, int value, size_t size);
int monitor_memcmp(const void *a, const void *b, size_t size);
void *monitor_memchr(const void *in, int value, size_t size);
size_t monitor_strlen(const char *text);
int monitor_strcmp(const char *a, const char *b);

#define LONGEST 300u
#define ALIGNS	8u
#define SHIFTS	40u /* of overlapping memory: more than memcpy moves at a time */
#define RANDOMS 4000u
#define ROOM	(LONGEST + 2 * ALIGNS + 64u)

static void *(*volatile lib_memcpy)(void *, const void *, size_t) = memcpy;
static void *(*volatile lib_memmove)(void *, const void *, size_t) = memmove;
static void *(*volatile lib_memset)(void *, int, size_t) = memset;
static int (*volatile lib_memcmp)(const void *, const void *, size_t) = memcmp;
static void *(*volatile lib_memchr)(const void *, int, size_t) = memchr;
static size_t (*volatile lib_strlen)(const char *) = strlen;
static int (*volatile lib_strcmp)(const char *, const char *) = strcmp;

static _Alignas(64) uint8_t ours[ROOM], theirs[ROOM], source[ROOM];
static uint32_t seed = 1;

static uint32_t random(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Both with the same bytes, none of which the source has at the same place. */
static void fill(void)
{
	for (uint32_t n = 0; n < ROOM; n++) {
		source[n] = (uint8_t)(n * 7 + 1);
		ours[n] = theirs[n] = (uint8_t)~source[n];
	}
}

/* Also what lies around. */
static bool same(void)
{
	return lib_memcmp(ours, theirs, ROOM) == 0;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static bool copies(uint32_t to, uint32_t from, uint32_t size)
{
	void *end;

	fill();
	end = monitor_memcpy(ours + to, source + from, size);
	lib_memcpy(theirs + to, source + from, size);
	return end == ours + to && same();
}

static void test_memcpy(void)
{
	uint32_t wrong = 0;

	for (uint32_t to = 0; to < ALIGNS; to++) {
		for (uint32_t from = 0; from < ALIGNS; from++) {
			for (uint32_t size = 0; size <= LONGEST;
			     size += to < 4 && from < 4 ? 1 : 29) {
				wrong += !copies(to, from, size);
			}
		}
	}
	report_equal(wrong, 0, "memcpy: alignments and lengths");
}

static bool moves(uint32_t to, uint32_t from, uint32_t size)
{
	void *end;

	fill();
	end = monitor_memmove(ours + to, ours + from, size);
	lib_memmove(theirs + to, theirs + from, size);
	return end == ours + to && same();
}

static void test_memmove(void)
{
	uint32_t wrong = 0;

	for (uint32_t to = 0; to <= SHIFTS; to++) {
		for (uint32_t from = 0; from <= SHIFTS; from++) {
			for (uint32_t size = 0; size <= 2 * SHIFTS; size += 1 + size / 8) {
				wrong += !moves(to, from, size);
			}
		}
	}
	report_equal(wrong, 0, "memmove: overlaps");
	wrong = 0;
	for (uint32_t n = 0; n < RANDOMS; n++) {
		wrong += !moves(random(64), random(64), random(LONGEST));
	}
	report_equal(wrong, 0, "memmove: at random");
}

static bool sets(uint32_t to, int value, uint32_t size)
{
	void *end;

	fill();
	end = monitor_memset(ours + to, value, size);
	lib_memset(theirs + to, value, size);
	return end == ours + to && same();
}

static void test_memset(void)
{
	static const int values[] = { 0, 0x5a, 0xff, 0x1a5, -2 };
	uint32_t wrong = 0;

	for (uint32_t to = 0; to < ALIGNS; to++) {
		for (uint32_t size = 0; size <= LONGEST; size++) {
			wrong += !sets(to, values[size % 5], size);
			wrong += !sets(to, values[(size + to) % 5], size);
		}
	}
	report_equal(wrong, 0, "memset: alignments, lengths, values");
}

/* Equal, and with one byte that differs: lower, higher, by its highest bit. */
static void test_memcmp(void)
{
	static const uint8_t changes[] = { 0x01, 0x7f, 0x80, 0xff };
	uint32_t wrong = 0;

	for (uint32_t size = 0; size <= 80; size++) {
		for (uint32_t at = 0; at < 80; at++) {
			fill();
			ours[4 + at] ^= changes[at % 4];
			wrong += sign(monitor_memcmp(ours + 4, theirs + 4, size)) !=
				 sign(lib_memcmp(ours + 4, theirs + 4, size));
			wrong += sign(monitor_memcmp(theirs + 4, ours + 4, size)) !=
				 sign(lib_memcmp(theirs + 4, ours + 4, size));
		}
	}
	report_equal(wrong, 0, "memcmp: where they differ, and how");
}

/* Also what is there twice, what is behind the end, and values of more than a byte. */
static void test_memchr(void)
{
	uint32_t wrong = 0;

	for (uint32_t size = 0; size <= 80; size++) {
		for (uint32_t at = 0; at < 90; at++) {
			int value = (int)random(0x300) - 0x100;

			fill();
			ours[3 + at] = ours[3 + at + 5] = (uint8_t)value;
			wrong += monitor_memchr(ours + 3, value, size) !=
				 lib_memchr(ours + 3, value, size);
		}
	}
	report_equal(wrong, 0, "memchr: first, absent, behind the end");
}

static void test_strlen(void)
{
	uint32_t wrong = 0;

	for (uint32_t at = 0; at < ALIGNS; at++) {
		for (uint32_t size = 0; size <= LONGEST; size++) {
			lib_memset(ours, 0xa5, ROOM);
			ours[at + size] = 0;
			wrong += monitor_strlen((char *)ours + at) != size ||
				 lib_strlen((char *)ours + at) != size;
		}
	}
	report_equal(wrong, 0, "strlen: alignments and lengths");
}

static void test_strcmp(void)
{
	uint32_t wrong = 0;

	for (uint32_t size = 0; size <= 60; size++) {
		for (uint32_t at = 0; at < 64; at++) {
			const char *a = (char *)ours + 1, *b = (char *)theirs + 2;

			lib_memset(ours, 'x', ROOM);
			lib_memset(theirs, 'x', ROOM);
			ours[1 + size] = theirs[2 + size] = 0;
			theirs[2 + at] = (uint8_t)(random(4) ? random(256) : 0);
			wrong += sign(monitor_strcmp(a, b)) != sign(lib_strcmp(a, b));
			wrong += sign(monitor_strcmp(b, a)) != sign(lib_strcmp(b, a));
		}
	}
	report_equal(wrong, 0, "strcmp: equal, a part of the other, bytes from 0x80");
}

int main(void)
{
	test_memcpy();
	test_memmove();
	test_memset();
	test_memcmp();
	test_memchr();
	test_strlen();
	test_strcmp();
	report_summary();
}
