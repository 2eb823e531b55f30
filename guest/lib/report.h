/* SPDX-License-Identifier: BSD-2-Clause */
/* Results that a script can read: lines 'PASS: name', 'FAIL: name', 'SKIP: name' and one
 * 'SUMMARY: n passed, n failed, n skipped'. From any CPU. */
#ifndef GUEST_LIB_REPORT_H
#define GUEST_LIB_REPORT_H

#include <stdbool.h>
#include <stdint.h>

/* printf format and arguments: the name of the check. Returns ok. */
bool report_check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As report_check(got == want), and prints both values if they differ. */
bool report_equal(uint32_t got, uint32_t want, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void report_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint32_t report_failed(void);
/* Prints the summary and ends the guest: status 0, or 1 if anything failed or nothing was checked.
 */
_Noreturn void report_summary(void);

#endif
