/* SPDX-License-Identifier: BSD-2-Clause */
/* The inputs stored in test/verify/fuzz/corpus, through the fuzz targets: the quick part of
 * `make verify-fuzz`, where whatever has been found stays found. */
#define _POSIX_C_SOURCE 200809L
#include "test/verify/fuzz/fuzz.h"
#include <dirent.h>

#define CORPUS	"test/verify/fuzz/corpus/"
#define LARGEST 65536

static unsigned replay_file(const char *path, unsigned (*target)(const uint8_t *, size_t))
{
	uint8_t *data = malloc(LARGEST);
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(data, 1, LARGEST, file) : 0;
	unsigned failures;

	if (file) {
		fclose(file);
	}
	/* To its size: sanitizers see a byte too far. */
	data = realloc(data, size ? size : 1);
	failures = size ? target(data, size) : 1;
	if (failures) {
		printf("input: %s\n", path);
	}
	free(data);
	return failures;
}

static void replay(const char *name, unsigned (*target)(const uint8_t *, size_t))
{
	char path[512];
	unsigned files = 0;
	unsigned failures = 0;
	DIR *folder;

	snprintf(path, sizeof(path), CORPUS "%s", name);
	folder = opendir(path);
	for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), CORPUS "%s/%s", name, entry->d_name);
		failures += replay_file(path, target);
		files++;
	}
	if (folder) {
		closedir(folder);
	}
	CHECK_EQ(failures, 0);
	CHECK(files >= 3); /* else the corpus is not where it should be */
}

static void call(void)
{
	replay("call", fuzz_call);
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

static const struct test_case cases[] = {
	{ "call", call }, { "console", console }, { "dist", dist },	    { "explain", explain },
	{ "fdt", fdt },	  { "insn", insn },	  { "manifest", manifest }, { "regions", regions },
	{ "rtc", rtc },	  { "sched", sched },	  { "stage2", stage2 },	    { "text", text },
	{ "trap", trap }, { "uart", uart },	  { "vgic", vgic },
};

TEST_MAIN("fuzz", cases)
