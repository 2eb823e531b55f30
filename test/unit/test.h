/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host unit tests. A program holds a table of cases and closes with TEST_MAIN; every case prints
 * one line 'PASS suite.case' or 'FAIL suite.case', which test/run counts. CHECK goes on after a
 * failure.
 */
#ifndef TEST_UNIT_TEST_H
#define TEST_UNIT_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

static unsigned test_failures; /* of the running case */

static inline void test_check(bool ok, const char *file, int line, const char *what)
{
	if (!ok) {
		test_failures++;
		printf("%s:%d: not true: %s\n", file, line, what);
	}
}

static inline void test_check_eq(uint64_t got, uint64_t want, const char *file, int line,
				 const char *what)
{
	if (got != want) {
		test_failures++;
		printf("%s:%d: %s is 0x%llx, not 0x%llx\n", file, line, what,
		       (unsigned long long)got, (unsigned long long)want);
	}
}

#define CHECK(condition) test_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(got, want) \
	test_check_eq((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, #got)

static inline int test_main(const char *suite, const struct test_case *cases, size_t count)
{
	unsigned failed = 0;

	for (size_t i = 0; i < count; i++) {
		test_failures = 0;
		cases[i].run();
		printf("%s %s.%s\n", test_failures ? "FAIL" : "PASS", suite, cases[i].name);
		failed += test_failures ? 1 : 0;
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define TEST_MAIN(suite, cases)                                                     \
	int main(void)                                                              \
	{                                                                           \
		return test_main(suite, cases, sizeof(cases) / sizeof((cases)[0])); \
	}

#endif
