/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/text/fmt.h"
#include "test/unit/test.h"
#include <inttypes.h>

static char line[128];

#define CHECK_FMT(want, ...)                                           \
	do {                                                           \
		size_t length_;                                        \
		memset(line, 'Z', sizeof(line));                       \
		length_ = fmt_format(line, sizeof(line), __VA_ARGS__); \
		CHECK_EQ(length_, strlen(want));                       \
		CHECK(strcmp(line, want) == 0);                        \
	} while (0)

static void run_plain(void)
{
	CHECK_FMT("", "%s", "");
	CHECK_FMT("plain", "plain");
	CHECK_FMT("100%", "100%%");
	CHECK_FMT("[linux] up", "[%s] %s", "linux", "up");
	CHECK_FMT("a-b", "%c-%c", 'a', 'b');
}

static void run_numbers(void)
{
	CHECK_FMT("0 0 0", "%u %d %x", 0u, 0, 0u);
	CHECK_FMT("4294967295 -1 ffffffff", "%u %d %x", 4294967295u, -1, 0xffffffffu);
	CHECK_FMT("-2147483648 2147483647", "%d %i", (-2147483647 - 1), 2147483647);
	CHECK_FMT("0x0800A000", "0x%08X", 0x0800a000u);
	CHECK_FMT("18446744073709551615", "%llu", 18446744073709551615ull);
	CHECK_FMT("ffffffffffffffff", "%llx", 0xffffffffffffffffull);
	CHECK_FMT("-9223372036854775808", "%lld", (-9223372036854775807ll - 1));
	CHECK_FMT("9223372036854775807 7", "%lld %d", 9223372036854775807ll, 7);
	CHECK_FMT("1 2 3", "%d %llu %d", 1, 2ull, 3);
	CHECK_FMT("1 -2 00000003", "%lu %ld %08lx", 1ul, -2l, 3ul);
	CHECK_FMT("4294967295 0800a000", "%" PRIu32 " %08" PRIx32, UINT32_C(4294967295),
		  UINT32_C(0x0800a000));
}

static void run_width(void)
{
	CHECK_FMT("00001f", "%06x", 0x1fu);
	CHECK_FMT("    1f", "%6x", 0x1fu);
	CHECK_FMT("1f    |", "%-6x|", 0x1fu);
	CHECK_FMT("123456", "%3u", 123456u);
	CHECK_FMT("-0042", "%05d", -42);
	CHECK_FMT("  -42", "%5d", -42);
	CHECK_FMT("   ab|", "%5s|", "ab");
	CHECK_FMT("ab   |", "%-5s|", "ab");
	CHECK_FMT("  c", "%3c", 'c');
	CHECK_FMT("00000000ff000000", "%016llx", 0xff000000ull);
}

/* Formats that the compiler would refuse: they come as data, unchecked. */
static void format_data(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fmt_vformat(line, sizeof(line), format, args);
	va_end(args);
}

static void run_odd(void)
{
	static const char *const odd[] = { "%",	  "%5",	   "%l",  "%ll",  "%lls", "%q %s",
					   "%ls", "%lllu", "%*d", "%.3s", "%-" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		format_data(odd[i], 1);
		CHECK(strcmp(line, odd[i]) == 0);
	}
	format_data("%d %q %d", 5, 6);
	CHECK(strcmp(line, "5 %q %d") == 0);
	format_data("%-05d|", 42);
	CHECK(strcmp(line, "42   |") == 0);
	format_data("%s", (const char *)NULL);
	CHECK(strcmp(line, "(null)") == 0);
}

static void run_bounds(void)
{
	char small[8];

	for (size_t size = 0; size <= sizeof(small); size++) {
		memset(small, 'Z', sizeof(small));
		size_t length = fmt_format(small, size, "%s%04u", "abc", 7u);
		size_t want = size == 0 ? 0 : (size - 1 < 7 ? size - 1 : 7);

		CHECK_EQ(length, want);
		CHECK(memcmp(small, "abc0007", want) == 0);
		CHECK(size == 0 || small[want] == '\0');
		for (size_t i = size; i < sizeof(small); i++) {
			CHECK_EQ(small[i], 'Z');
		}
	}
	/* Widths that no integer holds neither overflow nor overrun. */
	format_data("%99999999999999999999u", 1u);
	CHECK_EQ(strlen(line), sizeof(line) - 1);
	format_data("%-99999999999999999999u", 1u);
	CHECK_EQ(strlen(line), sizeof(line) - 1);
}

/* Against the C library, over values that cross every power of ten and of two. */
static void run_agree(void)
{
	uint64_t value = 1;
	char want[128];

	for (unsigned i = 0; i < 4000; i++) {
		unsigned long long v = value >> (i % 64);

		snprintf(want, sizeof(want), "%llu %llx %lld %u %08x", v, v, (long long)v,
			 (unsigned)v, (unsigned)v);
		fmt_format(line, sizeof(line), "%llu %llx %lld %u %08x", v, v, (long long)v,
			   (unsigned)v, (unsigned)v);
		CHECK(strcmp(line, want) == 0);
		value = value * 6364136223846793005u + 1442695040888963407u;
	}
	for (unsigned i = 0; i < 64; i++) {
		unsigned long long v = 1ull << i;

		snprintf(want, sizeof(want), "%llu %llu", v - 1, v);
		fmt_format(line, sizeof(line), "%llu %llu", v - 1, v);
		CHECK(strcmp(line, want) == 0);
	}
}

static const struct test_case cases[] = {
	{ "plain", run_plain }, { "numbers", run_numbers }, { "width", run_width },
	{ "odd", run_odd },	{ "bounds", run_bounds },   { "agree", run_agree },
};

TEST_MAIN("fmt", cases)
