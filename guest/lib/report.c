/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define REPORT_NAME 192

static volatile uint32_t report_count_passed, report_count_failed, report_count_skipped;

bool report_check(bool ok, const char *format, ...)
{
	char name[REPORT_NAME];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	(void)smp_add(ok ? &report_count_passed : &report_count_failed, 1);
	printf("%s: %s\n", ok ? "PASS" : "FAIL", name);
	return ok;
}

bool report_equal(uint32_t got, uint32_t want, const char *format, ...)
{
	char name[REPORT_NAME];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	if (got == want) {
		return report_check(true, "%s", name);
	}
	return report_check(false, "%s (got 0x%x, not 0x%x)", name, (unsigned)got, (unsigned)want);
}

void report_skip(const char *format, ...)
{
	char name[REPORT_NAME];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	(void)smp_add(&report_count_skipped, 1);
	printf("SKIP: %s\n", name);
}

uint32_t report_failed(void)
{
	return report_count_failed;
}

void report_summary(void)
{
	uint32_t passed = report_count_passed, failed = report_count_failed;
	uint32_t skipped = report_count_skipped;

	printf("SUMMARY: %u passed, %u failed, %u skipped\n", (unsigned)passed, (unsigned)failed,
	       (unsigned)skipped);
	exit(failed != 0 || (passed == 0 && skipped == 0) ? 1 : 0);
}
