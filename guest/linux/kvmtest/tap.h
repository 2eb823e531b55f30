/* SPDX-License-Identifier: BSD-2-Clause */
/* Results as the Test Anything Protocol has them. */
#ifndef KVMTEST_TAP_H
#define KVMTEST_TAP_H

#include <stdbool.h>
#include <stdint.h>

void tap_ok(bool good, const char *name);
void tap_is(int64_t got, int64_t want, const char *name);
/* One of two values, where releases of Linux differ. */
void tap_is_one(int64_t got, int64_t want, int64_t other, const char *name);
void tap_skip(const char *name, const char *why);
void tap_note(const char *text);
void tap_figure(int64_t value, const char *name);
/* The plan. The exit status of the program: 0, if all were good. */
int tap_end(void);

#endif
