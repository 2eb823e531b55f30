/* SPDX-License-Identifier: BSD-2-Clause */
/* The inputs stored in test/verify/fuzz/corpus, through the fuzz targets: the quick part of
 * `make verify-fuzz`, where whatever has been found stays found. */
#define _POSIX_C_SOURCE 200809L
#include "test/verify/fuzz/fuzz.h"

#define CORPUS	"test/verify/fuzz/corpus/"
#define LARGEST 65536 /* bytes of an input */

/* BYTES of a line of the corpus: pairs of hexadecimal digits, *N behind one that stands N times.
 * Returns how many they are, 0 for anything else. */
static size_t unpack(const char *text, uint8_t *data)
{
	size_t size = 0;

	for (int used = 0; *text != '\n' && *text != '\0'; text += used) {
		unsigned long times = 1;
		unsigned byte;

		used = 0;
		if (*text == ' ') {
			used = 1;
			continue;
		}
		if (sscanf(text, "%2x%n", &byte, &used) != 1 || used != 2) {
			return 0;
		}
		if (text[used] == '*') {
			char *end;

			times = strtoul(text + used + 1, &end, 10);
			used = (int)(end - text);
		}
		if (times == 0 || times > LARGEST - size) {
			return 0;
		}
		memset(data + size, (int)byte, times);
		size += times;
	}
	return size;
}

static unsigned replay_line(const char *line, unsigned (*target)(const uint8_t *, size_t))
{
	const char *bytes = strrchr(line, '|');
	uint8_t *data = malloc(LARGEST);
	size_t size = bytes ? unpack(bytes + 1, data) : 0;
	unsigned failures;

	/* To its size: sanitizers see a byte too far. */
	data = realloc(data, size ? size : 1);
	failures = size ? target(data, size) : 1;
	if (failures) {
		printf("input: %s", line);
	}
	free(data);
	return failures;
}

static void replay(const char *name, unsigned (*target)(const uint8_t *, size_t))
{
	char path[512];
	char *line = NULL;
	size_t room = 0;
	unsigned inputs = 0;
	unsigned failures = 0;
	FILE *file;

	snprintf(path, sizeof(path), CORPUS "%s", name);
	file = fopen(path, "r");
	while (file && getline(&line, &room, file) > 0) {
		if (line[0] != '#' && line[0] != '\n') {
			failures += replay_line(line, target);
			inputs++;
		}
	}
	free(line);
	if (file) {
		fclose(file);
	}
	CHECK_EQ(failures, 0);
	CHECK(inputs >= 3); /* else the corpus is not where it should be */
}

static void call(void)
{
	replay("call", fuzz_call);
}

static void change(void)
{
	replay("change", fuzz_change);
}

static void console(void)
{
	replay("console", fuzz_console);
}

static void dist(void)
{
	replay("dist", fuzz_dist);
}

static void explain(void)
{
	replay("explain", fuzz_explain);
}

static void fdt(void)
{
	replay("fdt", fuzz_fdt);
}

static void insn(void)
{
	replay("insn", fuzz_insn);
}

static void manifest(void)
{
	replay("manifest", fuzz_manifest);
}

static void regions(void)
{
	replay("regions", fuzz_regions);
}

static void route(void)
{
	replay("route", fuzz_route);
}

static void rtc(void)
{
	replay("rtc", fuzz_rtc);
}

static void sched(void)
{
	replay("sched", fuzz_sched);
}

static void stage2(void)
{
	replay("stage2", fuzz_stage2);
}

static void text(void)
{
	replay("text", fuzz_text);
}

static void trap(void)
{
	replay("trap", fuzz_trap);
}

static void uart(void)
{
	replay("uart", fuzz_uart);
}

static void vgic(void)
{
	replay("vgic", fuzz_vgic);
}

static void watchdog(void)
{
	replay("watchdog", fuzz_watchdog);
}

static const struct test_case cases[] = {
	{ "call", call },     { "change", change },	{ "console", console },
	{ "dist", dist },     { "explain", explain },	{ "fdt", fdt },
	{ "insn", insn },     { "manifest", manifest }, { "regions", regions },
	{ "route", route },   { "rtc", rtc },		{ "sched", sched },
	{ "stage2", stage2 }, { "text", text },		{ "trap", trap },
	{ "uart", uart },     { "vgic", vgic },		{ "watchdog", watchdog },
};

TEST_MAIN("fuzz", cases)
